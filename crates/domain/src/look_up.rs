//! How a ticket is found at the door without its code: by the words of a name, however they are accented, and by an address that the
//! door itself does not have.

use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use uuid::Uuid;

/// Longest word kept, in characters: nobody types more of one.
const LONGEST_WORD: usize = 40;
/// Most words of one text.
const MOST_WORDS: usize = 12;

/// The words of a text in small letters without accents, each once: `Núñez O’Brien` is `nunez` and `obrien`.
pub fn words(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let plain = folded(text);
    for word in plain.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()) {
        let word: String = word.chars().take(LONGEST_WORD).collect();
        if found.len() < MOST_WORDS && !found.contains(&word) {
            found.push(word);
        }
    }
    found
}

/// A text in small letters, without accents and apostrophes: what stays the same however somebody writes a name.
pub fn folded(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for letter in text.nfkd().filter(|letter| !is_combining_mark(*letter)).flat_map(char::to_lowercase) {
        match letter {
            'ø' => plain.push('o'),
            'ł' => plain.push('l'),
            'đ' | 'ð' => plain.push('d'),
            'ı' => plain.push('i'),
            'ß' => plain.push_str("ss"),
            'þ' => plain.push_str("th"),
            'æ' => plain.push_str("ae"),
            'œ' => plain.push_str("oe"),
            '\'' | '’' | '`' | '´' | '\u{307}' => {}
            other => plain.push(other),
        }
    }
    plain
}

/// What the door keeps of an address instead of the address. Nobody can read it there, and the same address has another one at each
/// night: what leaks of one night can neither be looked up in a table of known hashes nor joined with another night's or with
/// anybody else's list. Who holds both the door's rows and an address can still ask whether it bought, as the search does: a
/// secret would not change that, for the door would have to hold it beside the rows.
pub fn email_hash(event: Uuid, email: &str) -> [u8; 32] {
    let mut digest = Sha256::new();
    digest.update(b"maguey: a buyer's address at the door of ");
    digest.update(event.as_bytes());
    digest.update(email.trim().to_lowercase().as_bytes());
    digest.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn accents_case_and_signs_do_not_matter() {
        assert_eq!(words("Lucía FERRER-Núñez"), ["lucia", "ferrer", "nunez"]);
        assert_eq!(words("  Søren  O’Brien, søren "), ["soren", "obrien"]);
        assert_eq!(words("Groß Łukasz İnan"), ["gross", "lukasz", "inan"]);
        assert_eq!(words("Ольга Ёлкина"), ["ольга", "елкина"]);
        assert_eq!(words(" \t-. "), Vec::<String>::new());
    }

    #[test]
    fn an_address_is_the_same_however_it_is_typed_and_another_at_another_night() {
        let (friday, saturday) = (Uuid::from_u128(1), Uuid::from_u128(2));
        assert_eq!(email_hash(friday, " Ana@Club.test "), email_hash(friday, "ana@club.test"));
        assert_ne!(email_hash(friday, "ana@club.test"), email_hash(saturday, "ana@club.test"));
        assert_ne!(email_hash(friday, "ana@club.test"), email_hash(friday, "ann@club.test"));
    }

    proptest! {
        /// Whatever is read, what is kept of it is found by itself.
        #[test]
        fn words_of_words_are_the_same(text in "\\PC{0,60}") {
            for word in words(&text) {
                prop_assert!(word.chars().count() <= LONGEST_WORD);
                prop_assert!(words(&word).len() <= 1, "{word}");
            }
        }
    }
}
