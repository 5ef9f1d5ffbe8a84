//! `GET /orders/{reference}?key=…`: how the order stands, in words, and the tickets.

use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use domain::language::Language;
use domain::money::Money;
use domain::night::BusinessNight;
use domain::quote::LineKind;
use domain::refund::AskTheClub;
use ui::{Shell, Site, format, text};
use web::redirect::see_other;
use web::{Fault, Html, Locale};

use super::answers;
use super::credit;
use super::history::{Entry, history};
use super::moved::{Moved, moved};
use super::private;
use super::situation::{Situation, situation};
use super::store::OrderRow;
use super::view::{self, OrderQuery, OrderView};
use crate::kept::{self, Keeping};
use crate::payments::fulfil;
use crate::payments::fulfil::Settled;
use crate::payments::store as payments;
use crate::refunds::by_guest;
use crate::reservations::view::TableSection;
use crate::tickets::card::{self, Card, Passes};
use crate::waitlist::late::{self, LateOffer};
use crate::{Shop, exchanges, receipts};

#[derive(Template)]
#[template(path = "orders/order.html")]
struct OrderPage {
    shell: Shell,
    situation: Situation,
    reference: String,
    event_title: String,
    event_slug: String,
    poster_url: String,
    event_date: String,
    event_line: String,
    zone: String,
    hold_until: String,
    hold_left: String,
    venue: String,
    address: String,
    lines: Vec<Line>,
    total: String,
    tickets: Vec<Card>,
    /// The table that it pays the deposit of.
    table: Option<TableSection>,
    /// Those that let nobody in any more.
    gone: Vec<Card>,
    path: String,
    key: String,
    /// Whether there is something to take along: the order is paid and a ticket of it lets somebody in.
    papers: bool,
    passes: Passes,
    /// Where a code moves; else empty.
    codes_script: String,
    /// Where there is something to keep on a phone.
    keeping: Option<Keeping>,
    history: Vec<Entry>,
    /// What was asked, and what was answered.
    answers: Vec<(String, String)>,
    receipt: bool,
    returning: Returning,
    buyer_email: String,
    buyer_name: String,
    /// Lines for whose money came too late.
    late: Option<Vec<LateOffer>>,
    /// Where the night has another date than the one that was bought.
    moved: Option<Moved>,
    /// What its money became that went to credit.
    credits: Vec<String>,
    done: String,
    pay_path: String,
    state_url: String,
    poll_script: String,
}

impl OrderPage {
    /// Whether there is more to do or to read than what is shown at once.
    fn has_more(&self) -> bool {
        self.papers || self.keeping.is_some() || !self.returning.line.is_empty() || !self.history.is_empty()
    }

    /// Whether there are several tickets that can still be given to guests.
    fn is_group(&self) -> bool {
        self.tickets.iter().filter(|ticket| ticket.changeable).count() > 1
    }
}

struct Line {
    label: String,
    total: String,
}

/// What is said about giving tickets back.
#[derive(Default)]
struct Returning {
    /// Until when, or whom to ask; empty where nothing is to be said.
    line: String,
    /// Until when they can be given back here; empty where they can't.
    until: String,
    /// Whether each good ticket has its button.
    each: bool,
    /// Whether there is one for all of them.
    all: bool,
}

/// Shows the order. On the guest's return from the payment page Stripe is asked first: whether it is paid, or why a card was declined.
pub async fn show(
    shop: Data<Shop>,
    reference: Path<String>,
    query: Query<OrderQuery>,
    locale: Locale,
    request: HttpRequest,
) -> Result<HttpResponse, Fault> {
    let row = view::open(&shop, &reference, &query.key).await?;
    if row.state == "pending"
        && let Some(session) = brought(&shop, &row, &query).await
        && ask(&shop, &row, &session).await
    {
        return Ok(private(see_other(&shop.links.path_of(row.key(), &row.reference))));
    }
    let order = view::read(&shop, row).await?;
    // Nobody stands in line for a table.
    let lines = match order.table {
        Some(_) => None,
        None => late::offers(&shop, &order, shop.clock.now()).await?,
    };
    let mut page = page(&shop, &order, &query, locale.0, &request)?;
    page.late = lines;
    card::say_inside(&shop, &order, &mut page.tickets, locale.0).await?;
    page.credits = credit::lines(&shop, &order, locale.0).await?;
    page.moved = moved(&shop, &order, &page.returning.until, locale.0, shop.clock.now()).await?;
    let until = page.keeping.as_ref().map(Keeping::until);
    Ok(kept::offered(private(actix_web::Responder::respond_to(Html(page), &request)), until))
}

/// The session that the guest comes back from: the one in the address after paying; after leaving the payment page, the order's own.
async fn brought(shop: &Shop, order: &OrderRow, query: &OrderQuery) -> Option<String> {
    if query.session_id.is_some() {
        return query.session_id.clone();
    }
    query.cancelled.as_ref()?;
    match open_session(shop, order).await {
        Ok(session) => session,
        Err(error) => {
            tracing::warn!(%error, order = %order.id, "the session of a returning guest could not be looked up");
            None
        }
    }
}

async fn open_session(shop: &Shop, order: &OrderRow) -> Result<Option<String>, db::DbError> {
    let open = payments::open_attempt(&mut *shop.db.conn().await?, order.key()).await?;
    Ok(open.and_then(|attempt| attempt.session_id))
}

/// Asks Stripe about the session the guest brings back. `true`: the order has moved on.
async fn ask(shop: &Shop, order: &OrderRow, session: &str) -> bool {
    // A guest can write anything here: Stripe is asked only about a session that was made for this very order.
    match known(shop, order, session).await {
        Ok(true) => {}
        Ok(false) => return false,
        Err(error) => {
            tracing::warn!(%error, order = %order.id, "a returning guest's session could not be looked up");
            return false;
        }
    }
    let session = match shop.stripe.session(session).await {
        Ok(session) if session.order == Some(order.key()) => session,
        Ok(_) => return false,
        Err(trouble) => {
            tracing::warn!(%trouble, order = %order.id, "Stripe did not say how a returning guest's session stands");
            return false;
        }
    };
    match fulfil::settle(shop, &session).await {
        Ok(settled) => matches!(settled, Settled::Paid | Settled::Known | Settled::Returned),
        Err(error) => {
            tracing::warn!(%error, order = %order.id, "a returning guest's session could not be settled; the webhook will");
            false
        }
    }
}

async fn known(shop: &Shop, order: &OrderRow, session: &str) -> Result<bool, db::DbError> {
    payments::has_session(&mut *shop.db.conn().await?, order.key(), session).await
}

fn page(
    shop: &Shop,
    order: &OrderView,
    query: &OrderQuery,
    lang: Language,
    request: &HttpRequest,
) -> Result<OrderPage, Fault> {
    let (row, event) = (&order.row, &order.event);
    let tz: Tz = event.time_zone.parse().unwrap_or_default();
    let now = shop.clock.now();
    let situation = situation(order, query, lang, tz, now);
    let shell = Shell::new(Site::Tickets, lang, situation.title.clone(), &shop.site)
        .at(crate::path_of(request))
        .unlisted();
    let key = shop.links.key(row.key());
    let price = |amount: Money| {
        if amount.is_zero() { text(lang, "shared-free", &[]) } else { format::money(lang, amount) }
    };
    let path = format!("/orders/{}", row.reference);
    let returning = returning(order, lang, tz, now);
    let (gone, tickets): (Vec<Card>, Vec<Card>) =
        tickets(order, &path, returning.each, lang, now)?.into_iter().partition(|ticket| ticket.gone);
    let papers = situation.state == "paid" && order.tickets.iter().any(|ticket| ticket.code.is_some());
    let line = |line: &domain::quote::QuoteLine| Line {
        label: match line.kind {
            LineKind::Ticket => format!("{} × {}", line.quantity, line.label),
            LineKind::Discount => text(lang, "purchase-discount-line", &[("code", &line.label)]),
            LineKind::Fee => text(lang, "purchase-fee-line", &[("type", &line.label)]),
            LineKind::Tax => text(lang, "purchase-tax-line", &[("type", &line.label)]),
            LineKind::Credit => text(lang, "purchase-credit-line", &[("code", &line.label)]),
        },
        total: price(Money::new(line.total_minor, order.quote.currency)),
    };
    Ok(OrderPage {
        shell,
        reference: row.reference.clone(),
        event_title: event.title.clone(),
        event_slug: event.slug.clone(),
        poster_url: format!(
            "/orders/{}/poster.svg?shape=banner&key={key}&lang={}",
            row.reference,
            lang.code()
        ),
        // The evening's date: who comes by the calendar to a night that begins at 00:30 comes a day late.
        event_date: format::calendar_date(lang, BusinessNight::of(event.starts_at, tz).date()),
        event_line: format::night(lang, event.starts_at, event.ends_at, tz),
        zone: format::zone(lang, tz),
        hold_until: format::iso(row.held_until),
        hold_left: if situation.pay.is_some() { left(row.held_until - now) } else { String::new() },
        venue: event.venue_name.clone(),
        address: event.venue_address.clone(),
        lines: order.quote.lines.iter().map(line).collect(),
        total: price(order.quote.total),
        history: history(order, lang, tz),
        answers: order
            .answers
            .iter()
            .map(|one| (answers::question_line(one), answers::words(one, lang)))
            .collect(),
        receipt: receipts::show::offered(shop, order),
        returning,
        buyer_email: row.buyer_email.clone(),
        buyer_name: row.buyer_name.clone(),
        late: None,
        moved: None,
        credits: Vec::new(),
        done: query.done.clone().unwrap_or_default(),
        keeping: if papers { Keeping::of(&path, event, lang, now) } else { None },
        papers,
        passes: Passes::of(shop),
        codes_script: card::codes_script(&tickets),
        table: order.table.as_ref().map(|table| table.section(lang, tz)),
        tickets,
        gone,
        situation,
        pay_path: format!("{path}/pay?key={key}"),
        state_url: format!("/api/v1/orders/{}?key={key}", row.reference),
        poll_script: crate::assets::url("order.js"),
        path,
        key,
    })
}

/// `14:59`: minutes and seconds that a hold still has. The script counts on from here.
fn left(time: TimeDelta) -> String {
    let seconds = time.num_seconds().max(0);
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

/// Whether tickets can be given back here, and what is said about it.
fn returning(order: &OrderView, lang: Language, tz: Tz, now: DateTime<Utc>) -> Returning {
    let good = order.tickets.iter().filter(|ticket| ticket.code.is_some()).count();
    // While a refund waits for the door, the page says that instead.
    if order.row.state != "paid" || good == 0 || order.waits {
        return Returning::default();
    }
    let at = |until| format::date_time(lang, until, tz);
    let ask = |line| Returning { line, ..Returning::default() };
    match by_guest::until(&order.row, &order.event, now) {
        Ok(until) => Returning {
            line: text(lang, "guests-return-until", &[("until", &at(until))]),
            until: at(until),
            // A table goes back whole.
            each: order.table.is_none(),
            all: good > 1 || order.table.is_some(),
        },
        Err(AskTheClub::TooLate(until)) => ask(text(lang, "guests-return-late", &[("until", &at(until))])),
        Err(AskTheClub::NotPaidOnline) => ask(text(lang, "guests-return-by-club", &[])),
        Err(AskTheClub::Exchanged) => ask(text(lang, "guests-return-exchanged", &[])),
        Err(AskTheClub::NotOffered | AskTheClub::NightOff) => Returning::default(),
    }
}

fn tickets(
    order: &OrderView,
    path: &str,
    returnable: bool,
    lang: Language,
    now: DateTime<Utc>,
) -> Result<Vec<Card>, Fault> {
    let count = order.tickets.len();
    // An exchanged ticket stays as it is, a table's pass too, and so do those of an order of whose money some went back.
    let plain = order.row.exchanges.is_none() && order.table.is_none();
    let whole = plain && order.refunds.is_empty() && !order.waits;
    let exchangeable = whole && exchanges::page::until(&order.row, &order.event, now).is_ok();
    let card = |(ticket, number): (&view::TicketView, usize)| {
        let path = format!("{path}/tickets/{}", ticket.id);
        let card = Card::new(ticket, &order.event, path, Some((number, count)), lang, now)?;
        let exchangeable = exchangeable && card.changeable && ticket.code.is_some();
        Ok::<_, Fault>(Card { returnable: returnable && ticket.code.is_some(), exchangeable, ..card })
    };
    order.tickets.iter().zip(1..).map(card).collect()
}
