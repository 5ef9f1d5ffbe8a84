//! `devstack with-parts -- command`: runs a command with real parts within reach, and clears them away after it.
//!
//! Tests get a PostgreSQL cluster of their own (never synced to disk, thrown away) and the paths of the servers that
//! they start themselves, one per test that needs one. Benches ask for a cluster that does sync: what it costs is part
//! of what they measure.

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
    let folder = tempfile::Builder::new()
        .prefix("maguey-test-")
        .tempdir()
        .map_err(|e| Error::io("create a folder", e))?;
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
