//! `GET /api/v1/events/{slug}/tables`: the plan with its tables, for clients of their own.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path, Query};
use chrono::{DateTime, Utc};
use domain::floor_plan::Place;
use domain::money::{Currency, Money};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use web::{ClientAddress, Fault, Problem};

use super::draw;
use super::floor::{Look, TableState};
use super::page::{self, PlanQuery};
use super::plan::{self, Plan, Table};
use crate::Shop;
use crate::api_types::MoneyBody;
use crate::catalog::night::Night;

/// A night's floor plan, and how its tables stand.
#[derive(Debug, Serialize, ToSchema)]
pub struct TablesBody {
    /// Rises with each change of the plan.
    pub revision: i64,
    /// Width of the drawing, in its own units (about a centimetre).
    pub width: i32,
    /// Its height.
    pub height: i32,
    /// A picture beneath it.
    pub background_url: Option<String>,
    /// Rooms, drawn beneath all else.
    pub rooms: Vec<RoomBody>,
    /// What is no table.
    pub features: Vec<FeatureBody>,
    /// The tables.
    pub tables: Vec<TableBody>,
    /// What can be ordered beforehand; paid at the venue.
    pub menu: Vec<BottleBody>,
    /// When a party may say that it arrives.
    pub arrivals: Vec<DateTime<Utc>>,
}

/// The upper left corner of a box, its size, and how it is turned about its middle.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlaceBody {
    /// From the left.
    pub x: i32,
    /// From the top.
    pub y: i32,
    /// Width.
    pub width: i32,
    /// Height.
    pub height: i32,
    /// Degrees clockwise.
    pub turn: i32,
}

/// A room.
#[derive(Debug, Serialize, ToSchema)]
pub struct RoomBody {
    /// Its key.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// Where it is.
    pub place: PlaceBody,
}

/// What stands in a room beside tables.
#[derive(Debug, Serialize, ToSchema)]
pub struct FeatureBody {
    /// Its key.
    pub id: Uuid,
    /// `stage`, `bar`, `door` or `dance_floor`.
    pub kind: &'static str,
    /// What is written on it; may be empty.
    pub label: String,
    /// Where it is.
    pub place: PlaceBody,
}

/// A table.
#[derive(Debug, Serialize, ToSchema)]
pub struct TableBody {
    /// Its key, of this night alone.
    pub id: Uuid,
    /// What people call it.
    pub label: String,
    /// `round`, `square` or `booth`.
    pub shape: &'static str,
    /// The largest party.
    pub seats: i64,
    /// The room it stands in.
    pub room: Option<Uuid>,
    /// Where it is.
    pub place: PlaceBody,
    /// `free`, `held` (its deposit is being paid), `taken`, or `kept` (not for guests).
    pub state: &'static str,
    /// What its party spends at least; null of one that is kept.
    pub minimum: Option<MoneyBody>,
    /// What is paid at once and comes off the bill; null of one that is kept.
    pub deposit: Option<MoneyBody>,
    /// What comes with it; may be empty.
    pub includes: String,
    /// A picture of it.
    pub photo_url: Option<String>,
}

/// What can be ordered beforehand.
#[derive(Debug, Serialize, ToSchema)]
pub struct BottleBody {
    /// Its key.
    pub id: Uuid,
    /// What it is.
    pub name: String,
    /// Price of one.
    pub price: MoneyBody,
}

/// The floor plan of a night on which tables can be booked.
#[utoipa::path(
    get, path = "/api/v1/events/{slug}/tables", tag = "nights",
    params(
        ("slug" = String, Path, description = "The event's slug"),
        ("code" = Option<String>, Query, description = "Opens a private night"),
    ),
    responses(
        (status = 200, body = TablesBody),
        (status = 404, description = "`not_found`: no such night, or no table of it can be booked", body = Problem),
        (status = 429, description = "`rate_limited`: too many wrong codes", body = Problem),
    )
)]
pub async fn show(
    shop: Data<Shop>,
    slug: Path<String>,
    query: Query<PlanQuery>,
    from: ClientAddress,
) -> Result<HttpResponse, Fault> {
    let night = page::night_for(&shop, &slug, &query.code, &from).await?;
    let look = shop.floor.see(night.id).await?.ok_or_else(Fault::not_found)?;
    let body = body(&look, &night, &shop.site.marketing);
    Ok(HttpResponse::Ok().insert_header(("cache-control", "no-cache")).json(body))
}

fn body(look: &Look, night: &Night, site: &str) -> TablesBody {
    let plan: &Plan = &look.plan;
    let rooms = plan.rooms.iter();
    let features = plan.features.iter();
    let menu = plan.menu.iter();
    TablesBody {
        revision: plan.revision,
        width: plan.width,
        height: plan.height,
        background_url: url(site, &plan.background),
        rooms: rooms
            .map(|room| RoomBody { id: room.id, name: room.name.clone(), place: place(room.place) })
            .collect(),
        features: features
            .map(|feature| FeatureBody {
                id: feature.id,
                kind: feature.kind.code(),
                label: feature.label.clone(),
                place: place(feature.place),
            })
            .collect(),
        tables: look.tables().map(|(each, state)| table(each, state, night.currency, site)).collect(),
        menu: menu
            .map(|bottle| BottleBody {
                id: bottle.bottle_id,
                name: bottle.name.clone(),
                price: Money::new(bottle.price_minor, night.currency).into(),
            })
            .collect(),
        arrivals: plan::arrivals(night.starts_at, night.ends_at),
    }
}

fn table(table: &Table, state: TableState, currency: Currency, site: &str) -> TableBody {
    let money = |minor| table.for_sale.then(|| Money::new(minor, currency).into());
    TableBody {
        id: table.id,
        label: table.label.clone(),
        shape: table.shape.code(),
        seats: table.seats,
        room: table.room,
        place: place(table.place),
        state: state.code(),
        minimum: money(table.minimum_minor),
        deposit: money(table.deposit_minor),
        includes: table.includes.clone(),
        photo_url: url(site, &table.photo),
    }
}

const fn place(place: Place) -> PlaceBody {
    PlaceBody { x: place.x, y: place.y, width: place.width, height: place.height, turn: place.turn }
}

fn url(site: &str, url: &str) -> Option<String> {
    (!url.is_empty()).then(|| draw::address(site, url))
}
