//! Which night is meant.

use chrono::{DateTime, Utc};
use db::Conn;
use web::Fault;

use super::store::{self, NightRow};
use crate::door::{list, store::event_named};
use crate::faults;

/// The night that an id or a slug names, however long it is over: 404 for none. Nothing named is tonight, or what comes next; there may
/// be none.
pub async fn night(conn: &mut Conn, named: &str, now: DateTime<Utc>) -> Result<Option<NightRow>, Fault> {
    let event = match named {
        "" => list::nights(conn, now).await?.first().map(|night| night.id),
        named => Some(event_named(conn, named).await?.ok_or_else(faults::event_not_found)?.uuid()),
    };
    match event {
        Some(event) => Ok(store::night(conn, event, now).await?),
        None => Ok(None),
    }
}
