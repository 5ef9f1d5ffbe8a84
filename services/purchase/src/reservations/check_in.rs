//! `reservation.checked_in`: the door let the first of a party in.

use bus::{Delivery, HandleError, Outcome};
use db::Conn;
use domain::reservation::Step;
use messages::instant;
use messages::scanner::v1::ReservationCheckedIn;
use uuid::Uuid;

use super::follow::take;
use super::store;
use crate::orders;

/// Takes the step. A reservation that was called off or given away in the same moment stays so: the door has let somebody in with a
/// pass that is good no more, and shows that itself.
pub async fn apply(
    conn: &mut Conn,
    message: ReservationCheckedIn,
    delivery: Delivery,
) -> Result<Outcome, HandleError> {
    let id: Uuid = message.reservation_id.parse().map_err(HandleError::never)?;
    let Some(found) = store::find(conn, id).await? else {
        tracing::warn!(reservation = %id, "the door checked a reservation in that nobody made");
        return Ok(Outcome::Ignored);
    };
    if let Some(order) = found.order_id {
        orders::store::lock(conn, order.into()).await?;
    }
    let Some(mut row) = store::lock(conn, id).await? else { return Ok(Outcome::Ignored) };
    match row.state().after(Step::CheckIn) {
        Ok(next) => {
            let at = instant(message.checked_in_at).unwrap_or(delivery.published_at);
            take(conn, &mut row, next, Step::CheckIn.code(), at).await?;
            Ok(Outcome::Applied)
        }
        Err(illegal) => {
            tracing::info!(reservation = %id, %illegal, "a reservation stays as it is");
            Ok(Outcome::Stale)
        }
    }
}
