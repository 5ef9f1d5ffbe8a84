//! `GET` and `POST /orders/{reference}/guests?key=…`: every ticket of an order to the guest it is for, in one form. A ticket is
//! shared (it stays the buyer's) or passed on (it becomes the guest's). Rows left empty stay with the buyer; what is wrong with
//! one row stands beside it, and keeps no other from being sent.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse, Responder};
use askama::Template;
use domain::ids::TicketId;
use domain::language::Language;
use domain::name::is_name;
use ui::{Shell, Site, text};
use uuid::Uuid;
use web::redirect::see_other;
use web::{Fault, Html, Locale, PageForm};

use crate::Shop;
use crate::checkout::wish::is_email;
use crate::orders::private;
use crate::orders::view::{self, OrderQuery, OrderView};
use crate::tickets::change::{self, Recipient};
use crate::tickets::{share, store};

#[derive(Template)]
#[template(path = "my/group.html")]
struct GuestsPage {
    shell: Shell,
    event_title: String,
    action: String,
    back: String,
    rows: Vec<Row>,
    /// Whether tickets are passed on instead of shared.
    passes_on: bool,
    /// What became of the form; empty before it was sent.
    notice: String,
    fine: bool,
}

/// A ticket that can be sent.
struct Row {
    id: Uuid,
    label: String,
    holder: String,
    /// With whom it was shared last.
    shared: String,
    name: String,
    email: String,
    name_error: String,
    email_error: String,
}

/// What was sent, and what is wrong with which ticket's row.
#[derive(Default)]
struct Sent {
    form: HashMap<String, String>,
    faults: HashMap<Uuid, Wrong>,
    /// Tickets that went out.
    gone: usize,
}

/// What is wrong with a row: stable codes.
#[derive(Debug, Clone, Copy, Default)]
struct Wrong {
    name: Option<&'static str>,
    email: Option<&'static str>,
}

/// Shows the form.
pub async fn show(
    shop: Data<Shop>,
    reference: Path<String>,
    query: Query<OrderQuery>,
    locale: Locale,
    request: HttpRequest,
) -> Result<HttpResponse, Fault> {
    let order = open(&shop, &reference, &query.key).await?;
    let done = query.done.as_deref() == Some("sent");
    let notice = if done { "guests-group-sent" } else { "" };
    let page = page(&shop, &order, locale.0, &request, Sent::default(), notice).await?;
    Ok(private(Html(page).respond_to(&request)))
}

/// Sends what is filled in.
pub async fn send(
    shop: Data<Shop>,
    reference: Path<String>,
    query: Query<OrderQuery>,
    locale: Locale,
    request: HttpRequest,
    form: PageForm<HashMap<String, String>>,
) -> Result<HttpResponse, Fault> {
    let order = open(&shop, &reference, &query.key).await?;
    let mut sent = Sent { form: form.into_inner(), ..Sent::default() };
    for ticket in sendable(&shop, &order) {
        sent.row(&shop, &order, ticket, locale.0).await?;
    }
    if sent.faults.is_empty() && sent.gone > 0 {
        return Ok(private(see_other(&format!("{}&done=sent", address(&shop, &order)))));
    }
    let notice = match (sent.faults.is_empty(), sent.gone) {
        (true, _) => "guests-group-empty",
        (false, 0) => "guests-group-none",
        (false, _) => "guests-group-some",
    };
    // What went out shows itself as it stands now.
    let order = open(&shop, &reference, &query.key).await?;
    let page = page(&shop, &order, locale.0, &request, sent, notice).await?;
    let page = Html(page).customize().with_status(StatusCode::UNPROCESSABLE_ENTITY);
    Ok(private(page.respond_to(&request).map_into_boxed_body()))
}

/// A paid order: 404 for every other, as for a wrong key.
async fn open(shop: &Shop, reference: &str, key: &str) -> Result<OrderView, Fault> {
    let row = view::open(shop, reference, key).await?;
    if row.state != "paid" {
        return Err(view::closed());
    }
    view::read(shop, row).await
}

/// Whether it is this ticket, or this guest, that nothing goes out to.
fn is_of_row(fault: &Fault) -> bool {
    matches!(
        fault.code(),
        "ticket_fixed" | "doors_open" | "guest_inside" | "door_silent" | "shared_often" | "mailed_often"
    )
}

/// The tickets that may still be given to somebody.
fn sendable(shop: &Shop, order: &OrderView) -> Vec<TicketId> {
    let (event, now) = (&order.event, shop.clock.now());
    let open = |state: &str| change::offered(state, &event.status, event.entry_from, now);
    order.tickets.iter().filter(|ticket| open(&ticket.state)).map(|ticket| ticket.id.into()).collect()
}

fn address(shop: &Shop, order: &OrderView) -> String {
    let row = &order.row;
    format!("/orders/{}/guests?key={}", row.reference, shop.links.key(row.key()))
}

impl Sent {
    fn said(&self, field: &str, ticket: impl std::fmt::Display) -> &str {
        self.form.get(&format!("{field}-{ticket}")).map(|text| text.trim()).unwrap_or_default()
    }

    fn passes_on(&self) -> bool {
        self.form.get("how").is_some_and(|how| how == "transfer")
    }

    /// Sends one ticket, if its row says to whom. What can't be sent is noted with its row; what fails on our side fails the
    /// whole, and what went out before stays so.
    async fn row(
        &mut self,
        shop: &Shop,
        order: &OrderView,
        ticket: TicketId,
        language: Language,
    ) -> Result<(), Fault> {
        let (name, email) = (self.said("name", ticket).to_owned(), self.said("email", ticket).to_owned());
        if name.is_empty() && email.is_empty() {
            return Ok(());
        }
        let wrong = Wrong {
            name: (!is_name(&name)).then_some("invalid_name"),
            email: (!is_email(&email)).then_some("invalid_email"),
        };
        if wrong.name.is_some() || wrong.email.is_some() {
            self.faults.insert(ticket.uuid(), wrong);
            return Ok(());
        }
        let to = Recipient { name, email, language };
        let key = order.row.key();
        let sent = if self.passes_on() {
            change::transfer(shop, key, ticket, &to).await
        } else {
            share::share(shop, key, ticket, &to).await
        };
        match sent {
            Ok(()) => {
                self.gone += 1;
                // Sent again with the rows to correct, it does not go out once more.
                self.form.remove(&format!("email-{ticket}"));
                self.form.remove(&format!("name-{ticket}"));
                Ok(())
            }
            Err(fault) if is_of_row(&fault) => {
                self.faults.insert(ticket.uuid(), Wrong { name: None, email: Some(fault.code()) });
                Ok(())
            }
            Err(fault) => Err(fault),
        }
    }
}

async fn page(
    shop: &Shop,
    order: &OrderView,
    lang: Language,
    request: &HttpRequest,
    sent: Sent,
    notice: &'static str,
) -> Result<GuestsPage, Fault> {
    let open = sendable(shop, order);
    let shares =
        store::shares_of(&mut *shop.db.conn().await?, open.iter().map(|ticket| ticket.uuid()).collect())
            .await?;
    let said = |code: Option<&'static str>| {
        let key = code.map(|code| format!("shared-error-{}", code.replace('_', "-")));
        key.map(|key| text(lang, &key, &[])).unwrap_or_default()
    };
    // A row that can't be sent any more keeps its message.
    let shown = |id: &Uuid| open.iter().any(|ticket| ticket.uuid() == *id) || sent.faults.contains_key(id);
    let count = order.tickets.len();
    let row = |(ticket, number): (&view::TicketView, usize)| {
        let wrong = sent.faults.get(&ticket.id).copied().unwrap_or_default();
        let number = text(lang, "purchase-ticket-number", &[("number", &number), ("count", &count)]);
        let share = shares.iter().find(|share| share.ticket_id == ticket.id);
        Row {
            id: ticket.id,
            label: format!("{number} · {}", ticket.type_name),
            holder: ticket.holder.clone(),
            shared: share.map_or_else(String::new, |share| {
                text(lang, "guests-shared-with", &[("name", &share.to_name), ("email", &share.to_email)])
            }),
            name: sent.said("name", ticket.id).to_owned(),
            email: sent.said("email", ticket.id).to_owned(),
            name_error: said(wrong.name),
            email_error: said(wrong.email),
        }
    };
    let rows = order.tickets.iter().zip(1..).filter(|(ticket, _)| shown(&ticket.id)).map(row).collect();
    let shell = Shell::new(Site::Tickets, lang, text(lang, "guests-group-title", &[]), &shop.site)
        .at(crate::path_of(request))
        .unlisted();
    let told = match notice {
        "" => String::new(),
        "guests-group-some" => text(lang, notice, &[("count", &sent.gone)]),
        key => text(lang, key, &[]),
    };
    Ok(GuestsPage {
        shell,
        event_title: order.event.title.clone(),
        action: address(shop, order),
        back: shop.links.path_of(order.row.key(), &order.row.reference),
        rows,
        passes_on: sent.passes_on(),
        notice: told,
        fine: notice == "guests-group-sent",
    })
}
