//! `GET /e/{slug}/waiting-room`: where a guest stands before a night that is too hot, as a page and, for its script, as JSON. Answered
//! from memory; only a guest without a place costs a share of a statement.

use actix_web::http::header;
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use domain::language::Language;
use domain::night::BusinessNight;
use domain::waiting_room::Standing;
use serde::{Deserialize, Serialize};
use ui::{Shell, Site, format, text};
use web::redirect::{local, see_other};
use web::{ClientAddress, Fault, Locale};

use super::guard::{self, Waiting};
use super::places;
use crate::catalog::night::{Night, Offer};
use crate::{Shop, presales};

/// Pages ask again after this share of their wait, in seconds at least and at most this.
const ASK_SHARE: i64 = 5;
const ASK_SOONEST: i64 = 3;
const ASK_LATEST: i64 = 30;

/// What may stand in the page's address: what the night's page had in its own.
#[derive(Debug, Default, Deserialize)]
pub struct WaitingQuery {
    /// An access code.
    #[serde(default)]
    code: String,
    /// A promo code.
    #[serde(default)]
    promo: String,
    /// The page of a ticket that is to be exchanged, or of a table; where it is missing, the night's own page leads on.
    #[serde(default)]
    back: String,
}

#[derive(Template)]
#[template(path = "waiting_room/page.html")]
struct WaitingPage {
    shell: Shell,
    title: String,
    date: String,
    hours: String,
    venue: String,
    place: PlaceBody,
    turn: i64,
    here: String,
    night_page: String,
    script: String,
}

/// How a guest stands, for the page's script.
#[derive(Debug, Serialize)]
struct PlaceBody {
    /// It is the guest's turn, or nobody has to wait any more.
    admitted: bool,
    /// How many are before the guest, in words.
    before: String,
    /// How long that takes, in words.
    wait: String,
    /// That nothing is left meanwhile; empty if something is.
    sold_out: String,
    /// When to ask again, in seconds.
    again: i64,
}

/// Shows where the guest stands; gives a place to who has none; leads on whose turn it is.
pub async fn show(
    shop: Data<Shop>,
    slug: Path<String>,
    locale: Locale,
    query: Query<WaitingQuery>,
    from: ClientAddress,
    request: HttpRequest,
) -> Result<HttpResponse, Fault> {
    let code = Some(query.code.trim()).filter(|code| !code.is_empty());
    let night = shop.shelf.night(&slug, shop.clock.now()).await?.ok_or_else(Fault::not_found)?;
    shop.tries.access(&from, &night, code)?;
    // Looked up only where it is needed: who waits asks again and again.
    let known = if night.terms.is_open_to(code) {
        code.map(str::to_owned)
    } else {
        presales::known_as(&shop, night.id, code).await?
    };
    let rooms = &shop.rooms;
    let line = rooms.line(night.id);
    let held = line.as_ref().and_then(|line| guard::held(rooms, &request, night.id, line));
    let night = match (query.back(), &line) {
        // Nothing is said of the night: it leads to where the guest says that they come from.
        (Some(back), None) => return Ok(lead_to(back, &request)),
        // Who has a ticket, and a place for exchanging it, needs no code for a night that is private.
        (Some(_), Some(_)) if held.is_some() => night,
        _ => night.open_to(known.as_deref()).ok_or_else(Fault::not_found)?,
    };
    if line.is_none() {
        return Ok(lead_on(&night, &query, &request));
    }
    let (place, token) = match held {
        Some((_, _, Standing::Admitted)) => return Ok(lead_on(&night, &query, &request)),
        Some((place, token, _)) => (place, token),
        None => guard::join(&shop, night.id, &from).await?,
    };
    let waiting = guard::waiting(rooms, night.id, place, token);
    let place = body(&shop, &night, &waiting, locale.0);
    let mut answer = HttpResponse::Ok();
    answer.cookie(places::cookie(night.id, waiting.token));
    if wants_json(&request) {
        return Ok(answer.json(place));
    }
    let page = page(&shop, &night, &query, place, locale.0, &request);
    Ok(answer.content_type("text/html; charset=utf-8").body(page.render()?))
}

/// To the page where a guest waits, with the place in hand.
pub(crate) fn send_to_wait(waiting: Waiting, slug: &str, code: &str, promo: &str) -> HttpResponse {
    let query = WaitingQuery { code: code.to_owned(), promo: promo.to_owned(), back: String::new() };
    sent(waiting, slug, &query)
}

/// The same for who exchanges a ticket or books a table, and goes on at the page of that.
pub(crate) fn send_to_wait_for(waiting: Waiting, slug: &str, back: &str) -> HttpResponse {
    sent(waiting, slug, &WaitingQuery { back: back.to_owned(), ..WaitingQuery::default() })
}

fn sent(waiting: Waiting, slug: &str, query: &WaitingQuery) -> HttpResponse {
    let mut answer = see_other(&format!("/e/{slug}/waiting-room{}", query.again()));
    // A cookie that can't be sent is none: the page gives another place.
    let _ = answer.add_cookie(&places::cookie(waiting.event, waiting.token));
    answer
}

/// The address of the page where a guest waits.
pub(crate) fn path(slug: &str, code: &str, promo: &str) -> String {
    let query = WaitingQuery { code: code.to_owned(), promo: promo.to_owned(), back: String::new() };
    format!("/e/{slug}/waiting-room{}", query.again())
}

fn lead_on(night: &Night, query: &WaitingQuery, request: &HttpRequest) -> HttpResponse {
    lead_to(&query.leads_to(&night.slug), request)
}

fn lead_to(page: &str, request: &HttpRequest) -> HttpResponse {
    if wants_json(request) {
        let (before, wait, sold_out) = (String::new(), String::new(), String::new());
        return HttpResponse::Ok().json(PlaceBody { admitted: true, before, wait, sold_out, again: 0 });
    }
    see_other(page)
}

fn body(shop: &Shop, night: &Night, waiting: &Waiting, lang: Language) -> PlaceBody {
    let minutes = (waiting.wait + 59) / 60;
    let sold_out = night.offer(shop.clock.now()) == Offer::SoldOut;
    PlaceBody {
        admitted: false,
        before: text(lang, "purchase-room-before", &[("count", &waiting.before)]),
        wait: if waiting.wait < 60 {
            text(lang, "purchase-room-soon", &[])
        } else {
            text(lang, "purchase-room-minutes", &[("count", &minutes)])
        },
        sold_out: if sold_out { text(lang, "purchase-room-sold-out", &[]) } else { String::new() },
        again: (waiting.wait / ASK_SHARE).clamp(ASK_SOONEST, ASK_LATEST),
    }
}

fn page(
    shop: &Shop,
    night: &Night,
    query: &WaitingQuery,
    place: PlaceBody,
    lang: Language,
    request: &HttpRequest,
) -> WaitingPage {
    let title = text(lang, "purchase-room-title", &[]);
    WaitingPage {
        shell: Shell::new(Site::Tickets, lang, title, &shop.site).at(crate::path_of(request)).unlisted(),
        title: night.title.clone(),
        date: format::calendar_date(lang, BusinessNight::of(night.starts_at, night.tz).date()),
        hours: format::night(lang, night.starts_at, night.ends_at, night.tz),
        venue: night.venue_name.clone(),
        place,
        turn: shop.rooms.pace.turn.num_minutes(),
        here: format!("/e/{}/waiting-room{}", night.slug, query.again()),
        night_page: query.leads_to(&night.slug),
        script: crate::assets::url("waiting-room.js"),
    }
}

impl WaitingQuery {
    /// The page of an exchange or of a table, if that is what it names.
    fn back(&self) -> Option<&str> {
        let of_table = |page: &str| page.starts_with("/e/") && page.contains("/tables/");
        Some(local(self.back.trim())).filter(|page| page.starts_with("/orders/") || of_table(page))
    }

    /// Where it goes on once nobody waits any more.
    fn leads_to(&self, slug: &str) -> String {
        self.back().map_or_else(|| format!("/e/{slug}{}", self.again()), str::to_owned)
    }

    /// The same for the next address: `?code=…&promo=…&back=…`, or nothing.
    fn again(&self) -> String {
        let mut query = String::new();
        let values =
            [("code", self.code.trim()), ("promo", self.promo.trim()), ("back", self.back().unwrap_or(""))];
        for (name, value) in values {
            if !value.is_empty() {
                let value: String = value.bytes().map(|byte| format!("%{byte:02X}")).collect();
                query.push(if query.is_empty() { '?' } else { '&' });
                query.push_str(&format!("{name}={value}"));
            }
        }
        query
    }
}

fn wants_json(request: &HttpRequest) -> bool {
    let accept = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok());
    accept.is_some_and(|accept| accept.contains("application/json"))
}
