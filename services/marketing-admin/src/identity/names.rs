//! People's names, as accounts take them: something, on one line, as long as the tables take it.

/// The longest, in characters.
pub const LONGEST: usize = 120;

/// What was typed, on one line, with one blank between words and none around them.
pub fn tidy(typed: &str) -> String {
    typed.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Why this is no name, as the key of a text; none: it will do.
pub fn problem(name: &str) -> Option<&'static str> {
    match name.chars().count() {
        0 => Some("sign_in-name-missing"),
        length if length > LONGEST || name.chars().any(char::is_control) => Some("sign_in-name-long"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, problem, tidy};

    #[test]
    fn a_name_is_something_on_one_line_and_as_long_as_the_tables_take_it() {
        assert_eq!(tidy("  Ana\n  María "), "Ana María");
        assert_eq!(problem("Ana María"), None);
        assert_eq!(problem(&"a".repeat(LONGEST)), None);
        assert_eq!(problem(&tidy(" \t ")), Some("sign_in-name-missing"));
        assert_eq!(problem(&"a".repeat(LONGEST + 1)), Some("sign_in-name-long"));
        assert_eq!(problem("Ana\u{7}"), Some("sign_in-name-long"));
    }
}
