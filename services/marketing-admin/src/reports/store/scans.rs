//! SQL that counts scans.

use std::collections::{BTreeMap, HashMap, HashSet};

use db::{Conn, DbError, Keep};
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::figures::{Step, take};
use super::said::Scan;

#[derive(diesel::QueryableByName)]
struct Added {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

#[derive(diesel::QueryableByName)]
struct Undone {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Bool)]
    came: bool,
}

/// Counts scans, each once, and those that the door undid no longer; gives those of which something new was heard. One out of the house
/// is neither an arrival nor a refusal. How many are inside is the scanner's word; the highest revision of it holds.
pub async fn add_scans(conn: &mut Conn, scans: &[Scan]) -> Result<HashSet<Uuid>, DbError> {
    let scans = last_words(scans);
    let mut heard = put_scans(conn, &scans).await?;
    let undone = undo_scans(conn, &scans).await?;
    // Event by event in one order: two batches never wait for each other crosswise.
    let mut steps: BTreeMap<Uuid, Step> = BTreeMap::new();
    for scan in scans {
        let undone = undone.get(&scan.id);
        if !heard.contains(&scan.id) && undone.is_none() {
            continue;
        }
        let step = steps.entry(scan.event).or_default();
        match (undone, scan.undone_at) {
            (Some(came), _) => step.admitted -= i64::from(*came),
            (None, None) => {
                step.admitted += i64::from(scan.admitted);
                step.refused += i64::from(!scan.admitted && !scan.exit);
            }
            // Never heard of before it was undone: neither an arrival nor a refusal.
            (None, Some(_)) => {}
        }
        if step.inside.is_none_or(|(_, revision)| revision < scan.inside_revision) {
            step.inside = Some((scan.inside_after, scan.inside_revision));
        }
    }
    for (event, step) in &steps {
        take(conn, *event, step).await?;
    }
    heard.extend(undone.into_keys());
    Ok(heard)
}

/// Of a scan that was said twice and came twice at once, the later state: undone stays undone.
fn last_words(scans: &[Scan]) -> Vec<&Scan> {
    let mut last: BTreeMap<Uuid, &Scan> = BTreeMap::new();
    for scan in scans {
        let held = last.entry(scan.id).or_insert(scan);
        if held.undone_at.is_none() && scan.undone_at.is_some() {
            *held = scan;
        }
    }
    last.into_values().collect()
}

fn column<T>(scans: &[&Scan], of: impl Fn(&Scan) -> T) -> Vec<T> {
    scans.iter().map(|scan| of(scan)).collect()
}

async fn put_scans(conn: &mut Conn, scans: &[&Scan]) -> Result<HashSet<Uuid>, DbError> {
    let added: Vec<Added> = diesel::sql_query(
        "INSERT INTO scans (id, event_id, gate_id, ticket_id, admitted, reason, scanned_at, inside_after, inside_revision, gate_name,
                            is_exit, undone_at)
         SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) AS s (id) ORDER BY id
         ON CONFLICT (id) DO NOTHING RETURNING id",
    )
    .bind::<Array<SqlUuid>, _>(column(scans, |scan| scan.id))
    .bind::<Array<SqlUuid>, _>(column(scans, |scan| scan.event))
    .bind::<Array<SqlUuid>, _>(column(scans, |scan| scan.gate))
    .bind::<Array<Nullable<SqlUuid>>, _>(column(scans, |scan| scan.ticket))
    .bind::<Array<Bool>, _>(column(scans, |scan| scan.admitted))
    .bind::<Array<Text>, _>(column(scans, |scan| scan.reason.clone()))
    .bind::<Array<Timestamptz>, _>(column(scans, |scan| scan.scanned_at))
    .bind::<Array<BigInt>, _>(column(scans, |scan| scan.inside_after))
    .bind::<Array<BigInt>, _>(column(scans, |scan| scan.inside_revision))
    .bind::<Array<Text>, _>(column(scans, |scan| scan.gate_name.clone()))
    .bind::<Array<Bool>, _>(column(scans, |scan| scan.exit))
    .bind::<Array<Nullable<Timestamptz>>, _>(column(scans, |scan| scan.undone_at))
    .kept()
    .load(conn)
    .await?;
    Ok(added.into_iter().map(|row| row.id).collect())
}

/// Marks what was known and has been undone since; gives each with whether it had counted as an arrival. A statement of its own after
/// the insertion: that has waited for whoever was adding the same scan, and this one sees it.
async fn undo_scans(conn: &mut Conn, scans: &[&Scan]) -> Result<HashMap<Uuid, bool>, DbError> {
    let scans: Vec<&Scan> = scans.iter().copied().filter(|scan| scan.undone_at.is_some()).collect();
    if scans.is_empty() {
        return Ok(HashMap::new());
    }
    let undone: Vec<Undone> = diesel::sql_query(
        "UPDATE scans s SET admitted = false, undone_at = held.at, inside_after = held.inside, inside_revision = held.revision
         FROM (SELECT w.*, known.admitted FROM unnest($1, $2, $3, $4) AS w (id, at, inside, revision)
               JOIN scans known ON known.id = w.id WHERE known.undone_at IS NULL ORDER BY known.id FOR UPDATE OF known) AS held
         WHERE s.id = held.id RETURNING s.id, held.admitted AS came",
    )
    .bind::<Array<SqlUuid>, _>(column(&scans, |scan| scan.id))
    .bind::<Array<Nullable<Timestamptz>>, _>(column(&scans, |scan| scan.undone_at))
    .bind::<Array<BigInt>, _>(column(&scans, |scan| scan.inside_after))
    .bind::<Array<BigInt>, _>(column(&scans, |scan| scan.inside_revision))
    .kept()
    .load(conn)
    .await?;
    Ok(undone.into_iter().map(|row| (row.id, row.came)).collect())
}
