//! `GET /reservations/{id}?key=…` and `POST /reservations/{id}/withdraw?key=…`: how a request for a table stands, for whoever asked.

use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse, Responder};
use askama::Template;
use chrono_tz::Tz;
use domain::reservation::{ReservationState as State, Step};
use serde::Deserialize;
use ui::{Shell, Site, format, text};
use uuid::Uuid;
use web::redirect::see_other;
use web::{Fault, Html, Locale};

use super::approve::only_requested;
use super::desk::after;
use super::follow::take;
use super::store;
use crate::orders::private;
use crate::{Shop, catalog, orders};

/// What stands in the address.
#[derive(Debug, Default, Deserialize)]
pub struct RequestQuery {
    #[serde(default)]
    key: String,
}

#[derive(Template)]
#[template(path = "reservations/request.html")]
struct RequestPage {
    shell: Shell,
    night: String,
    when: String,
    people: String,
    arrives: String,
    /// `asked`, `held`, `booked`, `lapsed` or `over`.
    stands: &'static str,
    headline: String,
    /// Until when the deposit can be paid.
    until: String,
    /// The order's page; empty where there is none.
    order: String,
    withdraw: String,
    plan: String,
}

/// Shows it.
pub async fn show(
    shop: Data<Shop>,
    id: Path<String>,
    query: Query<RequestQuery>,
    locale: Locale,
    request: HttpRequest,
) -> Result<HttpResponse, Fault> {
    let id = open(&shop, &id, &query.key)?;
    let lang = locale.0;
    let mut conn = shop.db.conn().await?;
    let row = store::find(&mut conn, id).await?.filter(|row| row.asked).ok_or_else(Fault::not_found)?;
    let tables = store::tables_of(&mut conn, id).await?;
    let night = catalog::store::event(&mut conn, row.event_id).await?.ok_or_else(Fault::not_found)?;
    let order = match row.order_id {
        Some(order) => orders::store::find(&mut conn, order.into()).await?,
        None => None,
    };
    drop(conn);
    let zone: Tz = night.time_zone.parse().unwrap_or_default();
    let table = tables.as_slice().first().map(|table| table.label.clone()).unwrap_or_default();
    let title = text(lang, "booking-request-title", &[("table", &table)]);
    let shell = Shell::new(Site::Tickets, lang, title, &shop.site).at(crate::path_of(&request)).unlisted();
    let stands = match row.state() {
        State::Requested => "asked",
        State::Pending => "held",
        State::Confirmed | State::CheckedIn | State::Closed | State::NoShow => "booked",
        State::Expired => "lapsed",
        State::Cancelled => "over",
    };
    let until = order.as_ref().map(|order| format::time(lang, order.held_until, zone)).unwrap_or_default();
    let page = RequestPage {
        headline: text(lang, &format!("booking-request-{stands}"), &[]),
        when: format::night(lang, night.starts_at, night.ends_at, zone),
        people: text(lang, "booking-people", &[("count", &i64::from(row.party))]),
        arrives: format::time(lang, row.arrives_at, zone),
        order: order.map(|order| shop.links.path_of(order.key(), &order.reference)).unwrap_or_default(),
        withdraw: format!("/reservations/{id}/withdraw?key={}", shop.links.request_key(id)),
        plan: format!("/e/{}/tables", night.slug),
        night: night.title,
        shell,
        stands,
        until,
    };
    Ok(private(Html(page).respond_to(&request)))
}

/// Withdraws it. What a host has answered meanwhile stays as it was answered; the page says how.
pub async fn withdraw(
    shop: Data<Shop>,
    id: Path<String>,
    query: Query<RequestQuery>,
) -> Result<HttpResponse, Fault> {
    let id = open(&shop, &id, &query.key)?;
    let now = shop.clock.now();
    shop.db
        .transaction(async |conn| {
            let row = store::lock(conn, id).await?;
            let mut row = row.filter(|row| row.asked).ok_or_else(Fault::not_found)?;
            if only_requested(&row).is_ok() {
                let next = after(&row, Step::Cancel)?;
                take(conn, &mut row, next, Step::Cancel.code(), now).await?;
            }
            Ok::<_, Fault>(())
        })
        .await?;
    shop.bus.wake_relay();
    Ok(private(see_other(&shop.links.request_path(id))))
}

fn open(shop: &Shop, id: &str, key: &str) -> Result<Uuid, Fault> {
    let id: Uuid = id.parse().map_err(|_| Fault::not_found())?;
    if shop.links.opens_request(id, key) { Ok(id) } else { Err(Fault::not_found()) }
}
