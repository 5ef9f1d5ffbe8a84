//! `GET /`: the nights on sale.

use actix_web::web::Data;
use actix_web::{HttpRequest, Responder};
use askama::Template;
use chrono::{DateTime, Utc};
use domain::language::Language;
use ui::{Shell, Site, format, text};
use web::{Fault, Html, Locale};

use super::night::{Night, Offer};
use crate::Shop;

#[derive(Template)]
#[template(path = "catalog/list.html")]
struct ListPage {
    shell: Shell,
    nights: Vec<Row>,
}

struct Row {
    slug: String,
    title: String,
    date: (String, String, String),
    line: String,
    venue: String,
    price: String,
    state: State,
}

/// What stands at the end of a night's row.
pub(super) struct State {
    pub tone: &'static str,
    pub icon: &'static str,
    pub word: String,
    /// Key of what a guest can do about it, where nothing is to be bought.
    pub advice: &'static str,
    pub open: bool,
}

/// Shows the list.
pub async fn show(shop: Data<Shop>, locale: Locale, request: HttpRequest) -> Result<impl Responder, Fault> {
    let (now, lang) = (shop.clock.now(), locale.0);
    let nights = shop.shelf.coming(now).await?;
    let title = text(lang, "purchase-list-title", &[]);
    let shell = Shell::new(Site::Tickets, lang, title, &shop.site)
        .at(crate::path_of(&request))
        .described(text(lang, "purchase-list-description", &[]));
    Ok(Html(ListPage { shell, nights: nights.iter().map(|night| row(night, lang, now)).collect() }))
}

fn row(night: &Night, lang: Language, now: DateTime<Utc>) -> Row {
    let offer = night.offer(now);
    let price = match night.from_price(now) {
        Some(price) if price.is_zero() => text(lang, "shared-free", &[]),
        Some(price) if night.types.len() > 1 || night.names_price() => {
            text(lang, "purchase-from-price", &[("price", &format::money(lang, price))])
        }
        Some(price) => format::money(lang, price),
        None => String::new(),
    };
    Row {
        slug: night.slug.clone(),
        title: night.title.clone(),
        date: format::night_date(lang, night.starts_at, night.tz),
        line: format::night(lang, night.starts_at, night.ends_at, night.tz),
        venue: night.venue_name.clone(),
        price: if offer == Offer::Open { price } else { String::new() },
        state: state(offer, lang, night),
    }
}

/// Symbol and word of an offer.
pub(super) fn state(offer: Offer, lang: Language, night: &Night) -> State {
    let advice = match offer {
        Offer::Open => "",
        Offer::NotYet(_) => "purchase-not-yet-line",
        Offer::SoldOut => "purchase-sold-out-line",
        Offer::Closed => "purchase-closed-line",
    };
    let state = |tone, icon, word| State { tone, icon, word, advice, open: offer == Offer::Open };
    match offer {
        Offer::Open => state("good", "ticket", text(lang, "purchase-on-sale", &[])),
        Offer::NotYet(opens) => {
            let when = format::date_time(lang, opens, night.tz);
            state("attention", "clock", text(lang, "purchase-opens", &[("when", &when)]))
        }
        Offer::SoldOut => state("refusal", "cross", text(lang, "shared-sold-out", &[])),
        Offer::Closed => state("quiet", "lock", text(lang, "purchase-closed", &[])),
    }
}
