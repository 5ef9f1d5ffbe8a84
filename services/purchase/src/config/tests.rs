//! What of the environment is refused, and why.

use super::*;

#[test]
fn all_faults_are_named_at_once_and_production_takes_only_stripe() {
    let mut reader = Reader::from_pairs([
        ("MAGUEY_ENV", "production"),
        ("STRIPE_API_BASE_URL", "http://127.0.0.1:4010"),
        ("TICKET_SIGNING_KEY", "1:AAAA"),
        ("ORDER_LINK_SECRET", "short"),
        ("HOLD_MINUTES", "0"),
        ("STRIPE_STATEMENT_PREFIX", "THE*CLUB"),
    ]);
    let config = Config::read(&mut reader);
    let faults = reader.finish(config).expect_err("incomplete");
    let names: Vec<_> = faults.names().collect();
    for name in [
        "STRIPE_API_BASE_URL",
        "TICKET_SIGNING_KEY",
        "ORDER_LINK_SECRET",
        "HOLD_MINUTES",
        "DATABASE_URL",
        "STRIPE_SECRET_KEY",
        "STRIPE_STATEMENT_PREFIX",
    ] {
        assert!(names.contains(&name), "{name} in {names:?}");
    }
}

#[test]
fn what_is_sold_for_test_money_is_signed_by_a_test_key() {
    let named = |env: &str, mode: &str, stripe: &str, id: u8| {
        let seed = "CQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk=";
        let mut reader = Reader::from_pairs([
            ("MAGUEY_ENV", env.to_owned()),
            ("MAGUEY_MODE", mode.to_owned()),
            ("STRIPE_SECRET_KEY", stripe.to_owned()),
            ("TICKET_SIGNING_KEY", format!("{id}:{seed}")),
        ]);
        let keys = (stripe_key(&mut reader), ticket_key(&mut reader));
        reader.finish(keys).map_or_else(|faults| faults.names().collect::<Vec<_>>(), |_| Vec::new())
    };
    assert_eq!(named("production", "", "sk_live_a", 1), [""; 0]);
    assert_eq!(named("production", "test", "rk_test_a", 128), [""; 0]);
    assert_eq!(named("local", "", "sk_test_a", 129), [""; 0]);
    assert_eq!(named("production", "", "sk_test_a", 1), ["STRIPE_SECRET_KEY"]);
    assert_eq!(named("local", "", "sk_live_a", 129), ["STRIPE_SECRET_KEY"]);
    assert_eq!(named("production", "", "sk_live_a", 128), ["TICKET_SIGNING_KEY"]);
    assert_eq!(named("production", "test", "sk_test_a", 1), ["TICKET_SIGNING_KEY"]);
}

#[test]
fn a_hold_ends_before_its_payment_session() {
    let read = |value: &str| {
        let mut reader = Reader::from_pairs([("HOLD_MINUTES", value)]);
        let hold = minutes(&mut reader, "HOLD_MINUTES", 15, "");
        reader.finish(hold).map_err(|faults| faults.names().count())
    };
    assert_eq!(read("40"), Ok(TimeDelta::minutes(40)));
    assert!(read("40").is_ok_and(|hold| hold < crate::SESSION));
    assert_eq!(read("41"), Err(1));
}

#[test]
fn the_payment_pages_origin_follows_the_api() {
    assert_eq!(usual_origins("https://api.stripe.com/"), ["https://checkout.stripe.com"]);
    assert_eq!(usual_origins("http://127.0.0.1:4010/stripe"), ["http://127.0.0.1:4010"]);
}
