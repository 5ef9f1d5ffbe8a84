//! How often somebody may try: sign-ins, links, codes. Counted in PostgreSQL, so that all replicas count together.
//!
//! A try is counted by the client's address and, where it names somebody, by the client's network and whom it names. It is never
//! counted by whom it names alone: a stranger who knows an address uses up their own allowance, not its owner's. What arrives
//! at a person (a mail, an SMS) is counted by the person as well ([`quiet`]): beyond that it is silently not sent, and the page
//! answers as always. So are wrong codes of a second factor, of guests and staff alike ([`guess`]): who types one has shown a first
//! proof and is no stranger, and may have more networks than anybody counts.
//!
//! # The allowances
//!
//! `burst, then one every …`. A whole allowance is `burst` tries at once; it fills up again one by one.
//!
//! | limit | by address | by network and person | mails or SMS to one person |
//! |---|---|---|---|
//! | `SignIn` | 40, 10 s | 10, 1 min | – |
//! | `SignUp` | 20, 1 min | 5, 5 min | 3, 1 h |
//! | `Link` | 20, 1 min | 5, 3 min | 5, 5 min |
//! | `Reset` | 20, 1 min | 5, 5 min | 4, 10 min |
//! | `PhoneCode` | 10, 5 min | 3, 5 min | 3, 10 min |
//! | `SecondFactor` | 40, 10 s | 5, 5 min | 20, 10 min (wrong codes) |
//! | `Passkey` | 120, 2 s | 20, 30 s | – |
//! | `Confirm` | 40, 10 s | 10, 1 min | 5, 5 min |
//! | `Picture` | 40, 10 s | 10, 1 min | – |
//! | `Invitation` | 30, 1 min | 5, 10 min | 3, 1 h |
//!
//! All codes by SMS of the club together are counted as well ([`club`], `SMS_PER_HOUR`): beyond that the page says so and names the
//! other ways in.
//!
//! Why these numbers:
//! - **By address.** A family, an office or a mobile operator stands behind one IPv4 address. Forty people who sign in within the
//!   same minute after a sale was announced are served; one machine that tries stolen passwords gets 360 an hour, of all
//!   accounts together. What costs more (a mail, an SMS) has less. Every look at a sign-in page asks for a passkey once, which is
//!   offered beside the field for the address.
//! - **By network and person.** Ten mistypings in a row, then one a minute: nobody who owns the account needs more. A guesser
//!   who has one network gets some 1,400 passwords a day, none of which is on a list of breached ones. The codes of a second
//!   factor are six digits: 290 tries a day, each right with 3 in a million, and only for who knows the password; 160 a day from
//!   all networks together. Recovery codes and passkeys are open meanwhile, and a new password shuts the guesser out.
//! - **To one person.** The wait is never longer than a link lives (15 min, 30 min, 24 h): whoever keeps asking in somebody
//!   else's name can't keep them without a link that works, for they have just been sent one. An SMS costs money.

pub mod club;
pub mod refusals;
pub mod store;

use std::time::Duration;

use chrono::{DateTime, Utc};
use db::{Conn, Db};
use sha2::{Digest, Sha256};
use web::Fault;

use crate::Desk;
use crate::identity::ClientAddress;
use crate::identity::visit::Visit;
use refusals::Refusals;
use store::Answer;

/// What is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// A password.
    SignIn,
    /// A new account.
    SignUp,
    /// A link that signs in.
    Link,
    /// A link for a new password.
    Reset,
    /// A code by SMS, and a code typed.
    PhoneCode,
    /// A code of an app, or a recovery code.
    SecondFactor,
    /// A passkey.
    Passkey,
    /// Proving afresh who one is.
    Confirm,
    /// A picture of oneself.
    Picture,
    /// Inviting somebody to the staff.
    Invitation,
}

/// So many at once, then one every so many seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// At once.
    pub burst: u32,
    /// Seconds until one more is allowed.
    pub every: u32,
}

/// The three allowances of a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rates {
    /// By the client's address.
    pub address: Allowance,
    /// By the client's network and whom the try names.
    pub pair: Allowance,
    /// What arrives at one person, whoever asks.
    pub person: Allowance,
}

const fn of(burst: u32, every: u32) -> Allowance {
    Allowance { burst, every }
}

impl Limit {
    /// The table above.
    pub const fn rates(self) -> Rates {
        let (address, pair, person) = match self {
            Self::SignIn => (of(40, 10), of(10, 60), of(10, 60)),
            Self::SignUp => (of(20, 60), of(5, 300), of(3, 3600)),
            Self::Link => (of(20, 60), of(5, 180), of(5, 300)),
            Self::Reset => (of(20, 60), of(5, 300), of(4, 600)),
            Self::PhoneCode => (of(10, 300), of(3, 300), of(3, 600)),
            Self::SecondFactor => (of(40, 10), of(5, 300), of(20, 600)),
            Self::Passkey => (of(120, 2), of(20, 30), of(20, 30)),
            Self::Confirm => (of(40, 10), of(10, 60), of(5, 300)),
            Self::Picture => (of(40, 10), of(10, 60), of(10, 60)),
            Self::Invitation => (of(30, 60), of(5, 600), of(3, 3600)),
        };
        Rates { address, pair, person }
    }

    /// The name in logs and keys.
    pub const fn code(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::SignUp => "sign_up",
            Self::Link => "link",
            Self::Reset => "reset",
            Self::PhoneCode => "phone_code",
            Self::SecondFactor => "second_factor",
            Self::Passkey => "passkey",
            Self::Confirm => "confirm",
            Self::Picture => "picture",
            Self::Invitation => "invitation",
        }
    }
}

/// Counts a try at `whom` (an address, a number, an account's key; empty: it names nobody). 429 `rate_limited` with
/// `Retry-After` once there were too many.
pub async fn take(desk: &Desk, limit: Limit, visit: &Visit, whom: &str) -> Result<(), Fault> {
    count((&desk.db, &desk.refusals), limit, &visit.address, whom, desk.clock.now()).await
}

/// The same, told all that it needs.
pub async fn count(
    (db, refusals): (&Db, &Refusals),
    limit: Limit,
    from: &ClientAddress,
    whom: &str,
    now: DateTime<Utc>,
) -> Result<(), Fault> {
    let (rates, whom) = (limit.rates(), plain(whom));
    // The address first: a flood of names from one client leaves no more rows than that client may.
    let by_address = ("address", key(limit, "address", from.as_str(), ""), rates.address);
    let by_pair = ("pair", key(limit, "pair", from.network().as_str(), &whom), rates.pair);
    let all = if whom.is_empty() { vec![by_address] } else { vec![by_address, by_pair] };
    for (by, key, _) in &all {
        if let Some(wait) = refusals.wait(key, now) {
            return Err(refused(limit, by, wait));
        }
    }
    let mut conn = db.conn().await?;
    for (by, key, allowance) in all {
        if let Answer::Wait(wait) = store::take(&mut conn, &key, allowance, now).await? {
            refusals.note(key, wait, now);
            return Err(refused(limit, by, wait));
        }
    }
    Ok(())
}

/// Whether one more mail or SMS may go to this person, and counts it. No: it is silently not sent.
pub async fn quiet(desk: &Desk, limit: Limit, whom: &str) -> Result<bool, Fault> {
    reaches(&desk.db, limit, whom, desk.clock.now()).await
}

/// The same, told all that it needs.
pub async fn reaches(db: &Db, limit: Limit, whom: &str, now: DateTime<Utc>) -> Result<bool, Fault> {
    let mut conn = db.conn().await?;
    let key = key(limit, "person", "", &plain(whom));
    let answer = store::take(&mut conn, &key, limit.rates().person, now).await?;
    if answer != Answer::Go {
        tracing::info!(limit = limit.code(), by = "person", "nothing more is sent for a while");
    }
    Ok(answer == Answer::Go)
}

/// Counts a guess that only who has shown a first proof can make at `whom`, wherever it comes from. 429 `rate_limited` once there were
/// too many. One that is right is given back ([`right`]).
pub async fn guess(conn: &mut Conn, limit: Limit, whom: &str, now: DateTime<Utc>) -> Result<(), Fault> {
    let key = key(limit, "person", "", &plain(whom));
    match store::take(conn, &key, limit.rates().person, now).await? {
        Answer::Wait(wait) => Err(refused(limit, "person", wait)),
        Answer::Go => Ok(()),
    }
}

/// The guess was none: its owner made it.
pub async fn right(conn: &mut Conn, limit: Limit, whom: &str) -> Result<(), Fault> {
    let key = key(limit, "person", "", &plain(whom));
    Ok(store::give_back(conn, &key, limit.rates().person).await?)
}

fn refused(limit: Limit, by: &'static str, wait: Duration) -> Fault {
    tracing::info!(limit = limit.code(), by, wait = wait.as_secs(), "too many tries");
    Fault::rate_limited(wait)
}

/// However it is written, it is one person.
fn plain(whom: &str) -> String {
    whom.trim().to_lowercase()
}

/// A digest, each part with its length: nobody's address stands in the table, and no two keys run into each other.
fn key(limit: Limit, kind: &str, from: &str, whom: &str) -> Vec<u8> {
    let mut hash = Sha256::new();
    for part in [limit.code(), kind, from, whom] {
        hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().to_vec()
}

#[cfg(test)]
mod tests {
    use super::{Limit, key, plain};

    #[test]
    fn keys_keep_apart_what_is_apart() {
        let one = key(Limit::SignIn, "pair", "192.0.2.0", "ana@example.org");
        assert_eq!(one.len(), 32);
        assert_ne!(one, key(Limit::SignIn, "pair", "192.0.2.0a", "na@example.org"));
        assert_ne!(one, key(Limit::Link, "pair", "192.0.2.0", "ana@example.org"));
        assert_eq!(plain(" Ana@Example.ORG "), "ana@example.org");
    }

    #[test]
    fn a_family_has_more_room_than_one_of_them_and_a_mail_comes_before_its_link_dies() {
        for limit in [Limit::SignIn, Limit::SignUp, Limit::Link, Limit::Reset, Limit::PhoneCode] {
            let rates = limit.rates();
            assert!(rates.address.burst > rates.pair.burst, "{limit:?}");
        }
        assert!(Limit::Link.rates().person.every <= 15 * 60);
        assert!(Limit::Reset.rates().person.every <= 30 * 60);
        assert!(Limit::SignUp.rates().person.every <= 24 * 3600);
    }
}
