//! `/admin/orders/{reference}`: all of an order, and the form that gives it back.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::dispute::DisputeStatus;
use domain::money::{Currency, Money};
use domain::night::BusinessNight;
use domain::order::Channel;
use domain::permission::Permission;
use internal_api::purchase::disputes::{Dispute, DisputedBefore};
use internal_api::purchase::orders::{self, Answered, OrderRecord, RecordedRefund, RecordedTicket};
use serde::Deserialize;
use ui::{Shell, format};
use uuid::Uuid;
use web::can::{OrdersRead, Within};
use web::{Fault, Locale};

use super::list_page::Badge;
use super::money_lines::{MoneyLine, money_lines};
use super::till::{self, RefundRequest};
use crate::Desk;
use crate::staff::Member;
use crate::views::{self, Room};

#[derive(Template)]
#[template(path = "orders/order.html")]
pub(super) struct OrderPage {
    shell: Shell,
    style: String,
    csrf: String,
    reference: String,
    badge: Badge,
    buyer: String,
    email: String,
    night: String,
    night_id: String,
    when: String,
    made: String,
    promo: String,
    lines: Vec<(String, String)>,
    total: String,
    tickets: Vec<TicketLine>,
    money: Vec<MoneyLine>,
    /// What Stripe could not give back, for whoever may say that it was paid another way.
    failed: Vec<FailedRefund>,
    disputes: Vec<DisputeLine>,
    /// That the buyer has disputed a payment before; empty for nobody's saying so.
    disputed_before: String,
    may_unmark: bool,
    /// What was asked, and what was answered.
    answers: Vec<(String, String)>,
    left: String,
    /// All that is left is the service fee.
    fee_alone: bool,
    /// Whether a ticket is left to take back.
    any_live: bool,
    /// Sold at the venue: staff hand the money back themselves.
    at_venue: bool,
    /// How it was paid, where that was not online.
    channel: String,
    /// Nothing was paid for it, and nothing goes back.
    free: bool,
    waiting: Option<Waiting>,
    may_refund: bool,
    keeps_fees: bool,
    key: String,
    done: String,
    pub(super) fault: String,
    pub(super) question: Option<Question>,
    entered: Entered,
}

struct TicketLine {
    id: String,
    type_name: String,
    holder: String,
    paid: String,
    without_fee: String,
    state: String,
    live: bool,
}

struct FailedRefund {
    id: String,
    line: String,
}

struct DisputeLine {
    href: String,
    what: String,
    badge: Badge,
    /// Until when the club may answer; empty where it can't.
    deadline: String,
}

impl OrderPage {
    /// What giving back all that is left does, as far as there is something to do.
    fn all_left(&self) -> String {
        let key = match (self.free, self.any_live, self.fee_alone) {
            (true, ..) => "orders-refund-all-free",
            (_, true, false) => "orders-refund-all",
            (_, true, true) => "orders-refund-fee-and-tickets",
            (_, false, true) => "orders-refund-fee",
            (_, false, false) => "orders-refund-rest",
        };
        self.shell.t1(key, "amount", self.left.clone())
    }

    /// How it goes back, and what is asked before.
    fn how(&self) -> String {
        self.shell.t(match (self.free, self.at_venue, self.any_live) {
            (true, ..) => "orders-refund-line-free",
            (_, true, true) => "orders-refund-line-venue",
            (_, true, false) => "orders-refund-line-rest-venue",
            (_, false, true) => "orders-refund-line",
            (_, false, false) => "orders-refund-line-rest",
        })
    }

    /// The form that is shown again asks for the same refund.
    pub(super) fn keep_key(&mut self) {
        if !self.entered.key.is_empty() {
            self.key.clone_from(&self.entered.key);
        }
    }
}

/// Somebody is inside: shall the money go back anyway?
pub(super) struct Question {
    pub(super) amount: String,
    pub(super) inside: Vec<String>,
    pub(super) hidden: Vec<(String, String)>,
}

/// A refund waits for the door: shall it go without its word?
struct Waiting {
    line: String,
    hidden: Vec<(String, String)>,
}

/// What stood in the form, if it is shown again.
#[derive(Debug, Default)]
pub(super) struct Entered {
    pub(super) scope: String,
    pub(super) amount: String,
    pub(super) reason: String,
    pub(super) key: String,
}

/// What was done just before.
#[derive(Debug, Default, Deserialize)]
pub struct Done {
    #[serde(default)]
    done: String,
}

/// The page.
pub async fn show(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    member: Member<Within<OrdersRead>>,
    reference: Path<String>,
    done: Query<Done>,
) -> Result<HttpResponse, Fault> {
    let record = till::order(&desk, &member, &reference).await?;
    let mut page = page(&desk, &request, locale, &member, record, Entered::default());
    page.done = match done.done.as_str() {
        "asked" => page.shell.t("orders-done-asked"),
        "unmarked" => page.shell.t("disputes-before-cleared"),
        "settled" => page.shell.t("orders-done-settled"),
        "" => String::new(),
        _ if page.free => page.shell.t("orders-done-voided"),
        _ if page.at_venue => page.shell.t("orders-done-handed"),
        _ => page.shell.t("orders-done-refund"),
    };
    views::private(StatusCode::OK, &page)
}

pub(super) fn page<P>(
    desk: &Desk,
    request: &HttpRequest,
    locale: Locale,
    member: &Member<P>,
    record: OrderRecord,
    entered: Entered,
) -> OrderPage {
    let order = record.order;
    let shell = views::desk_shell(desk, request, locale, member, Room::Orders, &order.reference);
    let zone: Tz = record.event.time_zone.parse().unwrap_or(Tz::UTC);
    let currency: Currency = order.currency.parse().unwrap_or(Currency::Eur);
    let lang = shell.lang;
    let money = |minor: i64| format::money(lang, Money::new(minor, currency));
    let at = |at: DateTime<Utc>| format::date_time(lang, at, zone);
    let at_venue = Channel::from_code(&order.channel).is_some_and(Channel::at_venue);
    let online = order.channel == Channel::Online.code();
    let channel = format!("box_office-channel-{}", order.channel.replace('_', "-"));
    let waiting =
        record.waiting.as_ref().map(|waits| waiting(&shell, waits, zone, money(waits.amount_minor)));
    // What a bank has taken can't be given back, and who is on the guest list is taken off it there.
    let elsewhere = record.guest_list || record.disputes.iter().any(holds_money);
    let live = record.tickets.iter().any(|ticket| is_live(&ticket.state));
    let may_refund = (record.left_minor > 0 || live) && !elsewhere && member.may(Permission::RefundsMake);
    let label = |kind: &str, label: &str, quantity: i32| match kind {
        "ticket" => format!("{quantity} × {label}"),
        kind => shell.t1(&format!("orders-line-{kind}"), "label", label.to_owned()),
    };
    let by_credit = record.lines.iter().any(|line| line.kind == "credit");
    OrderPage {
        style: crate::assets::url("admin.css"),
        csrf: member.csrf_token().to_owned(),
        badge: Badge::of_order(&shell, &order.state),
        when: format!(
            "{} · {}",
            format::calendar_date(lang, BusinessNight::of(record.event.starts_at, zone).date()),
            format::time(lang, record.event.starts_at, zone)
        ),
        made: shell.t1("orders-made", "when", at(order.paid_at.unwrap_or(order.created_at))),
        promo: order.promo_code.unwrap_or_default(),
        lines: record
            .lines
            .iter()
            .map(|line| (label(&line.kind, &line.label, line.quantity), money(line.total_minor)))
            .collect(),
        total: money(order.total_minor),
        tickets: record.tickets.into_iter().map(|ticket| ticket_line(&shell, ticket, &money)).collect(),
        money: money_lines(&shell, &record.payments, &record.refunds, at_venue, &money, &at),
        failed: failed(&shell, &record.refunds, member.may(Permission::RefundsMake), &money),
        disputes: record.disputes.iter().map(|dispute| dispute_line(&shell, dispute, &money, &at)).collect(),
        disputed_before: record.disputed_before.map(|mark| marked(&shell, &mark, &at)).unwrap_or_default(),
        may_unmark: member.may(Permission::DisputeMarksClear),
        answers: record.answers.into_iter().map(|answer| answer_line(&shell, answer)).collect(),
        left: money(record.left_minor),
        fee_alone: record.left_minor > 0 && record.fee_left_minor == record.left_minor,
        any_live: live,
        at_venue,
        channel: if online { String::new() } else { shell.t(&channel) },
        free: order.total_minor == 0 && !by_credit,
        may_refund: may_refund && waiting.is_none(),
        waiting: waiting.filter(|_| may_refund),
        keeps_fees: record.keeps_fees,
        key: Uuid::now_v7().to_string(),
        night: record.event.title,
        night_id: record.event.id.to_string(),
        reference: order.reference,
        buyer: order.buyer_name,
        email: order.buyer_email,
        done: String::new(),
        fault: String::new(),
        question: None,
        entered,
        shell,
    }
}

/// Why a refund fails, as Stripe calls it (`failure_reason` of its refunds). Other words stand as they came.
const FAILURES: [&str; 7] = [
    "expired_or_canceled_card",
    "lost_or_stolen_card",
    "declined",
    "insufficient_funds",
    "charge_for_pending_refund_disputed",
    "merchant_request",
    "unknown",
];

fn failed(
    shell: &Shell,
    refunds: &[RecordedRefund],
    may_settle: bool,
    money: &dyn Fn(i64) -> String,
) -> Vec<FailedRefund> {
    let failed = refunds.iter().filter(|refund| may_settle && refund.state == "failed");
    let line = |refund: &RecordedRefund| {
        let why = refund.problem.clone().unwrap_or_default();
        let why = if FAILURES.contains(&why.as_str()) {
            shell.t(&format!("orders-failed-{}", why.replace('_', "-")))
        } else {
            why
        };
        shell.t2("orders-failed-line", "amount", money(refund.amount_minor - refund.credit_minor), "why", why)
    };
    failed.map(|refund| FailedRefund { id: refund.id.to_string(), line: line(refund) }).collect()
}

fn is_live(state: &str) -> bool {
    matches!(state, "valid" | "blocked" | "disputed")
}

fn marked(shell: &Shell, mark: &DisputedBefore, at: &dyn Fn(DateTime<Utc>) -> String) -> String {
    let (when, reference) = (at(mark.marked_at), mark.reference.clone());
    shell.t2("disputes-before-line", "when", when, "reference", reference)
}

/// Whether a bank has the money.
fn holds_money(dispute: &Dispute) -> bool {
    DisputeStatus::from_code(&dispute.status).is_some_and(DisputeStatus::holds_money)
}

fn dispute_line(
    shell: &Shell,
    dispute: &Dispute,
    money: &dyn Fn(i64) -> String,
    at: &dyn Fn(DateTime<Utc>) -> String,
) -> DisputeLine {
    let (amount, when) = (money(dispute.amount_minor), at(dispute.opened_at));
    let deadline = dispute.answer_by.map(|by| shell.t1("disputes-answer-by", "when", at(by)));
    DisputeLine {
        href: format!("/admin/disputes/{}", dispute.id),
        what: shell.t2("disputes-of-order", "amount", amount, "when", when),
        badge: Badge::of_dispute(shell, &dispute.status),
        deadline: deadline.unwrap_or_default(),
    }
}

/// The refund that waits, and the form that lets it go.
fn waiting(shell: &Shell, waits: &orders::Waiting, zone: Tz, amount: String) -> Waiting {
    let mut hidden = vec![("scope".to_owned(), waits.scope.clone()), ("anyway".to_owned(), "1".to_owned())];
    hidden.extend(waits.as_credit.then(|| ("as_credit".to_owned(), "1".to_owned())));
    if waits.scope == "tickets" {
        hidden.extend(waits.tickets.iter().map(|ticket| (format!("ticket.{ticket}"), "1".to_owned())));
    }
    let by = shell.t(&format!("orders-reason-{}", waits.reason.replace('_', "-")));
    let since = format::date_time(shell.lang, waits.asked_at, zone);
    let line =
        ui::text(shell.lang, "orders-waiting-line", &[("amount", &amount), ("by", &by), ("since", &since)]);
    Waiting { line, hidden }
}

fn ticket_line(shell: &Shell, ticket: RecordedTicket, money: &dyn Fn(i64) -> String) -> TicketLine {
    TicketLine {
        live: is_live(&ticket.state),
        state: shell.t(&format!("orders-ticket-{}", ticket.state)),
        paid: money(ticket.paid_minor),
        without_fee: money(ticket.without_fee_minor),
        id: ticket.id.to_string(),
        type_name: ticket.type_name,
        holder: ticket.holder_name,
    }
}

fn answer_line(shell: &Shell, answer: Answered) -> (String, String) {
    let question = match (answer.type_name, answer.number) {
        (Some(name), Some(number)) => format!("{name} {number} · {}", answer.label),
        _ => answer.label,
    };
    let said = match answer.kind.as_str() {
        "yes_no" => shell.t(&format!("orders-answer-{}", answer.value)),
        _ => answer.value,
    };
    (question, said)
}

/// The question whether a refund shall be made although somebody is inside.
pub(super) fn question(
    page: &OrderPage,
    zone: Tz,
    asked: &RefundRequest,
    answer: &till::RefundAnswer,
) -> Question {
    let currency: Currency = answer.currency.parse().unwrap_or(Currency::Eur);
    let holder = |ticket: Uuid| {
        let id = ticket.to_string();
        page.tickets.iter().find(|line| line.id == id).map_or(id, |line| line.holder.clone())
    };
    let inside = answer.inside.iter().map(|one| {
        let (name, time) = (holder(one.ticket), format::hour(page.shell.lang, one.at, zone));
        ui::text(
            page.shell.lang,
            "orders-inside-line",
            &[("name", &name), ("time", &time), ("gate", &one.gate)],
        )
    });
    let mut hidden = vec![("reason".to_owned(), asked.reason.clone()), ("anyway".to_owned(), "1".to_owned())];
    hidden.extend(asked.keep_fees.filter(|keep| *keep).map(|_| ("keep_fees".to_owned(), "1".to_owned())));
    hidden.extend(asked.as_credit.then(|| ("as_credit".to_owned(), "1".to_owned())));
    let tickets = asked.tickets.iter().flatten().map(|ticket| (format!("ticket.{ticket}"), "1".to_owned()));
    let scope = if asked.tickets.is_some() { "tickets" } else { "order" };
    hidden.push(("scope".to_owned(), scope.to_owned()));
    Question {
        amount: format::money(page.shell.lang, Money::new(answer.amount_minor, currency)),
        inside: inside.collect(),
        hidden: hidden.into_iter().chain(tickets).collect(),
    }
}
