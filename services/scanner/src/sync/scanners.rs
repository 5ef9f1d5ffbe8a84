//! Who scanned: a phone goes from hand to hand, and brings what all of them scanned.

use audit::Actor;
use chrono::{DateTime, Utc};
use uuid::Uuid;
use web::Fault;

use super::{reading::Upload, store::scanners as store};
use crate::Door;

/// Whoever scanned.
#[derive(Debug, Clone)]
pub(super) struct Scanner {
    /// They.
    pub staff: Uuid,
    /// Their name.
    pub name: String,
}

impl Scanner {
    /// Whoever the phone says, where it is enrolled and was in their hands at that time; else whoever brings the scan. A phone's word alone
    /// is none: it would let anybody scan in another's name.
    pub(super) async fn of(
        door: &Door,
        upload: &Upload,
        told: Option<Uuid>,
        at: DateTime<Utc>,
    ) -> Result<Self, Fault> {
        let uploader = Self { staff: upload.staff.uuid(), name: upload.name.clone() };
        let Some(staff) = told.filter(|staff| *staff != uploader.staff) else { return Ok(uploader) };
        let held = store::held_by(&mut *door.db.conn().await?, upload.device, staff, at).await?;
        Ok(held.map_or(uploader, |name| Self { staff, name }))
    }
}

/// The same for the audit log: in the request of who brought it. Of another than they nobody knows the role any more.
pub(super) fn actor(upload: &Upload, staff: Uuid) -> Actor {
    if staff == upload.staff.uuid() {
        return upload.actor.clone();
    }
    Actor { staff: Some(staff), name: "staff".to_owned(), ..upload.actor.clone() }
}
