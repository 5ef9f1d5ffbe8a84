//! `POST /api/v1/contact`: a phone says how it is and sets its clock by the answer.

use actix_web::{
    HttpRequest,
    web::{Data, Json},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use web::{ApiJson, Fault, Staff, can};

use super::{
    Device,
    answer::DeviceView,
    caller, hands,
    store::{self, Seen, marks},
};
use crate::{Door, metrics};

/// The longest name of a version that is kept.
const LONGEST_VERSION: usize = 40;
/// What a phone's clock may say before it is no time at all.
const DATES: std::ops::RangeInclusive<i64> = 946_684_800_000..=4_102_444_800_000;

/// How a phone is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// The phone's clock: milliseconds since 1970, or RFC 3339.
    pub device_time: Instant,
    /// Its battery, in percent.
    #[serde(default)]
    #[schema(example = 83)]
    pub battery: Option<f64>,
    /// Scans that it has not sent yet.
    #[serde(default)]
    pub queue_length: u32,
    /// How new its list of tickets is.
    #[serde(default)]
    pub data_at: Option<Instant>,
    /// What it runs.
    #[serde(default)]
    pub app_version: String,
    /// The night it works at, for the number inside; without it, that of its gate.
    #[serde(default)]
    pub event: Option<Uuid>,
    /// `house` of the last answer that the phone had, if it had one.
    #[serde(default)]
    pub house: Option<Uuid>,
    /// `mark` of the same answer.
    #[serde(default)]
    #[schema(example = 41_207)]
    pub mark: Option<i64>,
}

/// An instant by a phone's clock.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum Instant {
    /// Milliseconds since 1970.
    Millis(f64),
    /// RFC 3339.
    Text(DateTime<Utc>),
}

impl Instant {
    fn millis(self) -> i64 {
        let millis = match self {
            #[expect(
                clippy::cast_possible_truncation,
                reason = "a float that is too large becomes the largest"
            )]
            Self::Millis(millis) => millis as i64,
            Self::Text(at) => at.timestamp_millis(),
        };
        millis.clamp(*DATES.start(), *DATES.end())
    }
}

/// What the phone learns.
#[derive(Debug, Serialize, ToSchema)]
pub struct Heard {
    /// The server's clock, in milliseconds since 1970.
    #[schema(example = 1_795_221_000_000_i64)]
    pub server_time: i64,
    /// The phone, if it is enrolled.
    pub device: Option<DeviceView>,
    /// People inside.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inside: Option<i64>,
    /// Which records the door has. Others than before: they were put back to an earlier time. Send again, under the same nonces, every
    /// scan that is still kept, and fetch the whole list.
    pub house: Uuid,
    /// Where these records stand: to be told with the next contact.
    #[schema(example = 41_208)]
    pub mark: i64,
}

/// Hears a phone.
#[utoipa::path(post, path = "/api/v1/contact", tag = "devices", request_body = Contact,
    responses((status = 200, body = Heard),
        (status = 401, description = "`token_revoked`: forget everything that was kept here", body = web::Problem),
        (status = 403, body = web::Problem), (status = 422, body = web::Problem)),
    security(("session" = [])))]
pub async fn post(
    door: Data<Door>,
    staff: Staff<can::Within<can::DoorScan>>,
    request: HttpRequest,
    contact: ApiJson<Contact>,
) -> Result<Json<Heard>, Fault> {
    let caller = caller(&door, &request, staff.id).await?;
    let (contact, now) = (contact.into_inner(), door.clock.now());
    if let Some(event) = contact.event {
        staff.within(event.into())?;
    }
    if let Some(device) = &caller.device {
        heard(&door, device, &staff, &contact, now).await?;
    }
    metrics::get().contact(caller.device.is_some());
    let gate = caller.device.as_ref().and_then(|device| device.gate);
    let (inside, mark) = {
        let mut conn = door.db.conn().await?;
        let inside = store::inside(&mut conn, contact.event, gate).await?;
        (inside, marks::count(&mut conn, contact.house, contact.mark, now).await?)
    };
    let device = caller.device.as_deref().map(DeviceView::from);
    // Last, so that it is as new as the answer.
    let server_time = door.clock.now().timestamp_millis();
    Ok(Json(Heard { server_time, device, inside, house: mark.house, mark: mark.mark }))
}

/// Notes how the phone is, and in whose hands.
async fn heard(
    door: &Door,
    device: &Device,
    staff: &Staff<can::Within<can::DoorScan>>,
    contact: &Contact,
    now: DateTime<Utc>,
) -> Result<(), Fault> {
    let battery = contact
        .battery
        .filter(|percent| percent.is_finite())
        .map(|percent| percent.clamp(0.0, 100.0).round() as i16);
    let seen = Seen {
        now,
        battery,
        queue_length: i32::try_from(contact.queue_length).unwrap_or(i32::MAX),
        data_at: contact.data_at.and_then(|at| DateTime::from_timestamp_millis(at.millis())),
        app_version: contact.app_version.chars().take(LONGEST_VERSION).collect(),
        skew_ms: contact.device_time.millis() - now.timestamp_millis(),
    };
    store::seen(&mut *door.db.conn().await?, device.id, &seen).await?;
    hands::keep(door, device, &staff.claims).await
}
