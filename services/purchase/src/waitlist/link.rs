//! The address of a party's own page. Its key is an HMAC over the party's id: nobody can guess it, and nothing is stored.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::ids::WaitlistId;
use hmac::{Hmac, KeyInit, Mac};
use settings::Secret;
use sha2::Sha256;

/// Bytes of the HMAC that stand in the address: 192 bits.
const KEY_BYTES: usize = 24;

/// Makes and checks the addresses of parties in line.
#[derive(Clone)]
pub struct WaitlistLinks {
    secret: Secret,
    base: Arc<str>,
}

impl std::fmt::Debug for WaitlistLinks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WaitlistLinks").field("base", &self.base).finish_non_exhaustive()
    }
}

impl WaitlistLinks {
    /// Links below the ticket site's public URL, from the secret that orders' addresses are made of.
    pub fn new(secret: Secret, public_url: &str) -> Self {
        Self { secret, base: public_url.trim_end_matches('/').into() }
    }

    /// The key that opens a party's page.
    pub fn key(&self, id: WaitlistId) -> String {
        URL_SAFE_NO_PAD.encode(&self.mac(id).finalize().into_bytes()[..KEY_BYTES])
    }

    /// Whether a key opens a party's page, in constant time.
    pub fn opens(&self, id: WaitlistId, key: &str) -> bool {
        let Ok(key) = URL_SAFE_NO_PAD.decode(key) else { return false };
        key.len() == KEY_BYTES && self.mac(id).verify_truncated_left(&key).is_ok()
    }

    /// The page, absolute.
    pub fn url(&self, id: WaitlistId) -> String {
        format!("{}{}", self.base, self.path(id))
    }

    /// The page, from the site's root.
    pub fn path(&self, id: WaitlistId) -> String {
        format!("/waitlist/{id}?key={}", self.key(id))
    }

    fn mac(&self, id: WaitlistId) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.secret.expose().as_bytes())
            .expect("HMAC takes a key of any length");
        // Another word than an order's address begins with: no key of one opens the other.
        mac.update(b"maguey-waitlist-link");
        mac.update(id.uuid().as_bytes());
        mac
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_opens_its_own_page_and_no_other() {
        let links = WaitlistLinks::new(Secret::new("a secret for this test"), "https://tickets.example.org/");
        let (mine, other) = (WaitlistId::generate(), WaitlistId::generate());
        let key = links.key(mine);
        assert!(links.opens(mine, &key));
        for wrong in [&key[..31], "", "not base64 at all!"] {
            assert!(!links.opens(mine, wrong), "{wrong}");
        }
        assert!(!links.opens(other, &key));
        let orders = crate::orders::link::OrderLinks::new(Secret::new("a secret for this test"), "");
        assert!(!links.opens(mine, &orders.key(mine.uuid().into())), "an order's key opens an order");
    }
}
