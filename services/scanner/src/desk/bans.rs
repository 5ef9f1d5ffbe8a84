//! `/desk/bans`: who is banned; the form for one more; the button that ends one.

use actix_web::{
    HttpRequest, HttpResponse, Responder,
    web::{Data, Path, Query},
};
use chrono::TimeDelta;
use serde::Deserialize;
use uuid::Uuid;
use web::{CsrfForm, Fault, Html, Locale, RequestId, Staff, can, redirect};

use super::{
    views::{BanCard, BansPage, Done, frame},
    words,
};
use crate::bans::{end, list, make, store};
use crate::{Door, photos};

/// Shows the bans.
pub async fn get(
    door: Data<Door>,
    staff: Staff<can::DoorSupervise>,
    locale: Locale,
    done: Query<Done>,
    request: HttpRequest,
) -> Result<HttpResponse, Fault> {
    let mut page = page(&door, &staff, locale, BanForm::default()).await?;
    page.frame = page.frame.done(&done);
    Ok(Html(page).respond_to(&request))
}

/// The form as sent; the document's number is not shown again.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BanForm {
    /// The name.
    pub name: String,
    document: String,
    /// What they look like.
    pub photo_note: String,
    /// Why.
    pub reason: String,
    /// For how many days; empty for good.
    pub days: String,
}

/// `POST /desk/bans`.
pub async fn post(
    door: Data<Door>,
    form: CsrfForm<BanForm, can::DoorSupervise>,
    locale: Locale,
    id: RequestId,
    request: HttpRequest,
) -> Result<HttpResponse, Fault> {
    let CsrfForm { form, staff } = form;
    let days = form.days.parse::<i64>().ok().filter(|days| (1..=3650).contains(days));
    let asked = make::BanRequest {
        name: form.name.clone(),
        document: form.document.clone(),
        photo_note: form.photo_note.clone(),
        reason: form.reason.clone(),
        until: days.map(|days| door.clock.now() + TimeDelta::days(days)),
        ..make::BanRequest::default()
    };
    match make::make(&door, &staff, &id, asked).await {
        Ok(_) => Ok(redirect::see_other("/desk/bans?done=banned")),
        Err(fault) => refused(&door, &staff, locale, form, fault, &request).await,
    }
}

/// The form as sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EndForm {
    appeal_note: String,
}

/// `POST /desk/bans/{ban}/end`.
pub async fn end(
    door: Data<Door>,
    ban: Path<Uuid>,
    form: CsrfForm<EndForm, can::DoorSupervise>,
    locale: Locale,
    id: RequestId,
    request: HttpRequest,
) -> Result<HttpResponse, Fault> {
    match end::end(&door, &form.staff, &id, ban.into_inner(), &form.appeal_note).await {
        Ok(_) => Ok(redirect::see_other("/desk/bans?done=unbanned")),
        Err(fault) => refused(&door, &form.staff, locale, BanForm::default(), fault, &request).await,
    }
}

async fn refused(
    door: &Door,
    staff: &Staff<can::DoorSupervise>,
    locale: Locale,
    form: BanForm,
    fault: Fault,
    request: &HttpRequest,
) -> Result<HttpResponse, Fault> {
    let Some(problem) = words::problem(&fault) else { return Err(fault) };
    let mut page = page(door, staff, locale, form).await?;
    page.frame = page.frame.refused(problem);
    Ok(Html(page).customize().with_status(fault.status()).respond_to(request).map_into_boxed_body())
}

async fn page(
    door: &Door,
    staff: &Staff<can::DoorSupervise>,
    locale: Locale,
    form: BanForm,
) -> Result<BansPage, Fault> {
    let mut conn = door.db.conn().await?;
    let rows = store::all(&mut conn, list::MOST).await?;
    let wanted: Vec<Uuid> = rows.iter().filter_map(|row| row.photo).collect();
    let there = photos::store::still_there(&mut conn, &wanted).await?;
    let now = door.clock.now();
    let tz = crate::door::list::nights(&mut conn, now)
        .await?
        .first()
        .map_or(chrono_tz::UTC, |night| night.time_zone.parse().unwrap_or(chrono_tz::UTC));
    let cards = rows.into_iter().map(|row| BanCard::new(list::BanView::new(row), &there, locale.0, tz, now));
    let (running, ended): (Vec<_>, Vec<_>) = cards.partition(|card| card.may_end);
    Ok(BansPage {
        frame: frame(door, staff, locale.0, "door-desk-bans", "/desk/bans"),
        documents: door.ban_checks.key().is_some(),
        running,
        ended,
        form,
    })
}
