//! `/admin/disputes`: what banks have taken back, what is to be answered first.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono_tz::Tz;
use domain::money::{Currency, Money};
use internal_api::purchase::disputes::ListedDispute;
use ui::{Shell, format};
use web::can::OrdersRead;
use web::{Fault, Locale};

use super::till;
use crate::Desk;
use crate::orders::Badge;
use crate::staff::Member;
use crate::views::{self, Room};

#[derive(Template)]
#[template(path = "disputes/list.html")]
struct ListPage {
    shell: Shell,
    style: String,
    lines: Vec<Line>,
    /// The ticket site does not answer.
    away: bool,
}

struct Line {
    href: String,
    reference: String,
    name: String,
    reason: String,
    opened: String,
    amount: String,
    deadline: String,
    badge: Badge,
}

/// Those that can still be answered first, the soonest deadline before the others; then the newest.
pub async fn show(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    member: Member<OrdersRead>,
) -> Result<HttpResponse, Fault> {
    let found = till::list(&desk, &member).await;
    let mut conn = desk.db.conn().await?;
    let zone = crate::events::venues::resolve(&mut conn, None).await.map_or(Tz::UTC, |venue| venue.zone());
    drop(conn);
    let title = ui::text(locale.0, "disputes-title", &[]);
    let shell = views::desk_shell(&desk, &request, locale, &member, Room::Orders, &title);
    let away = found.is_err();
    if let Err(fault) = &found {
        tracing::warn!(code = fault.code(), "disputes could not be looked for");
    }
    let mut disputes = found.unwrap_or_default();
    disputes.sort_by_key(|one| if to_answer(one) { (0, one.answer_by) } else { (1, None) });
    let page = ListPage {
        style: crate::assets::url("admin.css"),
        lines: disputes.into_iter().map(|one| line(&shell, one, zone)).collect(),
        away,
        shell,
    };
    views::private(StatusCode::OK, &page)
}

fn to_answer(one: &ListedDispute) -> bool {
    matches!(one.status.as_str(), "needs_response" | "warning_needs_response")
}

fn line(shell: &Shell, one: ListedDispute, zone: Tz) -> Line {
    let currency: Currency = one.currency.parse().unwrap_or(Currency::Eur);
    let at = |at| format::date_time(shell.lang, at, zone);
    let due = one.answer_by.filter(|_| to_answer(&one));
    Line {
        href: format!("/admin/disputes/{}", one.id),
        deadline: due.map(|by| shell.t1("disputes-answer-by", "when", at(by))).unwrap_or_default(),
        reason: reason(shell, &one.reason),
        opened: at(one.opened_at),
        amount: format::money(shell.lang, Money::new(one.amount_minor, currency)),
        badge: Badge::of_dispute(shell, &one.status),
        reference: one.reference,
        name: one.buyer_name,
    }
}

/// Why, in words; what no text knows stands as the bank gives it.
pub(super) fn reason(shell: &Shell, code: &str) -> String {
    let key = format!("disputes-reason-{}", code.replace('_', "-"));
    ui::try_text(shell.lang, &key, &[]).unwrap_or_else(|| code.to_owned())
}
