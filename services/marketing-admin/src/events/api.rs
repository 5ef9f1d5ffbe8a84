//! `/api/v1/events`: events as JSON, for staff's programs.

use actix_web::HttpResponse;
use actix_web::http::header::{ETAG, LOCATION};
use actix_web::web::{Data, Path};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use web::can::{EventsCancel, EventsPublish, EventsRead, EventsWrite, Within};
use web::{ApiJson, Fault, Problem};

use crate::Desk;
use crate::events::input::EventInput;
use crate::events::lowered::LoweredView;
use crate::events::new_date::NewDateInput;
use crate::events::store::{self, Which};
use crate::events::view::EventView;
use crate::events::{
    archive as archiving, cancel as cancelling, change, lowered, new_date as dating, publish as publishing,
};
use crate::staff::Member;

/// Every event.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventList {
    /// The latest night first.
    pub events: Vec<EventView>,
}

/// All events, drafts included.
#[utoipa::path(
    get, path = "/api/v1/events", tag = "events", security(("staff" = [])),
    responses((status = 200, body = EventList), (status = 401, body = Problem), (status = 403, body = Problem))
)]
pub async fn list(desk: Data<Desk>, member: Member<Within<EventsRead>>) -> Result<HttpResponse, Fault> {
    let mut conn = desk.db.conn().await?;
    let mut events = store::load(&mut conn, Which::All).await?;
    events.retain(|event| member.grants.reaches(event.row.id.into()));
    let events = events.into_iter().map(EventView::of).collect::<Result<_, _>>()?;
    Ok(HttpResponse::Ok().json(EventList { events }))
}

/// One event, by id or slug.
#[utoipa::path(
    get, path = "/api/v1/events/{event}", tag = "events", security(("staff" = [])),
    params(("event" = String, Path, description = "id or slug")),
    responses((status = 200, body = EventView), (status = 404, body = Problem))
)]
pub async fn show(
    desk: Data<Desk>,
    _member: Member<EventsRead>,
    event: Path<String>,
) -> Result<HttpResponse, Fault> {
    let mut conn = desk.db.conn().await?;
    let event = store::find_named(&mut conn, &event).await?.ok_or_else(Fault::not_found)?;
    Ok(HttpResponse::Ok().insert_header(revision(&event)).json(EventView::of(event)?))
}

/// Makes a draft.
#[utoipa::path(
    post, path = "/api/v1/events", tag = "events", request_body = EventInput, security(("staff" = [])),
    responses(
        (status = 201, body = EventView),
        (status = 409, description = "`slug_taken`", body = Problem),
        (status = 422, description = "`validation_failed`, with every field", body = Problem),
    )
)]
pub async fn create(
    desk: Data<Desk>,
    member: Member<EventsWrite>,
    input: ApiJson<EventInput>,
) -> Result<HttpResponse, Fault> {
    let event = change::create(&desk, &member.actor(), input.into_inner()).await?;
    let location = format!("/api/v1/events/{}", event.row.id);
    Ok(HttpResponse::Created().insert_header((LOCATION, location)).json(EventView::of(event)?))
}

/// Changes an event; `revision` says which state of it was changed. A capacity lowered below what is sold and held is taken, stops the sale
/// of its type, and is said in `lowered`.
#[utoipa::path(
    put, path = "/api/v1/events/{event}", tag = "events", request_body = EventInput, security(("staff" = [])),
    params(("event" = Uuid, Path)),
    responses(
        (status = 200, body = EventView),
        (status = 409, description = "`stale_revision`, `slug_taken`, `invalid_state`", body = Problem),
        (status = 422, body = Problem),
    )
)]
pub async fn update(
    desk: Data<Desk>,
    member: Member<EventsWrite>,
    event: Path<Uuid>,
    input: ApiJson<EventInput>,
) -> Result<HttpResponse, Fault> {
    let before = store::find(&mut *desk.db.conn().await?, Which::Id(*event)).await?;
    let event = change::change(&desk, &member.actor(), *event, input.into_inner()).await?;
    let lowered = before.map(|before| lowered::by_event(&before, &event)).unwrap_or_default();
    let below_taken = lowered::below_taken(&desk, event.row.id, &lowered).await.ok();
    let lowered = (!lowered.is_empty()).then_some(LoweredView { below_taken });
    let tag = revision(&event);
    let answer = EventView { lowered, ..EventView::of(event)? };
    Ok(HttpResponse::Ok().insert_header(tag).json(answer))
}

/// Puts a draft on sale.
#[utoipa::path(
    post, path = "/api/v1/events/{event}/publish", tag = "events", security(("staff" = [])),
    params(("event" = Uuid, Path)),
    responses((status = 200, body = EventView), (status = 409, description = "`invalid_state`", body = Problem))
)]
pub async fn publish(
    desk: Data<Desk>,
    member: Member<EventsPublish>,
    event: Path<Uuid>,
) -> Result<HttpResponse, Fault> {
    let event = publishing::publish(&desk, &member.actor(), *event).await?;
    Ok(HttpResponse::Ok().insert_header(revision(&event)).json(EventView::of(event)?))
}

/// Calls a night off: nothing more is sold, and everybody's money goes back by itself.
#[utoipa::path(
    post, path = "/api/v1/events/{event}/cancel", tag = "events", security(("staff" = [])),
    params(("event" = Uuid, Path)),
    responses((status = 200, body = EventView), (status = 409, description = "`invalid_state`", body = Problem))
)]
pub async fn cancel(
    desk: Data<Desk>,
    member: Member<EventsCancel>,
    event: Path<Uuid>,
) -> Result<HttpResponse, Fault> {
    let event = cancelling::cancel(&desk, &member.actor(), *event).await?;
    Ok(HttpResponse::Ok().insert_header(revision(&event)).json(EventView::of(event)?))
}

/// Gives a night on sale a new date: its tickets stay good, and everybody who holds some is written to, once.
#[utoipa::path(
    post, path = "/api/v1/events/{event}/new-date", tag = "events", request_body = NewDateInput, security(("staff" = [])),
    params(("event" = Uuid, Path)),
    responses(
        (status = 200, body = EventView),
        (status = 409, description = "`invalid_state`, `stale_revision`", body = Problem),
        (status = 422, description = "`validation_failed`", body = Problem),
    )
)]
pub async fn new_date(
    desk: Data<Desk>,
    member: Member<EventsPublish>,
    event: Path<Uuid>,
    input: ApiJson<NewDateInput>,
) -> Result<HttpResponse, Fault> {
    let event = dating::give_new_date(&desk, &member.actor(), *event, &input.into_inner()).await?;
    Ok(HttpResponse::Ok().insert_header(revision(&event)).json(EventView::of(event)?))
}

/// Puts a night away that is over or was called off.
#[utoipa::path(
    post, path = "/api/v1/events/{event}/archive", tag = "events", security(("staff" = [])),
    params(("event" = Uuid, Path)),
    responses((status = 200, body = EventView), (status = 409, description = "`invalid_state`", body = Problem))
)]
pub async fn archive(
    desk: Data<Desk>,
    member: Member<EventsPublish>,
    event: Path<Uuid>,
) -> Result<HttpResponse, Fault> {
    let event = archiving::archive(&desk, &member.actor(), *event).await?;
    Ok(HttpResponse::Ok().insert_header(revision(&event)).json(EventView::of(event)?))
}

fn revision(event: &store::Event) -> (actix_web::http::header::HeaderName, String) {
    (ETAG, format!("\"{}\"", event.row.revision))
}
