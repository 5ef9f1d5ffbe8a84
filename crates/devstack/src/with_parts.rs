//! `devstack with-parts -- command`: runs a command with real parts within reach, and clears them away after it.
//!
//! Tests get a PostgreSQL cluster of their own (never synced to disk, thrown away) and the paths of the servers that
//! they start themselves, one per test that needs one. Benches ask for a cluster that does sync: what it costs is part
//! of what they measure.

use std::path::{Path, PathBuf};
use std::process::ExitStatus;

use tokio::process::Command;
use tokio::signal::unix::{SignalKind, signal};

use crate::postgres::{Durability, Postgres};
use crate::{Error, Result, ports, root};

/// Runs `command` (program, then arguments) with `MAGUEY_TEST_POSTGRES`, `MAGUEY_TEST_NATS_BIN` and `MAGUEY_TEST_ENVOY_BIN` set.
pub async fn run(command: &[String], durability: Durability) -> Result<ExitStatus> {
    let Some((program, args)) = command.split_first() else {
        return Err(Error::Missing("say which command to run: devstack with-parts -- cargo test".into()));
    };
    let (nats, envoy) = (root::installed("nats-server")?, root::installed("envoy")?);
    let mut builder = tempfile::Builder::new();
    let builder = builder.prefix("maguey-test-");
    let folder = match durability {
        Durability::Thrown => builder.tempdir_in(scratch()),
        Durability::Kept => builder.tempdir(),
    };
    let folder = folder.map_err(|e| Error::io("create a folder", e))?;
    let postgres = Postgres::start(&folder.path().join("postgres"), ports::free()?, durability)?;
    // Ctrl-C reaches the command too (one terminal, one group): it ends by itself, and then we clear away after it.
    let _interrupts = signal(SignalKind::interrupt()).map_err(|e| Error::io("listen for signals", e))?;
    let status = Command::new(program)
        .args(args)
        .env("MAGUEY_TEST_POSTGRES", postgres.url("postgres"))
        .env("MAGUEY_TEST_NATS_BIN", nats)
        .env("MAGUEY_TEST_ENVOY_BIN", envoy)
        .status()
        .await;
    drop(postgres);
    status.map_err(|e| Error::io(&format!("run {program}"), e))
}

/// Where what is thrown away lies: in memory, where there is room, or else on disk.
///
/// Each test makes a database of a thousand files and drops it. ext4 gives out no inode that was freed within the last seconds and
/// looks at one after the other until it has one: that was a third of all that the tests cost.
fn scratch() -> PathBuf {
    /// Some tests at once, and the log.
    const ROOM: u64 = 4 << 30;
    let memory = Path::new("/dev/shm");
    let room = rustix::fs::statvfs(memory).map(|of| of.f_bavail.saturating_mul(of.f_frsize));
    if room.is_ok_and(|room| room >= ROOM) { memory.to_owned() } else { std::env::temp_dir() }
}
