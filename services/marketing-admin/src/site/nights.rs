//! `/`: the coming nights.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use ui::Shell;
use web::{Fault, Locale};

use crate::Desk;
use crate::events::store::{self, Which};
use crate::reports::figures;
use crate::site::card::Card;
use crate::site::page;

#[derive(Template)]
#[template(path = "site/nights.html")]
struct NightsPage {
    shell: Shell,
    style: String,
    next: Option<Card>,
    later: Vec<Card>,
}

/// The page. Tonight, or the next night, comes first and large.
pub async fn show(desk: Data<Desk>, request: HttpRequest, locale: Locale) -> Result<HttpResponse, Fault> {
    let now = desk.clock.now();
    let mut conn = desk.db.conn().await?;
    let events = store::load(&mut conn, Which::OnSale(now)).await?;
    let gone =
        figures::sold_out(&mut conn, &events.iter().map(|event| event.row.id).collect::<Vec<_>>()).await?;
    let mut cards = events.iter().map(|event| Card::of(event, locale.0, &desk.links, now, &gone));
    let title = ui::text(locale.0, "site-nights-title", &[]);
    let shell =
        page::shell(&desk, &request, locale, title).described(ui::text(locale.0, "site-description", &[]));
    let nights = NightsPage {
        shell,
        style: crate::assets::url("site.css"),
        next: cards.next(),
        later: cards.collect(),
    };
    page::answer(&request, locale, &nights)
}
