//! Free ports, and the ones `make run` remembers so that bookmarks and running tabs keep working.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;

use crate::{Error, Result};

/// A port that nobody listens on right now. Also one that the kernel will not hand out at random to an outgoing
/// connection in the meantime, which would be a rare and puzzling failure.
pub fn free() -> Result<u16> {
    let listener =
        TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(|e| Error::io("find a free port", e))?;
    let address = listener.local_addr().map_err(|e| Error::io("find a free port", e))?;
    Ok(address.port())
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
