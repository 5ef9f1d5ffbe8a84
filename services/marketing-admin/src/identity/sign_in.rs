//! The use-case behind every sign-in: address and password in, a session of one audience out.

use actix_web::http::StatusCode;
use audit::Actor;
use chrono::{DateTime, TimeDelta, Utc};
use domain::ids::{SessionId, StaffId};
use domain::permission::Role;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;
use web::Fault;
use web::session::Claims;

use crate::identity::password::Lane;
use crate::identity::{ClientAddress, store};
use crate::staff::store::StaffRow;
use crate::{Desk, SERVICE};

/// Refused tries per account, client and window; more are not even checked. Only that client is refused: a stranger who
/// guesses must not lock the person out. The gateway limits each client before that.
const TRIES: i64 = 10;
const WINDOW: TimeDelta = TimeDelta::minutes(5);
/// Longer texts are no password of ours; hashing them would be work for nothing.
const LONGEST: usize = 200;

/// Address and password.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    /// Address of the account.
    pub email: String,
    /// Its password.
    #[schema(format = Password)]
    pub password: String,
}

/// A session and its token.
#[derive(Debug, Serialize, ToSchema)]
pub struct SignedIn {
    /// To be sent as `Authorization: Bearer …`.
    pub token: String,
    /// When it stops being good.
    pub expires_at: DateTime<Utc>,
    /// Whose it is.
    pub staff: Person,
    /// What the token says, for the cookie.
    #[serde(skip)]
    #[schema(ignore)]
    pub claims: Claims,
}

/// The person who signed in.
#[derive(Debug, Serialize, ToSchema)]
pub struct Person {
    /// Key.
    pub id: Uuid,
    /// Name as shown.
    pub name: String,
    /// Address.
    pub email: String,
    /// Code of the role.
    pub role: String,
}

/// Signs somebody in for `audience`; every other outcome is the same 401, after the same work.
pub async fn sign_in(
    desk: &Desk,
    actor: &Actor,
    from: &ClientAddress,
    credentials: Credentials,
    audience: &str,
) -> Result<SignedIn, Fault> {
    let email = credentials.email.trim().to_lowercase();
    let email: String = email.chars().take(254).collect();
    let account = find(desk, &email, from).await?;
    let hash = account.as_ref().filter(|a| a.disabled_at.is_none()).map(|a| a.password_hash.clone());
    let password: String = credentials.password.chars().take(LONGEST + 1).collect();
    let lane = if audience == SERVICE { Lane::Desk } else { Lane::Door };
    let fits = desk.passwords.matches(lane, hash, password).await?;
    if let Some(account) = account.filter(|_| fits)
        && let Some(signed_in) = open(desk, actor, account, audience).await?
    {
        return Ok(signed_in);
    }
    refuse(desk, actor, from, &email, audience).await
}

async fn find(desk: &Desk, email: &str, from: &ClientAddress) -> Result<Option<StaffRow>, Fault> {
    let mut conn = desk.db.conn().await?;
    let refused = store::refused(&mut conn, email, from.as_str(), desk.clock.now() - WINDOW).await?;
    if refused >= TRIES {
        return Err(Fault::rate_limited(WINDOW.to_std().unwrap_or_default()));
    }
    Ok(crate::staff::store::by_email(&mut conn, email).await?)
}

/// A new session id each time: whoever knew an old one gains nothing by this sign-in. `None` if the account is not what it
/// was when the password was compared: that takes its time, and the session must not outlive what has ended all others.
async fn open(
    desk: &Desk,
    actor: &Actor,
    account: StaffRow,
    audience: &str,
) -> Result<Option<SignedIn>, Fault> {
    let (session, now) = (SessionId::generate(), desk.clock.now());
    let role: Role = account.role.parse().map_err(Fault::internal)?;
    let claims = Claims::new(audience, StaffId::from_uuid(account.id), session, now).person(
        &account.name,
        &account.email,
        role,
    );
    let actor = Actor::person(account.id, &account.role, &actor.request);
    let opened = desk
        .db
        .transaction(async |conn| {
            if crate::staff::store::hold_still(conn, account.id).await?.as_ref() != Some(&account) {
                return Ok(false);
            }
            store::insert(conn, session.uuid(), account.id, audience, now, claims.expires_at()).await?;
            let detail = json!({"audience": audience});
            audit::record(conn, &actor, "session.opened", &session.to_string(), detail, now).await?;
            Ok::<_, Fault>(true)
        })
        .await?;
    if !opened {
        return Ok(None);
    }
    let StaffRow { id, name, email, role, .. } = account;
    Ok(Some(SignedIn {
        token: desk.signer.sign(&claims),
        expires_at: claims.expires_at(),
        staff: Person { id, name, email, role },
        claims,
    }))
}

async fn refuse(
    desk: &Desk,
    actor: &Actor,
    from: &ClientAddress,
    email: &str,
    audience: &str,
) -> Result<SignedIn, Fault> {
    let mut conn = desk.db.conn().await?;
    let detail = json!({"audience": audience, "address": from.as_str()});
    audit::record(&mut conn, actor, "session.refused", email, detail, desk.clock.now()).await?;
    Err(Fault::new(StatusCode::UNAUTHORIZED, "invalid_credentials"))
}
