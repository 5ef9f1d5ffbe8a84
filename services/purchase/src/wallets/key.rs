//! The key in a pass, by which its phone asks for it. It says in whose hands the pass is and in which language, sealed by an HMAC
//! over that and the ticket: nobody can make one or turn a friend's into the buyer's, and nothing is stored.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use documents::PassUpdates;
use domain::ids::TicketId;
use domain::language::Language;
use hmac::{Hmac, KeyInit, Mac};
use settings::Secret;
use sha2::Sha256;

/// Bytes of the HMAC that stand in a key: 192 bits.
const KEY_BYTES: usize = 24;

/// In whose hands a pass is: where its address leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hands {
    /// The buyer's: to the order.
    Buyer,
    /// A friend's: to the ticket alone.
    Friend,
}

impl Hands {
    const fn code(self) -> &'static str {
        match self {
            Self::Buyer => "order",
            Self::Friend => "ticket",
        }
    }
}

/// Makes and checks the keys in passes.
#[derive(Clone)]
pub struct PassKeys {
    secret: Secret,
    base: Arc<str>,
}

impl std::fmt::Debug for PassKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PassKeys").field("base", &self.base).finish_non_exhaustive()
    }
}

impl PassKeys {
    /// Keys from the secret that orders' addresses are made of; phones ask below the ticket site's public URL.
    pub fn new(secret: Secret, public_url: &str) -> Self {
        Self { secret, base: public_url.trim_end_matches('/').into() }
    }

    /// What a pass says of where it is asked for.
    pub fn updates(&self, ticket: TicketId, hands: Hands, language: Language) -> PassUpdates {
        PassUpdates { url: format!("{}/wallet", self.base), token: self.key(ticket, hands, language) }
    }

    /// The key of a pass.
    pub fn key(&self, ticket: TicketId, hands: Hands, language: Language) -> String {
        let seal = self.mac(ticket, hands, language).finalize().into_bytes();
        format!("{}.{}.{}", hands.code(), language.code(), URL_SAFE_NO_PAD.encode(&seal[..KEY_BYTES]))
    }

    /// What a key opens of a ticket, if it does: compared in constant time.
    pub fn opens(&self, ticket: TicketId, key: &str) -> Option<(Hands, Language)> {
        let mut parts = key.splitn(3, '.');
        let hands = match parts.next()? {
            "order" => Hands::Buyer,
            "ticket" => Hands::Friend,
            _ => return None,
        };
        let language: Language = parts.next()?.parse().ok()?;
        let seal = URL_SAFE_NO_PAD.decode(parts.next()?).ok()?;
        let fits =
            seal.len() == KEY_BYTES && self.mac(ticket, hands, language).verify_truncated_left(&seal).is_ok();
        fits.then_some((hands, language))
    }

    fn mac(&self, ticket: TicketId, hands: Hands, language: Language) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.secret.expose().as_bytes())
            .expect("HMAC takes a key of any length");
        // Another word than a ticket's address begins with: no key of one opens the other.
        mac.update(b"maguey-wallet-pass");
        mac.update(hands.code().as_bytes());
        mac.update(language.code().as_bytes());
        mac.update(ticket.uuid().as_bytes());
        mac
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_opens_its_own_pass_and_a_friends_never_the_order() {
        let keys = PassKeys::new(Secret::new("a secret for this test"), "https://tickets.example.org/");
        let (ticket, other) = (TicketId::generate(), TicketId::generate());
        let key = keys.key(ticket, Hands::Friend, Language::Es);
        assert_eq!(keys.opens(ticket, &key), Some((Hands::Friend, Language::Es)));
        assert_eq!(keys.opens(other, &key), None);
        let seal = key.rsplit('.').next().expect("a seal");
        for wrong in [format!("order.es.{seal}"), format!("ticket.en.{seal}"), seal.to_owned(), String::new()]
        {
            assert_eq!(keys.opens(ticket, &wrong), None, "{wrong}");
        }
        assert_eq!(keys.opens(ticket, &key[..key.len() - 4]), None);
        assert!(key.len() >= 16, "Apple wants as many letters");
        assert_eq!(
            keys.updates(ticket, Hands::Buyer, Language::En).url,
            "https://tickets.example.org/wallet"
        );
    }
}
