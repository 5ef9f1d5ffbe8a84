//! Embeds `/migrations`: a list of (name, up, down) per owner, and a fingerprint of them all.

use std::collections::hash_map::DefaultHasher;
use std::fmt::Write as _;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::{env, fs};

const OWNERS: [&str; 3] = ["purchase", "scanner", "marketing_admin"];

fn main() {
    let root = PathBuf::from(variable("CARGO_MANIFEST_DIR")).join("../../migrations");
    println!("cargo:rerun-if-changed={}", root.display());
    println!("cargo:rerun-if-changed=build.rs");

    let mut hasher = DefaultHasher::new();
    let bootstrap = read(&root.join("bootstrap.sql"));
    bootstrap.hash(&mut hasher);

    let mut code = format!("pub(crate) const BOOTSTRAP: &str = {bootstrap:?};\n");
    for owner in OWNERS {
        let _ = writeln!(code, "pub(crate) const {}: &[Step] = &[", owner.to_uppercase());
        for folder in folders(&root.join(owner)) {
            let name =
                folder.file_name().and_then(|n| n.to_str()).expect("migrations have plain names").to_owned();
            let (up, down) = (read(&folder.join("up.sql")), read(&folder.join("down.sql")));
            let alone = fs::read_to_string(folder.join("metadata.toml"))
                .is_ok_and(|toml| toml.replace(' ', "").contains("run_in_transaction=false"));
            (owner, &name, &up, &down, alone).hash(&mut hasher);
            let _ = writeln!(
                code,
                "    Step {{ name: {name:?}, up: {up:?}, down: {down:?}, in_transaction: {} }},",
                !alone
            );
        }
        code.push_str("];\n");
    }
    let _ = writeln!(
        code,
        "/// Changes whenever any migration does.\npub const FINGERPRINT: &str = \"{:016x}\";",
        hasher.finish()
    );
    fs::write(Path::new(&variable("OUT_DIR")).join("embedded.rs"), code).expect("OUT_DIR is writable");
}

fn folders(owner: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = fs::read_dir(owner)
        .unwrap_or_else(|e| panic!("{}: {e}", owner.display()))
        .flatten()
        .map(|entry| entry.path())
        // A folder without up.sql is one that somebody is about to fill.
        .filter(|path| path.join("up.sql").exists())
        .collect();
    found.sort();
    found
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

#[expect(clippy::disallowed_methods, reason = "a build script is told everything by its environment")]
fn variable(name: &str) -> String {
    env::var(name).unwrap_or_else(|e| panic!("{name}: {e}"))
}
