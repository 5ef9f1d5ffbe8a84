//! The command behind `make bench`.

use anyhow::Result;
use bench::{
    device, door, growth, holds, latency, machine::Machine, memory, page, purchases, report::Report, rush,
    scan, sign_in, tables, webhooks,
};
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
    /// The door beside a growing list, its manifests and uploads, and scans beside reports.
    Door,
    /// The door's app on a cheap phone, in Chromium.
    Device,
    /// Passwords beside bare argon2id, tokens, and scans beside a flood of sign-ins.
    SignIn,
    /// Two thousand buyers for five hundred tickets.
    Rush,
    /// The event page beside nginx.
    Page,
    /// How long news take.
    Latency,
    /// Memory, and start to ready.
    Memory,
    /// The hold engine by itself, 200 and 2,000 waiting.
    Holds,
    /// A hundred guests who buy at once.
    Purchases,
    /// A plan of tables: its page, a hundred who book at once, five hundred who watch.
    Tables,
    /// Fifty webhooks at once.
    Webhooks,
    /// What an order costs at ten thousand, a hundred thousand and a million orders. Fills the tables: half an hour.
    Growth,
    /// All of these but `growth`.
    All,
}

const ORDER: [What; 13] = [
    What::Latency,
    What::Memory,
    What::Page,
    What::Holds,
    What::Rush,
    What::Purchases,
    What::Tables,
    What::Webhooks,
    What::Scan,
    What::Door,
    What::Device,
    What::SignIn,
    What::Growth,
];

#[tokio::main]
async fn main() -> Result<ExitCode> {
    let asked = Arguments::parse().what;
    let (machine, mut report) = (Machine::look(), Report::default());
    let mut fine = true;
    for what in ORDER {
        let all = asked.contains(&What::All) && what != What::Growth;
        if !all && !asked.contains(&what) {
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
        What::Door => door::run(report).await,
        What::Device => device::run(report).await,
        What::SignIn => sign_in::run(report).await,
        What::Rush => rush::run(report).await,
        What::Page => page::run(report).await,
        What::Latency => latency::run(report).await,
        What::Holds => holds::run(report).await,
        What::Purchases => purchases::run(report).await,
        What::Tables => tables::run(report).await,
        What::Webhooks => webhooks::run(report).await,
        What::Growth => growth::run(report).await,
        What::Memory | What::All => memory::run(report).await,
    }
}
