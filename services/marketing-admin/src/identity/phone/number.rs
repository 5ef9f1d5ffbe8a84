//! Phone numbers, as people write them and as they are kept.

use phonenumber::{Mode, Type, country};

/// Longer than any number with its spaces and brackets.
const LONGEST: usize = 40;

/// The number in E.164, if it is one that takes SMS. Without a country's code it is in `region`.
pub fn e164(text: &str, region: country::Id) -> Option<String> {
    let text = text.trim();
    let written = |letter: char| letter.is_ascii_digit() || "+()-./ ".contains(letter);
    if text.is_empty() || text.len() > LONGEST || !text.chars().all(written) {
        return None;
    }
    // `00` before a country's code, as most of Europe dials.
    let text = text.strip_prefix("00").map_or_else(|| text.to_owned(), |rest| format!("+{rest}"));
    let number = phonenumber::parse(Some(region), &text).ok()?;
    let takes_sms = matches!(
        number.number_type(&phonenumber::metadata::DATABASE),
        Type::Mobile | Type::FixedLineOrMobile
    );
    (number.is_valid() && takes_sms).then(|| number.format().mode(Mode::E164).to_string())
}

/// The country of a number (E.164); none: it is no country's.
pub fn country_of(phone: &str) -> Option<country::Id> {
    let number = phonenumber::parse(None, phone).ok()?;
    number.country().id()
}

/// As much of a number as a page may show to who may not be its owner.
pub fn ending(phone: &str) -> String {
    let from = phone.len().saturating_sub(3);
    phone.get(from..).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_kept_in_one_manner_however_it_is_written() {
        for written in ["600 000 001", "+34 600 000 001", "0034600000001", "600-000-001"] {
            assert_eq!(e164(written, country::Id::ES).as_deref(), Some("+34600000001"), "{written}");
        }
        assert_eq!(e164("0170 1234567", country::Id::DE).as_deref(), Some("+491701234567"));
        for bad in ["", "12", "call me", "+34 912 345 678", "+34 806 123 456", "+", "9".repeat(50).as_str()] {
            assert_eq!(e164(bad, country::Id::ES), None, "{bad}");
        }
        assert_eq!(country_of("+34600000001"), Some(country::Id::ES));
        assert_eq!(country_of("+491701234567"), Some(country::Id::DE));
        assert_eq!(ending("+34600000001"), "001");
    }
}
