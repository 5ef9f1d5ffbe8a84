//! Passwords: argon2id, a bounded number at once, off the threads that serve requests.
//!
//! Guests, the desk and the door queue apart, so that a flood of sign-ins at one leaves the others their own. A queue is short,
//! in length and in time: who finds it full is told to come back (429) while it still helps.
//!
//! A new password is long enough, none that was in a breach ([`super::breach`]), and not made of what everybody knows of its
//! owner. Nothing else is asked of it: no signs, no changes every so often (NIST SP 800-63B, OWASP ASVS 5.0 6.2).

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use web::Fault;

use super::breach::Verdict;
use crate::Desk;

/// Hashes at once in each lane, each of which has one thread. A hash takes 19 MiB and a core for some 20 ms: a flood of sign-ins must
/// not starve the pages.
const AT_ONCE: usize = 1;
/// How far these threads step back for all others of the machine (`nice(2)`): who signs in waits rather than who is being served.
const NICE: i32 = 5;
/// Who may wait for a lane, besides those whose turn it is.
const WAITING: usize = 16;
/// And for how long.
const PATIENCE: Duration = Duration::from_secs(2);

/// What an unknown address is checked against, so that the answer takes the same time.
static NOBODY: LazyLock<String> = LazyLock::new(|| {
    // A hash of parameters that are the default's can't fail; should it all the same, only the timing differs.
    Argon2::default()
        .hash_password(b"nobody signs in with this")
        .map(|hash| hash.to_string())
        .unwrap_or_default()
});

/// Whose turn it is: each lane has a permit of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// The desk: its page, its API, the operator.
    Desk,
    /// The door's sign-ins, which the scanner passes on.
    Door,
    /// Guests.
    Guest,
}

/// The shortest password of a guest, in characters.
pub const GUEST_SHORTEST: usize = 10;
/// And of who works here, who opens more with it.
pub const STAFF_SHORTEST: usize = 12;
/// The longest of anybody; longer texts would be work for nothing.
pub const LONGEST: usize = 200;

/// 422 with the field `password` (`too_short`, `too_long`, `breached`, `too_easy`) unless a new password will do. `context`: what
/// everybody knows of its owner, such as the address.
pub async fn check_new(desk: &Desk, password: &str, context: &[&str], shortest: usize) -> Result<(), Fault> {
    let refused = |code: &str| Err(Fault::invalid("validation_failed").field("password", code));
    match password.chars().count() {
        length if length < shortest => return refused("too_short"),
        length if length > LONGEST => return refused("too_long"),
        _ => {}
    }
    match desk.breaches.judge(password, context).await {
        Verdict::Good => Ok(()),
        Verdict::Breached => refused("breached"),
        Verdict::Easy => refused("too_easy"),
    }
}

/// Makes and checks password hashes. Clones share the limit.
#[derive(Debug, Clone, Default)]
pub struct Passwords {
    desk: Queue,
    door: Queue,
    guests: Queue,
}

#[derive(Debug, Clone)]
struct Queue {
    /// Those whose turn it is, and those who wait.
    places: Arc<Semaphore>,
    permits: Arc<Semaphore>,
    work: Sender<Job>,
}

type Job = Box<dyn FnOnce() + Send>;

impl Default for Queue {
    fn default() -> Self {
        let (work, jobs) = channel();
        // Without its thread a lane refuses everybody, and says why at the first.
        if let Err(error) = std::thread::Builder::new().name("passwords".to_owned()).spawn(|| at_it(jobs)) {
            tracing::error!(%error, "no thread for passwords");
        }
        Self {
            places: Arc::new(Semaphore::new(AT_ONCE + WAITING)),
            permits: Arc::new(Semaphore::new(AT_ONCE)),
            work,
        }
    }
}

/// The thread of a lane, until the lane is gone.
fn at_it(jobs: Receiver<Job>) {
    if let Err(error) = rustix::process::setpriority_process(None, NICE) {
        tracing::warn!(%error, "passwords are hashed at the priority of everything else");
    }
    for job in jobs {
        // One that panics is answered by its dropped channel; the thread is there for the next.
        let _ = catch_unwind(AssertUnwindSafe(job));
    }
}

impl Passwords {
    /// A PHC string for a password, with a fresh salt.
    pub async fn hash(&self, password: String) -> Result<String, Fault> {
        self.hash_in(Lane::Desk, password).await
    }

    /// The same, in its own lane.
    pub async fn hash_in(&self, lane: Lane, password: String) -> Result<String, Fault> {
        self.place(lane)?
            .run(move || Argon2::default().hash_password(password.as_bytes()).map(|hash| hash.to_string()))
            .await?
            .map_err(|e| Fault::internal(anyhow::anyhow!("hashing a password: {e}")))
    }

    /// Whether the password fits the hash. Without a hash (no such account) the same work is done, and the answer is no.
    /// 429 if too many wait already.
    pub async fn matches(&self, lane: Lane, hash: Option<String>, password: String) -> Result<bool, Fault> {
        self.place(lane)?.matches(hash, password).await
    }

    /// A place in a lane, for who has to look something up before the password is compared: where it is full (429), a crowd costs
    /// the database nothing.
    pub fn place(&self, lane: Lane) -> Result<Place, Fault> {
        let queue = match lane {
            Lane::Desk => &self.desk,
            Lane::Door => &self.door,
            Lane::Guest => &self.guests,
        };
        let held = queue.places.clone().try_acquire_owned().map_err(|_| Fault::rate_limited(PATIENCE))?;
        Ok(Place { queue: queue.clone(), held })
    }
}

/// A place in a lane: given back when the work is done, or when nobody wants it any more.
#[derive(Debug)]
pub struct Place {
    queue: Queue,
    held: OwnedSemaphorePermit,
}

impl Place {
    /// As [`Passwords::matches`].
    pub async fn matches(self, hash: Option<String>, password: String) -> Result<bool, Fault> {
        self.run(move || {
            let known = hash.is_some();
            let hash = hash.unwrap_or_else(|| NOBODY.clone());
            let fits = Argon2::default().verify_password(password.as_bytes(), hash.as_str()).is_ok();
            known && fits
        })
        .await
    }

    async fn run<T: Send + 'static>(self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Fault> {
        let Self { queue, held } = self;
        let turn = tokio::time::timeout(PATIENCE, queue.permits.clone().acquire_owned());
        let permit = turn.await.map_err(|_| Fault::rate_limited(PATIENCE))?.map_err(Fault::internal)?;
        // The work goes on when its caller has gone, and keeps its place until it is done.
        let (done, answer) = oneshot::channel();
        let job = move || {
            let _held = (permit, held);
            let _ = done.send(work());
        };
        queue.work.send(Box::new(job)).map_err(|_| Fault::internal("no thread hashes passwords"))?;
        answer.await.map_err(Fault::internal)
    }
}

#[cfg(test)]
mod tests {
    use super::{AT_ONCE, Lane, NICE, Passwords, WAITING};
    use actix_web::http::StatusCode;

    #[tokio::test]
    async fn a_password_fits_its_own_hash_alone() {
        let passwords = Passwords::default();
        let hash = passwords.hash("correct horse battery".into()).await.expect("hashed");
        assert!(hash.starts_with("$argon2id$"));
        assert!(
            passwords
                .matches(Lane::Desk, Some(hash.clone()), "correct horse battery".into())
                .await
                .expect("checked")
        );
        assert!(!passwords.matches(Lane::Desk, Some(hash), "correct horse".into()).await.expect("checked"));
        assert!(
            !passwords.matches(Lane::Door, None, "nobody signs in with this".into()).await.expect("checked")
        );
    }
    #[tokio::test]
    async fn a_full_queue_is_said_at_once_and_the_door_has_its_own() {
        let passwords = Passwords::default();
        let all = u32::try_from(AT_ONCE + WAITING).expect("few");
        let _crowd = passwords.desk.places.clone().acquire_many_owned(all).await.expect("places");
        let refused = passwords.matches(Lane::Desk, None, String::new()).await.expect_err("it is full");
        assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
        assert!(!passwords.matches(Lane::Door, None, String::new()).await.expect("checked"));
    }

    #[tokio::test]
    async fn hashing_steps_back_for_everything_else_and_survives_a_panic() {
        let passwords = Passwords::default();
        let nice = || rustix::process::getpriority_process(None).expect("a priority");
        let place = || passwords.place(Lane::Desk).expect("a place");
        assert_eq!(place().run(nice).await.expect("worked") - nice(), NICE);
        assert!(place().run(|| panic!("as a bug would")).await.is_err());
        assert_eq!(place().run(|| 7).await.expect("the next one"), 7);
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_waits_for_ever() {
        let passwords = Passwords::default();
        let _busy = passwords.desk.permits.clone().acquire_owned().await.expect("a permit");
        let refused = passwords.matches(Lane::Desk, None, String::new()).await.expect_err("it is busy");
        assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    }
}
