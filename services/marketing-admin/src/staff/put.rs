//! `POST /internal/v1/staff`: make or change an account. `magueyctl` calls it, nobody else.

use actix_web::HttpResponse;
use actix_web::web::Data;
use audit::Actor;
use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use domain::ids::EventId;
use domain::permission::Role;
use serde::{Deserialize, Serialize};
use serde_json::json;
use totp_rs::Secret;
use utoipa::ToSchema;
use uuid::Uuid;
use web::{ApiJson, Fault, RequestId, ServiceCaller, callers};

use crate::Desk;
use crate::identity::account::tell as guests;
use crate::identity::email::Email;
use crate::identity::factors::totp;
use crate::identity::session::end as guest_sessions;
use crate::identity::{links, names, password};
use crate::staff::people::{self, notices};
use crate::staff::roles;
use crate::staff::session::end;
use crate::staff::store::{self, StaffRow};

/// An account as wanted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StaffWanted {
    /// Address to sign in with.
    pub email: String,
    /// Name as shown.
    #[serde(default)]
    pub name: String,
    /// Code of one of the nine roles that every club has; the club's own are given at the desk.
    #[serde(default)]
    pub role: String,
    /// At least 12 characters.
    #[serde(default)]
    #[schema(format = Password)]
    pub password: String,
    /// The secret of an app with codes, in base32: set up and confirmed with the account. Absent: as it is.
    #[serde(default)]
    #[schema(format = Password)]
    pub totp_secret: Option<String>,
    /// Suspends the account and ends its sessions; nothing but the address is read then. Making the account
    /// again opens it again.
    #[serde(default)]
    pub disabled: bool,
}

/// An account as it is.
#[derive(Debug, Serialize, ToSchema)]
pub struct StaffAccount {
    /// Key.
    pub id: Uuid,
    /// Address to sign in with.
    pub email: String,
    /// Name as shown.
    pub name: String,
    /// Code of the role.
    pub role: String,
    /// Whether it is suspended.
    pub disabled: bool,
}

/// Makes the account or changes the one with this address. A new password or role ends its sessions, also those of a guest, and its PIN.
pub async fn handle(
    desk: Data<Desk>,
    caller: ServiceCaller<callers::Operator>,
    request: RequestId,
    wanted: ApiJson<StaffWanted>,
) -> Result<HttpResponse, Fault> {
    let actor = Actor::caller(&caller, &request);
    let wanted = wanted.into_inner();
    let account = if wanted.disabled {
        disable(&desk, &actor, &wanted.email).await?
    } else {
        put(&desk, &actor, wanted).await?
    };
    Ok(HttpResponse::Ok().json(account))
}

async fn put(desk: &Desk, actor: &Actor, wanted: StaffWanted) -> Result<StaffAccount, Fault> {
    let (email, role) = check(&wanted)?;
    let secret = wanted.totp_secret.as_deref().map(secret_of).transpose()?;
    let password_hash = desk.passwords.hash(wanted.password).await?;
    let row = StaffRow {
        id: Uuid::now_v7(),
        email: email.to_string(),
        name: wanted.name.trim().to_owned(),
        role: role.code().to_owned(),
        password_hash: Some(password_hash),
        disabled_at: None,
    };
    let now = desk.clock.now();
    let id = desk
        .db
        .transaction(async |conn| {
            let before = standing(conn, &row.email).await?;
            let id = store::put(conn, &row, now).await?;
            // The operator's word is for all nights.
            roles::store::free(conn, id).await?;
            tell(desk, conn, before, &row.email, now).await?;
            let ended = end::all(conn, id, now).await?;
            // Who knew the password that was may be signed in as a guest, or have asked for a link.
            if guest_sessions::all(conn, id, None, "password_reset", now).await? > 0 {
                guests::changed(conn, id, now).await?;
            }
            links::end_of(conn, id, now).await?;
            if let Some(secret) = &secret {
                totp::put_confirmed(conn, desk, id, (secret.as_slice(), 0), now).await?;
            }
            let detail = json!({
                "role": row.role, "sessions_ended": ended.sessions, "pin_ended": ended.pin, "second_factor": secret.is_some(),
            });
            audit::record(conn, actor, "staff.put", &id.to_string(), detail, now).await?;
            Ok::<_, Fault>(id)
        })
        .await?;
    Ok(StaffAccount { id, email: row.email, name: row.name, role: row.role, disabled: false })
}

/// 404 for an address without an account. Suspending twice is suspending once.
async fn disable(desk: &Desk, actor: &Actor, email: &str) -> Result<StaffAccount, Fault> {
    let email: Email =
        email.parse().map_err(|_| Fault::invalid("validation_failed").field("email", "invalid"))?;
    let now = desk.clock.now();
    desk.db
        .transaction(async |conn| {
            let before = standing(conn, email.as_str()).await?;
            let row = store::disable(conn, email.as_str(), now).await?.ok_or_else(Fault::not_found)?;
            tell(desk, conn, before, email.as_str(), now).await?;
            let ended = end::all(conn, row.id, now).await?;
            let detail = json!({"sessions_ended": ended.sessions, "pin_ended": ended.pin});
            audit::record(conn, actor, "staff.disabled", &row.id.to_string(), detail, now).await?;
            let StaffRow { id, email, name, role, .. } = row;
            Ok::<_, Fault>(StaffAccount { id, email, name, role, disabled: true })
        })
        .await
}

/// What somebody is: account, role, nights, and whether they may sign in. None: they don't work here.
type Stands = Option<(Uuid, String, Vec<EventId>, bool)>;

async fn standing(conn: &mut Conn, email: &str) -> Result<Stands, DbError> {
    let Some(row) = store::by_email(conn, email).await? else { return Ok(None) };
    let nights = roles::store::nights_of(conn, row.id).await?;
    Ok(Some((row.id, row.role, nights, row.disabled_at.is_none())))
}

/// Tells who worked here before what changed for them, if anything did.
async fn tell(
    desk: &Desk,
    conn: &mut Conn,
    before: Stands,
    email: &str,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let Some(before) = before else { return Ok(()) };
    let Some(after) = standing(conn, email).await?.filter(|after| *after != before) else { return Ok(()) };
    let kind = match (before.3, after.3) {
        (_, false) => notices::SUSPENDED,
        (false, true) => notices::TAKEN_BACK,
        (true, true) => notices::CHANGED,
    };
    let Some(person) = people::store::one(conn, after.0).await? else { return Ok(()) };
    notices::changed(desk, conn, &person, kind, now).await
}

/// At least 128 bits (RFC 4226, requirement 6).
fn secret_of(text: &str) -> Result<Vec<u8>, Fault> {
    let secret = Secret::try_from_base32(text.trim()).ok().filter(|secret| secret.as_ref().len() >= 16);
    let secret = secret.ok_or_else(|| Fault::invalid("validation_failed").field("totp_secret", "invalid"))?;
    Ok(secret.as_ref().to_vec())
}

fn check(wanted: &StaffWanted) -> Result<(Email, Role), Fault> {
    let email = wanted.email.parse::<Email>();
    let role = wanted.role.parse::<Role>();
    let name = names::problem(wanted.name.trim()).is_none();
    let password = (password::STAFF_SHORTEST..=password::LONGEST).contains(&wanted.password.chars().count());
    match (email, role) {
        (Ok(email), Ok(role)) if name && password => Ok((email, role)),
        (email, role) => {
            let mut fault = Fault::invalid("validation_failed");
            for (fine, field, code) in [
                (email.is_ok(), "email", "invalid"),
                (role.is_ok(), "role", "unknown"),
                (name, "name", "out_of_range"),
                (password, "password", "out_of_range"),
            ] {
                if !fine {
                    fault = fault.field(field, code);
                }
            }
            Err(fault)
        }
    }
}
