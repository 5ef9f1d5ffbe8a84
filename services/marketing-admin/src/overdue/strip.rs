//! The dashboard's line: how much needs a person, or that nothing does.

use std::time::Duration;

use actix_web::web::Data;
use askama::Template;
use domain::language::Language;
use futures::{Stream, stream};
use tokio::time::MissedTickBehavior;
use web::sse::Message;

use super::{Overview, key};
use crate::Desk;

/// How often an open dashboard asks again.
const EVERY: Duration = Duration::from_secs(15);
/// Named in the line; the page has the rest.
const NAMED: usize = 2;

#[derive(Template)]
#[template(path = "overdue/strip.html")]
struct Strip {
    title: String,
    named: String,
    away: Vec<String>,
    see: String,
    any: bool,
}

/// The line as HTML: the same in the page and in each event of the stream.
pub fn html(overview: &Overview, lang: Language) -> Result<String, askama::Error> {
    let t = |key: &str| ui::text(lang, key, &[]);
    let any = !overview.found.is_empty();
    let kinds = overview.found.len();
    let named = overview.found.iter().take(NAMED).map(|(_, one)| {
        ui::text(lang, &format!("admin-overdue-{}", key(one.kind)), &[("count", &one.count)])
    });
    Strip {
        title: match (any, overview.away.is_empty()) {
            (true, _) => ui::text(lang, "admin-overdue-count", &[("count", &kinds)]),
            (false, true) => t("admin-overdue-none"),
            (false, false) => t("admin-overdue-none-known"),
        },
        named: named.collect::<Vec<_>>().join(" · "),
        away: overview
            .away
            .iter()
            .map(|service| {
                let name = t(&format!("admin-service-{}", service.name()));
                ui::text(lang, "admin-overdue-away-short", &[("service", &name)])
            })
            .collect(),
        see: t("admin-overdue-see"),
        any,
    }
    .render()
}

/// The line now and after each change (`event: overdue`).
pub fn stream(desk: Data<Desk>, lang: Language) -> impl Stream<Item = Message> {
    let mut tick = tokio::time::interval(EVERY);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    stream::unfold((desk, tick, String::new()), move |(desk, mut tick, shown)| async move {
        loop {
            tick.tick().await;
            match html(&*desk.overdue.get(&desk).await, lang) {
                Ok(line) if line != shown => {
                    return Some((Message::text("overdue", line.clone()), (desk, tick, line)));
                }
                Ok(_) => {}
                Err(error) => tracing::error!(%error, "the dashboard's line could not be written"),
            }
        }
    })
}
