//! A reservation without its booker, once they asked to be forgotten: what was agreed stays, and nobody's name or wish.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use uuid::Uuid;

use super::message::tell;
use super::store;

/// Forgets who booked the table of an order, if it is a table's, and tells the others. The caller has locked the order.
pub(crate) async fn forget(conn: &mut Conn, order: Uuid, now: DateTime<Utc>) -> Result<(), DbError> {
    let Some(mut row) = store::lock_of_order(conn, order).await? else { return Ok(()) };
    row.booker_name.clear();
    row.booker_email = format!("erased-{order}@erased.invalid");
    row.occasion.clear();
    row.wish.clear();
    row.revision += 1;
    row.changed_at = now;
    store::write(conn, &row).await?;
    tell(conn, &row, "erased", now).await
}
