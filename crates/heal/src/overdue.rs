//! What should have settled itself by now and has not: every state that is not final has a deadline, and past it a person
//! hears of it. Counts, ages and a few references; nothing of a guest.

use actix_web::web::{Data, Json};
use chrono::{DateTime, TimeDelta, Utc};
use db::{Db, DbError};
use diesel::sql_types::{Array, BigInt, Text, Timestamptz};
use diesel_async::RunQueryDsl;
use serde::{Deserialize, Serialize};
use web::{Fault, ServiceCaller, callers};

use crate::Operated;

/// What can be overdue, what brings in money or gives it back first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Money that Stripe or a bank would not give back: a guest is owed it.
    RefundsFailed,
    /// A guest's bank takes money back, and the club may answer until a deadline.
    Disputes,
    /// Money that fits no order.
    Quarantine,
    /// Events of Stripe's not yet worked off: somebody may have paid and wait for tickets.
    WebhooksWaiting,
    /// Pending orders past their hold: places that nobody can buy.
    OrdersPastHold,
    /// Nights that were called off and whose money is not all on its way back: their guests wait for it.
    CancellationsOpen,
    /// Nights with a new date of which not everybody has been told who holds tickets.
    NewDatesUntold,
    /// Offers to those in line whose time is over: places that nobody can buy.
    OffersPastTime,
    /// Entries taken off a guest list of which the door has not said who is inside: places that nobody can have.
    GuestsLeaving,
    /// Tries to pay of which nobody knows whether Stripe has a payment page.
    AttemptsUnknown,
    /// Refunds that wait for the door's word, or that Stripe has not confirmed.
    RefundsPending,
    /// Messages that NATS has not taken yet.
    OutboxUnsent,
    /// Messages that a service gave up on.
    DeadLetters,
    /// Emails that were given up.
    EmailsDead,
    /// Emails that the provider has not taken yet.
    EmailsWaiting,
    /// Something that a newer service tells of.
    #[serde(other)]
    Unknown,
}

impl Kind {
    /// How long it may last before a person must look. The alerts of `deploy/observability` say the same.
    pub const fn patience(self) -> TimeDelta {
        match self {
            Self::RefundsFailed
            | Self::Disputes
            | Self::Quarantine
            | Self::DeadLetters
            | Self::EmailsDead
            | Self::Unknown => TimeDelta::zero(),
            Self::OutboxUnsent => TimeDelta::minutes(1),
            Self::WebhooksWaiting => TimeDelta::minutes(2),
            Self::OrdersPastHold
            | Self::OffersPastTime
            | Self::GuestsLeaving
            | Self::AttemptsUnknown
            | Self::EmailsWaiting => TimeDelta::minutes(5),
            Self::RefundsPending | Self::NewDatesUntold => TimeDelta::minutes(15),
            // A sold-out night has thousands of refunds, which Stripe takes some at a time.
            Self::CancellationsOpen => TimeDelta::minutes(30),
        }
    }
}

/// All of a kind that is overdue in one service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overdue {
    /// What.
    pub kind: Kind,
    /// How many.
    pub count: i64,
    /// Since when the oldest has waited.
    pub oldest_at: DateTime<Utc>,
    /// What to look for, of the oldest few: an order's reference, Stripe's id, a subject.
    pub references: Vec<String>,
}

/// Where a kind is looked for.
#[derive(Debug, Clone, Copy)]
pub struct Watched {
    /// What.
    pub kind: Kind,
    /// A query with the columns `reference` (text) and `at` (timestamptz), of what has waited since before `$1`.
    pub late: &'static str,
}

/// The messages of a service: the same tables in each schema.
const MESSAGES: [Watched; 2] = [
    Watched { kind: Kind::OutboxUnsent, late: bus::outbox::UNSENT },
    Watched { kind: Kind::DeadLetters, late: bus::dead_letters::OPEN },
];

/// References of each kind.
const A_FEW: i64 = 3;

#[derive(diesel::QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    count: i64,
    #[diesel(sql_type = Timestamptz)]
    oldest_at: DateTime<Utc>,
    #[diesel(sql_type = Array<Text>)]
    refs: Vec<String>,
}

/// What is overdue among `watched` and among a service's messages.
pub async fn read(db: &Db, watched: &[Watched], now: DateTime<Utc>) -> Result<Vec<Overdue>, DbError> {
    let mut conn = db.conn().await?;
    let mut found = Vec::new();
    for Watched { kind, late } in watched.iter().chain(&MESSAGES) {
        let query = format!(
            "WITH late AS MATERIALIZED ({late})
             SELECT count(*) AS count, min(at) AS oldest_at,
                    ARRAY(SELECT reference FROM late GROUP BY reference ORDER BY min(at), reference LIMIT $2) AS refs
               FROM late HAVING count(*) > 0"
        );
        let rows: Vec<Row> = diesel::sql_query(query)
            .bind::<Timestamptz, _>(now - kind.patience())
            .bind::<BigInt, _>(A_FEW)
            .load(&mut conn)
            .await?;
        found.extend(rows.into_iter().map(|Row { count, oldest_at, refs }| Overdue {
            kind: *kind,
            count,
            oldest_at,
            references: refs,
        }));
    }
    found.sort_by_key(|one| one.kind);
    Ok(found)
}

/// `GET /internal/v1/overdue`: only what there is.
pub async fn list<S: Operated>(
    service: Data<S>,
    _: ServiceCaller<callers::Desk>,
) -> Result<Json<Vec<Overdue>>, Fault> {
    Ok(Json(read(service.db(), service.watched(), service.clock().now()).await?))
}

#[cfg(test)]
mod tests {
    use super::Kind;

    #[test]
    fn what_a_newer_service_tells_of_is_read_all_the_same() {
        let kinds: Vec<Kind> =
            serde_json::from_str(r#"["refunds_failed", "rain_in_the_club"]"#).expect("kinds");
        assert_eq!(kinds, [Kind::RefundsFailed, Kind::Unknown]);
    }
}
