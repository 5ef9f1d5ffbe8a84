//! What is booked of a line of Stripe's balance, and of a payout.

use crate::payments::ledger::{self, Entry};

/// What a line is to the books.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    /// Its amount and its fee are booked by other rooms, or with its payout.
    Elsewhere,
    /// Its amount is booked by another room, or is a fee itself: Stripe's fee is booked here.
    Fee,
    /// Money of no order of ours.
    Foreign,
}

impl Sort {
    /// As it is stored.
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Elsewhere => "elsewhere",
            Self::Fee => "fee",
            Self::Foreign => "foreign",
        }
    }

    /// Of a line of this type of Stripe's; `ours`: its payment stands in our books.
    pub(super) fn of(kind: &str, ours: bool) -> Self {
        match kind {
            // A dispute's fee is booked with the dispute.
            "adjustment" if ours => Self::Elsewhere,
            "charge"
            | "payment"
            | "refund"
            | "payment_refund"
            | "refund_failure"
            | "payment_failure_refund"
                if ours =>
            {
                Self::Fee
            }
            "payout" | "payout_failure" | "payout_cancel" => Self::Fee,
            "stripe_fee" | "stripe_fx_fee" | "tax_fee" => Self::Fee,
            _ => Self::Foreign,
        }
    }
}

/// What Stripe keeps, in a line of this type: its fee, and the whole of a line that is one.
pub(super) fn fee(kind: &str, amount_minor: i64, fee_minor: i64) -> i64 {
    match kind {
        "stripe_fee" | "stripe_fx_fee" | "tax_fee" => fee_minor - amount_minor,
        _ => fee_minor,
    }
}

/// What is booked for a line; nothing for what is booked elsewhere.
pub(super) fn entries(sort: Sort, kind: &str, amount_minor: i64, fee_minor: i64) -> Vec<Entry> {
    match sort {
        Sort::Elsewhere => Vec::new(),
        Sort::Fee => ledger::kept_by_stripe(fee(kind, amount_minor, fee_minor)),
        Sort::Foreign => ledger::of_others(amount_minor - fee_minor),
    }
}

/// Where the money of a payout is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whereabouts {
    /// On its way.
    OnItsWay,
    /// At the bank.
    Bank,
    /// At Stripe again.
    CameBack,
}

/// By Stripe's word. One that we do not know is on its way: nothing is booked by guessing.
pub(super) fn whereabouts(status: &str) -> Whereabouts {
    match status {
        "paid" => Whereabouts::Bank,
        "failed" | "canceled" => Whereabouts::CameBack,
        _ => Whereabouts::OnItsWay,
    }
}

#[cfg(test)]
mod tests {
    use super::{Sort, Whereabouts, entries, whereabouts};

    fn booked(kind: &str, ours: bool, amount: i64, fee: i64) -> Vec<(&'static str, i64)> {
        entries(Sort::of(kind, ours), kind, amount, fee)
    }

    #[test]
    fn a_fee_is_an_expense_and_money_of_others_is_not_ours() {
        assert_eq!(booked("charge", true, 2100, 57), [("stripe_clearing", -57), ("stripe_fees", 57)]);
        assert_eq!(booked("charge", false, 2100, 57), [("stripe_clearing", 2043), ("foreign", -2043)]);
        assert_eq!(booked("stripe_fee", false, -900, 0), [("stripe_clearing", -900), ("stripe_fees", 900)]);
        assert_eq!(booked("topup", false, 500, 0), [("stripe_clearing", 500), ("foreign", -500)]);
    }

    #[test]
    fn what_others_book_is_not_booked_again() {
        assert_eq!(booked("refund", true, -2100, 0), []);
        assert_eq!(booked("adjustment", true, -2100, 1500), []);
        assert_eq!(booked("payout", false, -4000, 0), []);
        assert_eq!(booked("payout_failure", false, 4000, 0), []);
        assert_eq!(booked("payout", false, -4000, 50), [("stripe_clearing", -50), ("stripe_fees", 50)]);
    }

    #[test]
    fn a_word_that_we_do_not_know_books_nothing() {
        assert_eq!(whereabouts("paid"), Whereabouts::Bank);
        assert_eq!(whereabouts("failed"), Whereabouts::CameBack);
        for word in ["pending", "in_transit", "resting"] {
            assert_eq!(whereabouts(word), Whereabouts::OnItsWay, "{word}");
        }
    }
}
