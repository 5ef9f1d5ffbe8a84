//! The ticket's code: who issued it, proven by a signature that a phone can check without a network.
//!
//! | bytes | what |
//! |---|---|
//! | 1 | version, now 1 |
//! | 1 | key id, so that keys can be rotated |
//! | 1 | kind of entry right |
//! | 16 | ticket |
//! | 16 | event |
//! | 64 | Ed25519 signature (RFC 8032) over `maguey-ticket` and the 35 bytes before |
//!
//! Written in base45 (RFC 9285): 149 characters of the QR code's alphanumeric mode. The code says *who issued it*;
//! whether it may enter is the admission record's word ([`crate::admission`]).

use crate::ids::{EventId, TicketId};
use crate::mode::Mode;
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use std::{collections::BTreeMap, fmt, str::FromStr};
use uuid::Uuid;

const VERSION: u8 = 1;
const BODY: usize = 35;
const WHOLE: usize = BODY + 64;
/// Characters of a code.
const LENGTH: usize = 149;
/// Keeps a ticket's signature from ever meaning something elsewhere.
const CONTEXT: &[u8] = b"maguey-ticket";
/// Longest text worth reading, in bytes (B19).
pub const MAX_TEXT: usize = 512;

/// What kind of entry right a code carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CodeKind {
    /// A ticket.
    Ticket,
}

/// The content of a code whose signature has been checked, or that is about to be signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TicketCode {
    /// The key that signs it.
    pub key_id: u8,
    /// What kind of entry right it is.
    pub kind: CodeKind,
    /// The ticket.
    pub ticket: TicketId,
    /// The ticket's event.
    pub event: EventId,
}

/// Why a code is not one of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// Not the shape of a code: another QR, a typing error, a code cut short.
    #[error("not the shape of a ticket's code")]
    Malformed,
    /// The shape is right; the key it names is not ours.
    #[error("signed by a key that is not the club's")]
    UnknownKey,
    /// Signed for another mode than this ring's: a test ticket where tickets are real, or a real one where they are tests.
    #[error("a ticket of the other mode")]
    OtherMode(Mode),
    /// The shape is right; the signature is not.
    #[error("the signature does not match")]
    Forged,
}

impl TicketCode {
    /// Signs the code and writes it as the text of the QR code.
    pub fn sign(&self, key: &SigningKey) -> String {
        let body = self.body();
        let signature = key.sign(&signed_bytes(&body));
        let mut whole = [0; WHOLE];
        whole[..BODY].copy_from_slice(&body);
        whole[BODY..].copy_from_slice(&signature.to_bytes());
        base45::encode(whole)
    }

    /// Reads the text of a QR code and checks its signature against the club's keys.
    ///
    /// Surrounding white space is forgiven; lower case is not a code of ours and is forgiven too, since people type. A space is a
    /// character of base45, though, and the codes of a few keys (5, 50, …) begin with it: one that lacks its first character is
    /// read with a space before it, if that makes it a code of one of our keys.
    pub fn read(text: &str, keys: &KeyRing) -> Result<Self, CodeError> {
        if text.len() > MAX_TEXT {
            return Err(CodeError::Malformed);
        }
        let text = text.trim().to_ascii_uppercase();
        let space_lost = text.len() == LENGTH - 1;
        let text = if space_lost { format!(" {text}") } else { text };
        let bytes = base45::decode(text).map_err(|_| CodeError::Malformed)?;
        let whole: [u8; WHOLE] = bytes.try_into().map_err(|_| CodeError::Malformed)?;
        let (body, signature) = whole.split_at(BODY);
        let code = Self::from_body(body)?;
        let stranger = || if space_lost { CodeError::Malformed } else { keys.stranger(code.key_id) };
        let key = keys.0.get(&code.key_id).ok_or_else(stranger)?;
        let signature = Signature::from_slice(signature).map_err(|_| CodeError::Malformed)?;
        key.verify_strict(&signed_bytes(body), &signature).map_err(|_| CodeError::Forged)?;
        Ok(code)
    }

    fn body(&self) -> [u8; BODY] {
        let mut body = [0; BODY];
        body[0] = VERSION;
        body[1] = self.key_id;
        body[2] = match self.kind {
            CodeKind::Ticket => 1,
        };
        body[3..19].copy_from_slice(self.ticket.uuid().as_bytes());
        body[19..35].copy_from_slice(self.event.uuid().as_bytes());
        body
    }

    fn from_body(body: &[u8]) -> Result<Self, CodeError> {
        let kind = match (body[0], body[2]) {
            (VERSION, 1) => CodeKind::Ticket,
            _ => return Err(CodeError::Malformed),
        };
        let id = |from: usize| Uuid::from_slice(&body[from..from + 16]).map_err(|_| CodeError::Malformed);
        Ok(Self { key_id: body[1], kind, ticket: id(3)?.into(), event: id(19)?.into() })
    }
}

fn signed_bytes(body: &[u8]) -> Vec<u8> {
    [CONTEXT, body].concat()
}

/// The club's public keys by key id. Old keys stay until their events are over.
#[derive(Debug, Clone, Default)]
pub struct KeyRing(BTreeMap<u8, VerifyingKey>);

/// The text is not a list of keys such as `1:BASE64,2:BASE64`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected ID:BASE64 of a 32-byte Ed25519 public key, several with commas between")]
pub struct BadKeyRing;

impl KeyRing {
    /// A ring with the given keys.
    pub fn new(keys: impl IntoIterator<Item = (u8, VerifyingKey)>) -> Self {
        Self(keys.into_iter().collect())
    }
    /// The one mode that all its keys belong to; none for an empty ring, or for one that mixes them.
    pub fn mode(&self) -> Option<Mode> {
        let mode = Mode::of_key(*self.0.keys().next()?);
        self.0.keys().all(|id| Mode::of_key(*id) == mode).then_some(mode)
    }

    /// What a code is whose key is not here.
    fn stranger(&self, id: u8) -> CodeError {
        let its = Mode::of_key(id);
        match self.mode() {
            Some(ours) if ours != its => CodeError::OtherMode(its),
            _ => CodeError::UnknownKey,
        }
    }

    /// The keys, by id.
    pub fn iter(&self) -> impl Iterator<Item = (u8, &VerifyingKey)> {
        self.0.iter().map(|(id, key)| (*id, key))
    }
}

impl FromStr for KeyRing {
    type Err = BadKeyRing;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.split(',')
            .map(|entry| one_key(entry.trim()).ok_or(BadKeyRing))
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

fn one_key(entry: &str) -> Option<(u8, VerifyingKey)> {
    use base64::{Engine, engine::general_purpose::STANDARD};
    let (id, key) = entry.split_once(':')?;
    let bytes: [u8; 32] = STANDARD.decode(key).ok()?.try_into().ok()?;
    Some((id.parse().ok()?, VerifyingKey::from_bytes(&bytes).ok()?))
}

impl fmt::Display for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use base64::{Engine, engine::general_purpose::STANDARD};
        for (n, (id, key)) in self.0.iter().enumerate() {
            write!(f, "{}{id}:{}", if n == 0 { "" } else { "," }, STANDARD.encode(key.as_bytes()))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key() -> SigningKey {
        SigningKey::from_bytes(&[7; 32])
    }
    fn ring() -> KeyRing {
        KeyRing::new([(1, key().verifying_key())])
    }
    fn code(ticket: u128, event: u128) -> TicketCode {
        TicketCode {
            key_id: 1,
            kind: CodeKind::Ticket,
            ticket: Uuid::from_u128(ticket).into(),
            event: Uuid::from_u128(event).into(),
        }
    }

    #[test]
    fn a_code_fits_the_alphanumeric_mode_of_a_qr() {
        let text = code(1, 2).sign(&key());
        assert_eq!(text.len(), LENGTH);
        assert!(
            text.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || " $%*+-./:".contains(c))
        );
    }

    #[test]
    fn other_codes_are_told_apart_from_forgeries() {
        let (text, other) = (code(1, 2).sign(&key()), SigningKey::from_bytes(&[8; 32]));
        assert_eq!(TicketCode::read("https://example.org", &ring()), Err(CodeError::Malformed));
        assert_eq!(TicketCode::read(&text[..100], &ring()), Err(CodeError::Malformed));
        assert_eq!(TicketCode::read(&"A".repeat(600), &ring()), Err(CodeError::Malformed));
        assert_eq!(TicketCode::read("", &ring()), Err(CodeError::Malformed));
        assert_eq!(TicketCode::read(&code(1, 2).sign(&other), &ring()), Err(CodeError::Forged));
        let strange = TicketCode { key_id: 9, ..code(1, 2) };
        assert_eq!(TicketCode::read(&strange.sign(&key()), &ring()), Err(CodeError::UnknownKey));
    }

    #[test]
    fn a_code_of_the_other_mode_is_called_by_its_name() {
        let signed = |key_id: u8| TicketCode { key_id, ..code(1, 2) }.sign(&key());
        let test = KeyRing::new([(129, key().verifying_key())]);
        assert_eq!(TicketCode::read(&signed(129), &ring()), Err(CodeError::OtherMode(Mode::Test)));
        assert_eq!(TicketCode::read(&signed(1), &test), Err(CodeError::OtherMode(Mode::Live)));
        assert_eq!(TicketCode::read(&signed(130), &test), Err(CodeError::UnknownKey));
        assert!(TicketCode::read(&signed(129), &test).is_ok());
        let mixed = KeyRing::new([(1, key().verifying_key()), (129, key().verifying_key())]);
        assert_eq!((ring().mode(), test.mode(), mixed.mode()), (Some(Mode::Live), Some(Mode::Test), None));
    }

    #[test]
    fn a_key_ring_survives_the_environment() {
        let text = ring().to_string();
        assert_eq!(text.parse::<KeyRing>().expect("our own text").to_string(), text);
        for bad in ["", "1", "1:", "x:AAAA", "1:AAAA", "300:AAAA"] {
            assert!(bad.parse::<KeyRing>().is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn what_was_signed_is_read_back(ticket in any::<u128>(), event in any::<u128>()) {
            let code = code(ticket, event);
            prop_assert_eq!(TicketCode::read(&code.sign(&key()), &ring()), Ok(code));
        }

        #[test]
        fn the_code_of_any_key_is_read_however_it_was_trimmed(key_id: u8, ticket in any::<u128>()) {
            let code = TicketCode { key_id, ..code(ticket, 2) };
            let (text, ring) = (code.sign(&key()), KeyRing::new([(key_id, key().verifying_key())]));
            prop_assert_eq!(TicketCode::read(&text, &ring), Ok(code));
            prop_assert_eq!(TicketCode::read(text.trim(), &ring), Ok(code));
            prop_assert_eq!(TicketCode::read(&text[1..], &KeyRing::default()), Err(CodeError::Malformed));
        }

        #[test]
        fn any_flipped_bit_is_refused(ticket in any::<u128>(), bit in 0_usize..WHOLE * 8) {
            let mut bytes = base45::decode(code(ticket, 5).sign(&key())).expect("our own text");
            bytes[bit / 8] ^= 1 << (bit % 8);
            prop_assert!(TicketCode::read(&base45::encode(bytes), &ring()).is_err());
        }

        #[test]
        fn no_text_makes_the_reader_fall_over(text in ".{0,600}") {
            prop_assert!(TicketCode::read(&text, &ring()).is_err());
        }
    }
}
