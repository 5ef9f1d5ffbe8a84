//! Why a card was declined, in the few ways that make a difference to whoever holds it.
//!
//! The codes are Stripe's: its [decline codes](https://docs.stripe.com/declines/codes) and the
//! [error codes](https://docs.stripe.com/error-codes) of a card. What a bank says about theft, loss or fraud is for the bank to
//! tell: to the guest it is a card that the bank declined, like any other.

/// What a guest is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Decline {
    /// There is too little money.
    Funds,
    /// A limit of the card is reached.
    Limit,
    /// The card has expired, or its date was mistyped.
    Expired,
    /// A number, a code or an address was mistyped.
    Details,
    /// The bank wanted its owner to confirm the payment, and nobody has.
    Confirm,
    /// Something between the banks failed: the same card may work in a minute.
    Later,
    /// The bank has just seen the same payment.
    Twice,
    /// The card is not for this: its kind, its currency, purchases online.
    Unfit,
    /// The bank said no, and no more than that is for anybody to know.
    Bank,
}

/// Each documented code by what is told of it. What stands here nowhere, new codes too, is [`Decline::Bank`].
const CODES: [(Decline, &[&str]); 9] = [
    (Decline::Funds, &["insufficient_funds"]),
    (Decline::Limit, &["card_velocity_exceeded", "withdrawal_count_limit_exceeded"]),
    (
        Decline::Expired,
        &["expired_card", "invalid_expiry_month", "invalid_expiry_year", "new_account_information_available"],
    ),
    (
        Decline::Details,
        &[
            "incorrect_address",
            "incorrect_cvc",
            "incorrect_number",
            "incorrect_pin",
            "incorrect_zip",
            "invalid_account",
            "invalid_characters",
            "invalid_cvc",
            "invalid_number",
            "invalid_pin",
        ],
    ),
    (
        Decline::Confirm,
        &[
            "approve_with_id",
            "authentication_not_handled",
            "authentication_required",
            "mobile_device_authentication_required",
            "offline_pin_required",
            "online_or_offline_pin_required",
            "payment_intent_authentication_failure",
        ],
    ),
    (
        Decline::Later,
        &[
            "card_decline_rate_limit_exceeded",
            "issuer_not_available",
            "payment_intent_payment_attempt_expired",
            "payment_intent_payment_attempt_failed",
            "processing_error",
            "reenter_transaction",
            "try_again_later",
        ],
    ),
    (Decline::Twice, &["duplicate_transaction"]),
    (
        Decline::Unfit,
        &[
            "card_not_supported",
            "currency_not_supported",
            "invalid_amount",
            "not_permitted",
            "service_not_allowed",
            "testmode_decline",
            "transaction_not_allowed",
        ],
    ),
    (
        Decline::Bank,
        &[
            "call_issuer",
            "card_declined",
            "do_not_honor",
            "do_not_try_again",
            "fraudulent",
            "generic_decline",
            "highest_risk_level",
            "lost_card",
            "merchant_blacklist",
            "no_action_taken",
            "pickup_card",
            "pin_try_exceeded",
            "restricted_card",
            "revocation_of_all_authorizations",
            "revocation_of_authorization",
            "security_violation",
            "stolen_card",
            "stop_payment_order",
            "test_mode_live_card",
        ],
    ),
];

impl Decline {
    /// Every one.
    pub const ALL: [Self; 9] = [
        Self::Funds,
        Self::Limit,
        Self::Expired,
        Self::Details,
        Self::Confirm,
        Self::Later,
        Self::Twice,
        Self::Unfit,
        Self::Bank,
    ];

    /// What Stripe's code means for a guest.
    pub fn of(code: &str) -> Self {
        CODES.iter().find(|(_, codes)| codes.contains(&code)).map_or(Self::Bank, |(decline, _)| *decline)
    }

    /// Its name in the keys of texts.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Funds => "funds",
            Self::Limit => "limit",
            Self::Expired => "expired",
            Self::Details => "details",
            Self::Confirm => "confirm",
            Self::Later => "later",
            Self::Twice => "twice",
            Self::Unfit => "unfit",
            Self::Bank => "bank",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{CODES, Decline};
    use std::collections::BTreeSet;

    #[test]
    fn each_code_means_one_thing_and_each_thing_has_its_codes() {
        let codes: Vec<&str> = CODES.iter().flat_map(|(_, codes)| codes.iter().copied()).collect();
        assert_eq!(codes.iter().collect::<BTreeSet<_>>().len(), codes.len(), "a code stands twice");
        for (decline, (listed, codes)) in Decline::ALL.into_iter().zip(&CODES) {
            assert_eq!(decline, *listed);
            assert!(codes.iter().all(|code| Decline::of(code) == decline), "{decline:?}");
        }
    }

    #[test]
    fn nobody_is_told_that_a_card_is_stolen_and_what_is_new_is_the_bank_s_no() {
        for code in
            ["lost_card", "stolen_card", "pickup_card", "fraudulent", "do_not_honor", "a_new_word", ""]
        {
            assert_eq!(Decline::of(code), Decline::Bank, "{code}");
        }
    }
}
