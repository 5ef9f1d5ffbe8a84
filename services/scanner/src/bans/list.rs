//! `GET /api/v1/bans`: the bans, for supervisors.

use actix_web::web::{Data, Json};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use web::{Fault, Staff, can};

use super::store::{self, BanRow};
use crate::Door;

/// Bans that one answer holds. A club with more of them has another problem.
pub const MOST: i64 = 500;

/// The bans.
#[derive(Debug, Serialize, ToSchema)]
pub struct BanList {
    /// Those in force first, the newest first; ended ones until they are erased.
    pub bans: Vec<BanView>,
}

/// A ban as supervisors see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct BanView {
    /// The ban.
    pub id: Uuid,
    /// The person's name; may be empty.
    pub name: String,
    /// Whether a document is known. Its number is not.
    pub has_document: bool,
    /// What they look like; may be empty.
    pub photo_note: String,
    /// A photograph, which may have been erased since.
    pub photo: Option<Uuid>,
    /// Why.
    pub reason: String,
    /// From when on.
    pub from: DateTime<Utc>,
    /// Until when; null: for good.
    pub until: Option<DateTime<Utc>>,
    /// Whether it counts now.
    pub in_force: bool,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Who made it.
    pub created_by: String,
    /// When somebody ended it.
    pub ended_at: Option<DateTime<Utc>>,
    /// Who ended it.
    pub ended_by: Option<String>,
    /// What was said for them.
    pub appeal_note: Option<String>,
}

impl BanView {
    /// What is shown of a row.
    pub fn new(row: BanRow) -> Self {
        Self {
            id: row.id,
            name: row.person_name,
            has_document: row.document_hash.is_some(),
            photo_note: row.photo_note,
            photo: row.photo,
            reason: row.reason,
            from: row.from_at,
            until: row.until_at,
            in_force: row.in_force,
            created_at: row.created_at,
            created_by: row.created_by_name,
            ended_at: row.ended_at,
            ended_by: row.ended_by_name,
            appeal_note: row.appeal_note,
        }
    }
}

/// Lists the bans.
#[utoipa::path(get, path = "/api/v1/bans", tag = "bans",
    responses((status = 200, body = BanList), (status = 403, body = web::Problem)), security(("session" = [])))]
pub async fn get(door: Data<Door>, _: Staff<can::DoorSupervise>) -> Result<Json<BanList>, Fault> {
    let rows = store::all(&mut *door.db.conn().await?, MOST).await?;
    Ok(Json(BanList { bans: rows.into_iter().map(BanView::new).collect() }))
}
