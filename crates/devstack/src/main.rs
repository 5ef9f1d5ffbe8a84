//! The command behind `make run`, `make reset`, `make migrate` and `make test`.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use devstack::postgres::Durability;
use devstack::{Error, Result, render, up, with_parts};

/// The real parts of Maguey on one machine.
#[derive(Debug, Parser)]
#[command(name = "devstack")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Start everything and watch over it until Ctrl-C.
    Up,
    /// Drop what `up` keeps.
    Reset,
    /// Bring the database of `up` up to date.
    Migrate,
    /// Run a command with a throw-away PostgreSQL and the paths of nats-server and Envoy in its environment.
    WithParts {
        /// Have the cluster wait for the disk at each commit, as in production; without it nothing is synced.
        #[arg(long)]
        durable: bool,
        /// The command and its arguments, after `--`.
        #[arg(trailing_var_arg = true, required = true)]
        command: Vec<String>,
    },
    /// Write the gateway's and the message server's configuration into `k8s/base`.
    RenderK8s {
        /// Write nothing; fail if something is not up to date.
        #[arg(long)]
        check: bool,
    },
}

fn main() -> ExitCode {
    let task = Arguments::parse().task;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let done = runtime.map_err(|e| Error::io("start", e)).and_then(|runtime| runtime.block_on(run(task)));
    done.unwrap_or_else(|error| {
        eprintln!("maguey: {error}");
        ExitCode::FAILURE
    })
}

async fn run(task: Task) -> Result<ExitCode> {
    match task {
        Task::Up => up::run().await?,
        Task::Reset => up::reset()?,
        Task::Migrate => up::migrate().await?,
        Task::WithParts { durable, command } => {
            let durability = if durable { Durability::Kept } else { Durability::Thrown };
            let status = with_parts::run(&command, durability).await?;
            return Ok(status
                .code()
                .and_then(|code| u8::try_from(code).ok())
                .map_or(ExitCode::FAILURE, ExitCode::from));
        }
        Task::RenderK8s { check: true } => render::check()?,
        Task::RenderK8s { check: false } => render::write()?,
    }
    Ok(ExitCode::SUCCESS)
}
