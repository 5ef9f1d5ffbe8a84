//! Floor plans at the desk: drawn, kept in all their versions, copied for a night, priced, opened, and told to the others.

use messages::marketing_admin::v1::FloorPlanChanged;
use prost::Message;
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::house::{House, body, event};
use crate::identity::field;

mod pictures;

const OLGA: &str = "olga@club.test";
const DORA: &str = "dora@club.test";
const ORIGIN: &str = "http://maguey.localhost:8080";

/// A room with two tables side by side.
fn drawing() -> Value {
    let room = Uuid::now_v7();
    let table = |label: &str, x: i32| {
        json!({
            "id": Uuid::now_v7(), "label": label, "shape": "booth", "seats": 8, "room": room,
            "place": {"x": x, "y": 100, "width": 120, "height": 80, "turn": 15},
        })
    };
    json!({
        "width": 1000, "height": 600,
        "rooms": [{"id": room, "name": "Main room", "place": {"x": 0, "y": 0, "width": 900, "height": 500}}],
        "features": [{"id": Uuid::now_v7(), "kind": "bar", "place": {"x": 0, "y": 520, "width": 400, "height": 60}}],
        "tables": [table("12", 100), table("13", 300)],
    })
}

fn text(json: &Value) -> String {
    json.as_str().expect("text").to_owned()
}

/// A template with a drawing; its key.
async fn template(house: &House, token: &str, name: &str) -> String {
    let made = house.post("/api/v1/floor-plans", token, json!({"name": name, "drawing": drawing()})).await;
    assert_eq!(made.status(), StatusCode::CREATED);
    text(&body(made).await["id"])
}

async fn told(house: &House) -> Vec<FloorPlanChanged> {
    #[derive(diesel::QueryableByName)]
    struct Row {
        #[diesel(sql_type = diesel::sql_types::Binary)]
        payload: Vec<u8>,
    }
    let mut conn = house.db.conn().await.expect("a connection");
    let query = diesel::sql_query(
        "SELECT payload FROM outbox WHERE subject = 'floorplan.changed' ORDER BY message_id",
    );
    let rows: Vec<Row> = diesel_async::RunQueryDsl::load(query, &mut conn).await.expect("rows");
    rows.iter().map(|row| FloorPlanChanged::decode(&row.payload[..]).expect("a message")).collect()
}

/// The night's page of tables, and the forms on it.
struct Tables<'a> {
    house: &'a House,
    cookie: String,
    path: String,
    api: String,
    token: String,
}

impl<'a> Tables<'a> {
    async fn of(house: &'a House, event: &str) -> Self {
        Self {
            house,
            cookie: house.cookie(OLGA).await,
            path: format!("/admin/events/{event}/tables"),
            api: format!("/api/v1/events/{event}/tables"),
            token: house.token(OLGA).await,
        }
    }

    async fn page(&self) -> String {
        let answer = self.house.page(&self.path, &self.cookie).await;
        assert_eq!(answer.status(), StatusCode::OK);
        answer.text().await.expect("a page")
    }

    /// Sends a form of the page, made from this revision.
    async fn send(&self, below: &str, revision: i64, form: &[(&str, &str)]) -> Response {
        let (csrf, revision) = (field(&self.page().await, "csrf"), revision.to_string());
        let mut form = form.to_vec();
        form.extend([("csrf", csrf.as_str()), ("revision", revision.as_str())]);
        self.house.submit(&format!("{}{below}", self.path), &self.cookie, &form).await
    }

    /// The same, taken.
    async fn done(&self, below: &str, revision: i64, form: &[(&str, &str)]) {
        let answer = self.send(below, revision, form).await;
        let status = answer.status();
        assert_eq!(status, StatusCode::SEE_OTHER, "{below}: {}", answer.text().await.expect("a page"));
    }

    async fn kept(&self) -> Value {
        let answer = self.house.get(&self.api, &self.token).await;
        assert_eq!(answer.status(), StatusCode::OK);
        body(answer).await
    }

    async fn put(&self, revision: i64, night: &Value) -> Response {
        self.house.put(&self.api, &self.token, json!({"revision": revision, "night": night})).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_floor_plan_is_drawn_and_every_version_is_kept() {
    let house = House::open().await;
    let token = house.token(OLGA).await;
    let made = house.post("/api/v1/floor-plans", &token, json!({"name": " Main room "})).await;
    assert_eq!(made.status(), StatusCode::CREATED);
    let made = body(made).await;
    assert_eq!((made["name"].as_str(), made["version"].as_i64()), (Some("Main room"), Some(1)));
    let again = house.post("/api/v1/floor-plans", &token, json!({"name": "main ROOM"})).await;
    assert_eq!(again.status(), StatusCode::CONFLICT);
    assert_eq!(body(again).await["code"], "name_taken");

    let id = text(&made["id"]);
    let (api, drawn) = (format!("/api/v1/floor-plans/{id}/drawing"), drawing());
    for _ in 0..2 {
        let version = body(house.get(&api, &token).await).await["version"].clone();
        let saved = house.put(&api, &token, json!({"version": version, "drawing": drawn})).await;
        assert_eq!(saved.status(), StatusCode::OK);
        assert_eq!(body(saved).await["version"], 2, "what is as it was is no new version");
    }
    let stale = house.put(&api, &token, json!({"version": 1, "drawing": drawn})).await;
    assert_eq!(stale.status(), StatusCode::CONFLICT);
    assert_eq!(body(stale).await["code"], "stale_version");
    let mut torn = drawn.clone();
    torn["tables"][1]["label"] = json!("12");
    torn["background"] = json!("https://elsewhere.example/room.jpg");
    let refused = house.put(&api, &token, json!({"version": 2, "drawing": torn})).await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let errors = body(refused).await["errors"].clone();
    assert_eq!(
        errors,
        json!([{"field": "tables.1.label", "code": "twice"}, {"field": "background", "code": "unknown"}])
    );

    let cookie = house.cookie(OLGA).await;
    let versions = format!("/admin/floor-plans/{id}/versions");
    let page = house.page(&versions, &cookie).await.text().await.expect("a page");
    assert_eq!(page.matches("data-version=").count(), 2, "{page}");
    let csrf = field(&page, "csrf");
    let back = house
        .submit(&format!("{versions}/1/restore"), &cookie, &[("csrf", csrf.as_str()), ("version", "2")])
        .await;
    assert_eq!(back.status(), StatusCode::SEE_OTHER);
    let latest = body(house.get(&api, &token).await).await;
    assert_eq!((latest["version"].as_i64(), latest["drawing"]["tables"].clone()), (Some(3), json!([])));
    assert_eq!(house.count("SELECT count(*) FROM audit_log WHERE action LIKE 'floor_plan.%'").await, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_makes_copies_archives_and_takes_back_into_use() {
    let house = House::open().await;
    let (token, cookie) = (house.token(OLGA).await, house.cookie(OLGA).await);
    let id = template(&house, &token, "Terrace").await;
    let page = house.page("/admin/floor-plans", &cookie).await.text().await.expect("a page");
    assert!(page.contains("Terrace") && page.contains("<svg"), "{page}");
    let csrf = field(&page, "csrf");
    let form = [("csrf", csrf.as_str()), ("name", "Terrace, winter"), ("from", id.as_str())];
    let made = house.submit("/admin/floor-plans", &cookie, &form).await;
    assert_eq!(made.status(), StatusCode::SEE_OTHER);
    let copy =
        made.headers()["location"].to_str().expect("text").rsplit('/').next().expect("a key").to_owned();
    let copied = body(house.get(&format!("/api/v1/floor-plans/{copy}/drawing"), &token).await).await;
    let first = body(house.get(&format!("/api/v1/floor-plans/{id}/drawing"), &token).await).await;
    let labels = |plan: &Value| plan["drawing"]["tables"].as_array().expect("tables").len();
    assert_eq!(labels(&copied), labels(&first));
    assert_ne!(copied["drawing"]["tables"][0]["id"], first["drawing"]["tables"][0]["id"]);
    let twice = house.submit("/admin/floor-plans", &cookie, &form).await;
    assert_eq!(twice.status(), StatusCode::CONFLICT);
    assert!(twice.text().await.expect("a page").contains("Another floor plan has this name."));
    for (archived, listed) in [("yes", true), ("no", false)] {
        let form = [("csrf", csrf.as_str()), ("archived", archived)];
        let done = house.submit(&format!("/admin/floor-plans/{id}/archive"), &cookie, &form).await;
        assert_eq!(done.status(), StatusCode::SEE_OTHER);
        let page = house.page("/admin/floor-plans", &cookie).await.text().await.expect("a page");
        assert_eq!(page.contains("Use again"), listed, "{page}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_night_gets_its_own_tables_and_says_what_they_cost() {
    let house = House::open().await;
    let token = house.token(OLGA).await;
    let plan = template(&house, &token, "Main room").await;
    let night = house.published(&token, "Friday").await;
    let event = text(&night["id"]);
    let tables = Tables::of(&house, &event).await;
    assert_eq!(house.get(&tables.api, &token).await.status(), StatusCode::NOT_FOUND);
    let form =
        house.page(&format!("/admin/events/{event}"), &tables.cookie).await.text().await.expect("a page");
    assert!(form.contains(&tables.path), "the night's page leads to its tables");

    tables.done("/plan", 0, &[("plan", plan.as_str())]).await;
    let kept = tables.kept().await;
    assert_eq!(
        (kept["revision"].as_i64(), kept["floor_plan"]["id"].as_str()),
        (Some(1), Some(plan.as_str()))
    );
    assert_eq!(kept["night"]["offers"].as_array().expect("offers").len(), 2);
    assert!(kept["night"]["offers"][0]["blocked"].as_bool().expect("yes or no"), "nothing is given away");
    let nothing = tables.send("/open", 1, &[("open", "yes")]).await;
    assert_eq!(nothing.status(), StatusCode::UNPROCESSABLE_ENTITY, "none of them is for guests");

    let all = [
        ("to", "all"),
        ("all.sale", "yes"),
        ("all.minimum", "500"),
        ("all.kind", "share"),
        ("all.deposit", "20"),
        ("all.includes", "1 bottle of vodka"),
    ];
    tables.done("/apply", 1, &all).await;
    let first = text(&kept["night"]["plan"]["tables"][0]["id"]);
    let name = |field: &str| format!("{field}.{first}");
    let (minimum, kind, deposit, sale) = (name("minimum"), name("kind"), name("deposit"), name("sale"));
    let offer = |figure: &'static str| {
        [
            (minimum.as_str(), "800"),
            (kind.as_str(), "fixed"),
            (deposit.as_str(), figure),
            (sale.as_str(), "yes"),
            ("bottle.new0.name", "Mezcal"),
            ("bottle.new0.price", "120,50"),
            ("release", "30"),
        ]
    };
    let refused = tables.send("", 2, &offer("0.10")).await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY, "no card is charged ten cents");
    let page = refused.text().await.expect("a page");
    assert!(page.contains("value=\"0.10\"") && page.contains("This figure can’t be."), "{page}");
    tables.done("", 2, &offer("200")).await;
    let stale = tables.send("", 2, &offer("300")).await;
    assert_eq!(stale.status(), StatusCode::CONFLICT);
    assert!(stale.text().await.expect("a page").contains("value=\"300\""), "what was typed is not lost");
    tables.done("/open", 3, &[("open", "yes")]).await;

    let told = told(&house).await;
    assert_eq!(told.iter().map(|plan| plan.revision).collect::<Vec<_>>(), [1, 2, 3, 4]);
    assert_eq!(told.iter().map(|plan| plan.open).collect::<Vec<_>>(), [false, false, false, true]);
    let last = &told[3];
    assert_eq!((last.event_id.as_str(), last.release_after_minutes), (event.as_str(), 30));
    assert_eq!(last.zone_id, text(&night["zones"][0]["id"]));
    let costs: Vec<_> = last
        .tables
        .iter()
        .map(|table| (table.label.as_str(), table.for_sale, table.minimum_minor, table.deposit_minor))
        .collect();
    assert_eq!(costs, [("12", true, 80_000, 20_000), ("13", true, 50_000, 10_000)]);
    assert_eq!(last.tables[1].includes, "1 bottle of vodka");
    assert_eq!((last.menu[0].name.as_str(), last.menu[0].price_minor), ("Mezcal", 12_050));
    assert_eq!(house.count("SELECT count(*) FROM audit_log WHERE action LIKE 'tables.%'").await, 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_table_leaves_a_plan_that_was_open() {
    let house = House::open().await;
    let token = house.token(OLGA).await;
    let plan = template(&house, &token, "Main room").await;
    let [friday, saturday] =
        [house.published(&token, "Friday").await, house.published(&token, "Saturday").await];
    let tables = Tables::of(&house, &text(&friday["id"])).await;
    tables.done("/plan", 0, &[("plan", plan.as_str())]).await;
    // Chosen by mistake: as long as nobody could book, another copy takes its place.
    let before = tables.kept().await["night"]["plan"]["tables"][0]["id"].clone();
    tables.done("/plan", 1, &[("plan", plan.as_str())]).await;
    assert_ne!(tables.kept().await["night"]["plan"]["tables"][0]["id"], before);
    tables.done("/apply", 2, &[("to", "all"), ("all.sale", "yes"), ("all.minimum", "500")]).await;
    tables.done("/open", 3, &[("open", "yes")]).await;
    tables.done("/open", 4, &[("open", "no")]).await;

    let again = tables.send("/plan", 5, &[("plan", plan.as_str())]).await;
    assert_eq!(again.status(), StatusCode::CONFLICT);
    assert!(again.text().await.expect("a page").contains("Guests may have booked these tables."));
    let night = tables.kept().await["night"].clone();
    let mut fewer = night.clone();
    fewer["plan"]["tables"].as_array_mut().expect("tables").pop();
    fewer["offers"].as_array_mut().expect("offers").pop();
    let refused = tables.put(5, &fewer).await;
    assert_eq!(refused.status(), StatusCode::CONFLICT);
    assert_eq!(body(refused).await["code"], "tables_taken");
    let same = tables.put(5, &night).await;
    assert_eq!(body(same).await["revision"], 5, "what is as it was is told to nobody");
    assert_eq!(body(tables.put(4, &night).await).await["code"], "stale_revision");
    assert_eq!(told(&house).await.len(), 5);

    let other = Tables::of(&house, &text(&saturday["id"])).await;
    let borrowed = other.put(0, &night).await;
    assert_eq!(borrowed.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let errors = body(borrowed).await["errors"].clone();
    assert_eq!(
        errors[0],
        json!({"field": "tables.0.id", "code": "twice"}),
        "a table is one night's for ever"
    );
    assert_eq!(house.get(&other.api, &token).await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_zone_of_a_night_s_tables_stays_while_they_are_there() {
    let house = House::open().await;
    let token = house.token(OLGA).await;
    let plan = template(&house, &token, "Main room").await;
    let mut night = event("Friday");
    night["zones"] = json!([{"name": "Club"}, {"name": "Deck"}, {"name": "Terrace"}]);
    let night = body(house.post("/api/v1/events", &token, night).await).await;
    let terrace = night["zones"][2]["id"].clone();
    let tables = Tables::of(&house, &text(&night["id"])).await;
    tables.done("/plan", 0, &[("plan", plan.as_str())]).await;
    tables.done("", 1, &[("zone", terrace.as_str().expect("a key"))]).await;
    let nowhere = Uuid::now_v7().to_string();
    let strange = tables.send("", 2, &[("zone", nowhere.as_str())]).await;
    assert_eq!(strange.status(), StatusCode::UNPROCESSABLE_ENTITY);
    // The event is sent again without that zone: its tables still give entry there.
    let mut again = event("Friday");
    again["revision"] = night["revision"].clone();
    again["zones"] = json!([{"name": "Club"}, {"name": "Deck"}]);
    let event = night["id"].as_str().expect("a key");
    let saved = house.put(&format!("/api/v1/events/{event}"), &token, again).await;
    assert_eq!(saved.status(), StatusCode::OK);
    assert_eq!(tables.kept().await["zone"], terrace);
    let zones = house.count("SELECT count(*) FROM zones WHERE name = 'Terrace'").await;
    assert_eq!(zones, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_ten_who_save_at_once_one_is_first_and_the_others_are_told() {
    let house = House::open().await;
    let token = house.token(OLGA).await;
    let plan = template(&house, &token, "Main room").await;
    let night = house.published(&token, "Friday").await;
    let tables = Tables::of(&house, &text(&night["id"])).await;
    tables.done("/plan", 0, &[("plan", plan.as_str())]).await;
    let kept = tables.kept().await["night"].clone();
    let attempts = (1..=10).map(|minutes| {
        let mut night = kept.clone();
        night["release_after_minutes"] = json!(minutes);
        let tables = &tables;
        async move { tables.put(1, &night).await.status() }
    });
    let statuses = futures::future::join_all(attempts).await;
    let many = |wanted: StatusCode| statuses.iter().filter(|status| **status == wanted).count();
    assert_eq!((many(StatusCode::OK), many(StatusCode::CONFLICT)), (1, 9), "{statuses:?}");
    assert_eq!(tables.kept().await["revision"], 2);
    // The control: one after the other, each from what the one before left, all ten are taken.
    for minutes in 11..=20 {
        let now = tables.kept().await;
        let mut night = now["night"].clone();
        night["release_after_minutes"] = json!(minutes);
        let saved = tables.put(now["revision"].as_i64().expect("a number"), &night).await;
        assert_eq!(saved.status(), StatusCode::OK, "{minutes}");
    }
    assert_eq!(told(&house).await.len(), 12, "each change is told once");
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_are_no_ticket_types_and_who_only_scans_sees_none() {
    let house = House::open().await;
    let token = house.token(OLGA).await;
    let mut night = event("Friday");
    night["ticket_types"][1]["terms"] = json!({"kind": "table"});
    let refused = house.post("/api/v1/events", &token, night).await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let door = house.token(DORA).await;
    for path in ["/api/v1/floor-plans".to_owned(), format!("/api/v1/events/{}/tables", Uuid::now_v7())] {
        assert_eq!(house.get(&path, &door).await.status(), StatusCode::FORBIDDEN, "{path}");
    }
}
