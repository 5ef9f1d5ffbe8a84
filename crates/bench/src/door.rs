//! What else a door is measured by: whether a scan stays as fast with a million tickets on the list, what a phone loads before the
//! night, what it uploads after hours without network, and how long a guest waits while everybody else looks at lists.

use crate::{
    club::{Club, Night, address, host, now},
    load::Latencies,
    psql,
    report::{Figure, Report},
    scan::Queue,
    wire::{self, Wires},
};
use anyhow::{Result, ensure};
use chrono::TimeDelta;
use devstack::Service;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use uuid::Uuid;

/// Tickets on the lists of three nights, and guests of each who are scanned.
const LISTS: [usize; 3] = [1_000, 100_000, 1_000_000];
const SCANNED: usize = 1_000;
const PHONES: usize = 10;
/// What a phone brings home after four hours without network, and how it is cut.
const OFFLINE: usize = 2_000;
const CUT: usize = 500;
/// How long the phones scan beside the reports, each twice a second.
const BUSY: Duration = Duration::from_secs(60);
const READERS: usize = 200;

/// Measures.
///
/// # Errors
/// When a scan or an upload is not answered as it should, or something does not start.
pub async fn run(report: &mut Report) -> Result<()> {
    let club = Club::open().await?;
    lists(&club, report).await?;
    manifest(&club, 10_000, report).await?;
    manifest(&club, 50_000, report).await?;
    upload(&club, report).await?;
    beside_reports(&club, report).await
}

/// The same scans of nights with longer and longer lists.
async fn lists(club: &Club, report: &mut Report) -> Result<()> {
    let site = host(&club.stack.urls.scanner).to_owned();
    let to = address(&club.stack.direct(Service::Scanner))?;
    let mut first = None;
    for tickets in LISTS {
        let queue = Queue::of(club, SCANNED).await?;
        add_tickets(club, queue.night(), &queue.door().zone, tickets - SCANNED)?;
        let p50 = queue.scan(&site, to, PHONES, 0..SCANNED).await?.percentile_ms(0.5);
        let figure = Figure::new("door", format!("scan p50, {tickets} tickets, {PHONES} at once"), p50, "ms");
        report.add(match first {
            None => figure,
            Some(least) => figure.beside(least, format!("with {} tickets", LISTS[0])).aim("≤ 1.20"),
        });
        first.get_or_insert(p50);
    }
    Ok(())
}

/// Puts tickets on a night's list that nobody scans.
///
/// # Errors
/// When PostgreSQL refuses.
pub fn add_tickets(club: &Club, night: &Night, zone: &str, tickets: usize) -> Result<()> {
    let rows = format!(
        "INSERT INTO scanner.admissions (ticket_id, revision, event_id, ticket_type_id, type_name, zone_id, holder_name,
                order_reference, status, attention, changed_at)
         SELECT gen_random_uuid(), 1, '{}', '{}', 'Regular', '{zone}',
                (ARRAY['Ana','Luis','Beatriz','Chidi','Sofía','Jürgen','Mei','Oluwaseun'])[1 + n % 8] || ' '
                || (ARRAY['García','Novak','Okafor','Müller','Fernández','Kim','Rossi'])[1 + n % 7] || ' ' || to_hex(n),
                upper(to_hex(268435456 + n)), 'valid', CASE WHEN n % 5 = 0 THEN 'Check ID' ELSE '' END, now()
         FROM generate_series(1, {tickets}) AS n;
         VACUUM ANALYZE scanner.admissions;",
        night.id, night.ticket_type,
    );
    psql::run(&club.stack.database.admin_url(), &rows).map(drop)
}

/// What a phone loads before the doors open.
async fn manifest(club: &Club, tickets: usize, report: &mut Report) -> Result<()> {
    let night = club.night(2000, 1000).await?;
    let door = club.door(&night).await?;
    add_tickets(club, &night, &door.zone, tickets)?;
    let url = format!("{}/api/v1/manifest?event={}", club.stack.urls.scanner, night.id);
    let begun = Instant::now();
    let ask =
        club.client.get(&url).header("authorization", &door.authorization).header("accept-encoding", "br");
    let answer = ask.send().await?.error_for_status()?;
    // This client unpacks nothing by itself: what is counted came over the wire.
    let packed = answer.headers().get("content-encoding").is_some();
    let bytes = answer.bytes().await?.len() as f64;
    let took = begun.elapsed();
    ensure!(packed, "the manifest came as it is");
    let name = |what: &str| format!("manifest of {tickets} tickets: {what}");
    report.add(Figure::new("door", name("made and sent"), millis(took), "ms").aim(if tickets == 10_000 {
        "≤ 1000 ms"
    } else {
        ""
    }));
    report.add(
        Figure::new("door", name("compressed"), bytes / 1_048_576.0, "MiB").aim(if tickets == 10_000 {
            "≤ 1.5"
        } else {
            ""
        }),
    );
    Ok(())
}

/// A phone that comes back with hours of scans.
async fn upload(club: &Club, report: &mut Report) -> Result<()> {
    let queue = Queue::of(club, OFFLINE).await?;
    let (begun, at) = (Instant::now(), now() - TimeDelta::minutes(20));
    let url = format!("{}/api/v1/scans/batch", club.stack.urls.scanner);
    let scan = |code: &String| {
        json!({"code": code, "event": queue.night().id, "gate": queue.door().gate, "nonce": Uuid::new_v4(), "direction": "entry",
               "scanned_at": at, "corrected_at": at, "decision": "admit", "reason": "ok"})
    };
    for part in queue.codes().chunks(CUT) {
        let body = json!({"device_time": now(), "scans": part.iter().map(scan).collect::<Vec<_>>()});
        let ask = club.client.post(&url).header("authorization", &queue.door().authorization).json(&body);
        let answer: Value = ask.send().await?.error_for_status()?.json().await?;
        let recorded = answer["results"]
            .as_array()
            .map_or(0, |each| each.iter().filter(|one| one["outcome"] == "recorded").count());
        ensure!(recorded == part.len(), "{recorded} of {} were recorded: {answer}", part.len());
    }
    report.add(
        Figure::new("door", format!("{OFFLINE} offline scans uploaded"), millis(begun.elapsed()), "ms")
            .aim("≤ 20000 ms"),
    );
    Ok(())
}

/// Ten phones, two scans a second each, while two hundred others ask for lists as fast as they are answered.
async fn beside_reports(club: &Club, report: &mut Report) -> Result<()> {
    let scans = BUSY.as_secs() as usize * 2;
    let queue = Queue::of(club, scans * PHONES).await?;
    let to = club.gateway()?;
    let ended = tokio::sync::watch::Sender::new(false);
    let readers: Vec<_> = (0..READERS).map(|_| read(club, &queue, ended.subscribe())).collect();
    let phones = (0..PHONES).map(|phone| stand(&queue, to, host(&club.stack.urls.scanner), phone, scans));
    let scanning = async {
        let each = futures::future::try_join_all(phones).await;
        ended.send_replace(true);
        each
    };
    let (each, lists) = tokio::join!(scanning, futures::future::join_all(readers));
    let run = Latencies::new(each?.into_iter().flatten().collect(), BUSY);
    report.add(Figure::new(
        "door",
        "lists answered meanwhile",
        lists.iter().sum::<usize>() as f64 / BUSY.as_secs_f64(),
        "/s",
    ));
    for (share, label, aim) in [(0.5, "p50", ""), (0.95, "p95", "≤ 150 ms"), (0.99, "p99", "≤ 300 ms")] {
        report.add(
            Figure::new("door", format!("scan beside reports: {label}"), run.percentile_ms(share), "ms")
                .aim(aim),
        );
    }
    Ok(())
}

async fn read(club: &Club, queue: &Queue, ended: tokio::sync::watch::Receiver<bool>) -> usize {
    let url = format!("{}/api/v1/events", club.stack.urls.scanner);
    let mut answered = 0;
    while !*ended.borrow() {
        // Refused ones are what the limits are for; they count as nothing.
        let ask = club.client.get(&url).header("authorization", &queue.door().authorization).send().await;
        if let Ok(answer) = ask
            && answer.status().is_success()
        {
            // Read to its end, or each would need a connection of its own.
            answered += usize::from(answer.bytes().await.is_ok());
        }
    }
    answered
}

async fn stand(
    queue: &Queue,
    to: std::net::SocketAddr,
    site: &str,
    phone: usize,
    scans: usize,
) -> Result<Vec<Duration>> {
    let headers = [("Authorization", queue.door().authorization.as_str())];
    let wires = Wires::to(to);
    let mut beat = tokio::time::interval(BUSY / u32::try_from(scans)?);
    let mut each = Vec::with_capacity(scans);
    for code in &queue.codes()[phone * scans..(phone + 1) * scans] {
        let request = wire::post(
            site,
            "/api/v1/scans",
            &headers,
            &crate::club::scan(queue.night(), queue.door(), code),
        );
        beat.tick().await;
        let begun = Instant::now();
        let answer = wires.ask(&request).await?;
        ensure!(answer.says("\"reason\":\"ok\""), "a scan was answered {}: {}", answer.status, answer.text());
        each.push(begun.elapsed());
    }
    Ok(each)
}

fn millis(took: Duration) -> f64 {
    took.as_secs_f64() * 1000.0
}
