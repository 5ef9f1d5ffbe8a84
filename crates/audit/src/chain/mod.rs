//! The audit log as a chain: what stands in it can't be changed unseen, not even by whoever owns the database.
//!
//! Rows are linked after their commit ([`fn@seal`]), in the order in which they are found, by a task of the service ([`fn@keep`])
//! that looks once a second. A lock for the order of rows taken inside the acts would be held until each act's commit, so that
//! sales, undone scans and refused attempts of a whole service would wait for each other; so nobody waits. Until it is
//! linked, for a second or two, a row is protected by rights and by the trigger alone.
//!
//! A row is linked within ten minutes of the newest linked one or never: what is put in between later stays without a link, and
//! [`fn@verify`] names it. All hashes are computed here and not by a function that stands in the database, which whoever changes
//! rows could change as well.

mod check;
mod keep;
mod seal;
mod verify;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

pub use check::{Check, latest};
pub use keep::{keep, pool};
pub use seal::{head, seal};
pub use verify::{Finding, Verdict, verify};

/// All that a row says, as one text that is the same for the same row: `a` is its table.
const CANONICAL: &str =
    "jsonb_build_array(a.id, (extract(epoch FROM a.at) * 1000000)::bigint, a.staff_id, a.actor, a.action,
                         a.target, a.request_id, a.reason, a.detail)::text";
/// What stands before the first link.
const BEGINNING: [u8; 32] = [0; 32];
/// How late a row may come: no transaction lasts that long, and no two clocks differ by so much.
const LATE_MS: u64 = 10 * 60 * 1000;

/// A link: with one of these kept elsewhere, nobody can cut the chain off before it or write it anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Head {
    /// Its number.
    pub seq: i64,
    /// Its hash.
    pub hash: Vec<u8>,
}

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.seq, hex::encode(&self.hash))
    }
}

/// Not `number:hash`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a head is written as its number, a colon and 64 hexadecimal digits")]
pub struct NoHead;

impl FromStr for Head {
    type Err = NoHead;

    fn from_str(text: &str) -> Result<Self, NoHead> {
        let (seq, hash) = text.split_once(':').ok_or(NoHead)?;
        let seq = seq.parse().map_err(|_| NoHead)?;
        let hash = hex::decode(hash).map_err(|_| NoHead)?;
        if seq >= 1 && hash.len() == 32 { Ok(Self { seq, hash }) } else { Err(NoHead) }
    }
}

impl From<Head> for String {
    fn from(head: Head) -> Self {
        head.to_string()
    }
}

impl TryFrom<String> for Head {
    type Error = NoHead;

    fn try_from(text: String) -> Result<Self, NoHead> {
        text.parse()
    }
}

fn row_hash(canonical: &str) -> Vec<u8> {
    Sha256::digest(canonical.as_bytes()).to_vec()
}

fn link_hash(previous: &[u8], seq: i64, row_hash: &[u8]) -> Vec<u8> {
    let mut digest = Sha256::new();
    digest.update(previous);
    digest.update(seq.to_be_bytes());
    digest.update(row_hash);
    digest.finalize().to_vec()
}

/// The milliseconds since 1970 that a UUIDv7 begins with.
fn millis(id: Uuid) -> u64 {
    id.as_u64_pair().0 >> 16
}

/// The smallest UUID of that millisecond.
fn first_of(millis: u64) -> Uuid {
    Uuid::from_u64_pair(millis << 16, 0)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::{Head, first_of, millis};

    #[test]
    fn a_head_is_written_and_read() {
        let head = Head { seq: 12, hash: vec![0xab; 32] };
        let text = head.to_string();
        assert!(text.starts_with("12:abab"), "{text}");
        assert_eq!(text.parse(), Ok(head));
        for wrong in ["", "12", "0:ab", "12:ab", "x:00", &text[..40]] {
            assert!(wrong.parse::<Head>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_key_tells_its_time() {
        let id = Uuid::now_v7();
        let first = first_of(millis(id));
        assert!(first <= id && id < first_of(millis(id) + 1));
    }
}
