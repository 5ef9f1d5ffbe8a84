//! Scans that were taken back on the phone, before the club had heard of them or while it did.
//!
//! One that comes as taken back is written down with its entry annulled already, so that it stands in nobody's way, in whatever order the phones
//! report ([`note`]). One that was here before it was taken back is undone as from any gate ([`catch_up`]).

use actix_web::http::StatusCode;
use audit::Actor;
use db::Conn;
use uuid::Uuid;
use web::Fault;

use super::{
    batch::ScanAnswer,
    reading::{Brought, Item, Upload},
    scanners,
    store::offline::{self as store, OfflineRow},
};
use crate::{
    Door, admissions,
    counter::{
        self, id_check,
        store::undos,
        undo::{self, Taker},
    },
    live,
};

/// Writes down that a scan was taken back whose entry was annulled from the first, and tells of it.
pub(super) async fn note(conn: &mut Conn, upload: &Upload, row: &OfflineRow) -> Result<(), Fault> {
    let (Some(ticket), Some(scan)) = (row.ticket, undos::scan(conn, row.id).await?) else { return Ok(()) };
    let actor = scanners::actor(upload, row.staff).because(&row.undone_for);
    undo::note(conn, &scan, ticket, 0, &taker(upload, &actor, &row.undone_for)).await?;
    Ok(())
}

/// Takes back what was here already when the phone said so.
pub(super) async fn catch_up(
    door: &Door,
    upload: &Upload,
    chunk: &[Item],
    answers: &mut [ScanAnswer],
) -> Result<(), Fault> {
    for (item, answer) in chunk.iter().zip(answers) {
        let Item::Sound(scan) = item else { continue };
        if let (Some(_), Some(id), false) = (scan.undone_at, answer.scan, answer.undone) {
            answer.undone = take_back(door, upload, scan, id).await?;
            if answer.undone {
                answer.conflict = None;
            }
        }
    }
    Ok(())
}

/// `false` where there is nothing to take back: it let nobody through, or its guest has come in anew since they left.
async fn take_back(door: &Door, upload: &Upload, brought: &Brought, id: Uuid) -> Result<bool, Fault> {
    let reason = reason(upload, brought);
    let actor = scanners::actor(upload, brought.by.staff).because(&reason);
    let taken = door
        .db
        .transaction(async |conn| {
            let Some(scan) = undos::scan(conn, id).await? else { return Ok(false) };
            admissions::store::quiet(conn, scan.event_id).await?;
            if undos::undone_at(conn, id).await?.is_some() {
                return Ok(true);
            }
            undo::undo(conn, &scan, &taker(upload, &actor, &reason)).await?;
            if let Some(ticket) = scan.ticket_id {
                let bodies = store::settle(conn, scan.event_id, ticket, scan.zone_id).await?;
                if bodies != 0 {
                    counter::store::change_inside(conn, scan.event_id, bodies).await?;
                    counter::store::zones::shift(conn, scan.zone_id, bodies).await?;
                }
            }
            live::told::door_changed(conn, scan.event_id, upload.now).await?;
            Ok::<_, Fault>(true)
        })
        .await;
    match taken {
        Err(fault) if fault.status() == StatusCode::CONFLICT => Ok(false),
        other => other,
    }
}

/// In the words of who brings it; as of a document online where that was not good.
pub(super) fn reason(upload: &Upload, scan: &Brought) -> String {
    match &scan.looked {
        Some(looked) if !looked.passed => id_check::REASON.to_owned(),
        _ => ui::text(upload.language, "door-undo-reason", &[]),
    }
}

fn taker<'a>(upload: &Upload, actor: &'a Actor, reason: &'a str) -> Taker<'a> {
    Taker { actor, device: upload.device, reason, now: upload.now }
}
