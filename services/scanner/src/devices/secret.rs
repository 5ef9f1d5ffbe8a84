//! What a phone proves itself with: the code that is typed once, and the secret that it keeps.

use sha2::{Digest, Sha256};
use web::Fault;

/// Digits and letters that nobody takes for one another, whoever reads them out.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Of five bits each: sixty bits, good for ten minutes.
const LENGTH: usize = 12;
const GROUP: usize = 4;
/// The longest secret that is looked at; ours are as long.
const LONGEST: usize = 64;

/// The hash by which codes and secrets are looked up. Both are random, so a plain one does; and an index that compares hashes
/// tells nobody how much of a guess was right.
pub type Hash = [u8; 32];

/// A new secret of a phone: 256 bits.
pub fn generate() -> Result<String, Fault> {
    random::<32>().map(hex::encode)
}

/// A new code to type, in groups: `7K2M-Q9TD-0XWB`.
pub fn code() -> Result<String, Fault> {
    let letters = random::<LENGTH>()?.map(|byte| char::from(LETTERS[usize::from(byte % 32)]));
    Ok(letters.chunks(GROUP).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-"))
}

/// The hash of a secret as a phone sends it; none of what can be none.
pub fn hash(secret: &str) -> Option<Hash> {
    (1..=LONGEST).contains(&secret.len()).then(|| Sha256::digest(secret.as_bytes()).into())
}

/// The hash of a code as somebody typed it: in small letters, without groups, with an O for a 0.
pub fn hash_of_code(typed: &str) -> Option<Hash> {
    let mut code = String::with_capacity(LENGTH);
    for letter in typed.chars().filter(|letter| !letter.is_whitespace() && *letter != '-') {
        let letter = match letter.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            letter => letter,
        };
        if code.len() == LENGTH || !letter.is_ascii() || !LETTERS.contains(&(letter as u8)) {
            return None;
        }
        code.push(letter);
    }
    (code.len() == LENGTH).then(|| Sha256::digest(code.as_bytes()).into())
}

fn random<const BYTES: usize>() -> Result<[u8; BYTES], Fault> {
    let mut bytes = [0; BYTES];
    getrandom::fill(&mut bytes).map_err(|error| Fault::internal(error.to_string()))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::{code, generate, hash, hash_of_code};

    #[test]
    fn a_code_is_read_however_it_is_typed() {
        let made = code().expect("random numbers");
        assert_eq!(made.len(), 14, "{made}");
        let known = hash_of_code(&made);
        assert!(known.is_some());
        assert_eq!(hash_of_code(&made.to_lowercase().replace('-', " ")), known);
        assert_eq!(hash_of_code(&made.replace('0', "o").replace('1', "l")), known);
        for bad in ["", "7K2M-Q9TD-0XW", "7K2M-Q9TD-0XWBB", "7K2M-Q9TD-0XWU", "7K2M-Q9TD-0XWñ"] {
            assert_eq!(hash_of_code(bad), None, "{bad}");
        }
    }

    #[test]
    fn secrets_differ_and_have_256_bits() {
        let (one, other) = (generate().expect("random"), generate().expect("random"));
        assert!(one != other && one.len() == 64);
        assert_ne!(hash(&one), hash(&other));
        assert_eq!(hash(""), None);
        assert_eq!(hash(&"a".repeat(65)), None);
    }
}
