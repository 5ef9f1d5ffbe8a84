//! A place in line as its guest keeps it: a number, when it was taken, and a signature over both and the night.

use actix_web::HttpRequest;
use actix_web::cookie::time::Duration as CookieDuration;
use actix_web::cookie::{Cookie, SameSite};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use settings::Secret;
use sha2::Sha256;
use uuid::Uuid;

/// The header in which a program sends its place.
pub const HEADER: &str = "waiting-place";
/// Bytes of the signature: 192 bits.
const KEY_BYTES: usize = 24;
/// Number, instant, and a random part: two guests never have the same token.
const SAID: usize = 24;
/// Longer than any line.
const KEEP: CookieDuration = CookieDuration::days(1);

/// A place in the line before one night.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Its number.
    pub number: i64,
    /// When it was taken, in milliseconds.
    pub taken_at: i64,
    salt: [u8; 8],
}

impl Place {
    /// A place that was just taken.
    pub fn new(number: i64, now: DateTime<Utc>) -> Self {
        let mut salt = [0; 8];
        salt.copy_from_slice(&Uuid::new_v4().as_bytes()[8..]);
        Self { number, taken_at: now.timestamp_millis(), salt }
    }

    fn bytes(&self) -> [u8; SAID] {
        let mut said = [0; SAID];
        said[..8].copy_from_slice(&self.number.to_be_bytes());
        said[8..16].copy_from_slice(&self.taken_at.to_be_bytes());
        said[16..].copy_from_slice(&self.salt);
        said
    }
}

/// Signs places, and knows those that it signed.
#[derive(Clone)]
pub struct PlaceKeys {
    secret: Secret,
}

impl std::fmt::Debug for PlaceKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PlaceKeys").finish_non_exhaustive()
    }
}

impl PlaceKeys {
    /// From the secret that orders' addresses are made of, which all replicas have.
    pub fn new(secret: Secret) -> Self {
        Self { secret }
    }

    /// The token of a place.
    pub fn sign(&self, event: Uuid, place: &Place) -> String {
        let said = place.bytes();
        let key = self.mac(event, &said).finalize().into_bytes();
        URL_SAFE_NO_PAD.encode([&said[..], &key[..KEY_BYTES]].concat())
    }

    /// The place that a token stands for, if it is one before this night.
    pub fn read(&self, event: Uuid, token: &str) -> Option<Place> {
        let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (said, key) = bytes.split_at_checked(SAID)?;
        if key.len() != KEY_BYTES || self.mac(event, said).verify_truncated_left(key).is_err() {
            return None;
        }
        let number = |from: usize| said.get(from..from + 8)?.try_into().ok().map(i64::from_be_bytes);
        Some(Place { number: number(0)?, taken_at: number(8)?, salt: said.get(16..)?.try_into().ok()? })
    }

    fn mac(&self, event: Uuid, said: &[u8]) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.secret.expose().as_bytes())
            .expect("HMAC takes a key of any length");
        // Another word than addresses begin with: no key of one is one of the other.
        mac.update(b"maguey-waiting-place");
        mac.update(event.as_bytes());
        mac.update(said);
        mac
    }
}

/// The name of the cookie that keeps a guest's place before a night.
fn cookie_name(event: Uuid) -> String {
    format!("__Host-place-{}", event.simple())
}

/// The token that came with a request, by header or by cookie.
pub fn sent(request: &HttpRequest, event: Uuid) -> Option<String> {
    let header = request.headers().get(HEADER).and_then(|value| value.to_str().ok()).map(str::to_owned);
    header.or_else(|| request.cookie(&cookie_name(event)).map(|cookie| cookie.value().to_owned()))
}

/// The cookie that keeps a token.
pub fn cookie(event: Uuid, token: String) -> Cookie<'static> {
    Cookie::build(cookie_name(event), token)
        .path("/")
        .secure(true)
        .http_only(true)
        .same_site(SameSite::Lax)
        .max_age(KEEP)
        .finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_known_again_and_a_changed_one_is_not() {
        let keys = PlaceKeys::new(Secret::new("a secret for this test"));
        let (friday, saturday) = (Uuid::now_v7(), Uuid::now_v7());
        let place = Place::new(4711, DateTime::from_timestamp(1_800_000_000, 0).expect("a time"));
        let token = keys.sign(friday, &place);
        assert_eq!(keys.read(friday, &token), Some(place));
        assert_eq!(keys.read(saturday, &token), None, "another night's");
        let earlier = Place { number: 1, ..place };
        let mut forged = URL_SAFE_NO_PAD.decode(&token).expect("base64");
        forged[..SAID].copy_from_slice(&earlier.bytes());
        for wrong in ["", "nonsense", &token[..60], URL_SAFE_NO_PAD.encode(&forged).as_str()] {
            assert_eq!(keys.read(friday, wrong), None, "{wrong}");
        }
        let other = PlaceKeys::new(Secret::new("another secret of a test"));
        assert_eq!(other.read(friday, &token), None);
    }
}
