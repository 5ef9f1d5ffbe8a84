//! What a browser or a mail holds and nobody guesses: 256 random bits as text. Tables have the SHA-256 of it alone.

use actix_web::cookie::{Cookie, SameSite, time::Duration};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use sha2::{Digest, Sha256};

/// A new one.
pub fn random() -> String {
    let mut bytes = [0_u8; 32];
    // Without random numbers nothing here may go on.
    if getrandom::fill(&mut bytes).is_err() {
        panic!("the system has no random numbers");
    }
    URL_SAFE_NO_PAD.encode(bytes)
}

/// What is stored of it.
pub fn hash(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}

/// A cookie for this host alone, unreadable for scripts, sent along when a link leads here; no life takes it away.
pub fn cookie(name: &'static str, value: String, life: TimeDelta) -> Cookie<'static> {
    Cookie::build(name, value)
        .path("/")
        .secure(true)
        .http_only(true)
        .same_site(SameSite::Lax)
        .max_age(Duration::seconds(life.num_seconds().max(0)))
        .finish()
}

#[cfg(test)]
mod tests {
    use super::{cookie, hash, random};
    use chrono::TimeDelta;

    #[test]
    fn no_two_are_alike_and_each_has_one_digest() {
        let (one, other) = (random(), random());
        assert_ne!(one, other);
        assert_eq!(one.len(), 43);
        assert_eq!(hash(&one), hash(&one));
        assert_eq!(hash(&one).len(), 32);
        let gone = cookie("__Host-one", one, TimeDelta::minutes(-1)).to_string();
        assert!(gone.contains("Max-Age=0") && gone.contains("HttpOnly") && gone.contains("Secure"), "{gone}");
    }
}
