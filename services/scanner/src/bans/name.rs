//! A name as bans know it: what stays the same however somebody writes it.

use domain::look_up::folded;

/// Lower case, without accents and apostrophes, words sorted: `FERRER, Lucía` and `lucia ferrer` are one. Empty for a text
/// without letters and digits.
pub fn name_key(name: &str) -> String {
    let plain = folded(name);
    let mut words: Vec<&str> =
        plain.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
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
