//! `pgbench`, PostgreSQL's own load program, as the limit: what the database could do with nothing of ours above it.

use crate::load::Latencies;
use anyhow::{Context, Result, ensure};
use std::{
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

/// Runs a script of one transaction for `seconds` with `clients` connections, and times each transaction.
///
/// # Errors
/// When pgbench is not installed, the script fails, or its log can't be read.
pub fn run(url: &str, script: &str, clients: usize, seconds: u32) -> Result<Latencies> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("script.sql");
    std::fs::write(&file, script)?;
    let begun = Instant::now();
    let output = Command::new("pgbench")
        .args(["--no-vacuum", "--protocol=prepared", "--log", "--log-prefix=each"])
        .arg(format!("--jobs={}", clients.min(2)))
        .arg(format!("--client={clients}"))
        .arg(format!("--time={seconds}"))
        .arg(format!("--file={}", file.display()))
        .arg(url)
        .current_dir(folder.path())
        .output()
        .context("pgbench comes with PostgreSQL's client programs")?;
    ensure!(output.status.success(), "pgbench failed: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8_lossy(&output.stdout);
    let rate = rate(&text).with_context(|| format!("pgbench said: {text}"))?;
    let each = logged(folder.path())?;
    ensure!(!each.is_empty(), "pgbench logged nothing in {:?}", begun.elapsed());
    // Its own rate leaves the connecting out, as ours does.
    let wall = Duration::from_secs_f64(each.len() as f64 / rate);
    Ok(Latencies::new(each, wall))
}

fn rate(text: &str) -> Option<f64> {
    text.lines().find_map(|line| line.strip_prefix("tps = ")?.split_whitespace().next()?.parse().ok())
}

/// One line per transaction: client, number, microseconds, …
fn logged(folder: &Path) -> Result<Vec<Duration>> {
    let mut each = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with("each.") {
            let text = std::fs::read_to_string(entry.path())?;
            each.extend(text.lines().filter_map(micros));
        }
    }
    Ok(each)
}

fn micros(line: &str) -> Option<Duration> {
    line.split(' ').nth(2)?.parse().ok().map(Duration::from_micros)
}

#[cfg(test)]
mod tests {
    use super::{micros, rate};
    use std::time::Duration;

    #[test]
    fn the_figures_of_pgbench_are_read() {
        let text = "latency average = 1.250 ms\ninitial connection time = 3 ms\n\
                    tps = 800.25 (without initial connection time)\n";
        assert_eq!(rate(text), Some(800.25));
        assert_eq!(micros("0 199 2241 0 1175850568 995598"), Some(Duration::from_micros(2241)));
    }
}
