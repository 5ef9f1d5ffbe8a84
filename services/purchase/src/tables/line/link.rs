//! The address by which a guest stops waiting for a table. Its key is an HMAC over the row's id: nobody can guess it, and nothing is
//! stored.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use settings::Secret;
use sha2::Sha256;
use uuid::Uuid;

/// Bytes of the HMAC that stand in the address: 192 bits.
const KEY_BYTES: usize = 24;

/// Makes and checks those addresses.
#[derive(Clone)]
pub struct TableLineLinks {
    secret: Secret,
    base: Arc<str>,
}

impl std::fmt::Debug for TableLineLinks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TableLineLinks").field("base", &self.base).finish_non_exhaustive()
    }
}

impl TableLineLinks {
    /// Links below the ticket site's public URL, from the secret that orders' addresses are made of.
    pub fn new(secret: Secret, public_url: &str) -> Self {
        Self { secret, base: public_url.trim_end_matches('/').into() }
    }

    /// The key that opens a guest's page.
    pub fn key(&self, id: Uuid) -> String {
        URL_SAFE_NO_PAD.encode(&self.mac(id).finalize().into_bytes()[..KEY_BYTES])
    }

    /// Whether a key opens a guest's page, in constant time.
    pub fn opens(&self, id: Uuid, key: &str) -> bool {
        let Ok(key) = URL_SAFE_NO_PAD.decode(key) else { return false };
        key.len() == KEY_BYTES && self.mac(id).verify_truncated_left(&key).is_ok()
    }

    /// The page, from the site's root.
    pub fn path(&self, id: Uuid) -> String {
        format!("/table-waitlist/{id}?key={}", self.key(id))
    }

    /// An address of the site, absolute.
    pub fn site(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    fn mac(&self, id: Uuid) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.secret.expose().as_bytes())
            .expect("HMAC takes a key of any length");
        // Another word than other addresses begin with: no key of one opens the other.
        mac.update(b"maguey-table-waitlist-link");
        mac.update(id.as_bytes());
        mac
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_opens_its_own_page_and_no_other() {
        let secret = || Secret::new("a secret for this test");
        let links = TableLineLinks::new(secret(), "https://tickets.example.org/");
        let (mine, other) = (Uuid::now_v7(), Uuid::now_v7());
        let key = links.key(mine);
        assert!(links.opens(mine, &key) && !links.opens(other, &key));
        for wrong in [&key[..31], "", "not base64 at all!"] {
            assert!(!links.opens(mine, wrong), "{wrong}");
        }
        let places = crate::waitlist::link::WaitlistLinks::new(secret(), "");
        assert!(!links.opens(mine, &places.key(mine.into())), "a place's key opens a place");
        assert_eq!(links.site("/e/friday"), "https://tickets.example.org/e/friday");
    }
}
