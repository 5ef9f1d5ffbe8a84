//! `GET /`: the door, for those who are signed in.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, Responder};
use domain::permission::Permission;
use web::{Fault, Html, Locale, Staff, can, redirect};

use super::views::{DoorPage, NightView, shell};
use crate::{Door, devices, door::list, retention};

/// Shows the nights to choose from and, once chosen, the camera. A language that the address names is remembered (by `web`), and the address
/// is left without it: the phone comes back to it many times, and what was chosen last counts.
pub async fn get(
    door: Data<Door>,
    staff: Staff<can::Within<can::DoorScan>>,
    locale: Locale,
    request: HttpRequest,
) -> Result<HttpResponse, Fault> {
    if Locale::asked_for(&request).is_some() {
        return Ok(redirect::see_other("/"));
    }
    let phone = devices::phone(&door, &request).await?;
    let mut conn = door.db.conn().await?;
    let nights = list::nights_of(&mut conn, &staff.grants, door.clock.now()).await?;
    let settings = retention::store::settings(&mut conn).await?;
    drop(conn);
    let page = DoorPage {
        shell: shell(locale.0, "scanner-door", &door.links).at("/"),
        supervises: staff.may(Permission::DoorSupervise),
        staff_id: staff.id.to_string(),
        staff: staff.name,
        manifest_keys: serde_json::to_string(&door.manifest_signer.public()).map_err(Fault::internal)?,
        oldest: settings.data_age_minutes,
        bound: phone.as_deref().and_then(|phone| bound(phone, &nights)).unwrap_or_default(),
        phone: phone.map(|device| device.name.clone()),
        nights: nights.into_iter().map(|event| NightView::new(event, locale.0)).collect(),
    };
    Ok(Html(page).respond_to(&request))
}

/// The gate that a phone is enrolled for: that one, or tonight's of its name, for every night has gates of its own.
fn bound(phone: &devices::Device, nights: &[list::EventView]) -> Option<String> {
    let id = phone.gate?;
    let gates = || nights.iter().filter(|night| night.tonight).flat_map(|night| &night.gates);
    let named = || gates().find(|gate| Some(&gate.name) == phone.gate_name.as_ref());
    gates().find(|gate| gate.id == id).or_else(named).map(|gate| gate.id.to_string())
}
