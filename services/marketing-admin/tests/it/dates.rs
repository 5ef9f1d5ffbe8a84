//! Dates that no calendar and no night has: refused by their field, through the API and through the form, and nothing is stored.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::house::{House, body, event};
use crate::identity::field;

/// Whether an answer names this field as wrong.
fn names(answer: &Value, wrong: &str) -> bool {
    answer["errors"].as_array().is_some_and(|errors| errors.iter().any(|error| error["field"] == wrong))
}

#[tokio::test(flavor = "multi_thread")]
async fn dates_that_cannot_be_are_refused_by_their_field() {
    let house = House::open().await;
    let token = house.token("olga@club.test").await;
    let good = event("Agave");
    let rows = [
        ("ends_at", good["starts_at"].clone(), "invalid_time_range"),
        ("ends_at", json!("2001-01-01T00:00:00Z"), "invalid_time_range"),
        ("ends_at", json!("2099-01-01T00:00:00Z"), "invalid_time_range"),
        ("entry_until", json!("2001-01-01T00:00:00Z"), "invalid_time_range"),
        ("entry_from", json!("9999-12-31T23:59:59Z"), "out_of_range"),
        ("starts_at", json!("0001-01-01T00:00:00Z"), "out_of_range"),
        ("ticket_types[0].sale_until", json!("9999-12-31T23:59:59Z"), "out_of_range"),
    ];
    for (wrong, value, code) in rows {
        let mut night = good.clone();
        match wrong.strip_prefix("ticket_types[0].") {
            Some(inner) => night["ticket_types"][0][inner] = value.clone(),
            None => night[wrong] = value.clone(),
        }
        let answer = house.post("/api/v1/events", &token, night).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{wrong}: {value}");
        let answer = body(answer).await;
        let errors = answer["errors"].as_array().expect("each fault by its field");
        let found = errors.iter().any(|error| error["field"] == wrong && error["code"] == code);
        assert!(found, "{wrong}: {value}: {answer}");
    }
    for nonsense in [
        json!("2026-02-30T22:00:00Z"),
        json!("2026-13-01T22:00:00Z"),
        json!("2026-06-01T25:00:00Z"),
        json!("2026-06-01"),
        json!("tomorrow"),
        json!(""),
        json!("+99999999999-06-01T22:00:00Z"),
        json!(1_780_000_000),
        json!(-1),
        json!({"year": 2026}),
        Value::Null,
    ] {
        let mut night = good.clone();
        night["starts_at"] = nonsense.clone();
        let answer = house.post("/api/v1/events", &token, night).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{nonsense}");
        let answer = body(answer).await;
        assert!(names(&answer, "starts_at"), "{nonsense}: {answer}");
    }
    assert_eq!(house.count("SELECT count(*) FROM events").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_zone_that_is_nowhere_is_refused() {
    let house = House::open().await;
    let token = house.token("olga@club.test").await;
    for zone in ["Mars/Olympus", "", "+02:00", "europe/madrid ", "../../etc/passwd"] {
        let venue = json!({"name": "Elsewhere", "address": "", "time_zone": zone});
        let answer = house.post("/api/v1/venues", &token, venue).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{zone}");
        let answer = body(answer).await;
        assert!(names(&answer, "time_zone"), "{zone}: {answer}");
    }
    assert_eq!(house.count("SELECT count(*) FROM venues").await, 1, "the house's own");
}

/// Half past two in the night in which the clocks go forward is no time; in the night in which they go back it comes twice, and
/// the first is meant.
#[tokio::test(flavor = "multi_thread")]
async fn an_hour_that_the_clocks_skip_is_no_time_and_one_that_comes_twice_is_the_first() {
    let house = House::open().await;
    let cookie = house.cookie("olga@club.test").await;
    let page = house.page("/admin/events/new", &cookie).await.text().await.expect("a page");
    let csrf = field(&page, "csrf");
    let form = |starts: &'static str, ends: &'static str| {
        [
            ("csrf", csrf.as_str()),
            ("title", "Clocks"),
            ("starts_at", starts),
            ("ends_at", ends),
            ("currency", "EUR"),
            ("fee.fixed_minor", "0,50"),
            ("zones[0].name", "Club"),
            ("ticket_types[0].name", "General"),
            ("ticket_types[0].price", "12.50"),
            ("ticket_types[0].capacity", "250"),
        ]
    };
    // 2030: forward on 31 March, back on 27 October.
    let skipped = house.submit("/admin/events", &cookie, &form("2030-03-31T02:30", "2030-03-31T09:00")).await;
    assert_eq!(skipped.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let again = skipped.text().await.expect("a page");
    assert!(again.contains("starts_at-error") && again.contains("2030-03-31T02:30"), "{again}");
    assert_eq!(house.count("SELECT count(*) FROM events").await, 0);

    let twice = house.submit("/admin/events", &cookie, &form("2030-10-27T02:30", "2030-10-27T09:00")).await;
    assert_eq!(twice.status(), StatusCode::SEE_OTHER, "{}", twice.text().await.unwrap_or_default());
    let first = "SELECT count(*) FROM events WHERE starts_at = '2030-10-27 00:30:00+00' AND ends_at = '2030-10-27 08:00:00+00'";
    assert_eq!(house.count(first).await, 1, "02:30 is still summer time, 09:00 is not");
}
