//! Random passwords, and files that only their owner may read.

use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use crate::{Error, Result};

/// `length` random bytes.
pub fn bytes<const LENGTH: usize>() -> Result<[u8; LENGTH]> {
    let mut bytes = [0; LENGTH];
    getrandom::fill(&mut bytes).map_err(|e| Error::Io(format!("the system has no random numbers: {e}")))?;
    Ok(bytes)
}

/// A random password of letters alone (about 112 bits): fits into a URL and into a NATS file without quoting.
pub fn password() -> Result<String> {
    const LETTERS: &[u8; 32] = b"abcdefghijkmnopqrstuvwxyzABCDEFG";
    Ok(bytes::<24>()?.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect())
}

/// Creates a folder that only its owner may enter.
pub fn folder(path: &Path) -> Result<()> {
    let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.map_err(|e| Error::io(&format!("create {}", path.display()), e))
}

/// Writes a file that only its owner may read, in one step: readers see the old text or the new, never half.
pub fn file(path: &Path, text: &[u8]) -> Result<()> {
    let doing = format!("write {}", path.display());
    let draft = path.with_extension("new");
    let _ = std::fs::remove_file(&draft);
    let opened = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft);
    let mut out = opened.map_err(|e| Error::io(&doing, e))?;
    out.write_all(text).and_then(|()| out.sync_all()).map_err(|e| Error::io(&doing, e))?;
    std::fs::rename(&draft, path).map_err(|e| Error::io(&doing, e))
}
