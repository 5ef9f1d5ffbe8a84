//! What signing in costs: a password beside bare argon2id on one core, the check of a token, and whether a flood of sign-ins is felt
//! at the door.

use crate::{
    club::{Club, address, host},
    load::{self, Latencies},
    report::{Figure, Report},
    scan::Queue,
    wire::{self, Wires},
};
use anyhow::{Result, ensure};
use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier},
};
use devstack::{Service, StaffRole};
use domain::{
    ids::{SessionId, StaffId},
    permission::Role,
};
use ed25519_dalek::{Signer, SigningKey};
use serde_json::json;
use std::{
    hint::black_box,
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};
use web::session::{Claims, SessionKeys, SessionSigner};

/// Sign-ins measured, and tokens.
const SIGN_INS: usize = 200;
const TOKENS: usize = 20_000;
/// Who knocks at once in a flood, and who is scanned beside it.
const FLOOD: usize = 200;
const SCANS: usize = 4_000;
const PHONES: usize = 10;

/// Measures.
///
/// # Errors
/// When a sign-in or a scan is not answered as it should, or something does not start.
pub async fn run(report: &mut Report) -> Result<()> {
    tokens(report)?;
    let club = Club::open().await?;
    passwords(&club, report).await?;
    flood(&club, report).await
}

/// The check of a token, beside its signature's alone.
fn tokens(report: &mut Report) -> Result<()> {
    let key = SigningKey::from_bytes(&[7; 32]);
    let now = crate::club::now();
    let claims = Claims::new("purchase", StaffId::generate(), SessionId::generate(), now).person(
        "Ana",
        "ana@club.test",
        Role::Manager,
    );
    let (signer, keys) = (SessionSigner::new("k", &key), SessionKeys::one("k", key.verifying_key()));
    let token = signer.sign(&claims);
    let begun = Instant::now();
    for _ in 0..TOKENS {
        ensure!(black_box(&keys).verify(black_box(&token), "purchase", now).is_ok(), "a token is good");
    }
    let each = begun.elapsed();
    let signature = key.sign(token.as_bytes());
    let begun = Instant::now();
    for _ in 0..TOKENS {
        ensure!(key.verifying_key().verify_strict(black_box(token.as_bytes()), &signature).is_ok(), "signed");
    }
    let bare = begun.elapsed();
    report.add(
        Figure::new("sign-in", "token checked", micros(each), "µs")
            .beside(micros(bare), "its Ed25519 signature alone")
            .aim("≤ 100 µs"),
    );
    Ok(())
}

fn micros(all: Duration) -> f64 {
    all.as_secs_f64() * 1e6 / TOKENS as f64
}

/// Right passwords, one after the other and many at once, beside bare argon2id on one core.
async fn passwords(club: &Club, report: &mut Report) -> Result<()> {
    let bare = tokio::task::spawn_blocking(bare).await??;
    let staff = club.stack.staff(StaffRole::DoorStaff);
    let body = json!({"email": staff.email, "password": staff.password});
    let site = host(&club.stack.urls.marketing).to_owned();
    let request = wire::post(&site, "/api/v1/session", &[], &body);
    let to = address(&club.stack.direct(Service::MarketingAdmin))?;
    for at_once in [1, 8] {
        let wires = Wires::to(to);
        let run = load::run(SIGN_INS, at_once, |_| async {
            let answer = wires.ask(&request).await?;
            ensure!(answer.status == 200, "a sign-in was answered {}: {}", answer.status, answer.text());
            Ok(())
        })
        .await?;
        let limit = "bare argon2id, one core";
        report.add_run("sign-in", &format!("{at_once} at once"), &run, (&bare, limit), ["≥ 0.80", ""]);
    }
    Ok(())
}

fn bare() -> Result<Latencies> {
    let hash = Argon2::default()
        .hash_password(b"correct horse battery staple")
        .map_err(|error| anyhow::anyhow!("{error}"))?
        .to_string();
    let begun = Instant::now();
    let mut each = Vec::with_capacity(SIGN_INS);
    for _ in 0..SIGN_INS {
        let one = Instant::now();
        let fits = Argon2::default().verify_password(b"correct horse battery staple", hash.as_str());
        ensure!(fits.is_ok(), "a password fits its hash");
        each.push(one.elapsed());
    }
    Ok(Latencies::new(each, begun.elapsed()))
}

/// How the strangers of a flood behave.
#[derive(Clone, Copy)]
enum Flood {
    /// All two hundred at the same instant, every second anew.
    EverySecond,
    /// Each again as soon as it is answered: as many as the desk can refuse.
    WithoutPause,
}

impl Flood {
    const fn name(self) -> &'static str {
        match self {
            Self::EverySecond => "200 sign-ins at once each second",
            Self::WithoutPause => "200 who never pause",
        }
    }
}

/// Scans by themselves, and the same scans while two hundred strangers knock at the desk.
async fn flood(club: &Club, report: &mut Report) -> Result<()> {
    let queue = Queue::of(club, 4 * SCANS).await?;
    for (n, flood) in [Flood::EverySecond, Flood::WithoutPause].into_iter().enumerate() {
        let first = 2 * n * SCANS;
        under(club, &queue, flood, first, report).await?;
    }
    Ok(())
}

async fn under(club: &Club, queue: &Queue, flood: Flood, first: usize, report: &mut Report) -> Result<()> {
    let site = host(&club.stack.urls.scanner).to_owned();
    let door = address(&club.stack.direct(Service::Scanner))?;
    let calm = queue.scan(&site, door, PHONES, first..first + SCANS).await?;
    let (over, desk) = (AtomicBool::new(false), address(&club.stack.direct(Service::MarketingAdmin))?);
    let knocking = futures::future::join_all((0..FLOOD).map(|n| knock(club, desk, n, flood, &over)));
    let scanning = async {
        let run = queue.scan(&site, door, PHONES, first + SCANS..first + 2 * SCANS).await;
        over.store(true, Ordering::Relaxed);
        run
    };
    let begun = Instant::now();
    let (knocked, busy) = tokio::join!(knocking, scanning);
    let (busy, took) = (busy?, begun.elapsed().as_secs_f64());
    let tries: usize = knocked.into_iter().sum();
    let name = flood.name();
    report.add(Figure::new("sign-in", format!("{name}: answered"), tries as f64 / took, "/s"));
    let aim = |share: f64| if share == 0.99 && matches!(flood, Flood::EverySecond) { "≤ 1.20" } else { "" };
    for (share, label) in [(0.5, "p50"), (0.95, "p95"), (0.99, "p99")] {
        report.add(
            Figure::new("sign-in", format!("{name}: scan {label}"), busy.percentile_ms(share), "ms")
                .beside(calm.percentile_ms(share), "the same without it")
                .aim(aim(share)),
        );
    }
    Ok(())
}

/// One stranger, each from an address of their own: wrong passwords until it is over. Gives how many were answered.
async fn knock(club: &Club, desk: std::net::SocketAddr, n: usize, flood: Flood, over: &AtomicBool) -> usize {
    let site = host(&club.stack.urls.marketing).to_owned();
    let from = format!("198.51.{}.{}", n / 250, n % 250 + 1);
    let body = json!({"email": format!("stranger-{n}@example.test"), "password": "let me in please"});
    let request = wire::post(&site, "/api/v1/session", &[("x-envoy-external-address", from.as_str())], &body);
    let (wires, mut answered) = (Wires::to(desk), 0);
    let mut second = tokio::time::interval(Duration::from_secs(1));
    while !over.load(Ordering::Relaxed) {
        match flood {
            Flood::EverySecond => drop(second.tick().await),
            Flood::WithoutPause => {}
        }
        // Refused ones are what is wanted; one that hangs up counts as nothing.
        match wires.ask(&request).await {
            Ok(_) => answered += 1,
            Err(_) => tokio::task::yield_now().await,
        }
    }
    answered
}
