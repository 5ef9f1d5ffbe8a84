//! A supervisor invites a phone: `POST /api/v1/devices/invitations`, and the page's form.

use actix_web::{HttpRequest, HttpResponse, Responder, web::Data};
use audit::Actor;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;
use web::{ApiJson, CsrfForm, Fault, Html, Locale, RequestId, Staff, can};

use super::{
    form::{self, DeviceForm},
    secret,
    store::enrolment::{self, Used},
    views::InvitedPage,
};
use crate::Door;

/// Long enough to walk over to the phone, too short to find the paper later.
const GOOD_FOR: TimeDelta = TimeDelta::minutes(10);

/// A phone that is to be enrolled.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// What it will be called.
    #[schema(example = "Main door 2")]
    pub name: String,
    /// The gate that it will be bound to.
    #[serde(default)]
    pub gate: Option<Uuid>,
}

/// A code that enrols one phone, once.
#[derive(Serialize, ToSchema)]
pub struct Invitation {
    /// To type.
    #[schema(example = "7K2M-Q9TD-0XWB")]
    pub code: String,
    /// To show as a QR code. The code is in the fragment, which no browser sends anywhere.
    pub link: String,
    /// When it stops being good.
    pub expires_at: DateTime<Utc>,
    /// What the phone will be called.
    pub name: String,
    /// The gate that it will be bound to.
    pub gate: Option<Uuid>,
}

/// Makes a code. It is told this once: the database has its hash alone.
#[utoipa::path(post, path = "/api/v1/devices/invitations", tag = "devices", request_body = Wanted,
    responses((status = 201, body = Invitation), (status = 401, body = web::Problem), (status = 403, body = web::Problem),
        (status = 404, description = "`not_found`: no such gate", body = web::Problem), (status = 422, body = web::Problem)),
    security(("session" = [])))]
pub async fn post(
    door: Data<Door>,
    staff: Staff<can::DoorSupervise>,
    request: RequestId,
    wanted: ApiJson<Wanted>,
) -> Result<HttpResponse, Fault> {
    let invitation = invite(&door, &staff, &request, wanted.into_inner()).await?;
    Ok(HttpResponse::Created().json(invitation))
}

/// The same for the page, which shows the code: it is not asked for again, so that no reload makes another.
pub async fn page(
    door: Data<Door>,
    request: HttpRequest,
    locale: Locale,
    form: CsrfForm<DeviceForm, can::DoorSupervise>,
) -> Result<HttpResponse, Fault> {
    let wanted = Wanted { name: form.name.clone(), gate: form.gate()? };
    let invitation = invite(&door, &form.staff, &RequestId::of(&request), wanted).await?;
    let qr = ui::qr::svg(&invitation.link).map_err(Fault::internal)?;
    let page = InvitedPage::new(locale.0, &door.links, invitation, qr, GOOD_FOR.num_minutes());
    Ok(Html(page).respond_to(&request))
}

async fn invite(
    door: &Door,
    staff: &Staff<can::DoorSupervise>,
    request: &RequestId,
    wanted: Wanted,
) -> Result<Invitation, Fault> {
    let (name, code) = (form::name(&wanted.name)?, secret::code()?);
    let hash = secret::hash_of_code(&code).ok_or_else(|| Fault::internal("a code that nobody could type"))?;
    let (actor, now, id) = (Actor::staff(staff, request), door.clock.now(), Uuid::now_v7());
    let expires_at = now + GOOD_FOR;
    door.db
        .transaction(async |conn| {
            let gate = form::gate(conn, wanted.gate).await?;
            let invitation = Used {
                id,
                name: name.clone(),
                gate_id: wanted.gate,
                gate_name: gate.map(|gate| gate.name),
                invited_by: staff.id.uuid(),
            };
            enrolment::invite(conn, &invitation, &hash, now, expires_at).await?;
            let detail = json!({"name": name, "gate": wanted.gate});
            audit::record(conn, &actor, "device.invited", &id.to_string(), detail, now).await?;
            Ok::<_, Fault>(())
        })
        .await?;
    tracing::info!(invitation = %id, staff = %staff.id, "a phone was invited");
    let link = format!("{}/enrol#{code}", door.links.scanner);
    Ok(Invitation { code, link, expires_at, name, gate: wanted.gate })
}
