//! The use-case behind every sign-in: address, password and second factor in, a session of one audience out.
//!
//! Whoever reaches money or people's addresses needs a second factor, and whoever has set one up is asked for it: a code, a
//! passkey, or a phone of the door that a supervisor has enrolled (something they have). Somebody who needs one and has none
//! gets a session of the desk that can do nothing but set one up ([`super::security`]).

use actix_web::http::StatusCode;
use audit::Actor;
use chrono::{DateTime, TimeDelta, Utc};
use db::Conn;
use domain::ids::{SessionId, StaffId};
use domain::permission::Grants;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;
use web::Fault;
use web::session::{Claims, LIFETIME};

use crate::identity::password::{self, Lane};
use crate::identity::{ClientAddress, factors};
use crate::staff::pin;
use crate::staff::roles;
use crate::staff::session::store;
use crate::staff::store::StaffRow;
use crate::{Desk, SERVICE};

/// Refused tries per account, client and window; more are not even checked. Only that client is refused: a stranger who
/// guesses must not lock the person out. The gateway limits each client before that.
const TRIES: i64 = 10;
const WINDOW: TimeDelta = TimeDelta::minutes(5);

/// Address and password.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    /// Address of the account.
    pub email: String,
    /// Its password.
    #[schema(format = Password)]
    pub password: String,
    /// The code of the second factor, or a recovery code, where the account has one: 401 `code_needed` asks for it.
    #[serde(default)]
    pub code: Option<String>,
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
    /// The account, where it is known before its address is looked up.
    pub account: Option<Uuid>,
    /// From where.
    pub from: &'a ClientAddress,
    /// The service.
    pub audience: &'a str,
}

/// Where somebody signs in, and on what.
#[derive(Debug, Clone, Copy)]
pub(in crate::staff) struct Way<'a> {
    /// The service.
    pub audience: &'a str,
    /// On a phone of the door that a supervisor has enrolled; the calling service answers for that.
    pub device: bool,
}

/// What came of a password that was right.
#[derive(Debug)]
pub(in crate::staff) enum Entry {
    /// They are in.
    Opened(Box<SignedIn>),
    /// They have yet to show their second factor.
    CodeNeeded(StaffRow),
}

/// How it stands about the second factor.
enum Second {
    /// Nothing more is asked; why not.
    Fine(&'static str),
    /// They gave it just now.
    Proved,
    /// They have one and did not give it.
    Wanted,
    /// They gave a wrong one.
    Wrong,
    /// They need one and have none.
    Missing,
}

/// The session that is to be opened.
#[derive(Debug)]
pub(in crate::staff) struct Opening<'a> {
    /// Where it is good.
    pub audience: &'a str,
    /// For how long.
    pub lives: TimeDelta,
    /// What it may do.
    pub grants: Grants,
    /// Whether a second factor was given just now.
    pub proved: bool,
    /// What its audit row says.
    pub detail: Value,
    /// The PIN that was right, where it was one: gone or changed meanwhile, it opens nothing.
    pub pin_hash: Option<&'a str>,
}

/// Signs somebody in, or says with 401 `code_needed` that the second factor is missing; every other outcome is the same 401,
/// after the same work.
pub(in crate::staff) async fn sign_in(
    desk: &Desk,
    actor: &Actor,
    from: &ClientAddress,
    credentials: Credentials,
    way: Way<'_>,
) -> Result<SignedIn, Fault> {
    match enter(desk, actor, from, credentials, way).await? {
        Entry::Opened(signed_in) => Ok(*signed_in),
        Entry::CodeNeeded(_) => Err(Fault::new(StatusCode::UNAUTHORIZED, "code_needed")),
    }
}

/// The same for a page, which asks for the second factor by itself.
pub(in crate::staff) async fn enter(
    desk: &Desk,
    actor: &Actor,
    from: &ClientAddress,
    credentials: Credentials,
    way: Way<'_>,
) -> Result<Entry, Fault> {
    let audience = way.audience;
    let email = credentials.email.trim().to_lowercase();
    let email: String = email.chars().take(254).collect();
    let attempt = Attempt { email: &email, account: None, from, audience };
    let Some(account) = proven(desk, &attempt, &credentials.password).await? else {
        return Err(refused(desk, actor, &attempt).await);
    };
    let grants = grants_of(desk, &account).await?;
    let (grants, proved, second) = match second(desk, &account, &grants, way, credentials.code).await? {
        Second::Fine(why) => (grants, false, why),
        Second::Proved => (grants, true, "code"),
        Second::Wanted => return Ok(Entry::CodeNeeded(account)),
        Second::Wrong => return Err(refused(desk, actor, &attempt).await),
        Second::Missing if audience == SERVICE => (Grants::nothing(&grants.role), false, "missing"),
        // It is set up at the desk; a session that can do nothing would only keep a queue waiting.
        Second::Missing => return Err(Fault::new(StatusCode::FORBIDDEN, "second_factor_missing")),
    };
    let detail = json!({"audience": audience, "second_factor": second});
    let opening = Opening { audience, lives: LIFETIME, grants, proved, detail, pin_hash: None };
    match open(desk, actor, account, opening).await? {
        Some(signed_in) => Ok(Entry::Opened(Box::new(signed_in))),
        None => Err(refused(desk, actor, &attempt).await),
    }
}

/// What an account may do.
pub(in crate::staff) async fn grants_of(desk: &Desk, account: &StaffRow) -> Result<Grants, Fault> {
    let mut conn = desk.db.conn().await?;
    Ok(roles::store::grants_of(&mut conn, account.id, &account.role).await?)
}

async fn second(
    desk: &Desk,
    account: &StaffRow,
    grants: &Grants,
    way: Way<'_>,
    code: Option<String>,
) -> Result<Second, Fault> {
    let mut conn = desk.db.conn().await?;
    let theirs = factors::of(&mut conn, account.id).await?;
    let has_one = theirs.totp || theirs.passkeys > 0;
    if !has_one && !grants.needs_second_factor() {
        return Ok(Second::Fine("none"));
    }
    if way.device {
        return Ok(Second::Fine("device"));
    }
    if !has_one {
        return Ok(Second::Missing);
    }
    let Some(code) = code.filter(|code| !code.trim().is_empty()) else { return Ok(Second::Wanted) };
    let fits = factors::code_fits(desk, &mut conn, account.id, code.trim(), desk.clock.now()).await?;
    Ok(if fits { Second::Proved } else { Second::Wrong })
}

/// The account, if the password is its own and it may be used. 429 after too many refusals.
pub(in crate::staff) async fn proven(
    desk: &Desk,
    attempt: &Attempt<'_>,
    password: &str,
) -> Result<Option<StaffRow>, Fault> {
    let lane = if attempt.audience == SERVICE { Lane::Desk } else { Lane::Door };
    let place = desk.passwords.place(lane)?;
    let account = find(desk, attempt.email, attempt.from).await?;
    let hash = account.as_ref().filter(|a| a.disabled_at.is_none()).and_then(|a| a.password_hash.clone());
    let password: String = password.chars().take(password::LONGEST + 1).collect();
    let fits = place.matches(hash, password).await?;
    Ok(account.filter(|_| fits))
}

async fn find(desk: &Desk, email: &str, from: &ClientAddress) -> Result<Option<StaffRow>, Fault> {
    let mut conn = desk.db.conn().await?;
    let account = crate::staff::store::by_email(&mut conn, email).await?;
    let whose = whose(desk, account.as_ref().map(|account| account.id), email);
    may_try(desk, &mut conn, &whose, from).await?;
    Ok(account)
}

/// Whose refusals are counted together, and what they are called in the audit log, for good: the account. An address that nobody here
/// has may be a password in the wrong field, or a guest's; nothing stays of it but a digest that nobody without our key can guess at.
fn whose(desk: &Desk, account: Option<Uuid>, email: &str) -> String {
    account.map_or_else(
        || format!("unknown:{}", desk.sealer.digest("address of the staff", email)),
        |account| account.to_string(),
    )
}

/// Who is counted as one: an address of IPv4, which whole houses share; of IPv6 the network that a customer may have (a /48), not the /64
/// of one machine.
fn client(from: &ClientAddress) -> String {
    if from.as_str().contains(':') { from.network().as_str().to_owned() } else { from.as_str().to_owned() }
}

/// 429 after too many refusals of one client at one account (its key), whatever it got wrong.
pub(in crate::staff) async fn may_try(
    desk: &Desk,
    conn: &mut Conn,
    whose: &str,
    from: &ClientAddress,
) -> Result<(), Fault> {
    let refused = store::refused(conn, whose, &client(from), desk.clock.now() - WINDOW).await?;
    if refused >= TRIES {
        return Err(Fault::rate_limited(WINDOW.to_std().unwrap_or_default()));
    }
    Ok(())
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
    let Opening { audience, lives, grants, proved, detail, pin_hash } = opening;
    let wanted = grants.clone();
    let mut claims = Claims::new(audience, StaffId::from_uuid(account.id), session, now).person(
        &account.name,
        &account.email,
        grants,
    );
    claims.exp = (now + lives).timestamp();
    if proved {
        claims = claims.proved(now);
    }
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
            // Nor what their role or their nights have ended meanwhile.
            let held = roles::store::grants_of(conn, account.id, &account.role).await?;
            if wanted.can.iter().next().is_some() && wanted != held {
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
    let from = attempt.from;
    let detail = json!({
        "audience": attempt.audience, "address": from.as_str(), "client": client(from),
        "network": from.network().as_str(),
    });
    let noted = async {
        let mut conn = desk.db.conn().await?;
        let account = match attempt.account {
            Some(account) => Some(account),
            None => crate::staff::store::by_email(&mut conn, attempt.email).await?.map(|account| account.id),
        };
        let whose = whose(desk, account, attempt.email);
        audit::record(&mut conn, actor, "session.refused", &whose, detail, desk.clock.now()).await
    };
    match noted.await {
        Ok(()) => Fault::new(StatusCode::UNAUTHORIZED, "invalid_credentials"),
        Err(error) => error.into(),
    }
}
