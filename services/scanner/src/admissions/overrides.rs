//! `POST /api/v1/overrides`: whoever answers for the door lets somebody in against the rule, and says why.
//!
//! It is a scan like any other, under a nonce of its own: counted, told, and stored with the reason given. Which refusals may
//! stand aside is the domain's to say; any other is answered as it would be without the note.

use actix_web::{HttpRequest, HttpResponse, web::Data};
use audit::Actor;
use chrono::{DateTime, Utc};
use domain::admission::Direction;
use serde::Deserialize;
use utoipa::ToSchema;
use web::{ApiJson, Fault, Locale, RequestId, Staff, can};

use super::{
    answer::Answer,
    scan::{Asked, ScanRequest, check_night, decide_by, reply},
};
use crate::{Door, devices, faults};

/// The largest request: a scan and a note.
const MAX_BODY: usize = 8192;
/// The longest note, in characters: a reason of the audit log.
const MAX_NOTE: usize = 500;

/// A scan that is to be admitted all the same: an entry, for an exit needs nobody's leave. The scan's fields stand here
/// again: were they flattened, one that cannot be read would be refused without its name.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OverrideRequest {
    /// The text of the QR code, as read or as typed.
    pub code: String,
    /// The event's id or slug.
    pub event: String,
    /// The gate's id.
    pub gate: String,
    /// Chosen by the device for this act: not that of the scan that was refused.
    pub nonce: String,
    /// The device's clock.
    pub scanned_at: DateTime<Utc>,
    /// Why, 1 to 500 characters.
    #[schema(example = "The artist's guest, agreed with the owner")]
    pub note: String,
}

impl OverrideRequest {
    fn scan(self) -> ScanRequest {
        let Self { code, event, gate, nonce, scanned_at, note: _ } = self;
        ScanRequest { code, event, gate, nonce, scanned_at, direction: Direction::Entry }
    }
}

/// Lets somebody in against the rule, where the rule may stand aside.
#[utoipa::path(post, path = "/api/v1/overrides", tag = "door", request_body = OverrideRequest,
    responses(
        (status = 200, description = "Admitted with `overridden`, or denied for a reason that nobody may override", body = Answer),
        (status = 401, body = web::Problem), (status = 403, body = web::Problem),
        (status = 404, description = "`not_found`: no such event or gate", body = web::Problem),
        (status = 409, description = "`scan_id_reused`: the nonce was used for another scan", body = web::Problem),
        (status = 413, body = web::Problem), (status = 422, body = web::Problem),
        (status = 503, description = "No answer: ask again with the same nonce", body = web::Problem),
    ), security(("session" = [])))]
pub async fn post(
    door: Data<Door>,
    staff: Staff<can::Within<can::DoorSupervise>>,
    locale: Locale,
    request_id: RequestId,
    http: HttpRequest,
    request: ApiJson<OverrideRequest, MAX_BODY>,
) -> Result<HttpResponse, Fault> {
    let request = request.into_inner();
    let note = faults::said("note", &request.note, MAX_NOTE)?;
    let request = request.scan();
    check_night(&door, &staff, &request).await?;
    let asked = Asked {
        staff: staff.id,
        session: staff.session,
        device: devices::caller(&door, &http, staff.id).await?.id,
        language: locale.0,
        override_note: Some(note),
        request,
        ticket: None,
    };
    reply(decide_by(&door, asked, Some(&Actor::staff(&staff, &request_id))).await?)
}
