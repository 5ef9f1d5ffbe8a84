//! What the door's twin in JavaScript is held to: cases with the answers that this crate gives, in `vectors/`.
//!
//! The files are written anew by `UPDATE_VECTORS=1 cargo test -p domain --test it`, and without it they have to say what the
//! crate says. A test in Chromium (`crates/e2e/tests/it/twin.rs`) runs the twin on the same files.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail loudly")]

mod admissions;
mod codes;
mod roles;

use serde_json::{Map, Value};
use std::path::Path;

/// Compares a file of cases with what the crate says, or writes it. The tables go first, then one case per line.
#[expect(clippy::disallowed_methods, reason = "the switch that writes the cases anew")]
fn hold_to(file: &str, tables: Map<String, Value>, cases: Vec<Value>) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors").join(file);
    if std::env::var("UPDATE_VECTORS").is_ok() {
        std::fs::write(&path, text(&tables, &cases)).unwrap();
    }
    let again = "run UPDATE_VECTORS=1 cargo test -p domain --test it, and look at what changed";
    let stored: Value =
        serde_json::from_str(&std::fs::read_to_string(&path).unwrap_or_else(|_| "{}".into())).unwrap();
    let stored_cases = stored["cases"].as_array().cloned().unwrap_or_default();
    for (stored, now) in stored_cases.iter().zip(&cases) {
        assert_eq!(stored, now, "{file}: {again}");
    }
    assert_eq!(stored_cases.len(), cases.len(), "{file}: {again}");
    for (name, table) in &tables {
        assert_eq!(&stored[name], table, "{name} in {file}: {again}");
    }
}

fn text(tables: &Map<String, Value>, cases: &[Value]) -> String {
    let tables: Vec<String> = tables.iter().map(|(name, table)| format!("\"{name}\": {table}")).collect();
    let cases: Vec<String> = cases.iter().map(Value::to_string).collect();
    format!("{{\n{},\n\"cases\": [\n{}\n]}}\n", tables.join(",\n"), cases.join(",\n"))
}
