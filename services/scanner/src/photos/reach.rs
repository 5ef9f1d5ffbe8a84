//! Whose photographs somebody sees who works on some nights alone.

use db::Conn;
use domain::ids::EventId;
use uuid::Uuid;
use web::{Fault, Staff};

use super::store;

/// 403 `outside_your_nights` for a photograph of another night, and to those who are bound to some for one that belongs to none.
pub async fn photo<P>(conn: &mut Conn, staff: &Staff<P>, photo: Uuid) -> Result<(), Fault> {
    if !staff.grants.is_limited() {
        return Ok(());
    }
    let nights = store::nights(conn, photo).await?;
    if nights.is_empty() {
        return nowhere(staff);
    }
    // One report of theirs that names a picture of another night opens nothing.
    nights.into_iter().try_for_each(|night| staff.within(night.into()))
}

/// The same for a ticket, whose holder's photographs are asked for.
pub async fn ticket<P>(conn: &mut Conn, staff: &Staff<P>, ticket: Uuid) -> Result<(), Fault> {
    if !staff.grants.is_limited() {
        return Ok(());
    }
    match store::night_of(conn, ticket).await? {
        Some(night) => staff.within(night.into()),
        None => nowhere(staff),
    }
}

/// No night has this key: nobody reaches it who is bound to some.
fn nowhere<P>(staff: &Staff<P>) -> Result<(), Fault> {
    staff.within(EventId::from_uuid(Uuid::nil()))
}
