//! `docs/proofs.md`: what was killed where, and what held. Made from the points in the code and from the tests that die there, so that
//! no point can come without a proof and no proof can go unnoticed.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

const HEAD: &str = "# What was killed, and what held

Made from the code and its tests; `PROOFS=write cargo test -p settings proofs` writes it anew. A test fails while a point, or a test that
dies there, is missing here, and while a point has no such test.

Each point is a place in the code at which a test has the process abort itself, as `kill -9` would: no destructor runs, no answer is
sent, no transaction ends (`crates/settings/src/crash.rs`). The process is then started again, the guest, the doorman or the owner does
what people do (tries again, comes back), and everything listed at the end of this page must hold.

Orders of events are a matter of their own: `services/purchase/tests/it/out_of_order.rs` tells each order of Stripe's events about a
payment and its refund, `disputes_order.rs` those about a dispute.

## Points

| point | what dies | tests |
|---|---|---|
";

const ANEW: &str = "PROOFS=write cargo test -p settings proofs";

struct Proof {
    file: String,
    name: String,
    told: String,
    points: Vec<String>,
}

impl Proof {
    fn words(&self) -> String {
        let name = self.name.replace('_', " ");
        if self.told.is_empty() { name } else { format!("{name}: {}", self.told) }
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).expect("a file of the repository")
}

/// The Rust files below a folder, sorted by name.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder of the repository");
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    let mut all = Vec::new();
    for path in paths {
        if path.is_dir() {
            all.extend(sources(&path));
        } else if path.extension().is_some_and(|end| end == "rs") {
            all.push(path);
        }
    }
    all
}

/// The points at which the services can die.
fn in_the_code() -> BTreeSet<String> {
    let mut points = BTreeSet::new();
    for folder in ["services", "crates"] {
        for path in sources(&root().join(folder)) {
            for call in read(&path).split("crash::point(\"").skip(1) {
                points.insert(call.split('"').next().unwrap_or_default().to_owned());
            }
        }
    }
    points
}

/// The points as they are told of: name and place, in their order.
fn told() -> Vec<(String, String)> {
    let rows = include_str!("../crash.rs").lines().filter_map(|line| line.strip_prefix("//! | "));
    let cells = rows.filter_map(|row| row.trim_end_matches(" |").split_once(" | "));
    cells.filter(|(point, _)| *point != "point").map(|(a, b)| (a.to_owned(), b.to_owned())).collect()
}

/// The tests of faults, each with the points that it names.
fn proofs(points: &[(String, String)]) -> Vec<Proof> {
    let mut all: Vec<Proof> = Vec::new();
    for path in sources(&root().join("crates/e2e/tests/it/faults")) {
        let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let (mut docs, mut marked, mut inside) = (Vec::new(), false, false);
        for line in read(&path).lines() {
            if let Some(doc) = line.strip_prefix("/// ") {
                docs.push(doc.to_owned());
            } else if line.starts_with("#[tokio::test") {
                marked = true;
            } else if let (true, Some(name)) = (marked, line.strip_prefix("async fn ")) {
                let name = name.split('(').next().unwrap_or_default().to_owned();
                let told = std::mem::take(&mut docs).join(" ");
                all.push(Proof { file: file.clone(), name, told, points: Vec::new() });
                (marked, inside) = (false, true);
            } else if !line.is_empty() && !line.starts_with([' ', '#']) {
                docs.clear();
                (marked, inside) = (false, false);
            } else if let (true, Some(proof)) = (inside, all.last_mut()) {
                let named = points.iter().filter(|(point, _)| line.contains(&format!("\"{point}\"")));
                proof.points.extend(named.map(|(point, _)| point.clone()));
            }
        }
    }
    all
}

/// What the audit asks, in its words.
fn checks() -> Vec<String> {
    let mut all = Vec::new();
    for path in sources(&root().join("crates/e2e/src/audit")) {
        let text = read(&path);
        let mut lines = text.lines().map(str::trim).filter(|line| !line.starts_with("//"));
        while let Some(line) = lines.next() {
            let Some(rest) = line.strip_prefix("check(") else { continue };
            // The name stands on the same line or on the next.
            let quoted = if rest.is_empty() { lines.next().unwrap_or_default() } else { rest };
            let name = quoted.strip_prefix('"').and_then(|text| text.split_once("\",")).map(|(name, _)| name);
            all.extend(name.map(str::to_owned));
        }
    }
    all
}

fn page() -> String {
    let points = told();
    let proofs = proofs(&points);
    let mut page = HEAD.to_owned();
    let mut line = |text: String| writeln!(page, "{text}").expect("a text grows");
    for (point, place) in &points {
        let tests: Vec<String> = proofs
            .iter()
            .filter(|proof| proof.points.contains(point))
            .map(|proof| format!("`{}`: {}", proof.file, proof.words()))
            .collect();
        line(format!("| {point} | {place} | {} |", tests.join("<br>")));
    }
    line("\n## Faults without a point\n".to_owned());
    for proof in proofs.iter().filter(|proof| proof.points.is_empty()) {
        line(format!("- `{}`: {}", proof.file, proof.words()));
    }
    line("\n## What holds after each\n".to_owned());
    for check in checks() {
        line(format!("- {check}"));
    }
    page
}

#[test]
fn every_point_of_the_code_is_told_of_and_has_a_test_that_dies_there() {
    let points = told();
    let names: BTreeSet<String> = points.iter().map(|(point, _)| point.clone()).collect();
    assert_eq!(in_the_code(), names, "the points of the code, and those of the table in crash.rs");
    let proved: BTreeSet<String> = proofs(&points).into_iter().flat_map(|proof| proof.points).collect();
    assert_eq!(proved, names, "the points at which a test dies, and those that there are");
    assert!(checks().len() > 40, "the audit was not found");
}

#[test]
fn the_page_of_proofs_says_what_the_tests_do() {
    let path = root().join("docs/proofs.md");
    if std::env::var_os("PROOFS").is_some() {
        std::fs::write(&path, page()).expect("docs/proofs.md is written");
    }
    let published = read(&path);
    let points = told();
    for (point, place) in &points {
        let start = format!("| {point} | {place} | ");
        let row = published.lines().find(|line| line.starts_with(&start));
        let row = row.unwrap_or_else(|| panic!("docs/proofs.md has no row for {point}: {ANEW}"));
        for proof in proofs(&points).iter().filter(|proof| proof.points.contains(point)) {
            let name = proof.name.replace('_', " ");
            assert!(row.contains(&name), "docs/proofs.md does not say of {point}: {name}: {ANEW}");
        }
    }
    let rows = published.lines().filter(|line| line.starts_with("| ")).count();
    assert_eq!(rows, points.len() + 1, "docs/proofs.md tells of points that are gone: {ANEW}");
}
