//! The use-case behind every sign-in: address and password in, a session of one audience out.

use actix_web::http::StatusCode;
use audit::Actor;
use chrono::{DateTime, TimeDelta, Utc};
use domain::ids::{SessionId, StaffId};
use domain::permission::{Grants, Role};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;
use web::Fault;
use web::session::{Claims, LIFETIME};

use crate::identity::ClientAddress;
use crate::identity::password::Lane;
use crate::staff::pin;
use crate::staff::session::store;
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

/// Whose password is tried, from where, and for which service.
#[derive(Debug, Clone, Copy)]
pub(in crate::staff) struct Attempt<'a> {
    /// The address as typed, in lower case.
    pub email: &'a str,
    /// From where.
    pub from: &'a ClientAddress,
    /// The service.
    pub audience: &'a str,
}

/// The session that is to be opened.
#[derive(Debug)]
pub(in crate::staff) struct Opening<'a> {
    /// Where it is good.
    pub audience: &'a str,
    /// For how long.
    pub lives: TimeDelta,
    /// What its audit row says.
    pub detail: Value,
    /// The PIN that was right, where it was one: gone or changed meanwhile, it opens nothing.
    pub pin_hash: Option<&'a str>,
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
    let attempt = Attempt { email: &email, from, audience };
    if let Some(account) = proven(desk, &attempt, &credentials.password).await? {
        let detail = json!({"audience": audience});
        let opening = Opening { audience, lives: LIFETIME, detail, pin_hash: None };
        if let Some(signed_in) = open(desk, actor, account, opening).await? {
            return Ok(signed_in);
        }
    }
    Err(refused(desk, actor, &attempt).await)
}

/// The account, if the password is its own and it may be used. 429 after too many refusals.
pub(in crate::staff) async fn proven(
    desk: &Desk,
    attempt: &Attempt<'_>,
    password: &str,
) -> Result<Option<StaffRow>, Fault> {
    let account = find(desk, attempt.email, attempt.from).await?;
    let hash = account.as_ref().filter(|a| a.disabled_at.is_none()).and_then(|a| a.password_hash.clone());
    let password: String = password.chars().take(LONGEST + 1).collect();
    let lane = if attempt.audience == SERVICE { Lane::Desk } else { Lane::Door };
    let fits = desk.passwords.matches(lane, hash, password).await?;
    Ok(account.filter(|_| fits))
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
pub(in crate::staff) async fn open(
    desk: &Desk,
    actor: &Actor,
    account: StaffRow,
    opening: Opening<'_>,
) -> Result<Option<SignedIn>, Fault> {
    let (session, now) = (SessionId::generate(), desk.clock.now());
    let role: Role = account.role.parse().map_err(Fault::internal)?;
    let Opening { audience, lives, detail, pin_hash } = opening;
    let mut claims = Claims::new(audience, StaffId::from_uuid(account.id), session, now).person(
        &account.name,
        &account.email,
        Grants::from(role),
    );
    claims.exp = (now + lives).timestamp();
    let actor = Actor::person(account.id, &account.role, &actor.request);
    let opened = desk
        .db
        .transaction(async |conn| {
            if crate::staff::store::hold_still(conn, account.id).await?.as_ref() != Some(&account) {
                return Ok(false);
            }
            if pin_hash.is_some() && pin::store::hash_of(conn, account.id).await?.as_deref() != pin_hash {
                return Ok(false);
            }
            store::insert(conn, session.uuid(), account.id, audience, now, claims.expires_at()).await?;
            audit::record(conn, &actor, "session.opened", &session.to_string(), detail.clone(), now).await?;
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

/// The refusal, on record: those of a while are counted.
pub(in crate::staff) async fn refused(desk: &Desk, actor: &Actor, attempt: &Attempt<'_>) -> Fault {
    let detail = json!({"audience": attempt.audience, "address": attempt.from.as_str()});
    let noted = async {
        let mut conn = desk.db.conn().await?;
        audit::record(&mut conn, actor, "session.refused", attempt.email, detail, desk.clock.now()).await
    };
    match noted.await {
        Ok(()) => Fault::new(StatusCode::UNAUTHORIZED, "invalid_credentials"),
        Err(error) => error.into(),
    }
}
