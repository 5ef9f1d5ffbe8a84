//! Tables: the page of a plan with a hundred and twenty, a hundred parties who book at once, and five hundred open plans that are told of
//! each table that goes.

use crate::{
    club::{Club, address, host},
    load::{self, Latencies},
    nginx::Nginx,
    page, psql,
    report::{Figure, Report},
    wait::pause,
    wire::{self, Wires},
};
use anyhow::{Context, Result, ensure};
use devstack::{Service, StackOptions, StaffRole};
use domain::floor_plan::{Deposit, NightPlan};
use e2e::{
    desk::{self, Desk},
    floor,
    guest::Guest,
};
use reqwest::Response;
use serde_json::Value;
use std::{
    net::SocketAddr,
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};
use tokio::{
    sync::mpsc::{self, UnboundedReceiver, UnboundedSender},
    task::JoinSet,
};
use uuid::Uuid;

const TABLES: usize = 120;
const PARTY: u32 = 4;
const WARM_UP: usize = 500;
const PAGES: usize = 5_000;
const FILE: &str = "nginx, the same bytes from a file";
/// Who book at the same moment.
const PARTIES: usize = 100;
/// Plans that are open.
const VIEWERS: usize = 500;
/// Tables that go while they are.
const ROUNDS: usize = 60;
/// The longest that a plan may show a table that is gone, before the bench ends.
const LIMIT: Duration = Duration::from_secs(30);

/// Measures.
///
/// # Errors
/// When a table is not one party's, an open plan is not told, a page does not come, or something does not start.
pub async fn run(report: &mut Report) -> Result<()> {
    // All plans are open at one address.
    let club = Club::open_with(StackOptions::default().with("LIVE_PAGES", 20_000)).await?;
    let desk = Desk::sign_in(&club.stack, StaffRole::Owner).await?;
    let laid = Laid::out(&club, &desk, Deposit::Share { basis_points: 2_000 }).await?;
    page_of_plan(&club, &laid, report).await?;
    booked(&club, &laid, report).await?;
    // Nothing is paid at once, so that a table goes with one request.
    let laid = Laid::out(&club, &desk, Deposit::Fixed { minor: 0 }).await?;
    watched(&club, &laid, report).await
}

/// A night whose tables can all be booked.
struct Laid {
    event: Value,
    slug: String,
    plan: NightPlan,
}

impl Laid {
    async fn out(club: &Club, desk: &Desk, deposit: Deposit) -> Result<Self> {
        let (night, mut plan) = (desk::Night::open_now(), floor::plan(TABLES));
        for offer in &mut plan.offers {
            (offer.deposit, offer.blocked) = (deposit, false);
        }
        let made = desk.publish(&night).await?;
        let event = Guest::new(&club.stack)?.event(&night.slug).await;
        floor::lay(desk, &made, &plan).await?;
        floor::seen(&club.stack, &night.slug, TABLES).await;
        Ok(Self { event, slug: night.slug, plan })
    }

    fn table(&self, nth: usize) -> Result<Uuid> {
        self.plan.plan.tables.get(nth).map(|table| table.id).context("a table")
    }

    /// A party's request for a table, straight at the service's port; each comes from an address of its own.
    fn request(&self, club: &Club, table: usize, party: usize) -> Result<Vec<u8>> {
        let body = floor::wish(&self.event, self.table(table)?, PARTY, &crate::guest::email());
        let (key, from) =
            (Uuid::new_v4().to_string(), format!("10.{}.{}.7", party / 200 + 1, party % 200 + 1));
        let headers = [("Idempotency-Key", key.as_str()), ("x-envoy-external-address", from.as_str())];
        Ok(wire::post(host(&club.stack.urls.purchase), "/api/v1/reservations", &headers, &body))
    }

    /// Tables of the night that are somebody's, by the office's own rows.
    fn gone(&self, club: &Club) -> Result<f64> {
        let id = self.event["id"].as_str().context("an id")?;
        let live = "SELECT count(DISTINCT table_id) FROM purchase.reserved_tables WHERE live";
        psql::number(&club.stack.database.admin_url(), &format!("{live} AND event_id = '{id}'"))
    }
}

/// The plan as a phone gets it first, beside the same bytes from nginx.
async fn page_of_plan(club: &Club, laid: &Laid, report: &mut Report) -> Result<()> {
    let request = wire::get(host(&club.stack.urls.purchase), &format!("/e/{}/tables", laid.slug));
    let (gateway, direct) = (club.gateway()?, address(&club.stack.direct(Service::Purchase))?);
    let plan = Wires::to(gateway).ask(&request).await?;
    let last = laid.table(TABLES - 1)?.to_string();
    ensure!(plan.status == 200 && plan.says(&last), "the plan answered {}", plan.status);
    let nginx = Nginx::serve(&plan.body).await?;
    let file = wire::get("localhost", "/page.html");
    for (to, request) in [(nginx.address, &file), (direct, &request), (gateway, &request)] {
        page::load(to, request, WARM_UP).await?;
    }
    let limit = page::load(nginx.address, &file, PAGES).await?;
    let straight = page::load(direct, &request, PAGES).await?;
    let through = page::load(gateway, &request, PAGES).await?;
    let size = plan.body.len() as f64 / 1024.0;
    let figure = Figure::new("tables", format!("size of a plan of {TABLES}"), size, "KiB");
    report.add(figure.note("uncompressed, as measured"));
    report.add_run("tables", "plan, 50 at once, through Envoy", &through, (&limit, FILE), ["", ""]);
    report.add_run("tables", "plan, 50 at once, straight", &straight, (&limit, FILE), ["", ""]);
    Ok(())
}

/// A hundred parties at once: each at a table of its own, then all at one.
async fn booked(club: &Club, laid: &Laid, report: &mut Report) -> Result<()> {
    let to = address(&club.stack.direct(Service::Purchase))?;
    let own = (0..PARTIES).map(|n| laid.request(club, n, n)).collect::<Result<Vec<_>>>()?;
    let (each, held) = at_once(to, &own).await?;
    ensure!(held == PARTIES, "{held} of {PARTIES} parties got the table that nobody else wanted");
    tell(&format!("{PARTIES} parties at once, a table each"), &each, "≤ 1 s", report);
    let one = (0..PARTIES).map(|n| laid.request(club, PARTIES, PARTIES + n)).collect::<Result<Vec<_>>>()?;
    let (each, held) = at_once(to, &one).await?;
    ensure!(held == 1, "{held} parties have one table");
    tell(&format!("{PARTIES} parties at once, one table"), &each, "≤ 1 s", report);
    let gone = laid.gone(club)?;
    let figure = Figure::new("tables", format!("{PARTIES} parties twice: tables gone"), gone, "");
    report.add(figure.beside(PARTIES as f64 + 1.0, "tables").aim("1.00"));
    ensure!(gone == PARTIES as f64 + 1.0, "{gone} tables are somebody's");
    Ok(())
}

/// How long each took to be answered, and how many hold a table; any answer but that and "sold out" ends the bench.
async fn at_once(to: SocketAddr, requests: &[Vec<u8>]) -> Result<(Latencies, usize)> {
    let (wires, held) = (Wires::to(to), AtomicUsize::new(0));
    let each = load::run(requests.len(), requests.len(), |n| {
        let (wires, held, request) = (&wires, &held, &requests[n]);
        async move {
            let answer = wires.ask(request).await?;
            if answer.status == 201 {
                held.fetch_add(1, Ordering::Relaxed);
                return Ok(());
            }
            let gone = answer.status == 409 && answer.says("\"sold_out\"");
            ensure!(gone, "a party was answered {}: {}", answer.status, answer.text());
            Ok(())
        }
    })
    .await?;
    Ok((each, held.into_inner()))
}

/// Each plan that is open is told of each table that goes.
async fn watched(club: &Club, laid: &Laid, report: &mut Report) -> Result<()> {
    let (seen, mut heard) = mpsc::unbounded_channel();
    let url = format!("{}/e/{}/tables/live?seen=nothing", club.stack.urls.purchase, laid.slug);
    let mut viewers = JoinSet::new();
    for _ in 0..VIEWERS {
        // Open for as long as it takes.
        let plan = club.client.get(&url).timeout(LIMIT * 60).send().await?.error_for_status()?;
        viewers.spawn(watch(plan, seen.clone()));
    }
    drop(seen);
    let wires = Wires::to(address(&club.stack.direct(Service::Purchase))?);
    let (mut each, mut last) = (Vec::with_capacity(ROUNDS * VIEWERS), Vec::with_capacity(ROUNDS));
    for round in 0..ROUNDS {
        // Tables go at moments that the service's rhythm does not know.
        pause(Duration::from_millis(round as u64 * 37 % 300)).await;
        let (table, request) = (laid.table(round)?.to_string(), laid.request(club, round, round)?);
        let begun = Instant::now();
        let answer = wires.ask(&request).await?;
        ensure!(answer.status == 201, "a party was answered {}: {}", answer.status, answer.text());
        let told = told_of(&table, &mut heard).await?;
        let told = told.into_iter().map(|at| at.saturating_duration_since(begun));
        let from = each.len();
        each.extend(told);
        last.extend(each[from..].iter().max().copied());
    }
    viewers.abort_all();
    let (each, last) = (Latencies::new(each, Duration::ZERO), Latencies::new(last, Duration::ZERO));
    tell(&format!("{VIEWERS} open plans, asked for → seen"), &each, "≤ 1 s", report);
    tell(&format!("{VIEWERS} open plans, asked for → seen by the last"), &last, "≤ 1 s", report);
    Ok(())
}

/// When each of the open plans was told that a table is gone.
async fn told_of(table: &str, heard: &mut UnboundedReceiver<(String, Instant)>) -> Result<Vec<Instant>> {
    let mut told = Vec::with_capacity(VIEWERS);
    while told.len() < VIEWERS {
        let next = tokio::time::timeout(LIMIT, heard.recv()).await;
        let next = next.with_context(|| format!("{} of {VIEWERS} plans were told", told.len()))?;
        let (of, at) = next.context("nobody watches any more")?;
        if of == table {
            told.push(at);
        }
    }
    Ok(told)
}

/// An open plan: passes on which tables it is told are gone, and when.
async fn watch(mut plan: Response, seen: UnboundedSender<(String, Instant)>) -> Result<()> {
    let mut rest = String::new();
    while let Some(chunk) = plan.chunk().await? {
        rest.push_str(&String::from_utf8_lossy(&chunk));
        while let Some(end) = rest.find("\n\n") {
            let message: String = rest.drain(..end + 2).collect();
            let at = Instant::now();
            for table in gone(&message) {
                if seen.send((table, at)).is_err() {
                    return Ok(());
                }
            }
        }
    }
    Ok(())
}

/// The tables that a message says are not free.
fn gone(message: &str) -> Vec<String> {
    let data = message.lines().find_map(|line| line.strip_prefix("data:")).unwrap_or_default();
    let told: Value = serde_json::from_str(data.trim()).unwrap_or_default();
    let tables = told["tables"].as_array().into_iter().flatten();
    let gone = tables.filter(|table| table[1] != "free");
    gone.filter_map(|table| table[0].as_str().map(str::to_owned)).collect()
}

fn tell(what: &str, each: &Latencies, aim: &str, report: &mut Report) {
    let p = |share| each.percentile_ms(share);
    let note =
        format!("p50 {:.0} ms, p95 {:.0} ms, most {:.0} ms, of {}", p(0.5), p(0.95), p(1.0), each.count());
    report.add(
        Figure::new("tables", format!("{what}: p99"), p(0.99), "ms").note(note).aim(format!("p99 {aim}")),
    );
}

#[cfg(test)]
mod tests {
    use super::gone;

    #[test]
    fn what_is_free_is_not_gone_and_what_is_no_news_says_nothing() {
        let message = "event: tables\nid: p\ndata: {\"tables\":[[\"a\",\"free\"],[\"b\",\"held\"],[\"c\",\"taken\"]],\"revision\":1}\n\n";
        assert_eq!(gone(message), ["b", "c"]);
        assert!(gone(": still here\n\n").is_empty());
    }
}
