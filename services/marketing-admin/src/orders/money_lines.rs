//! An order's money at the desk: what was paid and what went back.

use chrono::{DateTime, Utc};
use internal_api::purchase::orders::{RecordedPayment, RecordedRefund};
use ui::Shell;

use super::list_page::Badge;

/// A line of it.
pub(super) struct MoneyLine {
    pub(super) when: String,
    pub(super) what: String,
    pub(super) amount: String,
    pub(super) badge: Badge,
    pub(super) problem: String,
}

/// What was paid and what went back, in the order of time.
pub(super) fn money_lines(
    shell: &Shell,
    payments: &[RecordedPayment],
    refunds: &[RecordedRefund],
    at_venue: bool,
    money: &dyn Fn(i64) -> String,
    at: &dyn Fn(DateTime<Utc>) -> String,
) -> Vec<MoneyLine> {
    let paid = payments.iter().map(|paid| {
        let line = MoneyLine {
            when: at(paid.captured_at),
            what: shell.t1("orders-money-paid", "id", paid.payment_intent.clone()),
            amount: money(paid.amount_minor),
            badge: Badge { tone: "good", icon: "check", word: shell.t("orders-money-captured") },
            problem: String::new(),
        };
        (paid.captured_at, line)
    });
    let returned = refunds.iter().map(|refund| {
        // What is in part money names the rest.
        let (paid, credit) = (refund.amount_minor - refund.credit_minor, refund.credit_minor);
        let amount = if paid > 0 && credit > 0 {
            shell.t2("orders-refund-split", "amount", money(-paid), "credit", money(-credit))
        } else {
            money(-refund.amount_minor)
        };
        (refund.created_at, refund_line(shell, refund, at_venue, at(refund.created_at), amount))
    });
    let mut moved: Vec<_> = paid.chain(returned).collect();
    moved.sort_by_key(|(when, _)| *when);
    moved.into_iter().map(|(_, line)| line).collect()
}

fn refund_line(
    shell: &Shell,
    refund: &RecordedRefund,
    at_venue: bool,
    when: String,
    amount: String,
) -> MoneyLine {
    let (tone, icon) = match refund.state.as_str() {
        "succeeded" | "settled_otherwise" => ("good", "check"),
        "failed" => ("refusal", "attention"),
        "withdrawn" => ("quiet", "cross"),
        _ => ("attention", "clock"),
    };
    let word = match refund.state.as_str() {
        "succeeded" if refund.amount_minor == 0 => "orders-refund-voided".to_owned(),
        "succeeded" if refund.credit_minor == refund.amount_minor => "orders-refund-credit".to_owned(),
        "succeeded" if at_venue => "orders-refund-handed".to_owned(),
        // One that had failed, and that somebody gave back in Stripe's dashboard: it stands beside this one.
        "withdrawn"
            if refund.problem.as_ref().is_some_and(|problem| problem.starts_with("made at Stripe")) =>
        {
            "orders-refund-replaced".to_owned()
        }
        "settled_otherwise" => {
            let how = refund.settled_how.as_deref().unwrap_or("cash");
            format!("orders-refund-otherwise-{}", how.replace('_', "-"))
        }
        state => format!("orders-refund-{state}"),
    };
    let scope = shell.t(&format!("orders-scope-{}", refund.scope));
    let reason = shell.t(&format!("orders-reason-{}", refund.reason.replace('_', "-")));
    MoneyLine {
        when,
        what: format!("{scope} · {reason}"),
        amount: if refund.state == "withdrawn" { "–".to_owned() } else { amount },
        badge: Badge { tone, icon, word: shell.t(&word) },
        problem: refund
            .problem
            .clone()
            .filter(|_| refund.settled_at.is_none() || refund.state == "failed")
            // That a bank takes its days is no problem, and the badge says it.
            .filter(|problem| problem != "Stripe says: pending")
            .unwrap_or_default(),
    }
}
