//! What an order costs when there are ten thousand in the tables, a hundred thousand, a million: checkout and fulfilment as the guest
//! waits for them, the database's own time, and the rows it reads one after the other, which is where a query without an index
//! shows. And what the services do by themselves while nobody buys.
//!
//! The tables are filled by `growth/fill.sql`, as years of nights leave them.

use crate::{
    club::{Club, Night, read},
    guest,
    load::Latencies,
    psql,
    report::{Figure, Report},
    wait::{pause, until},
};
use anyhow::{Context, Result};
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

const SIZES: [usize; 3] = [10_000, 100_000, 1_000_000];
/// Orders that one transaction of psql's temporary tables holds comfortably.
const BITE: usize = 100_000;
const FILL: &str = include_str!("growth/fill.sql");
const WARM_UP: usize = 20;
const ROUNDS: usize = 100;
/// PostgreSQL's sessions tell what they counted once a second.
const TOLD: Duration = Duration::from_secs(2);
/// Longer than the minute in which services compare themselves.
const IDLE: Duration = Duration::from_secs(65);
const AIM: &str = "ratio ≤ 1.20";

/// What was measured at one size.
struct Cost {
    checkout: Latencies,
    fulfil: Latencies,
    /// Milliseconds of the database's sessions per order.
    database: f64,
    /// Rows read one after the other per order, by table.
    rows: BTreeMap<String, f64>,
    /// Milliseconds of the database's sessions in a minute without guests.
    idle: f64,
}

/// What the database has counted so far.
struct Counted {
    active_ms: f64,
    rows: BTreeMap<String, f64>,
}

/// Measures.
///
/// # Errors
/// When the tables can't be filled, an order is not served, or something does not start.
pub async fn run(report: &mut Report) -> Result<()> {
    let club = Club::open().await?;
    let night = club.night(2000, 10_000).await?;
    let url = club.stack.database.admin_url();
    let (mut filled, mut first) = (0, None);
    for orders in SIZES {
        let begun = Instant::now();
        fill(&url, &night, filled, orders)?;
        filled = orders;
        let took = begun.elapsed().as_secs_f64();
        report.add(Figure::new("growth", format!("{orders} orders: filled in"), took, "s"));
        let cost = measure(&club, &night, &url).await?;
        tell(orders, &cost, first.as_ref(), report);
        first.get_or_insert(cost);
    }
    Ok(())
}

/// Adds orders, and does what autovacuum would have done over the years.
fn fill(url: &str, night: &Night, from: usize, until: usize) -> Result<()> {
    for from in (from..until).step_by(BITE) {
        let until = until.min(from + BITE);
        let bounds = format!("\\set template '{}'\n\\set from {from}\n\\set until {until}\n", night.id);
        psql::run(url, &format!("{bounds}{FILL}")).with_context(|| format!("orders {from} to {until}"))?;
    }
    psql::run(url, "VACUUM ANALYZE;").map(drop)
}

async fn measure(club: &Club, night: &Night, url: &str) -> Result<Cost> {
    for _ in 0..WARM_UP {
        buy(club, night).await?;
    }
    pause(TOLD).await;
    let before = count(url)?;
    let (mut checkout, mut fulfil) = (Vec::with_capacity(ROUNDS), Vec::with_capacity(ROUNDS));
    for _ in 0..ROUNDS {
        let (held, paid) = buy(club, night).await?;
        checkout.push(held);
        fulfil.push(paid);
    }
    pause(TOLD).await;
    let after = count(url)?;
    pause(IDLE).await;
    let rested = count(url)?;
    let per_order = |table: &String, rows: f64| {
        (table.clone(), (rows - before.rows.get(table).copied().unwrap_or(0.0)) / ROUNDS as f64)
    };
    Ok(Cost {
        checkout: Latencies::new(checkout, Duration::ZERO),
        fulfil: Latencies::new(fulfil, Duration::ZERO),
        database: (after.active_ms - before.active_ms) / ROUNDS as f64,
        rows: after.rows.iter().map(|(table, rows)| per_order(table, *rows)).collect(),
        idle: (rested.active_ms - after.active_ms) / IDLE.as_secs_f64() * 60.0,
    })
}

/// Buys a ticket: how long the checkout took, and from the payment page's answer to the ticket.
async fn buy(club: &Club, night: &Night) -> Result<(Duration, Duration)> {
    let begun = Instant::now();
    let answer = guest::ask(club, night, &guest::email()).await?;
    let held = begun.elapsed();
    let placed = guest::placed(club, &read(answer).await?)?;
    guest::pay(club, &placed).await?;
    let begun = Instant::now();
    until("the order has its ticket", || guest::ticket(club, &placed)).await?;
    Ok((held, begun.elapsed()))
}

fn count(url: &str) -> Result<Counted> {
    let active_ms =
        psql::number(url, "SELECT active_time FROM pg_stat_database WHERE datname = current_database()")?;
    let tables = psql::run(
        url,
        "SELECT schemaname || '.' || relname || ' ' || seq_tup_read FROM pg_stat_user_tables WHERE schemaname <> 'bench'",
    )?;
    let rows = tables.lines().map(|line| {
        let (table, rows) = line.split_once(' ').context("a table and a number")?;
        anyhow::Ok((table.to_owned(), rows.parse::<f64>()?))
    });
    Ok(Counted { active_ms, rows: rows.collect::<Result<_>>()? })
}

fn tell(orders: usize, cost: &Cost, first: Option<&Cost>, report: &mut Report) {
    let mut add = |what: &str, of: &dyn Fn(&Cost) -> f64, unit: &'static str, note: String, aim: &str| {
        let figure = Figure::new("growth", format!("{orders} orders: {what}"), of(cost), unit);
        report.add(match first {
            Some(first) => figure.beside(of(first), format!("at {} orders; {note}", SIZES[0])).aim(aim),
            None => figure.note(note),
        });
    };
    for (share, label) in [(0.5, "p50"), (0.99, "p99")] {
        let note = || format!("{ROUNDS} one after the other");
        let aim = if label == "p50" { AIM } else { "" };
        add(&format!("checkout, {label}"), &|cost| cost.checkout.percentile_ms(share), "ms", note(), aim);
        add(&format!("paid → ticket, {label}"), &|cost| cost.fulfil.percentile_ms(share), "ms", note(), aim);
    }
    let services = "of all three services, what they do by themselves included".to_owned();
    add("time of the database per order", &|cost| cost.database, "ms", services, AIM);
    add("rows read one after the other per order", &|cost| cost.rows.values().sum(), "", worst(cost), "");
    add("time of the database in a minute without guests", &|cost| cost.idle, "ms", String::new(), "");
}

/// The tables of which most was read: where the query is to be looked for that grows.
fn worst(cost: &Cost) -> String {
    let mut tables: Vec<_> = cost.rows.iter().filter(|(_, rows)| **rows >= 1.0).collect();
    tables.sort_by(|(_, one), (_, other)| other.total_cmp(one));
    let named: Vec<_> = tables.iter().take(3).map(|(table, rows)| format!("{table} {rows:.0}")).collect();
    format!("most: {}", named.join(", "))
}

#[cfg(test)]
mod tests {
    use super::{Cost, worst};
    use crate::load::Latencies;
    use std::{collections::BTreeMap, time::Duration};

    #[test]
    fn the_tables_that_are_read_most_are_named_first() {
        let none = || Latencies::new(Vec::new(), Duration::ZERO);
        let rows = [("a.few", 2.0), ("a.many", 900.0), ("a.none", 0.0)];
        let rows: BTreeMap<String, f64> = rows.map(|(table, rows)| (table.to_owned(), rows)).into();
        let cost = Cost { checkout: none(), fulfil: none(), database: 1.0, rows, idle: 0.0 };
        assert_eq!(worst(&cost), "most: a.many 900, a.few 2");
    }
}
