//! What was paid for an order and what went back, in the order of time, for its guest.

use chrono_tz::Tz;
use domain::language::Language;
use domain::money::{Currency, Money};
use ui::{format, text};

use crate::payments::store::Movement;

/// A line of the history.
pub(super) struct Entry {
    pub(super) when: String,
    pub(super) iso: String,
    pub(super) what: String,
    pub(super) amount: String,
    pub(super) tone: &'static str,
    pub(super) icon: &'static str,
}

/// The movements as lines; what goes to the guest is negative.
pub(super) fn history(movements: &[Movement], lang: Language, currency: Currency, tz: Tz) -> Vec<Entry> {
    let entry = |moved: &Movement| {
        let (key, tone, icon) = match (moved.kind.as_str(), moved.state.as_str()) {
            ("payment", "order") => ("guests-history-paid", "good", "check"),
            // Money that bought nothing: a second payment, or one that came too late.
            ("payment", _) => ("guests-history-received", "quiet", "info"),
            (_, "succeeded") => ("guests-history-refunded", "good", "back"),
            (_, "failed") => ("guests-history-stuck", "attention", "attention"),
            _ => ("guests-history-refunding", "attention", "clock"),
        };
        let minor = if moved.kind == "payment" { moved.amount_minor } else { -moved.amount_minor };
        Entry {
            when: format::date_time(lang, moved.at, tz),
            iso: format::iso(moved.at),
            what: text(lang, key, &[]),
            amount: format::money(lang, Money::new(minor, currency)),
            tone,
            icon,
        }
    };
    movements.iter().map(entry).collect()
}
