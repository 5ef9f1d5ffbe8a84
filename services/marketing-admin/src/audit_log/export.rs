//! `/admin/exports/audit`: all that the page's filter finds, as a file. It is whole or does not leave: if one of the services can't be
//! asked there is none, for rows that are missing from it would not be seen to be.

use std::collections::HashMap;

use actix_web::HttpResponse;
use actix_web::web::{Data, Query};
use audit::trail::{Entry, LARGEST, Wish};
use chrono_tz::Tz;
use domain::language::Language;
use serde_json::json;
use uuid::Uuid;
use web::can::AuditRead;
use web::{Fault, Locale};

use super::page::{self, Filter, Meant};
use crate::Desk;
use crate::exports::answer::{self, Export};
use crate::exports::cell::Cell;
use crate::exports::file::Format;
use crate::exports::spool::{Rows, spool};
use crate::services::Service;
use crate::staff::Member;
use crate::views;

const COLUMNS: [&str; 11] =
    ["at", "service", "person", "staff", "role", "act", "target", "reason", "detail", "request", "row"];

/// The file: a second factor given lately, as for any list of people that leaves the house.
pub async fn download(
    desk: Data<Desk>,
    locale: Locale,
    member: Member<AuditRead>,
    filter: Query<Filter>,
) -> Result<HttpResponse, Fault> {
    member.proved(desk.clock.now())?;
    let meant = page::meant(&desk, &filter).await?;
    let columns = COLUMNS.iter().map(|name| ui::text(locale.0, &format!("audit-col-{name}"), &[])).collect();
    let written =
        spool(Format::Csv, columns, async |after: Option<String>| rows(&desk, &meant, locale.0, after).await)
            .await?;
    let export = Export {
        action: "audit.exported",
        target: if filter.service.is_empty() { "all".to_owned() } else { filter.service.clone() },
        asked: json!({"search": filter.search, "from": filter.from, "until": filter.until}),
        name: answer::name("audit", &filter.service, desk.clock.now(), meant.zone),
        format: Format::Csv,
    };
    answer::answer(&desk, &member.actor(), export, written).await
}

/// The next rows of all services together, the newest first; `after` is the last one of before.
async fn rows(
    desk: &Desk,
    meant: &Meant,
    lang: Language,
    after: Option<String>,
) -> Result<Rows<Vec<Cell>>, Fault> {
    let after: Option<Uuid> = after.map(|key| key.parse::<Uuid>()).transpose().map_err(Fault::internal)?;
    let wish = Wish { most: Some(LARGEST), before: after.or(meant.wish.before), ..meant.wish.clone() };
    let found = page::ask(desk, &meant.asked, &wish).await;
    if found.iter().any(|(_, trail)| trail.is_err()) {
        return Err(Fault::unavailable());
    }
    let (entries, more) = page::newest(&found, LARGEST);
    let next = entries.last().filter(|_| more).map(|(_, last)| last.id.to_string());
    let row = |(of, entry)| cells(of, entry, lang, &meant.names, meant.zone);
    Ok(Rows { rows: entries.into_iter().map(row).collect(), next })
}

fn cells(of: Service, entry: Entry, lang: Language, names: &HashMap<Uuid, String>, zone: Tz) -> Vec<Cell> {
    let person = entry.staff_id.and_then(|id| names.get(&id).cloned());
    vec![
        Cell::time(entry.at, zone),
        Cell::text(of.name()),
        Cell::text(person.unwrap_or_default()),
        Cell::text(entry.staff_id.map(|id| id.to_string()).unwrap_or_default()),
        Cell::text(views::role_name(lang, &entry.actor)),
        Cell::text(entry.action),
        Cell::text(entry.target),
        Cell::text(entry.reason.unwrap_or_default()),
        Cell::text(entry.detail.to_string()),
        Cell::text(entry.request_id),
        Cell::text(entry.id.to_string()),
    ]
}
