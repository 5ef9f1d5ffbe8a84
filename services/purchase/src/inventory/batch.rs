//! What a batch writes. The hot path of a rush: one statement, whatever the batch's size; three more if any order is free, three if
//! any table is booked, and one if any guest was asked something.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use db::{Conn, DbError, Keep};
use diesel::sql_types;
use diesel_async::RunQueryDsl;
use domain::ids::{OrderId, WaitlistId};
use domain::quote::LineKind;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;
use web::ClientNetwork;

use super::{AtDesk, HoldRequest, HoldTerms, PlacedOrder};
use crate::box_office::DeskSale;
use crate::credits::{self, Spent};
use crate::guest_list::GuestEntry;
use crate::orders::store::answers::{self, AnswerRow};
use crate::orders::store::{LineRow, OrderRow};
use crate::reservations::made::{self, Made};
use crate::tickets::Paid;
use crate::waitlist;

/// The rows of all granted requests of a batch.
#[derive(Default)]
pub(super) struct BatchWrite {
    taken: BTreeMap<Uuid, Taken>,
    orders: Vec<Order>,
    attempts: Vec<AttemptRow>,
    redemptions: Vec<RedemptionRow>,
    /// The order, what it takes of a credit, and whether it is paid by that.
    credits: Vec<(Uuid, Spent, bool)>,
    claims: Vec<(WaitlistId, OrderId)>,
    answers: Vec<AnswerRow>,
    keys: BTreeMap<String, KeyRow>,
}

/// Places of one limit: those of free orders are sold at once, and what an offer held is no longer held for it.
#[derive(Default)]
struct Taken {
    held: i64,
    sold: i64,
}

struct Order {
    row: OrderRow,
    lines: Vec<LineRow>,
    next_check_at: DateTime<Utc>,
    client: Option<String>,
    client_network: Option<ClientNetwork>,
    traceparent: Option<String>,
    desk: Option<AtDesk>,
    table: Option<Made>,
}

impl Order {
    fn guest(&self) -> Option<&GuestEntry> {
        self.desk.as_ref().and_then(|desk| desk.guest.as_ref())
    }
}

#[derive(Serialize)]
struct TakenRow {
    id: Uuid,
    held: i64,
    sold: i64,
}

#[derive(Serialize)]
struct NewOrder<'a> {
    #[serde(flatten)]
    order: &'a OrderRow,
    next_check_at: DateTime<Utc>,
    client: Option<&'a str>,
    client_network: Option<&'a str>,
}

#[derive(Serialize)]
struct NewLine<'a> {
    #[serde(flatten)]
    line: &'a LineRow,
    order_id: Uuid,
    position: usize,
}

#[derive(Serialize)]
struct AttemptRow {
    id: Uuid,
    order_id: Uuid,
    request: Value,
    lease_until: DateTime<Utc>,
    created_at: DateTime<Utc>,
}

#[derive(Serialize)]
struct RedemptionRow {
    order_id: Uuid,
    promo_id: Uuid,
    code: String,
    guest: String,
    state: &'static str,
}

#[derive(Serialize)]
struct KeyRow {
    key: String,
    fingerprint: String,
    order_id: Uuid,
    created_at: DateTime<Utc>,
}

impl BatchWrite {
    pub(super) fn is_empty(&self) -> bool {
        self.orders.is_empty()
    }

    /// Whether it books any table.
    pub(super) fn has_tables(&self) -> bool {
        self.orders.iter().any(|order| order.table.is_some())
    }

    pub(super) fn add(&mut self, request: &HoldRequest, placed: &PlacedOrder, terms: &HoldTerms) {
        let (order_id, now) = (placed.id.uuid(), placed.placed_at);
        let (row, lines) = placed.rows();
        for (limit, line) in lines.iter().flat_map(|line| line.stock_ids.iter().map(move |id| (*id, line))) {
            let taken = self.taken.entry(limit).or_default();
            let places = if placed.is_free() { &mut taken.sold } else { &mut taken.held };
            *places += i64::from(line.places);
        }
        if let Some(offer) = &placed.claimed {
            for limit in &offer.stock_ids {
                self.taken.entry(*limit).or_default().held -= offer.places;
            }
            self.claims.push((offer.id, placed.id));
        }
        let answers = placed.answers.iter().zip(0..);
        self.answers.extend(answers.map(|(answer, place)| AnswerRow::of(answer, placed.id, place, now)));
        if let Some(redeemed) = &placed.redeemed {
            self.redemptions.push(RedemptionRow {
                order_id,
                promo_id: redeemed.promo,
                code: redeemed.code.to_string(),
                guest: placed.buyer.guest(),
                state: if placed.is_free() { "used" } else { "held" },
            });
        }
        let pay_at = placed.attempt.as_ref().map(|attempt| attempt.return_url.as_str()).unwrap_or_default();
        let table = placed.table.as_ref();
        let table = table.map(|booked| Made::of(&row, booked, placed.quote.worth_minor()).paid_at(pay_at));
        self.credits.extend(placed.spent.map(|spent| (order_id, spent, placed.is_free())));
        self.orders.push(Order {
            row,
            lines,
            next_check_at: now + terms.first_check,
            client: request.client.clone().filter(|_| !placed.is_free()),
            client_network: request.network().filter(|_| !placed.is_free()),
            traceparent: request.traceparent.clone(),
            desk: request.desk.clone(),
            table,
        });
        if let Some(attempt) = &placed.attempt {
            self.attempts.push(AttemptRow {
                id: attempt.attempt.uuid(),
                order_id,
                request: attempt.to_json(),
                lease_until: now + terms.lease,
                created_at: now,
            });
        }
        let fingerprint = hex::encode(&request.fingerprint);
        let key = KeyRow { key: request.key.clone(), fingerprint, order_id, created_at: now };
        self.keys.insert(request.key.clone(), key);
    }

    /// The orders that are paid as soon as they stand: their tickets are to be issued.
    pub(super) fn free(&self) -> Vec<Paid<'_>> {
        let free = self.orders.iter().filter(|order| order.row.paid_at.is_some());
        free.map(|order| Paid {
            order: &order.row,
            lines: &order.lines,
            traceparent: order.traceparent.clone(),
            admit_until: order.guest().map(|guest| guest.admit_until),
        })
        .collect()
    }

    /// The orders that a credit has paid, all of it.
    pub(super) fn paid_by_credit(&self) -> Vec<(&OrderRow, &[LineRow])> {
        let paid = |order: &&Order| {
            order.row.paid_at.is_some() && order.lines.iter().any(|line| line.kind == LineKind::Credit.code())
        };
        let paid = self.orders.iter().filter(paid);
        paid.map(|order| (&order.row, order.lines.as_slice())).collect()
    }

    /// The orders of staff: they are to be booked and put on record.
    pub(super) fn at_desk(&self) -> impl Iterator<Item = DeskSale<'_>> {
        self.orders.iter().filter_map(|order| {
            Some(DeskSale { order: &order.row, lines: &order.lines, desk: order.desk.as_ref()? })
        })
    }

    /// Writes everything. Keys go in sorted order, so that two processes never wait for each other crosswise.
    pub(super) async fn send(&self, conn: &mut Conn, now: DateTime<Utc>) -> Result<(), DbError> {
        let taken =
            self.taken.iter().map(|(id, taken)| TakenRow { id: *id, held: taken.held, sold: taken.sold });
        let orders = self.orders.iter().map(|order| NewOrder {
            order: &order.row,
            next_check_at: order.next_check_at,
            client: order.client.as_deref(),
            client_network: order.client_network.as_ref().map(ClientNetwork::as_str),
        });
        let lines = self.orders.iter().flat_map(|order| {
            let lines = order.lines.iter().enumerate();
            lines.map(|(position, line)| NewLine { line, order_id: order.row.id, position })
        });
        diesel::sql_query(WRITE_BATCH)
            .bind::<sql_types::Jsonb, _>(json(taken))
            .bind::<sql_types::Jsonb, _>(json(orders))
            .bind::<sql_types::Jsonb, _>(json(lines))
            .bind::<sql_types::Jsonb, _>(json(&self.attempts))
            .bind::<sql_types::Jsonb, _>(json(self.keys.values()))
            .bind::<sql_types::Jsonb, _>(json(&self.redemptions))
            .kept()
            .execute(conn)
            .await?;
        credits::store::spend(conn, &self.credits).await?;
        answers::insert(conn, &self.answers).await?;
        let booked = self.orders.iter().filter_map(|order| {
            Some(made::Booking {
                order: &order.row,
                made: order.table.as_ref()?,
                trace: order.traceparent.as_deref(),
            })
        });
        // On the heap: hardly any batch has one.
        Box::pin(made::insert(conn, booked.collect(), now)).await?;
        waitlist::claim(conn, &self.claims, now).await
    }
}

fn json<T: Serialize>(rows: impl IntoIterator<Item = T>) -> Value {
    Value::Array(rows.into_iter().map(|row| serde_json::to_value(row).unwrap_or_default()).collect())
}

const WRITE_BATCH: &str = "
WITH taken AS (
  UPDATE stock SET held = stock.held + t.held, sold = stock.sold + t.sold,
    -- It falls where a claim leaves places of a lowered limit, and never rises.
    capacity = least(stock.capacity, greatest(stock.asked_capacity, stock.held + t.held + stock.sold + t.sold))
  FROM jsonb_to_recordset($1) AS t(id uuid, held bigint, sold bigint)
  WHERE stock.id = t.id
), placed AS (
  INSERT INTO orders (id, reference, event_id, state, revision, buyer_name, buyer_email, language, currency, total_minor,
                      promo_id, promo_code, promoter, held_until, created_at, paid_at, next_check_at, client, client_network, channel,
                      exchanges)
  SELECT id, reference, event_id, state, revision, buyer_name, buyer_email, language, currency, total_minor,
         promo_id, promo_code, promoter, held_until, created_at, paid_at, next_check_at, client, client_network, channel, exchanges
  FROM jsonb_to_recordset($2) AS t(id uuid, reference text, event_id uuid, state text, revision bigint, buyer_name text,
    buyer_email text, language text, currency text, total_minor bigint, promo_id uuid, promo_code text, promoter text,
    held_until timestamptz, created_at timestamptz, paid_at timestamptz, next_check_at timestamptz, client text,
    client_network text, channel text, exchanges uuid)
), lines AS (
  INSERT INTO order_lines (id, order_id, position, kind, ticket_type_id, label, quantity, places, unit_minor, total_minor,
                           tax_minor, tax_basis_points, absorbed_fee_minor, stock_ids)
  SELECT id, order_id, position, kind, ticket_type_id, label, quantity, places, unit_minor, total_minor,
         tax_minor, tax_basis_points, absorbed_fee_minor, stock_ids
  FROM jsonb_to_recordset($3) AS t(id uuid, order_id uuid, position int, kind text, ticket_type_id uuid, label text,
    quantity int, places int, unit_minor bigint, total_minor bigint, tax_minor bigint, tax_basis_points bigint,
    absorbed_fee_minor bigint, stock_ids uuid[])
), redeemed AS (
  INSERT INTO promo_redemptions (order_id, promo_id, code, guest, state)
  SELECT order_id, promo_id, code, guest, state
  FROM jsonb_to_recordset($6) AS t(order_id uuid, promo_id uuid, code text, guest text, state text)
), promo_taken AS (
  UPDATE promos SET taken = promos.taken + t.uses
  FROM (SELECT promo_id, count(*) AS uses FROM jsonb_to_recordset($6) AS r(promo_id uuid) GROUP BY promo_id) AS t
  WHERE promos.id = t.promo_id
), code_taken AS (
  UPDATE promo_codes SET taken = promo_codes.taken + t.uses
  FROM (SELECT code, count(*) AS uses FROM jsonb_to_recordset($6) AS r(code text) GROUP BY code) AS t
  WHERE promo_codes.code = t.code
), tries AS (
  INSERT INTO attempts (id, order_id, state, request, lease_until, created_at)
  SELECT id, order_id, 'open', request, lease_until, created_at
  FROM jsonb_to_recordset($4) AS t(id uuid, order_id uuid, request jsonb,
    lease_until timestamptz, created_at timestamptz)
)
INSERT INTO checkout_requests (key, fingerprint, order_id, created_at)
SELECT key, decode(fingerprint, 'hex'), order_id, created_at
FROM jsonb_to_recordset($5) AS t(key text, fingerprint text, order_id uuid, created_at timestamptz)";
