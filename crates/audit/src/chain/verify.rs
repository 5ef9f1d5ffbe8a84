//! Walking the chain.

use std::collections::BTreeMap;
use std::fmt;

use db::{Conn, DbError};
use diesel::sql_types::{BigInt, Binary, Nullable, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::seal::server_millis;
use super::{BEGINNING, CANONICAL, Head, LATE_MS, first_of, link_hash, row_hash};

/// Links in one query.
const AT_ONCE: i64 = 1000;
/// A row younger than that may be without a link yet.
const FRESH_MS: u64 = 60 * 1000;

/// What is not as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// A row says something else than when it was linked.
    Altered {
        /// Its place in the chain.
        seq: i64,
        /// Its key.
        id: Uuid,
    },
    /// A row is gone.
    Missing {
        /// Its place in the chain.
        seq: i64,
        /// Its key.
        id: Uuid,
    },
    /// A link does not fit the one before it: one of the two was written anew.
    Broken {
        /// Its number.
        seq: i64,
    },
    /// Links are gone.
    Gap {
        /// The first of them.
        from: i64,
        /// The last of them.
        to: i64,
    },
    /// A row came in from the side, or nobody has linked rows for a while.
    Unlinked {
        /// Its key.
        id: Uuid,
    },
    /// The chain does not hold a head that was kept elsewhere: it was cut off, or written anew.
    Head {
        /// That head's number.
        seq: i64,
    },
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Altered { seq, id } => write!(f, "ALTERED  row {id} (link {seq})"),
            Self::Missing { seq, id } => write!(f, "MISSING  row {id} (link {seq})"),
            Self::Broken { seq } => write!(f, "BROKEN   link {seq} does not fit the one before it"),
            Self::Gap { from, to } => write!(f, "GAP      links {from} to {to} are gone"),
            Self::Unlinked { id } => write!(f, "UNLINKED row {id}"),
            Self::Head { seq } => write!(f, "HEAD     link {seq} is not the one that was kept elsewhere"),
        }
    }
}

/// What came of a walk.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verdict {
    /// So many links were walked.
    pub links: i64,
    /// The last of them.
    pub head: Option<Head>,
    /// All that is not as it was.
    pub findings: Vec<Finding>,
}

#[derive(diesel::QueryableByName)]
struct Link {
    #[diesel(sql_type = BigInt)]
    seq: i64,
    #[diesel(sql_type = SqlUuid)]
    audit_id: Uuid,
    #[diesel(sql_type = Binary)]
    row_hash: Vec<u8>,
    #[diesel(sql_type = Binary)]
    hash: Vec<u8>,
    #[diesel(sql_type = Nullable<Text>)]
    canonical: Option<String>,
}

#[derive(diesel::QueryableByName)]
struct Unlinked {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// Walks the chain of the connection's schema from its beginning. `kept`: heads that were noted earlier, elsewhere.
pub async fn verify(conn: &mut Conn, kept: &[Head]) -> Result<Verdict, DbError> {
    let mut walk = Walk { verdict: Verdict::default(), seq: 0, hash: BEGINNING.to_vec() };
    let mut sought: BTreeMap<i64, Vec<&Head>> = BTreeMap::new();
    for head in kept {
        sought.entry(head.seq).or_default().push(head);
    }
    loop {
        let links = page(conn, walk.seq).await?;
        let last = links.len() < usize::try_from(AT_ONCE).unwrap_or_default();
        for link in links {
            if let Some(heads) = sought.get_mut(&link.seq) {
                heads.retain(|head| head.hash != link.hash);
            }
            walk.step(link);
        }
        if last {
            break;
        }
    }
    let Walk { mut verdict, seq, hash } = walk;
    verdict.head = (seq > 0).then_some(Head { seq, hash });
    verdict.findings.extend(sought.into_values().flatten().map(|head| Finding::Head { seq: head.seq }));
    verdict.findings.extend(unlinked(conn).await?.into_iter().map(|row| Finding::Unlinked { id: row.id }));
    Ok(verdict)
}

struct Walk {
    verdict: Verdict,
    seq: i64,
    hash: Vec<u8>,
}

impl Walk {
    fn step(&mut self, link: Link) {
        let Link { seq, audit_id: id, row_hash: of_row, hash, canonical } = link;
        let found = &mut self.verdict.findings;
        if seq != self.seq + 1 {
            // What stood before this one is gone, so whether it fits can't be said.
            found.push(Finding::Gap { from: self.seq + 1, to: seq - 1 });
        } else if link_hash(&self.hash, seq, &of_row) != hash {
            found.push(Finding::Broken { seq });
        }
        match canonical {
            None => found.push(Finding::Missing { seq, id }),
            Some(canonical) if row_hash(&canonical) != of_row => found.push(Finding::Altered { seq, id }),
            Some(_) => {}
        }
        self.verdict.links += 1;
        self.seq = seq;
        self.hash = hash;
    }
}

async fn page(conn: &mut Conn, after: i64) -> Result<Vec<Link>, DbError> {
    let sql = format!(
        "SELECT l.seq, l.audit_id, l.row_hash, l.hash,
                CASE WHEN a.id IS NULL THEN NULL ELSE {CANONICAL} END AS canonical
           FROM audit_links l LEFT JOIN audit_log a ON a.id = l.audit_id
          WHERE l.seq > $1 ORDER BY l.seq LIMIT $2"
    );
    let links = diesel::sql_query(sql).bind::<BigInt, _>(after).bind::<BigInt, _>(AT_ONCE).load(conn).await?;
    Ok(links)
}

async fn unlinked(conn: &mut Conn) -> Result<Vec<Unlinked>, DbError> {
    let now = server_millis(conn).await?;
    let rows = diesel::sql_query(
        "SELECT a.id FROM audit_log a
          WHERE (a.id < $1 OR a.id >= $2) AND NOT EXISTS (SELECT FROM audit_links l WHERE l.audit_id = a.id)
          ORDER BY a.id LIMIT $3",
    )
    .bind::<SqlUuid, _>(first_of(now.saturating_sub(FRESH_MS)))
    .bind::<SqlUuid, _>(first_of(now.saturating_add(LATE_MS)))
    .bind::<BigInt, _>(AT_ONCE)
    .load(conn)
    .await?;
    Ok(rows)
}
