//! `POST /admin/events/{event}/shifts` and below: shifts are added, changed, removed, copied from another night. What is done leads
//! back to the list; what is refused is shown over it, with all that was typed.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use domain::ids::EventId;
use serde::Deserialize;
use uuid::Uuid;
use web::can::{Anything, EventsPublish};
use web::{CsrfForm, Fault, Locale, redirect};

use super::page::{self, Done, Sent};
use super::save::{self, Entered, Wanted};
use super::{Night, Problem};
use crate::Desk;
use crate::staff::Member;
use crate::views::NoFields;

/// Adds a shift for each of the people who were ticked, or for none.
pub async fn add(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    member: Member<EventsPublish>,
    event: Path<Uuid>,
    sent: CsrfForm<Entered, Anything>,
) -> Result<HttpResponse, Fault> {
    let night = Night::find(&desk, *event).await?;
    let entered = sent.form;
    let done = match Wanted::read(&entered, &night, None) {
        _ if !night.is_open(desk.clock.now()) => Err(Problem::Closed),
        Ok(wanted) => save::plan(&desk, &member, &night, &people_in(&entered), &wanted).await?,
        Err(problem) => Err(problem),
    };
    match done {
        Ok(()) => Ok(back(*event, "planned")),
        Err(problem) => {
            let sent = Sent { problem, entered, shift: None };
            page::render(&desk, (&request, locale), &member, night, &Done::default(), Some(sent)).await
        }
    }
}

/// Gives a shift other hours, another post and note.
pub async fn change(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    member: Member<EventsPublish>,
    path: Path<(Uuid, Uuid)>,
    sent: CsrfForm<Entered, Anything>,
) -> Result<HttpResponse, Fault> {
    let (event, shift) = path.into_inner();
    let night = Night::find(&desk, event).await?;
    let entered = sent.form;
    let done = if night.is_open(desk.clock.now()) {
        save::change(&desk, &member, &night, shift, &entered).await?
    } else {
        Err(Problem::Closed)
    };
    match done {
        Ok(()) => Ok(back(event, "changed")),
        Err(problem) => {
            let sent = Sent { problem, entered, shift: Some(shift) };
            page::render(&desk, (&request, locale), &member, night, &Done::default(), Some(sent)).await
        }
    }
}

/// Removes a shift. One that is gone already is gone.
pub async fn remove(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    member: Member<EventsPublish>,
    path: Path<(Uuid, Uuid)>,
    _sent: CsrfForm<NoFields, Anything>,
) -> Result<HttpResponse, Fault> {
    let (event, shift) = path.into_inner();
    let night = Night::find(&desk, event).await?;
    if !night.is_open(desk.clock.now()) {
        let sent = Sent { problem: Problem::Closed, entered: Entered::new(), shift: None };
        return page::render(&desk, (&request, locale), &member, night, &Done::default(), Some(sent)).await;
    }
    save::remove(&desk, &member, &night, shift).await?;
    Ok(back(event, "removed"))
}

/// Which night's shifts.
#[derive(Debug, Deserialize)]
pub struct CopyForm {
    #[serde(default)]
    from: String,
}

/// Copies the shifts of another night: the same people and posts, at the same hours on the clock. Who can't is left out, and the
/// page says how many.
pub async fn copy(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    member: Member<EventsPublish>,
    event: Path<Uuid>,
    sent: CsrfForm<CopyForm, Anything>,
) -> Result<HttpResponse, Fault> {
    let night = Night::find(&desk, *event).await?;
    let done = match sent.form.from.parse::<Uuid>() {
        _ if !night.is_open(desk.clock.now()) => Err(Problem::Closed),
        Ok(from) => {
            member.within(EventId::from_uuid(from))?;
            save::copy(&desk, &member, &night, &Night::find(&desk, from).await?).await?
        }
        Err(_) => Err(Problem::Typed("from")),
    };
    match done {
        Ok((count, left)) => Ok(back(*event, &format!("copied&count={count}&left={left}"))),
        Err(problem) => {
            let sent = Sent { problem, entered: Entered::new(), shift: None };
            page::render(&desk, (&request, locale), &member, night, &Done::default(), Some(sent)).await
        }
    }
}

/// Back to the list, which says what was done.
fn back(event: Uuid, done: &str) -> HttpResponse {
    redirect::see_other(&format!("/admin/events/{event}/shifts?done={done}"))
}

/// Who was ticked.
fn people_in(entered: &Entered) -> Vec<Uuid> {
    entered.keys().filter_map(|name| name.strip_prefix("person.")?.parse().ok()).collect()
}
