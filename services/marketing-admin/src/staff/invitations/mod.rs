//! How somebody comes to work here: an invitation by mail, with a link that is good once, for a week.
//!
//! The link proves the address. Whoever has an account with it proves that too, by its password, and works here with it; anybody else
//! chooses a name and a password. Until then nobody works here: what was asked for waits in the link. It holds as long as whoever
//! invited may still give what it gives.

pub mod accept;
pub mod act;
pub mod lines;
pub mod owners;
pub mod page;
pub mod send;
pub mod store;

use actix_web::http::StatusCode;
use db::{Conn, DbError};
use domain::permission::{Permission, PermissionSet};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;
use web::Fault;

use crate::staff::{people, roles};

/// Where the mailed link leads.
pub const PATH: &str = "/admin/invitation";

/// What waits in the link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invited {
    /// The name, as whoever invites wrote it.
    pub name: String,
    /// Code of the role.
    pub role: String,
    /// The nights they are to be bound to; none: all.
    pub nights: Option<Vec<Uuid>>,
    /// Who invites; none: the operator.
    pub inviter: Option<Uuid>,
}

impl Invited {
    /// As it is kept.
    pub fn kept(&self) -> Result<Value, Fault> {
        serde_json::to_value(self).map_err(Fault::internal)
    }

    /// What was kept.
    pub fn of(kept: Value) -> Result<Self, Fault> {
        serde_json::from_value(kept).map_err(Fault::internal)
    }
}

/// What the role lets somebody do, if the role can still be given and whoever invites may still give it.
pub async fn holds(conn: &mut Conn, invited: &Invited) -> Result<Option<PermissionSet>, DbError> {
    let Some(can) = roles::store::permissions_of(conn, &invited.role).await? else { return Ok(None) };
    let Some(inviter) = invited.inviter else { return Ok(Some(can)) };
    let inviter = people::store::one(conn, inviter).await?;
    let Some(inviter) = inviter.filter(|person| person.disabled_at.is_none()) else { return Ok(None) };
    let held = roles::store::grants_of(conn, inviter.id, &inviter.role).await?;
    let may = held.may(Permission::StaffManage)
        && !held.is_limited()
        && can.iter().all(|permission| held.may(permission));
    Ok(may.then_some(can))
}

/// 410: an invitation that was accepted or withdrawn, is too old, was followed by a newer one, or never was.
pub fn dead() -> Fault {
    Fault::new(StatusCode::GONE, "token_invalid").message("invitations-dead", &[])
}
