//! `GET /api/v1/events/{event}/scans`: the scans of a night, admitted or not, the newest first.

use actix_web::web::{Data, Json, Path, Query};
use db::{Conn, DbError};
use domain::admission::Reason;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use web::{Fault, Staff, can};

use super::night;
use super::store::{self, Asked, NightRow, ScanView};
use crate::{Door, faults};

/// Scans of one page.
pub const PAGE: usize = 50;

/// Which scans; what is empty asks for nothing.
#[derive(Debug, Default, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ScansQuery {
    /// At this gate.
    #[serde(default)]
    #[param(required = false)]
    pub gate: String,
    /// With this phone.
    #[serde(default)]
    #[param(required = false)]
    pub device: String,
    /// By this member of staff.
    #[serde(default)]
    #[param(required = false)]
    pub staff: String,
    /// `admit` or `deny`.
    #[serde(default)]
    #[param(required = false, example = "deny")]
    pub decision: String,
    /// For this reason, as in the answer to a scan.
    #[serde(default)]
    #[param(required = false, example = "already_inside")]
    pub reason: String,
    /// Where the page begins: `next` of the one before.
    #[serde(default)]
    #[param(required = false)]
    pub before: String,
}

impl ScansQuery {
    /// What is asked for, and where the page begins. 422 for a key that is none, a decision or a reason that there is not.
    pub fn read(&self) -> Result<(Asked, Option<Uuid>), Fault> {
        let asked = Asked {
            gate: key("gate", &self.gate)?,
            device: key("device", &self.device)?,
            staff: key("staff", &self.staff)?,
            decision: word("decision", &self.decision, |text| matches!(text, "admit" | "deny"))?,
            reason: word("reason", &self.reason, |text| Reason::from_code(text).is_some())?,
        };
        Ok((asked, key("before", &self.before)?))
    }
}

fn key(field: &'static str, text: &str) -> Result<Option<Uuid>, Fault> {
    match text {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| wrong(field)),
    }
}

fn word(field: &'static str, text: &str, is_one: impl Fn(&str) -> bool) -> Result<Option<String>, Fault> {
    match text {
        "" => Ok(None),
        text if is_one(text) => Ok(Some(text.to_owned())),
        _ => Err(wrong(field)),
    }
}

fn wrong(field: &'static str) -> Fault {
    Fault::invalid("invalid_value").field(field, "invalid_value")
}

/// Scans, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct ScanList {
    /// At most fifty.
    pub scans: Vec<ScanView>,
    /// Where the next page begins; null after the last. One page looks through the last 20 000 scans of the door before its beginning,
    /// so that one which finds few, or none, may have a next.
    pub next: Option<Uuid>,
    /// Whether this page ends because it looked no further.
    pub looked_no_further: bool,
}

/// Lists the scans of a night.
#[utoipa::path(get, path = "/api/v1/events/{event}/scans", tag = "history",
    params(("event" = String, Path, description = "The event's id or slug", example = "friday-agave"), ScansQuery),
    responses(
        (status = 200, description = "At most 50 scans", body = ScanList), (status = 401, body = web::Problem),
        (status = 403, body = web::Problem), (status = 404, body = web::Problem),
        (status = 422, description = "`invalid_value`: a filter that is none", body = web::Problem),
    ), security(("session" = [])))]
pub async fn get(
    door: Data<Door>,
    staff: Staff<can::Within<can::DoorSupervise>>,
    event: Path<String>,
    query: Query<ScansQuery>,
) -> Result<Json<ScanList>, Fault> {
    let (asked, before) = query.read()?;
    let mut conn = door.db.conn().await?;
    let night =
        night(&mut conn, &staff, &event, door.clock.now()).await?.ok_or_else(faults::event_not_found)?;
    Ok(Json(page(&mut conn, &night, &asked, before, PAGE).await?))
}

/// One page of a night's scans. Those of phones whose clock was wrong by days stand after all others.
pub async fn page(
    conn: &mut Conn,
    night: &NightRow,
    asked: &Asked,
    before: Option<Uuid>,
    most: usize,
) -> Result<ScanList, DbError> {
    let mut scans = Vec::new();
    // Where the strays begin: after the highest id there is, once all others have been told.
    let mut strays_before = before;
    if before.is_none_or(|before| lies_within(night, before)) {
        let top = before.or(night.ceiling).unwrap_or(store::TOP);
        scans = store::walk(conn, Some(vec![night.id]), asked, (night.floor, top), most + 1).await?;
        if scans.len() > most {
            scans.truncate(most);
            return Ok(ScanList {
                next: scans.last().map(|scan| scan.scan),
                scans,
                looked_no_further: false,
            });
        }
        if let Some(last) = store::looked_to(conn, night.floor, top).await? {
            return Ok(ScanList { scans, next: Some(last), looked_no_further: true });
        }
        strays_before = None;
    }
    let room = most - scans.len();
    let from = strays_before.unwrap_or(store::TOP);
    let mut strays = store::strays(conn, night, asked, from, room + 1).await?;
    let more = strays.len() > room;
    strays.truncate(room);
    let last = strays.last().map_or(from, |scan| scan.scan);
    scans.append(&mut strays);
    Ok(ScanList { scans, next: more.then_some(last), looked_no_further: false })
}

/// Whether an id is one that a scan of the night has, and no stray's.
fn lies_within(night: &NightRow, id: Uuid) -> bool {
    id > night.floor && id < night.ceiling.unwrap_or(store::TOP)
}
