//! Where nights take place: `POST /api/v1/venues`, and the venue an event names.

use actix_web::HttpResponse;
use actix_web::web::Data;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use db::{Conn, DbError};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;
use web::can::EventsWrite;
use web::{ApiJson, Fault, Problem};

use crate::Desk;
use crate::events::snapshot::snapshot;
use crate::events::store::venues::{self, Place, VenueRow};
use crate::events::store::{self, Which};
use crate::events::view::VenueView;
use crate::staff::Member;

/// A venue as entered.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VenueInput {
    /// Its name; unique in the club.
    pub name: String,
    /// Its address.
    pub address: String,
    /// IANA name of its zone.
    #[schema(example = "Europe/Madrid")]
    pub time_zone: String,
}

/// Makes a venue, or changes the one of this name: then every night that is still to come there is told anew.
#[utoipa::path(
    post, path = "/api/v1/venues", tag = "events", request_body = VenueInput, security(("staff" = [])),
    responses(
        (status = 201, description = "made", body = VenueView),
        (status = 200, description = "changed", body = VenueView),
        (status = 422, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem),
    )
)]
pub async fn put(
    desk: Data<Desk>,
    member: Member<EventsWrite>,
    input: ApiJson<VenueInput>,
) -> Result<HttpResponse, Fault> {
    let input = check(input.into_inner())?;
    let now = desk.clock.now();
    let stored = desk
        .db
        .transaction(async |conn| {
            let coming = venues::lock_coming(conn, &input.name, now).await?;
            let before = venues::find(conn, &input.name).await?;
            let stored = venues::upsert(conn, &input, now).await?;
            let moved = before.is_some_and(|before| differs(&before, &input));
            let told = if moved { tell(conn, &coming, now).await? } else { 0 };
            let detail = json!({"name": input.name, "time_zone": input.time_zone, "nights_told": told});
            audit::record(conn, &member.actor(), "venue.put", &stored.id.to_string(), detail, now).await?;
            Ok::<_, Fault>(stored)
        })
        .await?;
    let VenueInput { name, address, time_zone } = input;
    let view = VenueView { id: stored.id, name, address, time_zone };
    let mut answer = if stored.made { HttpResponse::Created() } else { HttpResponse::Ok() };
    Ok(answer.json(view))
}

fn check(input: VenueInput) -> Result<VenueInput, Fault> {
    let input =
        VenueInput { name: input.name.trim().to_owned(), address: input.address.trim().to_owned(), ..input };
    let mut fault = Fault::invalid("validation_failed");
    if !(1..=120).contains(&input.name.chars().count()) {
        fault = fault.field("name", "out_of_range");
    }
    if input.address.chars().count() > 300 {
        fault = fault.field("address", "too_long");
    }
    if input.time_zone.parse::<Tz>().is_err() {
        fault = fault.field("time_zone", "unknown");
    }
    if fault.fields().is_empty() { Ok(input) } else { Err(fault) }
}

fn differs(before: &Place, input: &VenueInput) -> bool {
    before.address != input.address || before.time_zone != input.time_zone
}

/// Tells what became of these nights by a change of their venue; how many they are.
async fn tell(conn: &mut Conn, nights: &[Uuid], now: DateTime<Utc>) -> Result<usize, DbError> {
    store::next_revision(conn, nights, now).await?;
    let events = store::load(conn, Which::Ids(nights)).await?;
    let told: Vec<_> = events.iter().map(snapshot).collect();
    bus::outbox::add_all(conn, &told, now).await?;
    Ok(told.len())
}

/// The venue named by id or name; the oldest if none is named.
pub async fn resolve(conn: &mut Conn, named: Option<&str>) -> Result<VenueRow, Fault> {
    let named = named.map(str::trim).filter(|name| !name.is_empty());
    let found = venues::named(conn, named).await?;
    let code = if named.is_some() { "unknown" } else { "required" };
    found.ok_or_else(|| Fault::invalid("validation_failed").field("venue", code))
}
