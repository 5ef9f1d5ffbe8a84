//! `roles.md`: what each role may do, as a table for people.

use std::path::Path;

use domain::permission::{Grants, Permission, Role};

const HEAD: &str = "# Roles

What each of the nine roles lets people do, as `src/permission/role.rs` says it. A club's own roles are made of the same permissions, at
`/admin/roles`. Any role can be given for some nights alone.

This file is written by `UPDATE_VECTORS=1 cargo test -p domain --test it`; the same test without it fails when the code says otherwise.

";

fn table() -> String {
    let heads: Vec<&str> = Role::ALL.into_iter().map(Role::code).collect();
    let mut table =
        format!("{HEAD}| permission | {} |\n|---|{}\n", heads.join(" | "), "---|".repeat(heads.len()));
    for permission in Permission::ALL {
        let marks: Vec<&str> =
            Role::ALL.into_iter().map(|role| if role.may(permission) { "yes" } else { "" }).collect();
        table += &format!("| `{}` | {} |\n", permission.code(), marks.join(" | "));
    }
    let needs: Vec<&str> = Role::ALL
        .into_iter()
        .map(|role| if Grants::from(role).needs_second_factor() { "yes" } else { "" })
        .collect();
    table += &format!("| *needs a second factor* | {} |\n", needs.join(" | "));
    let harmless: Vec<String> = Permission::ALL
        .into_iter()
        .filter(|permission| permission.is_harmless())
        .map(|permission| format!("`{}`", permission.code()))
        .collect();
    table += &format!("\nWho holds nothing but {} signs in without one.\n", harmless.join(" and "));
    table
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the switch that writes the table anew")]
fn the_table_for_people_says_what_the_code_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("roles.md");
    if std::env::var("UPDATE_VECTORS").is_ok() {
        std::fs::write(&path, table()).unwrap();
    }
    let stored = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        stored,
        table(),
        "run UPDATE_VECTORS=1 cargo test -p domain --test it, and look at what changed"
    );
}
