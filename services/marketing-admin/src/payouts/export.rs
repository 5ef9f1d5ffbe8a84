//! `/admin/exports/payouts`: every line of Stripe's balance that was paid out, payout by payout.

use actix_web::HttpResponse;
use actix_web::web::{Data, Query};
use chrono_tz::Tz;
use internal_api::purchase::payouts::PayoutLine;
use serde::Deserialize;
use serde_json::json;
use web::can::FiguresRead;
use web::{Fault, Locale};

use crate::Desk;
use crate::events::venues;
use crate::exports::answer::{self, Export};
use crate::exports::cell::Cell;
use crate::exports::list::{self, List};
use crate::exports::night::format;
use crate::staff::Member;

const LINE: [&str; 12] = [
    "payout", "arrives", "state", "when", "kind", "night", "order", "currency", "amount", "fee", "left",
    "provider",
];

/// What kind of file.
#[derive(Debug, Default, Deserialize)]
pub struct FileQuery {
    #[serde(default)]
    format: String,
    #[serde(default)]
    #[expect(dead_code, reason = "the language switch adds it to every address")]
    lang: String,
}

/// All of them.
pub async fn download(
    desk: Data<Desk>,
    locale: Locale,
    member: Member<FiguresRead>,
    query: Query<FileQuery>,
) -> Result<HttpResponse, Fault> {
    let now = desk.clock.now();
    let format = format(&query.format)?;
    let zone = venues::resolve(&mut *desk.db.conn().await?, None).await.map_or(Tz::UTC, |venue| venue.zone());
    let export = Export {
        action: "payouts.exported",
        target: "all".to_owned(),
        asked: json!({}),
        name: answer::name("payouts", "", now, zone),
        format,
    };
    let list = List { name: "payouts", columns: &LINE, of: &[] };
    list::download(&desk, locale, &member, list, export, |line: PayoutLine| cells(line, zone)).await
}

fn cells(line: PayoutLine, zone: Tz) -> Vec<Cell> {
    let amount = |minor| Cell::amount(minor, &line.currency);
    vec![
        Cell::text(line.payout),
        Cell::time(line.arrives_at, zone),
        Cell::text(line.status),
        Cell::time(line.happened_at, zone),
        Cell::text(line.kind),
        Cell::text(line.event_title),
        Cell::text(line.reference),
        Cell::text(line.currency.as_str()),
        amount(line.amount_minor),
        amount(line.fee_minor),
        amount(line.net_minor),
        Cell::text(line.source),
    ]
}
