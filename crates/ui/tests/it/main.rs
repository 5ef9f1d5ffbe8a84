//! What holds for every page: texts, contrast, assets, pictures, formats.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail loudly")]

mod assets;
mod formats;
mod pages;
mod pictures;
mod texts;
mod tokens;

use std::path::{Path, PathBuf};

/// Every file below a folder; none if the folder is missing.
fn files_below(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut files = Vec::new();
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            files.extend(files_below(&path));
        } else {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// This crate's folder.
fn here() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Page templates of this crate and of every service, with their text.
fn page_templates() -> Vec<(PathBuf, String)> {
    let mut folders = vec![here().join("templates")];
    let services = std::fs::read_dir(here().join("../../services")).into_iter().flatten().flatten();
    folders.extend(services.map(|service| service.path().join("templates")));
    let files = folders.iter().flat_map(|folder| files_below(folder));
    files
        .filter(|path| path.extension().is_some_and(|extension| extension == "html"))
        .map(|path| {
            let text = std::fs::read_to_string(&path).unwrap();
            (path, text)
        })
        .collect()
}
