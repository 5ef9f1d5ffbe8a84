//! `POST /api/v1/bans/check`: a doorman holds a document, or hears a name, and asks whether it is banned.

use actix_web::web::{Data, Json};
use chrono::{DateTime, TimeDelta, Utc};
use domain::ids::StaffId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use web::{ApiJson, Fault, Staff, can};

use super::{DocumentKey, document, make::text, name_key, store};
use crate::{Door, often::Often};

/// Questions that one member of the staff may ask within [`SPAN`], per process: more than a queue at the door brings, far fewer
/// than it takes to try out numbers.
const MOST: usize = 30;
const SPAN: TimeDelta = TimeDelta::minutes(5);

/// What is needed to answer: the key of document numbers, and who asked how often.
#[derive(Debug)]
pub struct Checks {
    key: Option<DocumentKey>,
    asked: Often<StaffId>,
}

impl Checks {
    /// Nobody has asked yet.
    pub fn new(key: Option<DocumentKey>) -> Self {
        Self { key, asked: Often::new(MOST, SPAN) }
    }

    /// The key of document numbers, if there is one.
    pub fn key(&self) -> Option<&DocumentKey> {
        self.key.as_ref()
    }
}

/// What is asked: a document's number or a name.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CheckRequest {
    /// The number of a document, as typed. It is not kept.
    #[schema(example = "12.345.678-Z")]
    pub document: String,
    /// A name, however written.
    pub name: String,
}

/// What is answered.
#[derive(Debug, Serialize, ToSchema)]
pub struct CheckAnswer {
    /// The bans in force that it is about; empty: none.
    pub matches: Vec<BanMatch>,
}

/// A ban as the doorman hears of it: no name and no reason, which are for supervisors.
#[derive(Debug, Serialize, ToSchema)]
pub struct BanMatch {
    /// The ban.
    pub id: Uuid,
    /// `document`, or `name`: names coincide.
    pub by: &'static str,
    /// What to look at; may be empty.
    pub photo_note: String,
    /// Until when; null: for good.
    pub until: Option<DateTime<Utc>>,
}

/// Says whether a document or a name is banned.
#[utoipa::path(post, path = "/api/v1/bans/check", tag = "bans", request_body = CheckRequest,
    responses((status = 200, body = CheckAnswer), (status = 403, body = web::Problem),
        (status = 409, description = "`no_document_key`", body = web::Problem), (status = 422, body = web::Problem),
        (status = 429, description = "`rate_limited`: too many questions of one member of the staff", body = web::Problem)),
    security(("session" = [])))]
pub async fn post(
    door: Data<Door>,
    staff: Staff<can::Within<can::DoorScan>>,
    asked: ApiJson<CheckRequest>,
) -> Result<Json<CheckAnswer>, Fault> {
    Ok(Json(check(&door, staff.id, &asked).await?))
}

/// Looks among the bans in force.
pub async fn check(door: &Door, staff: StaffId, asked: &CheckRequest) -> Result<CheckAnswer, Fault> {
    let name = name_key(&text("name", &asked.name, 200)?);
    let document = match asked.document.trim() {
        "" => None,
        typed => Some(door.ban_checks.key().ok_or_else(document::no_key)?.hash(typed)?),
    };
    if name.is_empty() && document.is_none() {
        return Err(Fault::invalid("validation_failed").field("document", "required"));
    }
    door.ban_checks.asked.count(staff, door.clock.now())?;
    let mut conn = door.db.conn().await?;
    let name = Some(name).filter(|name| !name.is_empty());
    let found = store::matching(&mut conn, name.as_deref(), document.as_deref()).await?;
    let matches = found.into_iter().map(|ban| BanMatch {
        id: ban.id,
        by: if document.is_some() && ban.document_hash == document { "document" } else { "name" },
        photo_note: ban.photo_note,
        until: ban.until_at,
    });
    Ok(CheckAnswer { matches: matches.collect() })
}
