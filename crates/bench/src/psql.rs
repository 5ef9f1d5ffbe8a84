//! SQL as the superuser: what a bench prepares, and what it counts afterwards.

use anyhow::{Context, Result, ensure};
use std::{
    io::Write,
    process::{Command, Stdio},
};

/// Runs statements and gives the first column of what the last one returned, one line per row.
///
/// # Errors
/// When psql is not installed or PostgreSQL refuses.
pub fn run(url: &str, sql: &str) -> Result<String> {
    let mut psql = Command::new("psql")
        .args(["-XAtq", "-v", "ON_ERROR_STOP=1", url])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("psql comes with PostgreSQL's client programs")?;
    let mut input = psql.stdin.take().context("psql takes input")?;
    let sql = sql.to_owned();
    // Beside the reading, so that neither side waits for the other with a full pipe.
    let writing = std::thread::spawn(move || input.write_all(sql.as_bytes()));
    let output = psql.wait_with_output()?;
    ensure!(output.status.success(), "PostgreSQL: {}", String::from_utf8_lossy(&output.stderr).trim());
    writing.join().map_err(|_| anyhow::anyhow!("the writer panicked"))??;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// A count, or another whole number.
///
/// # Errors
/// As [`run`], and when the answer is no number.
pub fn number(url: &str, sql: &str) -> Result<f64> {
    let text = run(url, sql)?;
    text.parse().with_context(|| format!("{sql} gave {text:?}"))
}
