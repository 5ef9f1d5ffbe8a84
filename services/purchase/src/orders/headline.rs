//! What moved of an order's money, as the first thing that its page says: how much, and where to. How long it takes is said below.

use domain::language::Language;
use ui::text;

use super::view::{OrderView, RefundView};

/// How far a refund can be, what needs a guest's eye first.
pub(super) const STATES: [&str; 4] = ["failed", "pending", "settled_otherwise", "succeeded"];

/// What of these refunds is at a state, as money.
pub(super) fn sum_at(refunds: &[RefundView], state: &str) -> i64 {
    refunds.iter().filter(|refund| refund.state == state).map(RefundView::money_minor).sum()
}

/// One line of what went back, or is going back; `None` where nothing moves.
pub(super) fn headline(
    order: &OrderView,
    refunds: &[RefundView],
    lang: Language,
    money: &dyn Fn(i64) -> String,
) -> Option<String> {
    let state = STATES.into_iter().find(|state| sum_at(refunds, state) > 0);
    let (key, minor) = match state {
        Some(state) => (face(order, state), sum_at(refunds, state)),
        None => {
            let credit = refunds.iter().filter(|refund| refund.is_over()).map(|refund| refund.credit_minor);
            ("purchase-refund-title-credit", credit.sum())
        }
    };
    (minor > 0).then(|| text(lang, key, &[("amount", &money(minor))]))
}

fn face(order: &OrderView, state: &str) -> &'static str {
    match state {
        _ if order.row.at_venue() => "purchase-refund-title-handed",
        "succeeded" => "purchase-refund-title-done",
        "failed" => "purchase-refund-title-stuck",
        "settled_otherwise" => "purchase-refund-title-otherwise",
        _ => "purchase-refund-title-pending",
    }
}
