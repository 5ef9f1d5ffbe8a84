//! A capacity below what is sold and held: taken, and said before and after.

use reqwest::StatusCode;
use serde_json::{Value, json};
use web::{App, Context, ServiceCaller, callers};

use crate::house::{House, body};
use crate::identity::field;

/// What stands in a field of a time.
fn time(page: &str, name: &str) -> String {
    let (_, rest) =
        page.split_once(&format!("name=\"{name}\" type=\"datetime-local\" value=\"")).expect(name);
    rest.split('"').next().expect("a value").to_owned()
}

/// The form of the night, with a capacity for its first ticket type.
fn sent(page: &str, night: &Value, capacity: &str, step: &str) -> Vec<(String, String)> {
    let mut form: Vec<(String, String)> = vec![
        ("csrf".to_owned(), field(page, "csrf")),
        ("revision".to_owned(), field(page, "revision")),
        ("title".to_owned(), "Agave Nights".to_owned()),
        ("starts_at".to_owned(), time(page, "starts_at")),
        ("ends_at".to_owned(), time(page, "ends_at")),
    ];
    for (row, each) in night["ticket_types"].as_array().expect("types").iter().enumerate() {
        let text = |name: &str| each[name].as_str().unwrap_or_default().to_owned();
        let places = if row == 0 { capacity.to_owned() } else { each["capacity"].to_string() };
        let zone = each["zone"]["name"].as_str().unwrap_or_default().to_owned();
        for (name, value) in [
            ("id", text("id")),
            ("name", text("name")),
            ("price", "15".to_owned()),
            ("capacity", places),
            ("zone", zone),
        ] {
            form.push((format!("ticket_types[{row}].{name}"), value));
        }
    }
    form.push(("currency".to_owned(), "EUR".to_owned()));
    form.push(("step".to_owned(), step.to_owned()));
    form
}

async fn send(house: &House, path: &str, cookie: &str, form: &[(String, String)]) -> (StatusCode, String) {
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let answer = house.submit(path, cookie, &form).await;
    (answer.status(), answer.text().await.expect("a page"))
}

/// Has the ticket site say that of the first ticket type 100 are sold and 20 held.
async fn with_stock(house: &mut House, night: &Value) -> web::Running {
    let stock = json!({"limits": [{"id": night["ticket_types"][0]["id"], "held": 20, "sold": 100}]});
    let site = App::new(house.neighbour("purchase"), Context::default()).internal(move |routes| {
        let stock = stock.clone();
        routes.get("/internal/v1/stock/{event}", move |_: ServiceCaller<callers::Desk>| {
            let said = actix_web::HttpResponse::Ok().json(&stock);
            async move { said }
        });
    });
    let site = web::boot::start(site).await.expect("free ports");
    house.purchase_url = format!("http://{}", site.internal);
    house.stop().await;
    house.start().await;
    site
}

#[tokio::test(flavor = "multi_thread")]
async fn the_form_says_what_is_taken_before_it_saves() {
    let mut house = House::open().await;
    let token = house.token("olga@club.test").await;
    let night = house.published(&token, "Agave Nights").await;
    let path = format!("/admin/events/{}", night["id"].as_str().expect("an id"));
    let cookie = house.cookie("olga@club.test").await;
    let revision = "SELECT revision FROM events";
    let before = house.count(revision).await;
    let page = house.page(&path, &cookie).await.text().await.expect("a page");

    // Nobody can say the figure: that is said, and nothing is saved.
    let (status, said) = send(&house, &path, &cookie, &sent(&page, &night, "110", "")).await;
    assert_eq!(status, StatusCode::CONFLICT, "{said}");
    assert!(said.contains("nobody can say how many are sold or held"), "{said}");

    let _site = with_stock(&mut house, &night).await;
    let cookie = house.cookie("olga@club.test").await;
    let page = house.page(&path, &cookie).await.text().await.expect("a page");
    let (status, said) = send(&house, &path, &cookie, &sent(&page, &night, "110", "")).await;
    assert_eq!(status, StatusCode::CONFLICT, "{said}");
    assert!(
        said.contains("120 are sold or held (100 sold, 20 held)") && said.contains("nobody loses a ticket"),
        "{said}"
    );
    assert!(said.contains("value=\"110\""), "what was entered stays: {said}");
    assert_eq!(house.count(revision).await, before, "nothing is saved yet");
    let (_, rest) = said.split_once("value=\"lower:").expect("the button");
    let read = format!("lower:{}", rest.split('"').next().expect("its value"));
    // Another figure than the one that was read is asked about again.
    let (status, _) = send(&house, &path, &cookie, &sent(&page, &night, "90", &read)).await;
    assert_eq!(status, StatusCode::CONFLICT);
    let (status, said) = send(&house, &path, &cookie, &sent(&page, &night, "110", &read)).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{said}");
    assert_eq!(house.count(revision).await, before + 1);
    assert_eq!(house.count("SELECT capacity FROM ticket_types WHERE name = 'Early bird'").await, 110);
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_read_it_in_the_answer() {
    let mut house = House::open().await;
    let token = house.token("olga@club.test").await;
    let night = house.published(&token, "Agave Nights").await;
    let path = format!("/api/v1/events/{}", night["id"].as_str().expect("an id"));
    let change = |revision: i64, capacity: i64| {
        let mut json = crate::house::event("Agave Nights");
        (json["revision"], json["ticket_types"][0]["capacity"]) = (json!(revision), json!(capacity));
        for name in ["starts_at", "ends_at"] {
            json[name] = night[name].clone();
        }
        json
    };
    let revision = night["revision"].as_i64().expect("a revision");
    let away = body(house.put(&path, &token, change(revision, 119)).await).await;
    assert_eq!(away["lowered"], json!({"below_taken": null}), "nobody could say: {away}");

    let _site = with_stock(&mut house, &night).await;
    let token = house.token("olga@club.test").await;
    let below = body(house.put(&path, &token, change(revision + 1, 110)).await).await;
    assert_eq!(
        below["lowered"]["below_taken"],
        json!([{"id": night["ticket_types"][0]["id"], "name": "Early bird", "capacity": 110, "sold": 100, "held": 20}]),
        "{below}"
    );
    assert_eq!(below["ticket_types"][0]["capacity"], 110, "it is taken");
    let more = body(house.put(&path, &token, change(revision + 2, 130)).await).await;
    assert!(more["lowered"].is_null(), "{more}");
    let enough = body(house.put(&path, &token, change(revision + 3, 125)).await).await;
    assert_eq!(enough["lowered"], json!({"below_taken": []}));
}
