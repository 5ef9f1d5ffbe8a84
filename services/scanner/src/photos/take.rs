//! `POST /api/v1/photos`: a phone sends a photograph.

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Query},
};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use web::{Fault, RawBody, Staff, can};

use super::{picture, store};
use crate::{Door, devices, guests, often::Often, retention};

/// The largest file that a program sends. The app makes its pictures small before.
pub const MAX_BODY: usize = 2 * 1024 * 1024;
/// Photographs of one phone within [`SPAN`], per process: more than a queue at the door brings. Making one small takes a moment of ours, and
/// others wait for it.
const MOST: usize = 30;
const SPAN: TimeDelta = TimeDelta::minutes(5);

/// How many photographs a phone may bring.
pub fn rule() -> Often<Uuid> {
    Often::new(MOST, SPAN)
}

/// What a photograph is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// The guest who holds a ticket.
    Holder,
    /// What happened. Needs no consent: evidence.
    Incident,
    /// Somebody who is to be banned.
    Ban,
}

impl Subject {
    /// The word for programs.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Holder => "holder",
            Self::Incident => "incident",
            Self::Ban => "ban",
        }
    }
}

/// What the body is.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct PhotoQuery {
    /// What it is of.
    pub of: Subject,
    /// The ticket, for `of=holder`.
    #[serde(default)]
    pub ticket: Option<Uuid>,
    /// Whether who is on it heard the consent text and agreed.
    #[serde(default)]
    pub consent: bool,
}

/// A photograph that was taken in.
#[derive(Debug, Serialize, ToSchema)]
pub struct PhotoTaken {
    /// The photograph: named by the incident or ban it belongs to.
    pub id: Uuid,
    /// When it will be erased, by the settings of now.
    pub erased_at: DateTime<Utc>,
}

/// Takes a photograph in.
#[utoipa::path(post, path = "/api/v1/photos", tag = "photos", params(PhotoQuery),
    request_body(content = Vec<u8>, content_type = "image/jpeg", description = "JPEG, PNG or WebP, 2 MB at most"),
    responses((status = 201, body = PhotoTaken),
        (status = 403, description = "`photos_off`: photographs are not switched on", body = web::Problem),
        (status = 404, description = "The door knows no such ticket", body = web::Problem), (status = 413, body = web::Problem),
        (status = 422, description = "`consent_required`; `image_rejected`: no picture that we take", body = web::Problem),
        (status = 429, description = "`rate_limited`: too many photographs of one phone", body = web::Problem)),
    security(("session" = [])))]
pub async fn post(
    door: Data<Door>,
    staff: Staff<can::Within<can::DoorScan>>,
    http: HttpRequest,
    what: Query<PhotoQuery>,
    body: RawBody<MAX_BODY>,
) -> Result<HttpResponse, Fault> {
    let what = what.into_inner();
    if let Some(ticket) = what.ticket
        && let Some(night) = store::night_of(&mut *door.db.conn().await?, ticket).await?
    {
        staff.within(night.into())?;
    }
    let device = devices::caller(&door, &http, staff.id).await?.id;
    let taken = take(&door, staff.id.uuid(), device, what, body.0).await?;
    Ok(HttpResponse::Created().json(taken))
}

/// Makes a photograph small and keeps it: of who sends it, and on which phone.
pub async fn take(
    door: &Door,
    staff: Uuid,
    device: Uuid,
    what: PhotoQuery,
    bytes: impl AsRef<[u8]> + Send + 'static,
) -> Result<PhotoTaken, Fault> {
    let days = allowed(door, what).await?;
    door.photos_brought.count(device, door.clock.now())?;
    // Without a connection in hand: this takes its time.
    let jpeg = picture::anew(bytes).await?;
    let row = store::PhotoRow {
        id: Uuid::now_v7(),
        subject: what.of.code(),
        ticket_id: what.ticket,
        consent: what.consent,
        jpeg,
        taken_at: door.clock.now(),
        staff_id: staff,
    };
    let mut conn = door.db.conn().await?;
    store::add(&mut conn, &row).await?;
    if let Some(ticket) = row.ticket_id {
        guests::store::again(&mut conn, ticket).await?;
    }
    tracing::info!(photo = %row.id, of = row.subject, "photograph taken in");
    Ok(PhotoTaken { id: row.id, erased_at: row.taken_at + days })
}

/// How long it may be kept, if it may be taken at all.
async fn allowed(door: &Door, what: PhotoQuery) -> Result<TimeDelta, Fault> {
    let mut conn = door.db.conn().await?;
    let settings = retention::store::settings(&mut conn).await?;
    if !settings.photos_on {
        return Err(Fault::new(StatusCode::FORBIDDEN, "photos_off")
            .detail("Photographs are off at this door. A supervisor can switch them on."));
    }
    if !what.consent && what.of != Subject::Incident {
        return Err(Fault::invalid("consent_required")
            .detail("Read the consent text out first, and send consent=true if the answer is yes.")
            .field("consent", "required"));
    }
    match (what.of, what.ticket) {
        (Subject::Holder, None) => Err(Fault::invalid("missing_field").field("ticket", "missing_field")),
        (Subject::Holder, Some(ticket)) if !store::knows_ticket(&mut conn, ticket).await? => {
            Err(Fault::not_found())
        }
        (Subject::Incident | Subject::Ban, Some(_)) => {
            Err(Fault::invalid("invalid_value").field("ticket", "invalid_value"))
        }
        _ => Ok(TimeDelta::days(settings.photo_days.into())),
    }
}
