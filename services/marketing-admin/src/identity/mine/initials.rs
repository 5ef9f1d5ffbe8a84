//! A face without a picture: somebody's initials.

/// Up to two letters: of the first and the last word of the name, else of the address, else a dot.
pub fn of(name: &str, email: Option<&str>) -> String {
    let letter = |word: &str| word.chars().find(|c| c.is_alphanumeric());
    let mut letters = name.split_whitespace().filter_map(letter);
    let first = letters.next();
    let last = letters.next_back();
    let found: String = first.into_iter().chain(last).collect();
    let found = if found.is_empty() { email.and_then(letter).map(String::from) } else { Some(found) };
    found.map_or_else(|| "·".to_owned(), |text| text.to_uppercase())
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn two_letters_at_most_and_never_nothing() {
        for (name, email, letters) in [
            ("Ana Luz García", None, "AG"),
            ("ñusta", None, "Ñ"),
            ("  ", Some("ana@example.org"), "A"),
            ("", None, "·"),
            ("(Bea)", None, "B"),
        ] {
            assert_eq!(of(name, email), letters, "{name}");
        }
    }
}
