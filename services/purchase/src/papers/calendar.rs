//! `GET /orders/{reference}/calendar.ics?key=…`: the night in a guest's calendar.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path, Query};
use documents::{CalendarEntry, calendar};
use ui::text;
use web::{Fault, Locale};

use super::folder::{self, Folder};
use crate::Shop;
use crate::orders::view::OrderQuery;

/// The entry. A night that was called off says so, in the same entry.
pub async fn show(
    shop: Data<Shop>,
    reference: Path<String>,
    query: Query<OrderQuery>,
    locale: Locale,
) -> Result<HttpResponse, Fault> {
    let folder = folder::open(&shop, &reference, &query.key, locale.0).await?;
    let uid = folder.order.row.id.to_string();
    Ok(entry(&shop, &folder, &uid))
}

/// The entry of an opened order; `uid` is the same for every file that a calendar is to take for one.
pub(crate) fn entry(shop: &Shop, folder: &Folder, uid: &str) -> HttpResponse {
    let event = &folder.order.event;
    let site = shop.site.tickets.split_once("://").map_or(shop.site.tickets.as_str(), |(_, host)| host);
    let written = calendar(&CalendarEntry {
        language: folder.lang,
        club: text(folder.lang, "shared-club", &[]),
        uid: format!("{uid}@{site}"),
        sequence: u32::try_from(event.revision).unwrap_or(u32::MAX),
        night: folder.night(),
        order: folder.reference.clone(),
        order_url: folder.page_url.clone(),
        cancelled: event.status == "cancelled",
        made_at: shop.clock.now(),
    });
    let name = format!("{}.ics", event.slug);
    folder::file("text/calendar; charset=utf-8; method=PUBLISH", false, &name, written.into_bytes())
}
