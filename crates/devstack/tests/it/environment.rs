//! `deploy/env/*.env.example` and what this machine's services are started with are the same variables.

use std::collections::BTreeSet;

use devstack::environment::{DatabaseUrls, Surroundings};
use devstack::keys::Keys;
use devstack::{Addresses, Service, root};

#[test]
fn every_variable_we_set_is_in_the_example_and_every_required_one_of_the_example_is_set() {
    for service in Service::ALL {
        let (required, optional) = example(service.program());
        let set: BTreeSet<String> =
            surroundings().of(service).unwrap().into_iter().map(|(name, _)| name).collect();
        let missing: Vec<_> = required.difference(&set).collect();
        assert!(missing.is_empty(), "{} is started without {missing:?}", service.program());
        let unknown: Vec<_> =
            set.iter().filter(|name| !required.contains(*name) && !optional.contains(*name)).collect();
        assert!(unknown.is_empty(), "the example of {} lacks {unknown:?}", service.program());
    }
}

#[test]
fn every_variable_of_an_example_has_a_line_that_says_what_it_is_for() {
    for program in ["purchase", "scanner", "marketing-admin"] {
        let text = read(program);
        let mut before = "";
        for line in text.lines() {
            if variable(line).is_some() {
                assert!(before.starts_with("# "), "{program}: nothing is said about {line}");
            }
            before = line;
        }
    }
}

#[test]
fn no_key_leaves_the_service_that_owns_it() {
    let around = surroundings();
    let holders = |name: &str| {
        let has = |service: &Service| around.of(*service).unwrap().iter().any(|(each, _)| each == name);
        Service::ALL.into_iter().filter(has).collect::<Vec<_>>()
    };
    assert_eq!(holders("TICKET_SIGNING_KEY"), [Service::Purchase]);
    assert_eq!(holders("STRIPE_SECRET_KEY"), [Service::Purchase]);
    assert_eq!(holders("ORDER_LINK_SECRET"), [Service::Purchase]);
    assert_eq!(holders("SETTLEMENT_SIGNING_KEY"), [Service::Purchase]);
    assert_eq!(holders("DOOR_MANIFEST_KEY"), [Service::Scanner]);
    assert_eq!(holders("DOOR_DOCUMENT_KEY"), [Service::Scanner]);
    assert_eq!(holders("SESSION_SIGNING_KEY"), [Service::MarketingAdmin]);
    assert_eq!(holders("ACCOUNT_KEYS"), [Service::MarketingAdmin]);
    assert_eq!(holders("RESEND_API_KEY"), [Service::MarketingAdmin]);
}

fn surroundings() -> Surroundings {
    let url = String::from("postgres://user:password@127.0.0.1:5432/maguey");
    Surroundings {
        environment: "test",
        addresses: Addresses::from_ports(8080, |_| Ok::<_, ()>(9000)).expect("a fixed port"),
        keys: Keys::generate().expect("random numbers"),
        database: DatabaseUrls {
            admin: url.clone(),
            marketing_admin: url.clone(),
            purchase: url.clone(),
            scanner: url,
        },
        nats: "127.0.0.1:4222".into(),
        otlp: None,
    }
}

/// The names of an example: required, and those with a default (commented out).
fn example(program: &str) -> (BTreeSet<String>, BTreeSet<String>) {
    let text = read(program);
    let (optional, required): (Vec<_>, Vec<_>) =
        text.lines().filter_map(variable).partition(|(_, optional)| *optional);
    let names = |list: Vec<(&str, bool)>| list.into_iter().map(|(name, _)| name.to_owned()).collect();
    (names(required), names(optional))
}

fn read(program: &str) -> String {
    let file = root::repository().join(format!("deploy/env/{program}.env.example"));
    std::fs::read_to_string(file).expect("every service has an example")
}

fn variable(line: &str) -> Option<(&str, bool)> {
    let (name, _) = line.trim_start_matches('#').split_once('=')?;
    let is_name =
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
    is_name.then(|| (name, line.starts_with('#')))
}
