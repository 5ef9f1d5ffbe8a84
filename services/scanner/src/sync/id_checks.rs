//! Documents that were looked at while there was no network.
//!
//! Of the guest whose document was not good the entry is annulled from the first (`undone_at`, see [`super::undone`]); here it is
//! written down that somebody looked.

use chrono::{DateTime, Utc};
use db::Conn;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;
use web::Fault;

use super::{
    batch::ScanAnswer,
    reading::{Brought, Item, Upload},
    scanners,
};
use crate::{
    Door,
    counter::{
        id_check::{self, Look},
        store::undos,
    },
};

/// Longest note that is kept, in characters.
const LONGEST: usize = 500;

/// What was found of a document.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = OfflineIdCheck)]
pub struct Looked {
    /// Whether it was good: this person's, valid, and old enough.
    pub passed: bool,
    /// When somebody looked, by the device's corrected clock.
    pub checked_at: DateTime<Utc>,
    /// In a few words, and nothing that stands in the document.
    #[serde(default)]
    pub note: Option<String>,
}

/// Writes down what was found of the guests in a chunk that has been recorded. Sent again, what is here stands.
pub(super) async fn write_down(
    door: &Door,
    upload: &Upload,
    chunk: &[Item],
    answers: &[ScanAnswer],
) -> Result<(), Fault> {
    for (item, answer) in chunk.iter().zip(answers) {
        let Item::Sound(scan) = item else { continue };
        if let (Some(looked), Some(id)) = (&scan.looked, answer.scan) {
            door.db.transaction(async |conn| keep(conn, upload, scan, looked, id).await).await?;
        }
    }
    Ok(())
}

async fn keep(
    conn: &mut Conn,
    upload: &Upload,
    brought: &Brought,
    looked: &Looked,
    id: Uuid,
) -> Result<(), Fault> {
    let Some(scan) = undos::scan(conn, id).await? else { return Ok(()) };
    let note: String = looked.note.as_deref().unwrap_or_default().trim().chars().take(LONGEST).collect();
    let note = Some(note.as_str()).filter(|note| !note.is_empty());
    let actor = scanners::actor(upload, brought.by.staff).because(id_check::REASON);
    let look = Look {
        actor: &actor,
        name: &brought.by.name,
        device: upload.device,
        note,
        told: id_check::told(upload.language, note),
        at: looked.checked_at,
        now: upload.now,
    };
    id_check::write(conn, &scan, &look, looked.passed).await?;
    Ok(())
}
