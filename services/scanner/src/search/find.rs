//! `GET /api/v1/events/{event}/search?q=`: the tickets that a guest may mean.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use actix_web::web::{Data, Json, Path, Query};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    ids::{EventId, StaffId},
    look_up,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use web::{Fault, Staff, can};

use super::store::{self, Asked, FoundRow};
use crate::{Door, door, faults};

/// Most tickets of one answer.
const MOST: usize = 30;
/// Fewest letters and digits that are looked for, all words together.
const FEWEST: usize = 2;
/// Longest text, in bytes.
const LONGEST: usize = 254;
/// Addresses that one member of the staff may look up within [`SPAN`], per process: more than guests without a code bring, also where
/// each is looked up while it is being typed, and far fewer than it takes to try out somebody's list.
const ADDRESSES: usize = 120;
const SPAN: TimeDelta = TimeDelta::minutes(5);

/// Who looked addresses up, and when.
static LOOKED_UP: Mutex<BTreeMap<StaffId, Vec<DateTime<Utc>>>> = Mutex::new(BTreeMap::new());

/// What is looked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SearchQuery {
    /// Words of a name, an order's reference, the last four signs of a reference or a ticket's id; or a whole address.
    #[serde(default)]
    #[param(example = "nunez luc")]
    pub q: String,
}

/// What was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct Found {
    /// The good ones first, then by name; tickets of one order stand together.
    pub tickets: Vec<FoundTicket>,
    /// Whether there are more than these.
    pub more: bool,
}

/// A ticket that may be meant.
#[derive(Debug, Serialize, ToSchema)]
pub struct FoundTicket {
    /// The ticket.
    pub ticket: Uuid,
    /// Who holds it.
    #[schema(example = "Lucía Ferrer")]
    pub holder: String,
    /// Its type's name.
    #[serde(rename = "type")]
    #[schema(example = "General admission")]
    pub type_name: String,
    /// The name of the zone that it gives entry to.
    #[schema(example = "Club")]
    pub zone: Option<String>,
    /// The order's reference.
    #[schema(example = "MAGUEY42")]
    pub order_reference: String,
    /// Whether it is in order: `valid`, `cancelled`, `refunded`, `revoked`, `blocked` or `disputed`.
    #[schema(example = "valid")]
    pub status: String,
    /// Whether its guest is banned.
    pub banned: bool,
    /// Where its guest is: `never` came, `inside`, or `out` again.
    #[schema(example = "inside")]
    pub stay: &'static str,
    /// Since when, where the guest came.
    pub since: Option<DateTime<Utc>>,
    /// The name of the gate they came or went through last.
    pub gate: Option<String>,
    /// What the doorman should look at; null if nothing.
    pub attention: Option<String>,
    /// From when on it gives no entry, where that is before the doors close.
    pub admit_until: Option<DateTime<Utc>>,
    /// Whether it is a place on the guest list: each of a party's heads is a ticket of one order.
    pub guest_list: bool,
}

/// Finds tickets of a night.
#[utoipa::path(get, path = "/api/v1/events/{event}/search", tag = "door",
    params(("event" = String, Path, description = "The event's id or slug"), SearchQuery),
    responses(
        (status = 200, description = "At most 30 tickets", body = Found),
        (status = 401, body = web::Problem), (status = 403, body = web::Problem), (status = 404, body = web::Problem),
        (status = 422, description = "`too_short`: fewer than two letters or digits", body = web::Problem),
        (status = 429, description = "`rate_limited`: too many addresses of one member of the staff", body = web::Problem),
    ), security(("session" = [])))]
pub async fn get(
    door: Data<Door>,
    staff: Staff<can::Within<can::DoorScan>>,
    event: Path<String>,
    query: Query<SearchQuery>,
) -> Result<Json<Found>, Fault> {
    let mut conn = door.db.conn().await?;
    let event = door::store::event_named(&mut conn, &event).await?.ok_or_else(faults::event_not_found)?;
    staff.within(event)?;
    let asked = asked(event, &query.q)?;
    if matches!(asked, Asked::Address(_)) {
        count(staff.id, door.clock.now())?;
    }
    let mut rows = store::find(&mut conn, event.uuid(), &asked, MOST + 1).await?;
    let more = rows.len() > MOST;
    rows.truncate(MOST);
    Ok(Json(Found { tickets: rows.into_iter().map(view).collect(), more }))
}

/// What was typed, as it is looked for.
fn asked(event: EventId, typed: &str) -> Result<Asked, Fault> {
    let wrong = |code| Fault::invalid(code).field("q", code);
    if typed.len() > LONGEST {
        return Err(wrong("too_long"));
    }
    if typed.contains('@') {
        return Ok(Asked::Address(look_up::email_hash(event.uuid(), typed)));
    }
    let words = look_up::words(typed);
    if words.iter().map(|word| word.chars().count()).sum::<usize>() < FEWEST {
        return Err(wrong("too_short"));
    }
    Ok(Asked::Words(words))
}

/// Counts an address that is looked up; 429 `rate_limited` for one too many.
fn count(staff: StaffId, now: DateTime<Utc>) -> Result<(), Fault> {
    let mut looked_up = LOOKED_UP.lock().unwrap_or_else(PoisonError::into_inner);
    looked_up.retain(|_, times| times.last().is_some_and(|last| *last > now - SPAN));
    let times = looked_up.entry(staff).or_default();
    times.retain(|time| *time > now - SPAN);
    if times.len() >= ADDRESSES {
        let wait = times.first().map_or(SPAN, |first| *first + SPAN - now);
        return Err(Fault::rate_limited(wait.to_std().unwrap_or(Duration::from_secs(60))));
    }
    times.push(now);
    Ok(())
}

fn view(row: FoundRow) -> FoundTicket {
    let stay = match (row.admitted_at, row.left_at) {
        (None, _) => "never",
        (Some(_), None) => "inside",
        (Some(_), Some(_)) => "out",
    };
    FoundTicket {
        ticket: row.ticket_id,
        holder: row.holder_name,
        type_name: row.type_name,
        zone: row.zone_name,
        order_reference: row.order_reference,
        status: row.status,
        banned: row.banned,
        stay,
        since: row.left_at.or(row.admitted_at),
        gate: row.gate_name,
        attention: Some(row.attention).filter(|attention| !attention.is_empty()),
        // The guest list alone has a cut-off of its own: every entry of it has one.
        guest_list: row.admit_until.is_some(),
        admit_until: row.admit_until,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_looked_for_as_they_are_kept_and_an_address_by_its_hash() {
        let event = EventId::generate();
        assert_eq!(asked(event, " Núñez luc").ok(), Some(Asked::Words(vec!["nunez".into(), "luc".into()])));
        let hash = look_up::email_hash(event.uuid(), "lucia@mail.test");
        assert_eq!(asked(event, " Lucia@Mail.test").ok(), Some(Asked::Address(hash)));
        for nothing in ["", "l", " . ", "ñ"] {
            assert_eq!(asked(event, nothing).expect_err("too short").code(), "too_short", "{nothing:?}");
        }
        assert_eq!(asked(event, &"x".repeat(255)).expect_err("too long").code(), "too_long");
    }

    #[test]
    fn nobody_tries_out_a_list_of_addresses_and_nobody_waits_for_another() {
        let (ana, bo) = (StaffId::generate(), StaffId::generate());
        let now = DateTime::UNIX_EPOCH;
        for _ in 0..ADDRESSES {
            assert!(count(ana, now).is_ok());
        }
        assert_eq!(count(ana, now).expect_err("too many").code(), "rate_limited");
        assert!(count(bo, now).is_ok());
        assert!(count(ana, now + SPAN).is_ok());
    }
}
