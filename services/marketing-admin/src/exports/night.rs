//! `/admin/exports/{orders,guests,ledger}`: files of one night.

use std::collections::HashMap;

use actix_web::HttpResponse;
use actix_web::web::{Data, Query};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use db::{Conn, DbError};
use diesel::sql_types::{Array, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;
use web::can::{FiguresRead, OrdersRead};
use web::{Fault, Locale};

use super::answer::{self, Export, columns};
use super::cell::Cell;
use super::file::Format;
use super::list::{self, List};
use super::rows::{self, Page};
use super::spool::spool;
use crate::Desk;
use crate::events::store::{self, Event, Which};
use crate::identity::Member;

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
        let event = store::find(&mut conn, Which::Id(id)).await?.ok_or_else(Fault::not_found)?;
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

/// An order as purchase's `exports::orders` says.
#[derive(Debug, Deserialize)]
struct Order {
    reference: String,
    state: String,
    channel: String,
    buyer_name: String,
    buyer_email: String,
    promo_code: String,
    promoter: String,
    tickets: i64,
    currency: String,
    total_minor: i64,
    taken_minor: i64,
    returned_minor: i64,
    created_at: DateTime<Utc>,
    paid_at: Option<DateTime<Utc>>,
}

const ORDER: [&str; 14] = [
    "order", "state", "channel", "buyer", "email", "code", "promoter", "tickets", "currency", "total",
    "taken", "returned", "made", "paid",
];

impl Order {
    fn cells(self, zone: Tz) -> Vec<Cell> {
        let amount = |minor| Cell::amount(minor, &self.currency);
        vec![
            Cell::text(self.reference),
            Cell::text(self.state),
            Cell::text(self.channel),
            Cell::text(self.buyer_name),
            Cell::text(self.buyer_email),
            Cell::text(self.promo_code),
            Cell::text(self.promoter),
            Cell::Count(self.tickets),
            Cell::text(self.currency.as_str()),
            amount(self.total_minor),
            amount(self.taken_minor),
            amount(self.returned_minor),
            Cell::time(self.created_at, zone),
            Cell::time_of(self.paid_at, zone),
        ]
    }
}

/// A night's orders.
pub async fn orders(
    desk: Data<Desk>,
    locale: Locale,
    member: Member<OrdersRead>,
    query: Query<NightQuery>,
) -> Result<HttpResponse, Fault> {
    let (event, zone, format) = query.night(&desk).await?;
    let of = [("event", event.row.id.to_string())];
    let list = List { name: "orders", columns: &ORDER, of: &of };
    let export = export(&desk, "orders.exported", "orders", &event, zone, format);
    list::download(&desk, locale, &member, list, export, |order: Order| order.cells(zone)).await
}

/// A ticket as purchase's `exports::guests` says.
#[derive(Debug, Deserialize)]
struct Ticket {
    id: Uuid,
    reference: String,
    type_name: String,
    holder_name: String,
    email: String,
    buyer_name: String,
    state: String,
    channel: String,
    attention: String,
    issued_at: DateTime<Utc>,
}

const TICKET: [&str; 10] =
    ["guest", "type", "ticket-state", "came", "email", "buyer", "order", "channel", "attention", "issued"];

impl Ticket {
    fn cells(self, zone: Tz, came: &HashMap<Uuid, DateTime<Utc>>) -> Vec<Cell> {
        vec![
            Cell::text(self.holder_name),
            Cell::text(self.type_name),
            Cell::text(self.state),
            Cell::time_of(came.get(&self.id).copied(), zone),
            Cell::text(self.email),
            Cell::text(self.buyer_name),
            Cell::text(self.reference),
            Cell::text(self.channel),
            Cell::text(self.attention),
            Cell::time(self.issued_at, zone),
        ]
    }
}

/// A night's guests: each ticket with whose it is, and when they came.
pub async fn guests(
    desk: Data<Desk>,
    locale: Locale,
    member: Member<OrdersRead>,
    query: Query<NightQuery>,
) -> Result<HttpResponse, Fault> {
    let (event, zone, format) = query.night(&desk).await?;
    let of = [("event", event.row.id.to_string())];
    let written = spool(format, columns(locale.0, &TICKET), async |after: Option<String>| {
        let page: Page<Ticket> = rows::page(&desk, &member, "guests", &of, after).await?;
        let tickets = page.rows.iter().map(|ticket| ticket.id).collect();
        let came = came(&mut *desk.db.conn().await?, tickets).await?;
        Ok::<_, Fault>(page.cells(|ticket| ticket.cells(zone, &came)))
    })
    .await?;
    let export = export(&desk, "guests.exported", "guests", &event, zone, format);
    answer::answer(&desk, &member.actor(), export, written).await
}

/// When the door let in whom, as far as the desk has heard.
async fn came(conn: &mut Conn, tickets: Vec<Uuid>) -> Result<HashMap<Uuid, DateTime<Utc>>, DbError> {
    #[derive(diesel::QueryableByName)]
    struct Came {
        #[diesel(sql_type = SqlUuid)]
        ticket_id: Uuid,
        #[diesel(sql_type = Timestamptz)]
        at: DateTime<Utc>,
    }
    let rows: Vec<Came> = diesel::sql_query(
        "SELECT ticket_id, min(scanned_at) AS at FROM scans WHERE admitted AND ticket_id = ANY($1) GROUP BY 1",
    )
    .bind::<Array<SqlUuid>, _>(tickets)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.ticket_id, row.at)).collect())
}

/// A line of the ledger as purchase's `exports::ledger` says.
#[derive(Debug, Deserialize)]
struct Entry {
    reference: String,
    transaction: Uuid,
    source: String,
    booked_at: DateTime<Utc>,
    account: String,
    currency: String,
    amount_minor: i64,
}

const ENTRY: [&str; 7] = ["booked", "order", "source", "account", "currency", "amount", "transaction"];

impl Entry {
    fn cells(self, zone: Tz) -> Vec<Cell> {
        vec![
            Cell::time(self.booked_at, zone),
            Cell::text(self.reference),
            Cell::text(self.source),
            Cell::text(self.account),
            Cell::text(self.currency.as_str()),
            Cell::amount(self.amount_minor, &self.currency),
            Cell::text(self.transaction.to_string()),
        ]
    }
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
    list::download(&desk, locale, &member, list, export, |entry: Entry| entry.cells(zone)).await
}
