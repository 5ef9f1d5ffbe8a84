//! The page.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono_tz::Tz;
use domain::money::{Currency, Money};
use domain::night::BusinessNight;
use internal_api::purchase::payouts::{Balance, Part, Payout, Payouts};
use reqwest::Method;
use serde::Deserialize;
use ui::{Shell, format};
use web::can::FiguresRead;
use web::{Fault, Locale, peer};

use crate::Desk;
use crate::events::venues;
use crate::staff::Member;
use crate::views::{self, Room};

#[derive(Template)]
#[template(path = "payouts/page.html")]
struct Page {
    shell: Shell,
    style: String,
    csrf: String,
    done: String,
    away: bool,
    look: String,
    problem: bool,
    balances: Vec<BalanceLine>,
    payouts: Vec<PayoutLine>,
    /// Where those before them stand; empty for nowhere.
    older: String,
}

struct BalanceLine {
    ledger: String,
    stripe: String,
    bank: String,
    fees: String,
    equal: bool,
    off: String,
    /// What the difference is made of.
    why: Vec<String>,
}

struct PayoutLine {
    id: String,
    arrives: String,
    amount: String,
    tone: &'static str,
    icon: &'static str,
    state: String,
    failure: String,
    /// Why there are no parts; empty where there are.
    unknown: String,
    parts: Vec<PartLine>,
    /// What its parts do not come to; empty where they do.
    off: String,
}

struct PartLine {
    title: String,
    date: String,
    event: String,
    payments: String,
    refunds: String,
    disputes: String,
    fees: String,
    other: String,
    net: String,
}

/// What was done just before, and which payouts are looked at.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    done: String,
    /// Those that arrive before this one.
    after: Option<String>,
}

/// The payouts as purchase has them.
pub async fn show(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    member: Member<FiguresRead>,
    asked: Query<Asked>,
) -> Result<HttpResponse, Fault> {
    let call = desk.purchase.call_for(member.id, member.request(), Method::GET, "/internal/v1/payouts");
    let after = asked.after.as_deref().map(|after| ("after", after));
    let found: Option<Payouts> = match peer::answer(call.query(after.as_slice())).await {
        Ok(found) => Some(found),
        // What somebody wrote into the address; the ticket site is well.
        Err(error) if error.status() == Some(reqwest::StatusCode::UNPROCESSABLE_ENTITY) => {
            return Err(Fault::invalid("invalid_page").field("after", "invalid_page").source(error));
        }
        Err(error) => {
            tracing::warn!(?error, "what Stripe pays out can't be read");
            None
        }
    };
    let mut conn = desk.db.conn().await?;
    let zone = venues::resolve(&mut conn, None).await.map_or(Tz::UTC, |venue| venue.zone());
    drop(conn);
    let title = ui::text(locale.0, "payouts-title", &[]);
    let shell = views::desk_shell(&desk, &request, locale, &member, Room::Payments, &title);
    let done = match asked.done.as_str() {
        "asked" => shell.t("payouts-asked"),
        "away" => shell.t("payouts-away"),
        _ => String::new(),
    };
    let csrf = member.csrf_token().to_owned();
    views::private(StatusCode::OK, &page(shell, csrf, done, found, zone))
}

fn page(shell: Shell, csrf: String, done: String, found: Option<Payouts>, zone: Tz) -> Page {
    let away = found.is_none();
    let nothing =
        || Payouts { look: None, balances: Vec::new(), payouts: Vec::new(), parts: Vec::new(), next: None };
    let found = found.unwrap_or_else(nothing);
    let look = found.look.as_ref();
    let looked = look
        .map(|look| shell.t1("payouts-looked", "when", format::date_time(shell.lang, look.started_at, zone)));
    let older = found.next.map(|next| format!("/admin/payouts?after={next}"));
    let payouts = found.payouts.into_iter().map(|payout| {
        let parts = found.parts.iter().filter(|part| part.payout == payout.id).collect();
        payout_line(&shell, payout, parts)
    });
    Page {
        style: crate::assets::url("admin.css"),
        look: looked.unwrap_or_default(),
        problem: look.is_some_and(|look| look.problem.is_some()),
        balances: found.balances.iter().map(|balance| balance_line(&shell, balance)).collect(),
        payouts: payouts.collect(),
        older: older.unwrap_or_default(),
        csrf,
        done,
        away,
        shell,
    }
}

fn money(shell: &Shell, currency: &str, minor: i64) -> String {
    let currency: Currency = currency.parse().unwrap_or(Currency::Eur);
    format::money(shell.lang, Money::new(minor, currency))
}

fn balance_line(shell: &Shell, balance: &Balance) -> BalanceLine {
    let money = |minor| money(shell, &balance.currency, minor);
    let reasons = [
        ("payouts-why-on-its-way", balance.on_its_way_minor),
        ("payouts-why-since", balance.since_minor),
        ("payouts-why-orders", balance.orders_minor),
        ("payouts-why-unexplained", balance.unexplained_minor()),
    ];
    BalanceLine {
        ledger: money(balance.ledger_minor),
        stripe: money(balance.stripe_minor),
        bank: money(balance.bank_minor),
        fees: money(balance.fees_minor),
        equal: balance.ledger_minor == balance.stripe_minor,
        off: money(balance.stripe_minor - balance.ledger_minor),
        why: reasons
            .into_iter()
            .filter(|(_, minor)| *minor != 0)
            .map(|(key, minor)| shell.t1(key, "amount", money(minor)))
            .collect(),
    }
}

fn payout_line(shell: &Shell, payout: Payout, parts: Vec<&Part>) -> PayoutLine {
    let (tone, icon) = match payout.status.as_str() {
        "paid" => ("good", "check"),
        "failed" => ("refusal", "attention"),
        "canceled" => ("quiet", "cross"),
        _ => ("attention", "clock"),
    };
    let state = ui::try_text(shell.lang, &format!("payouts-state-{}", payout.status.replace('_', "-")), &[]);
    let off = payout.amount_minor - parts.iter().map(|part| part.net_minor).sum::<i64>();
    let unknown = match (payout.contents_known, payout.automatic) {
        (true, _) => String::new(),
        (false, true) => shell.t("payouts-not-yet"),
        (false, false) => shell.t("payouts-by-hand"),
    };
    PayoutLine {
        arrives: arrives(shell, &payout),
        amount: money(shell, &payout.currency, payout.amount_minor),
        off: if payout.contents_known && off != 0 {
            money(shell, &payout.currency, off)
        } else {
            String::new()
        },
        parts: parts.into_iter().map(|part| part_line(shell, part, &payout.currency)).collect(),
        state: state.unwrap_or(payout.status),
        failure: payout.failure,
        id: payout.id,
        unknown,
        tone,
        icon,
    }
}

/// When it is at the bank; of one that never gets there the day alone.
fn arrives(shell: &Shell, payout: &Payout) -> String {
    // Stripe names the day alone, as its midnight in UTC: in another zone it would be the day before, or have an hour.
    let day = format::date_short(shell.lang, payout.arrives_at, Tz::UTC);
    match payout.status.as_str() {
        "failed" | "canceled" => day,
        _ => shell.t1("payouts-arrives", "day", day),
    }
}

fn part_line(shell: &Shell, part: &Part, currency: &str) -> PartLine {
    let money = |minor| money(shell, currency, minor);
    let zone: Tz = part.time_zone.parse().unwrap_or(Tz::UTC);
    PartLine {
        title: if part.event.is_some() { part.title.clone() } else { shell.t("payouts-no-night") },
        date: part
            .starts_at
            .map(|at| format::calendar_date(shell.lang, BusinessNight::of(at, zone).date()))
            .unwrap_or_default(),
        event: part.event.map(|event| event.to_string()).unwrap_or_default(),
        payments: money(part.payments_minor),
        refunds: money(part.refunds_minor),
        disputes: money(part.disputes_minor),
        fees: money(part.fees_minor),
        other: other(shell, part, currency),
        net: money(part.net_minor),
    }
}

/// What of it is of no order of ours, and of a payout that had failed.
fn other(shell: &Shell, part: &Part, currency: &str) -> String {
    let named = [("payouts-foreign", part.foreign_minor), ("payouts-returned", part.returned_minor)];
    let said = named
        .into_iter()
        .filter(|(_, minor)| *minor != 0)
        .map(|(key, minor)| shell.t1(key, "amount", money(shell, currency, minor)));
    said.collect::<Vec<_>>().join(" ")
}
