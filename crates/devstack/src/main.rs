//! The command behind `make run`, `make reset` and `make test`.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The real parts of Maguey on one machine.
#[derive(Debug, Parser)]
#[command(name = "devstack")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Run a command with a throw-away PostgreSQL and the paths of nats-server and Envoy in its environment.
    WithParts {
        /// The command and its arguments, after `--`.
        #[arg(trailing_var_arg = true, required = true)]
        command: Vec<String>,
    },
}

fn main() -> ExitCode {
    let done = match Arguments::parse().task {
        Task::WithParts { command } => devstack::with_parts::run(&command).map(|status| {
            status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from)
        }),
    };
    done.unwrap_or_else(|error| {
        eprintln!("maguey: {error}");
        ExitCode::FAILURE
    })
}
