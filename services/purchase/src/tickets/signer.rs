//! The club's signature on a code.

use std::str::FromStr;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::ids::{EventId, TicketId};
use domain::mode::Mode;
use domain::ticket_code::{CodeKind, Step, TicketCode};
use ed25519_dalek::SigningKey;

/// Signs codes. The key does not print.
#[derive(Clone)]
pub struct TicketSigner {
    key_id: u8,
    key: Arc<SigningKey>,
}

/// The text is not a signing key.
#[derive(Debug, thiserror::Error)]
#[error("expected ID:BASE64 of a 32-byte Ed25519 seed, with an ID from 0 to 255")]
pub struct BadSigningKey;

impl FromStr for TicketSigner {
    type Err = BadSigningKey;
    /// Reads `1:BASE64`: the key's id, and its seed. The id is that of the public key the doors hold.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (id, seed) = text.split_once(':').ok_or(BadSigningKey)?;
        let seed: [u8; 32] =
            STANDARD.decode(seed).ok().and_then(|s| s.try_into().ok()).ok_or(BadSigningKey)?;
        let key_id = id.parse().map_err(|_| BadSigningKey)?;
        Ok(Self { key_id, key: Arc::new(SigningKey::from_bytes(&seed)) })
    }
}

impl std::fmt::Debug for TicketSigner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TicketSigner").field("key_id", &self.key_id).finish_non_exhaustive()
    }
}

impl TicketSigner {
    /// Whose tickets it signs: real ones, or those of test mode.
    pub const fn mode(&self) -> Mode {
        Mode::of_key(self.key_id)
    }

    /// The text of a ticket's QR code.
    pub fn code(&self, ticket: TicketId, event: EventId) -> String {
        self.signed(ticket, event, None)
    }

    /// The same of one whose code moves, as it is to be shown at a step.
    pub fn moving_code(&self, ticket: TicketId, event: EventId, step: Step) -> String {
        self.signed(ticket, event, Some(step))
    }

    fn signed(&self, ticket: TicketId, event: EventId, step: Option<Step>) -> String {
        TicketCode { key_id: self.key_id, kind: CodeKind::Ticket, ticket, event, step }.sign(&self.key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::ticket_code::KeyRing;

    #[test]
    fn the_door_reads_what_we_sign() {
        let signer: TicketSigner = format!("3:{}", STANDARD.encode([9; 32])).parse().expect("a fair key");
        let public = SigningKey::from_bytes(&[9; 32]).verifying_key();
        let (ticket, event) = (TicketId::generate(), EventId::generate());
        let code = signer.code(ticket, event);
        let read = TicketCode::read(&code, &KeyRing::new([(3, public)])).expect("ours");
        assert_eq!((read.ticket, read.event), (ticket, event));
        assert_eq!(code, signer.code(ticket, event), "the same ticket always shows the same code");
    }

    #[test]
    fn a_key_that_is_none_is_refused_and_never_printed() {
        for bad in ["", "1", "1:AAAA", "300:AAAA", "x:AAAA"] {
            assert!(bad.parse::<TicketSigner>().is_err(), "{bad}");
        }
        let signer: TicketSigner = format!("1:{}", STANDARD.encode([9; 32])).parse().expect("a fair key");
        assert!(!format!("{signer:?}").contains("CQkJ"));
    }
}
