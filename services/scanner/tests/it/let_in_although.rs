//! Whom phones let in or sent away otherwise than the club would have: nothing is undone, and supervisors see each once.

use chrono::{DateTime, TimeDelta, Utc};
use diesel_async::SimpleAsyncConnection;
use domain::permission::Role;
use messages::purchase::v1::{TicketChanged, TicketState};
use serde_json::{Value, json};

use crate::batch::{admitted, lines, report, with};
use crate::house::{House, code_of, token};

/// The one answer to one scan.
async fn told(house: &House, token: &str, scan: &Value) -> Value {
    report(house, token, std::slice::from_ref(scan)).await.remove(0)
}

/// The conflicts that a supervisor sees.
async fn listed(house: &House) -> Vec<Value> {
    let url = house.url(&format!("/api/v1/events/{}/conflicts", house.night.slug));
    let call = house.http.get(url).bearer_auth(house.token(Role::Manager));
    let list: Value = call.send().await.unwrap().error_for_status().unwrap().json().await.unwrap();
    list["conflicts"].as_array().unwrap().clone()
}

/// How many of them the live page shows.
async fn live(house: &House) -> usize {
    let url = house.url(&format!("/api/v1/events/{}/live", house.night.event_id));
    let call = house.http.get(url).bearer_auth(house.token(Role::Manager));
    let seen: Value = call.send().await.unwrap().error_for_status().unwrap().json().await.unwrap();
    seen["conflicts"].as_array().unwrap().len()
}

async fn run(house: &House, sql: &str) {
    house.db.conn().await.unwrap().batch_execute(sql).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_came_too_early_or_too_late_or_was_banned_is_shown_and_inside() {
    let house = House::open().await;
    let door = house.token(Role::DoorStaff);
    // The doors opened two hours ago.
    let (early, late, banned, good) =
        (house.ticket().await, house.ticket().await, house.ticket().await, house.ticket().await);
    let scan = |ticket: &TicketChanged, at: DateTime<Utc>| admitted(&house.night, &code_of(ticket), at);
    run(&house, &format!("update admissions set banned = true where ticket_id = '{}'", banned.ticket_id))
        .await;
    run(
        &house,
        &format!(
            "update admissions set admit_until = '{}' where ticket_id = '{}'",
            house.now() - TimeDelta::minutes(40),
            late.ticket_id
        ),
    )
    .await;
    let at = house.now() - TimeDelta::minutes(30);
    let scans = [
        (scan(&early, house.now() - TimeDelta::minutes(130)), "too_early"),
        (scan(&late, at), "too_late"),
        (scan(&banned, at), "banned"),
    ];
    for (scan, reason) in &scans {
        let answer = told(&house, &door, scan).await;
        assert_eq!(
            (&answer["reason"], &answer["conflict"]["kind"], &answer["conflict"]["judged"]),
            (&json!(reason), &json!("let_in_although"), &json!(reason)),
            "{answer}"
        );
    }
    assert_eq!(told(&house, &door, &scan(&good, at)).await["conflict"], Value::Null);
    assert_eq!((listed(&house).await.len(), live(&house).await), (3, 3));
    assert_eq!(house.count("select inside from occupancy").await, 4, "who is inside is inside");
    assert_eq!(house.count("select conflicts_open from door_states").await, 3, "the desk is told");

    let first = listed(&house).await[0]["scan_id"].as_str().unwrap().to_owned();
    let url = house.url(&format!("/api/v1/conflicts/{first}/close"));
    let close = house.http.post(url).bearer_auth(house.token(Role::Manager));
    assert_eq!(House::code(close.json(&json!({"note": "spoke to them"}))).await.0, 200);
    assert_eq!(house.count("select conflicts_open from door_states").await, 2);
    // A phone whose clock can't be right says nothing of the hour.
    let suspect = scan(&house.ticket().await, house.now() - TimeDelta::days(9));
    assert_eq!(told(&house, &door, &suspect).await["conflict"], Value::Null);
}

/// Two phones knew of the same last place.
#[tokio::test(flavor = "multi_thread")]
async fn who_met_a_full_house_is_shown_and_who_left_before_made_room() {
    let house = House::open().await;
    let (one, two) = (house.token(Role::DoorStaff), house.token(Role::DoorStaff));
    run(
        &house,
        &format!("insert into occupancy (event_id, limit_people) values ('{}', 2)", house.night.event_id),
    )
    .await;
    let mut codes = Vec::new();
    for _ in 0..4 {
        codes.push(code_of(&house.ticket().await));
    }
    let at = |minutes: i64| house.now() - TimeDelta::minutes(60 - minutes);
    let came = |n: usize, minutes: i64| admitted(&house.night, &codes[n], at(minutes));
    let both = report(&house, &one, &[came(0, 0), came(1, 1)]).await;
    assert!(both.iter().all(|one| one["conflict"].is_null()), "{both:?}");
    let third = report(&house, &two, &[came(2, 2)]).await;
    assert_eq!(
        (&third[0]["conflict"]["kind"], &third[0]["conflict"]["judged"]),
        (&json!("let_in_although"), &json!("full"))
    );
    assert_eq!(house.count("select inside from occupancy").await, 3, "nobody is put out by a computer");
    // Two went out before the fourth came, in the same report.
    let gone =
        [with(&came(0, 10), "direction", "exit"), with(&came(1, 11), "direction", "exit"), came(3, 12)];
    let fourth = report(&house, &one, &gone).await;
    assert_eq!(fourth[2]["conflict"], Value::Null, "{fourth:?}");
    assert_eq!(listed(&house).await.len(), 1);
}

/// The same of a zone with a limit of its own, in a house that has none.
#[tokio::test(flavor = "multi_thread")]
async fn who_met_a_full_zone_is_shown() {
    let house = House::open().await;
    let one = house.token(Role::DoorStaff);
    let zone = &house.night.zones[0].zone_id;
    let limit = format!(
        "insert into zone_limits (zone_id, event_id, limit_people) values ('{zone}', '{}', 1)",
        house.night.event_id
    );
    run(&house, &limit).await;
    let mut came = Vec::new();
    for minutes in 0..2 {
        let code = code_of(&house.ticket().await);
        came.push(admitted(&house.night, &code, house.now() - TimeDelta::minutes(60 - minutes)));
    }
    let both = report(&house, &one, &came).await;
    assert_eq!(both[0]["conflict"], Value::Null, "{both:?}");
    assert_eq!(
        (&both[1]["conflict"]["kind"], &both[1]["conflict"]["judged"]),
        (&json!("let_in_although"), &json!("full"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_the_club_let_in_and_the_phone_sent_away_is_shown_until_somebody_looks() {
    let house = House::open().await;
    let ana = token(&house.claims(Role::DoorStaff));
    let code = code_of(&house.ticket().await);
    let asked = house.scan_of(&code);
    let online = house.answer(&ana, &asked).await;
    assert_eq!(online["decision"], "admit");
    let refused = with(&admitted(&house.night, &code, house.now()), "nonce", asked["nonce"].clone());
    let refused = with(&with(&refused, "decision", "deny"), "reason", "too_late");
    for _ in 0..2 {
        assert_eq!(told(&house, &ana, &refused).await["outcome"], "repeated");
    }
    let list = listed(&house).await;
    assert_eq!(list.len(), 1, "{list:?}");
    assert_eq!(
        (&list[0]["kind"], &list[0]["judged"], &list[0]["scan_id"]),
        (&json!("phone_said_no"), &json!("too_late"), &online["scan"])
    );
    assert_eq!(live(&house).await, 1);
    assert_eq!(house.count("select inside from occupancy").await, 1, "nobody is put out by a computer");
    // The supervisor finds that the guest went home, and takes the entry back.
    let url = house.url(&format!("/api/v1/scans/{}/undo", online["scan"].as_str().unwrap()));
    let undo = house.http.post(url).bearer_auth(house.token(Role::Manager));
    assert_eq!(House::code(undo.json(&json!({"reason": "was sent away"}))).await.0, 200);
    assert!(listed(&house).await.is_empty());
    assert_eq!(house.count("select inside from occupancy").await, 0);
}

/// The club had said no, for a reason that has gone since; the phone never heard.
#[tokio::test(flavor = "multi_thread")]
async fn whom_the_club_refused_and_the_phone_let_in_is_shown_with_what_the_club_said() {
    let house = House::open().await;
    let door = house.token(Role::DoorStaff);
    let blocked = TicketChanged { state: TicketState::Blocked as i32, ..house.unsold() };
    house.tell_ticket(&blocked).await;
    let code = code_of(&blocked);
    let asked = house.scan_of(&code);
    assert_eq!(house.answer(&door, &asked).await["reason"], "blocked");
    let good = TicketChanged { revision: 2, state: TicketState::Valid as i32, ..blocked.clone() };
    house.tell_ticket(&good).await;
    let scan = with(&admitted(&house.night, &code, house.now()), "nonce", asked["nonce"].clone());
    let answer = told(&house, &door, &scan).await;
    assert_eq!((&answer["outcome"], &answer["reason"]), (&json!("repeated"), &json!("blocked")));
    assert_eq!(
        lines(&house, "select kind || ' ' || judged as line from conflicts").await,
        ["let_in_although blocked"]
    );
    assert_eq!(house.count("select inside from occupancy").await, 1);
}
