//! The page.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono_tz::Tz;
use domain::permission::Permission;
use internal_api::purchase::settlements::NightSettlements;
use serde::Deserialize;
use ui::{Shell, format};
use uuid::Uuid;
use web::can::FiguresRead;
use web::{Fault, Locale};

use super::till;
use crate::Desk;
use crate::events::store::{self as events, Which};
use crate::staff::Member;
use crate::views::{self, Room};

#[derive(Template)]
#[template(path = "settlements/page.html")]
struct Page {
    shell: Shell,
    style: String,
    csrf: String,
    event: String,
    night: String,
    when: String,
    done: String,
    away: bool,
    /// The night is over, the club has a key, and it is the owner who reads.
    may: bool,
    /// Why not, otherwise.
    why_not: String,
    key: String,
    lines: Vec<Line>,
}

struct Line {
    number: String,
    made: String,
    replaces: String,
    /// It stands: none replaces it.
    stands: bool,
}

/// What was done just before.
#[derive(Debug, Default, Deserialize)]
pub struct Done {
    #[serde(default)]
    done: String,
}

/// A night's settlements. 404 for no such night.
pub async fn show(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    member: Member<FiguresRead>,
    event: Path<Uuid>,
    done: Query<Done>,
) -> Result<HttpResponse, Fault> {
    let mut conn = desk.db.conn().await?;
    let night = events::find(&mut conn, Which::Id(*event)).await?.ok_or_else(Fault::not_found)?;
    drop(conn);
    let found = match till::of_night(&desk, &member, *event).await {
        Ok(found) => Some(found),
        Err(fault) if fault.status().is_client_error() => return Err(fault),
        Err(fault) => {
            tracing::warn!(code = fault.code(), "a night's settlements can't be read");
            None
        }
    };
    let title = ui::text(locale.0, "settlement-title", &[]);
    let shell = views::desk_shell(&desk, &request, locale, &member, Room::Payments, &title);
    let zone: Tz = night.row.time_zone.parse().unwrap_or(Tz::UTC);
    let away = found.is_none();
    let found = found.unwrap_or(NightSettlements { over: false, public_key: None, settlements: Vec::new() });
    let key = found.public_key.clone().unwrap_or_default();
    let signs = member.may(Permission::SettlementsSign);
    let page = Page {
        style: crate::assets::url("admin.css"),
        csrf: member.csrf_token().to_owned(),
        event: event.to_string(),
        when: format::night(shell.lang, night.row.starts_at, night.row.ends_at, zone),
        night: night.row.title,
        done: match done.done.as_str() {
            "made" => shell.t("settlement-done"),
            "refused" => shell.t("settlement-refused"),
            "away" => shell.t("settlement-away"),
            _ => String::new(),
        },
        may: found.over && !key.is_empty() && signs,
        why_not: match (found.over, key.is_empty()) {
            (false, _) => shell.t("settlement-not-over"),
            (true, true) => shell.t("settlement-no-key"),
            (true, false) => shell.t("settlement-owner-signs"),
        },
        lines: lines(&shell, &found, zone),
        key,
        away,
        shell,
    };
    views::private(StatusCode::OK, &page)
}

fn lines(shell: &Shell, found: &NightSettlements, zone: Tz) -> Vec<Line> {
    let replaced = |number: &str| found.settlements.iter().any(|one| one.replaces.as_deref() == Some(number));
    let line = |one: &internal_api::purchase::settlements::ListedSettlement| Line {
        made: format!("{} · {}", format::date_time(shell.lang, one.made_at, zone), one.made_by),
        replaces: one
            .replaces
            .as_deref()
            .map(|number| shell.t1("settlement-replaces-one", "number", number))
            .unwrap_or_default(),
        stands: !replaced(&one.number),
        number: one.number.clone(),
    };
    found.settlements.iter().map(line).collect()
}
