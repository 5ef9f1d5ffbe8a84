//! `GET /desk`: tonight.

use actix_web::{
    HttpRequest, HttpResponse, Responder,
    web::{Data, Query},
};
use serde::Deserialize;
use web::{Fault, Html, Locale, Staff, can};

use super::views::{Done, HomePage, NightLink, frame};
use crate::door::{
    list::{self, EventView},
    occupancy,
};
use crate::{Door, bans, counter, incidents};

/// Which night is looked at.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct NightQuery {
    /// The event's id or slug; tonight's if nothing is said.
    pub event: String,
}

/// Shows the night and the ways on; a doorman sees the two that are for doormen.
pub async fn get(
    door: Data<Door>,
    staff: Staff<can::Within<can::DoorScan>>,
    locale: Locale,
    query: Query<NightQuery>,
    done: Query<Done>,
    request: HttpRequest,
) -> Result<HttpResponse, Fault> {
    let mut page = page(&door, &staff, locale, &query.event).await?;
    page.frame = page.frame.done(&done);
    Ok(Html(page).respond_to(&request))
}

/// The page of a night.
pub(super) async fn page<P>(
    door: &Door,
    staff: &Staff<P>,
    locale: Locale,
    event: &str,
) -> Result<HomePage, Fault> {
    let mut conn = door.db.conn().await?;
    let nights = list::nights_of(&mut conn, &staff.grants, door.clock.now()).await?;
    let night = chosen(&nights, event).map(|event| NightLink::new(event, locale.0));
    let others = nights.iter().map(|event| NightLink::new(event, locale.0));
    let others =
        others.filter(|other| Some(&other.slug) != night.as_ref().map(|night| &night.slug)).collect();
    let frame = frame(door, staff, locale.0, "door-desk-title", "/desk");
    let (mut incidents, mut banned, mut limit, mut zones) = (0, 0, None, Vec::new());
    if frame.supervises
        && let Some(night) = &night
    {
        incidents = incidents::store::count(&mut conn, night.id).await?;
        limit = counter::store::inside(&mut conn, night.id).await?.limit;
        zones = counter::store::zones::all(&mut conn, night.id).await?;
    }
    if frame.whole_house {
        banned =
            bans::store::all(&mut conn, bans::list::MOST).await?.iter().filter(|ban| ban.in_force).count();
    }
    // The only zone of a night is the night.
    if zones.len() < 2 && zones.iter().all(|zone| zone.limit.is_none()) {
        zones.clear();
    }
    let warn = occupancy::warn(night.as_ref().map_or(0, |night| night.inside), limit.map(i64::from));
    Ok(HomePage { frame, night, limit, warn, zones, others, incidents, bans: banned })
}

/// The night that is asked for, else tonight's.
pub(super) fn chosen<'a>(nights: &'a [EventView], asked: &str) -> Option<&'a EventView> {
    let named =
        |event: &&EventView| event.slug == asked || asked.parse().is_ok_and(|id: uuid::Uuid| event.id == id);
    nights.iter().find(named).or_else(|| nights.first())
}
