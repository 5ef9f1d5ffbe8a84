//! The state file: read at start, written whole and atomically a moment after each change.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;

use crate::books::Books;
use crate::house::House;

/// Changes within this time are written together.
const DEBOUNCE: Duration = Duration::from_millis(150);

/// Reads the state, or starts with none. A file that does not parse is an error: it holds somebody's payments.
pub fn read(path: &Path) -> anyhow::Result<Books> {
    match fs::read(path) {
        Ok(bytes) => {
            let books: Books = serde_json::from_slice(&bytes).with_context(|| {
                format!("{} is not a state file of this sandbox; delete it to start anew", path.display())
            })?;
            Ok(books.reopened())
        }
        Err(fault) if fault.kind() == std::io::ErrorKind::NotFound => Ok(Books::default()),
        Err(fault) => Err(fault).with_context(|| format!("cannot read {}", path.display())),
    }
}

/// Replaces the file in one step, so that a crash leaves either the old or the new state.
pub fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let fresh = path.with_extension("tmp");
    let mut file = fs::File::create(&fresh)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&fresh, path)
}

/// Saves after each change until the sandbox stops, and once more then.
pub async fn keep_saved(house: Arc<House>, path: PathBuf) {
    loop {
        let stopping = tokio::select! {
            () = house.stop.cancelled() => true,
            () = house.changed.notified() => false,
        };
        if !stopping {
            // Waits for company, not for luck: changes that come meanwhile share the write.
            tokio::select! {
                () = house.stop.cancelled() => {}
                () = crate::pause(DEBOUNCE) => {}
            }
        }
        save(&house, &path).await;
        if stopping {
            return;
        }
    }
}

async fn save(house: &House, path: &Path) {
    let bytes = match house.look(serde_json::to_vec) {
        Ok(bytes) => bytes,
        Err(fault) => return tracing::error!(%fault, "the state cannot be written as JSON"),
    };
    let target = path.to_owned();
    match tokio::task::spawn_blocking(move || write(&target, &bytes)).await {
        Ok(Ok(())) => {}
        Ok(Err(fault)) => tracing::error!(%fault, path = %path.display(), "the state was not saved"),
        Err(fault) => tracing::error!(%fault, "the saving task died"),
    }
}
