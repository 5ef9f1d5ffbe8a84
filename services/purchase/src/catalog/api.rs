//! `GET /api/v1/events` and `GET /api/v1/events/{slug}`.

use std::sync::Arc;

use actix_web::http::header::{CACHE_CONTROL, HeaderValue};
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpResponse, Responder};
use chrono::{DateTime, Utc};
use domain::event::question::{Label, Question};
use domain::event::terms::TicketKind;
use domain::quote::ServiceFee;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use web::{ClientAddress, Fault, Problem};

use super::night::{Night, Offer, OnSale};
use crate::api_types::MoneyBody;
use crate::{Shop, presales};

/// Published events that are not over, the next first.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventList {
    /// The events.
    pub events: Vec<EventSummary>,
}

/// An event in the list.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventSummary {
    /// Its key.
    pub id: Uuid,
    /// Its address.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// Doors.
    pub starts_at: DateTime<Utc>,
    /// The end.
    pub ends_at: DateTime<Utc>,
    /// IANA name of the venue's zone.
    pub time_zone: &'static str,
    /// The venue.
    pub venue: VenueBody,
    /// `open`, `not_yet`, `closed` or `sold_out`.
    pub sale: &'static str,
    /// Lowest price, fee included.
    pub from_price: Option<MoneyBody>,
}

/// Where it is.
#[derive(Debug, Serialize, ToSchema)]
pub struct VenueBody {
    /// Its name.
    pub name: String,
    /// Its address.
    pub address: String,
}

/// An event with all that is on sale.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventBody {
    /// What the list says.
    #[serde(flatten)]
    pub summary: EventSummary,
    /// Plain text, paragraphs parted by blank lines.
    pub description: String,
    /// Added to each paid ticket.
    pub fee: FeeBody,
    /// In the club's order.
    pub ticket_types: Vec<TicketTypeBody>,
    /// What guests are asked with their order (`answers` of a checkout).
    pub questions: Vec<QuestionBody>,
}

/// What guests are asked: once for the order, or for each ticket.
#[derive(Debug, Serialize, ToSchema)]
pub struct QuestionBody {
    /// Its key.
    pub id: Uuid,
    /// What guests read.
    pub label: LabelBody,
    /// `text`, `choice`, `yes_no` or `birth_date`.
    pub kind: &'static str,
    /// What there is to choose from; the English text is the answer.
    pub options: Vec<LabelBody>,
    /// Whether an order needs the answer.
    pub required: bool,
    /// Whether it is asked for each ticket.
    pub per_ticket: bool,
    /// Names of the ticket types that it is asked for; empty: all.
    pub ticket_types: Vec<String>,
}

/// A text in both languages.
#[derive(Debug, Serialize, ToSchema)]
pub struct LabelBody {
    /// English.
    pub en: String,
    /// Spanish.
    pub es: String,
}

impl From<&Label> for LabelBody {
    fn from(label: &Label) -> Self {
        Self { en: label.en.clone(), es: label.es.clone() }
    }
}

/// The service fee on each paid ticket.
#[derive(Debug, Serialize, ToSchema)]
pub struct FeeBody {
    /// Minor units per ticket.
    pub fixed_minor: i64,
    /// Share of the price in hundredths of a per cent.
    pub basis_points: i64,
    /// Whether prices contain it already.
    pub absorbed: bool,
}

/// A ticket type.
#[derive(Debug, Serialize, ToSchema)]
pub struct TicketTypeBody {
    /// Its key.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// A line about it.
    pub description: String,
    /// Price of one.
    pub price: MoneyBody,
    /// Price of one, with fee and tax.
    pub price_with_fee: MoneyBody,
    /// The early price that it is, if it is one.
    pub tier: Option<TierBody>,
    /// Lets the guest name the price (`amount_minor` of a checkout's item); the price is then what the club suggests.
    pub guest_price: Option<GuestPriceBody>,
    /// How often it could be bought a moment ago.
    pub available: i64,
    /// Tickets that one purchase is: more than one for a group ticket.
    pub places: u32,
    /// `entry`, or `add_on`: sold only together with an entry.
    pub kind: &'static str,
    /// Another type of this event that has to be in the same order.
    pub needs: Option<CompanionBody>,
    /// Most tickets over all orders of one email address.
    pub max_per_guest: Option<i64>,
    /// How often its guest comes in on the night, going out in between: 1 is no re-entry, null as often as they like.
    pub entries: Option<u16>,
    /// First instant in which it gives entry; null: as soon as the doors open.
    pub admit_from: Option<DateTime<Utc>>,
    /// First instant in which nobody comes in with it for the first time any more; null: as long as the doors let in.
    pub admit_until: Option<DateTime<Utc>>,
    /// Fewest per order.
    pub min_per_order: u32,
    /// Most per order.
    pub max_per_order: u32,
    /// `open`, `not_yet`, `closed` or `sold_out`.
    pub sale: &'static str,
    /// When the sale opens, if not since publication.
    pub sale_from: Option<DateTime<Utc>>,
    /// When it closes.
    pub sale_until: DateTime<Utc>,
}

/// What has to be in the same order.
#[derive(Debug, Serialize, ToSchema)]
pub struct CompanionBody {
    /// Name of the other type.
    pub name: String,
    /// How many purchases one of it serves.
    pub serves: u32,
}

/// Between which amounts a guest names the price of one.
#[derive(Debug, Serialize, ToSchema)]
pub struct GuestPriceBody {
    /// The least, minor units.
    pub least_minor: i64,
    /// The most, minor units.
    pub most_minor: i64,
}

/// An early price while it holds.
#[derive(Debug, Serialize, ToSchema)]
pub struct TierBody {
    /// Its name.
    pub name: String,
    /// Tickets left of it, where they are counted.
    pub left: Option<i64>,
    /// When it ends, where it ends by itself.
    pub until: Option<DateTime<Utc>>,
}

/// Lists the coming nights.
#[utoipa::path(get, path = "/api/v1/events", tag = "nights", responses((status = 200, body = EventList)))]
pub async fn list(shop: Data<Shop>) -> Result<impl Responder, Fault> {
    let now = shop.clock.now();
    let nights = shop.shelf.coming(now).await?;
    Ok(fresh(EventList { events: nights.iter().map(|night| summary(night, now)).collect() }))
}

/// What may stand in the address of one night.
#[derive(Debug, Default, Deserialize)]
pub struct DetailQuery {
    #[serde(default)]
    code: String,
}

impl DetailQuery {
    fn code(&self) -> Option<&str> {
        Some(self.code.trim()).filter(|code| !code.is_empty())
    }
}

/// One night with its ticket types.
#[utoipa::path(
    get, path = "/api/v1/events/{slug}", tag = "nights",
    params(
        ("slug" = String, Path, description = "The event's slug"),
        ("code" = Option<String>, Query, description = "Opens a private night or hidden ticket types"),
    ),
    responses(
        (status = 200, body = EventBody),
        (status = 404, description = "`not_found`", body = Problem),
        (status = 429, description = "`rate_limited`: too many wrong codes", body = Problem),
    )
)]
pub async fn detail(
    shop: Data<Shop>,
    slug: Path<String>,
    query: Query<DetailQuery>,
    from: ClientAddress,
) -> Result<impl Responder, Fault> {
    let now = shop.clock.now();
    let night = shop.shelf.night(&slug, now).await?.ok_or_else(Fault::not_found)?;
    let code = presales::known_as(&shop, night.id, query.code()).await?;
    shop.tries.access(&from, &night, code.as_deref())?;
    let night: Arc<Night> = night.open_to(code.as_deref()).ok_or_else(Fault::not_found)?;
    Ok(fresh(EventBody {
        summary: summary(&night, now),
        description: night.description.clone(),
        fee: fee(night.fee),
        ticket_types: night.types.iter().map(|on_sale| ticket_type(on_sale, now)).collect(),
        questions: night.terms.questions.iter().filter_map(|asked| question(asked, &night)).collect(),
    }))
}

/// A question, where one of the types that the guest sees is asked.
fn question(asked: &Question, night: &Night) -> Option<QuestionBody> {
    // Of hidden types not even the names are told.
    let kinds = night.types.iter().filter(|kind| asked.is_for(&kind.name));
    let named: Vec<String> = kinds.map(|kind| kind.name.clone()).collect();
    (!named.is_empty()).then(|| QuestionBody {
        id: asked.id.uuid(),
        label: (&asked.label).into(),
        kind: asked.kind.code(),
        options: asked.options.iter().map(Into::into).collect(),
        required: asked.required,
        per_ticket: asked.per_ticket,
        ticket_types: if asked.ticket_types.is_empty() { Vec::new() } else { named },
    })
}

/// What is left changes by the second: caches ask again.
fn fresh(body: impl Serialize) -> HttpResponse {
    let mut response = HttpResponse::Ok().json(body);
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

fn fee(fee: ServiceFee) -> FeeBody {
    FeeBody { fixed_minor: fee.fixed_minor, basis_points: fee.basis_points, absorbed: fee.absorbed }
}

fn summary(night: &Night, now: DateTime<Utc>) -> EventSummary {
    EventSummary {
        id: night.id,
        slug: night.slug.clone(),
        title: night.title.clone(),
        starts_at: night.starts_at,
        ends_at: night.ends_at,
        time_zone: night.tz.name(),
        venue: VenueBody { name: night.venue_name.clone(), address: night.venue_address.clone() },
        sale: night.offer(now).code(),
        from_price: night.from_price(now).map(Into::into),
    }
}

fn ticket_type(on_sale: &OnSale, now: DateTime<Utc>) -> TicketTypeBody {
    let offer: Offer = on_sale.offer(now);
    TicketTypeBody {
        id: on_sale.id.uuid(),
        name: on_sale.name.clone(),
        description: on_sale.description.clone(),
        price: on_sale.price.into(),
        price_with_fee: on_sale.price_with_fee.into(),
        tier: on_sale.tier.as_ref().map(|tier| TierBody {
            name: tier.name.clone(),
            left: tier.left,
            until: tier.until,
        }),
        guest_price: on_sale
            .priced
            .terms
            .guest_price
            .map(|range| GuestPriceBody { least_minor: range.least_minor, most_minor: range.most_minor }),
        available: on_sale.available.max(0),
        places: on_sale.priced.terms.places,
        kind: match on_sale.priced.terms.kind {
            TicketKind::Entry => "entry",
            TicketKind::AddOn => "add_on",
            TicketKind::Table => "table",
        },
        needs: on_sale
            .priced
            .terms
            .needs
            .as_ref()
            .map(|needs| CompanionBody { name: needs.name.clone(), serves: needs.serves }),
        max_per_guest: on_sale.priced.terms.max_per_guest,
        entries: on_sale.priced.terms.entries,
        admit_from: on_sale.priced.terms.admit_from,
        admit_until: on_sale.priced.terms.admit_until,
        min_per_order: on_sale.min_per_order,
        max_per_order: on_sale.max_per_order,
        sale: offer.code(),
        sale_from: on_sale.sale_from,
        sale_until: on_sale.sale_until,
    }
}
