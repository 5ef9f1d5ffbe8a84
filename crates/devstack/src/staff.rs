//! One member of staff per role, each with a random password, and an app with codes for who needs a second factor.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use totp_rs::{Builder, Secret};

use crate::environment::Surroundings;
use crate::{Error, Result, operator, secret};

/// The roles of the demo's and the tests' staff.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StaffRole {
    /// May do everything.
    Owner,
    /// Runs the nights.
    Manager,
    /// Scans.
    DoorStaff,
}

impl StaffRole {
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; 3] = [Self::Owner, Self::Manager, Self::DoorStaff];

    /// The role's name in the product.
    pub fn code(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Manager => "manager",
            Self::DoorStaff => "door_staff",
        }
    }

    fn person(self) -> (&'static str, &'static str) {
        match self {
            Self::Owner => ("owner@maguey.localhost", "Olga Owner"),
            Self::Manager => ("manager@maguey.localhost", "Mario Manager"),
            Self::DoorStaff => ("door@maguey.localhost", "Dora Door"),
        }
    }
}

/// A staff sign-in, in the shape of `.local/demo.json`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Credentials {
    /// The email address to sign in with.
    pub email: String,
    /// The password.
    pub password: String,
    /// The role's name.
    pub role: String,
    /// The secret of their app with codes, in base32; none for the door staff, whose role needs no second factor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub totp: Option<String>,
}

/// The last half minute whose code was taken, by secret: a code is good once.
static TAKEN: Mutex<BTreeMap<String, u64>> = Mutex::new(BTreeMap::new());
/// Seconds that a code lasts.
const STEP: u64 = 30;
/// The pause between two looks at the clock.
const LOOK: Duration = Duration::from_millis(200);

impl Credentials {
    /// A code of their app that nobody in this process has had; none without an app. The desk takes the next half minute's code
    /// as well, so two can be had at once, and each further one when its time has come.
    pub async fn code(&self) -> Result<Option<String>> {
        let Some(secret) = &self.totp else { return Ok(None) };
        loop {
            let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs() / STEP;
            if let Some(step) = take(secret, now) {
                return code_of(secret, step).map(Some);
            }
            #[expect(clippy::disallowed_methods, reason = "the next code comes with the next half minute")]
            tokio::time::sleep(LOOK).await;
        }
    }

    /// What the staff's sites are asked for a session with, as JSON.
    pub async fn sign_in(&self) -> Result<serde_json::Value> {
        let code = self.code().await?;
        Ok(serde_json::json!({"email": self.email, "password": self.password, "code": code}))
    }
}

fn take(secret: &str, now: u64) -> Option<u64> {
    let mut taken = TAKEN.lock().unwrap_or_else(PoisonError::into_inner);
    let step = taken.get(secret).map_or(now, |last| now.max(last + 1));
    if step > now + 1 {
        return None;
    }
    taken.insert(secret.to_owned(), step);
    Some(step)
}

/// The code of a secret in a half minute.
pub fn code_of(secret: &str, step: u64) -> Result<String> {
    let wrong = || Error::Refused("a second factor's secret is not base32 of 16 bytes or more".into());
    let secret = Secret::try_from_base32(secret).map_err(|_| wrong())?;
    let totp = Builder::new().with_secret(secret).build().map_err(|_| wrong())?;
    Ok(totp.generate(step * STEP).to_string())
}

/// New credentials for one role.
fn credentials(role: StaffRole) -> Result<Credentials> {
    let (email, _) = role.person();
    Ok(Credentials {
        email: email.into(),
        password: secret::password()?,
        role: role.code().into(),
        totp: app_of(role)?,
    })
}

fn app_of(role: StaffRole) -> Result<Option<String>> {
    match role {
        StaffRole::DoorStaff => Ok(None),
        StaffRole::Owner | StaffRole::Manager => Ok(Some(Secret::from(secret::bytes::<20>()?).to_base32())),
    }
}

/// Gives an app to whoever needs one and has none: credentials of a demo that was made before apps were.
pub fn with_apps(all: &mut [Credentials]) -> Result<()> {
    for one in all.iter_mut().filter(|one| one.totp.is_none()) {
        if let Some(role) = StaffRole::ALL.into_iter().find(|role| role.code() == one.role) {
            one.totp = app_of(role)?;
        }
    }
    Ok(())
}

/// New credentials for every role, in the order of [`StaffRole::ALL`].
pub fn all() -> Result<Vec<Credentials>> {
    StaffRole::ALL.into_iter().map(credentials).collect()
}

/// Has `magueyctl` make sure that these members of staff exist, with these passwords. They travel in the environment: a
/// program's arguments are visible to everybody on the machine.
pub async fn ensure(all: &[Credentials], around: &Surroundings) -> Result<()> {
    for one in all {
        let name = StaffRole::ALL
            .into_iter()
            .find(|role| role.code() == one.role)
            .map_or("Staff", |role| role.person().1);
        let arguments = ["staff", "create", "--email", &one.email, "--name", name, "--role", &one.role];
        let mut secrets = vec![("STAFF_PASSWORD", one.password.as_str())];
        secrets.extend(one.totp.as_deref().map(|secret| ("STAFF_TOTP_SECRET", secret)));
        operator::run(around, &arguments, &secrets).await?;
    }
    Ok(())
}
