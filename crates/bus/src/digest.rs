//! Anti-entropy: does a projection hold what its owner holds, and if not, what is missing?
//!
//! Both sides fold (aggregate, revision) into 256 buckets of count and checksum; only buckets that differ are listed. The owner
//! reads what it last said about each thing, a table of its own; a consumer gives the query that reads its projection.
//!
//! Asking must not make a busy hour worse: what still waits to be sent does not count, what is on its way is not asked for
//! (see [`reconcile`]), and what died here waits for whoever replays it.

mod doubts;

use std::collections::BTreeMap;
use std::time::Duration;

use db::{Conn, Db, DbError};
use diesel::QueryableByName;
use diesel::sql_types::{Array, Int4, Int8, Text};
use diesel_async::RunQueryDsl;
use serde::{Deserialize, Serialize};

use crate::metrics::{METRICS, label};
use crate::outbox::Resent;

/// Count and checksum of the aggregates whose id falls into one of 256 buckets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, QueryableByName)]
pub struct Bucket {
    /// 0 to 255.
    #[diesel(sql_type = Int4)]
    pub bucket: i32,
    /// How many aggregates.
    #[diesel(sql_type = Int8)]
    pub count: i64,
    /// XOR over a hash of id and revision: the order does not matter.
    #[diesel(sql_type = Int8)]
    pub checksum: i64,
}

/// One aggregate and the revision held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, QueryableByName)]
pub struct Entry {
    /// Its id.
    #[diesel(sql_type = Text)]
    pub aggregate: String,
    /// Its revision.
    #[diesel(sql_type = Int8)]
    pub revision: i64,
}

/// Where (aggregate, revision) pairs come from.
#[derive(Debug, Clone)]
pub struct Source(Pairs);

#[derive(Debug, Clone)]
enum Pairs {
    Said(String),
    Held(&'static str),
}

/// What was said and has left: what still waits to be sent cannot be missing anywhere.
const SAID: &str = "FROM said WHERE subject = $1 AND NOT EXISTS (
    SELECT FROM outbox AS waits
     WHERE waits.subject = said.subject AND waits.aggregate = said.aggregate AND waits.sent_at IS NULL)";
/// The same, bucket by bucket: all that was said less what waits, for XOR takes away what it added. So the whole is read from an
/// index that holds nothing else, and the few that wait are looked up.
const SAID_BUCKETS: &str = "SELECT bucket, sum(number)::bigint AS count, bit_xor(checksum) AS checksum FROM (
        SELECT bucket, count(*) AS number, bit_xor(checksum) AS checksum FROM said WHERE subject = $1 GROUP BY bucket
        UNION ALL
        SELECT said.bucket, -1, said.checksum FROM said
          JOIN (SELECT DISTINCT aggregate FROM outbox WHERE subject = $1 AND sent_at IS NULL) AS waits USING (aggregate)
         WHERE said.subject = $1) AS parts
    GROUP BY 1 HAVING sum(number) > 0 ORDER BY 1";
const BUCKET: &str = "get_byte(decode(md5(aggregate), 'hex'), 0)";

impl Source {
    /// What an owner has said about a subject and sent.
    ///
    /// # Panics
    /// If the subject is not one of `messages`.
    pub fn said(subject: &str) -> Self {
        assert!(is_subject(subject), "{subject} is no subject of ours");
        Self(Pairs::Said(subject.to_owned()))
    }

    /// What a consumer holds: a constant query with the columns `aggregate` (text) and `revision` (bigint).
    pub fn held(sql: &'static str) -> Self {
        Self(Pairs::Held(sql))
    }
}

/// Whether this is a subject of ours: for a handler that takes one from a URL.
pub fn is_subject(subject: &str) -> bool {
    messages::subjects::ALL.iter().any(|(known, _)| *known == subject)
}

/// How long a digest's statement may read.
const READS: Duration = Duration::from_secs(30);

/// Lets a transaction that reads a digest take its time: it reads whole tables, and a request's five seconds would end it for good
/// once these have grown. And has it count without sorting: PostgreSQL cannot know that there are 256 buckets.
pub async fn take_time(conn: &mut Conn) -> Result<(), DbError> {
    db::take_time(conn, READS).await?;
    diesel::sql_query("SELECT set_config('enable_sort', 'off', true)").execute(conn).await?;
    Ok(())
}

/// The digest of a source: one row per bucket that holds anything.
pub async fn buckets(conn: &mut Conn, source: &Source) -> Result<Vec<Bucket>, DbError> {
    Ok(match &source.0 {
        Pairs::Said(subject) => diesel::sql_query(SAID_BUCKETS).bind::<Text, _>(subject).load(conn).await?,
        Pairs::Held(pairs) => {
            let sql = format!(
                "WITH counted AS MATERIALIZED (
                   SELECT {BUCKET} AS bucket, count(*) AS count,
                          bit_xor(('x' || left(md5(aggregate || ':' || revision), 16))::bit(64)::bigint) AS checksum
                     FROM ({pairs}) AS pairs GROUP BY 1)
                 SELECT bucket, count, checksum FROM counted ORDER BY bucket"
            );
            diesel::sql_query(sql).load(conn).await?
        }
    })
}

/// The aggregates in some buckets of a source.
pub async fn entries(conn: &mut Conn, source: &Source, buckets: &[i32]) -> Result<Vec<Entry>, DbError> {
    Ok(match &source.0 {
        Pairs::Said(subject) => {
            let sql = format!("SELECT aggregate, revision {SAID} AND bucket = ANY($2) ORDER BY aggregate");
            let query = diesel::sql_query(sql).bind::<Text, _>(subject);
            query.bind::<Array<Int4>, _>(buckets).load(conn).await?
        }
        Pairs::Held(pairs) => {
            let sql = format!(
                "SELECT aggregate, revision FROM ({pairs}) AS pairs WHERE {BUCKET} = ANY($1) ORDER BY aggregate"
            );
            diesel::sql_query(sql).bind::<Array<Int4>, _>(buckets).load(conn).await?
        }
    })
}

/// The buckets in which two digests differ.
pub fn differing(mine: &[Bucket], theirs: &[Bucket]) -> Vec<i32> {
    let index = |side: &[Bucket]| -> BTreeMap<i32, (i64, i64)> {
        side.iter().map(|b| (b.bucket, (b.count, b.checksum))).collect()
    };
    let (mine, theirs) = (index(mine), index(theirs));
    let both: std::collections::BTreeSet<i32> = mine.keys().chain(theirs.keys()).copied().collect();
    both.into_iter().filter(|bucket| mine.get(bucket) != theirs.get(bucket)).collect()
}

/// The owner's aggregates that I lack or hold in an older revision. What only I have is not the owner's to send.
pub fn missing(mine: &[Entry], theirs: Vec<Entry>) -> Vec<Entry> {
    let mine: BTreeMap<&str, i64> = mine.iter().map(|e| (e.aggregate.as_str(), e.revision)).collect();
    let lacks = |e: &Entry| mine.get(e.aggregate.as_str()).is_none_or(|held| *held < e.revision);
    theirs.into_iter().filter(lacks).collect()
}

/// The owner's side, as a consumer reaches it: over the internal HTTP interface, or directly in tests.
pub trait Owner: Sync {
    /// Why it could not be asked.
    type Error: From<DbError> + std::fmt::Display + Send;
    /// [`buckets`] of what it has said.
    fn buckets(&self, subject: &str) -> impl Future<Output = Result<Vec<Bucket>, Self::Error>> + Send;
    /// [`entries`] of these buckets.
    fn entries(
        &self,
        subject: &str,
        buckets: &[i32],
    ) -> impl Future<Output = Result<Vec<Entry>, Self::Error>> + Send;
    /// [`outbox::resend`](crate::outbox::resend) of these aggregates.
    fn resend(
        &self,
        subject: &str,
        aggregates: &[String],
    ) -> impl Future<Output = Result<Resent, Self::Error>> + Send;
}

/// What a comparison found.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Report {
    /// Buckets that differed.
    pub differing: usize,
    /// Aggregates that are missing or old here.
    pub missing: Vec<String>,
    /// How many of them the owner was asked for now.
    pub asked: usize,
    /// What the owner did about these.
    pub resent: Resent,
}

/// Aggregates named in one request to the owner.
const AT_ONCE: usize = 500;

/// Compares a projection with its owner and asks for what is missing. It arrives as ordinary messages.
///
/// Asked for is only what a round before this one, three quarters of a minute ago or more, found missing too: the rest is on
/// its way. What stays missing is asked for ever more seldom, and what is a dead letter here not at all. Replicas agree on
/// who asks.
pub async fn reconcile<O: Owner>(
    db: &Db,
    subject: &str,
    held: &Source,
    owner: &O,
) -> Result<Report, O::Error> {
    let outcome = compare(db, subject, held, owner).await;
    let subject_label = label("subject", subject);
    match &outcome {
        Ok(report) => METRICS.missing.record(report.missing.len() as u64, &subject_label),
        Err(error) => {
            METRICS.reconcile_failed.add(1, &subject_label);
            tracing::warn!(subject, %error, "could not compare with the owner");
        }
    }
    outcome
}

async fn compare<O: Owner>(db: &Db, subject: &str, held: &Source, owner: &O) -> Result<Report, O::Error> {
    let theirs = owner.buckets(subject).await?;
    // The connection is given back before the owner is asked again.
    let mine = db
        .transaction(async |conn: &mut Conn| {
            take_time(conn).await?;
            buckets(conn, held).await
        })
        .await?;
    let differing = differing(&mine, &theirs);
    let missing = if differing.is_empty() {
        Vec::new()
    } else {
        let theirs = owner.entries(subject, &differing).await?;
        let differing = &differing;
        let mine = db
            .transaction(async |conn: &mut Conn| {
                take_time(conn).await?;
                entries(conn, held, differing).await
            })
            .await?;
        missing(&mine, theirs)
    };
    let due = doubts::due(db, subject, &missing).await?;
    if !due.is_empty() {
        let (missing, asked) = (missing.len(), due.len());
        tracing::warn!(subject, missing, asked, "the projection lacks what its owner said; asking for it");
    }
    let mut resent = Resent::default();
    for some in due.chunks(AT_ONCE) {
        let answer = owner.resend(subject, some).await?;
        resent.sent += answer.sent;
        resent.cleared.extend(answer.cleared);
    }
    let missing = missing.into_iter().map(|entry| entry.aggregate).collect();
    Ok(Report { differing: differing.len(), missing, asked: due.len(), resent })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(aggregate: &str, revision: i64) -> Entry {
        Entry { aggregate: aggregate.to_owned(), revision }
    }

    #[test]
    fn only_what_the_owner_has_newer_is_missing() {
        let mine = [entry("a", 1), entry("b", 2), entry("only mine", 1)];
        let theirs = [entry("a", 1), entry("b", 3), entry("c", 1)];
        assert_eq!(missing(&mine, theirs.into()), [entry("b", 3), entry("c", 1)]);
    }

    #[test]
    fn buckets_differ_by_count_by_checksum_and_by_absence() {
        let bucket = |bucket, count, checksum| Bucket { bucket, count, checksum };
        let mine = [bucket(1, 1, 7), bucket(2, 1, 7), bucket(3, 1, 7), bucket(4, 1, 7)];
        let theirs = [bucket(1, 1, 7), bucket(2, 2, 7), bucket(3, 1, 8), bucket(5, 1, 7)];
        assert_eq!(differing(&mine, &theirs), [2, 3, 4, 5]);
        assert!(differing(&mine, &mine).is_empty());
    }
}
