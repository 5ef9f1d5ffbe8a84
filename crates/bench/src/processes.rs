//! The memory of what runs around us, from `/proc`.

use anyhow::{Context, Result};
use std::{collections::BTreeMap, fs};

/// A process as `/proc/<pid>` tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Process {
    pid: u32,
    parent: u32,
    name: String,
}

/// Proportional set size by program in MiB: what each process has to itself, and its share of what it shares. The several
/// processes of PostgreSQL and nginx are one program. Ours are those we started, and those that `devstack with-parts`,
/// which started us, started too.
///
/// # Errors
/// When `/proc` can't be read.
pub fn memory() -> Result<BTreeMap<String, f64>> {
    let all = list()?;
    let me = std::process::id();
    let parent = all.iter().find(|process| process.pid == me).map_or(0, |process| process.parent);
    let launcher = all.iter().find(|process| process.pid == parent && process.name == "devstack");
    let mut sums = BTreeMap::new();
    for process in below(&all, launcher.map_or(me, |process| process.pid)) {
        // Gone meanwhile: it holds nothing.
        if process.pid != me
            && let Some(kib) = pss(process.pid)
        {
            *sums.entry(process.name.clone()).or_insert(0.0) += kib / 1024.0;
        }
    }
    Ok(sums)
}

fn list() -> Result<Vec<Process>> {
    let entries = fs::read_dir("/proc").context("/proc is how Linux tells of processes")?;
    let pids = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    Ok(pids.filter_map(|pid| read(pid, &fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)).collect())
}

/// `1234 (name with (anything)) S 1 …`
fn read(pid: u32, stat: &str) -> Option<Process> {
    let (before, after) = stat.rsplit_once(')')?;
    let name = before.split_once('(')?.1.to_owned();
    let parent = after.split_whitespace().nth(1)?.parse().ok()?;
    Some(Process { pid, parent, name })
}

/// All descendants of `root`.
fn below(all: &[Process], root: u32) -> Vec<&Process> {
    let children = all.iter().filter(|process| process.parent == root);
    children.flat_map(|child| std::iter::once(child).chain(below(all, child.pid))).collect()
}

fn pss(pid: u32) -> Option<f64> {
    let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok()?;
    let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"))?;
    line.trim().split(' ').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{below, memory, read};

    #[test]
    fn descendants_are_found_whatever_their_names() {
        let all = [
            read(1, "1 (init) S 0 1").unwrap(),
            read(2, "2 (a) b (c)) S 1 2").unwrap(),
            read(3, "3 (leaf) S 2 2").unwrap(),
            read(4, "4 (other) S 1 4").unwrap(),
        ];
        assert_eq!(all[1].name, "a) b (c)");
        assert_eq!(below(&all, 2).iter().map(|process| process.pid).collect::<Vec<_>>(), [3]);
        assert_eq!(below(&all, 1).len(), 3);
    }

    #[test]
    fn a_child_is_weighed() {
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let found = memory().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(found.values().sum::<f64>() > 0.0, "{found:?}");
    }
}
