//! `GET /internal/v1/people/{account}?email=`: what is held here about a guest, for the export of their data (GDPR, articles 15
//! and 20). marketing-admin asks with the address that it has proven.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path, Query};
use db::{Conn, DbError, Seen};
use diesel::QueryableByName;
use diesel::sql_types::{Jsonb, Nullable, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;
use web::{Fault, ServiceCaller, callers};

use crate::Shop;

/// The proven address.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeldQuery {
    email: Option<String>,
}

#[derive(QueryableByName)]
struct Held {
    #[diesel(sql_type = Jsonb)]
    held: Value,
}

/// `{orders: [{reference, …, lines, tickets, answers, table}], tickets_received, waitlist, table_waitlist, reminders}`.
pub async fn show(
    shop: Data<Shop>,
    _: ServiceCaller<callers::Desk>,
    account: Path<Uuid>,
    query: Query<HeldQuery>,
) -> Result<HttpResponse, Fault> {
    let email =
        query.into_inner().email.map(|email| email.trim().to_lowercase()).filter(|email| !email.is_empty());
    let (account, address) = (account.into_inner(), email.as_deref());
    let held = shop.db.transaction(async |conn: &mut Conn| read(conn, account, address).await).await?;
    Ok(HttpResponse::Ok().json(held))
}

/// Reads it as a role that sees this account's alone.
async fn read(conn: &mut Conn, account: Uuid, email: Option<&str>) -> Result<Value, DbError> {
    db::as_guest(conn, Seen::Account { key: account, email }).await?;
    let row: Held = diesel::sql_query(HELD)
        .bind::<SqlUuid, _>(account)
        .bind::<Nullable<Text>, _>(email)
        .get_result(conn)
        .await?;
    Ok(row.held)
}

const HELD: &str = "
WITH theirs AS (
  SELECT o.* FROM orders o
   WHERE lower(o.buyer_email) = $2 OR o.id IN (SELECT order_id FROM account_orders WHERE account_id = $1))
SELECT jsonb_build_object(
  'orders', (SELECT coalesce(jsonb_agg(jsonb_build_object(
      'reference', o.reference, 'night', e.title, 'starts_at', e.starts_at, 'state', o.state, 'name', o.buyer_name,
      'email', o.buyer_email, 'language', o.language, 'currency', o.currency, 'total_minor', o.total_minor,
      'promo_code', o.promo_code, 'created_at', o.created_at, 'paid_at', o.paid_at, 'refunded_at', o.refunded_at,
      'lines', (SELECT coalesce(jsonb_agg(jsonb_build_object('kind', l.kind, 'label', l.label, 'quantity', l.quantity,
                  'unit_minor', l.unit_minor) ORDER BY l.position), '[]') FROM order_lines l WHERE l.order_id = o.id),
      'tickets', (SELECT coalesce(jsonb_agg(jsonb_build_object('id', CASE WHEN NOT EXISTS (
                  SELECT FROM ticket_transfers x WHERE x.to_ticket = t.id AND NOT x.to_buyer) THEN t.id END, 'type', t.type_name, 'holder', t.holder_name,
                  'birth_date', t.birth_date, 'state', t.state, 'issued_at', t.issued_at) ORDER BY t.id), '[]')
                  FROM tickets t WHERE t.order_id = o.id),
      'answers', (SELECT coalesce(jsonb_agg(jsonb_build_object('question', a.label, 'answer', a.shown) ORDER BY a.position), '[]')
                  FROM order_answers a WHERE a.order_id = o.id),
      'table', (SELECT jsonb_build_object('party', r.party, 'arrives_at', r.arrives_at, 'occasion', r.occasion, 'wish', r.wish,
                  'preorder', r.preorder, 'state', r.state) FROM reservations r WHERE r.order_id = o.id)) ORDER BY o.id), '[]')
    FROM theirs o JOIN events e ON e.id = o.event_id),
  'tickets_received', (SELECT coalesce(jsonb_agg(jsonb_build_object('id', t.id, 'night', e.title, 'starts_at', e.starts_at,
      'name', x.to_name, 'email', x.to_email, 'at', x.transferred_at) ORDER BY x.transferred_at), '[]')
    FROM ticket_transfers x JOIN tickets t ON t.id = x.to_ticket JOIN events e ON e.id = t.event_id
   WHERE lower(x.to_email) = $2 AND NOT x.to_buyer),
  'waitlist', (SELECT coalesce(jsonb_agg(jsonb_build_object('night', e.title, 'name', w.name, 'email', w.email, 'party', w.party,
      'state', w.state, 'joined_at', w.joined_at) ORDER BY w.joined_at), '[]')
    FROM waitlist w JOIN events e ON e.id = w.event_id WHERE lower(w.email) = $2),
  'table_waitlist', (SELECT coalesce(jsonb_agg(jsonb_build_object('night', e.title, 'name', w.name, 'email', w.email, 'party', w.party,
      'joined_at', w.joined_at, 'told_at', w.told_at, 'left_at', w.left_at) ORDER BY w.joined_at), '[]')
    FROM table_waitlist w JOIN events e ON e.id = w.event_id WHERE lower(w.email) = $2),
  'reminders', (SELECT coalesce(jsonb_agg(jsonb_build_object('night', e.title, 'email', r.email, 'asked_at', r.asked_at)
      ORDER BY r.asked_at), '[]')
    FROM sale_reminders r JOIN events e ON e.id = r.event_id WHERE r.guest = $2)) AS held";
