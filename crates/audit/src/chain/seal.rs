//! Linking what was committed.

use db::{Conn, Db, DbError};
use diesel::sql_types::{Array, BigInt, Binary, Bool, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::{BEGINNING, CANONICAL, Head, LATE_MS, first_of, link_hash, millis, row_hash};

/// Rows that one transaction links.
const AT_ONCE: i64 = 500;

#[derive(diesel::QueryableByName)]
struct Turn {
    #[diesel(sql_type = Bool)]
    mine: bool,
}

#[derive(diesel::QueryableByName)]
struct Tail {
    #[diesel(sql_type = BigInt)]
    seq: i64,
    #[diesel(sql_type = Binary)]
    hash: Vec<u8>,
}

#[derive(diesel::QueryableByName)]
struct Newest {
    #[diesel(sql_type = SqlUuid)]
    audit_id: Uuid,
}

#[derive(diesel::QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    canonical: String,
}

#[derive(diesel::QueryableByName)]
struct Time {
    #[diesel(sql_type = BigInt)]
    millis: i64,
}

/// The database's own time, in milliseconds: keys are made by the clock of the machine and not by a test's.
pub(super) async fn server_millis(conn: &mut Conn) -> Result<u64, DbError> {
    let sql = "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS millis";
    let time: Time = diesel::sql_query(sql).get_result(conn).await?;
    Ok(time.millis.unsigned_abs())
}

/// The last link, if there is one.
pub async fn head(conn: &mut Conn) -> Result<Option<Head>, DbError> {
    let sql = "SELECT seq, hash FROM audit_links ORDER BY seq DESC LIMIT 1";
    let rows: Vec<Tail> = diesel::sql_query(sql).load(conn).await?;
    Ok(rows.into_iter().next().map(|tail| Head { seq: tail.seq, hash: tail.hash }))
}

/// Links rows that have none, at most 500, and tells how many; 0 as well while another replica is at it.
pub async fn seal(db: &Db) -> Result<usize, DbError> {
    db.transaction(async |conn| {
        let sql =
            "SELECT pg_try_advisory_xact_lock(hashtextextended('audit_links ' || current_schema(), 0)) AS mine";
        let turn: Turn = diesel::sql_query(sql).get_result(conn).await?;
        if !turn.mine {
            return Ok(0);
        }
        let rows = waiting(conn).await?;
        if !rows.is_empty() {
            link(conn, &rows).await?;
        }
        Ok::<_, DbError>(rows.len())
    })
    .await
}

/// Rows without a link that have not come too late to get one.
async fn waiting(conn: &mut Conn) -> Result<Vec<Row>, DbError> {
    let sql = "SELECT audit_id FROM audit_links ORDER BY audit_id DESC LIMIT 1";
    let newest: Vec<Newest> = diesel::sql_query(sql).load(conn).await?;
    let from = newest.as_slice().first().map_or(0, |newest| millis(newest.audit_id).saturating_sub(LATE_MS));
    let until = server_millis(conn).await?.saturating_add(LATE_MS);
    let sql = format!(
        "SELECT a.id, {CANONICAL} AS canonical FROM audit_log a
          WHERE a.id >= $1 AND a.id < $2 AND NOT EXISTS (SELECT FROM audit_links l WHERE l.audit_id = a.id)
          ORDER BY a.id LIMIT $3"
    );
    let rows = diesel::sql_query(sql)
        .bind::<SqlUuid, _>(first_of(from))
        .bind::<SqlUuid, _>(first_of(until))
        .bind::<BigInt, _>(AT_ONCE)
        .load(conn)
        .await?;
    Ok(rows)
}

async fn link(conn: &mut Conn, rows: &[Row]) -> Result<(), DbError> {
    let (mut seq, mut hash) = match head(conn).await? {
        Some(head) => (head.seq, head.hash),
        None => (0, BEGINNING.to_vec()),
    };
    let (mut seqs, mut ids, mut row_hashes, mut hashes) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for row in rows {
        let of_row = row_hash(&row.canonical);
        seq += 1;
        hash = link_hash(&hash, seq, &of_row);
        seqs.push(seq);
        ids.push(row.id);
        row_hashes.push(of_row);
        hashes.push(hash.clone());
    }
    diesel::sql_query(
        "INSERT INTO audit_links (seq, audit_id, row_hash, hash)
         SELECT * FROM unnest($1::bigint[], $2::uuid[], $3::bytea[], $4::bytea[])",
    )
    .bind::<Array<BigInt>, _>(seqs)
    .bind::<Array<SqlUuid>, _>(ids)
    .bind::<Array<Binary>, _>(row_hashes)
    .bind::<Array<Binary>, _>(hashes)
    .execute(conn)
    .await?;
    Ok(())
}
