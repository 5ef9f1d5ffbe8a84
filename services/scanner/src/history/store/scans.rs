//! SQL on the scans of a night, read backwards.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{OptionalExtension, QueryableByName};
use diesel_async::RunQueryDsl;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::NightRow;

/// One page looks through so many scans of the door and no more, whatever it is asked to find.
pub const LOOKED: i64 = 20_000;
/// No scan has a higher id.
pub const TOP: Uuid = Uuid::from_u128(u128::MAX);

/// Which scans are wanted; nothing said is all of them.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Asked {
    /// At this gate.
    pub gate: Option<Uuid>,
    /// With this phone.
    pub device: Option<Uuid>,
    /// By this member of staff.
    pub staff: Option<Uuid>,
    /// `admit` or `deny`.
    pub decision: Option<String>,
    /// For this reason.
    pub reason: Option<String>,
}

/// A scan as it is read later.
#[derive(Debug, Clone, Serialize, QueryableByName, ToSchema)]
pub struct ScanView {
    /// The scan.
    #[diesel(sql_type = SqlUuid)]
    pub scan: Uuid,
    /// When: by the server's clock, or by that of a phone without a network, as it was corrected.
    #[diesel(sql_type = Timestamptz)]
    pub at: DateTime<Utc>,
    /// When the server wrote it down.
    #[diesel(sql_type = Timestamptz)]
    pub recorded_at: DateTime<Utc>,
    /// The gate.
    #[diesel(sql_type = SqlUuid)]
    pub gate: Uuid,
    /// Its name.
    #[diesel(sql_type = Text)]
    #[schema(example = "Main door")]
    pub gate_name: String,
    /// `entry` or `exit`.
    #[diesel(sql_type = Text)]
    #[schema(example = "entry")]
    pub direction: String,
    /// `admit` or `deny`.
    #[diesel(sql_type = Text)]
    #[schema(example = "deny")]
    pub decision: String,
    /// Why, as in the answer to a scan.
    #[diesel(sql_type = Text)]
    #[schema(example = "already_inside")]
    pub reason: String,
    /// The ticket, where the code named one.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub ticket: Option<Uuid>,
    /// Its holder now, where the ticket is known.
    #[diesel(sql_type = Nullable<Text>)]
    #[schema(example = "Lucía Ferrer")]
    pub holder: Option<String>,
    /// Its type.
    #[serde(rename = "type")]
    #[diesel(sql_type = Nullable<Text>)]
    #[schema(example = "General admission")]
    pub type_name: Option<String>,
    /// The phone; null where it was not enrolled.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub device: Option<Uuid>,
    /// Its name.
    #[diesel(sql_type = Nullable<Text>)]
    #[schema(example = "Door 1")]
    pub device_name: Option<String>,
    /// Who scanned.
    #[diesel(sql_type = SqlUuid)]
    pub staff: Uuid,
    /// Their name, where the door has heard it: from an enrolled phone that they held, or a report of theirs.
    #[diesel(sql_type = Nullable<Text>)]
    #[schema(example = "Ana")]
    pub staff_name: Option<String>,
    /// Whether a phone without a network decided it.
    #[diesel(sql_type = Bool)]
    pub offline: bool,
    /// What the server would have said of such a scan.
    #[diesel(sql_type = Nullable<Text>)]
    pub judged: Option<String>,
    /// Why a supervisor let a refusal stand aside.
    #[diesel(sql_type = Nullable<Text>)]
    pub override_note: Option<String>,
    /// When it was undone, if it was.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub undone_at: Option<DateTime<Utc>>,
    /// Why.
    #[diesel(sql_type = Nullable<Text>)]
    pub undone_reason: Option<String>,
    /// Whether it let somebody in who should not have been, see the conflicts.
    #[diesel(sql_type = Bool)]
    pub conflict: bool,
}

impl ScanView {
    /// Whether somebody went through.
    pub fn admitted(&self) -> bool {
        self.decision == "admit"
    }
}

const WANTED: &str = "($1::uuid[] IS NULL OR event_id = ANY ($1)) AND ($4::uuid IS NULL OR gate_id = $4)
    AND ($5::uuid IS NULL OR device = $5) AND ($6::uuid IS NULL OR staff_id = $6)
    AND ($7::text IS NULL OR decision = $7) AND ($8::text IS NULL OR reason = $8)";

/// Names of staff as the door has heard them, of those in `found`.
pub(super) const NAMES: &str = "names AS MATERIALIZED (
    SELECT DISTINCT ON (staff_id) staff_id, name FROM (
        SELECT staff_id, staff_name AS name, from_at AS at FROM device_hands
        UNION ALL SELECT staff_id, staff_name, recorded_at FROM incidents
        UNION ALL SELECT created_by, created_by_name, created_at FROM bans) AS heard
     WHERE staff_id IN (SELECT staff_id FROM found) ORDER BY staff_id, at DESC)";

/// What is told of the scans in `found`: fifty of them, and nothing is joined to the ones that were looked through.
const TOLD: &str = "
    SELECT f.id AS scan, f.recorded_at, f.gate_id AS gate, coalesce(g.name, '') AS gate_name, f.direction, f.decision, f.reason,
           CASE WHEN f.offline AND NOT f.time_suspect THEN coalesce(f.corrected_at, f.recorded_at) ELSE f.recorded_at END AS at,
           f.ticket_id AS ticket, a.holder_name AS holder, a.type_name, d.id AS device, d.name AS device_name,
           f.staff_id AS staff, n.name AS staff_name, f.offline, f.judged, f.override_note,
           u.at AS undone_at, u.reason AS undone_reason,
           EXISTS (SELECT FROM conflicts c WHERE c.scan_id = f.id) AS conflict
      FROM found f
      LEFT JOIN gates g ON g.id = f.gate_id
      LEFT JOIN admissions a ON a.ticket_id = f.ticket_id
      LEFT JOIN devices d ON d.id = f.device
      LEFT JOIN names n ON n.staff_id = f.staff_id
      LEFT JOIN undos u ON u.scan_id = f.id
     ORDER BY f.id DESC";

/// The newest scans of these nights (none: of all) between two ids that are wanted, of the last [`LOOKED`] there: the primary key is read backwards, and no further
/// than to the last of so many.
pub async fn walk(
    conn: &mut Conn,
    events: Option<Vec<Uuid>>,
    asked: &Asked,
    (floor, top): (Uuid, Uuid),
    most: usize,
) -> Result<Vec<ScanView>, DbError> {
    let text = format!(
        "WITH found AS MATERIALIZED (
             SELECT * FROM (SELECT * FROM scans WHERE id > $2 AND id < $3 ORDER BY id DESC LIMIT {LOOKED}) AS looked
              WHERE {WANTED} ORDER BY id DESC LIMIT $9), {NAMES} {TOLD}"
    );
    read(conn, &text, events, asked, (floor, top), most).await
}

/// The scans of a night that lie where none should: of phones whose clock was wrong by days. They are few and have an index.
pub async fn strays(
    conn: &mut Conn,
    night: &NightRow,
    asked: &Asked,
    before: Uuid,
    most: usize,
) -> Result<Vec<ScanView>, DbError> {
    let above = night.ceiling.map_or_else(String::new, |ceiling| format!(" OR id >= '{ceiling}'"));
    let text = format!(
        "WITH found AS MATERIALIZED (
             SELECT * FROM scans WHERE event_id = ANY ($1) AND offline AND (id <= $2{above}) AND id < $3 AND {WANTED}
              ORDER BY id DESC LIMIT $9), {NAMES} {TOLD}"
    );
    read(conn, &text, Some(vec![night.id]), asked, (night.floor, before), most).await
}

async fn read(
    conn: &mut Conn,
    text: &str,
    events: Option<Vec<Uuid>>,
    asked: &Asked,
    (floor, top): (Uuid, Uuid),
    most: usize,
) -> Result<Vec<ScanView>, DbError> {
    Ok(diesel::sql_query(text)
        .bind::<Nullable<Array<SqlUuid>>, _>(events)
        .bind::<SqlUuid, _>(floor)
        .bind::<SqlUuid, _>(top)
        .bind::<Nullable<SqlUuid>, _>(asked.gate)
        .bind::<Nullable<SqlUuid>, _>(asked.device)
        .bind::<Nullable<SqlUuid>, _>(asked.staff)
        .bind::<Nullable<Text>, _>(asked.decision.as_deref())
        .bind::<Nullable<Text>, _>(asked.reason.as_deref())
        .bind::<BigInt, _>(i64::try_from(most).unwrap_or(i64::MAX))
        .load(conn)
        .await?)
}

/// The last scan that a look between two ids comes to; none if it comes to their end.
pub async fn looked_to(conn: &mut Conn, floor: Uuid, top: Uuid) -> Result<Option<Uuid>, DbError> {
    #[derive(QueryableByName)]
    struct Last {
        #[diesel(sql_type = SqlUuid)]
        id: Uuid,
    }
    let last: Option<Last> = diesel::sql_query(
        "SELECT id FROM scans WHERE id > $1 AND id < $2 ORDER BY id DESC OFFSET $3 - 1 LIMIT 1",
    )
    .bind::<SqlUuid, _>(floor)
    .bind::<SqlUuid, _>(top)
    .bind::<BigInt, _>(LOOKED)
    .get_result(conn)
    .await
    .optional()?;
    Ok(last.map(|last| last.id))
}
