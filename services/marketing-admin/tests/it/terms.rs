//! How ticket types are sold, as the desk's form enters it and the till is told.

use chrono::{DateTime, TimeDelta, Utc};
use messages::marketing_admin::v1::{Companion, GuestPrice, Label, QuestionKind};
use reqwest::StatusCode;
use serde_json::json;

use crate::events::said;
use crate::house::{House, body, event};
use crate::identity::field;

/// A night's form with two ticket types, ready to be sent.
fn night(csrf: &str) -> Vec<(&str, &str)> {
    vec![
        ("csrf", csrf),
        ("title", "Agave"),
        ("starts_at", "2030-03-29T23:00"),
        ("ends_at", "2030-03-30T06:00"),
        ("currency", "EUR"),
        ("zones[0].name", "Club"),
        ("ticket_types[0].name", "General"),
        ("ticket_types[0].price", "12.50"),
        ("ticket_types[0].capacity", "100"),
        ("ticket_types[1].name", "Supporter"),
        ("ticket_types[1].price", "20"),
        ("ticket_types[1].capacity", "50"),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn the_form_lets_guests_name_a_price() {
    let house = House::open().await;
    let cookie = house.cookie("olga@club.test").await;
    let page = house.page("/admin/events/new", &cookie).await.text().await.expect("a page");
    let csrf = field(&page, "csrf");
    let mut form = night(&csrf);
    form.push(("ticket_types[1].guest_price.least_minor", "5"));
    let again = house.submit("/admin/events", &cookie, &form).await;
    assert_eq!(again.status(), StatusCode::UNPROCESSABLE_ENTITY, "the most is missing");
    let again = again.text().await.expect("a page");
    assert!(again.contains("ticket_types[1].guest_price.most_minor-error"), "{again}");
    form.push(("ticket_types[1].guest_price.most_minor", "15"));
    let outside = house.submit("/admin/events", &cookie, &form).await;
    assert_eq!(outside.status(), StatusCode::UNPROCESSABLE_ENTITY, "the suggestion lies outside");
    form.last_mut().expect("a field").1 = "100";
    assert_eq!(house.submit("/admin/events", &cookie, &form).await.status(), StatusCode::SEE_OTHER);
    let told = said(&house).await;
    let [general, supporter] = &told[0].ticket_types[..] else { panic!("two types: {told:?}") };
    assert_eq!(general.guest_price, None);
    assert_eq!(supporter.guest_price, Some(GuestPrice { least_minor: 500, most_minor: 10_000 }));
    assert_eq!(supporter.price_minor, 2000);

    let edit = house.page(&format!("/admin/events/{}", told[0].event_id), &cookie).await;
    let edit = edit.text().await.expect("a page");
    assert!(edit.contains("value=\"100.00\""), "the form shows it again: {edit}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_price_that_guests_name_and_early_prices_exclude_each_other() {
    let house = House::open().await;
    let token = house.token("olga@club.test").await;
    let mut night = event("Agave");
    night["ticket_types"][0]["terms"] = json!({
        "guest_price": {"least_minor": 0, "most_minor": 5000},
        "tiers": [{"name": "Early", "price_minor": 1000, "places": 10}],
    });
    let refused = body(house.post("/api/v1/events", &token, night.clone()).await).await;
    assert_eq!(
        refused["errors"],
        json!([{"field": "ticket_types[0].guest_price.least_minor", "code": "with_tiers"}])
    );
    night["ticket_types"][0]["terms"]["tiers"] = json!([]);
    let made = body(house.post("/api/v1/events", &token, night).await).await;
    assert_eq!(made["ticket_types"][0]["terms"]["guest_price"]["most_minor"], 5000, "{made}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_form_ties_a_ticket_type_to_another_of_the_night() {
    let house = House::open().await;
    let cookie = house.cookie("olga@club.test").await;
    let page = house.page("/admin/events/new", &cookie).await.text().await.expect("a page");
    let csrf = field(&page, "csrf");
    let mut form = night(&csrf);
    form.push(("ticket_types[0].needs.serves", "4"));
    form.push(("ticket_types[0].needs.name", "General"));
    let itself = house.submit("/admin/events", &cookie, &form).await;
    assert_eq!(itself.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let itself = itself.text().await.expect("a page");
    assert!(itself.contains("ticket_types[0].needs.name-error"), "{itself}");
    assert!(itself.contains("<option>Supporter</option>"), "the night’s types are to choose from: {itself}");
    form.last_mut().expect("a field").1 = "Supporter";
    assert_eq!(house.submit("/admin/events", &cookie, &form).await.status(), StatusCode::SEE_OTHER);
    let told = said(&house).await;
    let needs = told[0].ticket_types[0].needs.clone();
    assert_eq!(needs, Some(Companion { name: "Supporter".into(), serves: 4 }));
    assert_eq!(told[0].ticket_types[1].needs, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_form_says_how_often_a_guest_comes_in_and_the_door_is_told() {
    let house = House::open().await;
    let cookie = house.cookie("olga@club.test").await;
    let page = house.page("/admin/events/new", &cookie).await.text().await.expect("a page");
    assert!(page.contains("<option value=\"any\">"), "out and in again is to choose from: {page}");
    let csrf = field(&page, "csrf");
    let mut form = night(&csrf);
    form.extend([
        ("ticket_types[2].name", "Smokers"),
        ("ticket_types[2].price", "30"),
        ("ticket_types[2].capacity", "20"),
        ("ticket_types[1].entries", "any"),
        ("ticket_types[2].entries", "0"),
    ]);
    let again = house.submit("/admin/events", &cookie, &form).await;
    assert_eq!(again.status(), StatusCode::UNPROCESSABLE_ENTITY, "nobody would come in");
    let again = again.text().await.expect("a page");
    assert!(again.contains("ticket_types[2].entries-error"), "{again}");
    assert!(again.contains("<option value=\"any\" selected>"), "what was chosen stays chosen: {again}");
    form.last_mut().expect("a field").1 = "7";
    assert_eq!(house.submit("/admin/events", &cookie, &form).await.status(), StatusCode::SEE_OTHER);
    let told = said(&house).await;
    let entries: Vec<i64> = told[0].ticket_types.iter().map(|each| each.entries).collect();
    assert_eq!(entries, [1, -1, 7], "once unless the form says otherwise");

    let edit = house.page(&format!("/admin/events/{}", told[0].event_id), &cookie).await;
    let edit = edit.text().await.expect("a page");
    for chosen in ["any", "7"] {
        assert!(edit.contains(&format!("<option value=\"{chosen}\" selected>")), "{chosen} in {edit}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_form_lets_a_code_move_and_the_others_are_told() {
    let house = House::open().await;
    let cookie = house.cookie("olga@club.test").await;
    let page = house.page("/admin/events/new", &cookie).await.text().await.expect("a page");
    let csrf = field(&page, "csrf");
    let mut form = night(&csrf);
    form.push(("ticket_types[1].rotating_code", "yes"));
    assert_eq!(house.submit("/admin/events", &cookie, &form).await.status(), StatusCode::SEE_OTHER);
    let told = said(&house).await;
    let moving: Vec<bool> = told[0].ticket_types.iter().map(|each| each.rotating_code).collect();
    assert_eq!(moving, [false, true]);

    let edit = house.page(&format!("/admin/events/{}", told[0].event_id), &cookie).await;
    let edit = edit.text().await.expect("a page");
    let checked = |row: u8| {
        let at = edit.find(&format!("name=\"ticket_types[{row}].rotating_code\"")).expect("a box");
        edit[at..].split('>').next().unwrap_or_default().contains(" checked")
    };
    assert_eq!([checked(0), checked(1)], [false, true], "{edit}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_api_says_how_often_a_guest_comes_in() {
    let house = House::open().await;
    let token = house.token("olga@club.test").await;
    let mut night = event("Agave");
    for entries in [0, 100] {
        night["ticket_types"][0]["terms"] = json!({"entries": entries});
        let refused = body(house.post("/api/v1/events", &token, night.clone()).await).await;
        assert_eq!(refused["errors"], json!([{"field": "ticket_types[0].entries", "code": "out_of_range"}]));
    }
    for (title, entries) in [("Mezcal", json!(2)), ("Sotol", json!(null))] {
        night["title"] = json!(title);
        night["ticket_types"][0]["terms"] = json!({"entries": entries});
        let made = body(house.post("/api/v1/events", &token, night.clone()).await).await;
        assert_eq!(made["ticket_types"][0]["terms"]["entries"], entries, "{made}");
    }
    night["title"] = json!("Raicilla");
    night["ticket_types"][0]["terms"] = json!({});
    let made = body(house.post("/api/v1/events", &token, night).await).await;
    assert_eq!(made["ticket_types"][0]["terms"]["entries"], 1, "who left it out means once: {made}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_form_asks_guests_and_the_till_is_told_what() {
    let house = House::open().await;
    let cookie = house.cookie("olga@club.test").await;
    let page = house.page("/admin/events/new", &cookie).await.text().await.expect("a page");
    let csrf = field(&page, "csrf");
    let mut form = night(&csrf);
    let more = house
        .submit("/admin/events", &cookie, &[form.clone(), vec![("step", "add:questions")]].concat())
        .await;
    let more = more.text().await.expect("a page");
    assert!(more.contains("name=\"questions[0].label.en\""), "a row comes without a script: {more}");
    form.extend([
        ("questions[0].label.en", "Your menu?"),
        ("questions[0].kind", "choice"),
        ("questions[0].options", "Vegan | Vegano\r\nMeat | Carne\r\n"),
        ("questions[0].required", "yes"),
        ("questions[0].per_ticket", "yes"),
        ("questions[0].ticket_types", "supporter, Balcony"),
    ]);
    let again = house.submit("/admin/events", &cookie, &form).await;
    assert_eq!(again.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let again = again.text().await.expect("a page");
    for wrong in ["questions[0].label.es-error", "questions[0].ticket_types-error"] {
        assert!(again.contains(wrong), "{wrong} in {again}");
    }
    form.last_mut().expect("a field").1 = "supporter";
    form.push(("questions[0].label.es", "¿Tu menú?"));
    assert_eq!(house.submit("/admin/events", &cookie, &form).await.status(), StatusCode::SEE_OTHER);
    let told = said(&house).await;
    let question = &told[0].questions[0];
    assert_eq!(question.label, Some(Label { en: "Your menu?".into(), es: "¿Tu menú?".into() }));
    assert_eq!((question.kind(), question.required, question.per_ticket), (QuestionKind::Choice, true, true));
    let options: Vec<_> = question.options.iter().map(|option| option.es.as_str()).collect();
    assert_eq!((options, question.ticket_types.len()), (vec!["Vegano", "Carne"], 1));

    // A change by a program that names no id asks the same question.
    let token = house.token("olga@club.test").await;
    let path = format!("/api/v1/events/{}", told[0].event_id);
    let made = body(house.get(&path, &token).await).await;
    assert_eq!(made["terms"]["questions"][0]["id"], json!(question.question_id));
    let mut change = event("Agave");
    change["revision"] = made["revision"].clone();
    change["terms"] = json!({"questions": [{"label": {"en": "Your menu?", "es": "¿Qué comes?"}}]});
    let changed = body(house.put(&path, &token, change).await).await;
    assert_eq!(changed["terms"]["questions"][0]["id"], json!(question.question_id), "{changed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_type_s_own_times_of_entry_are_told_and_lie_between_the_doors() {
    let house = House::open().await;
    let token = house.token("olga@club.test").await;
    let mut night = event("Raicilla");
    let instant = |field: &str| -> DateTime<Utc> {
        night[field].as_str().and_then(|at| at.parse().ok()).expect("the night's times are given")
    };
    let (starts_at, ends_at) = (instant("starts_at"), instant("ends_at"));
    let late = ends_at + TimeDelta::hours(1);
    night["ticket_types"][0]["terms"] = json!({"admit_until": late});
    let refused = body(house.post("/api/v1/events", &token, night.clone()).await).await;
    assert_eq!(refused["errors"], json!([{"field": "ticket_types[0].admit_until", "code": "outside_doors"}]));
    let (from, until) = (starts_at + TimeDelta::minutes(30), starts_at + TimeDelta::hours(1));
    night["ticket_types"][0]["terms"] = json!({"admit_from": from, "admit_until": until});
    let made = body(house.post("/api/v1/events", &token, night).await).await;
    let told = said(&house).await;
    let told = told.iter().find(|told| told.event_id == made["id"]).expect("it was told");
    let kind = &told.ticket_types[0];
    assert_eq!((kind.admit_from, kind.admit_until), (from.timestamp_millis(), until.timestamp_millis()));
}
