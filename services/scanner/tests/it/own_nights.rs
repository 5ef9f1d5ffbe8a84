//! Every route of the door that is about a night, tried by who works on that night, on another one, and on all.

use std::io::Cursor;

use domain::permission::Role;
use image::{DynamicImage, ImageFormat};
use messages::{marketing_admin::v1::EventChanged, purchase::v1::TicketChanged};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::batch::admitted;
use crate::desk::Reader;
use crate::house::{House, code_of, night};
use crate::nights::bound;

/// A second night with a ticket, a scan, an incident and photographs of its own.
struct Saturday {
    event: EventChanged,
    ticket: TicketChanged,
    scan: String,
    incident: String,
    /// Of the ticket's holder.
    holder: String,
    /// Of the incident.
    evidence: String,
    /// Of nobody's night.
    banned: String,
}

fn picture() -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::new_rgb8(40, 30).write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

pub async fn photographed(house: &House, query: &str) -> String {
    let request = house.http.post(house.url(&format!("/api/v1/photos?{query}")));
    let request = request.bearer_auth(house.token(Role::DoorStaff)).header("content-type", "image/png");
    let answer = request.body(picture()).send().await.unwrap();
    assert_eq!(answer.status(), 201, "{query}");
    answer.json::<Value>().await.unwrap()["id"].as_str().unwrap().to_owned()
}

impl Saturday {
    async fn of(house: &House) -> Self {
        let event = night("saturday", house.now());
        house.tell_event(&event).await;
        let (event_id, zone_id) = (event.event_id.clone(), event.zones[0].zone_id.clone());
        let ticket = TicketChanged { event_id, zone_id, ..house.unsold() };
        house.tell_ticket(&ticket).await;
        Reader::new(house, Role::Owner).photos(true, "7").await;
        let scanned =
            house.answer(&house.token(Role::DoorStaff), &at(house, &event, &code_of(&ticket))).await;
        let holder =
            photographed(house, &format!("of=holder&consent=true&ticket={}", ticket.ticket_id)).await;
        let evidence = photographed(house, "of=incident").await;
        let banned = photographed(house, "of=ban&consent=true").await;
        let report = json!({"event": event.event_id, "kind": "fight", "text": "Two at the bar.", "nonce": "n1",
            "photo": evidence});
        let request =
            house.http.post(house.url("/api/v1/incidents")).bearer_auth(house.token(Role::DoorStaff));
        let reported: Value = request.json(&report).send().await.unwrap().json().await.unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let (scan, incident) = (text(&scanned["scan"]), text(&reported["id"]));
        Self { event, ticket, scan, incident, holder, evidence, banned }
    }

    /// What can be asked about this night: method, address, body, and whether a doorman may, too.
    fn routes(&self, house: &House) -> Vec<(Method, String, Option<Value>, bool)> {
        let (id, ticket) = (&self.event.event_id, &self.ticket.ticket_id);
        let nonce = || Uuid::now_v7().to_string();
        let scan = at(house, &self.event, &code_of(&self.ticket));
        let mut forced = at(house, &self.event, &code_of(&self.ticket));
        forced["note"] = json!("agreed with the owner");
        let gate = House::gate(&self.event, 0);
        let check_in =
            json!({"ticket": ticket, "event": id, "gate": gate, "nonce": nonce(), "reason": "no_code"});
        let batch = json!({"device_time": house.now(),
            "scans": [admitted(&self.event, &code_of(&self.ticket), house.now())]});
        let contact = json!({"device_time": house.now().timestamp_millis(), "queue_length": 0, "event": id});
        let incident = json!({"event": id, "kind": "other", "text": "A lost coat.", "nonce": nonce()});
        let read = |path: String, doormen: bool| (Method::GET, path, None, doormen);
        let act = |path: String, body: Value, doormen: bool| (Method::POST, path, Some(body), doormen);
        vec![
            read(format!("/api/v1/manifest?event={id}"), true),
            read(format!("/api/v1/events/{id}/occupancy"), true),
            read(format!("/api/v1/events/{id}/search?q=lucia"), true),
            read(format!("/api/v1/events/{id}/scans"), false),
            read(format!("/api/v1/events/{id}/people"), false),
            read(format!("/api/v1/events/{id}/incidents"), false),
            read(format!("/api/v1/events/{id}/conflicts"), false),
            read(format!("/api/v1/events/{id}/live"), false),
            read("/api/v1/events/saturday/scans".into(), false),
            read("/api/v1/events/saturday/people".into(), false),
            read("/api/v1/events/saturday/incidents".into(), false),
            read(format!("/live/stream?event={id}"), false),
            read(format!("/parties/stream?event={id}"), false),
            read(format!("/api/v1/events/{id}/parties"), false),
            read(format!("/desk/scans?event={id}"), false),
            read("/desk/scans?event=saturday".into(), false),
            read(format!("/desk/scans.csv?event={id}"), false),
            read(format!("/desk/people?event={id}"), false),
            read("/desk/people?event=saturday".into(), false),
            read(format!("/desk/photos?ticket={ticket}"), false),
            read(format!("/api/v1/photos?ticket={ticket}"), false),
            read(format!("/api/v1/photos/{}", self.holder), false),
            read(format!("/api/v1/photos/{}", self.evidence), false),
            act("/api/v1/scans".into(), scan, true),
            act("/api/v1/overrides".into(), forced, false),
            act("/api/v1/check-ins".into(), check_in, true),
            act("/api/v1/scans/batch".into(), batch, true),
            act("/api/v1/contact".into(), contact, true),
            act("/api/v1/incidents".into(), incident, true),
            act(format!("/api/v1/events/{id}/counter"), json!({"by": 1, "nonce": nonce()}), true),
            act(format!("/api/v1/incidents/{}/notes", self.incident), json!({"text": "Calm again."}), false),
            act(format!("/api/v1/scans/{}/id-check", self.scan), json!({"passed": true}), false),
            act(format!("/api/v1/scans/{}/undo", self.scan), json!({"reason": "a mistake"}), false),
            (Method::PUT, format!("/api/v1/events/{id}/limit"), Some(json!({"people": 400})), false),
            (Method::DELETE, format!("/api/v1/photos/{}", self.holder), None, false),
        ]
    }
}

/// A scan at the first gate of a night.
fn at(house: &House, event: &EventChanged, code: &str) -> Value {
    json!({"scanned_at": house.now(), "code": code, "event": event.event_id, "gate": House::gate(event, 0),
        "nonce": Uuid::now_v7().to_string()})
}

/// The status, and what a refusal is called. A stream that is open is not read to its end.
async fn asked(
    house: &House,
    bearer: &str,
    (method, path, body, _): &(Method, String, Option<Value>, bool),
) -> (u16, String) {
    let mut request = house.http.request(method.clone(), house.url(path)).bearer_auth(bearer);
    request = request.header("accept", "application/json");
    if let Some(body) = body {
        request = request.json(body);
    }
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    if status < 400 {
        return (status, String::new());
    }
    let problem: Value = answer.json().await.unwrap_or_default();
    (status, problem["code"].as_str().unwrap_or_default().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn who_works_on_one_night_reaches_what_is_of_it_and_nothing_of_another() {
    let house = House::open().await;
    let saturday = Saturday::of(&house).await;
    let here = bound(&house, Role::DoorSupervisor, &saturday.event);
    let elsewhere = bound(&house, Role::DoorSupervisor, &house.night);
    let anywhere = house.token(Role::DoorSupervisor);
    let (doorman_here, doorman_elsewhere) =
        (bound(&house, Role::DoorStaff, &saturday.event), bound(&house, Role::DoorStaff, &house.night));
    let outside = (403, "outside_your_nights".to_owned());
    for route in saturday.routes(&house) {
        let what = format!("{} {}", route.0, route.1);
        assert_eq!(asked(&house, &elsewhere, &route).await, outside, "{what}");
        let refused = asked(&house, &doorman_elsewhere, &route).await;
        let expected = if route.3 { "outside_your_nights" } else { "forbidden" };
        // Who lacks the permission as well may be told either: nothing is done.
        assert!(refused.0 == 403 && (refused.1 == expected || !route.3), "{what}: {refused:?}");
        if route.3 {
            let answered = asked(&house, &doorman_here, &route).await;
            assert!(answered.0 < 300, "{what} by a doorman of that night: {answered:?}");
        }
        let answered = asked(&house, &here, &route).await;
        assert!(answered.0 < 300, "{what} by a supervisor of that night: {answered:?}");
        // A photograph that is erased is gone for all.
        if route.0 != Method::DELETE {
            let answered = asked(&house, &anywhere, &route).await;
            assert!(answered.0 < 300, "{what} by a supervisor of all nights: {answered:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_belongs_to_the_whole_house_is_closed_to_who_works_on_some_nights() {
    let house = House::open().await;
    let saturday = Saturday::of(&house).await;
    let here = bound(&house, Role::DoorSupervisor, &saturday.event);
    let anywhere = house.token(Role::DoorSupervisor);
    let ban = json!({"name": "Rafa Moreno", "reason": "Hit the bartender"});
    let read = |path: &str| (Method::GET, path.to_owned(), None, false);
    for route in [
        read("/api/v1/bans"),
        read("/desk/bans"),
        read("/api/v1/devices"),
        read("/devices"),
        read("/desk/settings"),
        read(&format!("/api/v1/photos/{}", saturday.banned)),
        (Method::POST, "/api/v1/bans".to_owned(), Some(ban), false),
        (Method::POST, "/api/v1/devices/invitations".to_owned(), Some(json!({"name": "Door 9"})), false),
    ] {
        let what = format!("{} {}", route.0, route.1);
        assert_eq!(asked(&house, &here, &route).await, (403, "outside_your_nights".to_owned()), "{what}");
        let answered = asked(&house, &anywhere, &route).await;
        assert!(answered.0 < 300, "{what}: {answered:?}");
    }
    let unseen = "select count(*) from audit_log where action = 'photo.viewed'";
    assert_eq!(house.count(unseen).await, 1, "the one look that was allowed");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_desk_s_pages_show_and_take_what_is_of_ones_own_nights() {
    let house = House::open().await;
    let saturday = Saturday::of(&house).await;
    let token = bound(&house, Role::DoorSupervisor, &saturday.event);
    let here = Reader::of(&house, &token);
    let elsewhere = Reader::of(&house, &bound(&house, Role::DoorSupervisor, &house.night));
    for path in ["/desk", "/desk/scans", "/desk/people", "/desk/incidents", "/desk/incident", "/live"] {
        let page = here.page(path).await;
        assert_eq!(page.status, 200, "{path}");
        assert!(page.html.contains("Night of saturday"), "{path}: {}", page.html);
        assert!(!page.html.contains("Night of friday"), "{path}: {}", page.html);
        let named = elsewhere.page(&format!("{path}?event=saturday")).await;
        assert!(!named.html.contains("Night of saturday"), "{path}: {}", named.html);
    }
    assert_eq!(here.page("/desk/check").await.status, 200);

    let incident = [
        ("event", "saturday"),
        ("gate", ""),
        ("kind", "damage"),
        ("text", "The mirror"),
        ("ticket", ""),
        ("order_reference", ""),
        ("nonce", "n2"),
    ];
    let photos = || house.count("select count(*) from photos");
    let before = photos().await;
    let form = elsewhere.page("/desk/incident").await;
    let refused = elsewhere.upload(&form, "/desk/incident", &incident, Some(&picture())).await;
    assert_eq!((refused.status, photos().await), (403, before), "and no picture is kept of it");
    let form = here.page("/desk/incident").await;
    assert_eq!(here.upload(&form, "/desk/incident", &incident, Some(&picture())).await.status, 303);
    assert_eq!(photos().await, before + 1);

    let notes = format!("/desk/incidents/{}/notes", saturday.incident);
    let note = [("event", saturday.event.event_id.as_str()), ("text", "Calm again.")];
    assert_eq!(elsewhere.fill("/desk/check", &notes, &note).await.status, 403);
    assert_eq!(here.fill("/desk/check", &notes, &note).await.status, 303);
    assert_eq!(house.count("select count(*) from incident_notes").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn scans_of_a_night_that_is_no_longer_ones_own_are_no_longer_listed() {
    let house = House::open().await;
    let saturday = Saturday::of(&house).await;
    let claims = house.claims(Role::DoorStaff);
    let of_all = crate::house::token(&claims);
    let ticket = house.ticket().await;
    house.answer(&of_all, &house.scan_of(&code_of(&ticket))).await;
    house.answer(&of_all, &at(&house, &saturday.event, &code_of(&saturday.ticket))).await;
    let mine = async |token: &str| -> usize {
        let request = house.http.get(house.url("/api/v1/scans/mine")).bearer_auth(token);
        let list: Value = request.send().await.unwrap().json().await.unwrap();
        list["scans"].as_array().unwrap().len()
    };
    assert_eq!(mine(&of_all).await, 2);
    let event: domain::ids::EventId = saturday.event.event_id.parse().unwrap();
    let grants = domain::permission::Grants::from(Role::DoorStaff).only([event]);
    let of_one = crate::house::token(&web::session::Claims { grants, ..claims });
    assert_eq!(mine(&of_one).await, 1);
}
