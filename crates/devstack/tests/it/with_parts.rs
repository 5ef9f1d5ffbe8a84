//! `devstack with-parts`.

use std::process::Command;

#[test]
fn the_command_finds_its_parts_and_its_exit_code_is_passed_on() {
    let script = "test -x \"$MAGUEY_TEST_NATS_BIN\" && test -x \"$MAGUEY_TEST_ENVOY_BIN\" && psql -XAtqc 'select 40 + 2' \"$MAGUEY_TEST_POSTGRES\" && exit 7";
    let run = Command::new(env!("CARGO_BIN_EXE_devstack"))
        .args(["with-parts", "--", "sh", "-c", script])
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&run.stdout).trim(), "42", "{}", String::from_utf8_lossy(&run.stderr));
    assert_eq!(run.status.code(), Some(7));
}

#[test]
fn a_command_that_is_not_there_is_one_clear_sentence() {
    let run = Command::new(env!("CARGO_BIN_EXE_devstack"))
        .args(["with-parts", "--", "no-such-program"])
        .output()
        .unwrap();
    assert_eq!(run.status.code(), Some(1));
    let said = String::from_utf8_lossy(&run.stderr);
    assert!(said.starts_with("maguey: could not run no-such-program") && said.lines().count() == 1, "{said}");
}
