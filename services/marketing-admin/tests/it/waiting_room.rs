//! The switch of a night's waiting room as staff meet it: how the room stands, the form, what the ticket site is told, and its answer.

use std::sync::{Arc, Mutex};

use actix_web::HttpResponse;
use reqwest::StatusCode;
use serde_json::{Value, json};
use web::{ApiJson, App, Context, Running, ServiceCaller, callers};

use crate::house::{House, body};
use crate::identity::field;

/// What the ticket site was told.
type Heard = Arc<Mutex<Vec<Value>>>;

fn room() -> Value {
    json!({
        "switch": "automatic", "per_minute": null, "usual_per_minute": 3000, "opens_above": 100,
        "open_since": "2030-11-20T20:00:00Z", "waiting": 1234, "admitted_lately": 2950, "wait_seconds": 25,
    })
}

/// The ticket site as far as it is asked for waiting rooms: it shows this room, and answers every word on it like this.
async fn ticket_site(house: &House, heard: Heard, status: u16, answer: Value) -> Running {
    let app = App::new(house.neighbour("purchase"), Context::default()).internal(move |routes| {
        routes.get("/internal/v1/waiting-rooms/{event}", |_: ServiceCaller<callers::Desk>| async {
            HttpResponse::Ok().json(room())
        });
        let (heard, answer) = (heard.clone(), answer.clone());
        routes.post(
            "/internal/v1/waiting-rooms/{event}",
            move |caller: ServiceCaller<callers::Desk>, said: ApiJson<Value>| {
                assert!(caller.staff.is_some(), "the ticket site is told who asks");
                heard.lock().expect("no panic").push(said.into_inner());
                let status = actix_web::http::StatusCode::from_u16(status).expect("a status");
                let said = HttpResponse::build(status).json(&answer);
                async move { said }
            },
        );
    });
    web::boot::start(app).await.expect("free ports")
}

/// A desk beside a ticket site that answers this, and a night on sale.
struct Venue {
    house: House,
    _site: Running,
    heard: Heard,
    id: String,
}

impl Venue {
    async fn with(status: u16, answer: Value) -> Self {
        let mut house = House::open().await;
        let heard = Heard::default();
        let site = ticket_site(&house, heard.clone(), status, answer).await;
        house.purchase_url = format!("http://{}", site.internal);
        house.stop().await;
        house.start().await;
        let owner = house.token("olga@club.test").await;
        let event = house.published(&owner, "Agave Nights").await;
        let id = event["id"].as_str().expect("an id").to_owned();
        Self { house, _site: site, heard, id }
    }

    fn path(&self) -> String {
        format!("/admin/events/{}/waiting-room", self.id)
    }

    async fn see(&self, query: &str) -> String {
        let cookie = self.house.cookie("max@club.test").await;
        let answer = self.house.page(&format!("{}{query}", self.path()), &cookie).await;
        answer.text().await.expect("a page")
    }

    /// The page's form, with its token: the status, where it leads, the page.
    async fn set(&self, switch: &str, per_minute: &str) -> (StatusCode, String, String) {
        let cookie = self.house.cookie("max@club.test").await;
        let page = self.house.page(&self.path(), &cookie).await.text().await.expect("a page");
        let csrf = field(&page, "csrf");
        let fields = [("switch", switch), ("per_minute", per_minute), ("csrf", csrf.as_str())];
        let answer = self.house.submit(&self.path(), &cookie, &fields).await;
        let location = answer.headers().get("location").and_then(|value| value.to_str().ok());
        let location = location.unwrap_or_default().to_owned();
        (answer.status(), location, answer.text().await.expect("a page"))
    }

    fn heard(&self) -> Vec<Value> {
        self.heard.lock().expect("no panic").clone()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_says_how_the_room_stands_and_how_fast_it_goes() {
    let venue = Venue::with(200, room()).await;
    let page = venue.see("").await;
    for said in [
        "data-waiting>1234<",
        "2950 a minute",
        "about a minute",
        "more than 100 guests a second",
        "as many as usual, 3000 a minute",
        "value=\"automatic\" checked",
        "data-going=\"3000\"",
    ] {
        assert!(page.contains(said), "{said} in {page}");
    }
    let spanish = venue.see("?lang=es").await;
    assert!(spanish.contains("Sala de espera") && spanish.contains("2950 por minuto"), "{spanish}");
    let cookie = venue.house.cookie("max@club.test").await;
    let night = venue.house.page(&format!("/admin/events/{}", venue.id), &cookie).await;
    assert!(night.text().await.expect("a page").contains(&venue.path()), "the night's page leads there");
    let nowhere = format!("/admin/events/{}/waiting-room", uuid::Uuid::now_v7());
    assert_eq!(venue.house.page(&nowhere, &cookie).await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_form_says_is_told_to_the_ticket_site() {
    let venue = Venue::with(200, room()).await;
    let (status, location, _) = venue.set("open", " 120 ").await;
    assert_eq!((status, location), (StatusCode::SEE_OTHER, format!("{}?done=1", venue.path())));
    assert_eq!(venue.set("closed", "").await.0, StatusCode::SEE_OTHER);
    let heard =
        [json!({"switch": "open", "per_minute": 120}), json!({"switch": "closed", "per_minute": null})];
    assert_eq!(venue.heard(), heard);
    assert!(venue.see("?done=1").await.contains("It holds from now on"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_not_be_set_is_said_beside_what_was_written() {
    let venue = Venue::with(409, json!({"code": "not_on_sale"})).await;
    for wrong in ["0", "-1", "1.5", "600001", "many"] {
        let (status, _, page) = venue.set("open", wrong).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
        assert!(page.contains("a whole number from 1 to 600000"), "{wrong}: {page}");
        assert!(page.contains(&format!("value=\"{wrong}\"")), "what was written stays: {page}");
        assert!(page.contains("value=\"open\" checked"), "{page}");
    }
    assert_eq!(venue.set("ajar", "").await.0, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(venue.heard().is_empty(), "the ticket site is not asked");
    let (status, _, page) = venue.set("open", "").await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(page.contains("This night isn’t on sale"), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_site_that_is_away_is_said_to_be() {
    let house = House::open().await;
    let owner = house.token("olga@club.test").await;
    let event = house.published(&owner, "Agave Nights").await;
    let path = format!("/admin/events/{}/waiting-room", event["id"].as_str().expect("an id"));
    let cookie = house.cookie("olga@club.test").await;
    let answer = house.page(&path, &cookie).await;
    assert_eq!(answer.status(), StatusCode::BAD_GATEWAY);
    let page = answer.text().await.expect("a page");
    assert!(page.contains("how the waiting room stands can’t be shown"), "{page}");
    let csrf = field(&page, "csrf");
    let fields = [("switch", "open"), ("per_minute", ""), ("csrf", csrf.as_str())];
    let answer = house.submit(&path, &cookie, &fields).await;
    assert_eq!(answer.status(), StatusCode::BAD_GATEWAY);
    assert!(answer.text().await.expect("a page").contains("nobody knows whether this was saved"));
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_have_the_same_switch_and_door_staff_have_none() {
    let venue = Venue::with(200, room()).await;
    let manager = venue.house.token("max@club.test").await;
    let path = format!("/api/v1/events/{}/waiting-room", venue.id);
    let answer = venue.house.get(&path, &manager).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(body(answer).await["waiting"], 1234);
    let word = json!({"switch": "open", "per_minute": 600});
    let answer = venue.house.put(&path, &manager, word.clone()).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(venue.heard(), std::slice::from_ref(&word));
    let door = venue.house.token("dora@club.test").await;
    assert_eq!(venue.house.put(&path, &door, word).await.status(), StatusCode::FORBIDDEN);
    assert_eq!(venue.heard().len(), 1);
}
