//! Which night is meant.

use chrono::{DateTime, Utc};
use db::Conn;
use web::{Fault, Staff};

use super::store::{self, NightRow};
use crate::door::{list, store::event_named};
use crate::faults;

/// The night that an id or a slug names, however long it is over: 404 for none, 403 `outside_your_nights` for one on which the asker does
/// not work. Nothing named is tonight, or what comes next of their nights; there may be none.
pub async fn night<P>(
    conn: &mut Conn,
    staff: &Staff<P>,
    named: &str,
    now: DateTime<Utc>,
) -> Result<Option<NightRow>, Fault> {
    let event = match named {
        "" => list::nights_of(conn, &staff.grants, now).await?.first().map(|night| night.id),
        named => {
            let event = event_named(conn, named).await?.ok_or_else(faults::event_not_found)?;
            staff.within(event)?;
            Some(event.uuid())
        }
    };
    match event {
        Some(event) => Ok(store::night(conn, event, now).await?),
        None => Ok(None),
    }
}
