//! `reservation.changed` → parties.

use bus::{Delivery, HandleError, Outcome};
use db::Conn;
use domain::reservation::ReservationState;
use messages::{instant, purchase::v1::ReservationChanged};
use uuid::Uuid;

use super::store::{self, PartyRow};
use crate::admissions;

/// Takes one reservation in. An older state than the one held changes nothing.
pub async fn apply(
    conn: &mut Conn,
    message: ReservationChanged,
    _: Delivery,
) -> Result<Outcome, HandleError> {
    let row = row(message).map_err(HandleError::never)?;
    if !store::is_found(conn, row.id).await? {
        // A scan either finds the party or is found below: none slips through between.
        admissions::store::quiet(conn, row.event).await?;
    }
    if !store::put(conn, &row).await? {
        return Ok(Outcome::Stale);
    }
    store::seat_known(conn, row.id, row.changed_at).await?;
    if row.booker.is_empty() {
        store::forget(conn, row.id, row.changed_at).await?;
    }
    tracing::info!(reservation = %row.id, revision = row.revision, state = row.state, "party taken in");
    Ok(Outcome::Applied)
}

fn row(message: ReservationChanged) -> Result<PartyRow, String> {
    let state: ReservationState = message.state.parse().map_err(|_| "no reservation is in such a state")?;
    Ok(PartyRow {
        id: uuid("reservation_id", &message.reservation_id)?,
        revision: message.revision,
        event: uuid("event_id", &message.event_id)?,
        order_reference: message.order_reference,
        state: state.code(),
        tables: message.tables.into_iter().map(|table| label(&table.label).to_owned()).collect(),
        booker: message.booker.map(|booker| booker.name).unwrap_or_default(),
        people: i32::try_from(message.party).map_err(|_| "no party is so large")?,
        arrives_at: instant(message.arrives_at).ok_or("arrives_at is not an instant")?,
        host: message.host,
        changed_at: instant(message.changed_at).ok_or("changed_at is not an instant")?,
    })
}

/// The name of a table alone: as a ticket type it is called "Table 12", and the pages of the door say "table" in their reader's language.
fn label(name: &str) -> &str {
    name.strip_prefix("Table ").unwrap_or(name)
}

fn uuid(field: &str, text: &str) -> Result<Uuid, String> {
    text.parse().map_err(|_| format!("{field} is not a UUID"))
}
