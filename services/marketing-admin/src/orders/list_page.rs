//! `/admin/orders`: looking for an order.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono_tz::Tz;
use domain::money::{Currency, Money};
use domain::night::BusinessNight;
use domain::permission::{Grants, Permission};
use internal_api::purchase::orders::FoundOrder;
use serde::Deserialize;
use ui::{Shell, format};
use uuid::Uuid;
use web::can::{OrdersRead, Within};
use web::{Fault, Locale};

use super::till;
use crate::Desk;
use crate::events::store::{self as events, Which};
use crate::staff::Member;
use crate::views::{self, Room};

#[derive(Template)]
#[template(path = "orders/list.html")]
struct ListPage {
    shell: Shell,
    style: String,
    search: String,
    event: String,
    events: Vec<(String, String)>,
    lines: Vec<Line>,
    /// Files of the chosen night that this member may have.
    files: Vec<&'static str>,
    /// The ticket site does not answer.
    away: bool,
}

impl ListPage {
    /// What a file is called.
    fn file(&self, what: &str) -> String {
        self.shell.t(&format!("exports-{what}"))
    }
}

struct Line {
    reference: String,
    name: String,
    email: String,
    night: String,
    date: String,
    total: String,
    badge: Badge,
}

/// How a state looks.
pub(crate) struct Badge {
    pub(crate) tone: &'static str,
    pub(crate) icon: &'static str,
    pub(crate) word: String,
}

impl Badge {
    /// Of an order.
    pub(super) fn of_order(shell: &Shell, state: &str) -> Self {
        let (tone, icon) = match state {
            "paid" => ("good", "check"),
            "pending" => ("attention", "clock"),
            "refunded" => ("quiet", "back"),
            _ => ("quiet", "cross"),
        };
        Self { tone, icon, word: shell.t(&format!("orders-state-{state}")) }
    }

    /// Of a dispute.
    pub(crate) fn of_dispute(shell: &Shell, status: &str) -> Self {
        let (tone, icon) = match status {
            "needs_response" | "warning_needs_response" => ("refusal", "attention"),
            "under_review" | "warning_under_review" => ("attention", "clock"),
            "won" | "warning_closed" => ("good", "check"),
            _ => ("quiet", "cross"),
        };
        Self { tone, icon, word: shell.t(&format!("disputes-status-{}", status.replace('_', "-"))) }
    }
}

/// What is looked for.
#[derive(Debug, Default, Deserialize)]
pub struct ListQuery {
    #[serde(default)]
    search: String,
    #[serde(default)]
    event: String,
}

/// The newest orders that fit.
pub async fn show(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    member: Member<Within<OrdersRead>>,
    query: Query<ListQuery>,
) -> Result<HttpResponse, Fault> {
    let event = night_of(&member, query.event.parse().ok())?;
    let found = till::search(&desk, &member, query.search.trim(), event).await;
    let mut nights = events::load(&mut *desk.db.conn().await?, Which::All).await?;
    nights.retain(|night| member.grants.reaches(night.row.id.into()));
    let title = ui::text(locale.0, "orders-title", &[]);
    let shell = views::desk_shell(&desk, &request, locale, &member, Room::Orders, &title);
    let away = found.is_err();
    if let Err(fault) = &found {
        tracing::warn!(code = fault.code(), "orders could not be looked for");
    }
    let page = ListPage {
        style: crate::assets::url("admin.css"),
        search: query.search.trim().to_owned(),
        event: event.map(|id| id.to_string()).unwrap_or_default(),
        events: nights.into_iter().map(|each| (each.row.id.to_string(), each.row.title)).collect(),
        lines: found.unwrap_or_default().into_iter().map(|order| line(&shell, order)).collect(),
        files: files(&member.grants),
        away,
        shell,
    };
    views::private(StatusCode::OK, &page)
}

/// The night that is asked for. Who is bound to some sees one of them at a time.
fn night_of<P>(member: &Member<P>, asked: Option<Uuid>) -> Result<Option<Uuid>, Fault> {
    match (asked, &member.grants.events) {
        (Some(asked), _) => member.within(asked.into()).map(|()| Some(asked)),
        (None, Some(theirs)) => Ok(Some(theirs.first().map_or(Uuid::nil(), |night| night.uuid()))),
        (None, None) => Ok(None),
    }
}

fn files(grants: &Grants) -> Vec<&'static str> {
    let all = [
        ("orders", Permission::OrdersRead),
        ("guests", Permission::GuestsExport),
        ("ledger", Permission::FiguresRead),
    ];
    all.into_iter().filter(|(_, needs)| grants.may(*needs)).map(|(what, _)| what).collect()
}

fn line(shell: &Shell, order: FoundOrder) -> Line {
    let zone: Tz = order.time_zone.parse().unwrap_or(Tz::UTC);
    let currency: Currency = order.currency.parse().unwrap_or(Currency::Eur);
    Line {
        date: format::calendar_date(shell.lang, BusinessNight::of(order.starts_at, zone).date()),
        total: format::money(shell.lang, Money::new(order.total_minor, currency)),
        badge: Badge::of_order(shell, &order.state),
        reference: order.reference,
        name: order.buyer_name,
        email: order.buyer_email,
        night: order.event_title,
    }
}
