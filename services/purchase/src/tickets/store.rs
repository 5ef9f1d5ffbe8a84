//! The SQL of tickets; of those that are shared in [`shares`].

mod shares;

pub(crate) use shares::*;

use chrono::{DateTime, NaiveDate, Utc};
use db::{Conn, DbError};
use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::admission::TicketStatus;
use domain::ids::{OrderId, TicketId};
use messages::purchase::v1::{Buyer, LostTicket};
use uuid::Uuid;

use crate::schema::{orders, ticket_transfers, tickets};

/// A ticket as stored.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = tickets, check_for_backend(diesel::pg::Pg))]
pub(crate) struct TicketRow {
    pub id: Uuid,
    pub order_id: Uuid,
    pub order_line_id: Uuid,
    pub ordinal: i32,
    pub event_id: Uuid,
    pub ticket_type_id: Uuid,
    pub type_name: String,
    pub zone_id: Uuid,
    pub holder_name: String,
    pub attention: String,
    pub state: String,
    pub revision: i64,
    pub issued_at: DateTime<Utc>,
    pub changed_at: DateTime<Utc>,
    pub place_freed: bool,
    /// Its person has disputed a payment before: the door is told to ask a supervisor.
    pub disputed_before: bool,
    pub admit_until: Option<DateTime<Utc>>,
    /// Of its person's address, by which the door finds it; empty where there is none. See `domain::look_up::email_hash`.
    pub buyer_email_hash: Vec<u8>,
    /// Of its person, as answered with the order; none where nobody asked, or it is another person's since.
    pub birth_date: Option<NaiveDate>,
}

impl TicketRow {
    /// Whether a refund may take it back.
    pub(crate) fn is_live(&self) -> bool {
        // The table's CHECK knows the same words.
        TicketStatus::from_code(&self.state).is_some_and(TicketStatus::is_live)
    }
}

/// A statement takes 65,535 values; a row has nineteen.
const ROWS: usize = 1000;

pub(crate) async fn insert(conn: &mut Conn, rows: &[TicketRow]) -> Result<(), DbError> {
    for chunk in rows.chunks(ROWS) {
        diesel::insert_into(tickets::table).values(chunk).execute(conn).await?;
    }
    Ok(())
}

/// Every ticket of an order, whoever holds it: those passed on, revoked, and what came in their place.
pub(crate) async fn of_order(conn: &mut Conn, order: OrderId) -> Result<Vec<TicketRow>, DbError> {
    let rows = tickets::table
        .filter(tickets::order_id.eq(order.uuid()))
        .order(tickets::id)
        .select(TicketRow::as_select())
        .load(conn)
        .await?;
    Ok(rows)
}

/// Of the tickets of one place that are the buyer's, the last one: what a friend gave back stands where the one that was passed on
/// stood.
const LAST_OF_BUYER: &str = "NOT EXISTS (SELECT FROM ticket_transfers b JOIN tickets n ON n.id = b.to_ticket
    WHERE b.to_buyer AND n.order_line_id = tickets.order_line_id AND n.ordinal = tickets.ordinal
      AND (n.issued_at, n.id) > (tickets.issued_at, tickets.id))";

/// The tickets that an order brought its buyer, one for each place. Those passed on are among them, revoked; what came in their place
/// belongs to others, and is not, until it is given back.
pub(crate) async fn of_buyer(conn: &mut Conn, order: OrderId) -> Result<Vec<TicketRow>, DbError> {
    let passed_on = ticket_transfers::table
        .filter(ticket_transfers::to_ticket.eq(tickets::id))
        .filter(ticket_transfers::to_buyer.eq(false));
    let rows = tickets::table
        .filter(tickets::order_id.eq(order.uuid()))
        .filter(diesel::dsl::not(diesel::dsl::exists(passed_on)))
        .filter(diesel::dsl::sql::<Bool>(LAST_OF_BUYER))
        .order(tickets::id)
        .select(TicketRow::as_select())
        .load(conn)
        .await?;
    Ok(rows)
}

/// The order that a ticket is of.
pub(crate) async fn order_of(conn: &mut Conn, id: TicketId) -> Result<Option<OrderId>, DbError> {
    let order: Option<Uuid> =
        tickets::table.find(id.uuid()).select(tickets::order_id).first(conn).await.optional()?;
    Ok(order.map(Into::into))
}

/// The ticket, locked, with its order's reference.
pub(crate) async fn lock(conn: &mut Conn, id: TicketId) -> Result<Option<(TicketRow, String)>, DbError> {
    let ticket =
        tickets::table.find(id.uuid()).select(TicketRow::as_select()).for_no_key_update().first(conn).await;
    let Some(ticket) = ticket.optional()? else { return Ok(None) };
    let reference = orders::table.find(ticket.order_id).select(orders::reference).first(conn).await?;
    Ok(Some((ticket, reference)))
}

pub(crate) async fn set_state(conn: &mut Conn, ticket: &TicketRow) -> Result<(), DbError> {
    diesel::update(tickets::table.find(ticket.id))
        .set((
            tickets::state.eq(&ticket.state),
            tickets::revision.eq(ticket.revision),
            tickets::changed_at.eq(ticket.changed_at),
            tickets::place_freed.eq(ticket.place_freed),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

pub(crate) async fn set_disputed_before(conn: &mut Conn, ticket: &TicketRow) -> Result<(), DbError> {
    diesel::update(tickets::table.find(ticket.id))
        .set((
            tickets::disputed_before.eq(ticket.disputed_before),
            tickets::revision.eq(ticket.revision),
            tickets::changed_at.eq(ticket.changed_at),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

pub(crate) async fn set_holder(conn: &mut Conn, ticket: &TicketRow) -> Result<(), DbError> {
    diesel::update(tickets::table.find(ticket.id))
        .set((
            tickets::holder_name.eq(&ticket.holder_name),
            tickets::birth_date.eq(ticket.birth_date),
            tickets::revision.eq(ticket.revision),
            tickets::changed_at.eq(ticket.changed_at),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// That a ticket was passed on, and to whom.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = ticket_transfers, check_for_backend(diesel::pg::Pg))]
pub(crate) struct TransferRow {
    pub from_ticket: Uuid,
    pub to_ticket: Uuid,
    pub to_name: String,
    pub to_email: String,
    pub to_language: String,
    /// The friend gave it back: it is the order's buyer's again.
    pub to_buyer: bool,
    pub transferred_at: DateTime<Utc>,
}

pub(crate) async fn insert_transfer(conn: &mut Conn, transfer: &TransferRow) -> Result<(), DbError> {
    diesel::insert_into(ticket_transfers::table).values(transfer).execute(conn).await?;
    Ok(())
}

/// To whom some tickets were passed on.
pub(crate) async fn transfers_of(
    conn: &mut Conn,
    tickets: &[TicketRow],
) -> Result<Vec<TransferRow>, DbError> {
    let ids: Vec<Uuid> = tickets.iter().filter(|row| row.state == "revoked").map(|row| row.id).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = ticket_transfers::table
        .filter(ticket_transfers::from_ticket.eq_any(ids))
        .select(TransferRow::as_select())
        .load(conn)
        .await?;
    Ok(rows)
}

/// How a ticket came to its holder by being passed on: then it is theirs, and no longer its buyer's.
pub(crate) async fn passed_on(conn: &mut Conn, id: TicketId) -> Result<Option<TransferRow>, DbError> {
    let passed = ticket_transfers::table
        .filter(ticket_transfers::to_ticket.eq(id.uuid()))
        .filter(ticket_transfers::to_buyer.eq(false))
        .select(TransferRow::as_select())
        .first(conn)
        .await;
    Ok(passed.optional()?)
}

/// Of some tickets those that were passed on to their holders, or are shared with somebody, as these are told of them.
pub(crate) async fn lost(conn: &mut Conn, ids: Vec<Uuid>) -> Result<Vec<LostTicket>, DbError> {
    let rows: Vec<(TransferRow, String)> = ticket_transfers::table
        .inner_join(tickets::table.on(tickets::id.eq(ticket_transfers::to_ticket)))
        .filter(ticket_transfers::to_ticket.eq_any(&ids))
        .filter(ticket_transfers::to_buyer.eq(false))
        .order(ticket_transfers::to_ticket)
        .select((TransferRow::as_select(), tickets::type_name))
        .load(conn)
        .await?;
    let lost = |(row, ticket_type_name): (TransferRow, String)| LostTicket {
        ticket_id: row.to_ticket.to_string(),
        ticket_type_name,
        holder: Some(Buyer { name: row.to_name, email: row.to_email, language: row.to_language }),
        share_id: String::new(),
    };
    let shared = |row: SharedWith| LostTicket {
        ticket_id: row.ticket_id.to_string(),
        ticket_type_name: row.type_name,
        holder: Some(Buyer { name: row.to_name, email: row.to_email, language: row.to_language }),
        share_id: row.id.to_string(),
    };
    let guests = shared_with(conn, ids).await?;
    Ok(rows.into_iter().map(lost).chain(guests.into_iter().map(shared)).collect())
}

#[derive(QueryableByName)]
struct Sold {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// Some tickets as they were sold: for one that was passed on, the one that its order brought. Who counts sales knows those alone.
pub(crate) async fn as_sold(conn: &mut Conn, ids: Vec<Uuid>) -> Result<Vec<Uuid>, DbError> {
    let rows: Vec<Sold> = diesel::sql_query(
        "SELECT sold.id FROM tickets t
           JOIN tickets sold ON sold.order_id = t.order_id AND sold.order_line_id = t.order_line_id AND sold.ordinal = t.ordinal
          WHERE t.id = ANY($1) AND NOT EXISTS (SELECT FROM ticket_transfers x WHERE x.to_ticket = sold.id)
          ORDER BY sold.id",
    )
    .bind::<Array<SqlUuid>, _>(ids)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Some tickets with their orders' references.
pub(crate) async fn all(conn: &mut Conn, ids: Vec<Uuid>) -> Result<Vec<(TicketRow, String)>, DbError> {
    let rows = tickets::table
        .inner_join(orders::table)
        .filter(tickets::id.eq_any(ids))
        .select((TicketRow::as_select(), orders::reference))
        .order(tickets::id)
        .load(conn)
        .await?;
    Ok(rows)
}
