//! Stripe's test cards and what each of them does.

use super::model::{CardShown, Decline, RefundFate};

/// What happens when a card is charged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The bank says yes.
    Approved(RefundFate),
    /// The bank says no, and the try is on record.
    Declined(Decline),
    /// The bank wants to see the owner first.
    Challenge,
    /// Not a card number: nothing is tried.
    Unreadable(Decline),
}

/// A card worth hinting at on the payment page.
#[derive(Debug, Clone, Copy)]
pub struct Hint {
    /// Digits in groups of four.
    pub number: &'static str,
    /// What it does.
    pub effect: &'static str,
}

/// The hints of the payment page.
pub const HINTS: [Hint; 8] = [
    Hint { number: "4242 4242 4242 4242", effect: "Pays" },
    Hint { number: "4000 0000 0000 0002", effect: "Declined" },
    Hint { number: "4000 0000 0000 9995", effect: "Insufficient funds" },
    Hint { number: "4000 0025 0000 3155", effect: "3-D Secure" },
    Hint { number: "4000 0027 6000 3184", effect: "3-D Secure, always" },
    Hint { number: "4000 0000 0000 0069", effect: "Expired card" },
    Hint { number: "4000 0000 0000 0127", effect: "Wrong security code" },
    Hint { number: "4000 0000 0000 0119", effect: "Processing error" },
];

fn decline(code: &str, decline_code: Option<&str>, message: &str) -> Decline {
    Decline {
        code: code.to_owned(),
        decline_code: decline_code.map(str::to_owned),
        message: message.to_owned(),
    }
}

/// The failed or abandoned 3-D Secure step.
pub fn authentication_failed() -> Decline {
    let message = "We are unable to authenticate your payment method. \
                   Please choose a different payment method and try again.";
    decline("payment_intent_authentication_failure", None, message)
}

/// The digits of what was typed.
pub fn digits(typed: &str) -> String {
    typed.chars().filter(|c| !c.is_whitespace() && *c != '-').collect()
}

/// What a typed card number does.
pub fn outcome(typed: &str) -> Outcome {
    let number = digits(typed);
    if !is_card_number(&number) {
        let wrong = decline("incorrect_number", None, "Your card number is incorrect.");
        return Outcome::Unreadable(wrong);
    }
    let refused = |code, word, message| Outcome::Declined(decline(code, word, message));
    match number.as_str() {
        "4242424242424242" | "4000056655665556" | "5555555555554444" | "2223003122003222"
        | "378282246310005" | "4000002500001001" => Outcome::Approved(RefundFate::Succeeds),
        "4000000000007726" => Outcome::Approved(RefundFate::SucceedsLater),
        "4000000000005126" => Outcome::Approved(RefundFate::FailsLater),
        "4000002500003155" | "4000002760003184" | "4000000000003220" => Outcome::Challenge,
        "4000000000000002" => refused("card_declined", Some("generic_decline"), "Your card was declined."),
        "4000000000009995" => {
            refused("card_declined", Some("insufficient_funds"), "Your card has insufficient funds.")
        }
        "4000000000009987" => refused("card_declined", Some("lost_card"), "Your card was declined."),
        "4000000000000069" => refused("expired_card", None, "Your card has expired."),
        "4000000000000127" => refused("incorrect_cvc", None, "Your card's security code is incorrect."),
        "4000000000000119" => refused(
            "processing_error",
            None,
            "An error occurred while processing your card. Try again in a little bit.",
        ),
        _ => refused(
            "card_declined",
            Some("test_mode_live_card"),
            "Your card was declined. Your request was in test mode, but used a non test card.",
        ),
    }
}

/// How a charge shows the card.
pub fn shown(typed: &str, authenticated: bool) -> CardShown {
    let number = digits(typed);
    let brand = match number.as_bytes().first() {
        Some(b'3') => "amex",
        Some(b'2' | b'5') => "mastercard",
        _ => "visa",
    };
    let last4 = number.get(number.len().saturating_sub(4)..).unwrap_or_default();
    CardShown { brand: brand.to_owned(), last4: last4.to_owned(), authenticated }
}

fn is_card_number(number: &str) -> bool {
    let plausible = (12..=19).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
    plausible && luhn(number)
}

fn luhn(number: &str) -> bool {
    let sum: u32 = number
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, byte)| {
            let digit = u32::from(byte - b'0');
            match (place % 2, digit * 2) {
                (0, _) => digit,
                (_, double) if double > 9 => double - 9,
                (_, double) => double,
            }
        })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_hint_is_a_card_number() {
        for hint in HINTS {
            assert!(!matches!(outcome(hint.number), Outcome::Unreadable(_)), "{}", hint.number);
        }
    }

    #[test]
    fn spaces_do_not_matter_and_typing_errors_do() {
        assert_eq!(outcome(" 4242 4242-4242 4242"), Outcome::Approved(RefundFate::Succeeds));
        for wrong in ["", "4242", "4242424242424241", "abcd", "４２４２４２４２４２４２４２４２"]
        {
            assert!(matches!(outcome(wrong), Outcome::Unreadable(_)), "{wrong}");
        }
    }

    #[test]
    fn a_real_card_is_refused() {
        let Outcome::Declined(decline) = outcome("4111111111111111") else { panic!("approved") };
        assert_eq!(decline.decline_code.as_deref(), Some("test_mode_live_card"));
    }
}
