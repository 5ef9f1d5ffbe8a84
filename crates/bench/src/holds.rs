//! The hold engine by itself: everybody asks at once for one hot ticket type. The same code as in the service, in this process, on
//! the stack's database: no HTTP, no payment page. Beside pgbench taking stock from one hot row, one commit each.

use crate::{
    club::{Club, Night},
    load, psql,
    report::{Figure, Report},
    rush,
};
use anyhow::{Context as _, Result, ensure};
use bus::{Bus, BusSettings};
use chrono::TimeDelta;
use db::{Db, DbSettings, Owner};
use domain::{
    clock::{SharedClock, SystemClock},
    language::Language,
};
use purchase::{
    crowds::Crowd,
    inventory::{
        self, Buyer, EventName, HoldAnswer, HoldQueue, HoldRequest, HoldTerms, OpenLimits, Refusal, Till,
        Wanted,
    },
    metrics::Metrics,
    orders::link::OrderLinks,
    tickets::Issuer,
};
use settings::Secret;
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};
use uuid::Uuid;
use web::Context;

const WAITING: [usize; 2] = [200, 2_000];
const PLACES: usize = 10_000;
/// Who come when all is gone.
const LATE: usize = 2_000;
/// Longer than a run: the service beside us has nothing to ask Stripe about.
const LONG: TimeDelta = TimeDelta::minutes(40);

/// Measures.
///
/// # Errors
/// When not exactly the places that there are were held, or something does not start.
pub async fn run(report: &mut Report) -> Result<()> {
    let club = Club::open().await?;
    let url = club.stack.database.admin_url();
    let limit = rush::limit(&url)?;
    let context = Context::new(Arc::new(SystemClock));
    let queue = engine(&club, &context).await?;
    for waiting in WAITING {
        let night = club.night(2000, PLACES as i64).await?;
        let held = crowd(&queue, &night, PLACES, waiting, is_held).await?;
        let what = format!("{waiting} waiting");
        let aims = ["≥ 3.00", if waiting == 200 { "≤ 150 ms" } else { "" }];
        report.add_run("holds", &what, &held, (&limit, rush::LIMIT), aims);
        let late = crowd(&queue, &night, LATE, waiting, is_sold_out).await?;
        let figure = Figure::new("holds", format!("{what}, all gone: rate"), late.per_second(), "/s");
        report.add(figure.note("refused; nothing is written"));
        count(&url, &night, &what, report)?;
    }
    context.shutdown.cancel();
    Ok(())
}

/// The engine as the service starts it.
async fn engine(club: &Club, context: &Context) -> Result<HoldQueue> {
    let keys = club.stack.keys();
    let nats = format!("nats://purchase:{}@{}", keys.nats.purchase, club.stack.nats.address());
    let links = OrderLinks::new(Secret::new(keys.order_link.clone()), &club.stack.urls.purchase);
    let clock: SharedClock = context.clock.clone();
    let till = Till {
        db: Db::connect(&DbSettings::new(&club.stack.database.product_url(Owner::Purchase)))?,
        bus: Bus::connect(&BusSettings::new(&nats), "purchase").await?,
        clock,
        terms: HoldTerms {
            hold: LONG,
            session: LONG,
            first_check: LONG,
            lease: LONG,
            links: links.clone(),
            open: OpenLimits::default(),
            statement: None,
        },
        issuer: Issuer { signer: keys.ticket_signing().parse().context("the stack's ticket key")?, links },
        metrics: Arc::new(Metrics::default()),
        gifts: Crowd::new(1_000_000),
    };
    Ok(inventory::start(till, context))
}

/// Has `guests` ask for a ticket each, `waiting` at a time; each answer must be as `expected`.
async fn crowd(
    queue: &HoldQueue,
    night: &Night,
    guests: usize,
    waiting: usize,
    expected: fn(&HoldAnswer) -> bool,
) -> Result<load::Latencies> {
    let odd = AtomicUsize::new(0);
    let requests: Vec<HoldRequest> = (0..guests).map(|_| request(night)).collect::<Result<_>>()?;
    let run = load::run(guests, waiting, |n| {
        let (odd, request) = (&odd, requests[n].clone());
        async move {
            let answer = queue.hold(request).await?;
            if !expected(&answer) {
                odd.fetch_add(1, Ordering::Relaxed);
            }
            Ok(())
        }
    })
    .await?;
    let odd = odd.into_inner();
    ensure!(odd == 0, "{odd} of {guests} guests were answered otherwise than they must be");
    Ok(run)
}

fn request(night: &Night) -> Result<HoldRequest> {
    let key = Uuid::new_v4().to_string();
    Ok(HoldRequest {
        event: EventName::Id(night.id.parse()?),
        items: vec![Wanted::of(night.ticket_type.parse()?, 1)],
        buyer: Buyer { name: "Ana Guest".to_owned(), email: crate::guest::email(), language: Language::En },
        client: None,
        access_code: None,
        promo: None,
        answers: std::collections::BTreeMap::new(),
        claim: None,
        exchange: None,
        table: None,
        desk: None,
        fingerprint: key.as_bytes().to_vec(),
        key,
        traceparent: None,
    })
}

/// Exactly what there was.
fn count(url: &str, night: &Night, what: &str, report: &mut Report) -> Result<()> {
    let of_night = format!("WHERE event_id = '{}'", night.id);
    let held = psql::number(url, &format!("SELECT held FROM purchase.stock {of_night}"))?;
    let orders = psql::number(url, &format!("SELECT count(*) FROM purchase.orders {of_night}"))?;
    let batches =
        psql::number(url, &format!("SELECT count(DISTINCT created_at) FROM purchase.orders {of_night}"))?;
    let figure = Figure::new("holds", format!("{what}: held"), held, "");
    report.add(figure.beside(PLACES as f64, format!("places; {batches} transactions")).aim("1.00"));
    ensure!(held == PLACES as f64 && orders == held, "{held} places are held, {orders} orders stand");
    Ok(())
}

fn is_held(answer: &HoldAnswer) -> bool {
    matches!(answer, HoldAnswer::Held(_))
}

fn is_sold_out(answer: &HoldAnswer) -> bool {
    matches!(answer, HoldAnswer::Refused(Refusal::SoldOut { .. }))
}
