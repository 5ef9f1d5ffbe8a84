//! What is written about the service and must stay true.

#[test]
fn the_example_environment_lists_what_is_read() {
    let example = include_str!("../../../../deploy/env/purchase.env.example");
    let mut reader = settings::Reader::from_pairs([("MAGUEY_ENV", "local")]);
    telemetry::TelemetrySettings::read(&mut reader);
    let _ = purchase::Config::read(&mut reader);
    assert_eq!(settings::example::differences(example, &reader), [""; 0]);
}
