//! Verdicts in words.

use domain::language::Language;

use super::store::ScanView;

/// What the phone showed, in a word or two: `Already inside`, and `Out` for who left.
pub fn verdict(lang: Language, scan: &ScanView) -> String {
    if scan.admitted() && scan.direction == "exit" {
        ui::text(lang, "scanner-title-exit", &[])
    } else {
        reason(lang, &scan.reason)
    }
}

/// The short word that the phones show for a reason; one that nobody knows is shown as it is.
pub fn reason(lang: Language, code: &str) -> String {
    let key = format!("scanner-title-{}", code.replace('_', "-"));
    ui::try_text(lang, &key, &[]).unwrap_or_else(|| code.to_owned())
}

/// What begins a formula in a spreadsheet, the wide forms too.
const FORMULA: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// A text for a spreadsheet's cell: names come from guests, and a formula could send what stands beside it anywhere. An apostrophe in
/// front makes it a text.
pub fn harmless(text: &str) -> String {
    let hides = text.starts_with(['\t', '\r', '\n', '\0']);
    let begins = text.trim_start().starts_with(FORMULA);
    if hides || begins { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_a_guest_is_called_is_no_formula() {
        for payload in ["=1+1", "+34 600", "-Ana", "@SUM(A1)", "\t=1", "\rAna", " =1", "\u{a0}=1", "＝1"] {
            assert_eq!(harmless(payload), format!("'{payload}"), "{payload:?}");
        }
        for name in ["Ana López", "O'Hara", "", "Jean-Luc", "a@b"] {
            assert_eq!(harmless(name), name);
        }
    }

    #[test]
    fn a_reason_is_said_in_words() {
        assert_eq!(reason(Language::En, "already_inside"), "Already inside");
        assert_eq!(reason(Language::En, "of_tomorrow"), "of_tomorrow");
    }
}
