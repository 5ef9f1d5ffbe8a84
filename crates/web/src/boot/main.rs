//! The process.

use std::process::ExitCode;

use settings::{Faults, Reader};
use telemetry::TelemetrySettings;
use tokio::signal::unix::{SignalKind, signal};

use super::{App, Context, start};

/// The environment is not complete: nothing was started.
const CONFIG_FAULT: u8 = 2;

/// The whole `main` of a service: reads the configuration, builds, serves, drains on SIGTERM or Ctrl-C.
///
/// Exit 2: the environment is at fault, and every fault is named on standard error. Exit 1: something needed
/// at start is missing or broken.
pub fn main<C, F>(
    name: &'static str,
    read: fn(&mut Reader) -> C,
    build: impl FnOnce(C, Context) -> F,
) -> ExitCode
where
    F: Future<Output = anyhow::Result<App>>,
{
    let (telemetry_settings, config) = match read_config(Reader::from_env(), read) {
        Ok(config) => config,
        Err(faults) => {
            eprintln!("{name} cannot start. {faults}");
            return ExitCode::from(CONFIG_FAULT);
        }
    };
    // Only fails when a provider is installed already, which is as good.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("{name} cannot start: no threads for the runtime: {error}");
            return ExitCode::FAILURE;
        }
    };
    let telemetry = telemetry::start(name, &telemetry_settings);
    let outcome = runtime.block_on(run(config, build));
    if let Err(error) = &outcome {
        tracing::error!(cause = format!("{error:#}"), "the service stopped");
        eprintln!("{name} stopped: {error:#}");
    }
    telemetry.shutdown();
    // Whatever still runs had its time.
    runtime.shutdown_background();
    if outcome.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Reads everything that a service run by [`main`] asks of the environment: for `main` itself, and for the
/// test that the example environment lists exactly this.
pub fn read_config<C>(
    mut reader: Reader,
    read: fn(&mut Reader) -> C,
) -> Result<(TelemetrySettings, C), Faults> {
    let telemetry = TelemetrySettings::read(&mut reader);
    let config = read(&mut reader);
    reader.finish((telemetry, config))
}

async fn run<C, F>(config: C, build: impl FnOnce(C, Context) -> F) -> anyhow::Result<()>
where
    F: Future<Output = anyhow::Result<App>>,
{
    // Before anything else: a signal during the start must not kill us halfway through a migration check.
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let context = Context::default();
    let failed = context.failed.clone();
    let app = tokio::select! {
        app = build(config, context) => app?,
        _ = terminate.recv() => return Ok(()),
        _ = interrupt.recv() => return Ok(()),
    };
    let running = start(app).await?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
        () = failed.cancelled() => {}
    }
    running.stop().await;
    anyhow::ensure!(!failed.is_cancelled(), "a background task panicked");
    Ok(())
}
