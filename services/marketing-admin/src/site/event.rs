//! `/events/{slug}`: one night.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use domain::event::terms::Visibility;
use domain::language::Language;
use ui::Shell;
use web::{Fault, Locale};

use crate::Desk;
use crate::events::store::{self, Event, Which};
use crate::reports::figures;
use crate::site::card::Card;
use crate::site::page;

#[derive(Template)]
#[template(path = "site/event.html")]
struct EventPage {
    shell: Shell,
    style: String,
    card: Card,
    paragraphs: Vec<String>,
    over: bool,
}

/// The page of a published night; a draft is not there.
pub async fn show(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    slug: Path<String>,
) -> Result<HttpResponse, Fault> {
    let now = desk.clock.now();
    let event = published(&desk, &slug).await?;
    let gone = figures::sold_out(&mut *desk.db.conn().await?, &[event.row.id]).await?;
    let card = Card::of(&event, locale.0, &desk.links, now, &gone);
    let shell = page::shell(&desk, &request, locale, card.title.clone())
        .described(summary(&card, locale.0))
        .with_share_image(format!("{}/posters/{}-wide.svg", desk.links.marketing, card.slug));
    let page = EventPage {
        shell,
        style: crate::assets::url("site.css"),
        paragraphs: event
            .row
            .description
            .split("\n\n")
            .map(str::trim)
            .filter(|p| !p.is_empty())
            .map(str::to_owned)
            .collect(),
        over: event.row.ends_at <= now,
        card,
    };
    page::answer(&request, locale, &page)
}

/// The published event at an address. A private one is shown by the ticket site alone, to those who have its code.
pub async fn published(desk: &Desk, slug: &str) -> Result<Event, Fault> {
    let mut conn = desk.db.conn().await?;
    let event = store::find(&mut conn, Which::Slug(slug)).await?;
    let open = |event: &Event| {
        event.row.status == "published" && event.row.terms().visibility != Visibility::Private
    };
    event.filter(open).ok_or_else(Fault::not_found)
}

fn summary(card: &Card, lang: Language) -> String {
    let line = format!("{} · {} · {}", card.date, card.night, card.venue);
    if card.teaser.is_empty() {
        line
    } else {
        format!("{line}. {}", ui::text(lang, "site-quote", &[("text", &card.teaser)]))
    }
}
