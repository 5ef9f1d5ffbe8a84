//! Everybody who knocks, and what they have in hand.

use super::Row;
use anyhow::{Context, Result};
use devstack::{Service, Stack};
use domain::{
    clock::{Clock, SystemClock},
    ids::{SessionId, StaffId},
    permission::Role,
};
use e2e::audit;
use uuid::Uuid;
use web::session::{Claims, SessionSigner};

/// Somebody who knocks, and with what in hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Actor {
    Nobody,
    /// A guest who is signed in.
    Guest,
    Is(Role),
    /// Was the owner, and may work here no more.
    Suspended,
    Expired,
    OtherAudience,
    OtherKey,
    Caller(&'static str),
    CallerOfOther(&'static str),
}

pub(super) const ACTORS: [Actor; 20] = [
    Actor::Nobody,
    Actor::Guest,
    Actor::Is(Role::Owner),
    Actor::Is(Role::Manager),
    Actor::Is(Role::BoxOffice),
    Actor::Is(Role::DoorSupervisor),
    Actor::Is(Role::DoorStaff),
    Actor::Is(Role::VipHost),
    Actor::Is(Role::Promoter),
    Actor::Is(Role::Marketing),
    Actor::Is(Role::Accountant),
    Actor::Suspended,
    Actor::Expired,
    Actor::OtherAudience,
    Actor::OtherKey,
    Actor::Caller("purchase"),
    Actor::Caller("scanner"),
    Actor::Caller("marketing-admin"),
    Actor::Caller("magueyctl"),
    Actor::CallerOfOther("magueyctl"),
];

/// What somebody has in hand.
pub(super) enum Hand {
    Token(String),
    Cookies(String),
}

/// Who is signed in. Sessions of the staff are written past the sign-in, each for one role at one service; a guest signs in.
#[derive(Debug, Default)]
pub(super) struct Sessions {
    staff: Vec<(Service, Role, String)>,
    guest: Option<String>,
}

impl Sessions {
    /// A token of a session that is kept for the next route; of one that ends with this route, a new one.
    async fn of(&mut self, stack: &Stack, row: &Row, role: Role) -> Result<String> {
        if row.path.ends_with("/sign-out") || (row.method, row.path) == ("DELETE", "/api/v1/session") {
            return member(stack, row.service, role, "NULL").await;
        }
        let kept = self.staff.iter().find(|(service, of, _)| (*service, *of) == (row.service, role));
        if let Some((_, _, token)) = kept {
            return Ok(token.clone());
        }
        let token = member(stack, row.service, role, "NULL").await?;
        self.staff.push((row.service, role, token.clone()));
        Ok(token)
    }

    /// The cookies of a guest; a new sign-in where this route ends the session.
    async fn guest(&mut self, stack: &Stack, row: &Row) -> Result<String> {
        let ends = row.method == "POST" && row.path.starts_with("/account/");
        if let Some(kept) = self.guest.as_ref().filter(|_| !ends) {
            return Ok(kept.clone());
        }
        let cookies = guest(stack).await?;
        if !ends {
            self.guest = Some(cookies.clone());
        }
        Ok(cookies)
    }
}

/// A new member of the staff with a session at a service, and its token.
async fn member(stack: &Stack, service: Service, role: Role, disabled_at: &str) -> Result<String> {
    let (audience, now) = (service.program(), SystemClock.now());
    let claims = Claims::new(audience, StaffId::generate(), SessionId::generate(), now);
    let claims = claims.person("Eve", "eve@example.com", role).proved(now);
    let (staff, session) = (claims.sub, claims.sid);
    let rows = format!(
        "insert into marketing_admin.accounts (id, email, name, created_at, changed_at)
         values ('{staff}', '{staff}@club.test', 'Eve', now(), now());
         insert into marketing_admin.staff (id, role, disabled_at, created_at, changed_at)
         values ('{staff}', '{}', {disabled_at}, now(), now());
         insert into marketing_admin.sessions (id, staff_id, audience, created_at, expires_at)
         values ('{session}', '{staff}', '{audience}', now(), now() + interval '12 hours')",
        role.code()
    );
    audit::change(stack, &rows).await?;
    Ok(session_signer(stack)?.sign(&claims))
}

/// An address of a network that nobody else has.
fn network_of(id: Uuid) -> String {
    let [.., a, b, c] = id.into_bytes();
    format!("10.{a}.{b}.{c}")
}

/// The cookies of a guest who has just signed in.
async fn guest(stack: &Stack) -> Result<String> {
    use argon2::{Argon2, password_hash::PasswordHasher};
    let (id, password) = (Uuid::now_v7(), "nine blue tables at dawn");
    let hash = Argon2::default().hash_password(password.as_bytes()).map_err(|e| anyhow::anyhow!("{e}"))?;
    let row = format!(
        "insert into marketing_admin.accounts (id, email, name, password_hash, created_at, changed_at)
         values ('{id}', '{id}@guest.test', 'Gil', '{hash}', now(), now())"
    );
    audit::change(stack, &row).await?;
    let answer = stack
        .client()?
        .post(format!("{}/account/sign-in", stack.direct(Service::MarketingAdmin)))
        .header("origin", &stack.urls.marketing)
        // Each guest from a network of their own: so many tries of one would be told to wait.
        .header("x-envoy-external-address", network_of(id))
        .form(&[("email", format!("{id}@guest.test").as_str()), ("password", password)])
        .send()
        .await?;
    let cookies = answer.headers().get_all("set-cookie").iter().filter_map(|set| set.to_str().ok());
    let pairs: Vec<String> = cookies.filter_map(|set| set.split(';').next().map(str::to_owned)).collect();
    anyhow::ensure!(pairs.len() >= 2, "a guest's sign-in answered {}", answer.status());
    Ok(pairs.join("; "))
}

pub(super) async fn credential(
    stack: &Stack,
    sessions: &mut Sessions,
    row: &Row,
    actor: Actor,
) -> Result<Option<Hand>> {
    let audience = row.service.program();
    let now = SystemClock.now();
    Ok(Some(Hand::Token(match actor {
        Actor::Nobody => return Ok(None),
        Actor::Guest => return Ok(Some(Hand::Cookies(sessions.guest(stack, row).await?))),
        Actor::Is(role) => sessions.of(stack, row, role).await?,
        Actor::Suspended => {
            // Suspending somebody ends their sessions, which the door hears of; the desk asks who it is.
            let token = member(stack, row.service, Role::Owner, "now()").await?;
            if row.service == Service::MarketingAdmin { token } else { return Ok(None) }
        }
        Actor::Expired => {
            let long_ago = now - chrono::TimeDelta::hours(13);
            session_signer(stack)?.sign(&claims(audience, long_ago))
        }
        Actor::OtherAudience => session_signer(stack)?.sign(&claims("somebody-else", now)),
        Actor::OtherKey => {
            let key = ed25519_dalek::SigningKey::from_bytes(&[3; 32]);
            SessionSigner::new("local-1", &key).sign(&claims(audience, now))
        }
        Actor::Caller(name) => service_token(stack, name, audience)?,
        Actor::CallerOfOther(name) => service_token(stack, name, "somebody-else")?,
    })))
}

fn claims(audience: &str, now: chrono::DateTime<chrono::Utc>) -> Claims {
    Claims::new(audience, StaffId::generate(), SessionId::generate(), now).person(
        "Eve",
        "eve@example.com",
        Role::Owner,
    )
}

fn session_signer(stack: &Stack) -> Result<SessionSigner> {
    let text = stack.keys().session_signing();
    let (kid, seed) = text.split_once(':').context("kid:seed")?;
    Ok(SessionSigner::new(kid, &seed_key(seed)?))
}

pub fn service_token(stack: &Stack, name: &str, audience: &str) -> Result<String> {
    let key = seed_key(&stack.keys().service_signing(name))?;
    Ok(web::service_token::ServiceSigner::new(name, &key).token(audience, SystemClock.now()))
}

fn seed_key(seed: &str) -> Result<ed25519_dalek::SigningKey> {
    use base64::{Engine, engine::general_purpose::STANDARD};
    let seed: [u8; 32] = STANDARD.decode(seed)?.try_into().ok().context("a seed has 32 bytes")?;
    Ok(ed25519_dalek::SigningKey::from_bytes(&seed))
}
