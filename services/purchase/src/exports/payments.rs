//! `GET /internal/v1/exports/payments`: every movement of money, the newest first, and what it comes to.
//!
//! A movement that is booked is a transaction of the ledger, with the amount that it moved on the accounts where the club has
//! its money. A refund that is not made yet, or will not be, stands beside them and counts in no total of what was booked. So the totals
//! are the ledger's. Who reads page by page names the moment of the first page (`as_of`): what is booked later changes no page.

use actix_web::web::{Data, Json, Query};
use chrono::{DateTime, TimeDelta, Utc};
use domain::clock::is_plausible;
use internal_api::purchase::exports::{Movement, Page, Totals};
use serde::Deserialize;
use uuid::Uuid;
use web::{Fault, ServiceCaller, callers};

use super::page::{self, Place};
use super::store;
use crate::{Shop, credits};

/// Where the club has its money: the accounts of the ledger, and what people call the way it came.
const METHODS: [(&str, &str); 4] = [
    ("online", "stripe_clearing"),
    ("cash_at_venue", "cash_at_venue"),
    ("card_at_venue", "card_at_venue"),
    ("bank_transfer", "bank_transfer"),
];

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
    /// `online`, `cash_at_venue`, `card_at_venue` or `bank_transfer`.
    pub method: Option<String>,
    /// `booked`, or that of a refund that is not: `asked`, `pending`, `failed`, `withdrawn`.
    pub state: Option<String>,
    /// Those after this one.
    pub after: Option<String>,
    /// At most so many.
    pub most: Option<String>,
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
    let most = page::size(query.most.as_deref())?;
    let begin = match &query.after {
        Some(after) => shop.marks.read(after)?,
        None => Place { at: filter.until, id: Uuid::max() },
    };
    let mut conn = shop.db.conn().await?;
    let rows = store::movements(&mut conn, &filter, begin, most).await?;
    Ok(Json(page::of(rows, most, |row| shop.marks.written(Place { at: row.at, id: row.id }))))
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
        credits: credits::store::open(&mut conn, shop.clock.now()).await?,
    }))
}
