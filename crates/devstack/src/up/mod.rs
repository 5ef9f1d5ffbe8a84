//! `devstack up`: the whole club on this machine, until Ctrl-C.
//!
//! Everything it keeps is under `.local`, readable by its owner alone: the cluster, the message store, the sandbox's memory, keys, logs,
//! the ports it chose, `magueyctl.env` for the operator's command, and `demo.json` with the addresses and sign-ins.

mod demo;
mod house;

use std::fs::File;
use std::time::{Duration, Instant};

use tokio::signal::unix::{SignalKind, signal};

use crate::{Error, Result, ports, root, secret};
use house::House;

/// The one port that does not move: bookmarks and the sites' own addresses hold it.
const GATEWAY: u16 = 8080;

/// Starts everything, tells where it is, and watches over it until Ctrl-C (then `Ok`) or until a part falls.
pub async fn run() -> Result<()> {
    let _lock = claim()?;
    ports::require_free(GATEWAY, "the three sites")?;
    let begun = Instant::now();
    let mut stopping = Stopping::listen()?;
    let house = tokio::select! {
        started = start() => started,
        () = stopping.asked() => return Ok(()),
    };
    let mut house = house?;
    println!("\nready after {:.1} s\n\n{}", begun.elapsed().as_secs_f32(), house.demo().welcome());
    let fell = tokio::select! {
        fell = watch(&mut house) => Some(fell),
        () = stopping.asked() => None,
    };
    println!("\nstopping");
    house.stop();
    fell.map_or(Ok(()), Err)
}

/// Drops everything that [`run`] keeps.
pub fn reset() -> Result<()> {
    let local = root::local();
    if local.is_dir() {
        let _lock = claim()?;
        std::fs::remove_dir_all(&local).map_err(|e| Error::io(&format!("remove {}", local.display()), e))?;
    }
    println!("dropped {}: the next `make run` starts from nothing", local.display());
    Ok(())
}

/// Brings the database of [`run`] up to date without starting anything else.
pub async fn migrate() -> Result<()> {
    let _lock = claim()?;
    let mut house = House::prepare(GATEWAY)?;
    print!("{}", house.start_database().await?);
    house.stop();
    Ok(())
}

async fn start() -> Result<House> {
    let mut house = House::prepare(GATEWAY)?;
    step("PostgreSQL and its migrations", house.start_database()).await?;
    house.write_operator()?;
    step("NATS", Box::pin(house.start_nats())).await?;
    step("sandbox", house.start_sandbox()).await?;
    step("purchase, scanner, marketing-admin", house.start_services()).await?;
    step("Envoy", house.start_gateway()).await?;
    step("the demo club", house.seed()).await?;
    Ok(house)
}

async fn step<T>(what: &str, work: impl Future<Output = Result<T>>) -> Result<T> {
    let begun = Instant::now();
    let done = work.await?;
    println!("maguey: {what} ({:.1} s)", begun.elapsed().as_secs_f32());
    Ok(done)
}

#[expect(
    clippy::disallowed_methods,
    reason = "looks after its children five times a second; nothing announces their end in one place"
)]
async fn watch(house: &mut House) -> Error {
    loop {
        if let Some(fallen) = house.fallen() {
            return fallen;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// One stack per repository at a time; the lock ends with its holder, however that ends.
fn claim() -> Result<File> {
    let local = root::local();
    secret::folder(&local)?;
    let file = File::create(local.join("lock")).map_err(|e| Error::io("write .local/lock", e))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(_) => Err(Error::Refused(
            "`make run` is already running for this repository: stop it first (Ctrl-C)".into(),
        )),
    }
}

/// The ways in which we are asked to stop.
struct Stopping {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
    hangup: tokio::signal::unix::Signal,
}

impl Stopping {
    fn listen() -> Result<Self> {
        let listen = |kind| signal(kind).map_err(|e| Error::io("listen for signals", e));
        Ok(Self {
            interrupt: listen(SignalKind::interrupt())?,
            terminate: listen(SignalKind::terminate())?,
            hangup: listen(SignalKind::hangup())?,
        })
    }

    async fn asked(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
            _ = self.hangup.recv() => {}
        }
    }
}
