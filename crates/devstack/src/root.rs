//! Where things are on this machine: the repository, its installed parts, the binaries cargo built.

use std::path::{Path, PathBuf};

use crate::{Error, Result};

/// The repository this program was built from.
pub fn repository() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_path_buf()
}

/// The private folder of `make run`: cluster, keys, ports, logs, `demo.json`.
pub fn local() -> PathBuf {
    repository().join(".local")
}

/// A program of ours that cargo has built: beside this one, or one floor up when a test binary asks.
pub fn built(program: &str) -> Result<PathBuf> {
    let me = std::env::current_exe().map_err(|e| Error::io("find my own program file", e))?;
    let found = me.ancestors().skip(1).take(2).map(|folder| folder.join(program)).find(|file| file.is_file());
    found.ok_or_else(|| {
        Error::Missing(format!(
            "the program `{program}` is not built yet: run `cargo build --workspace` first"
        ))
    })
}

/// A server that `tools/bootstrap.sh` installs: in `.tools/bin`, or already on the `PATH`.
pub fn installed(program: &str) -> Result<PathBuf> {
    let own = repository().join(".tools/bin").join(program);
    if own.is_file() {
        return Ok(own);
    }
    on_path(program).ok_or_else(|| {
        Error::Missing(format!(
            "{program} is not installed: run `make run` once, or `tools/bootstrap.sh run`"
        ))
    })
}

/// The folder with `initdb` and `postgres`: Debian's newest, or whatever is on the `PATH`.
pub fn postgres_bin() -> Result<PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .filter(|(_, bin)| bin.join("initdb").is_file())
        .collect();
    versions.sort();
    let newest = versions.pop().map(|(_, bin)| bin);
    newest.or_else(|| on_path("initdb").and_then(|file| file.parent().map(Path::to_path_buf))).ok_or_else(
        || {
            Error::Missing(
                "PostgreSQL is not installed: run `make run` once, or install its server package".into(),
            )
        },
    )
}

#[expect(
    clippy::disallowed_methods,
    reason = "PATH and process environment belong to the machine, not to a service's settings"
)]
fn on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var("PATH").ok()?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}
