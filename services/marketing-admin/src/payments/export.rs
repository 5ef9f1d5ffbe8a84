//! `/admin/exports/payments`: the same movements as a file.

use actix_web::HttpResponse;
use actix_web::web::{Data, Query};
use chrono_tz::Tz;
use internal_api::purchase::exports::Movement;
use serde_json::json;
use web::can::FiguresRead;
use web::{Fault, Locale};

use super::filter::{Filter, FilterQuery};
use crate::Desk;
use crate::events::venues;
use crate::exports::answer::{self, Export};
use crate::exports::cell::Cell;
use crate::exports::list::{self, List};
use crate::exports::night::format;
use crate::staff::Member;

const MOVEMENT: [&str; 11] = [
    "when", "zone", "night", "order", "kind", "state", "channel", "currency", "amount", "reason", "provider",
];

/// All of them, as of this moment.
pub async fn download(
    desk: Data<Desk>,
    locale: Locale,
    member: Member<FiguresRead>,
    query: Query<FilterQuery>,
) -> Result<HttpResponse, Fault> {
    let now = desk.clock.now();
    let format = format(&query.format)?;
    let filter = Filter::of(&query, now)?;
    let zone = venues::resolve(&mut *desk.db.conn().await?, None).await.map_or(Tz::UTC, |venue| venue.zone());
    let parts = filter.parts(zone);
    let export = Export {
        action: "payments.exported",
        target: filter.event.map_or_else(|| "all".to_owned(), |event| event.to_string()),
        asked: json!(filter.address()),
        name: answer::name("payments", "", now, zone),
        format,
    };
    let list = List { name: "payments", columns: &MOVEMENT, of: &parts };
    list::download(&desk, locale, &member, list, export, cells).await
}

fn cells(movement: Movement) -> Vec<Cell> {
    let zone: Tz = movement.time_zone.parse().unwrap_or(Tz::UTC);
    vec![
        Cell::time(movement.at, zone),
        Cell::text(movement.time_zone),
        Cell::text(movement.event_title),
        Cell::text(movement.reference),
        Cell::text(movement.kind),
        Cell::text(movement.state),
        Cell::text(movement.method),
        Cell::text(movement.currency.as_str()),
        Cell::amount(movement.amount_minor, &movement.currency),
        Cell::text(movement.reason),
        Cell::text(movement.provider_id),
    ]
}
