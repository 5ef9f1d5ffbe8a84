//! A name as bans know it: what stays the same however somebody writes it.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Lower case, without accents and apostrophes, words sorted: `FERRER, Lucía` and `lucia ferrer` are one. Empty for a text
/// without letters and digits.
pub fn name_key(name: &str) -> String {
    let mut plain = String::with_capacity(name.len());
    for c in name.nfkd().filter(|c| !is_combining_mark(*c) && !matches!(c, '\'' | '’' | '`' | '´')) {
        for c in c.to_lowercase() {
            match c {
                'æ' => plain.push_str("ae"),
                'œ' => plain.push_str("oe"),
                'ß' => plain.push_str("ss"),
                'ø' => plain.push('o'),
                'ł' => plain.push('l'),
                'đ' | 'ð' => plain.push('d'),
                'þ' => plain.push_str("th"),
                // `İ` in lower case is two characters, one of them a mark.
                c if is_combining_mark(c) => {}
                c if c.is_alphanumeric() => plain.push(c),
                _ => plain.push(' '),
            }
        }
    }
    let mut words: Vec<&str> = plain.split_whitespace().collect();
    words.sort_unstable();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::name_key;

    #[test]
    fn one_person_is_one_key_however_written() {
        for written in
            ["Lucía Ferrer", "FERRER, LUCIA", " lucía\tferrer ", "Luci\u{301}a  Ferrer", "ferrer-lucia"]
        {
            assert_eq!(name_key(written), "ferrer lucia", "{written:?}");
        }
        assert_eq!(name_key("Sinéad O’Brien"), name_key("obrien sinead"));
        assert_eq!(name_key("Søren Łukasz"), "lukasz soren");
        assert_eq!(name_key("Groß"), "gross");
    }

    #[test]
    fn other_people_are_others_and_nothing_is_nobody() {
        assert_ne!(name_key("Lucía Ferrer"), name_key("Lucía Ferrero"));
        assert_ne!(name_key("Ana Ana"), name_key("Ana"));
        assert_eq!(name_key(" — ·"), "");
    }
}
