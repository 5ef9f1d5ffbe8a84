//! The interface as it is described, and the environment as it is listed.

use domain::ticket_code::KeyRing;
use ed25519_dalek::SigningKey;
use serde_json::Value;

use crate::house::House;

#[tokio::test(flavor = "multi_thread")]
async fn the_description_lists_every_route_for_programs() {
    let house = House::open().await;
    let description: Value =
        house.http.get(house.url("/api/openapi.json")).send().await.unwrap().json().await.unwrap();
    for row in web::routes::table(scanner::routes::public) {
        if row.path.starts_with("/api/v1/") {
            let method = row.method.as_str().to_lowercase();
            assert!(description["paths"][&row.path][&method].is_object(), "{method} {}", row.path);
        }
    }
    // A phone, and a conflict, are told of in two ways: of two types of one name the description would know one.
    for (schema, field) in [
        ("DeviceView", "gate_name"),
        ("LiveDevice", "data_is_old"),
        ("DeviceState", "enrolled_at"),
        ("LiveDeviceState", "silent"),
        ("ConflictView", "closed_by"),
        ("LiveConflict", "second"),
    ] {
        let told = description["components"]["schemas"][schema].to_string();
        assert!(told.contains(&format!("\"{field}\"")), "{field} of {schema}: {told}");
    }
}

#[test]
fn every_missing_variable_is_named_at_once() {
    let mut reader = settings::Reader::from_pairs([("MAGUEY_ENV", "local")]);
    let config = scanner::Config::read(&mut reader);
    let faults = reader.finish(config).expect_err("nearly everything is missing");
    let names: Vec<_> = faults.names().collect();
    for name in [
        "DATABASE_URL",
        "NATS_URL",
        "TICKET_PUBLIC_KEYS",
        "DOOR_MANIFEST_KEY",
        "PURCHASE_INTERNAL_URL",
        "PUBLIC_URL_SCANNER",
    ] {
        assert!(names.contains(&name), "{name} in {names:?}");
    }
}

#[test]
fn the_example_environment_lists_what_is_read() {
    let example = include_str!("../../../../deploy/env/scanner.env.example");
    let mut reader = settings::Reader::from_pairs([("MAGUEY_ENV", "local")]);
    telemetry::TelemetrySettings::read(&mut reader);
    let _ = scanner::Config::read(&mut reader);
    assert_eq!(settings::example::differences(example, &reader), [""; 0]);
}

#[test]
fn a_door_holds_keys_of_its_own_mode_alone() {
    let key = |id: u8| KeyRing::new([(id, SigningKey::from_bytes(&[7; 32]).verifying_key())]).to_string();
    let refused = |place: &str, mode: &str, keys: String| {
        let mut reader = settings::Reader::from_pairs([
            ("MAGUEY_ENV", place.to_owned()),
            ("MAGUEY_MODE", mode.to_owned()),
            ("TICKET_PUBLIC_KEYS", keys),
        ]);
        let config = scanner::Config::read(&mut reader);
        let faults = reader.finish(config).expect_err("much is missing");
        faults.names().any(|name| name == "TICKET_PUBLIC_KEYS")
    };
    assert!(!refused("production", "", key(1)));
    assert!(refused("production", "", key(129)));
    assert!(refused("production", "", format!("{},{}", key(1), key(129))));
    assert!(!refused("production", "test", key(129)));
    assert!(refused("local", "", key(1)));
}
