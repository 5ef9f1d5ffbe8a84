//! Bans: what they stop, when they end, and what is not kept.

use chrono::TimeDelta;
use diesel_async::RunQueryDsl;
use domain::permission::Role;
use messages::purchase::v1::TicketChanged;
use serde_json::{Value, json};

use crate::desk::{Reader, look_after};
use crate::house::{House, code_of};

/// Sends JSON as somebody: status and body.
pub async fn send(house: &House, role: Role, path: &str, body: Value) -> (u16, Value) {
    let request = house.http.post(house.url(path)).bearer_auth(house.token(role)).json(&body);
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap_or_default())
}

async fn ban(house: &House, body: Value) -> String {
    let (status, made) = send(house, Role::Manager, "/api/v1/bans", body).await;
    assert_eq!(status, 201, "{made}");
    made["id"].as_str().unwrap().to_owned()
}

async fn scan(house: &House, ticket: &TicketChanged) -> Value {
    house.answer(&house.token(Role::DoorStaff), &house.scan_of(&code_of(ticket))).await
}

async fn named(house: &House, name: &str) -> TicketChanged {
    let ticket = TicketChanged { holder_name: name.into(), ..house.unsold() };
    house.tell_ticket(&ticket).await;
    ticket
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ban_stops_the_ticket_however_the_name_is_written_and_its_end_lets_in() {
    let house = House::open().await;
    let ticket = named(&house, "Lucía Ferrer").await;
    let another = named(&house, "Lucía Ferrero").await;
    let ban = ban(
        &house,
        json!({"name": "FERRER, lucia", "photo_note": "Swallow on the neck", "reason": "Hit the bartender"}),
    )
    .await;

    let answer = scan(&house, &ticket).await;
    assert_eq!((answer["decision"].as_str(), answer["reason"].as_str()), (Some("deny"), Some("banned")));
    assert!(answer["attention"].as_str().unwrap_or_default().contains("Swallow on the neck"), "{answer}");
    assert!(!answer.to_string().contains("bartender"), "the reason is for supervisors: {answer}");
    assert_eq!(scan(&house, &another).await["reason"], "ok");
    // A ticket that is sold, or gets a new holder, while the ban stands.
    let later = named(&house, "Ferrer Lucia").await;
    assert_eq!(scan(&house, &later).await["reason"], "banned");
    house.tell_ticket(&TicketChanged { revision: 2, holder_name: "Ana Ruiz".into(), ..later.clone() }).await;
    assert_eq!(scan(&house, &later).await["reason"], "ok");

    let (status, ended) = send(
        &house,
        Role::Owner,
        &format!("/api/v1/bans/{ban}/end"),
        json!({"appeal_note": "It was her sister"}),
    )
    .await;
    assert_eq!((status, &ended["in_force"]), (200, &json!(false)));
    assert_eq!(scan(&house, &ticket).await["reason"], "ok");
    let again = send(&house, Role::Owner, &format!("/api/v1/bans/{ban}/end"), json!({})).await;
    assert_eq!((again.0, &again.1["code"]), (409, &json!("ban_ended")));
    for action in ["ban.made", "ban.ended"] {
        let row = format!("select count(*) from audit_log where action = '{action}' and target = '{ban}'");
        assert_eq!(house.count(&row).await, 1, "{action}");
    }
    let named = "select count(*) from audit_log where detail::text ilike '%lucia%' or coalesce(reason, '') ilike '%bartender%'";
    assert_eq!(house.count(named).await, 0, "the audit log outlives the ban and does not say who it was");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ban_begins_and_runs_out_by_itself_and_is_erased_when_it_is_old() {
    let house = House::open().await;
    let marked = async || house.count("select count(*) from admissions where banned").await;
    house.ticket().await;
    let (from, until) = (house.now() + TimeDelta::hours(1), house.now() + TimeDelta::hours(2));
    ban(&house, json!({"name": "Lucía Ferrer", "reason": "Cooling off", "from": from, "until": until})).await;
    assert_eq!(marked().await, 0, "not yet");

    house.clock.advance(TimeDelta::hours(1));
    look_after(&house).await;
    assert_eq!(marked().await, 1);
    house.clock.advance(TimeDelta::hours(1));
    look_after(&house).await;
    assert_eq!(marked().await, 0);

    house.clock.advance(TimeDelta::days(89));
    look_after(&house).await;
    assert_eq!(house.count("select count(*) from bans").await, 1);
    house.clock.advance(TimeDelta::days(2));
    look_after(&house).await;
    assert_eq!(house.count("select count(*) from bans").await, 0);
}

#[derive(diesel::QueryableByName)]
struct Table {
    #[diesel(sql_type = diesel::sql_types::Text)]
    name: String,
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_is_known_again_and_its_number_is_nowhere() {
    let house = House::open().await;
    ban(&house, json!({"document": "12.345.678-z", "photo_note": "Red beard", "reason": "Sold drugs"})).await;
    let ask = async |body: Value| send(&house, Role::DoorStaff, "/api/v1/bans/check", body).await;
    let (status, found) = ask(json!({"document": " 12345678Z "})).await;
    assert_eq!(status, 200, "{found}");
    assert_eq!(found["matches"][0]["by"], "document");
    assert_eq!(found["matches"][0]["photo_note"], "Red beard");
    assert!(!found.to_string().contains("drugs"), "why is for supervisors: {found}");
    assert_eq!(ask(json!({"document": "12345678Y"})).await.1["matches"], json!([]));
    assert_eq!(ask(json!({"document": "1"})).await.0, 422);
    assert_eq!(ask(json!({})).await.0, 422);

    let tables = "select table_name::text as name from information_schema.tables where table_schema = current_schema()";
    let mut conn = house.db.conn().await.unwrap();
    let tables: Vec<Table> = diesel::sql_query(tables).load(&mut conn).await.unwrap();
    assert!(tables.len() > 10);
    for table in tables {
        let holds = format!(
            "select count(*) from \"{0}\" t where t::text ilike '%12345678%' or t::text ilike '%12.345.678%'
                or t::text ilike '%3132333435363738%'",
            table.name
        );
        assert_eq!(house.count(&holds).await, 0, "{}", table.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_is_asked_about_and_numbers_are_not_tried_out() {
    let house = House::open().await;
    ban(&house, json!({"name": "Sinéad O'Brien", "reason": "Fought"})).await;
    let token = house.token(Role::DoorStaff);
    let ask = async |name: &str| {
        let request = house.http.post(house.url("/api/v1/bans/check")).bearer_auth(&token);
        let response = request.json(&json!({"name": name})).send().await.unwrap();
        (response.status().as_u16(), response.json::<Value>().await.unwrap())
    };
    assert_eq!(ask("o’brien SINEAD").await.1["matches"][0]["by"], "name");
    assert_eq!(ask("Sinead OBrian").await.1["matches"], json!([]));
    let mut refused = 0;
    for _ in 0..40 {
        refused += usize::from(ask("Somebody").await.0 == 429);
    }
    assert_eq!(refused, 12, "thirty questions in five minutes, two of which were asked before");
    house.clock.advance(TimeDelta::minutes(5));
    assert_eq!(ask("Somebody").await.0, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn bans_are_the_supervisors() {
    let house = House::open().await;
    let list =
        |role: Role| House::code(house.http.get(house.url("/api/v1/bans")).bearer_auth(house.token(role)));
    assert_eq!(list(Role::DoorStaff).await, (403, "forbidden".into()));
    assert_eq!(list(Role::Manager).await.0, 200);
    let body = json!({"name": "Ana Ruiz", "reason": "A grudge"});
    assert_eq!(send(&house, Role::DoorStaff, "/api/v1/bans", body.clone()).await.0, 403);
    let ban = ban(&house, body).await;
    assert_eq!(send(&house, Role::DoorStaff, &format!("/api/v1/bans/{ban}/end"), json!({})).await.0, 403);
    for (body, field) in [
        (json!({"name": "Ana Ruiz"}), "reason"),
        (json!({"reason": "Nobody in particular"}), "name"),
        (json!({"name": " . ", "reason": "Nobody"}), "name"),
        (json!({"name": "x".repeat(201), "reason": "Long"}), "name"),
        (json!({"name": "Ana", "reason": "Over", "until": "2020-01-01T00:00:00Z"}), "until"),
        (json!({"name": "Ana", "reason": "No photo", "photo": uuid::Uuid::nil()}), "photo"),
    ] {
        let (status, problem) = send(&house, Role::Owner, "/api/v1/bans", body).await;
        assert_eq!((status, problem["errors"][0]["field"].as_str()), (422, Some(field)), "{problem}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_desk_bans_asks_and_ends_without_a_script() {
    let house = House::open().await;
    house.ticket().await;
    let owner = Reader::new(&house, Role::Owner);
    let nothing = [("name", ""), ("document", ""), ("photo_note", ""), ("reason", "Fought"), ("days", "30")];
    let refused = owner.fill("/desk/bans", "/desk/bans", &nothing).await;
    assert_eq!(refused.status, 422);
    assert!(
        refused.html.contains("Fill in a name, a document or their looks.")
            && refused.html.contains("Fought")
    );
    let somebody = [
        ("name", "Lucia Ferrer"),
        ("document", "X1234567"),
        ("photo_note", "Tall"),
        ("reason", "Fought"),
        ("days", "30"),
    ];
    assert_eq!(owner.fill("/desk/bans", "/desk/bans", &somebody).await.location, "/desk/bans?done=banned");
    assert_eq!(house.count("select count(*) from admissions where banned and ban_note = 'Tall'").await, 1);
    let page = owner.page("/desk/bans?done=banned").await;
    assert!(page.html.contains("Lucia Ferrer") && page.html.contains("document known"), "{}", page.html);
    assert!(!page.html.contains("1234567\""), "the number is not shown again");

    let doorman = Reader::new(&house, Role::DoorStaff);
    let found = doorman.fill("/desk/check", "/desk/check", &[("document", "x-1234567"), ("name", "")]).await;
    assert!(found.html.contains("The document is the same") && found.html.contains("Tall"), "{}", found.html);
    assert!(!found.html.contains("Fought") && !found.html.contains("1234567"), "{}", found.html);
    let clear = doorman.fill("/desk/check", "/desk/check", &[("document", ""), ("name", "Ana Ruiz")]).await;
    assert!(clear.html.contains("Not banned"), "{}", clear.html);

    let end = page.html.split("action=\"").find(|text| text.contains("/end\"")).unwrap();
    let end = end.split('"').next().unwrap();
    let ended = owner.fill("/desk/bans", end, &[("appeal_note", "Apologised")]).await;
    assert_eq!(ended.location, "/desk/bans?done=unbanned");
    let page = owner.page("/desk/bans").await;
    assert!(page.html.contains("Nobody is banned") && page.html.contains("Apologised"), "{}", page.html);
}
