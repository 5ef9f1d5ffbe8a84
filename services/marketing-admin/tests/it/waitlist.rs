//! What those in line are written, and what the desk sees of the lines.

use domain::clock::{Clock, SystemClock};
use messages::millis;
use messages::purchase::v1::{Buyer, WaitlistChanged, WaitlistState};
use serde_json::{Value, json};
use uuid::Uuid;
use web::{App, Context, ServiceCaller, callers};

use crate::house::{House, until};

const PAGE: &str = "http://tickets.maguey.localhost:8080/waitlist/0199?key=abc";

fn told(event: &Value, state: WaitlistState, language: &str) -> WaitlistChanged {
    let offered = state == WaitlistState::Offered;
    WaitlistChanged {
        waitlist_id: "0199c4a2-0000-7000-8000-000000000001".to_owned(),
        revision: if offered { 2 } else { 1 },
        event_id: event["id"].as_str().expect("an id").to_owned(),
        ticket_type_id: Uuid::now_v7().to_string(),
        ticket_type_name: "Early bird".to_owned(),
        state: state.into(),
        party: 2,
        guest: Some(Buyer {
            name: "Ana Ruiz".to_owned(),
            email: "ana@example.org".to_owned(),
            language: language.to_owned(),
        }),
        page_url: PAGE.to_owned(),
        offered_until: if offered { 1_790_000_000_000 } else { 0 },
        changed_at: millis(SystemClock.now()),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_joins_and_who_is_offered_places_is_written_to_once_each() {
    let house = House::open().await;
    let owner = house.token("olga@club.test").await;
    let event = house.published(&owner, "Agave Nights").await;
    for state in
        [WaitlistState::Waiting, WaitlistState::Waiting, WaitlistState::Offered, WaitlistState::Offered]
    {
        house.say(&told(&event, state, "es")).await;
    }
    until("both mails are there", async || house.mailbox("ana@example.org").await.len() == 2).await;
    let mails = house.mailbox("ana@example.org").await;
    let by = |subject: &str| {
        mails
            .iter()
            .find(|mail| mail["subject"] == subject)
            .unwrap_or_else(|| panic!("{subject} in {mails:?}"))
    };
    let joined = by("Estás en la cola: Agave Nights");
    let offered = by("Te toca: Agave Nights");
    for mail in [joined, offered] {
        for part in ["html", "text"] {
            let text = mail[part].as_str().expect("text");
            assert!(text.contains(PAGE) && text.contains("2 × Early bird"), "{text}");
        }
    }
    let text = offered["text"].as_str().expect("text");
    assert!(text.contains("Te las guardamos hasta") && text.contains("Madrid"), "{text}");
    assert_eq!(house.count("SELECT count(*) FROM emails WHERE order_id IS NULL AND state = 'sent'").await, 2);
    let cookie = house.cookie("olga@club.test").await;
    let log = house.page("/admin/emails", &cookie).await.text().await.expect("a page");
    assert!(log.contains("Offer from the waitlist"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_nights_page_shows_its_lines_and_says_so_when_it_cannot() {
    let mut house = House::open().await;
    let owner = house.token("olga@club.test").await;
    let event = house.published(&owner, "Agave Nights").await;
    let path = format!("/admin/events/{}", event["id"].as_str().expect("an id"));
    let cookie = house.cookie("olga@club.test").await;
    let page = house.page(&path, &cookie).await.text().await.expect("a page");
    assert!(page.contains("the waitlist can’t be shown"), "{page}");

    let lines = json!({"ticket_types": [
        {"ticket_type_id": Uuid::now_v7(), "name": "Early <b>bird", "waiting": 12, "tickets": 31, "offers": 1, "claimed": 0}]});
    let site = App::new(house.neighbour("purchase"), Context::default()).internal(move |routes| {
        let lines = lines.clone();
        routes.get("/internal/v1/waitlist/{event}", move |_: ServiceCaller<callers::Desk>| {
            let said = actix_web::HttpResponse::Ok().json(&lines);
            async move { said }
        });
    });
    let site = web::boot::start(site).await.expect("free ports");
    house.purchase_url = format!("http://{}", site.internal);
    house.stop().await;
    house.start().await;
    let cookie = house.cookie("olga@club.test").await;
    let page = house.page(&path, &cookie).await.text().await.expect("a page");
    assert!(page.contains("12 guests wait (31 tickets) · 1 open offer · none claimed yet"), "{page}");
    assert!(!page.contains("Early <b>bird"), "a name is text");
    // Words of the other language, from the same page.
    let page = house.page(&format!("{path}?lang=es"), &cookie).await.text().await.expect("a page");
    assert!(page.contains("12 personas esperan"), "{page}");
    // The events' form still stands where the ticket site has nothing to say of a draft.
    let draft = house.post("/api/v1/events", &owner, crate::house::event("Draft")).await;
    let draft: Value = draft.json().await.expect("JSON");
    let path = format!("/admin/events/{}", draft["id"].as_str().expect("an id"));
    let page = house.page(&path, &cookie).await.text().await.expect("a page");
    assert!(!page.contains("data-waitlist"), "{page}");
}
