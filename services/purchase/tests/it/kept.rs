//! What a page says about being kept on a guest's phone, and the worker that keeps it. That the page then opens without network is shown in
//! a browser (`crates/e2e`, `journeys::offline`).

use chrono::{DateTime, Utc};
use messages::purchase::v1::mail_asked::About;
use reqwest::Response;
use serde_json::json;

use crate::stage::{PUBLIC_URL, Stage};

fn header<'a>(answer: &'a Response, name: &str) -> Option<&'a str> {
    answer.headers().get(name).map(|value| value.to_str().expect("plain text"))
}

/// Until when a page may be kept; every answer stays unkept by whoever is between.
async fn keep_until(stage: &Stage, path: &str) -> Option<DateTime<Utc>> {
    let answer = stage.get(path).await;
    assert_eq!(header(&answer, "cache-control"), Some("no-store"), "{path}");
    let until = header(&answer, "keep-until").map(|until| until.parse().expect("a time"));
    let page = answer.text().await.expect("a page");
    assert_eq!(page.contains("data-keep="), until.is_some(), "the page and its header say the same: {page}");
    until
}

#[tokio::test(flavor = "multi_thread")]
async fn what_lets_in_may_be_kept_until_two_days_after_its_night_and_nothing_else() {
    let stage = Stage::open().await;
    let two_days = 48 * 3600;
    let until = DateTime::from_timestamp(stage.event.ends_at / 1000 + two_days, 0);
    let pending = stage.order(0, 1).await;
    assert_eq!(keep_until(&stage, &pending.page).await, None, "an unpaid order has no tickets");
    let (order, paid) = stage.bought(0, 2).await;
    assert_eq!(keep_until(&stage, &order.page).await, until);
    let wrong = stage.get(&format!("{}x", order.page)).await;
    assert_eq!((wrong.status().as_u16(), header(&wrong, "keep-until")), (404, None));

    // The friend's own page, too; what is passed on is no longer kept with the order once nothing else is left of it.
    let ids = [0, 1].map(|at| paid["tickets"][at]["id"].as_str().expect("an id").to_owned());
    let to_bea = [("name", "Bea Ruiz"), ("email", "bea@example.org")];
    let passed = stage.post(&order.file(&format!("tickets/{}/transfer", ids[0])), &to_bea).await;
    assert_eq!(passed.status(), 303);
    let link = stage.mails().await.into_iter().find_map(|mail| match mail.about {
        Some(About::Transferred(ticket)) => Some(ticket.ticket_url),
        _ => None,
    });
    let link = link.expect("the friend's mail");
    let friends = link.strip_prefix(PUBLIC_URL).expect("our own URL");
    assert_eq!(keep_until(&stage, friends).await, until);
    assert_eq!(keep_until(&stage, &order.page).await, until, "one is left");
    let void = format!("/internal/v1/tickets/{}/void", ids[1]);
    stage.inside("magueyctl", &void, Some(json!({"reason": "lost phone"}))).await;
    assert_eq!(keep_until(&stage, &order.page).await, None, "nothing is left to keep");
    assert_eq!(keep_until(&stage, friends).await, until);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_sees_the_page_it_was_made_for_and_no_other() {
    let stage = Stage::open().await;
    let (order, paid) = stage.bought(0, 1).await;
    let id = paid["tickets"][0]["id"].as_str().expect("an id");
    for page in [format!("/orders/{}", order.reference), format!("/tickets/{id}")] {
        let answer = stage.get(&format!("/kept{page}")).await;
        assert_eq!(answer.status(), 200, "{page}");
        assert_eq!(header(&answer, "service-worker-allowed"), Some(page.as_str()));
        assert_eq!(header(&answer, "content-type"), Some("text/javascript; charset=utf-8"));
        assert_eq!(header(&answer, "cache-control"), Some("no-cache"));
        let policy = header(&answer, "content-security-policy").expect("a policy");
        assert!(policy.contains("default-src 'none'") && policy.contains("connect-src 'self'"), "{policy}");
        let script = answer.text().await.expect("a script");
        assert!(script.contains("addEventListener(\"fetch\""), "{script}");
    }
    for none in ["/kept/orders/a", "/kept/tickets/a", "/kept/orders"] {
        assert_eq!(stage.get(none).await.status(), 404, "{none}");
    }
    let page = stage.get(&order.page).await.text().await.expect("a page");
    assert!(page.contains(&format!("data-worker=\"/kept/orders/{}\"", order.reference)), "{page}");
}
