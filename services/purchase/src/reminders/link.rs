//! The address that ends reminders. Its key is an HMAC over the reminder's id: nobody can guess it, and nothing is stored.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::ids::ReminderId;
use hmac::{Hmac, KeyInit, Mac};
use settings::Secret;
use sha2::Sha256;

/// Bytes of the HMAC that stand in the address: 192 bits.
const KEY_BYTES: usize = 24;

/// Makes and checks the addresses that end reminders.
#[derive(Clone)]
pub struct ReminderLinks {
    secret: Secret,
    base: Arc<str>,
}

impl std::fmt::Debug for ReminderLinks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ReminderLinks").field("base", &self.base).finish_non_exhaustive()
    }
}

impl ReminderLinks {
    /// Links below the ticket site's public URL, from the secret that orders' addresses are made of.
    pub fn new(secret: Secret, public_url: &str) -> Self {
        Self { secret, base: public_url.trim_end_matches('/').into() }
    }

    /// The key that opens a reminder's page.
    pub fn key(&self, id: ReminderId) -> String {
        URL_SAFE_NO_PAD.encode(&self.mac(id).finalize().into_bytes()[..KEY_BYTES])
    }

    /// Whether a key opens a reminder's page, in constant time.
    pub fn opens(&self, id: ReminderId, key: &str) -> bool {
        let Ok(key) = URL_SAFE_NO_PAD.decode(key) else { return false };
        key.len() == KEY_BYTES && self.mac(id).verify_truncated_left(&key).is_ok()
    }

    /// The page that ends reminders, absolute.
    pub fn stop_url(&self, id: ReminderId) -> String {
        format!("{}/reminders/{id}?key={}", self.base, self.key(id))
    }

    /// A night's page, absolute.
    pub fn night_url(&self, slug: &str) -> String {
        format!("{}/e/{slug}", self.base)
    }

    fn mac(&self, id: ReminderId) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.secret.expose().as_bytes())
            .expect("HMAC takes a key of any length");
        // Another word than an order's address begins with: no key of one opens the other.
        mac.update(b"maguey-reminder-link");
        mac.update(id.uuid().as_bytes());
        mac
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_opens_its_own_page_and_no_other() {
        let links = ReminderLinks::new(Secret::new("a secret for this test"), "https://tickets.example.org/");
        let (mine, other) = (ReminderId::generate(), ReminderId::generate());
        let key = links.key(mine);
        assert!(links.opens(mine, &key) && !links.opens(other, &key));
        for wrong in [&key[..31], "", "not base64 at all!"] {
            assert!(!links.opens(mine, wrong), "{wrong}");
        }
        let orders = crate::orders::link::OrderLinks::new(Secret::new("a secret for this test"), "");
        assert!(!links.opens(mine, &orders.key(mine.uuid().into())), "an order's key opens an order");
        assert!(links.stop_url(mine).starts_with("https://tickets.example.org/reminders/"));
    }
}
