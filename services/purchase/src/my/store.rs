//! The SQL of guests' wishes for mail.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::ids::OrderId;
use domain::language::Language;
use uuid::Uuid;

use crate::orders::store::OrderRow;
use crate::schema::mail_wishes;

/// A wish, about to be stored.
#[derive(Debug)]
pub(crate) struct Wish {
    id: Uuid,
    order: Option<Uuid>,
    guest: Option<String>,
    network: Option<String>,
    language: String,
    asked_at: DateTime<Utc>,
    /// It was answered in the transaction that stores it.
    done: bool,
}

impl Wish {
    /// For an order's tickets once more.
    pub(crate) fn of_order(id: Uuid, order: &OrderRow, now: DateTime<Utc>) -> Self {
        Self {
            id,
            order: Some(order.id),
            guest: None,
            network: None,
            language: order.language.clone(),
            asked_at: now,
            done: true,
        }
    }

    /// For whatever belongs to an address.
    pub(crate) fn search(email: &str, network: &str, language: Language, now: DateTime<Utc>) -> Self {
        Self {
            id: Uuid::now_v7(),
            order: None,
            guest: Some(email.to_owned()),
            network: Some(network.to_owned()),
            language: language.code().to_owned(),
            asked_at: now,
            done: false,
        }
    }
}

pub(crate) async fn insert(conn: &mut Conn, wish: &Wish) -> Result<(), DbError> {
    diesel::sql_query(
        "INSERT INTO mail_wishes (id, order_id, guest, network, language, asked_at, done_at, mailed)
         VALUES ($1, $2, lower($3), $4, $5, $6, CASE WHEN $7 THEN $6 END, $7)",
    )
    .bind::<SqlUuid, _>(wish.id)
    .bind::<Nullable<SqlUuid>, _>(wish.order)
    .bind::<Nullable<Text>, _>(&wish.guest)
    .bind::<Nullable<Text>, _>(&wish.network)
    .bind::<Text, _>(&wish.language)
    .bind::<Timestamptz, _>(wish.asked_at)
    .bind::<Bool, _>(wish.done)
    .execute(conn)
    .await?;
    Ok(())
}

/// How often an order's tickets were asked for since an instant.
pub(crate) async fn wishes_of_order(
    conn: &mut Conn,
    order: OrderId,
    since: DateTime<Utc>,
) -> Result<i64, DbError> {
    let wishes = mail_wishes::table
        .filter(mail_wishes::order_id.eq(order.uuid()))
        .filter(mail_wishes::asked_at.gt(since));
    Ok(wishes.count().get_result(conn).await?)
}

/// How often somebody in a network has searched since an instant.
pub(crate) async fn searches_from(
    conn: &mut Conn,
    network: &str,
    since: DateTime<Utc>,
) -> Result<i64, DbError> {
    let searches =
        mail_wishes::table.filter(mail_wishes::network.eq(network)).filter(mail_wishes::asked_at.gt(since));
    Ok(searches.count().get_result(conn).await?)
}

/// How many searches were mailed to an address since an instant.
pub(crate) async fn mails_to(conn: &mut Conn, guest: &str, since: DateTime<Utc>) -> Result<i64, DbError> {
    let mailed = mail_wishes::table
        .filter(mail_wishes::guest.eq(guest))
        .filter(mail_wishes::mailed.eq(true))
        .filter(mail_wishes::done_at.gt(since));
    Ok(mailed.count().get_result(conn).await?)
}

#[derive(QueryableByName)]
struct Turn {
    #[diesel(sql_type = Bool)]
    mine: bool,
}

/// Whether no other process searches in this moment; the turn ends with the transaction.
pub(crate) async fn my_turn(conn: &mut Conn) -> Result<bool, DbError> {
    let turn: Turn =
        diesel::sql_query("SELECT pg_try_advisory_xact_lock(hashtext('purchase.mail_wishes')) AS mine")
            .get_result(conn)
            .await?;
    Ok(turn.mine)
}

/// A search that waits.
#[derive(Debug, Clone, QueryableByName)]
pub(crate) struct Search {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = Text)]
    pub guest: String,
    #[diesel(sql_type = Text)]
    pub language: String,
}

/// The next searches, the first asked first.
pub(crate) async fn to_do(conn: &mut Conn, most: i64) -> Result<Vec<Search>, DbError> {
    let rows = diesel::sql_query(
        "SELECT id, guest, language FROM mail_wishes WHERE done_at IS NULL ORDER BY id LIMIT $1",
    )
    .bind::<BigInt, _>(most)
    .load(conn)
    .await?;
    Ok(rows)
}

pub(crate) async fn done(conn: &mut Conn, id: Uuid, mailed: bool, now: DateTime<Utc>) -> Result<(), DbError> {
    diesel::update(mail_wishes::table.find(id))
        .set((mail_wishes::done_at.eq(now), mail_wishes::mailed.eq(mailed)))
        .execute(conn)
        .await?;
    Ok(())
}

/// What belongs to an address.
#[derive(Debug, Clone, QueryableByName)]
pub(crate) struct FoundRow {
    #[diesel(sql_type = SqlUuid)]
    pub order_id: Uuid,
    #[diesel(sql_type = Text)]
    pub reference: String,
    #[diesel(sql_type = Text)]
    pub email: String,
    #[diesel(sql_type = SqlUuid)]
    pub event_id: Uuid,
    #[diesel(sql_type = Text)]
    pub title: String,
    #[diesel(sql_type = Timestamptz)]
    pub starts_at: DateTime<Utc>,
    #[diesel(sql_type = Timestamptz)]
    pub ends_at: DateTime<Utc>,
    #[diesel(sql_type = Text)]
    pub time_zone: String,
    #[diesel(sql_type = BigInt)]
    pub tickets: i64,
    /// The one ticket that it is about, where that was passed on to the address.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub ticket: Option<Uuid>,
}

/// Paid orders of an address, and tickets that were passed on to it, for nights that are not over, the next night first.
pub(crate) async fn coming(
    conn: &mut Conn,
    guest: &str,
    now: DateTime<Utc>,
) -> Result<Vec<FoundRow>, DbError> {
    let rows = diesel::sql_query(
        "SELECT o.id AS order_id, o.reference, o.buyer_email AS email, e.id AS event_id, e.title, e.starts_at, e.ends_at,
                e.time_zone, count(t.id) AS tickets, NULL::uuid AS ticket
           FROM orders o JOIN events e ON e.id = o.event_id
           JOIN tickets t ON t.order_id = o.id AND t.state = 'valid'
          WHERE lower(o.buyer_email) = $1 AND o.state = 'paid' AND e.ends_at > $2
            AND NOT EXISTS (SELECT FROM ticket_transfers x WHERE x.to_ticket = t.id AND NOT x.to_buyer)
          GROUP BY o.id, e.id
         UNION ALL
         SELECT o.id, o.reference, x.to_email, e.id, e.title, e.starts_at, e.ends_at, e.time_zone, 1, t.id
           FROM ticket_transfers x JOIN tickets t ON t.id = x.to_ticket AND t.state = 'valid'
           JOIN orders o ON o.id = t.order_id JOIN events e ON e.id = t.event_id
          WHERE lower(x.to_email) = $1 AND NOT x.to_buyer AND e.ends_at > $2
          ORDER BY starts_at, order_id, ticket LIMIT 50",
    )
    .bind::<Text, _>(guest)
    .bind::<Timestamptz, _>(now)
    .load(conn)
    .await?;
    Ok(rows)
}

/// Forgets wishes from before an instant.
pub(crate) async fn forget(conn: &mut Conn, before: DateTime<Utc>) -> Result<usize, DbError> {
    let old = mail_wishes::table.filter(mail_wishes::asked_at.lt(before));
    Ok(diesel::delete(old).execute(conn).await?)
}
