//! The ticket site, asked how a night's waiting room stands and told how it is to stand.

use chrono::{DateTime, Utc};
use domain::waiting_room::Switch;
use reqwest::{Method, RequestBuilder};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use web::Fault;

use crate::Desk;
use crate::staff::Member;

/// How a night's waiting room stands.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct RoomView {
    /// What the club says: `automatic`, `open` or `closed`.
    #[schema(value_type = String, example = "automatic")]
    pub switch: Switch,
    /// The night's own number of guests let in per minute; null: the usual one.
    pub per_minute: Option<u32>,
    /// The usual number.
    pub usual_per_minute: u32,
    /// More arrivals per second than this open the room by itself; 0: it never does.
    pub opens_above: u32,
    /// Since when it is open; null: closed.
    pub open_since: Option<DateTime<Utc>>,
    /// Guests who wait.
    pub waiting: i64,
    /// Guests let in, in the last minute.
    pub admitted_lately: i64,
    /// How long who comes now waits, in seconds.
    pub wait_seconds: i64,
}

/// How it is to stand.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoomInput {
    /// `automatic`, `open` or `closed`.
    #[schema(value_type = String, example = "open")]
    pub switch: Switch,
    /// Guests let in per minute, 1 to 600000; null: as many as usual.
    pub per_minute: Option<u32>,
}

/// How it stands.
pub async fn room<P>(desk: &Desk, member: &Member<P>, event: Uuid) -> Result<RoomView, Fault> {
    ask(desk.purchase.call_for(member.id, member.request(), Method::GET, &path(event))).await
}

/// Says how it is to stand; the same again changes nothing.
pub async fn switch<P>(
    desk: &Desk,
    member: &Member<P>,
    event: Uuid,
    input: &RoomInput,
) -> Result<RoomView, Fault> {
    let call = desk.purchase.call_for(member.id, member.request(), Method::POST, &path(event));
    ask(call.json(input)).await
}

fn path(event: Uuid) -> String {
    format!("/internal/v1/waiting-rooms/{event}")
}

#[derive(Deserialize)]
struct Problem {
    code: String,
}

/// The answer, or purchase's own refusal; 503 if there is none.
async fn ask(call: RequestBuilder) -> Result<RoomView, Fault> {
    let away = |error: reqwest::Error| Fault::unavailable().source(error.without_url());
    let answer = call.send().await.map_err(away)?;
    if answer.status().is_success() {
        return answer.json().await.map_err(away);
    }
    let status = answer.status();
    let problem: Option<Problem> = answer.json().await.ok();
    Err(match problem.as_ref().map(|problem| problem.code.as_str()) {
        Some("not_found") => Fault::not_found(),
        Some("not_on_sale") => Fault::conflict("not_on_sale"),
        Some("invalid_quantity") => {
            Fault::invalid("invalid_quantity").field("per_minute", "invalid_quantity")
        }
        _ => Fault::unavailable().detail(format!("the ticket site answered {status}")),
    })
}
