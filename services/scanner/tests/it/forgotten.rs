//! Guests who asked to be forgotten, and what somebody is told who asks what the door holds about them.

use domain::permission::Role;
use messages::purchase::v1::TicketChanged;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::bans::send;
use crate::batch::lines;
use crate::desk::{Reader, look_after};
use crate::house::{House, code_of, service_token};
use crate::own_nights::photographed;

/// What was reported.
const REPORT: &str = "Shouted at Dolores by the bar.";

/// A ticket whose guest came in, was photographed, and is in an incident's report of this kind with a picture.
async fn guest(house: &House, kind: &str) -> (TicketChanged, String) {
    Reader::new(house, Role::Owner).photos(true, "7").await;
    let ticket = house.ticket().await;
    house.answer(&house.token(Role::DoorStaff), &house.scan_of(&code_of(&ticket))).await;
    photographed(house, &format!("of=holder&consent=true&ticket={}", ticket.ticket_id)).await;
    let photo = photographed(house, "of=incident").await;
    let report = json!({"event": "friday", "kind": kind, "text": REPORT, "ticket": ticket.ticket_id,
        "nonce": Uuid::now_v7().to_string(), "photo": photo});
    let (status, made) = send(house, Role::DoorStaff, "/api/v1/incidents", report).await;
    assert_eq!(status, 201, "{made}");
    (ticket, made["id"].as_str().unwrap().to_owned())
}

/// The ticket site takes the person off a ticket.
async fn erased(house: &House, ticket: &TicketChanged) {
    house
        .tell_ticket(&TicketChanged {
            revision: ticket.revision + 1,
            holder_name: String::new(),
            buyer_email_hash: Vec::new(),
            birth_date: String::new(),
            ..ticket.clone()
        })
        .await;
    look_after(house).await;
}

/// In how many rows of the door's tables a text stands.
async fn rows_with(house: &House, text: &str) -> i64 {
    let tables = "select tablename::text as line from pg_tables where schemaname = 'scanner'
                     and has_table_privilege(format('%I.%I', schemaname, tablename), 'select')";
    let mut found = 0;
    for table in lines(house, tables).await {
        found += house
            .count(&format!(
                "select count(*) from scanner.\"{table}\" t where position('{text}' in t::text) > 0"
            ))
            .await;
    }
    found
}

async fn recorded(house: &House, action: &str) -> i64 {
    house.count(&format!("select count(*) from audit_log where action = '{action}'")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_for_it_is_forgotten_wherever_their_name_was_and_the_count_stays() {
    let house = House::open().await;
    let (ticket, incident) = guest(&house, "refused").await;
    let other = TicketChanged { holder_name: "Ana Ruiz".into(), ..house.unsold() };
    house.tell_ticket(&other).await;
    house.answer(&house.token(Role::DoorStaff), &house.scan_of(&code_of(&other))).await;
    let note = json!({"text": "Lucía went home."});
    let notes = format!("/api/v1/incidents/{incident}/notes");
    assert_eq!(send(&house, Role::Manager, &notes, note).await.0, 201);
    for text in ["Lucía", "Dolores"] {
        assert!(rows_with(&house, text).await > 0, "{text} was there");
    }

    erased(&house, &ticket).await;
    for text in ["Lucía", "Dolores"] {
        assert_eq!(rows_with(&house, text).await, 0, "{text}");
    }
    assert_eq!(house.count("select count(*) from photos").await, 0);
    assert_eq!(house.count("select count(*) from entries").await, 2, "that somebody came in stays");
    assert!(rows_with(&house, "Ana Ruiz").await > 0, "others are who they were");
    assert_eq!((recorded(&house, "guest.forgotten").await, recorded(&house, "guest.kept").await), (1, 0));
    let scans = Reader::new(&house, Role::Owner).page("/desk/scans?event=friday").await.html;
    assert!(scans.contains("Ana Ruiz") && !scans.contains("Lucía"), "{scans}");
    look_after(&house).await;
    assert_eq!(recorded(&house, "guest.forgotten").await, 1, "once");

    // A phone that had no network all night tells of it now.
    let late = json!({"event": "friday", "kind": "other", "text": REPORT, "ticket": ticket.ticket_id, "nonce": "late"});
    assert_eq!(send(&house, Role::DoorStaff, "/api/v1/incidents", late).await.0, 201);
    look_after(&house).await;
    assert_eq!(rows_with(&house, "Dolores").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ban_in_force_stands_in_the_way_until_it_ends() {
    let house = House::open().await;
    let (ticket, _) = guest(&house, "refused").await;
    let ban = json!({"name": "Lucía Ferrer", "reason": "Hit the bartender"});
    let (status, made) = send(&house, Role::Manager, "/api/v1/bans", ban).await;
    assert_eq!(status, 201, "{made}");
    erased(&house, &ticket).await;
    assert_eq!(rows_with(&house, "Dolores").await, 1, "the report is kept");
    assert_eq!(
        house.count("select count(*) from photos where subject = 'holder'").await,
        0,
        "what was taken with consent is not"
    );
    let kept = format!(
        "select count(*) from audit_log where action = 'guest.kept' and target = '{}'
            and detail ->> 'because_of' = 'ban' and detail ->> 'which' = '{}'",
        ticket.ticket_id,
        made["id"].as_str().unwrap()
    );
    assert_eq!(house.count(&kept).await, 1);
    look_after(&house).await;
    assert_eq!(recorded(&house, "guest.kept").await, 1, "it is said once");

    let end = format!("/api/v1/bans/{}/end", made["id"].as_str().unwrap());
    assert_eq!(send(&house, Role::Owner, &end, json!({"appeal_note": "apologised"})).await.0, 200);
    look_after(&house).await;
    assert_eq!(rows_with(&house, "Dolores").await, 0);
    assert_eq!(recorded(&house, "guest.forgotten").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_incident_stands_in_the_way_until_a_supervisor_closes_it() {
    let house = House::open().await;
    let (ticket, incident) = guest(&house, "fight").await;
    erased(&house, &ticket).await;
    assert_eq!(rows_with(&house, "Dolores").await, 1);
    assert_eq!(house.count("select count(*) from photos where subject = 'incident'").await, 1);
    assert_eq!(house.count("select count(*) from forgotten where held_for = 'incident'").await, 1);

    let owner = Reader::new(&house, Role::Owner);
    let notes = format!("/desk/incidents/{incident}/notes");
    let event = house.night.event_id.as_str();
    let page = owner.page("/desk/incidents").await.html;
    assert!(page.contains("Closed: no claim and no police will follow."), "{page}");
    owner.fill("/desk/incidents", &notes, &[("event", event), ("text", "The police asked for it.")]).await;
    look_after(&house).await;
    assert_eq!(rows_with(&house, "Dolores").await, 1, "a note alone closes nothing");
    let closing = [("event", event), ("text", "Nobody sues."), ("closes", "on")];
    assert_eq!(owner.fill("/desk/incidents", &notes, &closing).await.status, 303);
    look_after(&house).await;
    assert_eq!(rows_with(&house, "Dolores").await, 0);
    assert_eq!(house.count("select count(*) from photos").await, 0);
    assert_eq!(house.count("select count(*) from incidents").await, 1, "that there was one stays");
    assert_eq!((recorded(&house, "guest.kept").await, recorded(&house, "guest.forgotten").await), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_holder_and_a_ticket_without_a_name_ask_for_nothing() {
    let house = House::open().await;
    let (ticket, _) = guest(&house, "refused").await;
    let passed_on = TicketChanged { revision: 2, holder_name: "Ana Ruiz".into(), ..ticket.clone() };
    house.tell_ticket(&passed_on).await;
    let nameless =
        TicketChanged { holder_name: String::new(), buyer_email_hash: Vec::new(), ..house.unsold() };
    house.tell_ticket(&nameless).await;
    house.tell_ticket(&TicketChanged { revision: 2, ..nameless }).await;
    // An older word than the one that is known is no word.
    let late =
        TicketChanged { revision: 1, holder_name: String::new(), buyer_email_hash: Vec::new(), ..ticket };
    house.tell_ticket(&late).await;
    look_after(&house).await;
    assert_eq!(house.count("select count(*) from forgotten").await, 0);
    assert!(rows_with(&house, "Dolores").await > 0);
}

/// The role has no right to it but by the function, which looks at what stands in the way itself.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_forgotten_by_mistake() {
    let house = House::open().await;
    let (ticket, _) = guest(&house, "refused").await;
    let forgets = format!(
        "select count(*) from forget_ticket('{}', now()) as gone where gone is not null",
        ticket.ticket_id
    );
    assert_eq!(house.count(&forgets).await, 0, "the ticket site has not said so");
    assert!(rows_with(&house, "Dolores").await > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_is_told_of_their_scans_and_incidents_without_anybody_s_words() {
    let house = House::open().await;
    let (ticket, _) = guest(&house, "fight").await;
    let (other, _) = guest(&house, "theft").await;
    let ask = async |service: &str, tickets: &[&str]| {
        let url = format!("http://{}/internal/v1/held", house.running.internal);
        let request = house.http.post(url).bearer_auth(service_token(service, house.now()));
        let answer = request.json(&json!({"tickets": tickets})).send().await.unwrap();
        (answer.status().as_u16(), answer.json::<Value>().await.unwrap())
    };
    let (status, held) = ask("marketing-admin", &[ticket.ticket_id.as_str()]).await;
    assert_eq!(status, 200, "{held}");
    let scan = &held["scans"][0];
    assert_eq!((&scan["decision"], &scan["night"]), (&json!("admit"), &json!("Night of friday")));
    assert!(scan["gate"].is_string() && scan["at"].is_string(), "{scan}");
    assert_eq!(held["scans"].as_array().unwrap().len(), 1);
    assert_eq!(held["incidents"][0]["kind"], "fight");
    assert_eq!(held["photographs"].as_array().unwrap().len(), 1);
    let text = held.to_string();
    for foreign in ["Dolores", "Ana", other.ticket_id.as_str(), "theft", "lucia@mail.test"] {
        assert!(!text.contains(foreign), "{foreign} in {text}");
    }
    let (_, nobody) = ask("marketing-admin", &[Uuid::now_v7().to_string().as_str()]).await;
    assert_eq!(nobody["scans"], json!([]));
    assert_eq!(ask("purchase", &[ticket.ticket_id.as_str()]).await.0, 403);
}
