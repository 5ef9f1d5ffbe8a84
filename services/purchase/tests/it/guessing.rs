//! Codes are not to be fished for, and who has a good one never notices.

use messages::marketing_admin::v1::promo_changed::Off;
use messages::marketing_admin::v1::{EventVisibility, PromoChanged};
use reqwest::Response;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::stage::{PUBLIC_URL, Stage};

const GUESSER: &str = "192.0.2.66";
const GUEST: &str = "198.51.100.7";

/// Asks from an address, as the gateway tells it.
async fn get(stage: &Stage, from: &str, path: &str) -> Response {
    let request = stage.http.get(stage.url(path)).header("x-envoy-external-address", from);
    request.send().await.expect("an answer")
}

async fn post(stage: &Stage, from: &str, path: &str, body: Value) -> (u16, Value) {
    let request = stage.http.post(stage.url(path)).header("x-envoy-external-address", from);
    let request = request.header("idempotency-key", Uuid::now_v7().to_string()).json(&body);
    let answer = request.send().await.expect("an answer");
    (answer.status().as_u16(), answer.json().await.expect("JSON"))
}

#[tokio::test(flavor = "multi_thread")]
async fn access_codes_are_found_by_nobody_who_only_tries() {
    let stage = Stage::open().await;
    let mut event = stage.event.clone();
    (event.revision, event.slug) = (2, "members".into());
    (event.visibility, event.access_code) = (EventVisibility::Private.into(), "deck".into());
    stage.publish(&event).await;
    for guess in 0..10 {
        let room = if guess % 2 == 0 { "/e" } else { "/api/v1/events" };
        let answer = get(&stage, GUESSER, &format!("{room}/members?code=guess-{guess}")).await;
        assert_eq!(answer.status(), 404);
    }
    for path in ["/e/members?code=guess", "/e/members?code=deck", "/api/v1/events/members?code=deck"] {
        let refused = get(&stage, GUESSER, path).await;
        assert_eq!(refused.status(), 429, "{path}: right or wrong, it is not looked at");
        assert_eq!(refused.headers()["retry-after"], "60");
    }
    assert_eq!(get(&stage, GUESSER, "/e/members/poster.svg?code=deck").await.status(), 429);
    assert_eq!(get(&stage, GUESSER, "/e/members").await.status(), 404, "without a code nothing is guessed");
    for _ in 0..15 {
        assert_eq!(get(&stage, GUEST, "/e/members?code=deck").await.status(), 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn promo_codes_are_found_by_nobody_who_only_tries() {
    let stage = Stage::open().await;
    let summer = PromoChanged {
        promo_id: Uuid::now_v7().to_string(),
        revision: 1,
        name: "Summer".into(),
        codes: vec!["SUMMER".into()],
        off: Some(Off::BasisPoints(5_000)),
        currency: "EUR".into(),
        active: true,
        ..PromoChanged::default()
    };
    stage.publish_promo(&summer).await;
    let quote = |promo: &str| json!({"event": "friday-night", "items": [{"ticket_type": stage.kind(0), "quantity": 1}], "promo": promo});
    let mut order = stage.wish(0, 1);
    for guess in 0..10 {
        order["promo"] = json!(format!("GUESS-{guess}"));
        let (status, body) = match guess % 2 {
            0 => post(&stage, GUESSER, "/api/v1/quotes", quote(&format!("GUESS-{guess}"))).await,
            _ => post(&stage, GUESSER, "/api/v1/checkouts", order.clone()).await,
        };
        assert_eq!((status, body["code"].as_str()), (422, Some("promo_invalid")));
    }
    order["promo"] = json!("SUMMER");
    for (path, body) in [("/api/v1/quotes", quote("SUMMER")), ("/api/v1/checkouts", order)] {
        let (status, body) = post(&stage, GUESSER, path, body).await;
        assert_eq!((status, body["code"].as_str()), (429, Some("rate_limited")), "{path}");
    }
    assert_eq!(post(&stage, GUESSER, "/api/v1/quotes", quote("")).await.0, 200, "who names no code may look");
    assert_eq!(post(&stage, GUESSER, "/api/v1/checkouts", stage.wish(0, 1)).await.0, 201, "and buy");
    for _ in 0..15 {
        assert_eq!(post(&stage, GUEST, "/api/v1/quotes", quote("SUMMER")).await.0, 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_is_half_filled_in_tells_no_code_either() {
    let (stage, plan) = Stage::with_tables().await;
    let mut event = stage.event.clone();
    (event.revision, event.slug) = (2, "members".into());
    (event.visibility, event.access_code) = (EventVisibility::Private.into(), "deck".into());
    stage.publish(&event).await;
    let table = format!("/e/members/tables/{}", plan.tables[0].table_id);
    let send = async |from: &str, path: &str, field: &str, code: &str| {
        let form = stage.http.post(stage.url(path)).header("origin", PUBLIC_URL).form(&[(field, code)]);
        form.header("x-envoy-external-address", from).send().await.expect("an answer").status().as_u16()
    };
    for guess in 0..10 {
        let code = format!("guess-{guess}");
        let status = match guess % 2 {
            0 => send(GUESSER, &table, "code", &code).await,
            _ => send(GUESSER, "/e/members", "access_code", &code).await,
        };
        assert_eq!(status, 404, "{code}");
    }
    assert_eq!(send(GUESSER, &table, "code", "deck").await, 429, "right or wrong, it is not looked at");
    assert_eq!(send(GUESSER, "/e/members", "access_code", "deck").await, 429);
    for _ in 0..12 {
        assert_eq!(send(GUEST, &table, "code", "deck").await, 422, "who knows it is told what is missing");
    }
}
