//! `GET /desk/photos?ticket=`: the photographs of a ticket's holder, for who answers for the door. Showing one is a look, and on record.

use std::ops::Deref;

use actix_web::{
    HttpRequest, HttpResponse, Responder,
    web::{Data, Path, Query},
};
use askama::Template;
use chrono_tz::Tz;
use serde::Deserialize;
use ui::format;
use uuid::Uuid;
use web::{CsrfForm, Fault, Html, Locale, RequestId, Staff, can, redirect};

use super::views::{Frame, frame};
use crate::Door;
use crate::photos::{erase, reach, store};

/// `/desk/photos`
#[derive(Template)]
#[template(path = "desk/photos.html")]
struct PhotosPage {
    frame: Frame,
    ticket: Uuid,
    holder: String,
    type_name: String,
    photos: Vec<Shown>,
}

impl Deref for PhotosPage {
    type Target = Frame;
    fn deref(&self) -> &Frame {
        &self.frame
    }
}

/// A photograph with its hour on the venue's clock.
struct Shown {
    id: Uuid,
    at: String,
}

/// Whose photographs.
#[derive(Deserialize)]
pub struct PhotosQuery {
    ticket: Uuid,
}

/// Shows them, the latest first. 404 for a ticket that the door does not know.
pub async fn get(
    door: Data<Door>,
    staff: Staff<can::Within<can::DoorSupervise>>,
    locale: Locale,
    query: Query<PhotosQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, Fault> {
    let (ticket, lang) = (query.ticket, locale.0);
    let mut conn = door.db.conn().await?;
    let guest = store::guest(&mut conn, ticket).await?.ok_or_else(Fault::not_found)?;
    reach::ticket(&mut conn, &staff, ticket).await?;
    let photos = store::of_ticket(&mut conn, ticket).await?;
    let zone: Tz = guest.time_zone.and_then(|zone| zone.parse().ok()).unwrap_or(Tz::UTC);
    let mut frame = frame(&door, &staff, lang, "door-desk-photos-of", "/desk/photos");
    frame.shell = frame.shell.clone().at(&address(ticket));
    let shown = photos.into_iter().map(|(id, at)| Shown { id, at: format::date_time(lang, at, zone) });
    Ok(Html(PhotosPage {
        frame,
        ticket,
        holder: guest.holder_name,
        type_name: guest.type_name,
        photos: shown.collect(),
    })
    .respond_to(&request))
}

/// The form as sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EraseForm {
    ticket: Uuid,
}

/// `POST /desk/photos/{photo}/erase`: who is on it asks for it. One that is gone already is gone.
pub async fn erase(
    door: Data<Door>,
    photo: Path<Uuid>,
    form: CsrfForm<EraseForm, can::Within<can::DoorSupervise>>,
    id: RequestId,
) -> Result<HttpResponse, Fault> {
    match erase::erase(&door, &form.staff, &id, photo.into_inner()).await {
        Err(fault) if fault.code() != "not_found" => Err(fault),
        _ => Ok(redirect::see_other(&address(form.ticket))),
    }
}

fn address(ticket: Uuid) -> String {
    format!("/desk/photos?ticket={ticket}")
}
