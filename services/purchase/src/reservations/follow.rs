//! A reservation follows the order that pays for it: called by [`crate::orders::store::step`], in its transaction.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use domain::order::OrderState;
use domain::reservation::{ReservationState, Step};

use super::desk::{changed, seated};
use super::message::tell;
use super::store::{self, ReservationRow};
use crate::orders::store::OrderRow;

/// Takes the step that the order's new state means, if the order pays for a table. What the reservation's state does not allow is
/// left: a party that was let in stays in, whatever goes back of its deposit afterwards.
pub(crate) async fn follow(conn: &mut Conn, order: &OrderRow, now: DateTime<Utc>) -> Result<(), DbError> {
    let Some(mut row) = store::lock_of_order(conn, order.id).await? else { return Ok(()) };
    let step = match order.state() {
        OrderState::Pending { .. } => return Ok(()),
        OrderState::Paid { .. } if row.state() == ReservationState::Expired => Step::ConfirmLate,
        OrderState::Paid { .. } => Step::Confirm,
        OrderState::Expired { .. } => Step::Expire,
        OrderState::Refunded { .. } => Step::Cancel,
    };
    if matches!(step, Step::Confirm | Step::ConfirmLate) {
        // Whose hour has passed before they paid comes now: nobody is late for a table that was not theirs yet.
        row.arrives_at = row.arrives_at.max(now);
    }
    match row.state().after(step) {
        Ok(next) => take(conn, &mut row, next, step.code(), now).await,
        Err(illegal) => {
            tracing::info!(reservation = %row.id, %illegal, "a reservation stays as it is");
            Ok(())
        }
    }
}

/// Writes a locked reservation's next state, which the domain has allowed, and tells the others. The tables' `live` follows by a
/// trigger. Places and tickets are the caller's.
pub(crate) async fn take(
    conn: &mut Conn,
    row: &mut ReservationRow,
    next: ReservationState,
    change: &'static str,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    next.code().clone_into(&mut row.state);
    row.revision += 1;
    row.changed_at = now;
    match next {
        ReservationState::CheckedIn => row.checked_in_at = Some(now),
        ReservationState::Closed => row.closed_at = Some(now),
        _ => {}
    }
    store::write(conn, row).await?;
    tell(conn, row, change, now).await
}

/// Some passes of a locked order went back, and others stay: its party is as large as the places that it has.
pub(crate) async fn fewer(conn: &mut Conn, order: &OrderRow, now: DateTime<Utc>) -> Result<(), DbError> {
    let Some(mut row) = store::lock_of_order(conn, order.id).await? else { return Ok(()) };
    let party = i32::try_from(seated(conn, order).await?.len()).unwrap_or(i32::MAX);
    if party == 0 || party >= row.party || !row.state().is_live() {
        return Ok(());
    }
    row.party = party;
    changed(conn, &mut row, "grown", now).await
}
