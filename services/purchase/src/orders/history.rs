//! What was paid for an order and what went back, in the order of time, for its guest.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::language::Language;
use domain::money::Money;
use domain::quote::LineKind;
use internal_api::purchase::orders::RecordedPayment;
use ui::{format, text};

use super::view::{OrderView, RefundView};

/// A line of the history.
pub(super) struct Entry {
    pub(super) when: String,
    pub(super) iso: String,
    pub(super) what: String,
    pub(super) amount: String,
    pub(super) tone: &'static str,
    pub(super) icon: &'static str,
}

/// Money that moved, or is about to; what goes to the guest is negative.
struct Moved {
    at: DateTime<Utc>,
    minor: i64,
    key: &'static str,
    tone: &'static str,
    icon: &'static str,
}

impl Moved {
    fn paid(payment: &RecordedPayment) -> Self {
        let (key, tone, icon) = match payment.purpose.as_str() {
            "order" => ("guests-history-paid", "good", "check"),
            // Money that bought nothing: a second payment, or one that came too late.
            _ => ("guests-history-received", "quiet", "info"),
        };
        Self { at: payment.captured_at, minor: payment.amount_minor, key, tone, icon }
    }

    fn returned(refund: &RefundView, at_venue: bool) -> Self {
        let (key, tone, icon) = match refund.state.as_str() {
            _ if at_venue => ("guests-history-handed", "good", "back"),
            "succeeded" => ("guests-history-refunded", "good", "back"),
            "failed" => ("guests-history-stuck", "attention", "attention"),
            "settled_otherwise" if refund.settled_how.as_deref() == Some("cash") => {
                ("guests-history-otherwise-cash", "good", "back")
            }
            "settled_otherwise" => ("guests-history-otherwise-transfer", "good", "back"),
            _ => ("guests-history-refunding", "attention", "clock"),
        };
        Self { at: refund.at, minor: -refund.money_minor(), key, tone, icon }
    }

    /// What of a refund is no money.
    fn credited(refund: &RefundView) -> Self {
        let (at, minor) = (refund.at, -refund.credit_minor);
        Self { at, minor, key: "guests-history-credit", tone: "good", icon: "back" }
    }

    /// What a credit paid.
    fn spent(order: &OrderView) -> Option<Self> {
        let minor = -order.quote.sum_of(LineKind::Credit);
        let at = order.row.paid_at.filter(|_| minor > 0)?;
        Some(Self { at, minor, key: "guests-history-paid-credit", tone: "good", icon: "check" })
    }
}

/// What moved, line by line.
pub(super) fn history(order: &OrderView, lang: Language, tz: Tz) -> Vec<Entry> {
    let paid = order.payments.iter().map(Moved::paid);
    // What cost nothing moves nothing.
    let refunds = order.refunds.iter().filter(|refund| refund.money_minor() > 0);
    let returned = refunds.map(|refund| Moved::returned(refund, order.row.at_venue()));
    let credited = order
        .refunds
        .iter()
        .filter(|refund| refund.credit_minor > 0 && refund.is_over())
        .map(Moved::credited);
    let mut all: Vec<Moved> = paid.chain(Moved::spent(order)).chain(returned).chain(credited).collect();
    // In one moment money comes before it goes.
    all.sort_by_key(|moved| moved.at);
    let entry = |moved: &Moved| Entry {
        when: format::date_time(lang, moved.at, tz),
        iso: format::iso(moved.at),
        what: text(lang, moved.key, &[]),
        amount: format::money(lang, Money::new(moved.minor, order.quote.currency)),
        tone: moved.tone,
        icon: moved.icon,
    };
    all.iter().map(entry).collect()
}
