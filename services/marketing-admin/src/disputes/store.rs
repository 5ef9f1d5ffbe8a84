//! The SQL of disputes as the desk knows them, and of what it can say for the club.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::OptionalExtension;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::reports::store as figures;

/// A dispute as it stands.
#[derive(Debug)]
#[expect(missing_docs, reason = "as in proto/maguey/purchase/v1/order.proto")]
pub struct Disputed {
    pub id: Uuid,
    pub revision: i64,
    pub order: Uuid,
    pub event: Uuid,
    pub reference: String,
    pub stripe_dispute: String,
    pub currency: String,
    pub amount_minor: i64,
    pub taken_minor: i64,
    pub fees_minor: i64,
    pub status: String,
    pub reason: String,
    pub answer_by: Option<DateTime<Utc>>,
    pub opened_at: DateTime<Utc>,
    pub changed_at: DateTime<Utc>,
}

#[derive(diesel::QueryableByName)]
struct Known {
    #[diesel(sql_type = BigInt)]
    revision: i64,
    #[diesel(sql_type = BigInt)]
    taken_minor: i64,
}

/// Keeps how a dispute stands and moves its night's figures by the difference; whether it was news.
pub async fn put(conn: &mut Conn, dispute: &Disputed) -> Result<bool, DbError> {
    figures::alone_with(conn, dispute.order).await?;
    let known: Option<Known> =
        diesel::sql_query("SELECT revision, taken_minor FROM order_disputes WHERE id = $1 FOR UPDATE")
            .bind::<SqlUuid, _>(dispute.id)
            .get_result(conn)
            .await
            .optional()?;
    if known.as_ref().is_some_and(|known| known.revision >= dispute.revision) {
        return Ok(false);
    }
    write(conn, dispute).await?;
    let before = known.map_or(0, |known| known.taken_minor);
    figures::add_disputed(conn, dispute.event, dispute.taken_minor - before).await?;
    Ok(true)
}

async fn write(conn: &mut Conn, dispute: &Disputed) -> Result<(), DbError> {
    diesel::sql_query(
        "INSERT INTO order_disputes (id, revision, order_id, event_id, reference, stripe_dispute, currency, amount_minor, taken_minor,
                                     fees_minor, status, reason, answer_by, opened_at, changed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
         ON CONFLICT (id) DO UPDATE SET revision = excluded.revision, amount_minor = excluded.amount_minor,
           taken_minor = excluded.taken_minor, fees_minor = excluded.fees_minor, status = excluded.status,
           reason = excluded.reason, answer_by = excluded.answer_by, changed_at = excluded.changed_at",
    )
    .bind::<SqlUuid, _>(dispute.id)
    .bind::<BigInt, _>(dispute.revision)
    .bind::<SqlUuid, _>(dispute.order)
    .bind::<SqlUuid, _>(dispute.event)
    .bind::<Text, _>(&dispute.reference)
    .bind::<Text, _>(&dispute.stripe_dispute)
    .bind::<Text, _>(&dispute.currency)
    .bind::<BigInt, _>(dispute.amount_minor)
    .bind::<BigInt, _>(dispute.taken_minor)
    .bind::<BigInt, _>(dispute.fees_minor)
    .bind::<Text, _>(&dispute.status)
    .bind::<Text, _>(&dispute.reason)
    .bind::<Nullable<Timestamptz>, _>(dispute.answer_by)
    .bind::<Timestamptz, _>(dispute.opened_at)
    .bind::<Timestamptz, _>(dispute.changed_at)
    .execute(conn)
    .await?;
    Ok(())
}

#[derive(diesel::QueryableByName)]
struct Deadline {
    #[diesel(sql_type = Nullable<Timestamptz>)]
    at: Option<DateTime<Utc>>,
}

/// Until when the first of the open disputes must be answered, as far as the desk has heard.
pub async fn next_deadline(conn: &mut Conn) -> Result<Option<DateTime<Utc>>, DbError> {
    let first: Deadline = diesel::sql_query(
        "SELECT min(answer_by) AS at FROM order_disputes WHERE status IN ('needs_response', 'warning_needs_response')",
    )
    .get_result(conn)
    .await?;
    Ok(first.at)
}

/// An email about an order, and when the provider took it.
#[derive(Debug, diesel::QueryableByName)]
pub struct Mailed {
    /// What it says.
    #[diesel(sql_type = Text)]
    pub template: String,
    /// To whom.
    #[diesel(sql_type = Text)]
    pub recipient: String,
    /// `waiting`, `sent` or `dead`.
    #[diesel(sql_type = Text)]
    pub state: String,
    /// The provider's id, for their log.
    #[diesel(sql_type = Nullable<Text>)]
    pub provider_id: Option<String>,
    /// When it was written.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    /// When the provider took it.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub settled_at: Option<DateTime<Utc>>,
}

/// Every email about an order, the first first.
pub async fn mails(conn: &mut Conn, reference: &str) -> Result<Vec<Mailed>, DbError> {
    Ok(diesel::sql_query(
        "SELECT template, recipient, state, provider_id, created_at, settled_at FROM emails
         WHERE reference = $1 ORDER BY created_at LIMIT 200",
    )
    .bind::<Text, _>(reference)
    .load(conn)
    .await?)
}

/// A scan of a ticket.
#[derive(Debug, diesel::QueryableByName)]
pub struct Scanned {
    /// Of which ticket.
    #[diesel(sql_type = SqlUuid)]
    pub ticket_id: Uuid,
    /// Whether its guest came in.
    #[diesel(sql_type = Bool)]
    pub admitted: bool,
    /// Why, or why not.
    #[diesel(sql_type = Text)]
    pub reason: String,
    /// At which gate.
    #[diesel(sql_type = Text)]
    pub gate_name: String,
    /// When.
    #[diesel(sql_type = Timestamptz)]
    pub scanned_at: DateTime<Utc>,
}

/// Every scan of some tickets of a night on the way in, the first first.
pub async fn scans(conn: &mut Conn, event: Uuid, tickets: &[Uuid]) -> Result<Vec<Scanned>, DbError> {
    Ok(diesel::sql_query(
        "SELECT ticket_id, admitted, reason, gate_name, scanned_at FROM scans
         WHERE event_id = $1 AND ticket_id = ANY($2) AND NOT is_exit ORDER BY scanned_at LIMIT 500",
    )
    .bind::<SqlUuid, _>(event)
    .bind::<Array<SqlUuid>, _>(tickets)
    .load(conn)
    .await?)
}
