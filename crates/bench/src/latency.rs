//! How long the club's news take: publish → on sale, paid → door knows, paid → email accepted. One after the other, on an
//! otherwise idle stack, looked at every two milliseconds over HTTP.

use crate::{
    club::{Club, Door, Night, read, scan},
    guest::{self, Placed},
    load::Latencies,
    report::{Figure, Report},
    wait::until,
};
use anyhow::Result;
use serde_json::Value;
use std::time::{Duration, Instant};

const ROUNDS: usize = 60;
const AIM: &str = "p99 ≤ 1 s";

/// Measures.
///
/// # Errors
/// When news never arrive, or something does not start.
pub async fn run(report: &mut Report) -> Result<()> {
    let club = Club::open().await?;
    let mut on_sale = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        let night = club.draft(2000, 100).await?;
        let begun = Instant::now();
        club.publish(&night).await?;
        club.on_sale(&night).await?;
        on_sale.push(begun.elapsed());
    }
    tell("publish → on sale", on_sale, "from the click on publish", report);

    let night = club.night(2000, 1000).await?;
    let door = club.door(&night).await?;
    let (mut known, mut mailed) = (Vec::with_capacity(ROUNDS), Vec::with_capacity(ROUNDS));
    for _ in 0..ROUNDS {
        let (door, mail) = buy(&club, &night, &door).await?;
        known.push(door);
        mailed.push(mail);
    }
    tell(
        "paid → door knows",
        known,
        "from the payment page's answer to the first scan that is not `unknown`",
        report,
    );
    tell(
        "paid → email accepted",
        mailed,
        "from the payment page's answer; provider's rate limit lifted",
        report,
    );
    Ok(())
}

fn tell(what: &str, each: Vec<Duration>, from: &str, report: &mut Report) {
    let each = Latencies::new(each, Duration::ZERO);
    for (share, label) in [(0.5, "p50"), (0.99, "p99")] {
        let figure = Figure::new("latency", format!("{what}: {label}"), each.percentile_ms(share), "ms");
        let aim = if label == "p99" { AIM } else { "" };
        report.add(figure.note(format!("{from}; {ROUNDS} rounds")).aim(aim));
    }
}

/// Buys one ticket; how long after the payment the door knew it and the mail was accepted.
async fn buy(club: &Club, night: &Night, door: &Door) -> Result<(Duration, Duration)> {
    let email = guest::email();
    let placed = guest::placed(club, &read(guest::ask(club, night, &email).await?).await?)?;
    guest::pay(club, &placed).await?;
    let begun = Instant::now();
    let (known, mailed) =
        tokio::try_join!(door_knows(club, night, door, &placed, begun), mailed(club, &email, begun))?;
    Ok((known, mailed))
}

async fn door_knows(
    club: &Club,
    night: &Night,
    door: &Door,
    placed: &Placed,
    begun: Instant,
) -> Result<Duration> {
    let code = until("the order is paid", || guest::ticket(club, placed)).await?;
    until("the door knows the ticket", || async {
        let ask = club.client.post(format!("{}/api/v1/scans", club.stack.urls.scanner));
        let ask = ask.header("authorization", &door.authorization).json(&scan(night, door, &code));
        let answer: Value = ask.send().await.ok()?.json().await.ok()?;
        let reason = answer["reason"].as_str()?;
        (reason != "unknown").then(|| begun.elapsed())
    })
    .await
}

async fn mailed(club: &Club, email: &str, begun: Instant) -> Result<Duration> {
    let url = format!("{}/mailbox.json", club.stack.urls.sandbox);
    until("the mail is accepted", || async {
        let mails: Value =
            club.client.get(&url).query(&[("to", email)]).send().await.ok()?.json().await.ok()?;
        (!mails.as_array()?.is_empty()).then(|| begun.elapsed())
    })
    .await
}
