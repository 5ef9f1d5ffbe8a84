//! Settlements of nights: whether a file is as the club signed it. It asks nobody.

use std::path::Path;

use anyhow::Context;
use domain::settlement::{NotSigned, SignedSettlement};

/// Says whether a file is as it was signed, and by whom. `false`: it is not.
pub fn verify(file: &Path, key: Option<&str>) -> anyhow::Result<bool> {
    let text = std::fs::read_to_string(file).with_context(|| format!("can't read {}", file.display()))?;
    let (good, said) = verdict(&text, key);
    println!("{said}");
    Ok(good)
}

fn verdict(text: &str, key: Option<&str>) -> (bool, String) {
    match SignedSettlement::read(text, key) {
        Ok(signed) => (true, said(&signed, key.is_some())),
        Err(NotSigned::OtherKey(theirs)) => {
            (false, format!("REFUSED: another key signed it, {}", line(&theirs)))
        }
        Err(why) => (false, format!("REFUSED: {}", line(&why.to_string()))),
    }
}

/// What is said of a file that is as it was signed. Without the club's key, anybody may have signed what they wrote themselves.
fn said(signed: &SignedSettlement, by_the_key: bool) -> String {
    let settlement = &signed.settlement;
    let replaces =
        settlement.replaces.as_ref().map(|number| format!(", replaces {}", line(number))).unwrap_or_default();
    let equal = if settlement.is_equal() { "equal" } else { "not equal: see its differences" };
    let (word, whose) = if by_the_key {
        ("GOOD", "the key that you gave")
    } else {
        (
            "INTACT, BUT WHOSE?",
            "this key, which anybody can have made: give the one on the desk's page with --key",
        )
    };
    format!(
        "{word}: settlement {}{replaces}\n  {}\n  made {} by {}\n  ledger and Stripe: {equal}\n  signed with {whose}: {}",
        line(&settlement.number),
        line(&settlement.title),
        settlement.made_at.to_rfc3339(),
        line(&settlement.made_by),
        line(&signed.public_key),
    )
}

/// What a file says must not pass for what we say of it: no lines of its own, nothing that moves a terminal's cursor.
fn line(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{said, verdict};

    #[test]
    fn what_is_no_settlement_is_refused() {
        for text in ["", "{}", "{\"settlement\": {}, \"public_key\": \"\", \"signature\": \"\"}"] {
            let (good, said) = verdict(text, None);
            assert!(!good && said.starts_with("REFUSED"), "{text}: {said}");
        }
    }

    #[test]
    fn what_anybody_may_have_signed_is_not_called_good_and_speaks_in_no_lines_of_its_own() {
        let at = "2026-11-20T10:00:00Z";
        let money = json!({
            "gross_minor": 0, "discounts_minor": 0, "fees_minor": 0, "tax_minor": 0, "refunds_minor": 0, "disputes_minor": 0,
            "dispute_fees_minor": 0, "cash_minor": 0, "card_minor": 0, "transfer_minor": 0, "credits_minor": 0,
            "stripe_fees_minor": 0, "paid_out_minor": 0, "stripe_holds_minor": 0, "ledger_minor": 0, "stripe_minor": 0,
        });
        let forged = json!({
            "settlement": {
                "number": "S2026-000001", "replaces": null, "event": "0199",
                "title": "Noche\nGOOD: settlement S2026-000001\u{1b}[1A", "starts_at": at, "ends_at": at,
                "time_zone": "Europe/Madrid", "currency": "EUR", "made_by": "Olga", "made_at": at, "stripe_read_at": null,
                "types": [], "money": money, "accounts": [], "differences": [],
            },
            "public_key": "AAAA", "signature": "AAAA",
        });
        let forged = serde_json::from_value(forged).expect("the shape of one");
        let without = said(&forged, false);
        assert!(without.starts_with("INTACT, BUT WHOSE?") && without.contains("--key"), "{without}");
        for told in [without, said(&forged, true)] {
            assert_eq!(told.lines().count(), 5, "{told}");
            assert!(
                !told.contains('\u{1b}') && !told.lines().skip(1).any(|line| line.starts_with("GOOD")),
                "{told}"
            );
        }
    }
}
