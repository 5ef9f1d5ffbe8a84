//! The night gets a new date: the cut-offs of its guest list move along by as much, and the door hears of it. What was added since
//! was added for the new date, and stays.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use messages::purchase::v1::TicketChanged;
use uuid::Uuid;

use super::store;
use crate::tickets::changed;
use crate::tickets::store as tickets;

/// Messages in one statement.
const AT_ONCE: usize = 500;

/// Follows a new date; says whether there was something to follow. The orders' rows come first, as in everything that changes tickets.
pub(crate) async fn follow(conn: &mut Conn, id: Uuid, now: DateTime<Utc>) -> Result<bool, DbError> {
    let Some(shift) = store::to_follow(conn, id, now).await? else { return Ok(false) };
    if shift.over {
        return store::followed(conn, shift.id).await;
    }
    store::lock_orders(conn, &shift).await?;
    // Another process may have followed it while we waited for the rows.
    if store::followed(conn, shift.id).await? {
        let ids = store::move_cut_offs(conn, &shift, now).await?;
        let rows = tickets::all(conn, ids).await?;
        let told: Vec<TicketChanged> = rows.iter().map(|(row, reference)| changed(row, reference)).collect();
        for some in told.chunks(AT_ONCE) {
            bus::outbox::add_all(conn, some, now).await?;
        }
    }
    Ok(true)
}
