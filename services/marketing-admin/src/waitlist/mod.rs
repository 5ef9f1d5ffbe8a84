//! How a night's lines stand, as the ticket site says: who waits for sold-out ticket types, and how many offers are open. The
//! lines are purchase's; here they are only shown, on the page of their night.

use askama::Template;
use domain::language::Language;
use internal_api::purchase::waitlist::{NightLines, TypeLine};
use reqwest::Method;
use ui::text;
use uuid::Uuid;
use web::peer;

use crate::Desk;

#[derive(Template)]
#[template(path = "waitlist/strip.html")]
struct Strip {
    title: String,
    away: String,
    lines: Vec<Line>,
}

struct Line {
    name: String,
    told: String,
}

/// The part of a night's page: nothing where nobody ever waited. Where the ticket site does not answer, it says so.
pub async fn strip(desk: &Desk, event: Uuid, lang: Language) -> Result<String, askama::Error> {
    let call = desk.purchase.call(Method::GET, &format!("/internal/v1/waitlist/{event}"));
    let answer = peer::answer::<NightLines>(call).await;
    let (away, lines) = match answer {
        Ok(night) if night.ticket_types.is_empty() => return Ok(String::new()),
        Ok(night) => (String::new(), night.ticket_types),
        Err(error) => {
            tracing::warn!(%error, %event, "the ticket site could not be asked for a night's lines");
            (text(lang, "admin-waitlist-away", &[]), Vec::new())
        }
    };
    let told = |line: &TypeLine| {
        let waiting =
            text(lang, "admin-waitlist-waiting", &[("count", &line.waiting), ("tickets", &line.tickets)]);
        let offers = text(lang, "admin-waitlist-offers", &[("count", &line.offers)]);
        let claimed = text(lang, "admin-waitlist-claimed", &[("count", &line.claimed)]);
        [waiting, offers, claimed].join(" · ")
    };
    Strip {
        title: text(lang, "admin-waitlist-title", &[]),
        away,
        lines: lines.iter().map(|line| Line { name: line.name.clone(), told: told(line) }).collect(),
    }
    .render()
}
