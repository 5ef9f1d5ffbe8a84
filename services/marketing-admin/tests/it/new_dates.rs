//! A night gets a new date, and is archived when it is over.

use chrono::{DateTime, TimeDelta, Utc};
use domain::clock::{Clock, SystemClock};
use messages::marketing_admin::v1::EventChanged;
use messages::purchase::v1::mail_asked::About;
use messages::purchase::v1::{Buyer, Found, MailAsked, NewDate, RefundReason};
use prost::Message;
use reqwest::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::emails::arrived;
use crate::figures::{order, refund};
use crate::house::{House, body, event, until};
use crate::identity::field;

fn time(value: &Value) -> DateTime<Utc> {
    value.as_str().and_then(|text| text.parse().ok()).expect("a time")
}

/// The last snapshot that was told.
async fn told(house: &House) -> EventChanged {
    #[derive(diesel::QueryableByName)]
    struct Row {
        #[diesel(sql_type = diesel::sql_types::Binary)]
        payload: Vec<u8>,
    }
    let mut conn = house.db.conn().await.expect("a connection");
    let query = diesel::sql_query(
        "SELECT payload FROM outbox WHERE subject = 'event.changed' ORDER BY message_id DESC LIMIT 1",
    );
    let row: Row = diesel_async::RunQueryDsl::get_result(query, &mut conn).await.expect("a row");
    EventChanged::decode(&row.payload[..]).expect("a message")
}

/// Makes a night one that ended yesterday.
async fn let_pass(house: &House, id: &str) {
    house
        .as_admin(&format!(
            "UPDATE marketing_admin.events SET starts_at = starts_at - interval '9 days', ends_at = ends_at - interval '9 days',
                    entry_from = entry_from - interval '9 days', entry_until = entry_until - interval '9 days' WHERE id = '{id}'"
        ))
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_date_moves_the_doors_once_and_is_told_with_the_old_one() {
    let house = House::open().await;
    let token = house.token("olga@club.test").await;
    let night = house.published(&token, "Agave Nights").await;
    let id = night["id"].as_str().expect("an id");
    let (starts, ends) = (time(&night["starts_at"]), time(&night["ends_at"]));
    let path = format!("/api/v1/events/{id}/new-date");
    let week = TimeDelta::days(7);
    let wish = json!({
        "new_date_id": Uuid::now_v7(), "revision": night["revision"], "note": " The roof leaks. ",
        "starts_at": starts + week, "ends_at": ends + week,
    });
    let dated = body(house.post(&path, &token, wish.clone()).await).await;
    assert_eq!(time(&dated["starts_at"]), starts + week, "{dated}");
    assert_eq!(time(&dated["entry_from"]), time(&night["entry_from"]) + week);
    assert_eq!((time(&dated["old_starts_at"]), &dated["status"]), (starts, &json!("published")));
    let again = body(house.post(&path, &token, wish).await).await;
    assert_eq!(again["revision"], dated["revision"], "the same wish is one new date");
    let message = told(&house).await;
    let told = message.new_date.expect("the new date is told");
    assert_eq!((told.note.as_str(), told.from_starts_at), ("The roof leaks.", messages::millis(starts)));
    assert_eq!(house.count("SELECT count(*) FROM audit_log WHERE action = 'event.new_date'").await, 1);

    let with = |revision: &Value, starts: DateTime<Utc>, ends: DateTime<Utc>| json!({"new_date_id": Uuid::now_v7(), "revision": revision, "starts_at": starts, "ends_at": ends});
    let stale = house.post(&path, &token, with(&night["revision"], starts + week * 2, ends + week * 2)).await;
    assert_eq!(body(stale).await["code"], "stale_revision");
    let now = &dated["revision"];
    for (wish, field, code) in [
        (with(now, starts - week * 5, ends), "starts_at", "in_past"),
        (with(now, starts + week, starts), "ends_at", "invalid_time_range"),
        (with(now, starts + week, ends + week), "starts_at", "unchanged"),
    ] {
        let refused = house.post(&path, &token, wish).await;
        assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(body(refused).await["errors"], json!([{"field": field, "code": code}]));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn until_when_guests_give_back_and_exchange_moves_along() {
    let house = House::open().await;
    let token = house.token("olga@club.test").await;
    let mut night = event("Agave Nights");
    let until = time(&night["starts_at"]) - TimeDelta::hours(24);
    night["terms"] =
        json!({"refunds": {"self_service_until": until, "keeps_fees": true}, "exchange_until": until});
    let made = body(house.post("/api/v1/events", &token, night).await).await;
    let path = format!("/api/v1/events/{}", made["id"].as_str().expect("an id"));
    let night = body(house.post(&format!("{path}/publish"), &token, json!({})).await).await;
    let later = TimeDelta::days(7) + TimeDelta::hours(1);
    let wish = json!({
        "new_date_id": Uuid::now_v7(), "revision": night["revision"],
        "starts_at": time(&night["starts_at"]) + later, "ends_at": time(&night["ends_at"]) + later,
    });
    let dated = body(house.post(&format!("{path}/new-date"), &token, wish).await).await;
    let until = |night: &Value| time(&night["terms"]["refunds"]["self_service_until"]);
    assert_eq!(until(&dated), until(&night) + later, "{dated}");
    let told = told(&house).await;
    assert_eq!(told.exchange_until, messages::millis(until(&dated)));
    let told = told.refunds.expect("what the ticket site goes by");
    assert_eq!(told.self_service_until, messages::millis(until(&dated)));
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_move_a_night_by_a_form_that_keeps_what_they_wrote() {
    let house = House::open().await;
    let token = house.token("olga@club.test").await;
    let night = house.published(&token, "Agave Nights").await;
    let id = night["id"].as_str().expect("an id");
    let cookie = house.cookie("olga@club.test").await;
    let form = house.page(&format!("/admin/events/{id}"), &cookie).await.text().await.expect("a page");
    let path = format!("/admin/events/{id}/new-date");
    assert!(form.contains(&path), "the way there");
    let page = house.page(&path, &cookie).await.text().await.expect("a page");
    let (csrf, wish, revision) =
        (field(&page, "csrf"), field(&page, "new_date_id"), field(&page, "revision"));
    let local = |days: i64| (SystemClock.now() + TimeDelta::days(days)).format("%Y-%m-%dT22:00").to_string();
    let (starts, ends) = (local(20), local(21));
    let mut sent = vec![
        ("csrf", csrf.as_str()),
        ("new_date_id", wish.as_str()),
        ("revision", revision.as_str()),
        ("starts_at", starts.as_str()),
        ("ends_at", ends.as_str()),
        ("note", "The roof leaks."),
    ];
    let unsure = house.submit(&path, &cookie, &sent).await;
    assert_eq!(unsure.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let html = unsure.text().await.expect("a page");
    assert!(html.contains("The roof leaks.") && html.contains(&starts) && !html.contains("dates-"), "{html}");
    sent.push(("sure", "1"));
    for _ in 0..2 {
        let done = house.submit(&path, &cookie, &sent).await;
        assert_eq!(done.status(), StatusCode::SEE_OTHER, "a double click is one new date");
        assert_eq!(done.headers()["location"], format!("/admin/events/{id}?done=new-date"));
    }
    assert_eq!(house.count("SELECT count(*) FROM event_new_dates").await, 1);
    assert_eq!(house.count("SELECT revision FROM events").await, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_is_over_or_off_is_put_away_and_its_orders_stay() {
    let house = House::open().await;
    let token = house.token("olga@club.test").await;
    let cookie = house.cookie("olga@club.test").await;
    let night = house.published(&token, "Agave Nights").await;
    let id = night["id"].as_str().expect("an id");
    let path = format!("/api/v1/events/{id}/archive");
    let early = house.post(&path, &token, json!({})).await;
    assert_eq!(
        (early.status(), body(early).await["code"].as_str()),
        (StatusCode::CONFLICT, Some("invalid_state"))
    );
    let_pass(&house, id).await;
    let page = house.page(&format!("/admin/events/{id}"), &cookie).await.text().await.expect("a page");
    let csrf = field(&page, "csrf");
    let away = house.submit(&format!("/admin/events/{id}/archive"), &cookie, &[("csrf", &csrf)]).await;
    assert_eq!(away.status(), StatusCode::SEE_OTHER);
    let again = body(house.post(&path, &token, json!({})).await).await;
    assert_eq!((&again["status"], &again["revision"]), (&json!("archived"), &json!(3)), "twice is once");
    let publish = house.post(&format!("/api/v1/events/{id}/publish"), &token, json!({})).await;
    assert_eq!(
        (publish.status(), body(publish).await["code"].as_str()),
        (StatusCode::CONFLICT, Some("invalid_state"))
    );
    assert_eq!(house.count("SELECT count(*) FROM audit_log WHERE action = 'event.archived'").await, 1);

    let list = house.page("/admin/events", &cookie).await.text().await.expect("a page");
    assert!(!list.contains("Agave Nights"), "it has left the list");
    let list = house.page("/admin/events?show=archived", &cookie).await.text().await.expect("a page");
    assert!(list.contains("Agave Nights") && !list.contains("dates-"), "{list}");
    let orders = house.page("/admin/orders", &cookie).await.text().await.expect("a page");
    assert!(orders.contains("Agave Nights"), "its orders can still be looked for");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_night_put_away_still_says_that_it_was_called_off() {
    let house = House::open().await;
    let token = house.token("olga@club.test").await;
    let night = house.published(&token, "Agave Nights").await;
    let id = night["id"].as_str().expect("an id");
    for step in ["cancel", "archive"] {
        let done = house.post(&format!("/api/v1/events/{id}/{step}"), &token, json!({})).await;
        assert_eq!(done.status(), StatusCode::OK, "{step}");
    }
    assert!(told(&house).await.cancelled_at > 0, "whoever has missed the word hears it now");
    let cookie = house.cookie("olga@club.test").await;
    let progress = house.page(&format!("/admin/events/{id}/cancellation"), &cookie).await;
    assert_eq!(progress.status(), StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_holds_tickets_is_mailed_the_new_date_and_whose_the_money_is() {
    let house = House::open().await;
    let token = house.token("olga@club.test").await;
    let night = house.published(&token, "Agave <Nights>").await;
    let found = Found {
        order_id: Uuid::now_v7().to_string(),
        reference: "K7MPX2QD".to_owned(),
        event_id: night["id"].as_str().expect("an id").to_owned(),
        tickets: 2,
        url: "http://tickets.maguey.localhost:8080/orders/K7MPX2QD?key=abc".to_owned(),
        paid: true,
        ..Found::default()
    };
    let given = Found { paid: false, given: true, ..found.clone() };
    let free = Found { paid: false, ..found.clone() };
    let asked = |to: &str, language: &str, found: Vec<Found>| MailAsked {
        mail_id: Uuid::now_v7().to_string(),
        recipient: Some(Buyer {
            name: "Ana".to_owned(),
            email: to.to_owned(),
            language: language.to_owned(),
        }),
        about: Some(About::NewDate(NewDate {
            new_date_id: Uuid::now_v7().to_string(),
            from_starts_at: messages::millis(SystemClock.now()),
            note: "The roof <b>leaks</b>.".to_owned(),
            found,
        })),
        asked_at: messages::millis(SystemClock.now()),
    };
    let wish = asked("ana@example.org", "en", vec![found.clone()]);
    house.say(&wish).await;
    house.say(&wish).await;
    house.say(&asked("bea@example.org", "es", vec![found.clone()])).await;
    // A friend, a guest who paid for nothing, and who has tickets of both kinds.
    for (to, found, says, silent) in [
        ("carl@example.org", vec![given.clone()], "theirs to give back", Some("your money back")),
        ("dora@example.org", vec![free], "glad of your place", Some("your money back")),
        ("eva@example.org", vec![found, given], "theirs to give back", None),
    ] {
        house.say(&asked(to, "en", found)).await;
        let mail = arrived(&house, to).await;
        for part in ["html", "text"] {
            let said = mail[0][part].as_str().expect("text");
            assert!(said.contains(says) && silent.is_none_or(|word| !said.contains(word)), "{to}: {said}");
            assert_eq!(said.contains("your money back"), silent.is_none(), "{to}: {said}");
        }
    }
    let spanish = arrived(&house, "bea@example.org").await;
    let english = arrived(&house, "ana@example.org").await;
    assert_eq!((english.len(), spanish.len()), (1, 1), "once each");
    for (mail, words) in [
        (&english[0], ["stay good", "money back", "hola@maguey.localhost"]),
        (&spanish[0], ["siguen valiendo", "recuperar tu dinero", "hola@maguey.localhost"]),
    ] {
        for part in ["html", "text"] {
            let said = mail[part].as_str().expect("text");
            for word in words.into_iter().chain(["key=abc", "K7MPX2QD", "Ana"]) {
                assert!(said.contains(word), "{word} in {said}");
            }
            assert!(!said.contains("email-"), "a text is missing: {said}");
        }
        assert!(!mail["html"].as_str().expect("text").contains("<b>leaks"), "a note is text");
    }
    let said = spanish[0]["text"].as_str().expect("text");
    let (_, date) = said.split_once("no se celebra el ").expect("the old date");
    assert!(date.starts_with(char::is_lowercase), "in a sentence a day has no capital: {date}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_date_that_guests_hold_tickets_for_does_not_change_in_silence() {
    let house = House::open().await;
    let token = house.token("olga@club.test").await;
    let night = house.published(&token, "Agave Nights").await;
    let (id, kind) =
        (night["id"].as_str().expect("an id"), night["ticket_types"][0]["id"].as_str().expect("an id"));
    let path = format!("/api/v1/events/{id}");
    let (starts, ends) = (time(&night["starts_at"]), time(&night["ends_at"]));
    let at = |revision: i64, later: TimeDelta, title: &str| {
        let mut json = event(title);
        json["revision"] = json!(revision);
        json["starts_at"] = json!(starts + later);
        json["ends_at"] = json!(ends + later);
        json
    };
    let day = TimeDelta::days(1);
    let free = house.put(&path, &token, at(2, day, "Agave Nights")).await;
    assert_eq!(free.status(), StatusCode::OK, "nobody holds a ticket: {}", body(free).await);

    let paid = order(id, kind, "ana@example.org", 2);
    house.say(&paid).await;
    let sold = "SELECT coalesce(sum(tickets_sold - tickets_returned), 0) FROM event_figures";
    until("the tickets are counted", async || house.count(sold).await == 2).await;
    let refused = house.put(&path, &token, at(3, day * 2, "Agave Nights")).await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(body(refused).await["errors"], json!([{"field": "starts_at", "code": "new_date"}]));
    let renamed = house.put(&path, &token, at(3, day, "Agave Days")).await;
    assert_eq!(renamed.status(), StatusCode::OK, "all else may change: {}", body(renamed).await);

    // The form says so, keeps what was typed, and leads to where it is done.
    let cookie = house.cookie("olga@club.test").await;
    let form = path.replace("/api/v1", "/admin");
    let page = house.page(&form, &cookie).await.text().await.expect("a page");
    let csrf = field(&page, "csrf");
    let local =
        |days: i32, hour: &str| (starts + day * days).format(&format!("%Y-%m-%dT{hour}:00")).to_string();
    let (later, ends_later) = (local(9, "22"), local(10, "05"));
    let sent = [
        ("csrf", csrf.as_str()),
        ("revision", "4"),
        ("title", "Agave Days"),
        ("description", "As it was"),
        ("starts_at", later.as_str()),
        ("ends_at", ends_later.as_str()),
        ("currency", "EUR"),
        ("fee.fixed_minor", "0,50"),
        ("ticket_types[0].name", "Early bird"),
        ("ticket_types[0].price", "15"),
        ("ticket_types[0].capacity", "120"),
        ("ticket_types[1].name", "VIP deck"),
        ("ticket_types[1].price", "40"),
        ("ticket_types[1].capacity", "40"),
        ("ticket_types[1].zone", "Deck"),
    ];
    let answer = house.submit(&form, &cookie, &sent).await;
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let html = answer.text().await.expect("a page");
    let way = format!("href=\"/admin/events/{id}/new-date\"");
    assert!(html.contains("does not change in silence") && html.contains(&later), "{html}");
    assert!(html.matches(&way).count() == 2, "in the head, and where it is needed: {html}");
    assert_eq!(house.count("SELECT revision FROM events").await, 4, "nothing was saved");

    // Once everybody has given theirs back, it is the club's own matter again.
    house.say(&refund(&paid, RefundReason::Staff)).await;
    until("they are given back", async || house.count(sold).await == 0).await;
    let free = house.put(&path, &token, at(4, day * 2, "Agave Days")).await;
    assert_eq!(free.status(), StatusCode::OK, "{}", body(free).await);
}
