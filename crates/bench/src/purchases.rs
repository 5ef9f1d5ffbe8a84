//! A hundred guests who buy at once, each to the end: places, payment page, tickets. For sixty places, and for a hundred.

use crate::{
    club::{Club, Night},
    guest,
    load::Latencies,
    psql,
    report::{Figure, Report},
    wait::until_every,
};
use anyhow::{Result, ensure};
use futures::future::try_join_all;
use reqwest::StatusCode;
use serde_json::Value;
use std::time::{Duration, Instant};

const GUESTS: usize = 100;
const PLACES: [usize; 2] = [60, 100];
/// Between two looks of a guest who waits for tickets: a hundred look.
const LOOK: Duration = Duration::from_millis(25);

/// How one guest fared.
enum Fate {
    /// Held after the first, in possession of tickets after the second.
    Bought(Duration, Duration),
    SoldOut(Duration),
}

/// Measures.
///
/// # Errors
/// When not exactly the places that there are were sold, anybody met another error, or something does not start.
pub async fn run(report: &mut Report) -> Result<()> {
    let club = Club::open().await?;
    for places in PLACES {
        let night = club.night(2000, places as i64).await?;
        let begun = Instant::now();
        let fates = try_join_all((0..GUESTS).map(|_| buy(&club, &night))).await?;
        tell(places, fates, begun.elapsed(), report);
        count(&club, &night, places, report)?;
    }
    Ok(())
}

/// Anything but tickets or "sold out" ends the bench.
async fn buy(club: &Club, night: &Night) -> Result<Fate> {
    let begun = Instant::now();
    let answer = guest::ask(club, night, &guest::email()).await?;
    let (status, held) = (answer.status(), begun.elapsed());
    let body: Value = answer.json().await?;
    if status == StatusCode::CONFLICT && body["code"] == "sold_out" {
        return Ok(Fate::SoldOut(held));
    }
    ensure!(status == StatusCode::CREATED, "a guest was answered {status}: {body}");
    let placed = guest::placed(club, &body)?;
    guest::pay(club, &placed).await?;
    until_every(LOOK, "the order has tickets", || guest::ticket(club, &placed)).await?;
    Ok(Fate::Bought(held, begun.elapsed()))
}

fn tell(places: usize, fates: Vec<Fate>, wall: Duration, report: &mut Report) {
    let (mut held, mut bought, mut refused) = (Vec::new(), Vec::new(), Vec::new());
    for fate in fates {
        match fate {
            Fate::Bought(place, tickets) => {
                held.push(place);
                bought.push(tickets);
            }
            Fate::SoldOut(at) => refused.push(at),
        }
    }
    let steps = [
        ("hold", held, "p95 ≤ 1 s"),
        ("whole path, to the tickets", bought, "p95 ≤ 2 s"),
        ("sold out", refused, ""),
    ];
    for (step, each, aim) in steps {
        if each.is_empty() {
            continue;
        }
        let each = Latencies::new(each, wall);
        let p = |share| each.percentile_ms(share);
        let what = format!("{GUESTS} guests, {places} places, {step}: p95");
        let note = format!("p50 {:.0} ms, most {:.0} ms, of {}", p(0.5), p(1.0), each.count());
        report.add(Figure::new("purchases", what, p(0.95), "ms").note(note).aim(aim));
    }
}

/// Exactly what there was is sold, and every ticket stands.
fn count(club: &Club, night: &Night, places: usize, report: &mut Report) -> Result<()> {
    let url = club.stack.database.admin_url();
    let of_night = format!("WHERE event_id = '{}'", night.id);
    let sold = psql::number(&url, &format!("SELECT sold FROM purchase.stock {of_night}"))?;
    let held = psql::number(&url, &format!("SELECT held FROM purchase.stock {of_night}"))?;
    let tickets = psql::number(&url, &format!("SELECT count(*) FROM purchase.tickets {of_night}"))?;
    let figure = Figure::new("purchases", format!("{GUESTS} guests, {places} places: sold"), sold, "");
    report.add(figure.beside(places as f64, "places").aim("1.00"));
    ensure!(
        sold == places as f64 && tickets == sold && held == 0.0,
        "{sold} of {places} places are sold, {held} held, {tickets} tickets issued"
    );
    Ok(())
}
