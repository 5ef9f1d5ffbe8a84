//! `GET /`: the door, for those who are signed in.

use actix_web::web::Data;
use web::{Fault, Html, Locale, Staff, can};

use super::views::{DoorPage, NightView, shell};
use crate::{Door, door::list};

/// Shows the nights to choose from and, once chosen, the camera.
pub async fn get(
    door: Data<Door>,
    staff: Staff<can::DoorScan>,
    locale: Locale,
) -> Result<Html<DoorPage>, Fault> {
    let nights = list::nights(&mut *door.db.conn().await?, door.clock.now()).await?;
    Ok(Html(DoorPage {
        shell: shell(locale.0, "scanner-door", &door.links),
        staff: staff.name,
        nights: nights.into_iter().map(|event| NightView::new(event, locale.0)).collect(),
    }))
}
