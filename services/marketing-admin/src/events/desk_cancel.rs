//! `/admin/events/{id}/cancel`: a page that says what it means to call a night off, the button that does it, and how far the
//! money is.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use domain::money::{Currency, Money};
use serde::Deserialize;
use ui::{Shell, format};
use uuid::Uuid;
use web::can::{Anything, EventsCancel, EventsRead};
use web::{CsrfForm, Fault, Locale, redirect};

use crate::Desk;
use crate::events::cancel::cancel;
use crate::events::desk_night::{self, Night};
use crate::events::store::Event;
use crate::orders::till::{self, Progress};
use crate::staff::Member;
use crate::views::{self, Room};

#[derive(Template)]
#[template(path = "events/cancel.html")]
struct CancelPage {
    shell: Shell,
    night: Night,
    figures: String,
    unsure: bool,
}

#[derive(Template)]
#[template(path = "events/cancellation.html")]
struct ProgressPage {
    shell: Shell,
    style: String,
    script: String,
    id: String,
    away: bool,
    steps: Option<Steps>,
}

/// How far it is, in words and bars.
struct Steps {
    done: bool,
    failed: i64,
    failed_words: String,
    holds: String,
    orders_done: i64,
    orders: i64,
    orders_words: String,
    returned: i64,
    amount: i64,
    money_words: String,
    /// What staff hand back at the venue; empty for nothing.
    at_venue: String,
}

/// Asks once more.
pub async fn confirm(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    member: Member<EventsCancel>,
    event: Path<Uuid>,
) -> Result<HttpResponse, Fault> {
    let event = desk_night::find(&desk, *event).await?;
    if !matches!(event.row.status.as_str(), "draft" | "published") {
        return Ok(redirect::see_other(&format!("/admin/events/{}/cancellation", event.row.id)));
    }
    page(&desk, &request, locale, &member, event, StatusCode::OK).await
}

/// The button's form: the box must be ticked.
#[derive(Debug, Deserialize)]
pub struct CancelForm {
    sure: Option<String>,
}

/// Does it, and shows how the money goes back.
pub async fn submit(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    member: Member<EventsCancel>,
    event: Path<Uuid>,
    sent: CsrfForm<CancelForm, Anything>,
) -> Result<HttpResponse, Fault> {
    if sent.sure.is_none() {
        let event = desk_night::find(&desk, *event).await?;
        return page(&desk, &request, locale, &member, event, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let event = cancel(&desk, &member.actor(), *event).await?;
    Ok(redirect::see_other(&format!("/admin/events/{}/cancellation", event.row.id)))
}

async fn page<P>(
    desk: &Desk,
    request: &HttpRequest,
    locale: Locale,
    member: &Member<P>,
    event: Event,
    status: StatusCode,
) -> Result<HttpResponse, Fault> {
    let sold = desk_night::sold(desk, event.row.id).await?;
    let currency: Currency = event.row.currency.parse().unwrap_or(Currency::Eur);
    let amount = format::money(locale.0, Money::new(sold.gross_minor - sold.refunded_minor, currency));
    let (orders, tickets) = (sold.orders, sold.tickets_sold - sold.tickets_returned);
    let page = CancelPage {
        shell: desk_night::shell(desk, request, locale, member, "cancel-title"),
        night: Night::of(&event.row, locale.0, member),
        figures: ui::text(
            locale.0,
            "cancel-figures",
            &[("orders", &orders), ("tickets", &tickets), ("amount", &amount)],
        ),
        unsure: status != StatusCode::OK,
    };
    views::private(status, &page)
}

/// How far a night is that was called off.
pub async fn progress(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    member: Member<EventsRead>,
    event: Path<Uuid>,
) -> Result<HttpResponse, Fault> {
    let event = desk_night::find(&desk, *event).await?;
    // One that was archived since was called off all the same.
    if event.row.cancelled_at.is_none() {
        return Ok(redirect::see_other(&format!("/admin/events/{}", event.row.id)));
    }
    let asked = till::progress(&desk, &member, event.row.id).await;
    if let Err(fault) = &asked {
        tracing::warn!(code = fault.code(), event = %event.row.id, "the ticket site does not say how far a called-off night is");
    }
    let title = ui::text(locale.0, "cancel-progress-title", &[("title", &event.row.title)]);
    let shell = views::desk_shell(&desk, &request, locale, &member, Room::Events, &title);
    let page = ProgressPage {
        style: crate::assets::url("admin.css"),
        script: crate::assets::url("going.js"),
        id: event.row.id.to_string(),
        away: asked.is_err(),
        steps: asked.ok().flatten().map(|progress| steps(&shell, &progress)),
        shell,
    };
    views::private(StatusCode::OK, &page)
}

fn steps(shell: &Shell, progress: &Progress) -> Steps {
    let currency: Currency = progress.currency.parse().unwrap_or(Currency::Eur);
    let money = |minor| format::money(shell.lang, Money::new(minor, currency));
    let of = |done: String, all: String| shell.t2("cancel-progress-of", "done", done, "all", all);
    let orders_done = progress.orders - progress.orders_open;
    let going = progress.finished_at.is_none();
    Steps {
        done: !going && progress.pending == 0,
        failed: progress.failed,
        failed_words: shell.t1("cancel-progress-failed", "count", progress.failed),
        holds: if progress.holds_open > 0 {
            shell.t1("cancel-progress-holds", "count", progress.holds_open)
        } else {
            String::new()
        },
        orders_words: of(orders_done.to_string(), progress.orders.to_string()),
        money_words: of(money(progress.returned_minor), money(progress.amount_minor)),
        at_venue: if progress.at_venue > 0 {
            let (count, amount) = (progress.at_venue, money(progress.at_venue_minor));
            shell.t2("cancel-progress-at-venue", "count", count, "amount", amount)
        } else {
            String::new()
        },
        orders_done,
        orders: progress.orders,
        returned: progress.returned_minor,
        amount: progress.amount_minor,
    }
}
