//! Identifiers in the shape the providers give them.

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// `prefix` followed by `length` letters and digits: `re_3QkZ…`.
pub fn random(prefix: &str, length: usize) -> String {
    let mut bytes = vec![0_u8; length];
    getrandom::fill(&mut bytes).expect("the operating system hands out random bytes");
    let mut id = String::with_capacity(prefix.len() + length);
    id.push_str(prefix);
    // A slight bias towards the first letters is harmless: nothing here guards anything.
    id.extend(bytes.iter().map(|byte| char::from(ALPHABET[usize::from(*byte) % ALPHABET.len()])));
    id
}

#[cfg(test)]
mod tests {
    use super::random;

    #[test]
    fn an_id_is_its_prefix_and_random_letters() {
        let id = random("cs_test_", 58);
        assert_eq!(id.len(), 66);
        assert!(id.starts_with("cs_test_"));
        assert_ne!(id, random("cs_test_", 58));
    }
}
