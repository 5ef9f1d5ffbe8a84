//! *Needs a person*: on the dashboard and on its own page.

use std::time::Duration;

use chrono::TimeDelta;
use db::Owner;
use domain::clock::{Clock, SystemClock};
use futures::StreamExt;
use heal::overdue::{Kind, Overdue};
use reqwest::StatusCode;
use tokio::time::Instant;

use crate::house::House;
use crate::neighbours::Neighbour;

const KINDS: [Kind; 16] = [
    Kind::RefundsFailed,
    Kind::Quarantine,
    Kind::WebhooksWaiting,
    Kind::OrdersPastHold,
    Kind::AttemptsUnknown,
    Kind::RefundsPending,
    Kind::OutboxUnsent,
    Kind::DeadLetters,
    Kind::EmailsDead,
    Kind::EmailsWaiting,
    Kind::OffersPastTime,
    Kind::Disputes,
    Kind::GuestsLeaving,
    Kind::CancellationsOpen,
    Kind::NewDatesUntold,
    Kind::Unknown,
];

async fn page(house: &House, cookie: &str, path: &str) -> String {
    let answer = house.page(path, cookie).await;
    assert_eq!(answer.status(), StatusCode::OK);
    answer.text().await.expect("a page")
}

/// A message that the door gave up on.
const DEAD: &str =
    "INSERT INTO scanner.dead_letters (durable, message_id, subject, payload, published_at, error, attempts, died_at)
     VALUES ('scanner_ticket_changed', gen_random_uuid(), 'ticket.changed', '', now(), 'no such zone', 8, now())";

/// An email that was given up.
const UNDELIVERED: &str =
    "INSERT INTO marketing_admin.emails (id, template, subject_id, revision, order_id, event_id, reference, recipient, language,
                                         payload, state, due_at, give_up_at, created_at, settled_at)
     VALUES (gen_random_uuid(), 'order_paid', gen_random_uuid(), 1, gen_random_uuid(), gen_random_uuid(), 'AGAVE23X', 'ana@example.org',
             'en', 'x', 'dead', now(), now(), now() - interval '2 hours', now() - interval '1 hour')";

#[tokio::test(flavor = "multi_thread")]
async fn a_quiet_night_says_that_nothing_waits() {
    let (house, _purchase, _scanner) = House::among_neighbours().await;
    let cookie = house.cookie("olga@club.test").await;
    let dashboard = page(&house, &cookie, "/admin").await;
    assert!(dashboard.contains("Nothing needs you right now"), "{dashboard}");
    let html = page(&house, &cookie, "/admin/overdue").await;
    assert!(html.contains("where they should be") && !html.contains("be asked right now"), "{html}");
    let door = house.token("dora@club.test").await;
    assert_eq!(house.get("/admin/overdue", &door).await.status(), StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_that_waits_anywhere_is_shown_with_what_to_do() {
    let (mut house, _purchase, _scanner) = House::among_neighbours().await;
    let overdue = |(count, kind): (i64, Kind)| Overdue {
        kind,
        count,
        oldest_at: SystemClock.now() - TimeDelta::hours(2),
        references: vec![format!("REF{count}")],
    };
    let mut said: Vec<Overdue> = (1..).zip(KINDS).map(overdue).collect();
    said[1].references = vec!["pi_77".to_owned()];
    let purchase = Neighbour::saying(&house, Owner::Purchase, said).await;
    house.purchase_url = purchase.url();
    house.stop().await;
    house.start().await;
    house.as_admin(DEAD).await;
    house.as_admin(UNDELIVERED).await;
    let cookie = house.cookie("max@club.test").await;
    for lang in ["en", "es"] {
        let html = page(&house, &cookie, &format!("/admin/overdue?lang={lang}")).await;
        assert_eq!(html.matches("class=\"matter\"").count(), KINDS.len() + 2, "{html}");
        assert!(
            !html.contains("admin-overdue-") && !html.contains("admin-service-"),
            "a text is missing: {html}"
        );
        let dashboard = page(&house, &cookie, &format!("/admin?lang={lang}")).await;
        assert!(!dashboard.contains("admin-overdue-"), "{dashboard}");
    }
    let html = page(&house, &cookie, "/admin/overdue?lang=en").await;
    let at = |what: &str| html.find(what).unwrap_or_else(|| panic!("{what} in {html}"));
    assert!(
        at("1 refund failed") < at("12 disputes to answer")
            && at("12 disputes to answer") < at("2 payments to look at")
            && at("2 payments to look at") < at("9 emails were not")
    );
    for what in [
        "REF1<",
        "and 1 more",
        "AGAVE23X",
        "A change of a ticket",
        "1 message is stuck",
        "1 email was not delivered",
    ] {
        at(what);
    }
    for link in
        ["/admin/disputes", "/admin/dead-letters", "/admin/emails?state=dead", "/admin/emails?state=waiting"]
    {
        at(&format!("href=\"{link}\""));
    }
    at("href=\"https://dashboard.stripe.com/search?query=pi_77\"");
    at("href=\"/admin/orders/AGAVE23X\"");
    assert_eq!(html.matches("dashboard.stripe.com").count(), 1, "an order is not Stripe's: {html}");
    assert!(!html.contains("ana@example.org"), "nothing of a guest");
    let dashboard = page(&house, &cookie, "/admin?lang=en").await;
    for what in ["18 matters need a person", "1 refund failed · 12 disputes to answer"] {
        assert!(dashboard.contains(what), "{what} in {dashboard}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_does_not_answer_is_said_to_be_away_and_holds_nobody_up() {
    let (mut house, _purchase, _scanner) = House::among_neighbours().await;
    // Takes calls and never answers them.
    let mute = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    house.purchase_url = format!("http://{}", mute.local_addr().expect("an address"));
    house.stop().await;
    house.start().await;
    let cookie = house.cookie("olga@club.test").await;
    // Whoever waits for an answer to the end waits ten seconds, each time; on a machine that stands still, somebody else may.
    let (mut quiet, mut quickest) = (String::new(), Duration::MAX);
    for _ in 0..3 {
        let asked = Instant::now();
        quiet = page(&house, &cookie, "/admin/overdue").await;
        quickest = quickest.min(asked.elapsed());
        if quickest < Duration::from_secs(8) {
            break;
        }
    }
    assert!(quickest < Duration::from_secs(8), "it took {quickest:?}");
    assert!(quiet.contains("The ticket site can’t be asked right now"), "{quiet}");
    assert!(
        quiet.contains("Nothing known needs you right now"),
        "it promises no more than it knows: {quiet}"
    );
    house.as_admin(DEAD).await;
    let html = page(&house, &cookie, "/admin/overdue").await;
    assert!(
        html.contains("The ticket site can’t be asked right now") && html.contains("1 message is stuck"),
        "{html}"
    );
    let dashboard = page(&house, &cookie, "/admin").await;
    for what in ["1 matter needs a person", "The ticket site can’t be asked right now", "id=\"figures\""] {
        assert!(dashboard.contains(what), "{what} in {dashboard}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_dashboard_learns_of_it_without_a_reload() {
    let (house, _purchase, _scanner) = House::among_neighbours().await;
    let token = house.token("olga@club.test").await;
    let mut stream = house.get("/api/v1/figures/stream", &token).await.bytes_stream();
    let mut text = String::new();
    let mut wait_for = async |what: &str| {
        let read = async {
            while !text.contains(what) {
                let chunk = stream.next().await.expect("the stream goes on").expect("bytes");
                text.push_str(&String::from_utf8_lossy(&chunk));
            }
        };
        let waited = tokio::time::timeout(Duration::from_secs(60), read).await;
        waited.unwrap_or_else(|_| panic!("{what} did not come"));
    };
    wait_for("Nothing needs you right now").await;
    house.as_admin(DEAD).await;
    wait_for("1 matter needs a person").await;
}
