//! The command behind `make bench`.

use anyhow::Result;
use bench::{latency, machine::Machine, memory, page, report::Report, rush, scan};
use clap::{Parser, ValueEnum};
use std::process::ExitCode;

/// Measures Maguey beside its limits. Needs the parts of `devstack with-parts --durable -- maguey-bench …`.
#[derive(Debug, Parser)]
struct Arguments {
    /// What to measure.
    #[arg(value_enum, default_value = "all")]
    what: Vec<What>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    /// Online scans beside pgbench.
    Scan,
    /// Two thousand buyers for five hundred tickets.
    Rush,
    /// The event page beside nginx.
    Page,
    /// How long news take.
    Latency,
    /// Memory, and start to ready.
    Memory,
    /// All of these.
    All,
}

#[tokio::main]
async fn main() -> Result<ExitCode> {
    let asked = Arguments::parse().what;
    let (machine, mut report) = (Machine::look(), Report::default());
    let mut fine = true;
    for what in [What::Latency, What::Memory, What::Page, What::Rush, What::Scan] {
        if !asked.contains(&what) && !asked.contains(&What::All) {
            continue;
        }
        if let Err(error) = measure(what, &mut report).await {
            eprintln!("{what:?} failed: {error:?}");
            fine = false;
        }
    }
    machine.print()?;
    report.print()?;
    Ok(if fine { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn measure(what: What, report: &mut Report) -> Result<()> {
    match what {
        What::Scan => scan::run(report).await,
        What::Rush => rush::run(report).await,
        What::Page => page::run(report).await,
        What::Latency => latency::run(report).await,
        What::Memory | What::All => memory::run(report).await,
    }
}
