//! The ticket's code: who issued it, proven by a signature that a phone can check without a network.
//!
//! | bytes | what |
//! |---|---|
//! | 1 | version: 1, or 2 for a code that moves |
//! | 1 | key id, so that keys can be rotated |
//! | 1 | kind of entry right |
//! | 16 | ticket |
//! | 16 | event |
//! | 4 | version 2 alone: the [`Step`] at which the code is to be shown, its highest byte first |
//! | 64 | Ed25519 signature (RFC 8032) over `maguey-ticket` and the 35 or 39 bytes before |
//!
//! Written in base45 (RFC 9285): 149 or 155 characters of the QR code's alphanumeric mode. The code says *who issued it*;
//! whether it may enter, and whether the step that it was made for is the present one, is the word of [`crate::admission`].

use crate::ids::{EventId, TicketId};
use crate::mode::Mode;
use chrono::{DateTime, Utc};
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use std::{collections::BTreeMap, fmt, str::FromStr};
use uuid::Uuid;

/// The version of a code that stays as it is.
const STILL: u8 = 1;
/// The version of a code that moves.
const MOVING: u8 = 2;
/// Bytes before the signature.
const BODY: usize = 35;
/// The same of a code that moves.
const MOVING_BODY: usize = BODY + 4;
const SIGNATURE: usize = 64;
/// Characters of a code of either version.
const LENGTHS: [usize; 2] = [149, 155];
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

/// A quarter of a minute, counted since 1970: the moment at which a code that moves is to be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Step(u32);

impl Step {
    /// How long a step takes.
    pub const SECONDS: u32 = 15;
    /// How many steps ago a code may have been shown: who holds a phone out waits a moment for the doorman.
    const BEHIND: u32 = 2;
    /// How many steps ahead it may be, for clocks that are not quite the same.
    const AHEAD: u32 = 1;

    /// The step of an instant.
    pub fn at(instant: DateTime<Utc>) -> Self {
        let number = instant.timestamp().div_euclid(i64::from(Self::SECONDS));
        Self(u32::try_from(number.max(0)).unwrap_or(u32::MAX))
    }

    /// The one after it.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// Its number: seconds since 1970, divided by [`Self::SECONDS`].
    pub const fn number(self) -> u32 {
        self.0
    }

    /// Whether a code of this step may be in front of a guest's phone in that instant.
    pub fn fresh_at(self, instant: DateTime<Utc>) -> bool {
        let now = Self::at(instant).0;
        (now.saturating_sub(Self::BEHIND)..=now.saturating_add(Self::AHEAD)).contains(&self.0)
    }
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
    /// When it is to be shown, of a code that moves.
    pub step: Option<Step>,
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
        let mut whole = self.body();
        let signature = key.sign(&signed_bytes(&whole));
        whole.extend_from_slice(&signature.to_bytes());
        base45::encode(whole)
    }

    /// Reads the text of a QR code and checks its signature against the club's keys.
    ///
    /// Surrounding white space is forgiven; lower case is not a code of ours and is forgiven too, since people type. A space is a
    /// character of base45, though, and the codes of a few keys (5, 50, …; 19, 64, … where they move) begin with it: one that lacks
    /// its first character is read with a space before it, if that makes it a code of one of our keys.
    pub fn read(text: &str, keys: &KeyRing) -> Result<Self, CodeError> {
        if text.len() > MAX_TEXT {
            return Err(CodeError::Malformed);
        }
        let text = text.trim().to_ascii_uppercase();
        let space_lost = LENGTHS.contains(&(text.len() + 1));
        let text = if space_lost { format!(" {text}") } else { text };
        let bytes = base45::decode(text).map_err(|_| CodeError::Malformed)?;
        let body = bytes.len().checked_sub(SIGNATURE).ok_or(CodeError::Malformed)?;
        let (body, signature) = bytes.split_at(body);
        let code = Self::from_body(body)?;
        let stranger = || if space_lost { CodeError::Malformed } else { keys.stranger(code.key_id) };
        let key = keys.0.get(&code.key_id).ok_or_else(stranger)?;
        let signature = Signature::from_slice(signature).map_err(|_| CodeError::Malformed)?;
        key.verify_strict(&signed_bytes(body), &signature).map_err(|_| CodeError::Forged)?;
        Ok(code)
    }

    fn body(&self) -> Vec<u8> {
        let kind = match self.kind {
            CodeKind::Ticket => 1,
        };
        let mut body = Vec::with_capacity(MOVING_BODY + SIGNATURE);
        body.extend([if self.step.is_some() { MOVING } else { STILL }, self.key_id, kind]);
        body.extend(self.ticket.uuid().as_bytes());
        body.extend(self.event.uuid().as_bytes());
        body.extend(self.step.iter().flat_map(|step| step.0.to_be_bytes()));
        body
    }

    fn from_body(body: &[u8]) -> Result<Self, CodeError> {
        let step = match body {
            [STILL, ..] if body.len() == BODY => None,
            [MOVING, .., a, b, c, d] if body.len() == MOVING_BODY => {
                Some(Step(u32::from_be_bytes([*a, *b, *c, *d])))
            }
            _ => return Err(CodeError::Malformed),
        };
        let kind = match body[2] {
            1 => CodeKind::Ticket,
            _ => return Err(CodeError::Malformed),
        };
        let id = |from: usize| Uuid::from_slice(&body[from..from + 16]).map_err(|_| CodeError::Malformed);
        Ok(Self { key_id: body[1], kind, ticket: id(3)?.into(), event: id(19)?.into(), step })
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
            step: None,
        }
    }
    fn moving(step: u32) -> TicketCode {
        TicketCode { step: Some(Step(step)), ..code(1, 2) }
    }
    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).expect("an instant")
    }

    #[test]
    fn a_code_fits_the_alphanumeric_mode_of_a_qr() {
        for (code, length) in [(code(1, 2), 149), (moving(3), 155)] {
            let text = code.sign(&key());
            assert_eq!(text.len(), length);
            assert!(
                text.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || " $%*+-./:".contains(c))
            );
        }
    }

    #[test]
    fn a_step_is_a_quarter_of_a_minute() {
        assert_eq!(
            (Step::at(at(0)).number(), Step::at(at(14)).number(), Step::at(at(15)).number()),
            (0, 0, 1)
        );
        assert_eq!(Step::at(at(1_795_000_000)).number(), 119_666_666);
        assert_eq!(Step::at(at(-1)).number(), 0, "before all of them");
        assert_eq!(Step::at(DateTime::<Utc>::MAX_UTC).next().number(), u32::MAX, "and after");
    }

    #[test]
    fn a_step_is_fresh_a_moment_before_its_time_and_two_after() {
        let (first, last) = (100 * 15, 100 * 15 + 14);
        let fresh = |number: u32| {
            let (first, last) = (Step(number).fresh_at(at(first)), Step(number).fresh_at(at(last)));
            assert_eq!(first, last, "{number}: a step is one from its first second to its last");
            first
        };
        let these: Vec<u32> = (90..110).filter(|number| fresh(*number)).collect();
        assert_eq!(these, [98, 99, 100, 101]);
    }

    #[test]
    fn neither_version_is_read_with_the_other_s_length() {
        let written = |version: u8, body: Vec<u8>| {
            let body = [&[version][..], &body[1..]].concat();
            let signature = key().sign(&signed_bytes(&body));
            base45::encode([body, signature.to_bytes().to_vec()].concat())
        };
        let (still, moves) = (code(1, 2).body(), moving(3).body());
        assert_eq!(TicketCode::read(&written(STILL, still.clone()), &ring()), Ok(code(1, 2)));
        assert_eq!(TicketCode::read(&written(MOVING, moves.clone()), &ring()), Ok(moving(3)));
        for (version, body) in [(MOVING, still), (STILL, moves.clone()), (3, moves)] {
            assert_eq!(TicketCode::read(&written(version, body), &ring()), Err(CodeError::Malformed));
        }
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
        fn a_code_that_moves_says_when_it_was_to_be_shown(ticket in any::<u128>(), step: u32) {
            let code = TicketCode { step: Some(Step(step)), ..code(ticket, 2) };
            prop_assert_eq!(TicketCode::read(&code.sign(&key()), &ring()), Ok(code));
        }

        #[test]
        fn what_is_shown_now_is_fresh_and_what_was_shown_a_minute_ago_is_not(second in 60_i64..60_000_000_000) {
            let step = Step::at(at(second));
            prop_assert!(step.fresh_at(at(second)) && step.next().fresh_at(at(second)));
            prop_assert!(step.fresh_at(at(second + 30)), "half a minute is time enough to hold it out");
            prop_assert!(!step.fresh_at(at(second + 60)) && !step.fresh_at(at(second - 60)));
        }

        #[test]
        fn the_code_of_any_key_is_read_however_it_was_trimmed(key_id: u8, ticket in any::<u128>(), step: Option<u32>) {
            let code = TicketCode { key_id, step: step.map(Step), ..code(ticket, 2) };
            let (text, ring) = (code.sign(&key()), KeyRing::new([(key_id, key().verifying_key())]));
            prop_assert_eq!(TicketCode::read(&text, &ring), Ok(code));
            prop_assert_eq!(TicketCode::read(text.trim(), &ring), Ok(code));
            prop_assert_eq!(TicketCode::read(&text[1..], &KeyRing::default()), Err(CodeError::Malformed));
        }

        #[test]
        fn any_flipped_bit_is_refused(ticket in any::<u128>(), step: Option<u32>, bit: usize) {
            let code = TicketCode { step: step.map(Step), ..code(ticket, 5) };
            let mut bytes = base45::decode(code.sign(&key())).expect("our own text");
            let bit = bit % (bytes.len() * 8);
            bytes[bit / 8] ^= 1 << (bit % 8);
            prop_assert!(TicketCode::read(&base45::encode(bytes), &ring()).is_err());
        }

        #[test]
        fn no_text_makes_the_reader_fall_over(text in ".{0,600}") {
            prop_assert!(TicketCode::read(&text, &ring()).is_err());
        }
    }
}
