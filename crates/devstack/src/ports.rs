//! Free ports, and the ones `make run` remembers so that bookmarks and running tabs keep working.

use std::collections::BTreeMap;
use std::fs::File;
use std::net::{Ipv4Addr, TcpListener};
use std::ops::Range;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use crate::{Error, Result, secret};

/// Below the range from which the kernel takes ports for outgoing connections: nobody gets one of these by chance.
const RANGE: Range<u16> = 20_000..32_000;
const COUNT: u16 = RANGE.end - RANGE.start;

/// The claims of this process: each an open, locked file, so that they end with the process, however it ends.
static CLAIMS: Mutex<Vec<File>> = Mutex::new(Vec::new());

/// A port that nobody listens on, and that no other test process of this machine will be given while this one lives.
///
/// Asking the kernel for "any free port" and letting it go again is not enough: two that do so at once are told the same one.
pub fn free() -> Result<u16> {
    // A folder per user: another's would be closed to us.
    let user = std::fs::metadata("/proc/self").map(|me| me.uid()).unwrap_or_default();
    let claims = std::env::temp_dir().join(format!("maguey-ports-{user}"));
    std::fs::create_dir_all(&claims).map_err(|e| Error::io("create a folder for claimed ports", e))?;
    let start = u16::from_le_bytes(secret::bytes::<2>()?) % COUNT;
    claim(&claims, (0..COUNT).map(|step| RANGE.start + (start + step) % COUNT))
        .ok_or_else(|| Error::Refused("no port between 20000 and 32000 is free on this machine".into()))
}

/// The first of `candidates` that is neither claimed nor taken, claimed for as long as this process lives.
fn claim(claims: &Path, mut candidates: impl Iterator<Item = u16>) -> Option<u16> {
    candidates.find(|port| {
        let Ok(claim) = File::create(claims.join(port.to_string())) else { return false };
        let ours = claim.try_lock().is_ok() && is_free(*port);
        if ours {
            CLAIMS.lock().unwrap_or_else(PoisonError::into_inner).push(claim);
        }
        ours
    })
}

/// Whether we could listen on `port` of this machine.
pub fn is_free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}

/// Fails with a sentence that names `port` and what it is for, when it is taken.
pub fn require_free(port: u16, what: &str) -> Result<()> {
    if is_free(port) { Ok(()) } else { Err(Error::PortBusy { port, what: what.to_owned() }) }
}

/// Ports by name, kept in a file; a port taken by somebody else meanwhile is replaced by a free one.
#[derive(Debug)]
pub struct Remembered(BTreeMap<String, u16>);

impl Remembered {
    /// The ports for `names`, from `file` where they are still free, and written back.
    pub fn load(file: &Path, names: &[&str]) -> Result<Self> {
        let known: BTreeMap<String, u16> = std::fs::read(file)
            .ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default();
        let mut ports = BTreeMap::new();
        for name in names {
            let kept = known.get(*name).copied().filter(|port| is_free(*port));
            ports.insert((*name).to_owned(), kept.map_or_else(free, Ok)?);
        }
        let text = serde_json::to_vec_pretty(&ports).map_err(|e| Error::Io(e.to_string()))?;
        std::fs::write(file, text).map_err(|e| Error::io("remember the ports", e))?;
        Ok(Self(ports))
    }

    /// The port of `name`, one of those asked for.
    pub fn of(&self, name: &str) -> u16 {
        self.0.get(name).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    /// How many different ports eight get who ask 20 times each, side by side.
    fn different(ask: impl Fn() -> u16 + Sync) -> usize {
        let asked = || (0..20).map(|_| ask()).collect::<Vec<_>>();
        let ports: HashSet<u16> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(asked)).collect();
            threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
        });
        ports.len()
    }

    #[test]
    fn many_who_ask_at_once_each_get_a_port_of_their_own() {
        assert_eq!(different(|| free().unwrap()), 160);
        // Also where all try the same ones in the same order.
        let claims = tempfile::tempdir().unwrap();
        assert_eq!(different(|| claim(claims.path(), RANGE).unwrap()), 160);
        assert!(different(|| RANGE.clone().find(|port| is_free(*port)).unwrap()) < 160, "without a claim");
    }

    #[test]
    fn a_taken_port_is_named_with_what_it_is_for() {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, free().unwrap())).unwrap();
        let port = taken.local_addr().unwrap().port();
        let error = require_free(port, "the three sites").unwrap_err().to_string();
        assert!(error.contains(&port.to_string()) && error.contains("the three sites"), "{error}");
    }

    #[test]
    fn ports_are_remembered_until_somebody_else_takes_them() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("ports.json");
        let first = Remembered::load(&file, &["sandbox"]).unwrap().of("sandbox");
        assert_eq!(Remembered::load(&file, &["sandbox"]).unwrap().of("sandbox"), first);
        let _somebody = TcpListener::bind((Ipv4Addr::LOCALHOST, first)).unwrap();
        assert_ne!(Remembered::load(&file, &["sandbox"]).unwrap().of("sandbox"), first);
    }
}
