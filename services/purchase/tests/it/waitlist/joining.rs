//! Joining, joining again, what is refused, and who sees what of it.

use std::collections::HashMap;

use reqwest::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::stage::{PUBLIC_URL, Stage};

#[tokio::test(flavor = "multi_thread")]
async fn joining_twice_changes_the_party_and_keeps_its_place() {
    let (stage, _) = Stage::sold_out(1).await;
    stage.join("ana@example.org", 1).await;
    stage.join("bea@example.org", 1).await;
    stage.join("Ana@Example.org", 4).await;
    assert_eq!(stage.count("SELECT count(*) FROM waitlist").await, 2);
    let first = "SELECT party FROM waitlist ORDER BY place LIMIT 1";
    assert_eq!(stage.count(first).await, 4);
    assert_eq!(stage.count("SELECT count(*) FROM outbox WHERE subject = 'waitlist.changed'").await, 2);
    // Who has an offer keeps it as it is, whoever writes that address into the form.
    stage.resize(3, 5).await;
    stage.until_state("ana@example.org", "offered").await;
    stage.resize(4, 5).await;
    let held = stage.count("SELECT held FROM stock WHERE capacity = 5").await;
    stage.try_join("ana@example.org", "2").await;
    assert_eq!(stage.count(first).await, 4);
    assert_eq!(stage.count("SELECT held FROM stock WHERE capacity = 5").await, held);
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_wish_to_wait_is_refused_in_words() {
    let (stage, _) = Stage::sold_out(1).await;
    for (email, party) in
        [("ana@", "1"), ("ana@example.org", "0"), ("ana@example.org", "11"), ("ana@example.org", "x")]
    {
        let answer = stage.try_join(email, party).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{email} {party}");
        let page = answer.text().await.expect("a page");
        assert!(page.contains("aria-invalid=\"true\""), "the field is named: {page}");
        assert!(page.contains(&format!("value=\"{email}\"")), "what was written is kept");
    }
    let free =
        [("ticket_type", stage.kind(1)), ("party", "1"), ("name", "Ana"), ("email", "ana@example.org")];
    let answer = stage.send("/e/friday-night/waitlist", &free).await;
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.text().await.expect("a page").contains("There are tickets again"));
    for unknown in ["", "no-uuid", &Uuid::now_v7().to_string()] {
        let fields =
            [("ticket_type", unknown), ("party", "1"), ("name", "Ana"), ("email", "ana@example.org")];
        assert_eq!(stage.send("/e/friday-night/waitlist", &fields).await.status(), 422, "{unknown}");
    }
    assert_eq!(stage.send("/e/no-such-night/waitlist", &free).await.status(), StatusCode::NOT_FOUND);
    let foreign =
        stage.http.post(stage.url("/e/friday-night/waitlist")).header("origin", "https://evil.example");
    assert_eq!(foreign.form(&free).send().await.expect("an answer").status(), StatusCode::FORBIDDEN);
    assert_eq!(stage.count("SELECT count(*) FROM waitlist").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_in_line_opens_to_its_own_key_alone() {
    let (stage, orders) = Stage::sold_out(1).await;
    stage.join("ana@example.org", 1).await;
    stage.join("bea@example.org", 1).await;
    let (mine, other) = (stage.place_of("ana@example.org").await, stage.place_of("bea@example.org").await);
    let (path, key) = (mine.split_once('?').expect("a key").0, other.split_once('?').expect("a key").1);
    let order_key = orders[0].page.split_once('?').expect("a key").1;
    for wrong in [key, order_key, "key=", "key=AAAA", ""] {
        for what in ["", "/claim", "/leave"] {
            let address = format!("{path}{what}?{wrong}");
            let answer =
                if what.is_empty() { stage.get(&address).await } else { stage.send(&address, &[]).await };
            assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{address}");
        }
    }
    assert_eq!(stage.state_of("ana@example.org").await, "waiting");
    // The answer to joining shows nobody's page: only the mail has its address.
    let joined = stage.try_join("ana@example.org", "1").await;
    let to = joined.headers()["location"].to_str().expect("text").to_owned();
    assert!(to.starts_with("/e/friday-night?joined="), "{to}");
    let page = stage.get(to.split('#').next().expect("a path")).await.text().await.expect("a page");
    assert!(page.contains("in line: Regular") && !page.contains("/waitlist/"), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_desk_sees_how_many_wait_and_have_offers() {
    let (stage, _) = Stage::sold_out(1).await;
    stage.join("ana@example.org", 2).await;
    stage.join("bea@example.org", 3).await;
    let path = format!("/internal/v1/waitlist/{}", stage.event.event_id);
    let (status, body) = stage.inside("marketing-admin", &path, None).await;
    assert_eq!(status, 200, "{body}");
    let line = &body["ticket_types"][0];
    assert_eq!((&line["waiting"], &line["tickets"], &line["offers"]), (&json!(2), &json!(5), &json!(0)));
    stage.resize(3, 3).await;
    stage.until_state("ana@example.org", "offered").await;
    let (_, body) = stage.inside("marketing-admin", &path, None).await;
    let line = &body["ticket_types"][0];
    assert_eq!((&line["name"], &line["waiting"], &line["offers"]), (&json!("Regular"), &json!(1), &json!(1)));
    assert!(!body.to_string().contains("example.org"), "nothing of a guest: {body}");
    let types: HashMap<String, Value> = serde_json::from_value(body).expect("an object");
    assert_eq!(types["ticket_types"].as_array().map(Vec::len), Some(1));
    assert_eq!(stage.inside("scanner", &path, None).await.0, 403, "it is none of the door's business");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_desk_is_told_what_is_sold_and_held() {
    let stage = Stage::open().await;
    stage.bought(0, 3).await;
    stage.order(0, 2).await;
    let path = format!("/internal/v1/stock/{}", stage.event.event_id);
    let (status, body) = stage.inside("marketing-admin", &path, None).await;
    assert_eq!(status, 200, "{body}");
    let limits = body["limits"].as_array().expect("limits");
    let regular = limits.iter().find(|limit| limit["id"] == stage.kind(0)).expect("the ticket type");
    assert_eq!((&regular["sold"], &regular["held"]), (&json!(3), &json!(2)));
    assert_eq!(stage.inside("scanner", &path, None).await.0, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_network_does_not_fill_the_line() {
    let stage = Stage::with(&[("WAITLIST_JOINS_PER_NETWORK", "2")]).await;
    stage.resize(2, 1).await;
    stage.order(0, 1).await;
    stage.until_shown_sold_out().await;
    let join = async |address: &str, email: &str| {
        let fields = [("ticket_type", stage.kind(0)), ("party", "1"), ("name", "Ana"), ("email", email)];
        let post = stage.http.post(stage.url("/e/friday-night/waitlist")).header("origin", PUBLIC_URL);
        let post = post.header("x-envoy-external-address", address).header("accept", "text/html");
        post.form(&fields).send().await.expect("an answer")
    };
    assert_eq!(join("192.0.2.7", "a@example.org").await.status(), StatusCode::SEE_OTHER);
    assert_eq!(join("192.0.2.8", "b@example.org").await.status(), StatusCode::SEE_OTHER);
    let refused = join("192.0.2.9", "c@example.org").await;
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    let wait = refused.headers()["retry-after"].to_str().expect("text").parse::<u64>();
    assert!(wait.is_ok_and(|wait| wait > 0));
    let html = refused.text().await.expect("a page");
    assert!(html.contains("Many guests came from your network"), "{html}");
    assert_eq!(stage.state_of("c@example.org").await, "none");
    assert_eq!(join("198.51.100.7", "d@example.org").await.status(), StatusCode::SEE_OTHER);
}
