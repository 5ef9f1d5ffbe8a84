//! `POST /internal/v1/owners`: the first owner of an empty club is invited, by whoever operates it. `magueyctl` calls it, nobody else.

use actix_web::HttpResponse;
use actix_web::web::Data;
use audit::Actor;
use chrono::{DateTime, Utc};
use domain::language::Language;
use domain::permission::Role;
use serde::{Deserialize, Serialize};
use web::{ApiJson, Fault, RequestId, ServiceCaller, callers};

use super::Invited;
use super::send::{self, Wanted};
use crate::Desk;
use crate::identity::{entrance, names};
use crate::staff::people;

/// An owner as wanted.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnerWanted {
    /// The address to invite.
    pub email: String,
    /// The name as shown.
    pub name: String,
    /// Whether there may be an owner already.
    #[serde(default)]
    pub another: bool,
    /// Whether the link is mailed, and told to nobody else.
    #[serde(default)]
    pub mail: bool,
    /// The language of the mail.
    #[serde(default)]
    pub language: Language,
}

/// The invitation.
#[derive(Debug, Serialize)]
pub struct OwnerInvited {
    /// The address.
    pub email: String,
    /// Where they accept, once; none: it was mailed.
    pub link: Option<String>,
    /// Until when it is good.
    pub expires_at: DateTime<Utc>,
}

/// Invites an owner. 409 `owner_exists` where there is one who can sign in, unless another is wanted.
pub async fn handle(
    desk: Data<Desk>,
    caller: ServiceCaller<callers::Operator>,
    request: RequestId,
    wanted: ApiJson<OwnerWanted>,
) -> Result<HttpResponse, Fault> {
    let desk: &Desk = &desk;
    let actor = Actor::caller(&caller, &request);
    let wanted = wanted.into_inner();
    let wrong =
        |field: &'static str, code: &'static str| Fault::invalid("validation_failed").field(field, code);
    let email = entrance::address_of(&wanted.email).ok_or_else(|| wrong("email", "invalid"))?;
    let name = wanted.name.trim().to_owned();
    if names::problem(&name).is_some() {
        return Err(wrong("name", "out_of_range"));
    }
    let invited = Invited { name, role: Role::Owner.code().to_owned(), nights: None, inviter: None };
    let invitation = Wanted {
        email: email.as_str(),
        invited: &invited,
        by: None,
        language: wanted.language,
        again: false,
        mailed: wanted.mail,
    };
    let now = desk.clock.now();
    let made = desk
        .db
        .transaction(async |conn| {
            people::store::hold_all(conn).await?;
            if !wanted.another && people::store::owners(conn).await? > 0 {
                return Err(Fault::conflict("owner_exists"));
            }
            send::make(desk, conn, &actor, &invitation, now).await
        })
        .await?;
    Ok(HttpResponse::Ok().json(OwnerInvited {
        email: email.to_string(),
        link: (!wanted.mail).then_some(made.link),
        expires_at: made.expires_at,
    }))
}
