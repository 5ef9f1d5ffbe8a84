//! Is each test that `docs/security.md` names there? A row that says nothing of its test fails, and so does a name of none.

use std::path::{Path, PathBuf};

/// Where a test is that is named without its file.
const USUAL: &str = "services/marketing-admin/tests/it";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Whether a name, as `module::name` or `path/of/a/file.rs::name`, is one of a test.
fn is_there(named: &str) -> bool {
    let Some((place, name)) = named.rsplit_once("::") else { return false };
    let file = if place.contains('/') {
        root().join(place)
    } else {
        root().join(USUAL).join(place.replace("::", "/") + ".rs")
    };
    std::fs::read_to_string(file).is_ok_and(|text| text.contains(&format!("fn {name}(")))
}

/// What stands in quotes of code in a cell.
fn quoted(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

#[test]
fn each_row_of_the_security_tables_names_tests_that_are_there() {
    let text = std::fs::read_to_string(root().join("docs/security.md")).expect("the page");
    let (mut proven, mut rows, mut wrong) = (false, 0, Vec::new());
    for line in text.lines() {
        let Some(cells) = line.strip_prefix("| ").and_then(|line| line.strip_suffix(" |")) else {
            // A table ends, and the next one may be about something else.
            proven &= line.starts_with('|');
            continue;
        };
        let last = cells.rsplit(" | ").next().unwrap_or_default();
        if last == "test" {
            proven = true;
            continue;
        }
        if !proven {
            continue;
        }
        rows += 1;
        let names = quoted(last);
        if names.is_empty() && last != "–" {
            wrong.push(format!("no test: {line}"));
        }
        wrong.extend(
            names.into_iter().filter(|name| !is_there(name)).map(|name| format!("not there: {name}")),
        );
    }
    assert!(rows > 50, "the tables are read: {rows}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_test_that_is_not_there_is_noticed() {
    assert!(is_there("crates/e2e/tests/it/proven.rs::a_test_that_is_not_there_is_noticed"), "the control");
    assert!(is_there("limits::who_waits_as_long_as_told_is_let_through"), "the control");
    assert!(!is_there("limits::somebody_is_let_through"));
    assert!(!is_there("nowhere::who_waits_as_long_as_told_is_let_through"));
    assert!(!is_there("crates/e2e/tests/it/proven.rs"));
}
