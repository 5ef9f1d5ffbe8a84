//! `magueyctl`, run as the operator of one stack.

use crate::environment::Surroundings;
use crate::{Error, Result, parts, root};

/// Runs `magueyctl` in these surroundings, with `extra` variables, and returns what it printed.
pub async fn run(around: &Surroundings, arguments: &[&str], extra: &[(&str, &str)]) -> Result<String> {
    let mut command = parts::command("magueyctl", around.operator()?)?;
    command.args(arguments).envs(extra.iter().copied()).current_dir(root::repository());
    let run = tokio::process::Command::from(command).kill_on_drop(true).output().await;
    let output = run.map_err(|e| Error::io("run magueyctl", e))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(Error::Refused(format!("`magueyctl {}` failed: {said}", arguments.join(" "))))
}
