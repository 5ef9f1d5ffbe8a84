//! Who waits for a table of a night, as the ticket site says: how many parties, and how large. Nobody's name.

use domain::language::Language;
use internal_api::purchase::table_waitlist::{PartySize, TableLine};
use reqwest::Method;
use ui::text;
use uuid::Uuid;
use web::peer;

use crate::Desk;

/// The part of a night's board: nothing where nobody waits.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    /// How many, or why that is not known; empty for nobody.
    pub told: String,
    /// How many of which size.
    pub sizes: Vec<String>,
}

/// Asks the ticket site. Where it does not answer, the board says so.
pub(super) async fn of(desk: &Desk, event: Uuid, lang: Language) -> Waiting {
    let call = desk.purchase.call(Method::GET, &format!("/internal/v1/table-waitlist/{event}"));
    match peer::answer::<TableLine>(call).await {
        Ok(line) => said(&line, lang),
        Err(error) => {
            tracing::warn!(%error, %event, "the ticket site could not be asked who waits for a table");
            Waiting { told: text(lang, "table-waitlist-desk-away", &[]), sizes: Vec::new() }
        }
    }
}

fn said(line: &TableLine, lang: Language) -> Waiting {
    let count: i64 = line.sizes.iter().map(|size| size.parties).sum();
    if count == 0 {
        return Waiting::default();
    }
    let people: i64 = line.sizes.iter().map(|size| size.parties.saturating_mul(size.party)).sum();
    let waiting = text(lang, "table-waitlist-desk-waiting", &[("count", &count), ("people", &people)]);
    let told = text(lang, "table-waitlist-desk-told", &[("count", &line.told)]);
    let size = |size: &PartySize| {
        text(lang, "table-waitlist-desk-size", &[("parties", &size.parties), ("party", &size.party)])
    };
    Waiting { told: [waiting, told].join(" · "), sizes: line.sizes.iter().map(size).collect() }
}
