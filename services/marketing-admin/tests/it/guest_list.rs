//! The guest list as staff meet it: who is on it and who has come, the forms, what the ticket site is told, and its answer.

use std::sync::{Arc, Mutex};

use actix_web::{HttpRequest, HttpResponse};
use domain::clock::{Clock, SystemClock};
use messages::millis;
use messages::purchase::v1::RefundReason;
use messages::scanner::v1::TicketScanned;
use reqwest::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;
use web::{ApiJson, App, Context, Running, ServiceCaller, callers};

use crate::figures::{order, refund};
use crate::house::{House, until};
use crate::identity::field;

/// What the ticket site was asked: the path, the key, the body.
pub type Heard = Arc<Mutex<Vec<(String, String, Value)>>>;

/// The ticket site as far as it is asked for guest lists: it shows this list, and answers every act like this.
async fn ticket_site(house: &House, heard: Heard, list: Value, status: u16, answer: Value) -> Running {
    let app = App::new(house.neighbour("purchase"), Context::default()).internal(move |routes| {
        let list = list.clone();
        routes.get("/internal/v1/guest-list/{event}", move |_: ServiceCaller<callers::Desk>| {
            let said = HttpResponse::Ok().json(&list);
            async move { said }
        });
        for path in [
            "/internal/v1/guest-list/{event}/entries",
            "/internal/v1/guest-list/{event}/allotments",
            "/internal/v1/guest-list/entries/{id}",
        ] {
            let (heard, answer) = (heard.clone(), answer.clone());
            routes.post(
                path,
                move |caller: ServiceCaller<callers::Desk>, request: HttpRequest, body: ApiJson<Value>| {
                    assert!(caller.staff.is_some(), "the ticket site is told who asks");
                    let key = request.headers().get("idempotency-key").and_then(|key| key.to_str().ok());
                    let asked =
                        (request.path().to_owned(), key.unwrap_or_default().to_owned(), body.into_inner());
                    heard.lock().expect("no panic").push(asked);
                    let status = actix_web::http::StatusCode::from_u16(status).expect("a status");
                    let said = HttpResponse::build(status).json(&answer);
                    async move { said }
                },
            );
        }
    });
    web::boot::start(app).await.expect("free ports")
}

/// An entry of three, with its tickets.
pub fn entry(id: Uuid, tickets: &[Uuid]) -> Value {
    json!({
        "id": id, "reference": "K7MPX2QD", "url": "http://tickets.maguey.localhost:8080/orders/K7MPX2QD?key=abc",
        "name": "Ana <b>López", "email": "ana@example.org", "ticket_type": "Early bird", "promoter": "DJ Ñandú",
        "note": "Sits with the band", "party": 3, "wanted": 3, "admit_until": "2030-11-20T23:30:00Z",
        "added_at": "2026-11-01T10:00:00Z", "tickets": tickets,
    })
}

pub fn list_of(entries: &[Value]) -> Value {
    json!({"entries": entries, "allotments": [{"promoter": "DJ Ñandú", "places": 10, "taken": 3}]})
}

/// A desk beside a ticket site that answers this, and a night on sale.
pub struct Venue {
    pub house: House,
    _site: Running,
    heard: Heard,
    event: Value,
}

impl Venue {
    pub async fn with(list: Value, status: u16, answer: Value) -> Self {
        let mut house = House::unopened().await;
        let heard = Heard::default();
        let site = ticket_site(&house, heard.clone(), list, status, answer).await;
        house.purchase_url = format!("http://{}", site.internal);
        house.move_in().await;
        let owner = house.token("olga@club.test").await;
        let event = house.published(&owner, "Agave Nights").await;
        Self { house, _site: site, heard, event }
    }

    pub fn id(&self) -> &str {
        self.event["id"].as_str().expect("an id")
    }

    fn path(&self) -> String {
        format!("/admin/events/{}/guest-list", self.id())
    }

    async fn see(&self, query: &str) -> String {
        let cookie = self.house.cookie("max@club.test").await;
        let answer = self.house.page(&format!("{}{query}", self.path()), &cookie).await;
        answer.text().await.expect("a page")
    }

    /// A form of the page, with its token: the status, where it leads, the page.
    async fn send(&self, below: &str, fields: &[(&str, &str)]) -> (StatusCode, String, String) {
        let cookie = self.house.cookie("max@club.test").await;
        let page = self.house.page(&self.path(), &cookie).await.text().await.expect("a page");
        let csrf = field(&page, "csrf");
        let mut fields = fields.to_vec();
        fields.push(("csrf", csrf.as_str()));
        let answer = self.house.submit(&format!("{}{below}", self.path()), &cookie, &fields).await;
        let location = answer.headers().get("location").and_then(|value| value.to_str().ok());
        let location = location.unwrap_or_default().to_owned();
        (answer.status(), location, answer.text().await.expect("a page"))
    }

    pub fn heard(&self) -> Vec<(String, String, Value)> {
        self.heard.lock().expect("no panic").clone()
    }
}

const KEY: &str = "0123456789abcdef0123456789abcdef";

#[tokio::test(flavor = "multi_thread")]
async fn the_list_says_who_is_on_it_until_when_and_how_many_have_come() {
    let tickets: Vec<Uuid> = (0..3).map(|_| Uuid::now_v7()).collect();
    let venue = Venue::with(list_of(&[entry(Uuid::now_v7(), &tickets)]), 200, json!({})).await;
    let page = venue.see("").await;
    assert!(page.contains("1 entry · 3 guests · 0 in") && page.contains("0 of 3"), "{page}");
    assert!(!page.contains("already inside"), "{page}");
    assert!(page.contains("Ana &#60;b&#62;López") && !page.contains("<b>López"), "a name is text: {page}");
    assert!(page.contains("Thu 21 Nov, 00:30"), "the venue's clock: {page}");
    for said in ["DJ Ñandú", "Sits with the band", "3 of 10", "orders/K7MPX2QD?key=abc"] {
        assert!(page.contains(said), "{said} in {page}");
    }

    let scanned = |ticket: &Uuid, admitted: bool| TicketScanned {
        scan_id: Uuid::now_v7().to_string(),
        event_id: venue.id().to_owned(),
        gate_id: Uuid::now_v7().to_string(),
        gate_name: "Main".to_owned(),
        zone_id: Uuid::now_v7().to_string(),
        ticket_id: ticket.to_string(),
        decision: if admitted { "admit" } else { "deny" }.to_owned(),
        reason: if admitted { "ok" } else { "too_late" }.to_owned(),
        scanned_at: millis(SystemClock.now()),
        ..TicketScanned::default()
    };
    venue.house.say(&scanned(&tickets[0], true)).await;
    venue.house.say(&scanned(&tickets[0], false)).await;
    venue.house.say(&scanned(&tickets[1], false)).await;
    until("the scans are known", async || venue.house.count("SELECT count(*) FROM scans").await == 3).await;
    let page = venue.see("").await;
    assert!(page.contains("1 of 3") && page.contains("3 guests · 1 in"), "{page}");
    assert!(page.contains("1 already inside"), "beside what takes them off: {page}");

    assert!(venue.see("?search=l%C3%93pez").await.contains("data-entry"), "by part of the name");
    assert!(venue.see("?search=%C3%B1and%C3%BA").await.contains("data-entry"), "by the promoter");
    let none = venue.see("?search=bea").await;
    assert!(!none.contains("data-entry") && none.contains("Nobody on the list by that name"), "{none}");
    let spanish = venue.see("?lang=es").await;
    assert!(spanish.contains("Lista de invitados") && spanish.contains("1 de 3"), "{spanish}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_list_says_so_and_offers_the_night_s_own_end_as_the_cut_off() {
    let venue = Venue::with(json!({"entries": [], "allotments": []}), 200, json!({})).await;
    let page = venue.see("").await;
    assert!(page.contains("Nobody is on the list yet"), "{page}");
    let until: chrono::DateTime<chrono::Utc> =
        venue.event["entry_until"].as_str().expect("a time").parse().expect("a time");
    let local = until.with_timezone(&chrono_tz::Europe::Madrid).format("%Y-%m-%dT%H:%M");
    assert!(page.contains(&format!("value=\"{local}\"")), "{local} in {page}");
    // The way there, from the night and from the dashboard.
    let cookie = venue.house.cookie("olga@club.test").await;
    for from in [format!("/admin/events/{}", venue.id()), "/admin".to_owned()] {
        let page = venue.house.page(&from, &cookie).await.text().await.expect("a page");
        assert!(page.contains(&format!("href=\"{}\"", venue.path())), "{from}: {page}");
    }
    // A draft has no list.
    let owner = venue.house.token("olga@club.test").await;
    let draft = venue.house.post("/api/v1/events", &owner, crate::house::event("Draft")).await;
    let draft: Value = draft.json().await.expect("JSON");
    let path = format!("/admin/events/{}/guest-list", draft["id"].as_str().expect("an id"));
    assert_eq!(venue.house.page(&path, &cookie).await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_double_click_is_one_guest_and_what_was_written_reaches_the_ticket_site() {
    let id = Uuid::now_v7();
    let venue = Venue::with(
        list_of(&[entry(id, &[])]),
        200,
        json!({"id": id, "reference": "R", "url": "http://x/", "tickets": 3}),
    )
    .await;
    let kind = venue.event["ticket_types"][0]["id"].as_str().expect("an id").to_owned();
    let form = [
        ("form_key", KEY),
        ("name", " Ana López "),
        ("email", "ana@example.org"),
        ("party", "3"),
        ("ticket_type", kind.as_str()),
        ("admit_until", "2030-11-21T00:30"),
        ("promoter", "DJ Ñandú"),
        ("note", ""),
    ];
    let (first, second) = tokio::join!(venue.send("", &form), venue.send("", &form));
    for (status, location, page) in [first, second] {
        assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
        assert_eq!(location, format!("{}?done=added&entry={id}", venue.path()));
    }
    let heard = venue.heard();
    assert_eq!((heard.len(), &heard[0]), (2, &heard[1]), "the same key says the same");
    let (path, key, body) = &heard[0];
    assert_eq!((path, key.as_str()), (&format!("/internal/v1/guest-list/{}/entries", venue.id()), KEY));
    let expected = json!({
        "ticket_type": kind, "name": "Ana López", "email": "ana@example.org", "language": "en", "party": 3,
        "promoter": "DJ Ñandú", "note": "", "admit_until": "2030-11-20T23:30:00Z",
    });
    assert_eq!(*body, expected, "the cut-off is on the venue's clock");
    let page = venue.see(&format!("?done=added&entry={id}")).await;
    assert!(page.contains("is on the list.") && page.contains("Their tickets"), "{page}");
    assert!(page.contains("value=\"2030-11-21T00:30\""), "the next guest is offered the same cut-off");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_is_said_by_its_field_and_what_was_written_stays() {
    let refused =
        json!({"code": "allotment_used", "errors": [{"field": "promoter", "code": "allotment_used"}]});
    let venue = Venue::with(list_of(&[]), 409, refused).await;
    let kind = venue.event["ticket_types"][0]["id"].as_str().expect("an id").to_owned();
    let form = |party: &'static str, until: &'static str| {
        [
            ("form_key", KEY),
            ("name", "Bea"),
            ("party", party),
            ("ticket_type", kind.as_str()),
            ("admit_until", until),
            ("promoter", "DJ Ñandú"),
        ]
    };
    let (status, _, page) = venue.send("", &form("4", "2030-11-21T00:30")).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(page.contains("more than their allotment has left") && page.contains("value=\"Bea\""), "{page}");
    assert_eq!(field(&page, "form_key"), KEY, "asked again, it is the same guest");
    assert_eq!(venue.heard().len(), 1);
    for (party, until) in
        [("many", "2030-11-21T00:30"), ("-1", "2030-11-21T00:30"), ("2", "midnight"), ("2", "")]
    {
        let (status, _, page) = venue.send("", &form(party, until)).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{party} {until}");
        assert!(page.contains("Nothing was changed yet"), "{page}");
    }
    assert_eq!(venue.heard().len(), 1, "nothing of that was worth asking for");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_is_taken_off_changes_its_size_and_may_wait_for_the_door() {
    let id = Uuid::now_v7();
    for (stay, answer, done) in [
        ("0", json!({"party": 0, "waiting": false}), "?done=removed".to_owned()),
        ("2", json!({"party": 2, "waiting": false}), format!("?done=changed&entry={id}")),
        ("5", json!({"party": 5, "waiting": false}), format!("?done=changed&entry={id}")),
        ("0", json!({"party": 1, "waiting": false}), format!("?done=inside&entry={id}")),
        ("0", json!({"party": 3, "waiting": true}), "?done=waiting".to_owned()),
    ] {
        let venue = Venue::with(list_of(&[entry(id, &[])]), 200, answer).await;
        let (status, location, page) = venue.send(&format!("/{id}"), &[("stay", stay)]).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
        assert_eq!(location, format!("{}{done}", venue.path()));
        let (path, _, body) = venue.heard().remove(0);
        assert_eq!(path, format!("/internal/v1/guest-list/entries/{id}"));
        assert_eq!(body, json!({"party": stay.parse::<u32>().expect("a number")}), "nothing else");
        assert!(venue.see(&done).await.contains("notice--good"), "{done}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_s_name_and_cut_off_reach_the_ticket_site_and_its_refusal_the_page() {
    let id = Uuid::now_v7();
    let mut grown = entry(id, &[]);
    grown["more_urls"] = json!(["http://tickets.maguey.localhost:8080/orders/MORE?key=def"]);
    let venue = Venue::with(list_of(&[grown.clone()]), 200, json!({"party": 4, "waiting": false})).await;
    let page = venue.see("").await;
    for said in ["orders/MORE?key=def", "More tickets", "value=\"2030-11-21T00:30\""] {
        assert!(page.contains(said), "{said} in {page}");
    }
    let form = [("stay", "4"), ("name", " Bea "), ("until", "2030-11-21T01:00")];
    let (status, _, page) = venue.send(&format!("/{id}"), &form).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    let (_, _, body) = venue.heard().remove(0);
    assert_eq!(body, json!({"party": 4, "name": "Bea", "admit_until": "2030-11-21T00:00:00Z"}));
    for wrong in [("stay", "many"), ("until", "midnight")] {
        let (status, _, page) = venue.send(&format!("/{id}"), &[wrong]).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.contains("notice--refusal") && !page.contains("field--error"), "{page}");
    }
    assert_eq!(venue.heard().len(), 1, "nothing of that was worth asking for");

    for (code, field, words) in [
        ("sold_out", "items[0].quantity", "Guests in line for this type come first"),
        ("allotment_used", "promoter", "allotment is used up"),
        ("still_leaving", "party", "The door is being asked"),
        ("party_changed", "party", "has just changed this party"),
    ] {
        let refused = json!({"code": code, "errors": [{"field": field, "code": code}]});
        let venue = Venue::with(list_of(&[grown.clone()]), 409, refused).await;
        let (status, _, page) = venue.send(&format!("/{id}"), &form).await;
        assert_eq!(status, StatusCode::CONFLICT, "{code}");
        assert!(page.contains(words) && !page.contains("field--error"), "{code}: {page}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_promoter_gets_an_allotment_or_is_told_why_not() {
    let set = json!({"promoter": "Bea", "places": 25, "taken": 0});
    let venue = Venue::with(list_of(&[]), 200, set).await;
    let (status, location, _) = venue.send("/allotments", &[("allotted", "Bea"), ("places", "25")]).await;
    assert_eq!((status, location), (StatusCode::SEE_OTHER, format!("{}?done=allotted", venue.path())));
    let (status, ..) = venue.send("/allotments", &[("allotted", "Bea"), ("places", "")]).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let said: Vec<Value> = venue.heard().into_iter().map(|(_, _, body)| body).collect();
    assert_eq!(said, [json!({"promoter": "Bea", "places": 25}), json!({"promoter": "Bea", "places": null})]);
    let (status, _, page) = venue.send("/allotments", &[("allotted", "Bea"), ("places", "some")]).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("value=\"Bea\""), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_is_for_who_may_give_tickets_away_and_a_site_that_is_away_is_said_to_be() {
    let mut venue = Venue::with(list_of(&[]), 200, json!({})).await;
    let door = venue.house.token("dora@club.test").await;
    assert_eq!(venue.house.get(&venue.path(), &door).await.status(), StatusCode::FORBIDDEN);
    venue.house.purchase_url = "http://127.0.0.1:9".to_owned();
    venue.house.stop().await;
    venue.house.start().await;
    let page = venue.see("").await;
    assert!(page.contains("so the list can’t be shown"), "{page}");
    let kind = venue.event["ticket_types"][0]["id"].as_str().expect("an id").to_owned();
    let form = [
        ("form_key", KEY),
        ("name", "Bea"),
        ("party", "1"),
        ("ticket_type", kind.as_str()),
        ("admit_until", "2030-11-21T00:30"),
    ];
    let (status, _, page) = venue.send("", &form).await;
    assert_eq!(status, StatusCode::BAD_GATEWAY);
    assert!(page.contains("it is done once"), "{page}");
    assert_eq!(field(&page, "form_key"), KEY);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_mail_says_until_when_a_ticket_lets_in_and_that_places_were_taken_back() {
    let venue = Venue::with(list_of(&[]), 200, json!({})).await;
    let kind = venue.event["ticket_types"][0]["id"].as_str().expect("an id").to_owned();
    let mut paid = order(venue.id(), &kind, "ana@example.org", 2);
    paid.total_minor = 0;
    for ticket in &mut paid.tickets {
        ticket.admit_until = millis("2030-11-20T23:30:00Z".parse().expect("an instant"));
    }
    venue.house.say(&paid).await;
    until("the tickets are mailed", async || venue.house.mailbox("ana@example.org").await.len() == 1).await;
    let mail = venue.house.mailbox("ana@example.org").await.remove(0);
    for part in ["html", "text"] {
        let text = mail[part].as_str().expect("text");
        assert_eq!(text.matches("Deja entrar hasta las 00:30").count(), 2, "{text}");
    }
    let mut off = refund(&paid, RefundReason::Staff);
    off.reason = RefundReason::GuestList.into();
    venue.house.say(&off).await;
    until("so is what was taken back", async || venue.house.mailbox("ana@example.org").await.len() == 2)
        .await;
    let mails = venue.house.mailbox("ana@example.org").await;
    let off =
        mails.iter().find(|mail| mail["subject"] == "Lista de invitados: Agave Nights").expect("the mail");
    assert!(off["text"].as_str().expect("text").contains("lista de invitados"), "{off}");
    let returned = "SELECT tickets_returned FROM event_figures";
    until("the figures know it", async || venue.house.count(returned).await == 2).await;
}
