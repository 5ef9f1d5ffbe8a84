//! The page: search, days, one service or all, the newest first.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use audit::trail::{Entry, MOST, Trail, Wish};
use chrono::{DateTime, Days, NaiveDate, TimeZone, Utc};
use chrono_tz::Tz;
use futures::future::join_all;
use serde::Deserialize;
use serde_json::Value;
use ui::{Shell, format};
use uuid::Uuid;
use web::can::AuditRead;
use web::{Fault, Locale};

use super::store;
use crate::Desk;
use crate::services::{Away, Service};
use crate::staff::Member;
use crate::views::{self, Room};

const PAGE: &str = "/admin/audit";
const FILE: &str = "/admin/exports/audit";

/// What is to be seen.
#[derive(Debug, Default, Deserialize)]
pub struct Filter {
    #[serde(default)]
    pub(super) search: String,
    #[serde(default)]
    pub(super) service: String,
    #[serde(default)]
    pub(super) from: String,
    #[serde(default)]
    pub(super) until: String,
    #[serde(default)]
    before: String,
    #[serde(default)]
    sort: String,
    #[serde(default)]
    #[expect(dead_code, reason = "the language switch adds it to every address")]
    lang: String,
}

#[derive(Template)]
#[template(path = "audit_log/page.html")]
struct AuditPage {
    shell: Shell,
    style: String,
    search: String,
    from: String,
    until: String,
    services: Vec<Choice>,
    /// How far each log is known to be whole, in words, and whether that is good.
    chains: Vec<(String, bool)>,
    away: Vec<String>,
    lines: Vec<Line>,
    older: Option<String>,
    /// Where all of it is a file.
    file: String,
}

struct Choice {
    code: &'static str,
    name: String,
    chosen: bool,
}

struct Line {
    at: String,
    who: String,
    action: String,
    target: String,
    service: String,
    request: String,
    reason: String,
    denied: bool,
    details: Vec<(String, String)>,
}

pub(super) type Found = (Service, Result<Trail, Away>);

/// `GET /admin/audit`.
pub async fn show(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    member: Member<AuditRead>,
    filter: Query<Filter>,
) -> Result<HttpResponse, Fault> {
    let filter = filter.into_inner();
    let Gathered { found, names, zone, wish } = gather(&desk, &filter).await?;
    let title = ui::text(locale.0, "audit-title", &[]);
    let shell = views::desk_shell(&desk, &request, locale, &member, Room::Audit, &title);
    let (entries, more) = newest(&found, MOST);
    let page = AuditPage {
        style: crate::assets::url("admin.css"),
        services: choices(&shell, &filter.service),
        chains: found.iter().filter_map(|found| chain(&shell, found, zone)).collect(),
        away: found.iter().filter(|(_, trail)| trail.is_err()).map(|(of, _)| name(&shell, *of)).collect(),
        older: entries.last().filter(|_| more).map(|(_, last)| address(PAGE, &filter, Some(last.id))),
        file: address(FILE, &filter, None),
        lines: entries.into_iter().map(|(of, entry)| line(&shell, of, entry, &names, zone)).collect(),
        search: wish.search,
        from: filter.from,
        until: filter.until,
        shell,
    };
    views::private(StatusCode::OK, &page)
}

/// What the services answered to a filter.
pub(super) struct Gathered {
    pub(super) found: Vec<Found>,
    names: HashMap<Uuid, String>,
    zone: Tz,
    wish: Wish,
}

/// What a filter means.
pub(super) struct Meant {
    /// Whose logs.
    pub(super) asked: Vec<Service>,
    /// Which rows.
    pub(super) wish: Wish,
    /// What the staff are called.
    pub(super) names: HashMap<Uuid, String>,
    /// The venue's clock.
    pub(super) zone: Tz,
}

/// 422 for a filter that means nothing, 404 for a service that there is not.
pub(super) async fn meant(desk: &Desk, filter: &Filter) -> Result<Meant, Fault> {
    if !matches!(filter.sort.as_str(), "" | "newest") {
        return Err(Fault::invalid("invalid_sort").field("sort", "invalid_sort"));
    }
    let asked = match filter.service.as_str() {
        "" => Service::ALL.to_vec(),
        name => vec![name.parse::<Service>()?],
    };
    let mut conn = desk.db.conn().await?;
    let zone = crate::events::venues::resolve(&mut conn, None).await.map_or(Tz::UTC, |venue| venue.zone());
    let names = store::names(&mut conn).await?;
    drop(conn);
    let wish = wish(filter, &names, zone)?;
    Ok(Meant { asked, wish, names, zone })
}

/// Asks the services, all at once.
pub(super) async fn ask(desk: &Desk, asked: &[Service], wish: &Wish) -> Vec<Found> {
    let each = asked.iter().map(|service| async move { (*service, service.trail(desk, wish).await) });
    join_all(each).await
}

/// Asks them for a page.
pub(super) async fn gather(desk: &Desk, filter: &Filter) -> Result<Gathered, Fault> {
    let Meant { asked, wish, names, zone } = meant(desk, filter).await?;
    let found = ask(desk, &asked, &wish).await;
    Ok(Gathered { found, names, zone, wish })
}

fn wish(filter: &Filter, names: &HashMap<Uuid, String>, zone: Tz) -> Result<Wish, Fault> {
    let search: String = filter.search.trim().chars().take(100).collect();
    let wanted = search.to_lowercase();
    let meant = names.iter().filter(|(_, name)| !wanted.is_empty() && name.to_lowercase().contains(&wanted));
    let people: Vec<String> = meant.map(|(id, _)| id.to_string()).collect();
    let before = match filter.before.as_str() {
        "" => None,
        key => Some(
            key.parse::<Uuid>()
                .map_err(|_| Fault::invalid("invalid_page").field("before", "invalid_page"))?,
        ),
    };
    let last = day("until", &filter.until)?.and_then(|day| day.checked_add_days(Days::new(1)));
    Ok(Wish {
        people: people.join(","),
        from: day("from", &filter.from)?.and_then(|day| begins(day, zone)),
        until: last.and_then(|day| begins(day, zone)),
        before,
        search,
        most: None,
    })
}

fn day(field: &'static str, text: &str) -> Result<Option<NaiveDate>, Fault> {
    if text.is_empty() {
        return Ok(None);
    }
    let day = text
        .parse::<NaiveDate>()
        .map_err(|_| Fault::invalid("validation_failed").field(field, "invalid_value"))?;
    Ok(Some(day))
}

fn begins(day: NaiveDate, zone: Tz) -> Option<DateTime<Utc>> {
    let midnight = day.and_hms_opt(0, 0, 0)?;
    zone.from_local_datetime(&midnight).earliest().map(|at| at.with_timezone(&Utc))
}

/// The newest of all, `most` at most as each service was asked for, and whether there are older ones.
pub(super) fn newest(found: &[Found], most: i64) -> (Vec<(Service, Entry)>, bool) {
    let most = usize::try_from(most).unwrap_or_default();
    let trails = found.iter().filter_map(|(of, trail)| trail.as_ref().ok().map(|trail| (*of, trail)));
    let mut more = false;
    let mut all = Vec::new();
    for (of, trail) in trails {
        more |= trail.entries.len() >= most;
        all.extend(trail.entries.iter().map(|entry| (of, entry.clone())));
    }
    all.sort_by_key(|(_, entry)| std::cmp::Reverse(entry.id));
    more |= all.len() > most;
    all.truncate(most);
    (all, more)
}

fn name(shell: &Shell, service: Service) -> String {
    shell.t(&format!("admin-service-{}", service.name()))
}

fn choices(shell: &Shell, chosen: &str) -> Vec<Choice> {
    let of = |service: &Service| Choice {
        code: service.name(),
        name: name(shell, *service),
        chosen: service.name() == chosen,
    };
    Service::ALL.iter().map(of).collect()
}

fn chain(shell: &Shell, (of, trail): &Found, zone: Tz) -> Option<(String, bool)> {
    let check = trail.as_ref().ok()?.check.as_ref();
    let name = name(shell, *of);
    Some(match check {
        None => (shell.t1("audit-chain-none", "service", name), true),
        Some(check) if check.faults > 0 => (shell.t1("audit-chain-broken", "service", name), false),
        Some(check) => {
            let at = format::date_time(shell.lang, check.at, zone);
            (shell.t2("audit-chain-good", "service", name, "at", at), true)
        }
    })
}

/// What shows the same at another address, from the row after `last` on.
fn address(path: &str, filter: &Filter, last: Option<Uuid>) -> String {
    let last = last.map(|last| last.to_string()).unwrap_or_default();
    let parts = [
        ("search", filter.search.as_str()),
        ("service", filter.service.as_str()),
        ("from", filter.from.as_str()),
        ("until", filter.until.as_str()),
        ("before", last.as_str()),
    ];
    let said = parts.into_iter().filter(|(_, value)| !value.is_empty());
    // Only its query is used.
    let address = reqwest::Url::parse_with_params("http://desk.invalid/", said);
    let query = address.ok().and_then(|url| url.query().map(str::to_owned)).unwrap_or_default();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

fn line(shell: &Shell, of: Service, entry: Entry, names: &HashMap<Uuid, String>, zone: Tz) -> Line {
    let role = views::role_name(shell.lang, &entry.actor);
    let person = entry.staff_id.map(|id| names.get(&id).cloned().unwrap_or_else(|| id.to_string()));
    Line {
        at: format::date_time(shell.lang, entry.at, zone),
        who: person.map_or_else(|| role.clone(), |person| format!("{person} · {role}")),
        denied: entry.action == "access.denied",
        service: name(shell, of),
        details: details(&entry.detail),
        action: entry.action,
        target: entry.target,
        request: entry.request_id,
        reason: entry.reason.unwrap_or_default(),
    }
}

/// What is beside each other in the row, one by one; texts without their quotes.
fn details(detail: &Value) -> Vec<(String, String)> {
    let plain = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let fields = detail.as_object().into_iter().flatten();
    fields.map(|(name, value)| (name.clone(), plain(value))).collect()
}
