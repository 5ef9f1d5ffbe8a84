//! Fifty of the provider's events in one moment, through Envoy: how fast each is acknowledged, and when all have become tickets. The
//! orders are paid at the sandbox, whose own webhooks are dropped; ours are signed with its secret and tell of the same sessions.

use crate::{
    club::{self, Club, read},
    guest,
    load::Latencies,
    psql,
    report::{Figure, Report},
    wait::until_every,
};
use anyhow::{Context, Result, ensure};
use devstack::StackOptions;
use futures::future::try_join_all;
use hmac::{Hmac, KeyInit, Mac};
use reqwest::StatusCode;
use serde_json::json;
use sha2::Sha256;
use std::time::{Duration, Instant};

const BURST: usize = 50;
const LOOK: Duration = Duration::from_millis(50);

/// Measures.
///
/// # Errors
/// When an event is not acknowledged, not all orders are paid in time, or something does not start.
pub async fn run(report: &mut Report) -> Result<()> {
    // Nobody but our events may bring the news: the sweep asks after the burst.
    let club = Club::open_with(StackOptions::default().with("ASK_STRIPE_EVERY_SECONDS", 600)).await?;
    let drop = json!({"provider": "webhook", "event": "*", "count": 0, "action": {"kind": "drop"}});
    let faults = format!("{}/control/faults", club.stack.urls.sandbox);
    club.client.post(faults).json(&drop).send().await?.error_for_status()?;
    let night = club.night(2000, BURST as i64).await?;
    for _ in 0..BURST {
        let placed = guest::placed(&club, &read(guest::ask(&club, &night, &guest::email()).await?).await?)?;
        guest::pay(&club, &placed).await?;
    }
    let url = club.stack.database.admin_url();
    let events = events(&club, &url, &night.id)?;
    let begun = Instant::now();
    let each = try_join_all(events.iter().map(|event| post(&club, event))).await?;
    let acknowledged = Latencies::new(each, begun.elapsed());
    let unpaid =
        format!("SELECT count(*) FROM purchase.orders WHERE event_id = '{}' AND state <> 'paid'", night.id);
    until_every(LOOK, "every order is paid", || async {
        psql::number(&url, &unpaid).ok().filter(|unpaid| *unpaid == 0.0)
    })
    .await?;
    tell(&url, &acknowledged, report)
}

/// An event per order of the night: session, order.
fn events(club: &Club, url: &str, night: &str) -> Result<Vec<(String, String)>> {
    let sessions = psql::run(
        url,
        &format!(
            "SELECT a.session_id || ' ' || a.order_id FROM purchase.attempts a JOIN purchase.orders o ON o.id = a.order_id
              WHERE o.event_id = '{night}' AND a.session_id IS NOT NULL"
        ),
    )?;
    let now = club::now().timestamp();
    let events = sessions.lines().enumerate().map(|(n, line)| {
        let (session, order) = line.split_once(' ').context("a session and its order")?;
        let body = json!({
            "id": format!("evt_bench_{n}"), "object": "event", "type": "checkout.session.completed", "api_version": null,
            "created": now, "livemode": false, "pending_webhooks": 1, "request": null,
            "data": {"object": {"id": session, "object": "checkout.session", "metadata": {"order_id": order}}},
        })
        .to_string();
        let signature = sign(&body, &club.stack.keys().stripe_webhook, now)?;
        anyhow::Ok((body, signature))
    });
    let events = events.collect::<Result<Vec<_>>>()?;
    ensure!(events.len() == BURST, "{} sessions for {BURST} orders", events.len());
    Ok(events)
}

/// As the provider signs.
fn sign(body: &str, secret: &str, at: i64) -> Result<String> {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(secret.as_bytes()).map_err(|error| anyhow::anyhow!("{error}"))?;
    mac.update(format!("{at}.{body}").as_bytes());
    Ok(format!("t={at},v1={}", hex::encode(mac.finalize().into_bytes())))
}

async fn post(club: &Club, (body, signature): &(String, String)) -> Result<Duration> {
    let begun = Instant::now();
    let request = club.client.post(format!("{}/webhooks/stripe", club.stack.urls.purchase));
    let request = request.header("content-type", "application/json").header("stripe-signature", signature);
    let status = request.body(body.clone()).send().await?.status();
    ensure!(status == StatusCode::OK, "an event was answered {status}");
    Ok(begun.elapsed())
}

fn tell(url: &str, acknowledged: &Latencies, report: &mut Report) -> Result<()> {
    for (share, label, aim) in [(0.5, "p50", ""), (0.99, "p99", "≤ 1 s"), (1.0, "most", "≤ 2 s")] {
        let what = format!("burst of {BURST}, acknowledged: {label}");
        let figure = Figure::new("webhooks", what, acknowledged.percentile_ms(share), "ms");
        report.add(figure.note("a lost or late one ends the bench").aim(aim));
    }
    let processed = "FROM purchase.webhook_events WHERE id LIKE 'evt\\_bench\\_%' AND outcome = 'paid'";
    let paid = psql::number(url, &format!("SELECT count(*) {processed}"))?;
    report.add(
        Figure::new("webhooks", "orders that became paid by them", paid, "").beside(BURST as f64, "sent"),
    );
    let ms = "extract(epoch FROM max(processed_at) - min(received_at)) * 1000";
    let all = psql::number(url, &format!("SELECT {ms} {processed}"))?;
    report.add(Figure::new("webhooks", "first received → last processed", all, "ms").aim("≤ 10 s"));
    Ok(())
}
