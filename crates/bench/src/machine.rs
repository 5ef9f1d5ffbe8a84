//! When, of what and on what was measured: figures mean nothing without it.

use crate::club::now;
use serde::Serialize;
use std::{fs, process::Command};

/// The circumstances of a run.
#[derive(Debug, Serialize)]
pub struct Machine {
    date: String,
    commit: String,
    cores: usize,
    memory_gib: f64,
    load_before: String,
    load_after: String,
}

impl Machine {
    /// As it is now, before the run.
    pub fn look() -> Self {
        Self {
            date: now().format("%Y-%m-%d %H:%M UTC").to_string(),
            commit: git(&["describe", "--always", "--dirty"]),
            cores: std::thread::available_parallelism().map_or(0, usize::from),
            memory_gib: memory_kib().unwrap_or(0.0) / 1024.0 / 1024.0,
            load_before: load(),
            load_after: String::new(),
        }
    }

    /// Prints it, for people and for machines.
    ///
    /// # Errors
    /// Never: it is plain data.
    pub fn print(mut self) -> serde_json::Result<()> {
        self.load_after = load();
        println!(
            "{}, commit {}, {} cores, {:.0} GiB; load average {} before, {} after\n",
            self.date, self.commit, self.cores, self.memory_gib, self.load_before, self.load_after
        );
        println!("{}\n", serde_json::to_string(&self)?);
        Ok(())
    }
}

/// Load average of the last minute and five.
fn load() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').take(2).collect::<Vec<_>>().join(" / ")
}

fn memory_kib() -> Option<f64> {
    let text = fs::read_to_string("/proc/meminfo").ok()?;
    text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?.split_whitespace().next()?.parse().ok()
}

fn git(args: &[&str]) -> String {
    let output = Command::new("git").args(args).current_dir(devstack::root::repository()).output();
    let said =
        output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default();
    if said.is_empty() { "unknown".to_owned() } else { said }
}
