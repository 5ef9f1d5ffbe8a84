//! The event page through Envoy, beside the same bytes from nginx.

use crate::{
    club::{Club, Night, address, host},
    load::{self, Latencies},
    nginx::Nginx,
    report::{Figure, Report},
    wire::{self, Wires},
};
use anyhow::{Result, ensure};
use devstack::Service;
use std::net::SocketAddr;

const AT_ONCE: usize = 50;
const WARM_UP: usize = 1_000;
const PAGES: usize = 20_000;
const LIMIT: &str = "nginx, the same bytes from a file";

/// Measures.
///
/// # Errors
/// When a page does not come, or something does not start.
pub async fn run(report: &mut Report) -> Result<()> {
    let club = Club::open().await?;
    let night = club.night(2000, 1000).await?;
    let (to, request) = (club.gateway()?, request(&club, &night));
    let page = Wires::to(to).ask(&request).await?;
    ensure!(
        page.status == 200 && page.says("Measured Night"),
        "the page answered {}: {}",
        page.status,
        page.text()
    );
    let nginx = Nginx::serve(&page.body).await?;
    let file = wire::get("localhost", "/page.html");
    let direct = address(&club.stack.direct(Service::Purchase))?;
    for (to, request) in [(nginx.address, &file), (direct, &request), (to, &request)] {
        load(to, request, WARM_UP).await?;
    }
    let limit = load(nginx.address, &file, PAGES).await?;
    let straight = load(direct, &request, PAGES).await?;
    let through = load(to, &request, PAGES).await?;
    let size = page.body.len() as f64 / 1024.0;
    report.add(Figure::new("page", "size of the page", size, "KiB").note("uncompressed, as measured"));
    report.add_run("page", "50 at once, through Envoy", &through, (&limit, LIMIT), ["≥ 0.50", ""]);
    report.add_run("page", "50 at once, straight at the service", &straight, (&limit, LIMIT), ["", ""]);
    Ok(())
}

/// The request for a night's page.
pub fn request(club: &Club, night: &Night) -> Vec<u8> {
    wire::get(host(&club.stack.urls.purchase), &format!("/e/{}", night.slug))
}

/// Asks for a page `pages` times.
///
/// # Errors
/// When one does not come.
pub async fn load(to: SocketAddr, request: &[u8], pages: usize) -> Result<Latencies> {
    let wires = Wires::to(to);
    load::run(pages, AT_ONCE, |_| async {
        let answer = wires.ask(request).await?;
        ensure!(answer.status == 200, "a page answered {}: {}", answer.status, answer.text());
        Ok(())
    })
    .await
}
