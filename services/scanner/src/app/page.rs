//! `GET /`: the door, for those who are signed in.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, Responder};
use domain::permission::Permission;
use web::{Fault, Html, Locale, Staff, can, redirect};

use super::views::{DoorPage, NightView, shell};
use crate::{Door, door::list};

/// Shows the nights to choose from and, once chosen, the camera. A language that the address names is remembered (by `web`), and the address
/// is left without it: the phone comes back to it many times, and what was chosen last counts.
pub async fn get(
    door: Data<Door>,
    staff: Staff<can::DoorScan>,
    locale: Locale,
    request: HttpRequest,
) -> Result<HttpResponse, Fault> {
    if Locale::asked_for(&request).is_some() {
        return Ok(redirect::see_other("/"));
    }
    let nights = list::nights(&mut *door.db.conn().await?, door.clock.now()).await?;
    let page = DoorPage {
        shell: shell(locale.0, "scanner-door", &door.links).at("/"),
        supervises: staff.role.may(Permission::DoorSupervise),
        staff: staff.name,
        manifest_keys: "{}".to_owned(),
        bound: String::new(),
        nights: nights.into_iter().map(|event| NightView::new(event, locale.0)).collect(),
    };
    Ok(Html(page).respond_to(&request))
}
