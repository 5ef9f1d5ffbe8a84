//! `/api/v1/floor-plans` and `/api/v1/events/{event}/tables`: plans as JSON, for staff's programs.

use actix_web::HttpResponse;
use actix_web::http::header::LOCATION;
use actix_web::web::{Data, Path};
use chrono::{DateTime, Utc};
use domain::floor_plan::{FloorPlan, NightPlan};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use web::can::{EventsRead, EventsWrite};
use web::{ApiJson, Fault, Problem};

use super::night::{self, Wanted};
use super::store::nights::{self, Kept};
use super::store::templates::{self, Template};
use super::template;
use crate::Desk;
use crate::staff::Member;

/// Bytes of a plan of two hundred tables, and as many again.
const MOST: usize = 512 * 1024;

/// Every template.
#[derive(Debug, Serialize, ToSchema)]
pub struct FloorPlanList {
    /// By name; those in use before those that are archived.
    pub floor_plans: Vec<FloorPlanView>,
}

/// A template at its latest version.
#[derive(Debug, Serialize, ToSchema)]
pub struct FloorPlanView {
    /// Its key.
    pub id: Uuid,
    /// What the club calls it.
    pub name: String,
    /// Its latest version: the one that a change is made from.
    pub version: i32,
    /// Since when no night is offered it.
    pub archived_at: Option<DateTime<Utc>>,
    /// When that version was made.
    pub made_at: DateTime<Utc>,
    /// The drawing: `width`, `height`, `background`, `rooms`, `features`, `tables`, each with its `place`.
    #[schema(value_type = Object)]
    pub drawing: FloorPlan,
}

/// A new template.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FloorPlanInput {
    /// What the club calls it; no other has the name.
    pub name: String,
    /// Its drawing; a blank one if left out.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub drawing: Option<FloorPlan>,
}

/// A drawing to keep.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DrawingInput {
    /// The version that the change was made from.
    pub version: i32,
    /// The whole drawing.
    #[schema(value_type = Object)]
    pub drawing: FloorPlan,
}

/// A night's own plan, with what its tables cost.
#[derive(Debug, Serialize, ToSchema)]
pub struct TablesView {
    /// The night.
    pub event: Uuid,
    /// The state that a change is made from.
    pub revision: i64,
    /// The template it was copied from; `null`: it was sent whole.
    pub floor_plan: Option<CopiedFrom>,
    /// The event's zone to which its tables give entry.
    pub zone: Uuid,
    /// When guests could first book: from then on no table leaves the plan.
    pub opened_at: Option<DateTime<Utc>>,
    /// When it was changed last.
    pub changed_at: DateTime<Utc>,
    /// `plan` (the drawing), `offers`, `menu`, `release_after_minutes`, `open`, `asks_first`.
    #[schema(value_type = Object)]
    pub night: NightPlan,
}

/// A version of a template.
#[derive(Debug, Serialize, ToSchema)]
pub struct CopiedFrom {
    /// The template.
    pub id: Uuid,
    /// Its version then.
    pub version: i32,
}

/// A night's own plan to keep.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TablesInput {
    /// The state that the change was made from; 0: the night has no plan yet.
    pub revision: i64,
    /// The event's zone to which its tables give entry; where left out, as it was, or the event's first.
    #[serde(default)]
    pub zone: Option<Uuid>,
    /// The whole plan. A table's key is one night's for ever: a plan made from another night's needs keys of its own.
    #[schema(value_type = Object)]
    pub night: NightPlan,
}

impl From<Template> for FloorPlanView {
    fn from(template: Template) -> Self {
        Self {
            id: template.id,
            name: template.name,
            version: template.version,
            archived_at: template.archived_at,
            made_at: template.made_at,
            drawing: template.drawing,
        }
    }
}

impl From<Kept> for TablesView {
    fn from(kept: Kept) -> Self {
        Self {
            event: kept.event,
            revision: kept.revision,
            floor_plan: kept.template.map(|(id, version)| CopiedFrom { id, version }),
            zone: kept.zone,
            opened_at: kept.opened_at,
            changed_at: kept.changed_at,
            night: kept.night,
        }
    }
}

/// All templates.
#[utoipa::path(
    get, path = "/api/v1/floor-plans", tag = "floor plans", security(("staff" = [])),
    responses((status = 200, body = FloorPlanList), (status = 401, body = Problem), (status = 403, body = Problem))
)]
pub async fn list(desk: Data<Desk>, _member: Member<EventsRead>) -> Result<HttpResponse, Fault> {
    let plans = templates::list(&mut *desk.db.conn().await?).await?;
    Ok(HttpResponse::Ok().json(FloorPlanList { floor_plans: plans.into_iter().map(Into::into).collect() }))
}

/// Makes a template.
#[utoipa::path(
    post, path = "/api/v1/floor-plans", tag = "floor plans", request_body = FloorPlanInput, security(("staff" = [])),
    responses(
        (status = 201, body = FloorPlanView),
        (status = 409, description = "`name_taken`", body = Problem),
        (status = 422, description = "`validation_failed`, with every field", body = Problem),
    )
)]
pub async fn create(
    desk: Data<Desk>,
    member: Member<EventsWrite>,
    input: ApiJson<FloorPlanInput, MOST>,
) -> Result<HttpResponse, Fault> {
    let FloorPlanInput { name, drawing } = input.into_inner();
    let made = template::create(&desk, &member.actor(), &name, drawing, None).await?;
    let location = format!("/api/v1/floor-plans/{}/drawing", made.id);
    Ok(HttpResponse::Created().insert_header((LOCATION, location)).json(FloorPlanView::from(made)))
}

/// A template's latest drawing.
#[utoipa::path(
    get, path = "/api/v1/floor-plans/{plan}/drawing", tag = "floor plans", security(("staff" = [])),
    params(("plan" = Uuid, Path)),
    responses((status = 200, body = FloorPlanView), (status = 404, body = Problem))
)]
pub async fn show(
    desk: Data<Desk>,
    _member: Member<EventsRead>,
    plan: Path<Uuid>,
) -> Result<HttpResponse, Fault> {
    let found = templates::find(&mut *desk.db.conn().await?, *plan).await?.ok_or_else(Fault::not_found)?;
    Ok(HttpResponse::Ok().json(FloorPlanView::from(found)))
}

/// Saves a drawing as a template's next version; `version` says which one was changed.
#[utoipa::path(
    put, path = "/api/v1/floor-plans/{plan}/drawing", tag = "floor plans", request_body = DrawingInput,
    security(("staff" = [])), params(("plan" = Uuid, Path)),
    responses(
        (status = 200, body = FloorPlanView),
        (status = 409, description = "`stale_version`", body = Problem),
        (status = 422, description = "`validation_failed`, with every part that can't be kept", body = Problem),
    )
)]
pub async fn draw(
    desk: Data<Desk>,
    member: Member<EventsWrite>,
    plan: Path<Uuid>,
    input: ApiJson<DrawingInput, MOST>,
) -> Result<HttpResponse, Fault> {
    let DrawingInput { version, drawing } = input.into_inner();
    let saved = template::draw(&desk, &member.actor(), *plan, version, &drawing).await?;
    Ok(HttpResponse::Ok().json(FloorPlanView::from(saved)))
}

/// A night's own plan; 404 where it has none.
#[utoipa::path(
    get, path = "/api/v1/events/{event}/tables", tag = "floor plans", security(("staff" = [])),
    params(("event" = Uuid, Path)),
    responses((status = 200, body = TablesView), (status = 404, body = Problem))
)]
pub async fn tables(
    desk: Data<Desk>,
    _member: Member<EventsRead>,
    event: Path<Uuid>,
) -> Result<HttpResponse, Fault> {
    let kept = nights::find(&mut *desk.db.conn().await?, *event).await?.ok_or_else(Fault::not_found)?;
    Ok(HttpResponse::Ok().json(TablesView::from(kept)))
}

/// Writes a night's own plan, whole; `revision` says which state of it was changed. What is as it was stays at its revision.
#[utoipa::path(
    put, path = "/api/v1/events/{event}/tables", tag = "floor plans", request_body = TablesInput,
    security(("staff" = [])), params(("event" = Uuid, Path)),
    responses(
        (status = 200, body = TablesView),
        (status = 409, description = "`stale_revision`, `tables_taken`, `invalid_state`", body = Problem),
        (status = 422, description = "`validation_failed`, with every part that can't be kept", body = Problem),
    )
)]
pub async fn put_tables(
    desk: Data<Desk>,
    member: Member<EventsWrite>,
    event: Path<Uuid>,
    input: ApiJson<TablesInput, MOST>,
) -> Result<HttpResponse, Fault> {
    let TablesInput { revision, zone, night } = input.into_inner();
    let (before, first) = night::before(&desk, *event).await?;
    let zone = zone.or(before.as_ref().map(|before| before.zone)).or(first).unwrap_or_default();
    let template = before.and_then(|before| before.template);
    let kept =
        night::put(&desk, &member.actor(), *event, revision, &Wanted { night, zone, template }).await?;
    Ok(HttpResponse::Ok().json(TablesView::from(kept)))
}
