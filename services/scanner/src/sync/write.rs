//! A manifest as compact JSON: positions instead of names, short ids, each text once.

use std::collections::{BTreeMap, HashMap};

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use chrono::{DateTime, Utc};
use domain::{admission::TicketStatus, mode::Mode, ticket_code::KeyRing};
use serde::Serialize;
use uuid::Uuid;

use super::store::manifest::{self as store, Night, Ticket};

#[derive(Serialize)]
struct Manifest<'a> {
    v: u8,
    event: Uuid,
    cursor: &'a str,
    after: Option<String>,
    issued_at: i64,
    expires_at: i64,
    title: &'a str,
    slug: &'a str,
    status: &'a str,
    starts_at: i64,
    ends_at: i64,
    entry_from: i64,
    entry_until: i64,
    time_zone: &'a str,
    mode: &'static str,
    keys: BTreeMap<String, String>,
    zones: Vec<Zone<'a>>,
    gates: Vec<(Uuid, usize, &'a str)>,
    types: Vec<Type<'a>>,
    inside: i64,
    limit: Option<i64>,
    texts: Vec<&'a str>,
    tickets: Vec<Line<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    parties: Vec<Party<'a>>,
}

/// id and name; of a zone with a limit also how many are in it, and may be.
#[derive(Serialize)]
#[serde(untagged)]
enum Zone<'a> {
    Open(Uuid, &'a str),
    Limited(Uuid, &'a str, i64, i64),
}

/// id, name, zone, entries allowed, admit from, admit until, asks for a document, codes move.
type Type<'a> = (Uuid, &'a str, usize, Option<i16>, i64, i64, u8, u8);

/// id, status, banned, type, zone, text, holder, order, admit until, stay, date of birth.
type Line<'a> = (String, usize, u8, usize, usize, i64, &'a str, &'a str, i64, Stay<'a>, String);

/// order, tables, booker, people, host, arrives at, inside.
type Party<'a> = (&'a str, &'a [String], &'a str, i32, &'a str, i64, i64);

#[derive(Serialize)]
#[serde(untagged)]
enum Stay<'a> {
    Never(u8),
    Was(i64, u8, i64, &'a str),
}

/// Things that are named by their place in a list.
struct Places<K>(HashMap<K, usize>);

impl<K: std::hash::Hash + Eq> Places<K> {
    fn of(keys: impl Iterator<Item = K>) -> Self {
        Self(keys.enumerate().map(|(place, key)| (key, place)).collect())
    }

    /// Where it stands; one that is new gets the next place.
    fn find(&mut self, key: K, new: impl FnOnce()) -> usize {
        let next = self.0.len();
        *self.0.entry(key).or_insert_with(|| {
            new();
            next
        })
    }
}

/// The body.
pub(super) fn body(
    night: &Night,
    keys: &KeyRing,
    issued_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> Result<String, serde_json::Error> {
    let head = &night.head;
    let mut zones: Vec<_> = night.zones.iter().map(zone).collect();
    let mut places = Places::of(night.zones.iter().map(|zone| zone.id));
    // A ticket may be heard of before the event's newest zone is.
    let mut zone_of = |id: Uuid| places.find(id, || zones.push(Zone::Open(id, "")));
    let gates = night.gates.iter().map(|gate| (gate.id, zone_of(gate.zone_id), gate.name.as_str())).collect();
    let types: Vec<_> = night
        .types
        .iter()
        .map(|type_| {
            let (from, until) = (millis(type_.admit_from), millis(type_.admit_until));
            let (zone, often) = (zone_of(type_.zone_id), type_.entries_allowed);
            let (asks_id, rotating) = (u8::from(type_.asks_id), u8::from(type_.rotating_code));
            (type_.id, type_.name.as_str(), zone, often, from, until, asks_id, rotating)
        })
        .collect();
    let type_places = Places::of(night.types.iter().map(|type_| type_.id));
    let mut texts = Vec::new();
    let mut text_places = Places(HashMap::new());
    let tickets = night.tickets.iter().map(|ticket| {
        let text = match ticket.attention.as_str() {
            "" => -1,
            text => i64::try_from(text_places.find(text, || texts.push(text))).unwrap_or(-1),
        };
        let type_ = type_places.0.get(&ticket.ticket_type_id).copied().unwrap_or_default();
        line(ticket, type_, zone_of(ticket.zone_id), text)
    });
    let tickets = tickets.collect();
    serde_json::to_string(&Manifest {
        v: 1,
        event: head.id,
        cursor: &head.cursor,
        after: night.after.map(|after| after.to_string()),
        issued_at: issued_at.timestamp_millis(),
        expires_at: expires_at.timestamp_millis(),
        title: &head.title,
        slug: &head.slug,
        status: &head.status,
        starts_at: head.starts_at.timestamp_millis(),
        ends_at: head.ends_at.timestamp_millis(),
        entry_from: head.entry_from.timestamp_millis(),
        entry_until: head.entry_until.timestamp_millis(),
        time_zone: &head.time_zone,
        mode: keys.mode().unwrap_or(Mode::Live).code(),
        keys: keys.iter().map(|(id, key)| (id.to_string(), STANDARD.encode(key.as_bytes()))).collect(),
        zones,
        gates,
        types,
        inside: head.inside,
        limit: head.limit_people,
        texts,
        tickets,
        parties: night.parties.iter().map(party).collect(),
    })
}

fn zone(zone: &store::Zone) -> Zone<'_> {
    match (zone.inside, zone.limit_people) {
        (Some(inside), Some(limit)) => Zone::Limited(zone.id, &zone.name, inside, limit),
        _ => Zone::Open(zone.id, &zone.name),
    }
}

fn party(party: &store::Party) -> Party<'_> {
    let at = party.arrives_at.timestamp_millis();
    (&party.order_reference, &party.tables, &party.booker_name, party.people, &party.host, at, party.inside)
}

/// 0 where there is none.
fn millis(at: Option<DateTime<Utc>>) -> i64 {
    at.map_or(0, |at| at.timestamp_millis())
}

fn line(ticket: &Ticket, type_: usize, zone: usize, text: i64) -> Line<'_> {
    // One that this build has no name for lets nobody in.
    let status = TicketStatus::ALL.iter().position(|status| status.code() == ticket.status).unwrap_or(4);
    let stay = match (ticket.entries, ticket.inside, ticket.last_at, &ticket.last_gate) {
        (Some(entries), Some(inside), Some(at), Some(gate)) => {
            Stay::Was(entries, u8::from(inside), at.timestamp_millis(), gate)
        }
        _ => Stay::Never(0),
    };
    (
        URL_SAFE_NO_PAD.encode(ticket.ticket_id.as_bytes()),
        status,
        u8::from(ticket.banned),
        type_,
        zone,
        text,
        &ticket.holder_name,
        &ticket.order_reference,
        millis(ticket.admit_until),
        stay,
        ticket.birth_date.map(|born| born.to_string()).unwrap_or_default(),
    )
}
