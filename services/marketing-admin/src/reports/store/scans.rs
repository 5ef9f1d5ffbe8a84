//! SQL that counts scans.

use std::collections::{BTreeMap, HashSet};

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

/// Counts scans, each once; gives those that are new. One out of the house is neither an arrival nor a refusal. How many are inside is the scanner's word; the highest revision of it
/// holds.
pub async fn add_scans(conn: &mut Conn, scans: &[Scan]) -> Result<HashSet<Uuid>, DbError> {
    let added = put_scans(conn, scans).await?;
    // Event by event in one order: two batches never wait for each other crosswise.
    let mut steps: BTreeMap<Uuid, Step> = BTreeMap::new();
    let mut counted = HashSet::new();
    for scan in scans.iter().filter(|scan| added.contains(&scan.id)) {
        // The same scan may have been said twice, and both have come at once.
        if !counted.insert(scan.id) {
            continue;
        }
        let step = steps.entry(scan.event).or_default();
        step.admitted += i64::from(scan.admitted);
        step.refused += i64::from(!scan.admitted && !scan.exit);
        if step.inside.is_none_or(|(_, revision)| revision < scan.inside_revision) {
            step.inside = Some((scan.inside_after, scan.inside_revision));
        }
    }
    for (event, step) in &steps {
        take(conn, *event, step).await?;
    }
    Ok(added)
}

async fn put_scans(conn: &mut Conn, scans: &[Scan]) -> Result<HashSet<Uuid>, DbError> {
    fn column<T>(scans: &[Scan], of: impl Fn(&Scan) -> T) -> Vec<T> {
        scans.iter().map(of).collect()
    }
    let added: Vec<Added> = diesel::sql_query(
        "INSERT INTO scans (id, event_id, gate_id, ticket_id, admitted, reason, scanned_at, inside_after, inside_revision, gate_name,
                            is_exit)
         SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) AS s (id) ORDER BY id
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
    .kept()
    .load(conn)
    .await?;
    Ok(added.into_iter().map(|row| row.id).collect())
}
