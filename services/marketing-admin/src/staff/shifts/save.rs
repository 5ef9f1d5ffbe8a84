//! What is done with shifts, each in one transaction: the rows of those it is about are held, it is looked at whether they can, and
//! then written, with its audit rows and a mail for each of them.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use db::Conn;
use serde_json::json;
use uuid::Uuid;
use web::Fault;
use web::can::EventsPublish;

use super::mail::{self, Change, Told};
use super::store::{self, NewShift, Person, ShiftRow};
use super::times::Hours;
use super::{Night, Problem};
use crate::Desk;
use crate::staff::Member;

/// The longest post and note, in characters: as the table takes them.
const POST: usize = 80;
const NOTE: usize = 500;
/// People in one form.
const MOST: usize = 100;

/// A form as it was sent.
pub(super) type Entered = HashMap<String, String>;
/// Done, or why not: nothing is written then.
type Outcome<T> = Result<Result<T, Problem>, Fault>;

/// How a shift is to be.
pub(super) struct Wanted {
    hours: Hours,
    post: String,
    note: String,
}

impl Wanted {
    /// As the form says it. `before`: as the shift was.
    pub(super) fn read(entered: &Entered, night: &Night, before: Option<Hours>) -> Result<Self, Problem> {
        let text = |name: &str| {
            let text = entered.get(name).map(String::as_str).unwrap_or_default();
            text.split_whitespace().collect::<Vec<_>>().join(" ")
        };
        let hours = Hours::read(&text("starts"), &text("ends"), night.zone, before);
        let hours = hours.map_err(Problem::Typed)?;
        if before != Some(hours) && !hours.belong_to(&night.row) {
            return Err(Problem::Typed("elsewhere"));
        }
        let (post, note) = (text("post"), text("note"));
        let fits =
            |text: &str, most: usize| text.chars().count() <= most && !text.chars().any(char::is_control);
        match (post.is_empty(), fits(&post, POST), fits(&note, NOTE)) {
            (true, ..) => Err(Problem::Typed("post")),
            (_, false, _) => Err(Problem::Typed("post-long")),
            (.., false) => Err(Problem::Typed("note-long")),
            _ => Ok(Self { hours, post, note }),
        }
    }
}

/// Why somebody can't work then, if so. Their row is held.
async fn hindrance(
    conn: &mut Conn,
    person: &Person,
    hours: Hours,
    but: Option<Uuid>,
) -> Result<Option<Problem>, Fault> {
    if person.suspended {
        return Ok(Some(Problem::Suspended(person.name.clone())));
    }
    let other = store::at_that_time(conn, person.id, hours, but).await?;
    Ok(other.map(|other| Problem::Busy(person.name.clone(), other.hours())))
}

/// Adds a shift for each of these people, or for none.
pub(super) async fn plan(
    desk: &Desk,
    member: &Member<EventsPublish>,
    night: &Night,
    people: &[Uuid],
    wanted: &Wanted,
) -> Outcome<()> {
    if people.is_empty() || people.len() > MOST {
        return Ok(Err(Problem::Typed("people")));
    }
    let now = desk.clock.now();
    desk.db
        .transaction(async |conn| {
            let held = store::hold(conn, people).await?;
            if held.len() != people.len() {
                return Ok(Err(Problem::Typed("people")));
            }
            for person in &held {
                if let Some(problem) = hindrance(conn, person, wanted.hours, None).await? {
                    return Ok(Err(problem));
                }
            }
            for person in &held {
                let told = planned(conn, member, night, person, wanted, now).await?;
                mail::tell(conn, desk, person, night, &[told], now).await?;
            }
            Ok::<_, Fault>(Ok(()))
        })
        .await
}

/// Adds a shift of somebody whose row is held, and what is to be told of it.
async fn planned(
    conn: &mut Conn,
    member: &Member<EventsPublish>,
    night: &Night,
    person: &Person,
    wanted: &Wanted,
    now: DateTime<Utc>,
) -> Result<Told, Fault> {
    let shift = NewShift {
        id: Uuid::now_v7(),
        person: person.id,
        event: night.row.id,
        hours: wanted.hours,
        post: &wanted.post,
        note: &wanted.note,
    };
    store::insert(conn, &shift, now).await?;
    let detail = json!({
        "staff": person.id, "event": night.row.id, "starts_at": shift.hours.starts, "ends_at": shift.hours.ends,
        "post": shift.post,
    });
    audit::record(conn, &member.actor(), "shift.planned", &shift.id.to_string(), detail, now).await?;
    Ok(Told {
        change: Change::Planned,
        hours: wanted.hours,
        post: wanted.post.clone(),
        note: wanted.note.clone(),
    })
}

/// A shift and who has it, whose row is held from now on; `None` if there is no such shift.
async fn held(conn: &mut Conn, event: Uuid, shift: Uuid) -> Result<Option<(ShiftRow, Person)>, Fault> {
    let Some(found) = store::one(conn, event, shift).await? else { return Ok(None) };
    let person = store::hold(conn, &[found.account_id]).await?.pop();
    // Once more: somebody may have changed it before they were held.
    let found = store::one(conn, event, shift).await?;
    Ok(found.zip(person))
}

/// Changes a shift.
pub(super) async fn change(
    desk: &Desk,
    member: &Member<EventsPublish>,
    night: &Night,
    shift: Uuid,
    entered: &Entered,
) -> Outcome<()> {
    let now = desk.clock.now();
    desk.db
        .transaction(async |conn| {
            let found = held(conn, night.row.id, shift).await?;
            let (before, person) = found.ok_or_else(Fault::not_found)?;
            let wanted = match Wanted::read(entered, night, Some(before.hours())) {
                Ok(wanted) => wanted,
                Err(problem) => return Ok(Err(problem)),
            };
            let same_place = wanted.post == before.post && wanted.note == before.note;
            if same_place && wanted.hours == before.hours() {
                return Ok(Ok(()));
            }
            if let Some(problem) = hindrance(conn, &person, wanted.hours, Some(shift)).await? {
                return Ok(Err(problem));
            }
            let Wanted { hours, post, note } = wanted;
            let new = NewShift {
                id: shift,
                person: person.id,
                event: night.row.id,
                hours,
                post: &post,
                note: &note,
            };
            store::update(conn, &new, now).await?;
            let detail = json!({
                "staff": person.id, "event": night.row.id,
                "before": {"starts_at": before.starts_at, "ends_at": before.ends_at, "post": before.post},
                "after": {"starts_at": hours.starts, "ends_at": hours.ends, "post": post},
            });
            audit::record(conn, &member.actor(), "shift.changed", &shift.to_string(), detail, now).await?;
            let told = Told { change: Change::Changed, hours, post, note };
            mail::tell(conn, desk, &person, night, &[told], now).await?;
            Ok::<_, Fault>(Ok(()))
        })
        .await
}

/// Removes a shift; one that is gone already is gone.
pub(super) async fn remove(
    desk: &Desk,
    member: &Member<EventsPublish>,
    night: &Night,
    shift: Uuid,
) -> Result<(), Fault> {
    let now = desk.clock.now();
    desk.db
        .transaction(async |conn| {
            let Some((before, person)) = held(conn, night.row.id, shift).await? else { return Ok(()) };
            store::delete(conn, shift).await?;
            let detail = json!({
                "staff": person.id, "event": night.row.id, "starts_at": before.starts_at, "ends_at": before.ends_at,
                "post": before.post,
            });
            audit::record(conn, &member.actor(), "shift.removed", &shift.to_string(), detail, now).await?;
            let hours = before.hours();
            // Who can't sign in any more is told nothing of what they don't work.
            if !person.suspended {
                let told = Told { change: Change::Removed, hours, post: before.post, note: String::new() };
                mail::tell(conn, desk, &person, night, &[told], now).await?;
            }
            Ok::<_, Fault>(())
        })
        .await
}

/// Copies, and gives how many it copied and left out.
pub(super) async fn copy(
    desk: &Desk,
    member: &Member<EventsPublish>,
    night: &Night,
    from: &Night,
) -> Outcome<(usize, usize)> {
    let now = desk.clock.now();
    desk.db
        .transaction(async |conn| {
            let shifts = store::of_night(conn, from.row.id).await?;
            if shifts.is_empty() || from.row.id == night.row.id {
                return Ok(Err(Problem::Typed("from")));
            }
            let mut ids: Vec<Uuid> = shifts.iter().map(|shift| shift.account_id).collect();
            ids.sort_unstable();
            ids.dedup();
            let held = store::hold(conn, &ids).await?;
            let people: BTreeMap<Uuid, Person> = held.into_iter().map(|each| (each.id, each)).collect();
            let mut told: BTreeMap<Uuid, Vec<Told>> = BTreeMap::new();
            let (mut count, all) = (0, shifts.len());
            for shift in shifts {
                let there = shift.hours().moved((from.date(), from.zone), (night.date(), night.zone));
                let there = there.filter(|hours| hours.belong_to(&night.row));
                let (Some(hours), Some(person)) = (there, people.get(&shift.account_id)) else { continue };
                if hindrance(conn, person, hours, None).await?.is_some() {
                    continue;
                }
                let wanted = Wanted { hours, post: shift.post, note: shift.note };
                let line = planned(conn, member, night, person, &wanted, now).await?;
                told.entry(person.id).or_default().push(line);
                count += 1;
            }
            for (id, lines) in &told {
                if let Some(person) = people.get(id) {
                    mail::tell(conn, desk, person, night, lines, now).await?;
                }
            }
            Ok::<_, Fault>(Ok((count, all - count)))
        })
        .await
}
