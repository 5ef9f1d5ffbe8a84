//! Memory of each process, idle and under load, and how long a service takes from its start until it is ready.

use crate::{
    club::{Club, address, host},
    load::Latencies,
    page, processes,
    report::{Figure, Report},
    scan::Queue,
    wait::pause,
};
use anyhow::Result;
use devstack::Service;
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

const STARTS: usize = 10;
const PAGES: usize = 20_000;
const SCANS: usize = 8_000;
const SETTLE: Duration = Duration::from_secs(3);
const SAMPLE: Duration = Duration::from_millis(200);

/// Measures.
///
/// # Errors
/// When something does not start or answer.
pub async fn run(report: &mut Report) -> Result<()> {
    let mut club = Club::open().await?;
    pause(SETTLE).await;
    let idle = processes::memory()?;
    let loaded = under_load(&club).await?;
    for (program, &most) in &loaded {
        let ours = Service::ALL.iter().any(|service| service.program() == program);
        let aim = if ours { "idle ≤ 40 MiB" } else { "" };
        let before = idle.get(program).copied().unwrap_or(0.0);
        report.add(Figure::new("memory", format!("{program}: PSS idle"), before, "MiB").aim(aim));
        let figure = Figure::new("memory", format!("{program}: PSS under load, most"), most, "MiB");
        report.add(figure.beside(before, "idle"));
    }
    for service in Service::ALL {
        starts(&mut club, service, report).await?;
    }
    Ok(())
}

/// The most that each program held while pages were asked for and guests scanned.
async fn under_load(club: &Club) -> Result<BTreeMap<String, f64>> {
    let queue = Queue::of(club, SCANS).await?;
    let night = club.night(2000, 1000).await?;
    let request = page::request(club, &night);
    let gateway = club.gateway()?;
    let site = host(&club.stack.urls.scanner).to_owned();
    let desk = page_of_desk(club);
    let load = async {
        tokio::try_join!(
            page::load(gateway, &request, PAGES),
            page::load(gateway, &desk, PAGES / 4),
            queue.scan(&site, address(&club.stack.direct(Service::Scanner))?, 32, 0..SCANS),
        )?;
        anyhow::Ok(())
    };
    tokio::pin!(load);
    let mut most = processes::memory()?;
    loop {
        tokio::select! {
            done = &mut load => { done?; return Ok(most) }
            () = pause(SAMPLE) => {
                for (program, now) in processes::memory()? {
                    let before = most.entry(program).or_insert(0.0);
                    *before = before.max(now);
                }
            }
        }
    }
}

/// The club's own list of nights.
fn page_of_desk(club: &Club) -> Vec<u8> {
    crate::wire::get(host(&club.stack.urls.marketing), "/")
}

async fn starts(club: &mut Club, service: Service, report: &mut Report) -> Result<()> {
    let mut each = Vec::with_capacity(STARTS);
    for _ in 0..STARTS {
        club.stack.stop(service);
        let begun = Instant::now();
        club.stack.start_until_ready(service).await?;
        each.push(begun.elapsed());
    }
    let each = Latencies::new(each, Duration::ZERO);
    let figure = Figure::new(
        "memory",
        format!("{}: start to ready, p50", service.program()),
        each.percentile_ms(0.5),
        "ms",
    );
    let most = each.percentile_ms(1.0);
    report.add(figure.note(format!("most {most:.0} ms of {STARTS}; asked every 25 ms")).aim("≤ 500 ms"));
    Ok(())
}
