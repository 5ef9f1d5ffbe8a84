//! `POST /admin/events/{event}/guest-list` and below: a guest is added, taken off, comes with fewer; a promoter gets an allotment.
//! What is done leads back to the list; what is refused is shown over the form, with all that was written.

use std::collections::HashMap;

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use chrono_tz::Tz;
use serde::Deserialize;
use uuid::Uuid;
use web::can::{Anything, CompsIssue};
use web::{CsrfForm, Fault, Locale, redirect};

use super::page::{self, Asked, Outcome};
use super::purchase::{self, NewAllotment, NewGuest};
use crate::Desk;
use crate::box_office::purchase::{FieldError, Refused};
use crate::events::form::instant;
use crate::identity::Member;

type Entered = HashMap<String, String>;

/// Adds a guest.
pub async fn add(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    member: Member<CompsIssue>,
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

/// How many of an entry are to stay.
#[derive(Debug, Deserialize)]
pub struct PartyForm {
    #[serde(default)]
    stay: String,
}

/// Takes an entry off the list, or makes its party smaller.
pub async fn shrink(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    member: Member<CompsIssue>,
    path: Path<(Uuid, Uuid)>,
    sent: CsrfForm<PartyForm, Anything>,
) -> Result<HttpResponse, Fault> {
    let (event, entry) = path.into_inner();
    page::find(&desk, event).await?;
    let left = match sent.form.stay.trim().parse() {
        Ok(party) => purchase::shrink(&desk, &member, entry, party).await.map(|left| (party, left)),
        Err(_) => Err(wrong("party", "invalid_quantity")),
    };
    match left {
        Ok((_, left)) if left.waiting => Ok(back(event, "waiting", None)),
        Ok((wanted, left)) if left.party > wanted => Ok(back(event, "inside", Some(entry))),
        Ok((0, _)) => Ok(back(event, "removed", None)),
        Ok(_) => Ok(back(event, "fewer", None)),
        Err(refused) => {
            let outcome = Some(Outcome { refused, entered: Entered::new() });
            page::render(&desk, &request, locale, &member, event, &Asked::default(), outcome).await
        }
    }
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

fn wrong(field: &str, code: &str) -> Refused {
    let error = FieldError { field: field.to_owned(), code: code.to_owned() };
    Refused { code: code.to_owned(), errors: vec![error] }
}
