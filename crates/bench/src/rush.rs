//! A rush: two thousand buyers for five hundred tickets, beside pgbench taking stock with one UPDATE of one hot row.

use crate::{
    club::{Club, Night, host, wish},
    load::{self, Latencies},
    pgbench, psql,
    report::{Figure, Report},
    wire::{self, Wires},
};
use anyhow::{Result, ensure};
use devstack::Service;
use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};
use uuid::Uuid;

const BUYERS: usize = 2_000;
const AT_ONCE: usize = 200;
const TICKETS: usize = 500;
const WRITERS: usize = 50;
const LIMIT_SECONDS: u32 = 5;
/// What stock is taken with where nobody gathers.
pub const LIMIT: &str = "pgbench: UPDATE of one hot row + INSERT in one statement, 50 writers";
const PREPARE: &str = "
    CREATE SCHEMA bench;
    CREATE TABLE bench.stock (id int PRIMARY KEY, held bigint NOT NULL);
    INSERT INTO bench.stock VALUES (1, 0);
    CREATE TABLE bench.orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, stock int, at timestamptz);
";
const SCRIPT: &str = "
    WITH held AS (UPDATE bench.stock SET held = held + 1 WHERE id = 1 RETURNING id)
    INSERT INTO bench.orders (stock, at) SELECT id, now() FROM held;
";

/// How the buyers fared.
#[derive(Debug, Default)]
struct Fates {
    held: Vec<Duration>,
    sold_out: Vec<Duration>,
    other: Vec<String>,
}

/// Measures.
///
/// # Errors
/// When not exactly the tickets that there are were held, or something does not start.
pub async fn run(report: &mut Report) -> Result<()> {
    let club = Club::open().await?;
    let url = club.stack.database.admin_url();
    let limit = limit(&url)?;
    let alone = pgbench::run(&url, SCRIPT, 1, LIMIT_SECONDS)?;
    let hot = Figure::new("rush", "limit: 50 writers, p99", limit.percentile_ms(0.99), "ms");
    report.add(hot.note(format!("one writer alone: {:.0} /s", alone.per_second())));
    for (what, price) in [("paid night", 2000), ("free night", 0)] {
        let night = club.night(price, TICKETS as i64).await?;
        rush(&club, &night, what, &limit, report).await?;
    }
    batches(&club, report).await
}

/// Measures pgbench on one hot row.
///
/// # Errors
/// When pgbench is not there, or the table is already.
pub fn limit(url: &str) -> Result<Latencies> {
    psql::run(url, PREPARE)?;
    pgbench::run(url, SCRIPT, WRITERS, LIMIT_SECONDS)
}

async fn rush(club: &Club, night: &Night, what: &str, limit: &Latencies, report: &mut Report) -> Result<()> {
    let requests = requests(club, night);
    let (wires, fates) = (Wires::to(club.gateway()?), Mutex::new(Fates::default()));
    let all = load::run(BUYERS, AT_ONCE, |n| {
        let (wires, fates, request) = (&wires, &fates, &requests[n]);
        async move {
            let begun = Instant::now();
            let answer = wires.ask(request).await?;
            let took = begun.elapsed();
            let mut fates = fates.lock().unwrap_or_else(PoisonError::into_inner);
            match answer.status {
                201 => fates.held.push(took),
                409 if answer.says("\"sold_out\"") => fates.sold_out.push(took),
                status => fates.other.push(format!("{status} {}", answer.text())),
            }
            Ok(())
        }
    })
    .await?;
    let fates = fates.into_inner().unwrap_or_else(PoisonError::into_inner);
    tell(what, &all, &fates, limit, report);
    pace(club, night, what, limit, report)?;
    count(club, night, &fates)
}

fn requests(club: &Club, night: &Night) -> Vec<Vec<u8>> {
    let site = host(&club.stack.urls.purchase);
    let one = |n: usize| {
        let key = Uuid::new_v4().to_string();
        let body = wish(night, &format!("buyer-{n}@example.com"));
        wire::post(site, "/api/v1/checkouts", &[("Idempotency-Key", &key)], &body)
    };
    (0..BUYERS).map(one).collect()
}

fn tell(what: &str, all: &Latencies, fates: &Fates, limit: &Latencies, report: &mut Report) {
    let (held, sold_out) = (fates.held.clone(), fates.sold_out.clone());
    for (label, found, wanted) in [
        ("held", held.len(), TICKETS),
        ("sold out", sold_out.len(), BUYERS - TICKETS),
        ("other errors", fates.other.len(), 0),
    ] {
        let figure = Figure::new("rush", format!("{what}: {label}"), found as f64, "");
        report.add(figure.beside(wanted as f64, "what it must be"));
    }
    report.add_run("rush", &format!("{what}, buyers answered"), all, (limit, LIMIT), ["≥ 1.00", ""]);
    for (label, each) in [("held", held), ("sold out", sold_out)] {
        let each = Latencies::new(each, all.wall);
        let p = |share| each.percentile_ms(share);
        let figure = Figure::new("rush", format!("{what}, {label}: p99"), p(0.99), "ms");
        report.add(figure.note(format!("p50 {:.1} ms, p95 {:.1} ms", p(0.5), p(0.95))));
    }
}

/// The decision, as near as it can be seen from outside: the time from the first to the last batch of holds. It holds more
/// than the decisions: a guest of the two hundred is followed by the next only when the payment page of a hold has been made
/// at the sandbox, or the tickets of a free order have been issued, and both take the same two cores.
fn pace(club: &Club, night: &Night, what: &str, limit: &Latencies, report: &mut Report) -> Result<()> {
    let of_night = format!("FROM purchase.orders WHERE event_id = '{}'", night.id);
    let url = club.stack.database.admin_url();
    let seconds = psql::number(
        &url,
        &format!("SELECT extract(epoch FROM max(created_at) - min(created_at)) {of_night}"),
    )?;
    let batches = psql::number(&url, &format!("SELECT count(DISTINCT created_at) {of_night}"))?;
    let last = psql::number(
        &url,
        &format!("SELECT count(*) {of_night} AND created_at = (SELECT max(created_at) {of_night})"),
    )?;
    if seconds > 0.0 {
        let figure =
            Figure::new("rush", format!("{what}: holds written"), (TICKETS as f64 - last) / seconds, "/s");
        report.add(figure.beside(limit.per_second(), format!("{LIMIT}; {batches} batches")).aim("≥ 1.00"));
    }
    Ok(())
}

fn count(club: &Club, night: &Night, fates: &Fates) -> Result<()> {
    let url = club.stack.database.admin_url();
    let sql = format!("SELECT held + sold FROM purchase.stock WHERE event_id = '{}'", night.id);
    let taken = psql::number(&url, &sql)?;
    let orders =
        psql::number(&url, &format!("SELECT count(*) FROM purchase.orders WHERE event_id = '{}'", night.id))?;
    ensure!(
        fates.held.len() == TICKETS && taken == TICKETS as f64 && orders == taken,
        "{} answers say held, {taken} places are taken, {orders} orders stand",
        fates.held.len()
    );
    let odd = fates.other.first();
    ensure!(odd.is_none(), "{} buyers met another error, the first {odd:?}", fates.other.len());
    Ok(())
}

/// How many requests shared a transaction, from the service's own count.
async fn batches(club: &Club, report: &mut Report) -> Result<()> {
    let url = format!("{}/metrics", club.stack.internal(Service::Purchase));
    let text = club.client.get(url).send().await?.text().await?;
    let sum = |suffix: &str| -> f64 {
        let name = format!("purchase_hold_batch_size_{suffix}");
        let of = text.lines().filter(|line| line.starts_with(&name));
        of.filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok()).sum()
    };
    let mean = sum("sum") / sum("count");
    if mean.is_finite() {
        report.add(
            Figure::new("rush", "requests per transaction, mean", mean, "")
                .note("both nights, by the service's count"),
        );
    }
    Ok(())
}
