//! One member of staff per role, each with a random password.

use serde::{Deserialize, Serialize};

use crate::environment::Surroundings;
use crate::{Result, operator, secret};

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
}

/// New credentials for one role.
fn credentials(role: StaffRole) -> Result<Credentials> {
    let (email, _) = role.person();
    Ok(Credentials { email: email.into(), password: secret::password()?, role: role.code().into() })
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
        operator::run(around, &arguments, &[("STAFF_PASSWORD", &one.password)]).await?;
    }
    Ok(())
}
