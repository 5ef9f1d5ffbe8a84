//! What stands on a guest's card statement, so that the charge is known for what it is and nobody asks the bank to take it
//! back: the club's name (Stripe's *prefix*, which the club has set there) and the night's ([`suffix`]).
//!
//! Stripe's rule: prefix, an asterisk, a space and the suffix are 22 characters at most, Latin ones, without `<>\'"*`, and each of the
//! two has a letter. What breaks it is refused, and the guest could not pay; so a night whose name can't be put so has no suffix.
//! See <https://docs.stripe.com/get-started/account/statement-descriptors>.

use std::str::FromStr;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Characters of the whole line.
const LINE: usize = 22;
/// What Stripe puts between prefix and suffix.
const BETWEEN: usize = "* ".len();
/// The longest prefix that Stripe takes.
const LONGEST_PREFIX: usize = 10;
/// What Stripe takes in neither part.
const FORBIDDEN: [char; 6] = ['<', '>', '\\', '\'', '"', '*'];

/// The first part of the line, as the club has set it at Stripe for all its charges.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prefix(String);

/// What Stripe would not have taken as a prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("needs 2 to 10 Latin characters, a letter among them, and none of < > \\ ' \" *")]
pub struct UnfitPrefix;

impl FromStr for Prefix {
    type Err = UnfitPrefix;

    fn from_str(text: &str) -> Result<Self, UnfitPrefix> {
        let fits = (2..=LONGEST_PREFIX).contains(&text.len())
            && text.chars().all(is_allowed)
            && text.contains(is_letter)
            && text.trim() == text;
        if fits { Ok(Self(text.to_owned())) } else { Err(UnfitPrefix) }
    }
}

/// How long a suffix may be. An unknown prefix is taken to be as long as one can be.
pub fn room(prefix: Option<&Prefix>) -> usize {
    let taken = prefix.map_or(LONGEST_PREFIX, |prefix| prefix.0.len());
    LINE - BETWEEN - taken
}

/// The night's name as it fits behind the prefix: capitals without accents, whole words as long as there is room. None where no
/// letter is left of it, as of a name in another script.
pub fn suffix(prefix: Option<&Prefix>, title: &str) -> Option<String> {
    let (room, plain) = (room(prefix), plain(title));
    let words: Vec<&str> = plain.split_whitespace().collect();
    let telling = words.iter().position(|word| word.contains(is_letter))?;
    // A date may come first and leave no room for a word.
    fitting(&words, room).or_else(|| fitting(&words[telling..], room))
}

/// As many words as fit, or the beginning of the first; none where that has no letter.
fn fitting(words: &[&str], room: usize) -> Option<String> {
    let mut line = String::with_capacity(room);
    for word in words {
        let gap = usize::from(!line.is_empty());
        if line.len() + gap + word.len() > room {
            break;
        }
        if gap == 1 {
            line.push(' ');
        }
        line.push_str(word);
    }
    if line.is_empty() {
        line.extend(words.first()?.chars().take(room));
    }
    let line = line.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    line.contains(is_letter).then(|| line.to_owned())
}

/// Capitals, digits and signs that every bank prints. An accent or an apostrophe vanishes, anything else leaves a gap.
fn plain(title: &str) -> String {
    let capitals = title.to_uppercase();
    let mut plain = String::with_capacity(capitals.len());
    for c in capitals.as_str().nfkd().filter(|c| !is_combining_mark(*c) && !matches!(c, '\'' | '’')) {
        match c {
            'Æ' => plain.push_str("AE"),
            'Œ' => plain.push_str("OE"),
            'Þ' => plain.push_str("TH"),
            'Ø' => plain.push('O'),
            'Ł' => plain.push('L'),
            'Đ' | 'Ð' => plain.push('D'),
            c if is_allowed(c) => plain.push(c.to_ascii_uppercase()),
            _ => plain.push(' '),
        }
    }
    plain
}

fn is_letter(c: char) -> bool {
    c.is_ascii_alphabetic()
}

fn is_allowed(c: char) -> bool {
    (c == ' ' || c.is_ascii_graphic()) && !FORBIDDEN.contains(&c)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn club() -> Prefix {
        "MAGUEY".parse().expect("a fair prefix")
    }

    #[test]
    fn a_night_is_known_by_its_words() {
        for (title, expected) in [
            ("Salsa Night", Some("SALSA NIGHT")),
            ("Noche de Año Nuevo", Some("NOCHE DE ANO")),
            ("Straßenfest", Some("STRASSENFEST")),
            ("Ænigma & Øre", Some("AENIGMA & ORE")),
            ("Ana's <best> \"party\"*", Some("ANAS BEST")),
            ("31.12.2026 Silvester", Some("SILVESTER")),
            ("Supercalifragilistic", Some("SUPERCALIFRAGI")),
            ("Salsa & Bachatango", Some("SALSA")),
            ("★ Noche★Loca ★", Some("NOCHE LOCA")),
            ("Ночь", None),
            ("2026", None),
            ("", None),
        ] {
            assert_eq!(suffix(Some(&club()), title).as_deref(), expected, "{title}");
        }
        assert_eq!(suffix(None, "Salsa Night").as_deref(), Some("SALSA"), "the prefix may be the longest");
    }

    #[test]
    fn a_prefix_is_what_stripe_takes() {
        for fair in ["MAGUEY", "MY", "CLUB 7", "TENLETTERS"] {
            assert!(fair.parse::<Prefix>().is_ok(), "{fair}");
        }
        for unfit in ["", "M", "ELEVENLETTS", "1234", "A*B", "CAFÉ", " MY", "A\tB"] {
            assert_eq!(unfit.parse::<Prefix>(), Err(UnfitPrefix), "{unfit}");
        }
    }

    fn prefixes() -> impl Strategy<Value = Option<Prefix>> {
        proptest::option::of(
            "[A-Z][A-Z0-9]{1,9}".prop_map(|text| text.parse::<Prefix>().expect("a fair prefix")),
        )
    }

    proptest! {
        #[test]
        fn whatever_a_night_is_called_stripe_takes_it(prefix in prefixes(), title in any::<String>()) {
            let Some(line) = suffix(prefix.as_ref(), &title) else { return Ok(()) };
            let taken = prefix.as_ref().map_or(LONGEST_PREFIX, |prefix| prefix.0.len());
            prop_assert!(!line.is_empty() && taken + BETWEEN + line.len() <= 22, "{line:?}");
            prop_assert!(line.chars().all(is_allowed) && line.contains(is_letter), "{line:?}");
            prop_assert!(line.trim() == line && !line.contains("  "), "{line:?}");
            // What fits is left alone.
            prop_assert_eq!(suffix(prefix.as_ref(), &line), Some(line.clone()));
        }

        #[test]
        fn a_name_of_latin_letters_is_never_lost(prefix in prefixes(), title in "[a-zA-Zéñüø ]{0,30}[a-z][a-z ]{0,20}") {
            prop_assert!(suffix(prefix.as_ref(), &title).is_some(), "{title:?}");
        }
    }
}
