//! Who waits for a table: asked for where every table is had, written to when one comes free, in the order of joining.

use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use messages::marketing_admin::v1::FloorPlanChanged;
use messages::purchase::v1::mail_asked::About;
use messages::purchase::v1::{MailAsked, TableFreed};
use prost::Message;
use purchase::tables::line::link::TableLineLinks;
use reqwest::{Response, StatusCode};
use serde_json::json;
use settings::Secret;
use uuid::Uuid;

use crate::stage::{Order, PUBLIC_URL, Stage};
use crate::tables::stage::plan_of;

const PLAN: &str = "/e/friday-night/tables";
const WAIT: &str = "/e/friday-night/table-waitlist";
const OFFER: &str = "Tell us when a table comes free";
const TOLD: &str = "SELECT count(*) FROM table_waitlist WHERE told_at IS NOT NULL";
const ENTRIES: &str = "SELECT count(*) FROM table_waitlist";
const UNSEEN: &str = "SELECT count(*) FROM freed_tables WHERE worked_at IS NULL";

/// A night of which the table for four is somebody's, and the one for eight waits for its deposit.
async fn full() -> (Stage, FloorPlanChanged, Order) {
    let (stage, plan) = Stage::with_tables().await;
    stage.seat_party(&plan.tables[0].table_id, 0, 4).await;
    let order = stage.table_held(&plan, 1, 3).await;
    stage.until_says(&format!("{PLAN}?lang=en"), OFFER).await;
    (stage, plan, order)
}

impl Stage {
    async fn wants_table(&self, email: &str, party: &str) -> Response {
        self.send(WAIT, &[("party", party), ("name", "Ana López"), ("email", email)]).await
    }

    /// Waits for a table, and must be taken in.
    async fn waits_for_table(&self, email: &str, party: i64) {
        let answer = self.wants_table(email, &party.to_string()).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{}", answer.text().await.unwrap_or_default());
    }

    /// A text read from the database.
    async fn text_of(&self, sql: &str) -> String {
        #[derive(diesel::QueryableByName)]
        struct Said {
            #[diesel(sql_type = diesel::sql_types::Text)]
            text: String,
        }
        let mut conn = self.admin.conn().await.expect("a connection");
        conn.batch_execute("SET search_path = purchase").await.expect("a schema");
        let said: Said = diesel::sql_query(sql).get_result(&mut *conn).await.expect(sql);
        said.text
    }

    /// Whom a mail about a free table was asked for, and what it says.
    async fn table_mails(&self) -> Vec<(String, TableFreed)> {
        let all = "SELECT coalesce(string_agg(encode(payload, 'hex'), ' ' ORDER BY created_at), '') AS text
                     FROM outbox WHERE subject = 'order.mail_asked' AND payload IS NOT NULL";
        let all = self.text_of(all).await;
        let mails = all.split_whitespace().map(|hex| {
            let bytes = hex::decode(hex).expect("hexadecimal");
            MailAsked::decode(bytes.as_slice()).expect("a message")
        });
        let mut told: Vec<(String, TableFreed)> = mails
            .filter_map(|mail| match mail.about {
                Some(About::TableFreed(table)) => Some((mail.recipient?.email, table)),
                _ => None,
            })
            .collect();
        told.sort_by(|one, other| one.0.cmp(&other.0));
        told
    }

    async fn who_was_told(&self) -> Vec<String> {
        self.table_mails().await.into_iter().map(|(email, _)| email).collect()
    }

    /// Where a guest stops waiting.
    async fn leave_path(&self, email: &str) -> String {
        let id = self
            .text_of(&format!("SELECT id::text AS text FROM table_waitlist WHERE email = '{email}'"))
            .await;
        let id: Uuid = id.parse().expect("an id");
        TableLineLinks::new(Secret::new(&self.keys.order_link), "").path(id)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_three_that_a_freed_table_takes_are_told_and_once() {
    let (stage, plan, order) = full().await;
    for (email, party) in [
        ("bea@example.org", 3),
        ("cleo@example.org", 8),
        ("dora@example.org", 4),
        ("eva@example.org", 2),
        ("fay@example.org", 2),
    ] {
        stage.waits_for_table(email, party).await;
    }
    stage.free(&order).await;
    stage.until_count(TOLD, 3).await;
    let first = ["bea@example.org", "cleo@example.org", "dora@example.org"];
    assert_eq!(stage.who_was_told().await, first, "in the order of joining");
    let (_, table) = stage.table_mails().await.swap_remove(0);
    let at = format!("{PUBLIC_URL}{PLAN}/{}?party=3", plan.tables[1].table_id);
    assert_eq!((table.label.as_str(), table.seats, table.party, table.told), ("2", 8, 3, 3));
    assert_eq!((table.table_url, &table.table_id), (at, &plan.tables[1].table_id));
    assert!(table.leave_url.starts_with(&format!("{PUBLIC_URL}/table-waitlist/")), "{}", table.leave_url);
    stage.until_count(UNSEEN, 0).await;
    assert_eq!(stage.count(TOLD).await, 3, "nobody twice, and nobody else");

    // The same table once more: whoever was told of it today is not told again, and those behind are.
    stage.seat_party(&plan.tables[1].table_id, 3, 0).await;
    stage.seat_party(&plan.tables[1].table_id, 0, 0).await;
    stage.until_count(TOLD, 5).await;
    let all = ["bea", "cleo", "dora", "eva", "fay"].map(|name| format!("{name}@example.org"));
    assert_eq!(stage.who_was_told().await, all);
    // Another table is news to those whom it takes.
    stage.seat_party(&plan.tables[0].table_id, 0, 0).await;
    stage.until_count("SELECT count(*) FROM table_waitlist_told", 8).await;
    let of_first = stage.table_mails().await.into_iter().filter(|(_, table)| table.label == "1");
    let of_first: Vec<String> = of_first.map(|(email, _)| email).collect();
    assert_eq!(of_first, ["bea@example.org", "dora@example.org", "eva@example.org"], "eight are too many");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_is_had_again_is_told_of_to_nobody() {
    let (stage, plan, _order) = full().await;
    stage.waits_for_table("bea@example.org", 2).await;
    let table = &plan.tables[0].table_id;
    let before = stage.count("SELECT count(*) FROM freed_tables").await;
    stage
        .sql(&format!(
            "UPDATE stock SET held = 0, sold = 0 WHERE id = '{table}'; UPDATE stock SET sold = 2 WHERE id = '{table}'"
        ))
        .await;
    assert_eq!(stage.count("SELECT count(*) FROM freed_tables").await, before + 1);
    stage.until_count(UNSEEN, 0).await;
    assert_eq!(stage.count(TOLD).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_a_table_by_now_waits_for_none() {
    let (stage, plan, _order) = full().await;
    // She is the one who pays for the table for eight.
    stage.waits_for_table("Ana@example.org", 2).await;
    stage.waits_for_table("bea@example.org", 2).await;
    stage.seat_party(&plan.tables[0].table_id, 0, 0).await;
    stage.until_count(TOLD, 1).await;
    assert_eq!(stage.who_was_told().await, ["bea@example.org"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_plan_and_a_taken_table_offer_to_write_where_nothing_is_free() {
    let (stage, plan) = Stage::with_tables().await;
    let (small, large) = (&plan.tables[0].table_id, &plan.tables[1].table_id);
    let action = format!("action=\"{WAIT}\"");
    let html = stage.get(&format!("{PLAN}?lang=en")).await.text().await.expect("a page");
    assert!(!html.contains(&action), "there are tables: {html}");
    stage.seat_party(large, 0, 8).await;
    let html = stage.until_says(&format!("{PLAN}?lang=en&party=6"), OFFER).await;
    assert!(html.contains(&action) && html.contains("value=\"6\""), "{html}");
    for elsewhere in [
        format!("{PLAN}?lang=en"),
        format!("{PLAN}?lang=en&party=4"),
        format!("{PLAN}?lang=en&party=9"),
        format!("{PLAN}/{small}?lang=en&party=6"),
        format!("{PLAN}/{large}?lang=en&party=3"),
    ] {
        let html = stage.get(&elsewhere).await.text().await.expect("a page");
        assert!(!html.contains(&action), "{elsewhere}: {html}");
    }
    let html = stage.until_says(&format!("{PLAN}/{large}?lang=es&party=5"), "Avisadme cuando quede").await;
    assert!(html.contains(&action) && html.contains("Esta mesa está ocupada"), "{html}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_wish_for_a_table_is_refused_in_words() {
    let (stage, plan, _order) = full().await;
    for (email, party) in [
        ("bea@", "2"),
        ("bea@example.org", "0"),
        ("bea@example.org", "-1"),
        ("bea@example.org", "9"),
        ("bea@example.org", "two"),
        ("bea@example.org", "99999999999999999999"),
    ] {
        let answer = stage.wants_table(email, party).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{email} {party}");
        let page = answer.text().await.expect("a page");
        assert!(page.contains("aria-invalid=\"true\""), "the field is named: {page}");
        assert!(page.contains(&format!("value=\"{email}\"")), "what was written is kept: {page}");
    }
    let (endless, linked) = ("x".repeat(101), "https://spam.example win");
    for name in ["", endless.as_str(), linked] {
        let fields = [("party", "2"), ("name", name), ("email", "bea@example.org")];
        assert_eq!(stage.send(WAIT, &fields).await.status(), StatusCode::UNPROCESSABLE_ENTITY, "{name}");
    }
    let fields = [("party", "2"), ("name", "Bea"), ("email", "bea@example.org")];
    assert_eq!(stage.send("/e/nowhere/table-waitlist", &fields).await.status(), StatusCode::NOT_FOUND);
    let foreign = stage.http.post(stage.url(WAIT)).header("origin", "https://evil.example");
    assert_eq!(foreign.form(&fields).send().await.expect("an answer").status(), StatusCode::FORBIDDEN);
    assert_eq!(stage.count(ENTRIES).await, 0);

    // A table that came free while the form was written needs no waiting; a larger party waits on.
    stage.seat_party(&plan.tables[0].table_id, 0, 0).await;
    let answer = stage.send(&format!("{WAIT}?lang=en"), &fields).await;
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let page = answer.text().await.expect("a page");
    assert!(page.contains("A table is free for you right now"), "{page}");
    assert_eq!(stage.count(ENTRIES).await, 0);
    stage.waits_for_table("bea@example.org", 5).await;
    assert_eq!(stage.count(ENTRIES).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn joining_twice_changes_the_party_and_keeps_its_place() {
    let (stage, _, order) = full().await;
    stage.waits_for_table("bea@example.org", 2).await;
    for name in ["cleo", "dora", "eva"] {
        stage.waits_for_table(&format!("{name}@example.org"), 2).await;
    }
    let joined = stage.wants_table("Bea@Example.org", "6").await;
    let to = joined.headers()["location"].to_str().expect("text").to_owned();
    assert_eq!(to, format!("{PLAN}?party=6&joined=1#waiting"), "nobody's own page is shown");
    let page = stage.get(&format!("{PLAN}?party=6&joined=1&lang=en")).await.text().await.expect("a page");
    assert!(page.contains("write when a table comes free") && !page.contains("/table-waitlist/"), "{page}");
    assert_eq!(stage.count(ENTRIES).await, 4);
    assert_eq!(stage.count("SELECT party FROM table_waitlist ORDER BY place LIMIT 1").await, 6);
    stage.free(&order).await;
    stage.until_count(TOLD, 3).await;
    assert!(!stage.who_was_told().await.contains(&"eva@example.org".to_owned()), "she is the fourth");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_link_in_the_mail_ends_the_waiting_and_opens_to_its_key_alone() {
    let (stage, plan, _order) = full().await;
    stage.waits_for_table("bea@example.org", 2).await;
    stage.waits_for_table("cleo@example.org", 2).await;
    let (mine, other) =
        (stage.leave_path("bea@example.org").await, stage.leave_path("cleo@example.org").await);
    let (path, key) = mine.split_once('?').expect("a key");
    let wrong = other.split_once('?').expect("a key").1;
    for wrong in [wrong, "key=", "key=AAAA", ""] {
        assert_eq!(stage.get(&format!("{path}?{wrong}")).await.status(), StatusCode::NOT_FOUND, "{wrong}");
        let left = stage.send(&format!("{path}/leave?{wrong}"), &[]).await;
        assert_eq!(left.status(), StatusCode::NOT_FOUND, "{wrong}");
    }
    let answer = stage.get(&format!("{mine}&lang=en")).await;
    assert_eq!(answer.headers()["cache-control"], "no-store");
    let page = answer.text().await.expect("a page");
    assert!(page.contains("No more mail about free tables?"), "what opens a link has not left: {page}");
    for _ in 0..2 {
        let left = stage.send(&format!("{path}/leave?{key}"), &[]).await;
        assert_eq!(left.status(), StatusCode::SEE_OTHER);
        let page = stage.get(&format!("{mine}&lang=en")).await.text().await.expect("a page");
        assert!(page.contains("You no longer wait for a table"), "{page}");
    }
    stage.seat_party(&plan.tables[0].table_id, 0, 0).await;
    stage.until_count(TOLD, 1).await;
    assert_eq!(stage.who_was_told().await, ["cleo@example.org"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_desk_sees_how_many_wait_and_how_large_they_are() {
    let (stage, _, _order) = full().await;
    let path = format!("/internal/v1/table-waitlist/{}", stage.event.event_id);
    let (status, body) = stage.inside("marketing-admin", &path, None).await;
    assert_eq!((status, body), (200, json!({"sizes": [], "told": 0, "since": null})));
    for (email, party) in [("bea@example.org", 6), ("cleo@example.org", 2), ("dora@example.org", 6)] {
        stage.waits_for_table(email, party).await;
    }
    let (_, body) = stage.inside("marketing-admin", &path, None).await;
    assert_eq!(body["sizes"], json!([{"party": 2, "parties": 1}, {"party": 6, "parties": 2}]), "{body}");
    assert!(!body.to_string().contains("example.org"), "nothing of a guest: {body}");
    assert_eq!(stage.inside("scanner", &path, None).await.0, 403, "it is none of the door's business");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_network_does_not_fill_the_line() {
    let stage = Stage::with(&[("WAITLIST_JOINS_PER_NETWORK", "2")]).await;
    let plan = plan_of(&stage);
    stage.publish_plan(&plan).await;
    for table in &plan.tables[..2] {
        stage.seat_party(&table.table_id, 0, table.seats).await;
    }
    let join = async |address: &str, email: &str| {
        let fields = [("party", "2"), ("name", "Ana"), ("email", email)];
        let post = stage.http.post(stage.url(WAIT)).header("origin", PUBLIC_URL);
        let post = post.header("x-envoy-external-address", address).header("accept", "text/html");
        post.form(&fields).send().await.expect("an answer").status()
    };
    assert_eq!(join("192.0.2.7", "a@example.org").await, StatusCode::SEE_OTHER);
    assert_eq!(join("192.0.2.8", "b@example.org").await, StatusCode::SEE_OTHER);
    assert_eq!(join("192.0.2.9", "c@example.org").await, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(join("198.51.100.7", "d@example.org").await, StatusCode::SEE_OTHER);
    assert_eq!(stage.count(ENTRIES).await, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guests_file_has_it_and_who_asks_to_be_forgotten_is() {
    let (stage, _, _order) = full().await;
    stage.waits_for_table("Bea@example.org", 2).await;
    stage.waits_for_table("cleo@example.org", 3).await;
    let path = format!("/internal/v1/people/{}?email=bea@example.org", Uuid::now_v7());
    let (status, held) = stage.inside("marketing-admin", &path, None).await;
    assert_eq!(status, 200, "{held}");
    let own = held["table_waitlist"].as_array().expect("a list");
    assert_eq!((own.len(), &own[0]["party"], &own[0]["email"]), (1, &json!(2), &json!("Bea@example.org")));
    stage
        .sql(
            "INSERT INTO erasures_open (account_id, email, asked_at)
             VALUES (gen_random_uuid(), 'bea@example.org', now())",
        )
        .await;
    stage.until_count("SELECT count(*) FROM erasures_open", 0).await;
    let left = "SELECT count(*) FROM table_waitlist WHERE email = 'cleo@example.org'";
    assert_eq!((stage.count(ENTRIES).await, stage.count(left).await), (1, 1));
}
