//! Nights: made, changed, put on sale; what the others are told; what guests see.

use bus::digest;
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use messages::Subject;
use messages::marketing_admin::v1::{EventChanged, EventStatus};
use prost::Message;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::house::{House, body, event};
use crate::identity::field;

pub async fn said(house: &House) -> Vec<EventChanged> {
    #[derive(diesel::QueryableByName)]
    struct Row {
        #[diesel(sql_type = diesel::sql_types::Binary)]
        payload: Vec<u8>,
    }
    let mut conn = house.db.conn().await.expect("a connection");
    let query =
        diesel::sql_query("SELECT payload FROM outbox WHERE subject = 'event.changed' ORDER BY message_id");
    let rows: Vec<Row> = diesel_async::RunQueryDsl::load(query, &mut conn).await.expect("rows");
    rows.iter().map(|row| EventChanged::decode(&row.payload[..]).expect("a message")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_night_is_made_published_and_told() {
    let house = House::open().await;
    let token = house.token("olga@club.test").await;
    let made = house.post("/api/v1/events", &token, event("Agave Nights")).await;
    assert_eq!(made.status(), StatusCode::CREATED);
    let made = body(made).await;
    assert_eq!((made["status"].as_str(), made["revision"].as_i64()), (Some("draft"), Some(1)));
    assert_eq!(made["slug"], "agave-nights");
    assert_eq!(made["ticket_types"][1]["zone"]["name"], "Deck");
    let id = made["id"].as_str().expect("an id");

    let hidden = house.http.get(house.url("/events/agave-nights")).send().await.expect("an answer");
    assert_eq!(hidden.status(), StatusCode::NOT_FOUND, "a draft is not there");
    let published = house.post(&format!("/api/v1/events/{id}/publish"), &token, json!({})).await;
    assert_eq!(body(published).await["status"], "published");
    let again = body(house.post(&format!("/api/v1/events/{id}/publish"), &token, json!({})).await).await;
    assert_eq!(again["revision"], 2, "publishing twice changes nothing");

    let told = said(&house).await;
    assert_eq!(told.iter().map(Subject::revision).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(told[1].status(), EventStatus::Published);
    assert_eq!(told[1].time_zone, "Europe/Madrid");
    assert_eq!(told[1].zones.len(), 2);
    assert_eq!(told[1].ticket_types[1].attention, "Wristband");
    assert_eq!(told[1].ticket_types[1].zone_id, made["ticket_types"][1]["zone"]["id"]);
    let audited = house
        .count("SELECT count(*) FROM audit_log WHERE action IN ('event.created', 'event.published')")
        .await;
    assert_eq!(audited, 2);

    let home = house.http.get(house.url("/")).send().await.expect("an answer");
    assert_eq!(home.headers()["cache-control"], "public, max-age=5");
    let etag = home.headers()["etag"].clone();
    let home = home.text().await.expect("a page");
    assert!(
        home.contains("Agave Nights") && home.contains("http://tickets.maguey.localhost:8080/e/agave-nights")
    );
    assert!(home.contains("15.88"), "the cheapest ticket with its fee");
    let known = house.http.get(house.url("/")).header("if-none-match", etag).send().await.expect("an answer");
    assert_eq!(known.status(), StatusCode::NOT_MODIFIED);
    let page = house.http.get(house.url("/events/agave-nights")).send().await.expect("an answer");
    let page = page.text().await.expect("a page");
    assert!(
        page.contains("Second &#60;b&#62;paragraph") || page.contains("Second &lt;b&gt;paragraph"),
        "{page}"
    );
    let poster = house.http.get(house.url("/posters/agave-nights.svg")).send().await.expect("an answer");
    assert_eq!(poster.headers()["content-type"], "image/svg+xml");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_second_of_two_changes_is_not_lost_silently() {
    let house = House::open().await;
    let token = house.token("olga@club.test").await;
    let made = house.published(&token, "Agave").await;
    let path = format!("/api/v1/events/{}", made["id"].as_str().expect("an id"));
    let change = |title: &str| {
        let mut json = event(title);
        json["revision"] = made["revision"].clone();
        for index in 0..2 {
            json["ticket_types"][index]["id"] = made["ticket_types"][index]["id"].clone();
        }
        json
    };
    let (left, right) =
        tokio::join!(house.put(&path, &token, change("Left")), house.put(&path, &token, change("Right")));
    let mut statuses = [left.status().as_u16(), right.status().as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    let loser = if left.status() == StatusCode::CONFLICT { left } else { right };
    assert_eq!(body(loser).await["code"], "stale_revision");
    assert_eq!(house.count("SELECT revision FROM events").await, 3);
    assert_eq!(said(&house).await.len(), 3);
}

/// The control run: with the service's own statements but without the row's lock, both see the revision they came with, both
/// write, and the first title is gone without a word.
#[tokio::test(flavor = "multi_thread")]
async fn without_the_row_s_lock_the_first_of_two_changes_would_be_lost() {
    for (lock, survivors) in [(" FOR UPDATE", 1), ("", 2)] {
        let house = House::open().await;
        house.published(&house.token("olga@club.test").await, "Agave").await;
        let db = house.database.db(db::Owner::MarketingAdmin);
        let mut first = db.conn().await.expect("a connection");
        assert!(still_as_it_was(&mut first, lock).await);
        let second = tokio::spawn({
            let db = db.clone();
            async move {
                let mut conn = db.conn().await.expect("a connection");
                let fresh = still_as_it_was(&mut conn, lock).await;
                if fresh {
                    conn.batch_execute(&retitled("Right")).await.expect("written");
                }
                conn.batch_execute("COMMIT").await.expect("committed");
                i64::from(fresh)
            }
        });
        let mut written = 1;
        if lock.is_empty() {
            written += second.await.expect("it waits for nobody");
            first.batch_execute(&format!("{}; COMMIT", retitled("Left"))).await.expect("written");
        } else {
            first.batch_execute(&format!("{}; COMMIT", retitled("Left"))).await.expect("written");
            written += second.await.expect("it ends");
        }
        assert_eq!(written, survivors, "both were told that it worked: {}", lock.is_empty());
        assert_eq!(house.count("SELECT count(*) FROM events WHERE title = 'Left'").await, 1);
    }
}

async fn still_as_it_was(conn: &mut db::Conn, lock: &str) -> bool {
    conn.batch_execute("BEGIN").await.expect("begun");
    let look =
        diesel::sql_query(format!("SELECT FROM (SELECT revision FROM events{lock}) e WHERE revision = 2"));
    look.execute(conn).await.expect("a look") == 1
}

fn retitled(title: &str) -> String {
    format!("UPDATE events SET title = '{title}', revision = revision + 1")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_type_left_out_is_withdrawn_and_what_is_on_sale_keeps_its_address() {
    let house = House::open().await;
    let token = house.token("olga@club.test").await;
    let made = house.published(&token, "Agave").await;
    let path = format!("/api/v1/events/{}", made["id"].as_str().expect("an id"));
    let mut json = event("Agave");
    json["revision"] = made["revision"].clone();
    json["slug"] = json!("elsewhere");
    let moved = body(house.put(&path, &token, json.clone()).await).await;
    assert_eq!(moved["errors"], json!([{"field": "slug", "code": "fixed"}]));

    json["slug"] = Value::Null;
    json["ticket_types"] = json!([json["ticket_types"][0]]);
    json["ticket_types"][0]["id"] = made["ticket_types"][0]["id"].clone();
    let changed = body(house.put(&path, &token, json).await).await;
    assert_eq!(changed["ticket_types"].as_array().map(Vec::len), Some(1));
    assert_eq!(changed["ticket_types"][0]["id"], made["ticket_types"][0]["id"], "identity is kept");
    assert_eq!(said(&house).await.last().expect("a message").ticket_types.len(), 1);
    assert_eq!(house.count("SELECT count(*) FROM ticket_types WHERE withdrawn_at IS NOT NULL").await, 1);
}

/// A night with an early price and a limit that its types share.
fn counted(title: &str) -> Value {
    let room = uuid::Uuid::now_v7().to_string();
    let mut json = event(title);
    json["terms"] = json!({"shared_caps": [{"id": room, "name": "Room", "capacity": 130}]});
    json["ticket_types"][0]["terms"] = json!({
        "shared_cap": room,
        "tiers": [{"name": "First fifty", "price_minor": 1000, "places": 50}],
    });
    json
}

/// The ids that have counters where tickets are sold.
fn counters(event: &Value) -> [String; 4] {
    let terms = &event["ticket_types"][0]["terms"];
    let ids = [
        &event["ticket_types"][0]["id"],
        &terms["tiers"][0]["id"],
        &terms["shared_cap"],
        &event["terms"]["shared_caps"][0]["id"],
    ];
    ids.map(|id| id.as_str().expect("an id").to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_night_made_from_another_one_s_json_counts_for_itself() {
    let house = House::open().await;
    let token = house.token("olga@club.test").await;
    let first = body(house.post("/api/v1/events", &token, counted("Agave")).await).await;
    let mut copy = event("Mezcal");
    copy["terms"] = first["terms"].clone();
    copy["ticket_types"][0]["terms"] = first["ticket_types"][0]["terms"].clone();
    let second = body(house.post("/api/v1/events", &token, copy.clone()).await).await;
    let (theirs, own) = (counters(&first), counters(&second));
    assert!(own.iter().all(|id| !theirs.contains(id)), "{own:?} of {theirs:?}");
    assert_eq!(own[2], own[3], "the type shares the limit it named");
    copy["ticket_types"][0]["id"] = first["ticket_types"][0]["id"].clone();
    let refused = body(house.post("/api/v1/events", &token, copy).await).await;
    assert_eq!(refused["errors"], json!([{"field": "ticket_types[0].id", "code": "unknown"}]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_names_no_ids_keeps_what_is_sold_counted() {
    let house = House::open().await;
    let token = house.token("olga@club.test").await;
    let made = body(house.post("/api/v1/events", &token, counted("Agave")).await).await;
    let path = format!("/api/v1/events/{}", made["id"].as_str().expect("an id"));
    let mut again = counted("Agave");
    again["revision"] = made["revision"].clone();
    again["ticket_types"][0]["capacity"] = json!(150);
    let changed = body(house.put(&path, &token, again).await).await;
    assert_eq!(changed["revision"], 2, "{changed}");
    assert_eq!(counters(&changed), counters(&made));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_without_ids_keeps_every_door_that_a_ticket_may_need() {
    let house = House::open().await;
    let token = house.token("olga@club.test").await;
    let made = house.published(&token, "Agave").await;
    let path = format!("/api/v1/events/{}", made["id"].as_str().expect("an id"));
    let put = async |revision: i64, change: &dyn Fn(&mut Value)| {
        let mut json = event("Agave");
        json["revision"] = json!(revision);
        change(&mut json);
        body(house.put(&path, &token, json).await).await
    };
    let again = put(2, &|_| {}).await;
    assert_eq!(again["zones"], made["zones"], "{again}");
    for index in 0..2 {
        assert_eq!(again["ticket_types"][index]["id"], made["ticket_types"][index]["id"]);
        assert_eq!(again["ticket_types"][index]["zone"], made["ticket_types"][index]["zone"]);
    }
    let moved = put(3, &|json| json["ticket_types"][1]["zone"] = json!("Club")).await;
    assert_eq!(moved["errors"], json!([{"field": "ticket_types[1].zone", "code": "fixed"}]));
    // The deck's only type goes; whoever has a ticket of it still needs the deck's door.
    let withdrawn = put(3, &|json| json["ticket_types"] = json!([json["ticket_types"][0]])).await;
    assert_eq!(withdrawn["zones"], made["zones"], "{withdrawn}");
    assert_eq!(said(&house).await.last().expect("a message").zones.len(), 2);
    let without = |json: &mut Value| {
        json["ticket_types"] = json!([json["ticket_types"][0]]);
        json["zones"] = json!([{"name": "Club"}]);
    };
    let dropped = put(4, &without).await;
    assert_eq!(dropped["errors"], json!([{"field": "zones", "code": "in_use"}]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_may_still_be_turned_upside_down() {
    let house = House::open().await;
    let token = house.token("olga@club.test").await;
    let made = body(house.post("/api/v1/events", &token, event("Agave")).await).await;
    let path = format!("/api/v1/events/{}", made["id"].as_str().expect("an id"));
    let mut json = event("Agave");
    json["revision"] = json!(1);
    // The club takes over the deck's name, and the deck's only type goes with the deck.
    json["ticket_types"] = json!([json["ticket_types"][0]]);
    json["ticket_types"][0]["zone"] = json!("Deck");
    json["zones"] = json!([{"id": made["zones"][0]["id"], "name": "Deck"}]);
    let answer = house.put(&path, &token, json).await;
    let (status, changed) = (answer.status(), body(answer).await);
    assert_eq!(status, StatusCode::OK, "{changed}");
    assert_eq!(changed["zones"], json!([{"id": made["zones"][0]["id"], "name": "Deck"}]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_venue_that_moves_is_told_of_every_night_to_come() {
    let house = House::open().await;
    let token = house.token("olga@club.test").await;
    for title in ["Over", "Agave"] {
        house.published(&token, title).await;
    }
    let over = "UPDATE events SET starts_at = now() - interval '9 days', ends_at = now() - interval '8 days' WHERE slug = 'over'";
    house.db.conn().await.expect("a connection").batch_execute(over).await.expect("over");
    let before = said(&house).await.len();
    let moved =
        json!({"name": "Maguey", "address": "Gran Vía 1, Las Palmas", "time_zone": "Atlantic/Canary"});
    let answer = house.post("/api/v1/venues", &token, moved.clone()).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let told = said(&house).await;
    assert_eq!(told.len(), before + 1, "the night to come, and not the one that is over");
    let night = told.last().expect("a message");
    assert_eq!((night.title.as_str(), night.revision), ("Agave", 3));
    assert_eq!(night.venue.clone().expect("a venue").address, "Gran Vía 1, Las Palmas");
    assert_eq!(night.time_zone, "Atlantic/Canary");
    house.post("/api/v1/venues", &token, moved).await;
    let other = json!({"name": "Elsewhere", "address": "", "time_zone": "Europe/Madrid"});
    house.post("/api/v1/venues", &token, other).await;
    assert_eq!(said(&house).await.len(), before + 1, "what did not change is not told");
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_events_are_refused_with_every_fault() {
    let house = House::open().await;
    let token = house.token("olga@club.test").await;
    let mut bad = event(" ");
    bad["ticket_types"][0]["capacity"] = json!(-1);
    bad["ends_at"] = bad["starts_at"].clone();
    let answer = house.post("/api/v1/events", &token, bad).await;
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let problem = body(answer).await;
    let fields: Vec<_> =
        problem["errors"].as_array().expect("errors").iter().map(|e| e["field"].as_str()).collect();
    for field in ["title", "ends_at", "ticket_types[0].capacity"] {
        assert!(fields.contains(&Some(field)), "{field} in {fields:?}");
    }
    let mut unknown = event("Agave");
    unknown["prices"] = json!([]);
    assert_eq!(body(house.post("/api/v1/events", &token, unknown).await).await["code"], "unknown_field");
    let mut taken = event("Agave");
    taken["slug"] = json!("agave");
    assert_eq!(house.post("/api/v1/events", &token, taken.clone()).await.status(), StatusCode::CREATED);
    assert_eq!(body(house.post("/api/v1/events", &token, taken).await).await["code"], "slug_taken");
    assert_eq!(house.count("SELECT count(*) FROM events").await, 1);
    assert_eq!(house.count("SELECT count(*) FROM outbox").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_form_keeps_what_was_typed_and_makes_a_night_with_several_types() {
    let house = House::open().await;
    let cookie = house.cookie("max@club.test").await;
    let page = house.page("/admin/events/new", &cookie).await.text().await.expect("a page");
    let csrf = field(&page, "csrf");
    let mut form = vec![
        ("csrf", csrf.as_str()),
        ("title", "Noche <Agave>"),
        ("description", "Hola"),
        ("starts_at", "2030-03-30T23:00"),
        ("ends_at", "2030-03-31T06:00"),
        ("currency", "EUR"),
        ("fee.fixed_minor", "0,50"),
        ("zones[0].name", "Club"),
        ("ticket_types[0].name", "General"),
        ("ticket_types[0].price", "12.50"),
        ("ticket_types[0].capacity", "lots"),
        ("ticket_types[2].name", "Free list"),
        ("ticket_types[2].price", "0"),
        ("ticket_types[2].capacity", "30"),
        ("ticket_types[2].zone", "Club"),
    ];
    let again = house.submit("/admin/events", &cookie, &form).await;
    assert_eq!(again.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let again = again.text().await.expect("a page");
    assert!(again.contains("value=\"12.50\"") && again.contains("ticket_types[0].capacity-error"), "{again}");
    assert!(
        again.contains("<option selected>Club</option>"),
        "the zones of the form are to choose from: {again}"
    );
    form[10].1 = "250";
    let more = house
        .submit("/admin/events", &cookie, &[form.clone(), vec![("step", "add:ticket_types")]].concat())
        .await;
    assert!(
        more.text().await.expect("a page").contains("ticket_types[3].name"),
        "a row is added without a script"
    );
    let saved = house.submit("/admin/events", &cookie, &form).await;
    assert_eq!(saved.status(), StatusCode::SEE_OTHER);
    let told = said(&house).await;
    assert_eq!(told[0].ticket_types.iter().map(|each| each.price_minor).collect::<Vec<_>>(), [1250, 0]);
    assert_eq!(told[0].fee.map(|fee| fee.fixed_minor), Some(50));
    // The clocks change in that night: 23:00 is UTC+1, 06:00 is UTC+2.
    assert_eq!(told[0].ends_at - told[0].starts_at, 6 * 3_600_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_others_can_compare_and_ask_again() {
    let house = House::open().await;
    let token = house.token("olga@club.test").await;
    house.published(&token, "Agave").await;
    // As if the relay had sent it: what is still on its way is not yet said.
    let sent = "UPDATE outbox SET sent_at = now(), stream_sequence = 1";
    house.db.conn().await.expect("a connection").batch_execute(sent).await.expect("sent");
    let path = format!("/internal/v1/digest/{}", EventChanged::SUBJECT);
    let ask = house.as_service("scanner", house.http.get(house.internal(&path)));
    let buckets: Vec<digest::Bucket> = ask.send().await.expect("an answer").json().await.expect("buckets");
    assert_eq!(buckets.iter().map(|bucket| bucket.count).sum::<i64>(), 1);
    let path = format!("/internal/v1/resend/{}", EventChanged::SUBJECT);
    let ask = house.as_service("magueyctl", house.http.post(house.internal(&path)).json(&json!({})));
    assert_eq!(ask.send().await.expect("an answer").status(), StatusCode::OK);
    assert_eq!(said(&house).await.iter().map(Subject::revision).collect::<Vec<_>>(), [1, 2, 2]);
}
