//! The SQL of promos and their uses.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use db::{Conn, DbError, Keep};
use diesel::prelude::*;
use diesel::sql_types;
use diesel_async::RunQueryDsl;
use domain::ids::{EventId, OrderId, PromoId, TicketTypeId};
use domain::promo::{Promo, PromoCode};
use serde_json::Value;
use uuid::Uuid;

use super::PromoOffer;
use crate::inventory::HoldRequest;
use crate::schema::{promo_codes, promo_redemptions, promos};

/// A promo as the club wants it. `ceiling` is `most` until the upsert has looked at what is taken.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = promos, check_for_backend(diesel::pg::Pg))]
pub(super) struct PromoRow {
    pub id: Uuid,
    pub revision: i64,
    pub off: Value,
    pub currency: String,
    pub event_id: Option<Uuid>,
    pub ticket_type_ids: Vec<Uuid>,
    pub minimum_minor: i64,
    pub valid_from: Option<DateTime<Utc>>,
    pub valid_until: Option<DateTime<Utc>>,
    pub most: Option<i64>,
    pub ceiling: Option<i64>,
    pub most_per_guest: Option<i64>,
    pub single_use: bool,
    pub promoter: String,
    pub active: bool,
    pub changed_at: DateTime<Utc>,
}

/// Writes a snapshot that is newer than what is held. What is taken stays: the ceiling never falls below it.
pub(super) async fn write(conn: &mut Conn, row: &PromoRow) -> Result<bool, DbError> {
    let written = diesel::sql_query(
        "INSERT INTO promos AS p (id, revision, off, currency, event_id, ticket_type_ids, minimum_minor, valid_from, valid_until,
                                  most, ceiling, most_per_guest, single_use, promoter, active, changed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, $11, $12, $13, $14, $15)
         ON CONFLICT (id) DO UPDATE SET revision = excluded.revision, off = excluded.off, currency = excluded.currency,
           event_id = excluded.event_id, ticket_type_ids = excluded.ticket_type_ids,
           minimum_minor = excluded.minimum_minor, valid_from = excluded.valid_from, valid_until = excluded.valid_until,
           most = excluded.most,
           ceiling = CASE WHEN excluded.most IS NULL THEN NULL ELSE greatest(excluded.most, p.taken) END,
           most_per_guest = excluded.most_per_guest, single_use = excluded.single_use, promoter = excluded.promoter,
           active = excluded.active, changed_at = excluded.changed_at
         WHERE p.revision < excluded.revision",
    )
    .bind::<sql_types::Uuid, _>(row.id)
    .bind::<sql_types::BigInt, _>(row.revision)
    .bind::<sql_types::Jsonb, _>(&row.off)
    .bind::<sql_types::Text, _>(&row.currency)
    .bind::<sql_types::Nullable<sql_types::Uuid>, _>(row.event_id)
    .bind::<sql_types::Array<sql_types::Uuid>, _>(&row.ticket_type_ids)
    .bind::<sql_types::BigInt, _>(row.minimum_minor)
    .bind::<sql_types::Nullable<sql_types::Timestamptz>, _>(row.valid_from)
    .bind::<sql_types::Nullable<sql_types::Timestamptz>, _>(row.valid_until)
    .bind::<sql_types::Nullable<sql_types::BigInt>, _>(row.most)
    .bind::<sql_types::Nullable<sql_types::BigInt>, _>(row.most_per_guest)
    .bind::<sql_types::Bool, _>(row.single_use)
    .bind::<sql_types::Text, _>(&row.promoter)
    .bind::<sql_types::Bool, _>(row.active)
    .bind::<sql_types::Timestamptz, _>(row.changed_at)
    .execute(conn)
    .await?;
    Ok(written == 1)
}

/// Writes the codes of a snapshot. Marketing-admin keeps codes unique; where two snapshots cross, the newer one has the code.
pub(super) async fn write_codes(
    conn: &mut Conn,
    promo: Uuid,
    single_use: bool,
    codes: &[PromoCode],
) -> Result<(), DbError> {
    let codes: Vec<&str> = codes.iter().map(PromoCode::as_str).collect();
    diesel::update(promo_codes::table)
        .filter(promo_codes::promo_id.eq(promo))
        .filter(promo_codes::code.ne_all(&codes))
        .set(promo_codes::withdrawn.eq(true))
        .execute(conn)
        .await?;
    diesel::sql_query(
        "INSERT INTO promo_codes AS c (code, promo_id, single_use)
         SELECT code, $2, $3 FROM unnest($1) AS codes (code) ORDER BY code
         ON CONFLICT (code) DO UPDATE SET promo_id = excluded.promo_id, withdrawn = false,
           -- A code used more than once before it became one of a batch stays what it was.
           single_use = excluded.single_use AND c.taken <= 1",
    )
    .bind::<sql_types::Array<sql_types::Text>, _>(&codes)
    .bind::<sql_types::Uuid, _>(promo)
    .bind::<sql_types::Bool, _>(single_use)
    .execute(conn)
    .await?;
    Ok(())
}

type Offers = HashMap<PromoCode, PromoOffer>;
type Uses = HashMap<(String, Uuid), i64>;

/// Locks the promos that a batch's guests name, after the stock, and reads what is used of them.
pub(crate) async fn read(conn: &mut Conn, requests: &[&HoldRequest]) -> Result<(Offers, Uses), DbError> {
    let codes: BTreeSet<&str> =
        requests.iter().filter_map(|r| r.promo.as_ref()).map(PromoCode::as_str).collect();
    if codes.is_empty() {
        return Ok(Default::default());
    }
    let known: Vec<(String, Uuid, bool, i64)> = promo_codes::table
        .filter(promo_codes::code.eq_any(codes))
        .filter(promo_codes::withdrawn.eq(false))
        .select((promo_codes::code, promo_codes::promo_id, promo_codes::single_use, promo_codes::taken))
        .load(conn)
        .await?;
    let ids: Vec<Uuid> = known.iter().map(|(_, promo, ..)| *promo).collect();
    let rows: Vec<(PromoRow, i64)> = promos::table
        .filter(promos::id.eq_any(&ids))
        .order(promos::id)
        .select((PromoRow::as_select(), promos::taken))
        .for_no_key_update()
        .load(conn)
        .await?;
    // A code's counter moves only under its promo's lock: what was read before it may be old.
    let spent: HashMap<String, i64> = promo_codes::table
        .filter(promo_codes::code.eq_any(known.iter().map(|(code, ..)| code)))
        .select((promo_codes::code, promo_codes::taken))
        .load(conn)
        .await?
        .into_iter()
        .collect();
    let rows: HashMap<Uuid, (PromoRow, i64)> =
        rows.into_iter().map(|(row, taken)| (row.id, (row, taken))).collect();
    let offer = |(code, promo, single_use, _): (String, Uuid, bool, i64)| {
        let (row, taken) = rows.get(&promo)?;
        let spent = single_use && spent.get(&code).is_some_and(|taken| *taken > 0);
        Some((code.parse().ok()?, offer(row, *taken, single_use, spent)?))
    };
    let offers: Offers = known.into_iter().filter_map(offer).collect();
    let uses = uses(conn, requests, &offers).await?;
    Ok((offers, uses))
}

/// The promo that a code names, as it is now; nothing is locked.
pub(crate) async fn find(conn: &mut Conn, code: &PromoCode) -> Result<Option<PromoOffer>, DbError> {
    let found: Option<(PromoRow, i64, bool, i64)> = promo_codes::table
        .inner_join(promos::table)
        .filter(promo_codes::code.eq(code.as_str()))
        .filter(promo_codes::withdrawn.eq(false))
        .select((PromoRow::as_select(), promos::taken, promo_codes::single_use, promo_codes::taken))
        .first(conn)
        .await
        .optional()?;
    Ok(found
        .and_then(|(row, taken, single_use, uses)| offer(&row, taken, single_use, single_use && uses > 0)))
}

/// The least that a promo asks for, minor units, and of which ticket types; of every one where there are none.
pub(crate) async fn minimum(conn: &mut Conn, promo: Uuid) -> Result<Option<(i64, Vec<Uuid>)>, DbError> {
    let found =
        promos::table.find(promo).select((promos::minimum_minor, promos::ticket_type_ids)).first(conn).await;
    Ok(found.optional()?)
}

fn offer(row: &PromoRow, taken: i64, single_use: bool, spent: bool) -> Option<PromoOffer> {
    Some(PromoOffer {
        promo: Promo {
            id: PromoId::from_uuid(row.id),
            off: serde_json::from_value(row.off.clone()).ok()?,
            event: row.event_id.map(EventId::from_uuid),
            ticket_types: row.ticket_type_ids.iter().copied().map(TicketTypeId::from_uuid).collect(),
            minimum_minor: row.minimum_minor,
            from: row.valid_from,
            until: row.valid_until,
            most: row.most,
            most_per_guest: row.most_per_guest,
            active: row.active,
        },
        currency: row.currency.clone(),
        promoter: row.promoter.clone(),
        taken,
        spent,
        single_use,
    })
}

#[derive(QueryableByName)]
struct Used {
    #[diesel(sql_type = sql_types::Text)]
    guest: String,
    #[diesel(sql_type = sql_types::Uuid)]
    promo_id: Uuid,
    #[diesel(sql_type = sql_types::BigInt)]
    uses: i64,
}

/// In how many orders the batch's guests use the promos that they name.
///
/// Joined, each guest with their promo and each pair once, and not compared by `= ANY`: uses come with the rush, one for each order, and
/// a plan that was kept from before it walks all of them and holds each against each guest (see `inventory::counter`).
async fn uses(conn: &mut Conn, requests: &[&HoldRequest], offers: &Offers) -> Result<Uses, DbError> {
    let named = |request: &&HoldRequest| {
        let offer = offers.get(request.promo.as_ref()?)?;
        Some((request.buyer.guest(), offer.promo.id.uuid()))
    };
    let named: BTreeSet<(String, Uuid)> = requests.iter().filter_map(named).collect();
    // Asked even for none: a code that is no good must cost what one costs that nobody has.
    let (guests, promos): (Vec<String>, Vec<Uuid>) = named.into_iter().unzip();
    let rows: Vec<Used> = diesel::sql_query(
        "SELECT guest, promo_id, count(*) AS uses
         FROM unnest($1, $2) AS named (guest, promo_id) JOIN promo_redemptions USING (guest, promo_id)
         WHERE state <> 'freed' GROUP BY guest, promo_id",
    )
    .bind::<sql_types::Array<sql_types::Text>, _>(guests)
    .bind::<sql_types::Array<sql_types::Uuid>, _>(promos)
    .kept()
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| ((row.guest, row.promo_id), row.uses)).collect())
}

/// The order that holds a use, of a promo or of a credit, is paid. One statement for both, and so here and not in two rooms: it stands
/// in every payment's transaction, which waits for each.
pub(crate) async fn keep_with_credit(conn: &mut Conn, order: OrderId) -> Result<(), DbError> {
    diesel::sql_query(
        "WITH credit AS (UPDATE credit_uses SET state = 'used' WHERE order_id = $1 AND state = 'held')
         UPDATE promo_redemptions SET state = 'used' WHERE order_id = $1 AND state = 'held'",
    )
    .bind::<sql_types::Uuid, _>(order.uuid())
    .kept()
    .execute(conn)
    .await?;
    Ok(())
}

/// The hold that held a use is over: the use is free again. Called under the order's lock, after the stock's. The promo is locked before its code, as everywhere: the code waits for the promo's row in the join.
pub(crate) async fn free(conn: &mut Conn, order: OrderId) -> Result<(), DbError> {
    diesel::sql_query(
        "WITH freed AS (
           UPDATE promo_redemptions SET state = 'freed' WHERE order_id = $1 AND state = 'held' RETURNING promo_id, code
         ), promo AS (
           UPDATE promos SET taken = taken - 1,
             ceiling = CASE WHEN most IS NULL THEN NULL ELSE greatest(most, taken - 1) END
           FROM freed WHERE promos.id = freed.promo_id RETURNING promos.id
         )
         UPDATE promo_codes SET taken = taken - 1 FROM freed JOIN promo ON promo.id = freed.promo_id
         WHERE promo_codes.code = freed.code",
    )
    .bind::<sql_types::Uuid, _>(order.uuid())
    .execute(conn)
    .await?;
    Ok(())
}

/// Late money wants its freed use again: whether it could be had.
pub(crate) async fn take_again(conn: &mut Conn, order: OrderId) -> Result<bool, DbError> {
    let freed: Option<(Uuid, String)> = promo_redemptions::table
        .find(order.uuid())
        .filter(promo_redemptions::state.eq("freed"))
        .select((promo_redemptions::promo_id, promo_redemptions::code))
        .first(conn)
        .await
        .optional()?;
    let Some((promo, code)) = freed else { return Ok(true) };
    let counted = diesel::sql_query(
        "WITH promo AS (
           UPDATE promos SET taken = taken + 1 WHERE id = $1 AND (ceiling IS NULL OR taken < ceiling)
             AND NOT EXISTS (SELECT FROM promo_codes WHERE code = $2 AND single_use AND taken > 0) RETURNING id
         ), code AS (
           UPDATE promo_codes SET taken = taken + 1 FROM promo WHERE promo_codes.code = $2
         )
         UPDATE promo_redemptions SET state = 'used' FROM promo WHERE order_id = $3",
    )
    .bind::<sql_types::Uuid, _>(promo)
    .bind::<sql_types::Text, _>(&code)
    .bind::<sql_types::Uuid, _>(order.uuid())
    .execute(conn)
    .await?;
    Ok(counted == 1)
}
