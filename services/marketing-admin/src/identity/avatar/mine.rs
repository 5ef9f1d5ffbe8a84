//! `/account/avatar`: one's own picture, and the forms of the profile that set and remove it.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use pictures::{PictureError, Shape};
use serde_json::json;
use web::{Fault, Guest, GuestForm, GuestUpload, Locale, Uploaded, redirect};

use super::store;
use crate::Desk;
use crate::identity::activity;
use crate::identity::limits::{self, Limit};
use crate::identity::mine::{self as pages, profile};
use crate::identity::visit::Visit;
use crate::views::NoFields;

/// The largest file.
const MOST: usize = 5 * 1024 * 1024;
/// As much as the gateway lets through: what is larger than a picture may be, and not by much, is refused in words.
const MOST_BODY: usize = 8 * 1024 * 1024;
/// Pixels of a side.
const SIDE: u32 = 256;

/// The picture, or 404: who has none is shown by their initials.
pub async fn show(desk: Data<Desk>, guest: Guest) -> Result<HttpResponse, Fault> {
    let account = guest.account.uuid();
    let jpeg = desk
        .db
        .transaction(async |conn| {
            pages::only(conn, account).await?;
            Ok::<_, Fault>(store::jpeg(conn, account).await?)
        })
        .await?;
    Ok(super::answer(jpeg.ok_or_else(Fault::not_found)?))
}

/// Takes a picture in, in the place of the one before; what is none that we take is said on the profile.
pub async fn submit(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    visit: Visit,
    upload: GuestUpload<MOST_BODY>,
) -> Result<HttpResponse, Fault> {
    let GuestUpload { guest, sent } = upload;
    match take(&desk, &visit, &guest, sent).await {
        Ok(()) => Ok(redirect::see_other(profile::SAVED)),
        Err(Refusal::Said(status, problem)) => {
            profile::with_picture_problem(&desk, &request, locale, &guest, (status, problem)).await
        }
        Err(Refusal::Fault(fault)) => Err(fault),
    }
}

/// Takes the picture away. Taking away what is not there changes nothing.
pub async fn remove(
    desk: Data<Desk>,
    visit: Visit,
    sent: GuestForm<NoFields>,
) -> Result<HttpResponse, Fault> {
    let (account, now) = (sent.guest.account.uuid(), desk.clock.now());
    desk.db
        .transaction(async |conn| {
            pages::held(conn, account).await?;
            if store::remove(conn, account).await? {
                let detail = json!({"fields": ["picture"]});
                activity::note(conn, account, "profile_changed", detail, &visit, now).await?;
            }
            Ok::<_, Fault>(())
        })
        .await?;
    Ok(redirect::see_other(profile::SAVED))
}

/// Why a picture is not taken.
enum Refusal {
    /// In words, on the page.
    Said(StatusCode, &'static str),
    Fault(Fault),
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        match fault.code() {
            "payload_too_large" => TOO_LARGE,
            _ => Self::Fault(fault),
        }
    }
}

impl From<PictureError> for Refusal {
    fn from(error: PictureError) -> Self {
        let said = |problem| Self::Said(StatusCode::UNPROCESSABLE_ENTITY, problem);
        match error {
            PictureError::Unknown => said("avatar-fault-unknown"),
            PictureError::Unreadable(_) => said("avatar-fault-unreadable"),
            PictureError::TooManyPixels => said("avatar-fault-pixels"),
            PictureError::Interrupted(_) => Self::Fault(Fault::internal(error)),
        }
    }
}

const TOO_LARGE: Refusal = Refusal::Said(StatusCode::PAYLOAD_TOO_LARGE, "avatar-fault-large");

async fn take(
    desk: &Desk,
    visit: &Visit,
    guest: &Guest,
    sent: Result<Uploaded, Fault>,
) -> Result<(), Refusal> {
    let Some(file) = sent?.file else {
        return Err(Refusal::Said(StatusCode::UNPROCESSABLE_ENTITY, "avatar-fault-missing"));
    };
    if file.len() > MOST {
        return Err(TOO_LARGE);
    }
    limits::take(desk, Limit::Picture, visit, &guest.account.to_string()).await?;
    // Without a connection in hand: this takes its time.
    let jpeg = pictures::anew(file, Shape::Square(SIDE)).await?;
    let (account, now) = (guest.account.uuid(), desk.clock.now());
    desk.db
        .transaction(async |conn| {
            pages::held(conn, account).await?;
            store::put(conn, account, &jpeg, now).await?;
            let detail = json!({"fields": ["picture"]});
            activity::note(conn, account, "profile_changed", detail, visit, now).await?;
            Ok::<_, Fault>(())
        })
        .await?;
    Ok(())
}
