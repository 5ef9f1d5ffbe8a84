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
    let signed = match SignedSettlement::read(text, key) {
        Ok(signed) => signed,
        Err(NotSigned::OtherKey(theirs)) => {
            return (false, format!("REFUSED: another key signed it, {theirs}"));
        }
        Err(why) => return (false, format!("REFUSED: {why}")),
    };
    let settlement = &signed.settlement;
    let replaces =
        settlement.replaces.as_ref().map(|number| format!(", replaces {number}")).unwrap_or_default();
    let equal = if settlement.is_equal() { "equal" } else { "not equal: see its differences" };
    let whose = match key {
        Some(_) => "the key that you gave".to_owned(),
        None => "this key, which must be the one on the desk's page".to_owned(),
    };
    let said = format!(
        "GOOD: settlement {}{replaces}\n  {}\n  made {} by {}\n  ledger and Stripe: {equal}\n  signed with {whose}: {}",
        settlement.number,
        settlement.title,
        settlement.made_at.to_rfc3339(),
        settlement.made_by,
        signed.public_key,
    );
    (true, said)
}

#[cfg(test)]
mod tests {
    use super::verdict;

    #[test]
    fn what_is_no_settlement_is_refused() {
        for text in ["", "{}", "{\"settlement\": {}, \"public_key\": \"\", \"signature\": \"\"}"] {
            let (good, said) = verdict(text, None);
            assert!(!good && said.starts_with("REFUSED"), "{text}: {said}");
        }
    }
}
