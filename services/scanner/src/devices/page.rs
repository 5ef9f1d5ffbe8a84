//! `GET /devices` and `GET /devices/{device}`: the phones for supervisors, how each is, and who held it when.

use actix_web::{
    HttpRequest, HttpResponse, Responder,
    web::{Data, Path},
};
use uuid::Uuid;
use web::{Fault, Html, Locale, Staff, can};

use super::{
    store::{self, hands},
    views::{DevicePage, DevicesPage, GateOption},
};
use crate::{Door, door::list, faults};

/// All phones, and the form that invites another.
pub async fn all(
    door: Data<Door>,
    staff: Staff<can::DoorSupervise>,
    request: HttpRequest,
    locale: Locale,
) -> Result<HttpResponse, Fault> {
    let (mut conn, now) = (door.db.conn().await?, door.clock.now());
    let devices = store::states(&mut conn, now).await?;
    let nights = list::nights(&mut conn, now).await?;
    let gates = GateOption::of(&nights, None, None);
    let page = DevicesPage::new(locale.0, &door.links, staff.csrf_token(), devices, gates, now);
    Ok(Html(page).respond_to(&request))
}

/// One of them.
pub async fn one(
    door: Data<Door>,
    staff: Staff<can::DoorSupervise>,
    request: HttpRequest,
    locale: Locale,
    device: Path<Uuid>,
) -> Result<HttpResponse, Fault> {
    let (mut conn, now) = (door.db.conn().await?, door.clock.now());
    let state = store::state(&mut conn, *device, now).await?.ok_or_else(faults::device_not_found)?;
    let held = hands::of(&mut conn, *device).await?;
    let nights = list::nights(&mut conn, now).await?;
    let gates = GateOption::of(&nights, state.gate, state.gate_name.as_deref());
    // The club's clock is that of its nights; without one, everybody's.
    let zone = nights.first().and_then(|night| night.time_zone.parse().ok()).unwrap_or(chrono_tz::UTC);
    let page = DevicePage::new(locale.0, &door.links, staff.csrf_token(), state, gates, (held, zone, now));
    Ok(Html(page).respond_to(&request))
}
