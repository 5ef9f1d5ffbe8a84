//! A night has other hours than when its tables were booked, or another date: a party that was to come when the night is not on comes at
//! its own hour of the night as it is now, or else when the doors open.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use db::{Conn, DbError};
use domain::reservation::ReservationState;
use uuid::Uuid;
use web::Fault;

use super::desk::{Opened, changed, open};
use super::form::arrival;
use super::work_store;
use crate::catalog::store::EventRow;
use crate::{Shop, catalog};

/// Sets the hours of those right; says how many there were.
pub(crate) async fn work(shop: &Shop) -> Result<usize, DbError> {
    let now = shop.clock.now();
    let astray = work_store::astray(&mut *shop.db.conn().await?, now).await?;
    let mut set = 0;
    for id in astray {
        match shop.db.transaction(async |conn| set_right(conn, id, now).await).await {
            Ok(true) => set += 1,
            Ok(false) => {}
            Err(fault) => {
                tracing::info!(reservation = %id, code = fault.code(), "a party's hour is set in the next round")
            }
        }
    }
    if set > 0 {
        shop.bus.wake_relay();
    }
    Ok(set)
}

/// `false`: nobody is expected any more, or the hour is one of the night's.
async fn set_right(conn: &mut Conn, id: Uuid, now: DateTime<Utc>) -> Result<bool, Fault> {
    let opened = open(conn, &[id]).await?.and_then(|mut opened| opened.pop());
    let Some(Opened { mut row, .. }) = opened else { return Ok(false) };
    let Some(event) = catalog::store::event(conn, row.event_id).await? else { return Ok(false) };
    let arrives_at = of_night(row.arrives_at, &event);
    let expected = matches!(row.state(), ReservationState::Pending | ReservationState::Confirmed);
    if !expected || arrives_at == row.arrives_at {
        return Ok(false);
    }
    row.arrives_at = arrives_at;
    changed(conn, &mut row, "", now).await?;
    Ok(true)
}

/// The same hour of the night as it is now.
fn of_night(at: DateTime<Utc>, event: &EventRow) -> DateTime<Utc> {
    if event.entry_from <= at && at < event.ends_at {
        return at;
    }
    let tz: Tz = event.time_zone.parse().unwrap_or_default();
    let hour = at.with_timezone(&tz).format("%H:%M").to_string();
    arrival(&hour, event).filter(|at| *at < event.ends_at).unwrap_or(event.entry_from)
}
