//! The box office as staff meet it: a form, what the ticket site is told, and its answer as a page.

use std::sync::{Arc, Mutex};

use actix_web::{HttpRequest, HttpResponse};
use reqwest::StatusCode;
use serde_json::{Value, json};
use web::{ApiJson, App, Context, Running, ServiceCaller, callers};

use crate::figures::order;
use crate::house::{House, body, until};
use crate::identity::field;

type Heard = Arc<Mutex<Vec<(String, Value)>>>;

/// The ticket site as far as it is asked to sell: it answers as it is told to, and remembers what it heard.
async fn ticket_site(house: &House, heard: Heard, status: u16, answer: Value) -> Running {
    let app = App::new(house.neighbour("purchase"), Context::default()).internal(move |routes| {
        let (heard, answer) = (heard.clone(), answer.clone());
        let (asked, price) = (heard.clone(), answer.clone());
        let status = actix_web::http::StatusCode::from_u16(status).expect("a status");
        routes.post(
            "/internal/v1/box-office/quotes",
            move |caller: ServiceCaller<callers::Desk>, choice: ApiJson<Value>| {
                assert!(caller.staff.is_some(), "the ticket site is told who asks");
                asked.lock().expect("no panic").push((String::new(), choice.into_inner()));
                let said = HttpResponse::build(status).json(&price);
                async move { said }
            },
        );
        routes.post(
            "/internal/v1/box-office/orders",
            move |caller: ServiceCaller<callers::Desk>, request: HttpRequest, sale: ApiJson<Value>| {
                assert!(caller.staff.is_some(), "the ticket site is told who sells");
                let key = request
                    .headers()
                    .get("idempotency-key")
                    .expect("a key")
                    .to_str()
                    .expect("text")
                    .to_owned();
                heard.lock().expect("no panic").push((key, sale.into_inner()));
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
    event: String,
    kind: String,
}

impl Venue {
    async fn with(status: u16, answer: Value) -> Self {
        let mut house = House::unopened().await;
        let heard = Heard::default();
        let site = ticket_site(&house, heard.clone(), status, answer).await;
        house.purchase_url = format!("http://{}", site.internal);
        house.move_in().await;
        let owner = house.token("olga@club.test").await;
        let event = house.published(&owner, "Agave Nights").await;
        let text = |value: &Value| value.as_str().expect("an id").to_owned();
        let (event, kind) = (text(&event["id"]), text(&event["ticket_types"][0]["id"]));
        Self { house, _site: site, heard, event, kind }
    }

    /// The form as a member of staff fills it in: two of the first type, and what the test changes.
    async fn send(&self, who: &str, path: &str, change: &[(&str, &str)]) -> (StatusCode, String) {
        let cookie = self.house.cookie(who).await;
        let page = self.house.page("/admin/box-office", &cookie).await.text().await.expect("a page");
        let (csrf, key, quantity) =
            (field(&page, "csrf"), field(&page, "form_key"), format!("q-{}", self.kind));
        let mut fields = vec![
            ("csrf", csrf.as_str()),
            ("form_key", key.as_str()),
            ("event", self.event.as_str()),
            ("channel", "cash_at_venue"),
            (quantity.as_str(), "2"),
            ("name", ""),
            ("email", ""),
        ];
        fields.retain(|(name, _)| !change.iter().any(|(changed, _)| changed == name));
        fields.extend_from_slice(change);
        let answer = self.house.submit(path, &cookie, &fields).await;
        (answer.status(), answer.text().await.expect("a page").replace('\u{a0}', " "))
    }

    fn heard(&self) -> Vec<(String, Value)> {
        self.heard.lock().expect("no panic").clone()
    }
}

fn sold() -> Value {
    json!({"reference": "K7MPX2QD", "url": "http://tickets.maguey.localhost:8080/orders/K7MPX2QD?key=abc",
           "total_minor": 3000, "currency": "EUR", "tickets": 2})
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manager_sells_for_cash_and_shows_the_guest_the_code() {
    let venue = Venue::with(200, sold()).await;
    let (status, page) = venue.send("max@club.test", "/admin/box-office", &[]).await;
    assert_eq!(status, StatusCode::OK, "{page}");
    assert!(page.contains("Take 30.00 € in cash") && page.contains("2 tickets issued"), "{page}");
    assert!(page.contains("orders/K7MPX2QD?key=abc") && page.contains("<svg"), "link and code: {page}");
    let heard = venue.heard();
    assert_eq!(heard.len(), 1);
    let (key, sale) = &heard[0];
    assert_eq!(key.len(), 32, "{key}");
    assert_eq!(sale["channel"], "cash_at_venue");
    assert_eq!(sale["items"], json!([{"ticket_type": venue.kind, "quantity": 2}]));
    assert_eq!((&sale["name"], &sale["email"]), (&json!("Guest"), &json!("")));
}

#[tokio::test(flavor = "multi_thread")]
async fn tickets_are_given_away_with_a_reason() {
    let venue = Venue::with(
        200,
        json!({"total_minor": 0, "tickets": 1, "reference": "R", "url": "http://x/", "currency": "EUR"}),
    )
    .await;
    let gift = [("reason", "The DJ's friends"), ("channel", "cash_at_venue"), ("email", "dj@example.org")];
    let (status, page) = venue.send("olga@club.test", "/admin/box-office/comps", &gift).await;
    assert!(status.is_success() && page.contains("Nothing to pay"), "{status} {page}");
    let (_, sale) = venue.heard().remove(0);
    assert_eq!((&sale["channel"], &sale["reason"]), (&json!("comp"), &json!("The DJ's friends")));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_ticket_site_refuses_is_said_and_what_was_written_stays() {
    let venue = Venue::with(
        409,
        json!({"code": "sold_out", "errors": [{"field": "items[0].quantity", "code": "sold_out"}]}),
    )
    .await;
    let (status, page) = venue.send("max@club.test", "/admin/box-office", &[("name", "Ana <b>")]).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(page.contains("Not that many are left") && page.contains("value=\"Ana &#60;b&#62;\""), "{page}");
    assert_eq!(field(&page, "form_key"), venue.heard()[0].0, "asked again, it is the same sale");
    let quantity = format!("q-{}", venue.kind);
    for (name, value) in [(quantity.as_str(), "0"), (quantity.as_str(), "two"), (quantity.as_str(), "-1")] {
        let (status, _) = venue.send("max@club.test", "/admin/box-office", &[(name, value)]).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{value}");
    }
    let (status, _) = venue.send("max@club.test", "/admin/box-office", &[("channel", "comp")]).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "a gift has an address of its own");
    assert_eq!(venue.heard().len(), 1, "nothing of that was worth asking for");
}

#[tokio::test(flavor = "multi_thread")]
async fn at_a_full_house_a_manager_is_told_and_may_sell_on_with_a_reason() {
    let venue = Venue::with(409, json!({"code": "house_full"})).await;
    let (status, page) = venue.send("max@club.test", "/admin/box-office", &[]).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(page.contains("The house is full. Nothing was sold"), "{page}");
    assert!(page.contains("name=\"although_full\""), "who answers for the door may sell on: {page}");
    assert!(venue.heard()[0].1.get("although_full").is_none(), "{:?}", venue.heard());
    let on = [("although_full", "The owner's brother")];
    venue.send("max@club.test", "/admin/box-office", &on).await;
    assert_eq!(venue.heard()[1].1["although_full"], "The owner's brother");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_site_that_is_away_is_asked_again_with_the_same_key() {
    let mut venue = Venue::with(200, sold()).await;
    venue.house.purchase_url = "http://127.0.0.1:9".to_owned();
    venue.house.stop().await;
    venue.house.start().await;
    let (status, page) = venue.send("max@club.test", "/admin/box-office", &[]).await;
    assert_eq!(status, StatusCode::BAD_GATEWAY);
    assert!(page.contains("sells once"), "{page}");
    assert_eq!(field(&page, "form_key").len(), 32);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_chosen_has_its_total_from_the_ticket_site_in_the_readers_language() {
    let venue = Venue::with(200, sold()).await;
    let cookie = venue.house.cookie("max@club.test").await;
    let page = venue.house.page("/admin/box-office", &cookie).await.text().await.expect("a page");
    assert!(page.contains("data-take=\"/admin/box-office/total?lang=en\""), "{page}");
    let path = format!("/admin/box-office/total?lang=es&event={}&q-{}=2", venue.event, venue.kind);
    let answer = venue.house.page(&path, &cookie).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let said = answer.text().await.expect("a total").replace('\u{a0}', " ");
    assert!(said.contains("30,00 €") && said.contains("2 entradas"), "{said}");
    let asked = venue.heard();
    let items = json!([{"ticket_type": venue.kind, "quantity": 2}]);
    assert_eq!(asked[0].1, json!({"event": venue.event, "items": items}));
    let nothing = venue.house.page(&format!("/admin/box-office/total?event={}", venue.event), &cookie).await;
    assert_eq!(nothing.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(venue.heard().len(), 1, "what is not chosen is not asked for");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_reads_a_total_that_the_ticket_site_did_not_say() {
    let venue = Venue::with(503, json!({"code": "unavailable"})).await;
    let cookie = venue.house.cookie("max@club.test").await;
    let path = format!("/admin/box-office/total?event={}&q-{}=2", venue.event, venue.kind);
    assert_eq!(venue.house.page(&path, &cookie).await.status(), StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_figures_tell_the_ways_of_paying_apart() {
    let venue = Venue::with(200, sold()).await;
    use messages::purchase::v1::SaleChannel;
    for (channel, count) in [
        (SaleChannel::Online, 3),
        (SaleChannel::CashAtVenue, 2),
        (SaleChannel::Comp, 1),
        (SaleChannel::Unspecified, 1),
    ] {
        let mut paid = order(&venue.event, &venue.kind, "ana@example.org", count);
        paid.channel = channel.into();
        if channel == SaleChannel::Comp {
            paid.total_minor = 0;
        }
        venue.house.say(&paid).await;
    }
    let token = venue.house.token("olga@club.test").await;
    until("all four count", async || {
        body(venue.house.get("/api/v1/figures", &token).await).await["nights"][0]["tickets_sold"] == 7
    })
    .await;
    let figures = body(venue.house.get("/api/v1/figures", &token).await).await;
    let channels: Vec<(String, i64, i64)> = figures["nights"][0]["channels"]
        .as_array()
        .expect("channels")
        .iter()
        .map(|each| {
            let name = each["channel"].as_str().expect("a name").to_owned();
            (
                name,
                each["tickets"].as_i64().expect("a count"),
                each["revenue"]["minor"].as_i64().expect("money"),
            )
        })
        .collect();
    let expected = [("online", 4, 4 * 1588), ("cash_at_venue", 2, 2 * 1588), ("comp", 1, 0)];
    assert_eq!(channels, expected.map(|(name, tickets, minor)| (name.to_owned(), tickets, minor)));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_without_an_address_is_mailed_to_nobody() {
    let venue = Venue::with(200, sold()).await;
    venue.house.say(&order(&venue.event, &venue.kind, "", 1)).await;
    venue.house.say(&order(&venue.event, &venue.kind, "ana@example.org", 1)).await;
    until("the one with an address is mailed", async || {
        !venue.house.mailbox("ana@example.org").await.is_empty()
    })
    .await;
    assert_eq!(venue.house.count("SELECT count(*) FROM emails").await, 1);
}
