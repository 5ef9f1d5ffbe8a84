//! A chunk of scans that a phone decided, in one transaction.
//!
//! The judgement is made here, between two statements, and not in the statement that writes, as of a scan online: nobody waits at a
//! gate for it. What it reads cannot change before it writes, in any way that matters. The nonces are locked, and a revocation
//! waits until the transaction has ended (`lock_offline`): either this scan sees the ticket gone bad and says so, or the revocation
//! sees the guest inside.

use std::collections::{BTreeSet, HashMap, HashSet};

use db::Conn;
use domain::{
    admission::{Direction, Reason},
    ids::MessageId,
};
use serde_json::json;
use sha2::{Digest, Sha256};
use uuid::Uuid;
use web::Fault;

use super::{
    batch::ScanAnswer,
    check_ins,
    conflicts::{Conflict, risen},
    id_checks,
    judge::{judge, may_stand},
    reading::{Brought, Item, Unmatched, Upload},
    store::{
        conflicts,
        fullness::{self, Move},
        offline::{self as store, Held, Known, OfflineRow},
    },
    undone,
};
use crate::{
    Door,
    admissions::{
        self,
        facts::{Facts, FirstScanView, age},
    },
    live,
};

/// Records a chunk, in which a nonce and a ticket stand once; gives the answers in its order, and the conflicts that came of it.
pub(super) async fn record(
    door: &Door,
    upload: &Upload,
    chunk: &[Item],
) -> Result<(Vec<ScanAnswer>, Vec<Conflict>), Fault> {
    let (mut answers, new) = door.db.transaction(async |conn| write(conn, upload, chunk).await).await?;
    // A phone that gets no answer to this sends all of it again.
    undone::catch_up(door, upload, chunk, &mut answers).await?;
    id_checks::write_down(door, upload, chunk, &answers).await?;
    Ok((answers, new))
}

/// What is to be done with a scan.
enum Fate<'a> {
    /// Written down under this nonce.
    New(String),
    /// It is here already.
    Here(&'a Held),
    /// It was answered online, and otherwise than the phone did: the answer was lost, and the phone decided. Both are facts; the
    /// phone's own is written down beside it under a nonce made from the first; `own` is that one, where it is here.
    Against { held: &'a Held, nonce: String, own: Option<Uuid> },
    /// Its nonce stands for another scan.
    Reused,
}

async fn write(
    conn: &mut Conn,
    upload: &Upload,
    chunk: &[Item],
) -> Result<(Vec<ScanAnswer>, Vec<Conflict>), Fault> {
    let (sound, mut unmatched) = sorted(chunk);
    let nights: Vec<Uuid> = sound.iter().map(|scan| scan.plan.gate.event.uuid()).collect();
    let locks: Vec<String> = sound.iter().map(|scan| format!("{}{}", upload.device, scan.nonce)).collect();
    store::lock(conn, &locks, &nights).await?;

    let both = |scan: &&Brought| [scan.nonce.clone(), beside(upload.device, &scan.nonce)];
    let nonces: Vec<String> = sound.iter().flat_map(both).collect();
    let mut held = store::held(conn, upload.device, &nonces).await?;
    let (named, unheld): (Vec<Uuid>, Vec<(String, String)>) = sound
        .iter()
        .filter(|scan| !held.contains_key(&scan.nonce))
        .filter_map(|scan| Some((scan.ticket()?, (scan.nonce.clone(), scan.content.clone()))))
        .unzip();
    store::held_elsewhere(conn, upload.device, &named, &unheld, &mut held).await?;
    let fates: Vec<Fate<'_>> = sound.iter().map(|scan| fate(upload, scan, &held)).collect();
    let pairs: Vec<(Uuid, Uuid)> =
        sound.iter().filter_map(|scan| Some((scan.ticket()?, scan.plan.gate.zone.uuid()))).collect();
    let known = store::known(conn, &pairs).await?;
    let free = free(conn, &sound).await?;
    let full = fullness::met_full(conn, &moves(&sound, &fates)).await?;
    let seen = Seen { known, full, free };
    let rows = rows(upload, &sound, &fates, &seen);

    let tickets: Vec<Uuid> = pairs.iter().map(|(ticket, _)| *ticket).collect();
    let before = conflicts::of_tickets(conn, &tickets).await?;
    store::record(conn, &rows).await?;
    for row in &rows {
        if row.forced {
            audit_override(conn, upload, row).await?;
        }
        if row.undone_at.is_some() {
            undone::note(conn, upload, row).await?;
        }
    }
    let now = conflicts::of_tickets(conn, &tickets).await?;
    let new = risen(&before, &now);
    for (scan, fate) in sound.iter().zip(&fates) {
        if let Fate::New(nonce) | Fate::Against { nonce, own: None, .. } = fate {
            check_ins::write_down(conn, upload, scan, nonce).await?;
        }
    }
    unmatched.extend(reused(&sound, &fates));
    store::keep(conn, &unmatched).await?;
    for night in nights.iter().copied().collect::<BTreeSet<Uuid>>() {
        live::told::door_changed(conn, night, upload.now).await?;
    }

    let mut answered = sound.iter().zip(&fates).map(|(scan, fate)| answer(scan, fate, &rows, &now));
    let answers = chunk.iter().filter_map(|item| match item {
        Item::Unmatched(row, reason) => Some(unmatched_answer(row, *reason)),
        Item::Sound(_) => answered.next(),
    });
    Ok((answers.collect(), new))
}

/// The scans at gates of ours, and the others.
fn sorted(chunk: &[Item]) -> (Vec<&Brought>, Vec<Unmatched>) {
    let (mut sound, mut unmatched) = (Vec::new(), Vec::new());
    for item in chunk {
        match item {
            Item::Sound(scan) => sound.push(&**scan),
            Item::Unmatched(row, _) => unmatched.push((**row).clone()),
        }
    }
    (sound, unmatched)
}

/// What is known of the tickets of a chunk, which of its scans met a full house, and which of their old names are free.
struct Seen {
    known: HashMap<(Uuid, Uuid), Known>,
    full: HashSet<usize>,
    free: HashSet<Uuid>,
}

/// Who came and went with the scans that are new.
fn moves(sound: &[&Brought], fates: &[Fate<'_>]) -> Vec<Move> {
    let one = |(scan, fate): (&&Brought, &Fate<'_>)| {
        let new = matches!(fate, Fate::New(_) | Fate::Against { own: None, .. });
        let by = match scan.direction {
            _ if !new || !scan.admitted || scan.undone_at.is_some() => 0,
            Direction::Entry => 1,
            Direction::Exit => -1,
        };
        let gate = &scan.plan.gate;
        Move { event: gate.event.uuid(), zone: gate.zone.uuid(), at: scan.times.at, by }
    };
    sound.iter().zip(fates).map(one).collect()
}

/// What is new.
fn rows(upload: &Upload, sound: &[&Brought], fates: &[Fate<'_>], seen: &Seen) -> Vec<OfflineRow> {
    let new = |(place, (scan, fate)): (usize, (&&Brought, &Fate<'_>))| {
        let (nonce, against) = match fate {
            Fate::New(nonce) => (nonce, None),
            Fate::Against { held, nonce, own: None } => (nonce, Some(held.id)),
            _ => return None,
        };
        let known = scan.ticket().and_then(|ticket| seen.known.get(&(ticket, scan.plan.gate.zone.uuid())));
        let judged = judge(scan, known, seen.full.contains(&place));
        let id = id_of(upload, scan, nonce, &seen.free);
        Some(OfflineRow { against, ..row(upload, scan, (id, nonce), known, judged) })
    };
    sound.iter().zip(fates).enumerate().filter_map(new).collect()
}

fn unmatched_answer(row: &Unmatched, reason: Option<Reason>) -> ScanAnswer {
    ScanAnswer {
        nonce: row.nonce.clone(),
        outcome: "unmatched",
        scan: None,
        undone: false,
        reason: reason.map(|reason| reason.code().to_owned()),
        conflict: None,
    }
}

fn fate<'a>(upload: &Upload, scan: &Brought, held: &'a HashMap<String, Held>) -> Fate<'a> {
    match held.get(&scan.nonce) {
        None => Fate::New(scan.nonce.clone()),
        Some(held) if held.content != scan.content => Fate::Reused,
        Some(held) if (held.decision == "admit") == scan.admitted => Fate::Here(held),
        Some(there) => {
            let nonce = beside(upload.device, &scan.nonce);
            Fate::Against { held: there, own: held.get(&nonce).map(|own| own.id), nonce }
        }
    }
}

/// The nonce of what a phone decided against the server's answer.
fn beside(device: Uuid, nonce: &str) -> String {
    let mut digest = Sha256::new();
    digest.update(device);
    digest.update(nonce);
    format!("phone:{}", hex::encode(&digest.finalize()[..16]))
}

/// The id of a scan that a phone decided: the same in whatever order the phones report, so that of two entries in one millisecond the
/// same one is first. It begins with the time of the scan, for the ids of all scans rise with time. One that is sent again after the
/// records lost it is called as before, by which those who were told of it know it for the same.
fn id_of(upload: &Upload, scan: &Brought, nonce: &str, free: &HashSet<Uuid>) -> Uuid {
    if let Some(id) = scan.called.filter(|id| nonce == scan.nonce && free.contains(id)) {
        return id;
    }
    let made = Uuid::new_v5(&upload.device, nonce.as_bytes());
    let mut rest = [0; 10];
    rest.copy_from_slice(&made.as_bytes()[..10]);
    let millis = u64::try_from(scan.times.corrected_at.timestamp_millis()).unwrap_or_default();
    uuid::Builder::from_unix_timestamp_millis(millis, &rest).into_uuid()
}

/// What scans were called before, where nothing here is called so, and no two of them.
async fn free(conn: &mut Conn, sound: &[&Brought]) -> Result<HashSet<Uuid>, Fault> {
    let called: Vec<Uuid> = sound.iter().filter_map(|scan| scan.called).collect();
    let taken = store::taken(conn, &called).await?;
    let once = |id: Uuid| called.iter().filter(|other| **other == id).count() == 1;
    Ok(called.iter().copied().filter(|id| !taken.contains(id) && once(*id)).collect())
}

fn reused<'a>(sound: &'a [&Brought], fates: &'a [Fate<'_>]) -> impl Iterator<Item = Unmatched> + 'a {
    sound
        .iter()
        .zip(fates)
        .filter(|(_, fate)| matches!(fate, Fate::Reused))
        .map(|(scan, _)| scan.otherwise.because("reused"))
}

/// All that `record_offline` must know.
fn row(
    upload: &Upload,
    scan: &Brought,
    (id, nonce): (Uuid, &str),
    known: Option<&Known>,
    judged: Reason,
) -> OfflineRow {
    let gate = &scan.plan.gate;
    let said = if scan.admitted { Reason::Ok } else { refusal(scan.reason, judged) };
    // Of another night it is a matter of the record only where somebody came in with it.
    let ours = scan.code.as_ref().is_ok_and(|code| code.event == gate.event);
    let ticket = scan.ticket().filter(|_| ours || scan.admitted);
    // Of another than who brings it nobody knows here whether they might.
    let theirs = upload.supervises && scan.by.staff == upload.staff.uuid();
    let forced = scan.admitted && scan.note.is_some() && theirs && may_stand(judged, scan.direction);
    OfflineRow {
        id,
        device: upload.device,
        nonce: nonce.to_owned(),
        content: scan.content.clone(),
        event: gate.event.uuid(),
        gate: gate.id.uuid(),
        gate_name: gate.name.clone(),
        zone: gate.zone.uuid(),
        staff: scan.by.staff,
        language: upload.language.code(),
        ticket,
        direction: scan.direction.code(),
        decision: if scan.admitted { "admit" } else { "deny" },
        reason: said.code(),
        judged: judged.code(),
        against: None,
        forced,
        override_note: scan.note.clone(),
        undone_at: scan.undone_at,
        undone_for: undone::reason(upload, scan),
        facts: facts(scan, said, known, forced.then_some(judged)),
        scanned_at: scan.times.scanned_at,
        corrected_at: scan.times.corrected_at,
        at: scan.times.at,
        now: upload.now,
        time_suspect: scan.times.suspect,
        message_id: MessageId::generate().uuid(),
        payload: admissions::payload(id.into(), &scan.plan, ticket, scan.direction, scan.times.at),
        traceparent: telemetry::propagation::inject(),
    }
}

/// Why a phone sent somebody away. A reason that this build does not know is as good as none: then the server's own stands.
fn refusal(said: Option<Reason>, judged: Reason) -> Reason {
    said.filter(|reason| *reason != Reason::Ok)
        .or_else(|| (judged != Reason::Ok).then_some(judged))
        .unwrap_or(Reason::Unknown)
}

/// As of a scan online, so that one asked again under this nonce is answered like any other.
fn facts(scan: &Brought, said: Reason, known: Option<&Known>, forced: Option<Reason>) -> Facts {
    let plan = &scan.plan;
    let first =
        known.filter(|_| matches!(said, Reason::AlreadyInside | Reason::NoReentry)).and_then(|known| {
            Some(FirstScanView {
                at: known.last_at?,
                gate: known.last_gate_id?,
                gate_name: known.last_gate_name.clone()?,
            })
        });
    Facts {
        entry_from: plan.window.from,
        entry_until: plan.window.until,
        time_zone: plan.time_zone.name().to_owned(),
        type_name: known.map(|known| known.type_name.clone()),
        holder: known.map(|known| known.holder_name.clone()),
        attention: known.map(|known| known.attention.clone()).filter(|text| !text.is_empty()),
        admit_from: known.and_then(|known| known.admit_from),
        admit_until: known.and_then(|known| known.admit_until),
        asks_id: known.is_some_and(|known| known.asks_id),
        age: known.and_then(|known| age(known.birth_date?, scan.times.at, plan.time_zone)),
        first_scan: first,
        overridden: forced.filter(|judged| *judged != Reason::Ok).map(|judged| judged.code().to_owned()),
        ..Facts::default()
    }
}

async fn audit_override(conn: &mut Conn, upload: &Upload, row: &OfflineRow) -> Result<(), Fault> {
    let actor = audit::Actor {
        staff: upload.actor.staff,
        name: upload.actor.name.clone(),
        request: upload.actor.request.clone(),
        reason: None,
    };
    let actor = actor.because(row.override_note.as_deref().unwrap_or_default());
    let target = row.ticket.map(|ticket| ticket.to_string()).unwrap_or_default();
    let detail = json!({
        "scan": row.id, "event": row.event, "gate": row.gate, "gate_name": row.gate_name, "device": row.device,
        "overridden": row.judged, "at": row.at, "offline": true,
    });
    Ok(audit::record(conn, &actor, "scan.overridden", &target, detail, upload.now).await?)
}

fn answer(scan: &Brought, fate: &Fate<'_>, rows: &[OfflineRow], conflicts: &[Conflict]) -> ScanAnswer {
    let new = |nonce: &str| rows.iter().find(|row| row.nonce == nonce);
    let (outcome, reason, id) = match fate {
        Fate::New(nonce) => {
            ("recorded", new(nonce).map(|row| row.judged.to_owned()), new(nonce).map(|row| row.id))
        }
        Fate::Here(held) => ("repeated", Some(held.said().to_owned()), Some(held.id)),
        Fate::Against { held, nonce, own } => {
            ("repeated", Some(held.said().to_owned()), own.or_else(|| new(nonce).map(|row| row.id)))
        }
        Fate::Reused => ("reused", None, None),
    };
    let conflict = id.and_then(|id| conflicts.iter().find(|conflict| conflict.scan_id == id)).cloned();
    let undone = rows.iter().any(|row| Some(row.id) == id && row.undone_at.is_some());
    ScanAnswer { nonce: scan.nonce.clone(), outcome, scan: id, undone, reason, conflict }
}
