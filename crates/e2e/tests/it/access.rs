//! Who may knock where: every route of the three services × everybody, against one table.
//!
//! The routes come from the services' own tables, which are the only way to register one. A route without a row here
//! fails, and so does a row without its route.

mod actors;
mod table;

pub use actors::service_token;

use actors::{ACTORS, Actor, Hand, Sessions, credential};
use anyhow::Result;
use devstack::{Service, Stack, StackOptions};
use domain::permission::Permission;
use e2e::{
    audit,
    wait::{PATIENCE, until},
};
use reqwest::{Client, Method, Response};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

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
    /// Staff whose role holds one of the two.
    Either(Permission, Permission),
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
        let rows = table::rows().filter(|row| row.service == service);
        let listed: BTreeSet<(String, String)> = rows.map(|r| (r.method.into(), r.path.into())).collect();
        let without_row: Vec<_> = served.difference(&listed).collect();
        let without_route: Vec<_> = listed.difference(&served).collect();
        assert!(
            without_row.is_empty() && without_route.is_empty(),
            "{service:?}\nno row: {without_row:#?}\nno route: {without_route:#?}"
        );
    }
}

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
        (Access::Staff, Actor::Is(_)) | (Access::Guests, Actor::Guest) => Answer::In,
        (Access::Holds(permission), Actor::Is(role)) => {
            if role.may(permission) {
                Answer::In
            } else {
                Answer::NotYou
            }
        }
        (Access::Either(one, other), Actor::Is(role)) => {
            if role.may(one) || role.may(other) {
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

#[tokio::test(flavor = "multi_thread")]
async fn every_route_lets_in_whom_it_should_and_nobody_else() -> Result<()> {
    let stack = Stack::start(StackOptions::default()).await?;
    let client = stack.client()?;
    let (mut wrong, mut refused) = (Vec::new(), BTreeMap::new());
    let mut sessions = Sessions::default();
    for row in table::rows() {
        for actor in ACTORS {
            let answer = knock(&stack, &client, &mut sessions, row, actor).await?;
            let (status, found) = judge(answer).await?;
            let demanded = demanded(row.access, actor);
            // Its answer is to lead on, whoever asks.
            let leads_on = row.path == "/account/refresh" && status == 303;
            // What is wrong with the rest of the request may be said before the database has told who asks.
            let unread = actor == Actor::Suspended && row.method != "GET" && matches!(status, 404 | 415);
            if leads_on || unread {
                continue;
            }
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
        Access::Everybody | Access::Guests | Access::Staff | Access::Holds(_) | Access::Either(..) => {
            stack.direct(row.service)
        }
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
        Some(Hand::Token(token)) => request.bearer_auth(token),
        Some(Hand::Cookies(cookies)) => request.header("cookie", cookies),
        None => request,
    };
    Ok(request.send().await?)
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
