//! `POST /api/v1/bans`: a supervisor bans somebody.

use actix_web::{HttpResponse, web::Data};
use audit::Actor;
use chrono::{DateTime, Utc};
use db::Conn;
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;
use web::{ApiJson, Fault, RequestId, Staff, can};

use super::{document, list::BanView, name_key, store};
use crate::{Door, photos};

const LONGEST_NAME: usize = 200;
const LONGEST_TEXT: usize = 500;

/// A ban as it is asked for. At least one of name, document and photo note.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BanRequest {
    /// The person's name; tickets of this name are stopped, however it is written.
    pub name: String,
    /// The number of a document. It is not kept, only what lets it be known again.
    #[schema(example = "12345678Z")]
    pub document: String,
    /// What they look like, shown to the doorman.
    #[schema(example = "Tall, tattoo of a swallow on the neck")]
    pub photo_note: String,
    /// A photograph taken with `of=ban`.
    pub photo: Option<Uuid>,
    /// Why; for supervisors.
    pub reason: String,
    /// From when on; from now on if nothing is said.
    pub from: Option<DateTime<Utc>>,
    /// Until when; for good if nothing is said.
    pub until: Option<DateTime<Utc>>,
}

/// Makes a ban.
#[utoipa::path(post, path = "/api/v1/bans", tag = "bans", request_body = BanRequest,
    responses((status = 201, body = BanView), (status = 403, body = web::Problem),
        (status = 409, description = "`no_document_key`: this door can't know documents again", body = web::Problem),
        (status = 422, body = web::Problem)), security(("session" = [])))]
pub async fn post(
    door: Data<Door>,
    staff: Staff<can::DoorSupervise>,
    request: RequestId,
    asked: ApiJson<BanRequest>,
) -> Result<HttpResponse, Fault> {
    let made = make(&door, &staff, &request, asked.into_inner()).await?;
    Ok(HttpResponse::Created().json(made))
}

/// Makes a ban, marks the tickets it is about, and says so in the audit log, without saying who it is: the log outlives it.
pub async fn make(
    door: &Door,
    staff: &Staff<can::DoorSupervise>,
    request: &RequestId,
    asked: BanRequest,
) -> Result<BanView, Fault> {
    let now = door.clock.now();
    let row = row(door, staff, asked, now)?;
    let actor = Actor::staff(staff, request);
    door.db
        .transaction(async |conn| {
            check_photo(conn, row.photo).await?;
            store::add(conn, &row).await?;
            let tickets = match &row.name_key {
                Some(key) if row.in_force => store::flag(conn, std::slice::from_ref(key)).await?,
                _ => 0,
            };
            let detail = json!({
                "by_name": row.name_key.is_some(), "by_document": row.document_hash.is_some(),
                "by_looks": !row.photo_note.is_empty(), "from": row.from_at, "until": row.until_at, "tickets": tickets,
            });
            audit::record(conn, &actor, "ban.made", &row.id.to_string(), detail, now).await?;
            Ok::<_, Fault>(())
        })
        .await?;
    tracing::info!(ban = %row.id, "ban made");
    Ok(BanView::new(row))
}

async fn check_photo(conn: &mut Conn, photo: Option<Uuid>) -> Result<(), Fault> {
    match photo {
        Some(photo) if !photos::store::is_there(conn, photo, "ban").await? => {
            Err(Fault::invalid("invalid_value").field("photo", "invalid_value"))
        }
        _ => Ok(()),
    }
}

fn row(
    door: &Door,
    staff: &Staff<can::DoorSupervise>,
    asked: BanRequest,
    now: DateTime<Utc>,
) -> Result<store::BanRow, Fault> {
    let name = text("name", &asked.name, LONGEST_NAME)?;
    let note = text("photo_note", &asked.photo_note, LONGEST_TEXT)?;
    let reason = text("reason", &asked.reason, LONGEST_TEXT)?;
    if reason.is_empty() {
        return Err(Fault::invalid("validation_failed").field("reason", "required"));
    }
    let key = Some(name_key(&name)).filter(|key| !key.is_empty());
    let document_hash = match asked.document.trim() {
        "" => None,
        typed => Some(door.ban_checks.key().ok_or_else(document::no_key)?.hash(typed)?),
    };
    if key.is_none() && document_hash.is_none() && note.is_empty() {
        return Err(Fault::invalid("validation_failed").field("name", "required"));
    }
    let from = asked.from.unwrap_or(now);
    if asked.until.is_some_and(|until| until <= from || until <= now) {
        return Err(Fault::invalid("invalid_value").field("until", "invalid_value"));
    }
    Ok(store::BanRow {
        id: Uuid::now_v7(),
        person_name: name,
        name_key: key,
        document_hash,
        photo_note: note,
        photo: asked.photo,
        reason,
        from_at: from,
        until_at: asked.until,
        in_force: from <= now,
        created_at: now,
        created_by: staff.id.uuid(),
        created_by_name: staff.name.clone(),
        ended_at: None,
        ended_by: None,
        ended_by_name: None,
        appeal_note: None,
    })
}

/// A text without the space around it, if it is not too long.
pub(super) fn text(field: &'static str, text: &str, longest: usize) -> Result<String, Fault> {
    let text = text.trim();
    if text.chars().count() > longest {
        return Err(Fault::invalid("validation_failed").field(field, "too_long"));
    }
    Ok(text.to_owned())
}
