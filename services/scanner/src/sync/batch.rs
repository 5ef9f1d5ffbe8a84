//! `POST /api/v1/scans/batch`: what a phone decided while there was no network.

use std::collections::HashSet;

use actix_web::{
    HttpRequest,
    http::StatusCode,
    web::{Data, Json},
};
use audit::Actor;
use chrono::{DateTime, Utc};
use domain::{ids::GateId, permission::Permission};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use settings::crash;
use utoipa::ToSchema;
use uuid::Uuid;
use web::{ApiJson, Fault, Locale, RequestId, Staff, can};

use super::{
    conflicts::{self, Conflict},
    id_checks::Looked,
    offline,
    reading::{Item, Upload, plan_of, read},
};
use crate::{Door, devices, search::check_in::Why};

/// Most scans of one batch.
const MOST: usize = 500;
/// The largest request: a scan has some 600 bytes.
const MAX_BODY: usize = 512 * 1024;
/// Scans of one transaction. Few enough that nobody at a gate waits for them, see `record_offline`.
const CHUNK: usize = 50;

/// Scans in the order in which they happened. Does not print: there are codes in it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Batch {
    /// The device's clock now.
    pub device_time: DateTime<Utc>,
    /// The scans, 500 at most.
    #[schema(value_type = Vec<OfflineScan>)]
    pub scans: Vec<Value>,
}

/// A scan that the phone decided. One that does not read like this is kept for people to look at, and spoils none of the others.
#[derive(Deserialize, ToSchema)]
pub struct OfflineScan {
    /// The text of the QR code; none where `ticket` stands in its place.
    #[serde(default)]
    pub code: Option<String>,
    /// The ticket, of a guest without a code who was chosen from the list.
    #[serde(default)]
    pub ticket: Option<Uuid>,
    /// Why there is no code; with `ticket`.
    #[serde(default)]
    pub check_in_reason: Option<Why>,
    /// What else there is to say; needed with `other`.
    #[serde(default)]
    pub check_in_note: Option<String>,
    /// The event's id or slug.
    pub event: String,
    /// The gate's id.
    pub gate: String,
    /// The scan's nonce: the same that it was asked under, if it was asked.
    pub nonce: String,
    /// `entry` or `exit`.
    #[serde(default = "entry")]
    #[schema(example = "entry")]
    pub direction: String,
    /// The device's clock when it read the code.
    pub scanned_at: DateTime<Utc>,
    /// The same, corrected by what the device knew of its clock's error. Absent if it knew nothing.
    #[serde(default)]
    pub corrected_at: Option<DateTime<Utc>>,
    /// `admit` or `deny`: what the doorman was shown.
    #[schema(example = "admit")]
    pub decision: String,
    /// Why.
    #[schema(example = "ok")]
    pub reason: String,
    /// Why a supervisor let somebody in against it.
    #[serde(default)]
    pub override_note: Option<String>,
    /// When it was taken back on the device, by its corrected clock: within 15 minutes, or by a supervisor. Then nobody came in, or left.
    #[serde(default)]
    pub undone_at: Option<DateTime<Utc>>,
    /// What the scan was called when it was answered before, where it is sent again: it keeps its name if the records no longer know it.
    #[serde(default)]
    pub scan: Option<String>,
    /// That the document of somebody who was let in was looked at: within 15 minutes, or by a supervisor. One that was not good takes the
    /// admission back.
    #[serde(default)]
    pub id_check: Option<Looked>,
    /// Who scanned, where another sends it: believed of an enrolled phone that was in their hands then.
    #[serde(default)]
    pub staff: Option<Uuid>,
    /// The device that scanned. If it is told, it must be the one that sends.
    #[serde(default)]
    pub device: Option<String>,
}

fn entry() -> String {
    "entry".to_owned()
}

/// What became of the scans, in their order.
#[derive(Debug, Serialize, ToSchema)]
pub struct BatchAnswer {
    /// One for each.
    pub results: Vec<ScanAnswer>,
}

/// What became of one.
#[derive(Debug, Serialize, ToSchema)]
pub struct ScanAnswer {
    /// Its nonce.
    pub nonce: String,
    /// `recorded`; `repeated`: it was here already; `reused`: its nonce stands for another scan; `unmatched`: it names no gate of
    /// ours or cannot be read. All of them are kept: the phone need not send it again.
    #[schema(example = "recorded")]
    pub outcome: &'static str,
    /// The scan, by which it can be spoken of; null where nothing was written down as one.
    pub scan: Option<Uuid>,
    /// Whether it was taken back, as the device says.
    pub undone: bool,
    /// What the server says to this scan, where it says anything.
    #[schema(example = "ok")]
    pub reason: Option<String>,
    /// That somebody else came in with the same ticket, or that it was no longer good.
    pub conflict: Option<Conflict>,
}

/// Takes scans in that a phone decided. Whom it let in, it let in: such a scan is never refused.
#[utoipa::path(post, path = "/api/v1/scans/batch", tag = "sync",
    request_body(content = Batch, example = json!({
        "device_time": "2026-11-28T01:10:00.000Z",
        "scans": [{
            "code": "W50W505TI000M20%20000000000IB05TI000M20%200000000005B0A NLOQQZIOYD77IX8D :R*VQC806XMLOUXPVVL2QBC6+P7SD9*4C%3V2TNV2Y+4IY459A3IPV5M9U6F3LDM11TA6RO7GOC0",
            "event": "friday", "gate": "01938000-0000-7000-8000-000000000004", "nonce": "7b0c6a3e-2f52-4f3b-a0a5-9f7b1f3f0d11",
            "direction": "entry", "scanned_at": "2026-11-27T23:04:05.120Z", "corrected_at": "2026-11-27T23:04:03.900Z",
            "decision": "admit", "reason": "ok"
        }]
    })),
    responses(
        (status = 200, description = "Each scan is answered on its own; send the same batch again after a lost answer", body = BatchAnswer,
            example = json!({"results": [{
                "nonce": "7b0c6a3e-2f52-4f3b-a0a5-9f7b1f3f0d11", "outcome": "recorded", "reason": "already_inside",
                "conflict": {
                    "scan_id": "019ac799-aeec-7c40-8a57-6f1c9a1f0b12", "event_id": "01938000-0000-7000-8000-000000000001",
                    "ticket_id": "01938000-0000-7000-8000-000000000002", "zone_id": "01938000-0000-7000-8000-000000000003",
                    "at": "2026-11-27T23:04:03.900Z", "gate_id": "01938000-0000-7000-8000-000000000004", "gate_name": "Main door",
                    "device": "0198c0de-0000-7000-8000-000000000001", "staff_id": "0198c0de-0000-7000-8000-000000000011",
                    "first_scan_id": "019ac794-7a80-7c40-8a57-6f1c9a1f0b11", "first_at": "2026-11-27T22:58:12Z",
                    "first_gate_name": "Side door", "first_device": "0198c0de-0000-7000-8000-000000000002",
                    "first_staff_id": "0198c0de-0000-7000-8000-000000000012", "kind": "second_entry", "judged": "already_inside"
                }
            }]})),
        (status = 401, body = web::Problem),
        (status = 403, description = "`device_mismatch`: a scan of another device; `outside_your_nights`: one of a night that is not yours", body = web::Problem),
        (status = 413, description = "More than 500 scans", body = web::Problem),
        (status = 422, body = web::Problem), (status = 503, body = web::Problem),
    ), security(("session" = [])))]
pub async fn post(
    door: Data<Door>,
    staff: Staff<can::Within<can::DoorScan>>,
    locale: Locale,
    id: RequestId,
    http: HttpRequest,
    batch: ApiJson<Batch, MAX_BODY>,
) -> Result<Json<BatchAnswer>, Fault> {
    let batch = batch.into_inner();
    let upload = Upload {
        device: devices::caller(&door, &http, staff.id).await?.id,
        staff: staff.id,
        name: staff.name.clone(),
        actor: Actor::staff(&staff, &id),
        supervises: staff.may(Permission::DoorSupervise),
        language: locale.0,
        device_time: batch.device_time,
        now: door.clock.now(),
    };
    check(&batch, upload.device)?;
    check_nights(&door, &staff, &batch).await?;
    let mut results = Vec::with_capacity(batch.scans.len());
    let mut chunk = Chunk::default();
    for scan in &batch.scans {
        let item = read(&door, &upload, scan).await?;
        if !chunk.takes(&item) {
            results.extend(commit(&door, &upload, &mut chunk).await?);
        }
        chunk.add(item);
    }
    results.extend(commit(&door, &upload, &mut chunk).await?);
    tracing::info!(device = %upload.device, scans = results.len(), "a phone reported");
    Ok(Json(BatchAnswer { results }))
}

fn check(batch: &Batch, device: Uuid) -> Result<(), Fault> {
    if batch.scans.len() > MOST {
        return Err(Fault::new(StatusCode::PAYLOAD_TOO_LARGE, "payload_too_large")
            .detail(format!("A batch may have {MOST} scans at most.")));
    }
    let told = batch.scans.iter().filter_map(|scan| scan.get("device")?.as_str());
    if told.map(str::parse::<Uuid>).any(|told| told != Ok(device)) {
        return Err(Fault::new(StatusCode::FORBIDDEN, "device_mismatch")
            .detail("A scan of another device is in this batch; nothing of it was taken."));
    }
    Ok(())
}

/// 403 `outside_your_nights` for a scan at a gate of a night that is none of theirs: nothing of the batch is taken, and whoever works
/// on that night sends it.
async fn check_nights<P>(door: &Door, staff: &Staff<P>, batch: &Batch) -> Result<(), Fault> {
    if !staff.grants.is_limited() {
        return Ok(());
    }
    for scan in &batch.scans {
        let gate = scan.get("gate").and_then(Value::as_str).and_then(|gate| gate.parse::<GateId>().ok());
        let Some(gate) = gate else { continue };
        if let Some(plan) = plan_of(door, gate).await? {
            staff.within(plan.gate.event)?;
        }
    }
    Ok(())
}

/// Scans of one transaction. A nonce and a ticket stand in it once: the second scan of a ticket meets the first as recorded.
#[derive(Default)]
struct Chunk {
    items: Vec<Item>,
    nonces: HashSet<String>,
    tickets: HashSet<Uuid>,
}

impl Chunk {
    fn takes(&self, item: &Item) -> bool {
        self.items.len() < CHUNK
            && match item {
                Item::Sound(scan) => {
                    !self.nonces.contains(&scan.nonce)
                        && scan.ticket().is_none_or(|ticket| !self.tickets.contains(&ticket))
                }
                Item::Unmatched(..) => true,
            }
    }

    fn add(&mut self, item: Item) {
        if let Item::Sound(scan) = &item {
            self.nonces.insert(scan.nonce.clone());
            self.tickets.extend(scan.ticket());
        }
        self.items.push(item);
    }
}

/// Records a chunk and empties it. What is recorded stays so, whatever becomes of the next one: a phone that gets no answer sends
/// all of it again, and is told of these that they were here.
async fn commit(door: &Door, upload: &Upload, chunk: &mut Chunk) -> Result<Vec<ScanAnswer>, Fault> {
    let Chunk { items, .. } = std::mem::take(chunk);
    if items.is_empty() {
        return Ok(Vec::new());
    }
    let (answers, new) = offline::record(door, upload, &items).await?;
    crash::point("S3");
    conflicts::note(&new);
    Ok(answers)
}
