//! The SQL of tickets that are shared: every mail to a guest is a row, and the last one names the guest.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::ids::TicketId;
use uuid::Uuid;

use super::TicketRow;
use crate::schema::ticket_shares;
use crate::tickets::change::Recipient;

/// That a ticket was shared, and with whom.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = ticket_shares, check_for_backend(diesel::pg::Pg))]
pub(crate) struct ShareRow {
    pub id: Uuid,
    pub ticket_id: Uuid,
    pub to_name: String,
    pub to_email: String,
    pub to_language: String,
    pub shared_at: DateTime<Utc>,
}

impl ShareRow {
    pub(crate) fn of(id: Uuid, ticket: &TicketRow, to: &Recipient, now: DateTime<Utc>) -> Self {
        Self {
            id,
            ticket_id: ticket.id,
            to_name: to.name.clone(),
            to_email: to.email.clone(),
            to_language: to.language.code().to_owned(),
            shared_at: now,
        }
    }

    /// Whether it named the same guest.
    pub(crate) fn is_to(&self, to: &Recipient) -> bool {
        self.to_name == to.name && self.to_email == to.email
    }
}

pub(crate) async fn insert_share(conn: &mut Conn, share: &ShareRow) -> Result<(), DbError> {
    diesel::insert_into(ticket_shares::table).values(share).execute(conn).await?;
    Ok(())
}

/// With whom a ticket was shared since an instant.
pub(crate) async fn shares_since(
    conn: &mut Conn,
    ticket: TicketId,
    since: DateTime<Utc>,
) -> Result<Vec<ShareRow>, DbError> {
    let rows = ticket_shares::table
        .filter(ticket_shares::ticket_id.eq(ticket.uuid()))
        .filter(ticket_shares::shared_at.gt(since))
        .select(ShareRow::as_select())
        .load(conn)
        .await?;
    Ok(rows)
}

/// With whom some tickets were shared, the last first.
pub(crate) async fn shares_of(conn: &mut Conn, tickets: Vec<Uuid>) -> Result<Vec<ShareRow>, DbError> {
    let rows = ticket_shares::table
        .filter(ticket_shares::ticket_id.eq_any(tickets))
        .order(ticket_shares::shared_at.desc())
        .select(ShareRow::as_select())
        .load(conn)
        .await?;
    Ok(rows)
}

/// Forgets with whom tickets were shared of nights that were over before an instant: the names and addresses of guests who gave them to
/// nobody themselves. The order, which has its buyer's, stays.
pub(crate) async fn forget_shares(conn: &mut Conn, before: DateTime<Utc>) -> Result<usize, DbError> {
    let gone = diesel::sql_query(
        "DELETE FROM ticket_shares s USING tickets t, events e
          WHERE t.id = s.ticket_id AND e.id = t.event_id AND e.ends_at < $1",
    )
    .bind::<Timestamptz, _>(before)
    .execute(conn)
    .await?;
    Ok(gone)
}

#[derive(QueryableByName)]
struct Mailed {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// How many tickets were shared with an address or passed on to it since an instant, by whomever.
pub(crate) async fn mailed_to(conn: &mut Conn, email: &str, since: DateTime<Utc>) -> Result<i64, DbError> {
    let mailed: Mailed = diesel::sql_query(
        "SELECT (SELECT count(*) FROM ticket_shares WHERE lower(to_email) = lower($1) AND shared_at > $2)
              + (SELECT count(*) FROM ticket_transfers WHERE lower(to_email) = lower($1) AND transferred_at > $2) AS count",
    )
    .bind::<Text, _>(email)
    .bind::<Timestamptz, _>(since)
    .get_result(conn)
    .await?;
    Ok(mailed.count)
}

/// With whom a ticket is shared: who was named last. Its id is that of the mail.
#[derive(Debug, QueryableByName)]
pub(crate) struct SharedWith {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    pub ticket_id: Uuid,
    #[diesel(sql_type = Text)]
    pub type_name: String,
    #[diesel(sql_type = Text)]
    pub to_name: String,
    #[diesel(sql_type = Text)]
    pub to_email: String,
    #[diesel(sql_type = Text)]
    pub to_language: String,
}

/// With whom some tickets are shared. A buyer who sent one to their own address is told as its buyer.
pub(crate) async fn shared_with(conn: &mut Conn, ids: Vec<Uuid>) -> Result<Vec<SharedWith>, DbError> {
    let rows = diesel::sql_query(
        "SELECT s.id, s.ticket_id, t.type_name, s.to_name, s.to_email, s.to_language
           FROM (SELECT DISTINCT ON (ticket_id) * FROM ticket_shares WHERE ticket_id = ANY($1)
                  ORDER BY ticket_id, shared_at DESC, id DESC) s
           JOIN tickets t ON t.id = s.ticket_id JOIN orders o ON o.id = t.order_id
          WHERE lower(s.to_email) <> lower(o.buyer_email) ORDER BY s.ticket_id",
    )
    .bind::<Array<SqlUuid>, _>(ids)
    .load(conn)
    .await?;
    Ok(rows)
}
