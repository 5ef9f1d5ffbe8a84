//! `/admin/exports/{orders,guests,ledger}`: files of one night.

use std::collections::HashMap;

use actix_web::HttpResponse;
use actix_web::web::{Data, Query};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use internal_api::purchase::exports::{ExportedEntry, ExportedOrder, ExportedTicket, Page};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;
use web::can::{FiguresRead, GuestsExport, OrdersRead};
use web::{Fault, Locale};

use super::answer::{self, Export, columns};
use super::cell::Cell;
use super::file::Format;
use super::list::{self, List};
use super::spool::{Rows, spool};
use super::{rows, store};
use crate::Desk;
use crate::events::store::{self as events, Event, Which};
use crate::staff::Member;

/// Which night, and what kind of file.
#[derive(Debug, Default, Deserialize)]
pub struct NightQuery {
    #[serde(default)]
    event: String,
    #[serde(default)]
    format: String,
    #[serde(default)]
    #[expect(dead_code, reason = "the language switch adds it to every address")]
    lang: String,
}

/// The format that was asked for.
pub fn format(code: &str) -> Result<Format, Fault> {
    code.parse().map_err(|_| Fault::invalid("validation_failed").field("format", "unknown"))
}

impl NightQuery {
    async fn night(&self, desk: &Desk) -> Result<(Event, Tz, Format), Fault> {
        let format = format(&self.format)?;
        let id: Uuid = self.event.parse().map_err(|_| Fault::not_found())?;
        let mut conn = desk.db.conn().await?;
        let event = events::find(&mut conn, Which::Id(id)).await?.ok_or_else(Fault::not_found)?;
        let zone = event.row.time_zone.parse().unwrap_or(Tz::UTC);
        Ok((event, zone, format))
    }
}

fn export(desk: &Desk, action: &'static str, what: &str, event: &Event, zone: Tz, format: Format) -> Export {
    Export {
        action,
        target: event.row.id.to_string(),
        asked: json!({}),
        name: answer::name(what, &event.row.slug, desk.clock.now(), zone),
        format,
    }
}

const ORDER: [&str; 16] = [
    "order",
    "state",
    "channel",
    "buyer",
    "email",
    "code",
    "promoter",
    "tickets",
    "currency",
    "total",
    "taken",
    "returned",
    "made",
    "paid",
    "credit-spent",
    "credit-given",
];

fn order_cells(order: ExportedOrder, zone: Tz) -> Vec<Cell> {
    let amount = |minor| Cell::amount(minor, &order.currency);
    vec![
        Cell::text(order.reference),
        Cell::text(order.state),
        Cell::text(order.channel),
        Cell::text(order.buyer_name),
        Cell::text(order.buyer_email),
        Cell::text(order.promo_code),
        Cell::text(order.promoter),
        Cell::Count(order.tickets),
        Cell::text(order.currency.as_str()),
        amount(order.total_minor),
        amount(order.taken_minor),
        amount(order.returned_minor),
        Cell::time(order.created_at, zone),
        Cell::time_of(order.paid_at, zone),
        amount(order.credit_spent_minor),
        amount(order.credit_given_minor),
    ]
}

/// A night's orders, with who bought: a second factor given lately, as for any list of people that leaves the house.
pub async fn orders(
    desk: Data<Desk>,
    locale: Locale,
    member: Member<OrdersRead>,
    query: Query<NightQuery>,
) -> Result<HttpResponse, Fault> {
    member.proved(desk.clock.now())?;
    let (event, zone, format) = query.night(&desk).await?;
    let of = [("event", event.row.id.to_string())];
    let list = List { name: "orders", columns: &ORDER, of: &of };
    let export = export(&desk, "orders.exported", "orders", &event, zone, format);
    list::download(&desk, locale, &member, list, export, |order: ExportedOrder| order_cells(order, zone))
        .await
}

const TICKET: [&str; 10] =
    ["guest", "type", "ticket-state", "came", "email", "buyer", "order", "channel", "attention", "issued"];

fn ticket_cells(ticket: ExportedTicket, zone: Tz, came: &HashMap<Uuid, DateTime<Utc>>) -> Vec<Cell> {
    vec![
        Cell::text(ticket.holder_name),
        Cell::text(ticket.type_name),
        Cell::text(ticket.state),
        Cell::time_of(came.get(&ticket.id).copied(), zone),
        Cell::text(ticket.email),
        Cell::text(ticket.buyer_name),
        Cell::text(ticket.reference),
        Cell::text(ticket.channel),
        Cell::text(ticket.attention),
        Cell::time(ticket.issued_at, zone),
    ]
}

/// A night's guests: each ticket with whose it is, and when they came.
pub async fn guests(
    desk: Data<Desk>,
    locale: Locale,
    member: Member<GuestsExport>,
    query: Query<NightQuery>,
) -> Result<HttpResponse, Fault> {
    member.proved(desk.clock.now())?;
    let (event, zone, format) = query.night(&desk).await?;
    let of = [("event", event.row.id.to_string())];
    let written = spool(format, columns(locale.0, &TICKET), async |after: Option<String>| {
        let page: Page<ExportedTicket> = rows::page(&desk, &member, "guests", &of, after).await?;
        let tickets = page.rows.iter().map(|ticket| ticket.id).collect();
        let came = store::came(&mut *desk.db.conn().await?, tickets).await?;
        Ok::<_, Fault>(Rows::of(page, |ticket| ticket_cells(ticket, zone, &came)))
    })
    .await?;
    let export = export(&desk, "guests.exported", "guests", &event, zone, format);
    answer::answer(&desk, &member.actor(), export, written).await
}

const ENTRY: [&str; 7] = ["booked", "order", "source", "account", "currency", "amount", "transaction"];

fn entry_cells(entry: ExportedEntry, zone: Tz) -> Vec<Cell> {
    vec![
        Cell::time(entry.booked_at, zone),
        Cell::text(entry.reference),
        Cell::text(entry.source),
        Cell::text(entry.account),
        Cell::text(entry.currency.as_str()),
        Cell::amount(entry.amount_minor, &entry.currency),
        Cell::text(entry.transaction.to_string()),
    ]
}

/// The lines of a night's ledger.
pub async fn ledger(
    desk: Data<Desk>,
    locale: Locale,
    member: Member<FiguresRead>,
    query: Query<NightQuery>,
) -> Result<HttpResponse, Fault> {
    let (event, zone, format) = query.night(&desk).await?;
    let of = [("event", event.row.id.to_string())];
    let list = List { name: "ledger", columns: &ENTRY, of: &of };
    let export = export(&desk, "ledger.exported", "ledger", &event, zone, format);
    list::download(&desk, locale, &member, list, export, |entry: ExportedEntry| entry_cells(entry, zone))
        .await
}
