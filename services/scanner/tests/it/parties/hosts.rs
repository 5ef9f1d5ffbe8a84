//! What hosts see of a night's parties.

use std::time::Duration;

use chrono::TimeDelta;
use domain::permission::Role;
use messages::purchase::v1::ReservationChanged;
use serde_json::json;
use web::session::COOKIE;

use super::{known, listed, party, pass, scan, tell};
use crate::house::House;

#[tokio::test(flavor = "multi_thread")]
async fn hosts_see_who_is_expected_who_is_arriving_and_who_is_here() {
    let house = House::open().await;
    let now = house.now();
    for (reference, minutes) in [("LATER", 90), ("SOON", 20), ("LATE", -15), ("HERE", -30)] {
        tell(&house, &party(&house, reference, now + TimeDelta::minutes(minutes))).await;
    }
    let pending = ReservationChanged { state: "pending".into(), ..party(&house, "UNPAID", now) };
    tell(&house, &pending).await;
    scan(&house, &pass(&house, "HERE", "Ana Ruiz").await, "entry").await;
    let rows = listed(&house).await;
    let stages: Vec<_> = rows
        .iter()
        .map(|row| (row["stage"].as_str().unwrap(), row["late_minutes"].as_i64().unwrap()))
        .collect();
    assert_eq!(stages, [("inside", 0), ("arriving", 15), ("arriving", 0), ("expected", 0)]);
    assert_eq!((&rows[0]["gate"], &rows[0]["inside"]), (&json!("Main door"), &json!(1)));

    for (language, table, people) in [("en", "Table 12", "1 of 8 in"), ("es", "Mesa 12", "1 de 8 dentro")] {
        let cookie = format!("{COOKIE}={}", house.token(Role::VipHost));
        let url = house.url(&format!("/parties?event=friday&lang={language}"));
        let page = house.http.get(url).header("cookie", cookie).header("accept", "text/html").send();
        let page = page.await.unwrap();
        assert_eq!(page.status(), 200);
        let html = page.text().await.unwrap();
        for text in [table, people, "Ana Ruiz", "Eva", "15 min"] {
            assert!(html.contains(text), "{text}: {html}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_hosts_and_who_answers_for_the_door_see_them() {
    let house = House::open().await;
    for path in ["/parties?event=friday", "/parties/stream?event=friday", "/api/v1/events/friday/parties"] {
        for (role, status) in [
            (Role::VipHost, 200),
            (Role::DoorSupervisor, 200),
            (Role::DoorStaff, 403),
            (Role::Marketing, 403),
        ] {
            let answer = house.http.get(house.url(path)).bearer_auth(house.token(role)).send().await.unwrap();
            assert_eq!(answer.status(), status, "{path} {role:?}");
        }
        let nobody = house.http.get(house.url(path)).header("accept", "application/json").send();
        assert_eq!(nobody.await.unwrap().status(), 401, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_page_is_told_that_a_party_has_come() {
    let house = House::open().await;
    known(&house, "TABLE12").await;
    let cookie = format!("{COOKIE}={}", house.token(Role::VipHost));
    let stream = house.http.get(house.url("/parties/stream?event=friday&lang=en")).header("cookie", cookie);
    let mut stream = stream.send().await.unwrap();
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    let mut text = String::new();
    let mut wait_for = async |what: &str| {
        let waiting = async {
            while !text.contains(what) {
                let chunk = stream.chunk().await.unwrap().expect("the stream goes on");
                text.push_str(&String::from_utf8_lossy(&chunk));
            }
        };
        tokio::time::timeout(Duration::from_secs(60), waiting).await.expect("it comes");
    };
    wait_for("data-stage=\"arriving\"").await;
    scan(&house, &pass(&house, "TABLE12", "Ana Ruiz").await, "entry").await;
    wait_for("data-stage=\"inside\"").await;
}
