//! The log of incidents.

use chrono::TimeDelta;
use diesel_async::SimpleAsyncConnection;
use domain::permission::Role;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::bans::send;
use crate::desk::{Reader, look_after};
use crate::house::{House, token};

fn report(house: &House) -> Value {
    json!({
        "event": house.night.slug, "gate": House::gate(&house.night, 0), "kind": "refused",
        "text": "Too drunk to stand. Went home in a taxi.", "order_reference": "maguey42",
        "nonce": Uuid::now_v7().to_string(),
    })
}

async fn list(house: &House, role: Role) -> (u16, Value) {
    let url = house.url("/api/v1/events/friday/incidents");
    let response = house.http.get(url).bearer_auth(house.token(role)).send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_doorman_reports_a_supervisor_reads_and_adds() {
    let house = House::open().await;
    let hours_ago = house.now() - TimeDelta::hours(1);
    let mut offline = report(&house);
    offline["at"] = json!(hours_ago);
    let (status, made) = send(&house, Role::DoorStaff, "/api/v1/incidents", offline).await;
    assert_eq!(status, 201, "{made}");
    assert_eq!((&made["at"], &made["recorded_at"]), (&json!(hours_ago), &json!(house.now())));
    let id = made["id"].as_str().unwrap();

    assert_eq!(list(&house, Role::DoorStaff).await.0, 403);
    let notes = format!("/api/v1/incidents/{id}/notes");
    let text = json!({"text": "He came back sober and apologised."});
    assert_eq!(send(&house, Role::DoorStaff, &notes, text.clone()).await.0, 403);
    assert_eq!(send(&house, Role::Manager, &notes, text).await.0, 201);
    assert_eq!(send(&house, Role::Manager, &notes, json!({"text": " "})).await.0, 422);
    let nowhere = format!("/api/v1/incidents/{}/notes", Uuid::now_v7());
    assert_eq!(send(&house, Role::Manager, &nowhere, json!({"text": "?"})).await.0, 404);

    let (_, list) = list(&house, Role::Manager).await;
    let incident = &list["incidents"][0];
    assert_eq!((&incident["kind"], &incident["order_reference"]), (&json!("refused"), &json!("MAGUEY42")));
    assert_eq!(incident["staff"], "Ana");
    assert_eq!(incident["notes"][0]["text"], "He came back sober and apologised.");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_that_is_sent_twice_is_one() {
    let house = House::open().await;
    let token = token(&house.claims(Role::DoorStaff));
    let send = async |body: &Value| {
        let request = house.http.post(house.url("/api/v1/incidents")).bearer_auth(&token).json(body);
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.json::<Value>().await.unwrap())
    };
    let mut body = report(&house);
    let (first, again) = futures::future::join(send(&body), send(&body)).await;
    let mut statuses = [first.0, again.0];
    statuses.sort_unstable();
    assert_eq!((statuses, &first.1["id"]), ([200, 201], &again.1["id"]));
    // A phone that asks again stamps it anew.
    body["at"] = json!(house.now() - TimeDelta::minutes(1));
    assert_eq!(send(&body).await.0, 200);
    body["text"] = json!("Something else");
    let other = send(&body).await;
    assert_eq!((other.0, &other.1["code"]), (409, &json!("incident_id_reused")));
    assert_eq!(house.count("select count(*) from incidents").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_a_report_is_refused() {
    let house = House::open().await;
    for (field, value, status) in [
        ("event", json!("no-such-night"), 404),
        ("gate", json!(Uuid::now_v7()), 404),
        ("kind", json!("gossip"), 422),
        ("text", json!("  "), 422),
        ("text", json!("x".repeat(2001)), 422),
        ("nonce", json!(""), 422),
        ("order_reference", json!("x".repeat(41)), 422),
        ("photo", json!(Uuid::now_v7()), 422),
    ] {
        let mut body = report(&house);
        body[field] = value;
        let (found, problem) = send(&house, Role::DoorStaff, "/api/v1/incidents", body).await;
        assert_eq!(found, status, "{field}: {problem}");
    }
    let mut ahead = report(&house);
    ahead["at"] = json!(house.now() + TimeDelta::days(1));
    let (_, made) = send(&house, Role::DoorStaff, "/api/v1/incidents", ahead).await;
    assert_eq!(made["at"], json!(house.now()), "nothing has happened that is yet to come");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_written_is_changed_and_it_is_erased_when_it_is_old() {
    let house = House::open().await;
    let (_, made) = send(&house, Role::DoorStaff, "/api/v1/incidents", report(&house)).await;
    let notes = format!("/api/v1/incidents/{}/notes", made["id"].as_str().unwrap());
    send(&house, Role::Owner, &notes, json!({"text": "Noted."})).await;
    let mut conn = house.db.conn().await.unwrap();
    for sql in [
        "update incidents set text = 'x'",
        "update incident_notes set text = 'x'",
        "truncate incidents cascade",
    ] {
        let refused = conn.batch_execute(sql).await.unwrap_err().to_string();
        assert!(refused.contains("permission denied"), "{sql}: {refused}");
    }
    drop(conn);
    house.clock.advance(TimeDelta::days(364));
    look_after(&house).await;
    assert_eq!(house.count("select count(*) from incidents").await, 1);
    house.clock.advance(TimeDelta::days(2));
    look_after(&house).await;
    assert_eq!(
        house.count("select (select count(*) from incidents) + (select count(*) from incident_notes)").await,
        0
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_desk_s_form_reports_once_and_keeps_what_was_written() {
    let house = House::open().await;
    let doorman = Reader::new(&house, Role::DoorStaff);
    let gate = House::gate(&house.night, 1).to_string();
    let page = doorman.page(&format!("/desk/incident?event=friday&gate={gate}")).await;
    assert!(page.html.contains(&format!("value=\"{gate}\" selected")), "{}", page.html);
    assert!(!page.html.contains("type=\"file\""), "photographs are off");
    let (event, nonce) = (page.hidden("event"), page.hidden("nonce"));
    let fields = |kind: &'static str, text: &'static str| {
        [
            ("event", event.clone()),
            ("nonce", nonce.clone()),
            ("gate", gate.clone()),
            ("ticket", String::new()),
            ("kind", kind.to_owned()),
            ("text", text.to_owned()),
            ("order_reference", String::new()),
        ]
    };
    let send = async |fields: &[(&str, String)]| {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        doorman.upload(&page, "/desk/incident", &fields, None).await
    };
    let refused = send(&fields("", "A fight & a bottle")).await;
    assert_eq!(refused.status, 422);
    assert!(
        refused.html.contains("Choose what it is.") && refused.html.contains("a bottle"),
        "{}",
        refused.html
    );
    for _ in 0..2 {
        let sent = send(&fields("fight", "A fight & a bottle")).await;
        assert_eq!(sent.status, 303, "{}", sent.html);
        assert_eq!(sent.location, format!("/desk/incident?event={event}&gate={gate}&done=reported"));
    }
    assert_eq!(house.count("select count(*) from incidents").await, 1, "a double tap is one report");

    let owner = Reader::new(&house, Role::Owner);
    let page = owner.page("/desk/incidents?event=friday").await;
    assert!(
        page.html.contains("A fight &#38; a bottle") && page.html.contains("VIP deck door"),
        "{}",
        page.html
    );
    let note = page.html.split("action=\"").find(|text| text.contains("/notes\"")).unwrap();
    let note = note.split('"').next().unwrap();
    let noted = owner.fill("/desk/incidents", note, &[("event", &event), ("text", "Police came.")]).await;
    assert!(noted.location.starts_with(&format!("/desk/incidents?event={event}#i-")), "{}", noted.location);
    assert!(owner.page("/desk/incidents").await.html.contains("Police came."));
}
