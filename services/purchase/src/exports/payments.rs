//! `GET /internal/v1/exports/payments`: every movement of money, the newest first, and what it comes to.
//!
//! A movement that is booked is a transaction of the ledger, with the amount that it moved on the accounts where the club has
//! its money. A refund that is not made yet, or will not be, stands beside them and counts in no total of what was booked. So the totals
//! are the ledger's. Who reads page by page names the moment of the first page (`as_of`): what is booked later changes no page.

use actix_web::web::{Data, Json, Query};
use chrono::{DateTime, TimeDelta, Utc};
use diesel::sql_types::{BigInt, Text, Timestamptz, Uuid as SqlUuid};
use domain::clock::is_plausible;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use web::{Fault, ServiceCaller, callers};

use super::page::{MOST, Page, Place};
use super::store;
use crate::Shop;

/// Where the club has its money: the accounts of the ledger, and what people call the way it came.
const METHODS: [(&str, &str); 3] =
    [("online", "stripe_clearing"), ("cash_at_venue", "cash_at_venue"), ("card_at_venue", "card_at_venue")];

/// Which movements.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaymentsQuery {
    /// As of when.
    pub as_of: DateTime<Utc>,
    /// Of one night.
    pub event: Option<Uuid>,
    /// Since then.
    pub from: Option<DateTime<Utc>>,
    /// Before then.
    pub until: Option<DateTime<Utc>>,
    /// `online`, `cash_at_venue` or `card_at_venue`.
    pub method: Option<String>,
    /// `booked`, or that of a refund that is not: `asked`, `pending`, `failed`, `withdrawn`.
    pub state: Option<String>,
    /// Those after this one.
    pub after: Option<String>,
    /// At most so many.
    pub most: Option<usize>,
}

/// A movement of money.
#[derive(Debug, Serialize, diesel::QueryableByName)]
pub struct Movement {
    /// Its key: the ledger's transaction, or the refund.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// When it was booked; of a refund that is not, when it was asked for.
    #[diesel(sql_type = Timestamptz)]
    pub at: DateTime<Utc>,
    /// What moved it, as `payments::ledger::Source` calls it.
    #[diesel(sql_type = Text)]
    pub kind: String,
    /// As in [`PaymentsQuery`].
    #[diesel(sql_type = Text)]
    pub state: String,
    /// As in [`PaymentsQuery`].
    #[diesel(sql_type = Text)]
    pub method: String,
    /// The order's reference.
    #[diesel(sql_type = Text)]
    pub reference: String,
    /// Its night's title.
    #[diesel(sql_type = Text)]
    pub event_title: String,
    /// Of which zone that is.
    #[diesel(sql_type = Text)]
    pub time_zone: String,
    /// Of the amount.
    #[diesel(sql_type = Text)]
    pub currency: String,
    /// What came, positive, or went, negative; minor units.
    #[diesel(sql_type = BigInt)]
    pub amount_minor: i64,
    /// Why money went back; empty where none did.
    #[diesel(sql_type = Text)]
    pub reason: String,
    /// Stripe's id of it; empty for none.
    #[diesel(sql_type = Text)]
    pub provider_id: String,
}

/// What the movements come to.
#[derive(Debug, Serialize)]
pub struct Totals {
    /// What is booked, by the way it came.
    pub booked: Vec<BookedTotal>,
    /// Refunds that are not.
    pub open: Vec<OpenTotal>,
}

/// Money that is booked.
#[derive(Debug, Serialize, diesel::QueryableByName)]
pub struct BookedTotal {
    /// The way it came.
    #[diesel(sql_type = Text)]
    pub method: String,
    /// Of the amounts.
    #[diesel(sql_type = Text)]
    pub currency: String,
    /// Movements.
    #[diesel(sql_type = BigInt)]
    pub movements: i64,
    /// What was taken, minor units.
    #[diesel(sql_type = BigInt)]
    pub taken_minor: i64,
    /// What went back: refunds, and what banks took with what Stripe took for it.
    #[diesel(sql_type = BigInt)]
    pub returned_minor: i64,
    /// What the ledger says is left of it.
    #[diesel(sql_type = BigInt)]
    pub left_minor: i64,
}

/// Refunds that are not booked.
#[derive(Debug, Serialize, diesel::QueryableByName)]
pub struct OpenTotal {
    /// Where they stand.
    #[diesel(sql_type = Text)]
    pub state: String,
    /// Of the amount.
    #[diesel(sql_type = Text)]
    pub currency: String,
    /// How many.
    #[diesel(sql_type = BigInt)]
    pub movements: i64,
    /// What they come to, minor units.
    #[diesel(sql_type = BigInt)]
    pub amount_minor: i64,
}

/// The same, as the SQL takes it.
pub(super) struct Filter {
    pub(super) as_of: DateTime<Utc>,
    pub(super) from: DateTime<Utc>,
    pub(super) until: DateTime<Utc>,
    pub(super) event: Option<Uuid>,
    pub(super) accounts: Vec<&'static str>,
    /// Empty for any.
    pub(super) state: &'static str,
}

impl PaymentsQuery {
    fn filter(&self) -> Result<Filter, Fault> {
        let method = self.method.as_deref();
        let accounts = METHODS.iter().filter(|(name, _)| method.is_none_or(|method| method == *name));
        let accounts: Vec<_> = accounts.map(|(_, account)| *account).collect();
        if accounts.is_empty() {
            return Err(Fault::invalid("validation_failed").field("method", "unknown"));
        }
        let states = ["", "booked", "asked", "pending", "failed", "withdrawn"];
        let asked = self.state.as_deref().unwrap_or_default();
        let Some(state) = states.into_iter().find(|state| *state == asked) else {
            return Err(Fault::invalid("validation_failed").field("state", "unknown"));
        };
        let times = [("as_of", Some(self.as_of)), ("from", self.from), ("until", self.until)];
        let far = times.into_iter().find(|(_, at)| at.is_some_and(|at| !is_plausible(at)));
        if let Some((field, _)) = far {
            return Err(Fault::invalid("invalid_time_range").field(field, "out_of_range"));
        }
        Ok(Filter {
            as_of: self.as_of,
            from: self.from.unwrap_or(DateTime::UNIX_EPOCH),
            until: self.until.unwrap_or(self.as_of + TimeDelta::microseconds(1)),
            event: self.event,
            accounts,
            state,
        })
    }
}

/// The next page of movements.
pub async fn list(
    shop: Data<Shop>,
    _: ServiceCaller<callers::Desk>,
    query: Query<PaymentsQuery>,
) -> Result<Json<Page<Movement>>, Fault> {
    let filter = query.filter()?;
    let most = query.most.unwrap_or(MOST).clamp(1, MOST);
    let begin = match &query.after {
        Some(after) => Place::read(after)?,
        None => Place { at: filter.until, id: Uuid::max() },
    };
    let mut conn = shop.db.conn().await?;
    let rows = store::movements(&mut conn, &filter, begin, most).await?;
    Ok(Json(Page::of(rows, most, |row| Place { at: row.at, id: row.id }.written())))
}

/// What they come to.
pub async fn totals(
    shop: Data<Shop>,
    _: ServiceCaller<callers::Desk>,
    query: Query<PaymentsQuery>,
) -> Result<Json<Totals>, Fault> {
    let filter = query.filter()?;
    let mut conn = shop.db.conn().await?;
    Ok(Json(Totals {
        booked: store::booked(&mut conn, &filter).await?,
        open: store::open(&mut conn, &filter).await?,
    }))
}
