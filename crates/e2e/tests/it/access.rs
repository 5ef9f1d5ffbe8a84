//! Who may knock where: every route of the three services × everybody, against one table.
//!
//! The routes come from the services' own tables, which are the only way to register one. A route without a row here
//! fails, and so does a row without its route.

mod table;

use anyhow::{Context, Result};
use devstack::{Service, Stack, StackOptions, StaffRole};
use domain::{
    clock::{Clock, SystemClock},
    ids::{SessionId, StaffId},
    permission::{Permission, Role},
};
use e2e::{
    audit,
    wait::{PATIENCE, until},
};
use reqwest::{Client, Method, Response};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use table::ROWS;
use uuid::Uuid;
use web::session::{Claims, SessionKeys, SessionSigner};

/// Who may call a route.
#[derive(Debug, Clone, Copy)]
pub enum Access {
    /// Everybody, signed in or not.
    Everybody,
    /// Guests who are signed in: no staff, and no service.
    Guests,
    /// Every member of staff who is signed in.
    Staff,
    /// Staff whose role holds the permission.
    Holds(Permission),
    /// These services and nobody else; the route is on the internal port.
    Callers(&'static [&'static str]),
}

/// A route and who may call it.
#[derive(Debug)]
pub struct Row {
    service: Service,
    method: &'static str,
    path: &'static str,
    access: Access,
}

/// A service's own table: its public and its internal routes.
fn tables(service: Service) -> [Vec<(String, String)>; 2] {
    let rows =
        |rows: Vec<web::routes::RouteRow>| rows.into_iter().map(|r| (r.method.to_string(), r.path)).collect();
    let (public, internal) = match service {
        Service::Purchase => (table_of(purchase::routes::public), table_of(purchase::routes::internal)),
        Service::Scanner => (table_of(scanner::routes::public), table_of(scanner::routes::internal)),
        Service::MarketingAdmin => {
            (table_of(marketing_admin::routes::public), table_of(marketing_admin::routes::internal))
        }
    };
    [rows(public), rows(internal)]
}

fn table_of(configure: fn(&mut web::Routes)) -> Vec<web::routes::RouteRow> {
    web::routes::table(configure)
}

/// The public routes of the service with this program name, as (method, path).
pub fn routes_of(program: &str) -> Vec<(String, String)> {
    let service = Service::ALL.into_iter().find(|s| s.program() == program).expect("one of the three");
    let [public, _] = tables(service);
    public
}

#[test]
fn every_route_has_its_row_and_every_row_its_route() {
    for service in Service::ALL {
        let served: BTreeSet<(String, String)> = tables(service).into_iter().flatten().collect();
        let rows = ROWS.iter().filter(|row| row.service == service);
        let listed: BTreeSet<(String, String)> = rows.map(|r| (r.method.into(), r.path.into())).collect();
        let without_row: Vec<_> = served.difference(&listed).collect();
        let without_route: Vec<_> = listed.difference(&served).collect();
        assert!(
            without_row.is_empty() && without_route.is_empty(),
            "{service:?}\nno row: {without_row:#?}\nno route: {without_route:#?}"
        );
    }
}

/// Somebody who knocks, and with what in hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Actor {
    Nobody,
    Is(StaffRole),
    Expired,
    OtherAudience,
    OtherKey,
    Caller(&'static str),
    CallerOfOther(&'static str),
}

const ACTORS: [Actor; 12] = [
    Actor::Nobody,
    Actor::Is(StaffRole::Owner),
    Actor::Is(StaffRole::Manager),
    Actor::Is(StaffRole::DoorStaff),
    Actor::Expired,
    Actor::OtherAudience,
    Actor::OtherKey,
    Actor::Caller("purchase"),
    Actor::Caller("scanner"),
    Actor::Caller("marketing-admin"),
    Actor::Caller("magueyctl"),
    Actor::CallerOfOther("magueyctl"),
];

/// What the table demands of an actor at a route.
#[derive(Debug, PartialEq, Eq)]
enum Answer {
    In,
    WhoAreYou,
    NotYou,
}

fn demanded(access: Access, actor: Actor) -> Answer {
    match (access, actor) {
        (Access::Everybody, _) => Answer::In,
        (Access::Staff, Actor::Is(_)) => Answer::In,
        (Access::Holds(permission), Actor::Is(role)) => {
            if role_of(role).may(permission) {
                Answer::In
            } else {
                Answer::NotYou
            }
        }
        (Access::Callers(callers), Actor::Caller(name)) => {
            if callers.contains(&name) {
                Answer::In
            } else {
                Answer::NotYou
            }
        }
        _ => Answer::WhoAreYou,
    }
}

fn role_of(role: StaffRole) -> Role {
    match role {
        StaffRole::Owner => Role::Owner,
        StaffRole::Manager => Role::Manager,
        StaffRole::DoorStaff => Role::DoorStaff,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_lets_in_whom_it_should_and_nobody_else() -> Result<()> {
    let stack = Stack::start(StackOptions::default()).await?;
    let client = stack.client()?;
    let (mut wrong, mut refused) = (Vec::new(), BTreeMap::new());
    let mut sessions = Sessions::default();
    for row in ROWS {
        for actor in ACTORS {
            let answer = knock(&stack, &client, &mut sessions, row, actor).await?;
            let (status, found) = judge(answer).await?;
            let demanded = demanded(row.access, actor);
            if found == Answer::NotYou {
                *refused.entry(schema(row.service)).or_default() += 1;
            }
            if found != demanded {
                wrong.push(format!(
                    "{} {} as {actor:?}: {status}, {demanded:?} is right",
                    row.method, row.path
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    every_refusal_is_on_record(&stack, &refused).await;
    Ok(())
}

/// Whoever is known and may not has left a row, in the schema of the service that refused; nobody else has.
async fn every_refusal_is_on_record(stack: &Stack, refused: &BTreeMap<&str, i64>) {
    assert_eq!(refused.len(), 3, "each service refused somebody: {refused:?}");
    for (schema, times) in refused {
        let rows = format!("select count(*) as sum from {schema}.audit_log where action = 'access.denied'");
        until(&format!("{schema} has {times} refusals on record"), PATIENCE, || async {
            (audit::count(stack, &rows).await.ok()? == *times).then_some(())
        })
        .await;
    }
}

fn schema(service: Service) -> &'static str {
    match service {
        Service::Purchase => "purchase",
        Service::Scanner => "scanner",
        Service::MarketingAdmin => "marketing_admin",
    }
}

async fn knock(
    stack: &Stack,
    client: &Client,
    sessions: &mut Sessions,
    row: &Row,
    actor: Actor,
) -> Result<Response> {
    let base = match row.access {
        Access::Callers(_) => stack.internal(row.service),
        Access::Everybody | Access::Guests | Access::Staff | Access::Holds(_) => stack.direct(row.service),
    };
    let subject = match row.service {
        Service::Purchase => "order.paid",
        Service::Scanner => "ticket.scanned",
        Service::MarketingAdmin => "event.changed",
    };
    let mut path = row.path.replace("{subject}", subject);
    while let (Some(open), Some(close)) = (path.find('{'), path.find('}')) {
        path.replace_range(open..=close, &Uuid::nil().to_string());
    }
    let site = match row.service {
        Service::Purchase => &stack.urls.purchase,
        Service::Scanner => &stack.urls.scanner,
        Service::MarketingAdmin => &stack.urls.marketing,
    };
    let request = client
        .request(Method::from_bytes(row.method.as_bytes())?, format!("{base}{path}"))
        .header("accept", "application/json")
        .header("origin", site);
    let request = match credential(stack, sessions, row, actor).await? {
        Some(token) => request.bearer_auth(token),
        None => request,
    };
    Ok(request.send().await?)
}

/// Who is signed in, by site and role: a sign-in is work that is meant to take its time.
#[derive(Debug, Default)]
struct Sessions(Vec<(Service, StaffRole, String)>);

impl Sessions {
    /// A token of a session that is kept for the next route; of one that ends with this route, a new one.
    async fn of(&mut self, stack: &Stack, row: &Row, role: StaffRole) -> Result<String> {
        if row.path.ends_with("/sign-out") || (row.method, row.path) == ("DELETE", "/api/v1/session") {
            return self.of_its_own(stack, row, role).await;
        }
        self.kept(stack, row, role).await
    }

    async fn kept(&mut self, stack: &Stack, row: &Row, role: StaffRole) -> Result<String> {
        let site = site_of(row.service);
        let kept = self.0.iter().find(|(service, of, _)| (*service, *of) == (site, role));
        if let Some((_, _, token)) = kept {
            return Ok(token.clone());
        }
        let token = signed_in(stack, site, role).await?;
        self.0.push((site, role, token.clone()));
        Ok(token)
    }

    /// A session beside the kept one, written past the sign-in: a second factor's code is good once, and the next one is half a
    /// minute away.
    async fn of_its_own(&mut self, stack: &Stack, row: &Row, role: StaffRole) -> Result<String> {
        let (kept, sid) = (self.kept(stack, row, role).await?, SessionId::generate());
        let (signer, now) = (session_signer(stack)?, SystemClock.now());
        let claims = session_keys(stack)?.verify(&kept, row.service.program(), now)?;
        let insert = format!(
            "insert into marketing_admin.sessions (id, staff_id, audience, created_at, expires_at)
             values ('{sid}', '{}', '{}', now(), now() + interval '1 hour')",
            claims.sub, claims.aud
        );
        audit::change(stack, &insert).await?;
        Ok(signer.sign(&Claims { sid, ..claims }))
    }
}

async fn credential(
    stack: &Stack,
    sessions: &mut Sessions,
    row: &Row,
    actor: Actor,
) -> Result<Option<String>> {
    let audience = row.service.program();
    let now = SystemClock.now();
    Ok(Some(match actor {
        Actor::Nobody => return Ok(None),
        Actor::Is(role) => sessions.of(stack, row, role).await?,
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
    }))
}

/// Where the staff of a service sign in; purchase has none of its own, so its callers hold the desk's token.
fn site_of(service: Service) -> Service {
    if service == Service::Scanner { Service::Scanner } else { Service::MarketingAdmin }
}

/// A real sign-in.
async fn signed_in(stack: &Stack, site: Service, role: StaffRole) -> Result<String> {
    let body = stack.staff(role).sign_in().await?;
    let answer =
        stack.client()?.post(format!("{}/api/v1/session", stack.direct(site))).json(&body).send().await?;
    let answer: Value = answer.error_for_status()?.json().await?;
    Ok(answer["token"].as_str().context("a token")?.to_owned())
}

fn claims(audience: &str, now: chrono::DateTime<chrono::Utc>) -> Claims {
    Claims::new(audience, StaffId::generate(), SessionId::generate(), now).person(
        "Eve",
        "eve@example.com",
        Role::Owner,
    )
}

fn session_keys(stack: &Stack) -> Result<SessionKeys> {
    let text = stack.keys().session_signing();
    let (kid, seed) = text.split_once(':').context("kid:seed")?;
    Ok(SessionKeys::one(kid, seed_key(seed)?.verifying_key()))
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

/// What an answer says about the one who knocked. A form that misses only its hidden token was reached.
async fn judge(answer: Response) -> Result<(u16, Answer)> {
    let status = answer.status().as_u16();
    let to_sign_in =
        answer.headers().get("location").and_then(|l| l.to_str().ok()).is_some_and(|l| l.contains("next="));
    let found = match status {
        401 => {
            let problem: Value = answer.json().await?;
            // A sign-in that refuses a password was reached.
            if problem["code"] == "invalid_credentials" { Answer::In } else { Answer::WhoAreYou }
        }
        303 if to_sign_in => Answer::WhoAreYou,
        403 => {
            let problem: Value = answer.json().await?;
            // So was what asks its caller for a second factor once more.
            let reached = ["csrf_rejected", "proof_needed"].iter().any(|code| problem["code"] == *code);
            if reached { Answer::In } else { Answer::NotYou }
        }
        _ => Answer::In,
    };
    Ok((status, found))
}
