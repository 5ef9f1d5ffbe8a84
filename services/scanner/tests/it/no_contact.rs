//! Whoever works at the door sees neither money nor how to reach a guest: every page and every answer that can be read, read by them.

use domain::permission::Role;
use messages::{
    marketing_admin::v1::{EventChanged, TicketType},
    purchase::v1::TicketChanged,
};
use serde_json::{Value, json};

use crate::batch::{admitted, report};
use crate::check_in::{answer as check_in, check_in_of};
use crate::desk::Reader;
use crate::devices::enrolled;
use crate::house::{House, code_of};
use crate::own_nights::photographed;

const ADDRESS: &str = "lucia@mail.test";
const PRICE: i64 = 987_654_321;
/// Names under which the other services keep such things.
const KEYS: [&str; 11] = [
    "email",
    "buyer_email",
    "buyer_email_hash",
    "phone",
    "phone_number",
    "amount",
    "amount_minor",
    "price",
    "price_minor",
    "total_minor",
    "currency",
];

/// What may be in no answer.
fn secrets(ticket: &TicketChanged) -> Vec<String> {
    let hash: String = ticket.buyer_email_hash.iter().map(|byte| format!("{byte:02x}")).collect();
    let prices = ["987654321", "9,876,543.21", "9.876.543,21", "9876543.21", "9876543,21"];
    [ADDRESS, "mail.test", hash.as_str()].into_iter().chain(prices).map(str::to_owned).collect()
}

/// A night with a price, and a guest whom the door knows as well as it can know one.
async fn seeded(house: &House) -> TicketChanged {
    let ticket = house.unsold();
    let kind = TicketType {
        ticket_type_id: ticket.ticket_type_id.clone(),
        name: "General admission".into(),
        zone_id: house.night.zones[0].zone_id.clone(),
        price_minor: PRICE,
        entries: -1,
        ..TicketType::default()
    };
    let night =
        EventChanged { revision: house.night.revision + 1, ticket_types: vec![kind], ..house.night.clone() };
    house.tell_event(&night).await;
    house.tell_ticket(&ticket).await;
    Reader::new(house, Role::Owner).photos(true, "7").await;
    ticket
}

/// Every address of the public listener that can be read, as the table of routes has it.
fn readable() -> Vec<&'static str> {
    let table = include_str!("../../src/routes.rs").split("pub fn internal").next().unwrap();
    let after = table.split(".get(\"").skip(1);
    after.map(|rest| rest.split('"').next().unwrap()).filter(|path| *path != "/assets/{file}").collect()
}

/// What an answer says, and its headers; of a stream the first words.
async fn read(house: &House, bearer: &str, path: &str) -> (u16, String) {
    let mut answer = house.http.get(house.url(path)).bearer_auth(bearer).send().await.unwrap();
    let status = answer.status().as_u16();
    let mut said = format!("{:?}\n", answer.headers());
    if said.contains("text/event-stream") {
        said += &String::from_utf8_lossy(&answer.chunk().await.unwrap().unwrap_or_default());
    } else {
        said += &String::from_utf8_lossy(&answer.bytes().await.unwrap());
    }
    (status, said)
}

/// Names that stand in a value of JSON, however deep.
fn names(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                found.push(name.clone());
                names(value, found);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| names(value, found)),
        _ => {}
    }
}

fn holds_nothing(what: &str, said: &str, ticket: &TicketChanged) {
    for secret in secrets(ticket) {
        assert!(!said.contains(&secret), "{what} says {secret}: {said}");
    }
    // The description of the interface names what a sign-in takes.
    let body = said.split_once('\n').map_or(said, |(_, body)| body);
    if let Some(json) = serde_json::from_str::<Value>(body).ok().filter(|_| !what.contains("openapi")) {
        let mut found = Vec::new();
        names(&json, &mut found);
        for name in found {
            assert!(!KEYS.contains(&name.as_str()), "{what} has a field {name}: {json}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_page_and_no_answer_tells_the_door_what_was_paid_or_how_to_reach_a_guest() {
    let house = House::open().await;
    let ticket = seeded(&house).await;
    let doorman = house.token(Role::DoorStaff);
    house.answer(&doorman, &house.scan_of(&code_of(&ticket))).await;
    let (device, _) = enrolled(&house, "Door 1").await;
    let photo = photographed(&house, &format!("of=holder&consent=true&ticket={}", ticket.ticket_id)).await;
    let incident = json!({"event": "friday", "kind": "other", "text": "A lost coat.", "nonce": "n1",
        "ticket": ticket.ticket_id, "order_reference": ticket.order_reference});
    let request = house.http.post(house.url("/api/v1/incidents")).bearer_auth(&doorman).json(&incident);
    assert_eq!(request.send().await.unwrap().status(), 201);

    let (event, ticket_id) = (&house.night.event_id, &ticket.ticket_id);
    for (role, at_least) in [(Role::DoorStaff, 12), (Role::DoorSupervisor, 28)] {
        let bearer = house.token(role);
        let mut seen = 0;
        for route in readable() {
            let path = route
                .replace("{event}", event)
                .replace("{device}", &device.to_string())
                .replace("{photo}", &photo);
            assert!(!path.contains('{'), "say here what stands for the part in braces: {route}");
            let asked = match route {
                "/api/v1/events/{event}/search" => format!("{path}?q={ADDRESS}"),
                "/api/v1/photos" | "/desk/photos" => format!("{path}?ticket={ticket_id}"),
                route if route.starts_with("/enrol") || route.contains("openapi") => path,
                _ => format!("{path}?event={event}"),
            };
            let (status, said) = read(&house, &bearer, &asked).await;
            assert!(status < 500, "{role:?} {asked}: {status} {said}");
            seen += usize::from(status == 200);
            let ours = said.replace(&format!("q={ADDRESS}"), "");
            holds_nothing(&format!("{role:?} {asked}"), &ours, &ticket);
        }
        assert!(seen >= at_least, "{role:?} was shown {seen}");
        // Whom a guest's own words find is found by them, and shown without.
        let (_, found) = read(&house, &bearer, &format!("/api/v1/events/{event}/search?q={ADDRESS}")).await;
        assert!(found.contains("Lucía Ferrer"), "{found}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_door_is_answered_when_it_acts_tells_neither() {
    let house = House::open().await;
    let ticket = seeded(&house).await;
    let doorman = house.token(Role::DoorStaff);
    let code = code_of(&ticket);
    for what in ["a scan", "the same ticket again"] {
        let answer = house.answer(&doorman, &house.scan_of(&code)).await;
        assert!(answer.to_string().contains("Lucía Ferrer"), "{answer}");
        holds_nothing(what, &answer.to_string(), &ticket);
    }
    let let_in = check_in(&house, &doorman, &check_in_of(&house, &ticket)).await;
    holds_nothing("a check-in", &let_in.to_string(), &ticket);
    let brought = report(&house, &doorman, &[admitted(&house.night, &code, house.now())]).await;
    holds_nothing("a report", &json!(brought).to_string(), &ticket);
    let mut forced = house.scan_of(&code);
    forced["note"] = json!("agreed with the owner");
    let request =
        house.http.post(house.url("/api/v1/overrides")).bearer_auth(house.token(Role::DoorSupervisor));
    let answer = request.json(&forced).send().await.unwrap().text().await.unwrap();
    holds_nothing("an override", &answer, &ticket);
}
