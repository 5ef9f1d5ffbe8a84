//! Online scans, beside pgbench doing an UPDATE and an INSERT in one statement on the same cluster.

use crate::{
    club::{self, Club, Door, Night, address, host},
    load::{self, Latencies},
    pgbench, psql,
    report::{Figure, Report},
    wire::{self, Wires},
};
use anyhow::{Context, Result, ensure};
use base64::{Engine, engine::general_purpose::STANDARD};
use devstack::Service;
use domain::{
    ids::TicketId,
    ticket_code::{CodeKind, TicketCode},
};
use ed25519_dalek::SigningKey;
use std::{fmt::Write, net::SocketAddr};

/// Phones at once, and how many guests they scan per way in.
const CROWDS: [(usize, usize); 4] = [(1, 1_500), (10, 5_000), (32, 8_000), (100, 8_000)];
const LIMIT_SECONDS: u32 = 5;
const LIMIT: &str = "pgbench: UPDATE + INSERT in one statement, one commit each";
const PREPARE: &str = "
    CREATE SCHEMA bench;
    CREATE TABLE bench.tickets (id bigint PRIMARY KEY, used_at timestamptz);
    INSERT INTO bench.tickets SELECT generate_series(1, 200000);
    CREATE TABLE bench.scans (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, ticket bigint, at timestamptz);
    VACUUM ANALYZE bench.tickets;
    VACUUM ANALYZE scanner.admissions;
";
const SCRIPT: &str = "\\set ticket random(1, 200000)
    WITH used AS (UPDATE bench.tickets SET used_at = now() WHERE id = :ticket RETURNING id)
    INSERT INTO bench.scans (ticket, at) SELECT id, now() FROM used;
";

/// What the door knows of a ticket, as its rows are written below.
const COLUMNS: &str = "ticket_id, revision, event_id, ticket_type_id, type_name, zone_id, holder_name, order_reference, status, \
                       attention, changed_at";

/// A night at whose door guests with tickets stand.
#[derive(Debug)]
pub struct Queue {
    night: Night,
    door: Door,
    codes: Vec<String>,
}

/// Measures.
///
/// # Errors
/// When a scan is not answered with `ok`, or something does not start.
pub async fn run(report: &mut Report) -> Result<()> {
    let club = Club::open().await?;
    let guests: usize = CROWDS.iter().map(|(_, scans)| 2 * scans).sum();
    let queue = Queue::of(&club, guests).await?;
    let url = club.stack.database.admin_url();
    psql::run(&url, PREPARE)?;
    let site = host(&club.stack.urls.scanner).to_owned();
    let ways =
        [("straight", address(&club.stack.direct(Service::Scanner))?), ("through Envoy", club.gateway()?)];
    let mut used = 0;
    for (at_once, scans) in CROWDS {
        let limit = pgbench::run(&url, SCRIPT, at_once, LIMIT_SECONDS)?;
        for (way, to) in ways {
            let run = queue.scan(&site, to, at_once, used..used + scans).await?;
            used += scans;
            let what = format!("{at_once} at once, {way}");
            let aims = ["≥ 0.60", if at_once == 32 { "≤ 25 ms" } else { "" }];
            report.add_run("scan", &what, &run, (&limit, LIMIT), aims);
        }
    }
    count(&club, used, report)
}

/// Every guest came in, and once.
fn count(club: &Club, scans: usize, report: &mut Report) -> Result<()> {
    let url = club.stack.database.admin_url();
    let entries = psql::number(&url, "SELECT count(*) FROM scanner.entries WHERE is_primary")?;
    let inside = psql::number(&url, "SELECT sum(inside) FROM scanner.occupancy")?;
    report.add(
        Figure::new("scan", "guests admitted", entries, "")
            .beside(scans as f64, "guests scanned")
            .aim("1.00"),
    );
    ensure!(
        entries == scans as f64 && inside == entries,
        "{scans} scans, {entries} entries, {inside} inside"
    );
    Ok(())
}

impl Queue {
    /// Makes a night and gives the door `guests` tickets of it, straight into its projection: how they are bought is not
    /// what is measured. The codes are signed with the stack's own key.
    ///
    /// # Errors
    /// When the night can't be made.
    pub async fn of(club: &Club, guests: usize) -> Result<Self> {
        let night = club.night(2000, 1000).await?;
        let door = club.door(&night).await?;
        let key = signing_key(&club.stack.keys().ticket_signing())?;
        let event = night.id.parse()?;
        let mut rows = format!("COPY scanner.admissions ({COLUMNS}) FROM stdin;\n");
        let mut codes = Vec::with_capacity(guests);
        for _ in 0..guests {
            let ticket = TicketId::generate();
            codes.push(
                TicketCode {
                    key_id: devstack::TICKET_KEY,
                    kind: CodeKind::Ticket,
                    ticket,
                    event,
                    step: None,
                }
                .sign(&key),
            );
            writeln!(
                rows,
                "{ticket}\t1\t{event}\t{}\tRegular\t{}\tAna Guest\tBENCH234\tvalid\tCheck ID\t{}",
                night.ticket_type,
                door.zone,
                club::now().to_rfc3339()
            )?;
        }
        rows.push_str("\\.\n");
        psql::run(&club.stack.database.admin_url(), &rows)?;
        Ok(Self { night, door, codes })
    }

    /// The night they have tickets for.
    pub fn night(&self) -> &Night {
        &self.night
    }

    /// Where they stand.
    pub fn door(&self) -> &Door {
        &self.door
    }

    /// The texts of their codes.
    pub fn codes(&self) -> &[String] {
        &self.codes
    }

    /// Has the guests of `who` scanned, each once, `at_once` at a time.
    ///
    /// # Errors
    /// When one of them is not let in.
    pub async fn scan(
        &self,
        site: &str,
        to: SocketAddr,
        at_once: usize,
        who: std::ops::Range<usize>,
    ) -> Result<Latencies> {
        let headers = [("Authorization", self.door.authorization.as_str())];
        let requests: Vec<Vec<u8>> = self.codes[who]
            .iter()
            .map(|code| {
                wire::post(site, "/api/v1/scans", &headers, &club::scan(&self.night, &self.door, code))
            })
            .collect();
        let wires = Wires::to(to);
        load::run(requests.len(), at_once, |n| {
            let (wires, request) = (&wires, &requests[n]);
            async move {
                let answer = wires.ask(request).await?;
                ensure!(
                    answer.says("\"reason\":\"ok\""),
                    "a scan was answered {}: {}",
                    answer.status,
                    answer.text()
                );
                Ok(())
            }
        })
        .await
    }
}

/// The key in `<id>:<base64 of its seed>`.
fn signing_key(text: &str) -> Result<SigningKey> {
    let seed = STANDARD.decode(text.split_once(':').context("a key")?.1)?;
    let seed: [u8; 32] = seed.try_into().map_err(|_| anyhow::anyhow!("a seed has 32 bytes"))?;
    Ok(SigningKey::from_bytes(&seed))
}
