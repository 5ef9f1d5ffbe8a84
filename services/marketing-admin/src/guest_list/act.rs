//! `POST /admin/events/{event}/guest-list` and below: a guest is added, changed, taken off; a promoter gets an allotment.
//! What is done leads back to the list; what is refused is shown over the form, with all that was written.

use std::collections::HashMap;

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use chrono_tz::Tz;
use serde::Deserialize;
use uuid::Uuid;
use web::can::{Anything, CompsIssue, GuestListRun};
use web::{CsrfForm, Fault, Locale, redirect};

use super::page::{self, Asked, CHANGED, Outcome};
use super::purchase::{self, Changes, NewAllotment, NewGuest};
use crate::Desk;
use crate::box_office::purchase::{FieldError, Refused};
use crate::events::form::instant;
use crate::staff::Member;

type Entered = HashMap<String, String>;

/// Adds a guest.
pub async fn add(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    member: Member<GuestListRun>,
    event: Path<Uuid>,
    sent: CsrfForm<Entered, Anything>,
) -> Result<HttpResponse, Fault> {
    let zone = page::find(&desk, *event).await?.row.time_zone.parse().unwrap_or(Tz::UTC);
    let entered = sent.form;
    let key = entered.get("form_key").map(String::as_str).unwrap_or_default();
    let added = match read(&entered, zone, locale) {
        Ok(guest) if (16..=64).contains(&key.len()) => {
            purchase::add(&desk, &member, *event, key, &guest).await
        }
        Ok(_) => Err(wrong("form_key", "invalid")),
        Err(refused) => Err(refused),
    };
    match added {
        Ok(added) => Ok(back(*event, "added", Some(added.id))),
        Err(refused) => {
            let outcome = Some(Outcome { refused, entered });
            page::render(&desk, &request, locale, &member, *event, &Asked::default(), outcome).await
        }
    }
}

/// How an entry is to be; what is empty stays.
#[derive(Debug, Deserialize)]
pub struct ChangeForm {
    #[serde(default)]
    stay: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    until: String,
}

/// Makes a party larger or smaller, gives it another cut-off or name, or takes it off the list.
pub async fn change(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    member: Member<GuestListRun>,
    path: Path<(Uuid, Uuid)>,
    sent: CsrfForm<ChangeForm, Anything>,
) -> Result<HttpResponse, Fault> {
    let (event, entry) = path.into_inner();
    if member.grants.is_limited() {
        on_the_list(&desk, event, entry).await?;
    }
    let zone = page::find(&desk, event).await?.row.time_zone.parse().unwrap_or(Tz::UTC);
    let changed = match changes(&sent.form, zone) {
        Ok(changes) => {
            purchase::change(&desk, &member, entry, &changes).await.map(|left| (changes.party, left))
        }
        Err(refused) => Err(refused),
    };
    match changed {
        Ok((_, left)) if left.waiting => Ok(back(event, "waiting", None)),
        Ok((Some(wanted), left)) if left.party > wanted => Ok(back(event, "inside", Some(entry))),
        Ok((Some(0), _)) => Ok(back(event, "removed", None)),
        Ok(_) => Ok(back(event, "changed", Some(entry))),
        Err(mut refused) => {
            // The fields of this name on the page are those of a new guest.
            for error in &mut refused.errors {
                error.field.insert_str(0, CHANGED);
            }
            let outcome = Some(Outcome { refused, entered: Entered::new() });
            page::render(&desk, &request, locale, &member, event, &Asked::default(), outcome).await
        }
    }
}

/// 404 unless the entry is of this night: the ticket site knows it by its key alone.
async fn on_the_list(desk: &Desk, event: Uuid, entry: Uuid) -> Result<(), Fault> {
    let list = purchase::list(desk, event).await.map_err(|error| Fault::internal(error.to_string()))?;
    if list.entries.iter().any(|each| each.id == entry) { Ok(()) } else { Err(Fault::not_found()) }
}

/// Sets how many guests a promoter may bring.
pub async fn allot(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    member: Member<CompsIssue>,
    event: Path<Uuid>,
    sent: CsrfForm<Entered, Anything>,
) -> Result<HttpResponse, Fault> {
    page::find(&desk, *event).await?;
    let entered = sent.form;
    let text = |name: &str| entered.get(name).map(|text| text.trim()).unwrap_or_default();
    let places = match text("places") {
        "" => Ok(None),
        number => number.parse().map(Some).map_err(|_| wrong("places", "invalid_quantity")),
    };
    let set = match places {
        Ok(places) => {
            let allotment = NewAllotment { promoter: text("allotted").to_owned(), places };
            purchase::allot(&desk, &member, *event, &allotment).await
        }
        Err(refused) => Err(refused),
    };
    match set {
        Ok(_) => Ok(back(*event, "allotted", None)),
        Err(mut refused) => {
            // On the page the name of this form's promoter is not that of the guest's.
            for error in refused.errors.iter_mut().filter(|error| error.field == "promoter") {
                "allotted".clone_into(&mut error.field);
            }
            let outcome = Some(Outcome { refused, entered });
            page::render(&desk, &request, locale, &member, *event, &Asked::default(), outcome).await
        }
    }
}

/// Back to the list, which says what was done.
fn back(event: Uuid, done: &str, entry: Option<Uuid>) -> HttpResponse {
    let entry = entry.map(|entry| format!("&entry={entry}")).unwrap_or_default();
    redirect::see_other(&format!("/admin/events/{event}/guest-list?done={done}{entry}"))
}

/// The guest as the form says it; the ticket site judges the rest.
fn read(entered: &Entered, zone: Tz, locale: Locale) -> Result<NewGuest, Refused> {
    let text = |name: &str| entered.get(name).map(|text| text.trim().to_owned()).unwrap_or_default();
    Ok(NewGuest {
        ticket_type: text("ticket_type").parse().map_err(|_| wrong("ticket_type", "unknown_ticket_type"))?,
        party: text("party").parse().map_err(|_| wrong("party", "invalid_quantity"))?,
        admit_until: instant(&text("admit_until"), zone).ok_or_else(|| wrong("admit_until", "invalid"))?,
        name: text("name"),
        email: text("email"),
        language: locale.0,
        promoter: text("promoter"),
        note: text("note"),
    })
}

/// What of an entry is to be otherwise, as the form says it.
fn changes(form: &ChangeForm, zone: Tz) -> Result<Changes, Refused> {
    let said = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let party = said(&form.stay).map(|party| party.parse().map_err(|_| wrong("party", "invalid_quantity")));
    let until =
        said(&form.until).map(|until| instant(&until, zone).ok_or_else(|| wrong("admit_until", "invalid")));
    Ok(Changes { party: party.transpose()?, name: said(&form.name), admit_until: until.transpose()? })
}

fn wrong(field: &str, code: &str) -> Refused {
    let error = FieldError { field: field.to_owned(), code: code.to_owned() };
    Refused { code: code.to_owned(), errors: vec![error] }
}
