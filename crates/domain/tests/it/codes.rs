//! `vectors/codes.json`: texts that a camera or a person may hand to the door, each read with a ring of keys.

use domain::{
    mode::Mode,
    ticket_code::{CodeError, KeyRing, Step, TicketCode},
};
use ed25519_dalek::{Signer, SigningKey};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::hold_to;

const CONTEXT: &[u8] = b"maguey-ticket";
/// The order of the curve's base point, its lowest byte first: added to the scalar of a signature, it gives a second one that a
/// lenient reader takes.
const ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];
const ALPHABET: &[u8; 45] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
/// The rings and the ids of their keys. The code of key 5 begins with a space, and so does that of key 19 where it moves.
const RINGS: [(&str, &[u8]); 4] =
    [("live", &[1, 2, 5, 19]), ("test", &[129, 130]), ("both", &[1, 129]), ("none", &[])];

fn secret(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

fn ring(name: &str) -> KeyRing {
    let ids = RINGS.iter().find(|(ring, _)| *ring == name).map(|(_, ids)| *ids).unwrap_or_default();
    KeyRing::new(ids.iter().map(|id| (*id, secret(*id).verifying_key())))
}

/// What is written into a code.
#[derive(Clone, Copy)]
struct Written {
    version: u8,
    key_id: u8,
    kind: u8,
    /// When it is to be shown.
    step: Option<u32>,
    /// Whose secret signs it.
    seed: u8,
    context: &'static [u8],
}

const GOOD: Written = Written { version: 1, key_id: 1, kind: 1, step: None, seed: 1, context: CONTEXT };
const MOVING: Written = Written { version: 2, step: Some(119_721_120), ..GOOD };

impl Written {
    const fn by(id: u8) -> Self {
        Self { key_id: id, seed: id, ..GOOD }
    }

    fn bytes(self) -> Vec<u8> {
        let id = |number: u128| Uuid::from_u128(0x0193_8000_0000_7000_8000_0000_0000_0000 + number);
        let mut body = vec![self.version, self.key_id, self.kind];
        body.extend(id(2).as_bytes());
        body.extend(id(1).as_bytes());
        body.extend(self.step.iter().flat_map(|step| step.to_be_bytes()));
        let signature = secret(self.seed).sign(&[self.context, &body].concat());
        body.extend(signature.to_bytes());
        body
    }

    fn text(self) -> String {
        base45::encode(self.bytes())
    }
}

/// A text, with its name and the ring that reads it.
type Case = (String, &'static str, String);

fn case(name: &str, ring: &'static str, text: impl Into<String>) -> Case {
    (name.to_owned(), ring, text.into())
}

/// A good code, as people hand it over.
fn handed_over() -> Vec<Case> {
    let (good, spaced) = (GOOD.text(), Written::by(5).text());
    let live = |name: &str, text: String| case(name, "live", text);
    vec![
        live("good", good.clone()),
        live("lower case", good.to_ascii_lowercase()),
        live("blanks around it", format!(" \t{good}\r\n ")),
        live("white space of other alphabets around it", format!("\u{a0}\u{3000}{good}\u{85}\u{2028}")),
        live("a byte order mark before it", format!("\u{feff}{good}")),
        live("a zero-width space after it", format!("{good}\u{200b}")),
        live("white space up to the limit", format!("{good:<512}")),
        live("white space beyond the limit", format!("{good:<513}")),
        live("a blank inside it", format!("{} {}", &good[..70], &good[70..])),
        live("a line break inside it", format!("{}\n{}", &good[..70], &good[70..])),
        live("begins with a space", spaced.clone()),
        live("its first space was trimmed", spaced.trim().to_owned()),
        live("its first space was trimmed and others came", format!("  {}\n", spaced.trim())),
        live("its first space was doubled", format!(" {spaced}")),
        live("not its first space, but its first letter lost", good[1..].to_owned()),
        case("its first space was trimmed, and its key is not here", "test", spaced.trim()),
        wrapped(),
    ]
}

/// A code that moves, as people hand it over.
fn moving() -> Vec<Case> {
    let (good, bytes) = (MOVING.text(), MOVING.bytes());
    let spaced = Written { key_id: 19, seed: 19, ..MOVING }.text();
    let live = |name: &str, text: String| case(&format!("moving, {name}"), "live", text);
    let of = |step: u32| Written { step: Some(step), ..MOVING }.text();
    let mut cases = vec![
        live("good", good.clone()),
        live("in the first step", of(0)),
        live("in the last step", of(u32::MAX)),
        live("lower case", good.to_ascii_lowercase()),
        live("blanks around it", format!(" \t{good}\r\n ")),
        live("begins with a space", spaced.clone()),
        live("its first space was trimmed", spaced.trim().to_owned()),
        case("moving, its first space was trimmed, and its key is not here", "test", spaced.trim()),
        live("not its first space, but its first letter lost", good[1..].to_owned()),
        live("one letter more", format!("{good}0")),
        live("signed by somebody else", Written { seed: 99, ..MOVING }.text()),
        live("no signature", base45::encode([&bytes[..39], &[0; 64]].concat())),
        live("under the signature of one that does not", base45::encode(pieced(&bytes))),
        case("moving, of a test", "live", Written { key_id: 129, seed: 129, ..MOVING }.text()),
        case("moving, its key is not here", "test", Written { key_id: 131, seed: 131, ..MOVING }.text()),
    ];
    let short = [149, 152, 153, 154];
    cases.extend(short.map(|length| live(&format!("cut short to {length}"), good[..length].to_owned())));
    for at in 0..bytes.len() {
        let mut bytes = bytes.clone();
        bytes[at] ^= 1 << (at % 8);
        cases.push(live(&format!("byte {at} changed"), base45::encode(bytes)));
    }
    cases
}

/// What stands in a code that moves, with the signature of the same ticket's that does not.
fn pieced(moving: &[u8]) -> Vec<u8> {
    [&moving[..39], &GOOD.bytes()[35..]].concat()
}

/// The last two letters stand for one byte, and may stand for more: they are read as their lowest byte, which the signature
/// covers.
fn wrapped() -> Case {
    let (text, bytes) = (GOOD.text(), GOOD.bytes());
    let last = letters(u32::from(bytes[98]) + 256, 2);
    case("last letters of more than a byte", "live", format!("{}{last}", &text[..147]))
}

/// A number in base45, its lowest digit first.
fn letters(number: u32, how_many: u32) -> String {
    let digit = |place: u32| (number / 45_u32.pow(place) % 45) as usize;
    (0..how_many).map(|place| char::from(ALPHABET[digit(place)])).collect()
}

/// Not the shape of a code.
fn misshapen() -> Vec<Case> {
    let good = GOOD.text();
    let live = |name: &str, text: String| case(name, "live", text);
    let mut cases = vec![
        live("nothing", String::new()),
        live("blanks", "   ".into()),
        live("an address", "https://example.org/t/123".into()),
        live("text", "ticket".into()),
        live("twice", good.repeat(2)),
        live("one letter more", format!("{good}0")),
        live("three letters more", format!("{good}000")),
        live("longest", "A".repeat(512)),
        live("too long", "A".repeat(513)),
        live("too long in bytes, not in letters", "é".repeat(300)),
        live("a letter of no alphabet of ours", good.replacen(&good[20..21], "é", 1)),
        live("a letter whose capital is one of ours", format!("{}ı{}", &good[..20], &good[21..])),
        live("a letter of twice the width", format!("{}Ａ{}", &good[..20], &good[21..])),
        live("an underscore", format!("{}_{}", &good[..20], &good[21..])),
        // 257, the version and the key, and 65536 that a reader may lose.
        live("three letters above two bytes", format!("{}{}", letters(257 + 65_536, 3), &good[3..])),
        live("letters in another order", good.chars().rev().collect()),
    ];
    let short = [1, 2, 3, 35, 74, 100, 146, 147, 148];
    cases.extend(short.map(|length| live(&format!("cut short to {length}"), good[..length].to_owned())));
    for (what, written) in [
        ("version 0", Written { version: 0, ..GOOD }),
        ("version 2 without a step", Written { version: 2, ..GOOD }),
        ("version 1 with a step", Written { version: 1, ..MOVING }),
        ("version 3", Written { version: 3, ..GOOD }),
        ("version 3 with a step", Written { version: 3, ..MOVING }),
        ("kind 2 that moves", Written { kind: 2, ..MOVING }),
        ("kind 0", Written { kind: 0, ..GOOD }),
        ("kind 2", Written { kind: 2, ..GOOD }),
    ] {
        cases.push(live(what, written.text()));
    }
    cases
}

/// The shape of a code, and not the club's.
fn forged() -> Vec<Case> {
    let good = GOOD.bytes();
    let live = |name: &str, bytes: Vec<u8>| case(name, "live", base45::encode(bytes));
    let mut cases = vec![
        live("signed by somebody else", Written { seed: 99, ..GOOD }.bytes()),
        live("signed by another of our keys", Written { seed: 2, ..GOOD }.bytes()),
        live("signed for something else", Written { context: b"", ..GOOD }.bytes()),
        live("no signature", [&good[..35], &[0; 64]].concat()),
        live("signature of ones", [&good[..35], &[255; 64]].concat()),
        live("a second scalar", second_scalar(&good)),
    ];
    // Every byte of it counts: version, key and kind too.
    for at in 0..good.len() {
        let mut bytes = good.clone();
        bytes[at] ^= 1 << (at % 8);
        cases.push(live(&format!("byte {at} changed"), bytes));
    }
    cases
}

fn second_scalar(good: &[u8]) -> Vec<u8> {
    let mut bytes = good.to_vec();
    let mut carry = 0;
    for (byte, add) in bytes[67..].iter_mut().zip(ORDER) {
        let sum = u16::from(*byte) + u16::from(add) + carry;
        *byte = (sum & 0xff) as u8;
        carry = sum >> 8;
    }
    bytes
}

/// Every ring reads a code of every key.
fn rings() -> Vec<Case> {
    let mut cases = Vec::new();
    for (ring, _) in RINGS {
        for id in [0, 1, 2, 5, 9, 127, 128, 129, 130, 255] {
            cases.push(case(&format!("key {id}"), ring, Written::by(id).text()));
            let stolen = Written { seed: 99, ..Written::by(id) };
            cases.push(case(&format!("key {id}, signed by somebody else"), ring, stolen.text()));
        }
    }
    cases
}

fn says(text: &str, ring: &KeyRing) -> Value {
    match TicketCode::read(text, ring) {
        Ok(code) => {
            let step = code.step.map(Step::number);
            json!({"ticket": code.ticket.uuid(), "event": code.event.uuid(), "key_id": code.key_id, "step": step})
        }
        Err(CodeError::Malformed) => json!({"error": "malformed"}),
        Err(CodeError::UnknownKey) => json!({"error": "unknown_key"}),
        Err(CodeError::OtherMode(Mode::Test)) => json!({"error": "test_ticket"}),
        Err(CodeError::OtherMode(Mode::Live)) => json!({"error": "live_ticket"}),
        Err(CodeError::Forged) => json!({"error": "forged"}),
    }
}

fn ring_json(name: &str) -> Value {
    use base64::{Engine, engine::general_purpose::STANDARD};
    let ring = ring(name);
    let keys = ring.iter().map(|(id, key)| (id.to_string(), json!(STANDARD.encode(key.as_bytes()))));
    json!({"mode": ring.mode().map(Mode::code), "keys": keys.collect::<Map<_, _>>()})
}

#[test]
fn the_doors_twin_is_told_every_text() {
    let cases = [handed_over(), moving(), misshapen(), forged(), rings()].concat();
    let rings: Map<_, _> = RINGS.iter().map(|(name, _)| ((*name).to_owned(), ring_json(name))).collect();
    let tables = Map::from_iter([("rings".to_owned(), rings.into())]);
    let rows = cases.iter().map(|(name, with, text)| {
        json!({"name": name, "ring": with, "text": text, "says": says(text, &ring(with))})
    });
    hold_to("codes.json", tables, rows.collect());
}
