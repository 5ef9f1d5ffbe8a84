//! SQL of forgetting.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::ids::OrderId;
use uuid::Uuid;

/// Somebody who asked to be forgotten.
#[derive(Debug, Clone, QueryableByName)]
pub(crate) struct Forgotten {
    #[diesel(sql_type = SqlUuid)]
    pub account_id: Uuid,
    #[diesel(sql_type = Nullable<Text>)]
    pub email: Option<String>,
    /// What was done under the address until then is theirs. Whoever has it may come back later, and is somebody new.
    #[diesel(sql_type = Timestamptz)]
    pub until: DateTime<Utc>,
}

/// [`Forgotten::until`], with room for clocks that differ.
const UNTIL: &str = "x.asked_at + interval '10 minutes'";

/// What an order must be for its buyer to be forgotten: nothing happens with it any more.
const OVER: &str = "o.state <> 'pending' AND e.ends_at < $4
    AND NOT EXISTS (SELECT FROM refunds r WHERE r.order_id = o.id AND r.state IN ('asked', 'pending', 'failed'))
    AND NOT EXISTS (SELECT FROM disputes d WHERE d.order_id = o.id AND d.closed_at IS NULL)
    AND o.buyer_email NOT LIKE 'erased-%@erased.invalid'";
const THEIRS: &str = "(lower(o.buyer_email) = $2 AND o.created_at <= $3
    OR o.id IN (SELECT order_id FROM account_orders WHERE account_id = $1))";

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// Those for whom something can be done now, the longest waiting first: an order that is over, or the last rows of somebody who has
/// no order left.
pub(crate) async fn open(conn: &mut Conn, most: i64, now: DateTime<Utc>) -> Result<Vec<Forgotten>, DbError> {
    let theirs = THEIRS.replace("$1", "x.account_id").replace("$2", "x.email").replace("$3", UNTIL);
    let sql = format!(
        "SELECT account_id, email, {UNTIL} AS until FROM erasures_open x
          WHERE EXISTS (SELECT FROM orders o JOIN events e ON e.id = o.event_id
                         WHERE {theirs} AND {})
             OR NOT EXISTS (SELECT FROM orders o WHERE {theirs} AND o.buyer_email NOT LIKE 'erased-%@erased.invalid')
          ORDER BY asked_at LIMIT $1",
        OVER.replace("$4", "$2"),
    );
    Ok(diesel::sql_query(sql).bind::<BigInt, _>(most).bind::<Timestamptz, _>(now).load(conn).await?)
}

/// Their orders that are over, as they stay until the transaction ends.
pub(crate) async fn hold_orders(
    conn: &mut Conn,
    person: &Forgotten,
    now: DateTime<Utc>,
) -> Result<Vec<OrderId>, DbError> {
    let sql = format!(
        "SELECT o.id FROM orders o JOIN events e ON e.id = o.event_id
          WHERE {THEIRS} AND {OVER} ORDER BY o.id LIMIT 500 FOR UPDATE OF o"
    );
    let rows: Vec<Id> = diesel::sql_query(sql)
        .bind::<SqlUuid, _>(person.account_id)
        .bind::<Nullable<Text>, _>(&person.email)
        .bind::<Timestamptz, _>(person.until)
        .bind::<Timestamptz, _>(now)
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(|row| row.id.into()).collect())
}

/// Who bought it, for the books alone.
pub(crate) async fn archive(
    conn: &mut Conn,
    order: Uuid,
    now: DateTime<Utc>,
    keep_until: DateTime<Utc>,
) -> Result<(), DbError> {
    diesel::sql_query(
        "INSERT INTO buyers_archived (order_id, buyer_name, buyer_email, archived_at, keep_until)
         SELECT id, buyer_name, buyer_email, $2, $3 FROM orders WHERE id = $1 AND paid_at IS NOT NULL",
    )
    .bind::<SqlUuid, _>(order)
    .bind::<Timestamptz, _>(now)
    .bind::<Timestamptz, _>(keep_until)
    .execute(conn)
    .await?;
    Ok(())
}

/// An order without its buyer.
pub(crate) async fn forget_order(conn: &mut Conn, order: Uuid) -> Result<(), DbError> {
    for sql in [
        "UPDATE orders SET buyer_name = '', buyer_email = 'erased-' || id || '@erased.invalid' WHERE id = $1",
        "UPDATE promo_redemptions SET guest = 'erased-' || order_id || '@erased.invalid' WHERE order_id = $1",
        // What Stripe was asked holds the address; nothing is asked again once the order is over.
        "UPDATE attempts SET request = '{}' WHERE order_id = $1",
        "DELETE FROM order_answers WHERE order_id = $1",
        "DELETE FROM mail_wishes WHERE order_id = $1",
        "DELETE FROM ticket_shares s USING tickets t WHERE t.id = s.ticket_id AND t.order_id = $1",
        "DELETE FROM account_orders WHERE order_id = $1",
    ] {
        diesel::sql_query(sql).bind::<SqlUuid, _>(order).execute(conn).await?;
    }
    Ok(())
}

/// The tickets of an order that were never somebody else's.
pub(crate) async fn own_tickets(conn: &mut Conn, order: Uuid) -> Result<Vec<Uuid>, DbError> {
    let rows: Vec<Id> = diesel::sql_query(
        "SELECT t.id FROM tickets t WHERE t.order_id = $1
            AND NOT EXISTS (SELECT FROM ticket_transfers x WHERE x.to_ticket = t.id AND NOT x.to_buyer)",
    )
    .bind::<SqlUuid, _>(order)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Tickets that others passed on to this person, for nights that are over; the transfers lose the name.
pub(crate) async fn received(
    conn: &mut Conn,
    person: &Forgotten,
    now: DateTime<Utc>,
) -> Result<Vec<Uuid>, DbError> {
    let Some(email) = &person.email else { return Ok(Vec::new()) };
    let rows: Vec<Id> = diesel::sql_query("SELECT forget_recipient($1, $2, $3) AS id")
        .bind::<Text, _>(email)
        .bind::<Timestamptz, _>(now)
        .bind::<Timestamptz, _>(person.until)
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// A ticket without a name.
pub(crate) async fn nameless(
    conn: &mut Conn,
    ticket: Uuid,
    revision: i64,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    diesel::sql_query(
        "UPDATE tickets SET holder_name = '', birth_date = NULL, buyer_email_hash = '', revision = $2, changed_at = $3
          WHERE id = $1",
    )
    .bind::<SqlUuid, _>(ticket)
    .bind::<BigInt, _>(revision)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// What a person asked for beside their orders.
pub(crate) async fn forget_person(conn: &mut Conn, person: &Forgotten) -> Result<(), DbError> {
    let Some(email) = &person.email else { return Ok(()) };
    for sql in [
        "DELETE FROM sale_reminders WHERE guest = $1 AND asked_at <= $2",
        "DELETE FROM mail_wishes WHERE guest = $1 AND asked_at <= $2",
        "DELETE FROM ticket_shares WHERE lower(to_email) = $1 AND shared_at <= $2",
        "DELETE FROM table_waitlist WHERE lower(email) = $1 AND joined_at <= $2",
        "UPDATE waitlist SET name = '', email = 'erased-' || id || '@erased.invalid'
          WHERE lower(email) = $1 AND joined_at <= $2 AND state NOT IN ('waiting', 'offered')",
    ] {
        diesel::sql_query(sql)
            .bind::<Text, _>(email)
            .bind::<Timestamptz, _>(person.until)
            .execute(conn)
            .await?;
    }
    Ok(())
}

/// Forgets the address itself once nothing here names it.
pub(crate) async fn close_if_done(conn: &mut Conn, person: &Forgotten) -> Result<(), DbError> {
    let sql = format!(
        "DELETE FROM erasures_open WHERE account_id = $1
            AND NOT EXISTS (SELECT FROM orders o WHERE {THEIRS})
            AND NOT EXISTS (SELECT FROM ticket_transfers WHERE lower(to_email) = $2 AND transferred_at <= $3)
            AND NOT EXISTS (SELECT FROM waitlist WHERE lower(email) = $2 AND joined_at <= $3)"
    );
    diesel::sql_query(sql)
        .bind::<SqlUuid, _>(person.account_id)
        .bind::<Nullable<Text>, _>(&person.email)
        .bind::<Timestamptz, _>(person.until)
        .execute(conn)
        .await?;
    Ok(())
}
