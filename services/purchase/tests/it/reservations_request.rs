//! Tables that are asked for: a request holds nothing, a host says yes or no, and of two requests for one table one gets it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono_tz::Europe::Madrid;
use domain::clock::{Clock, SystemClock};
use domain::ids::StaffId;
use ed25519_dalek::SigningKey;
use messages::marketing_admin::v1::FloorPlanChanged;
use serde_json::{Value, json};
use uuid::Uuid;
use web::service_token::ServiceSigner;

use crate::stage::{PUBLIC_URL, Stage};

const HOUR: i64 = 3_600_000;
const LIVE: &str = "SELECT count(*) FROM reserved_tables WHERE live";

/// A night whose tables are asked for first.
async fn house() -> (Stage, FloorPlanChanged) {
    let (stage, mut plan) = Stage::with_tables().await;
    plan.revision += 1;
    plan.asks_first = true;
    stage.publish_plan(&plan).await;
    stage.until_says(&sheet(&stage, &plan), "Ask for this table").await;
    (stage, plan)
}

/// The second table's sheet: for eight.
fn sheet(stage: &Stage, plan: &FloorPlanChanged) -> String {
    format!("/e/{}/tables/{}", stage.event.slug, plan.tables[1].table_id)
}

/// Sends the sheet's form: the status, and where it leads.
async fn send(stage: &Stage, plan: &FloorPlanChanged, key: &str, email: &str) -> (u16, String) {
    let arrives = chrono::DateTime::from_timestamp_millis(stage.event.entry_from + HOUR).expect("a time");
    let arrives = arrives.with_timezone(&Madrid).format("%H:%M").to_string();
    let fields = [
        ("key", key),
        ("name", "Ana López"),
        ("email", email),
        ("party", "4"),
        ("arrives", arrives.as_str()),
    ];
    let post = stage.http.post(stage.url(&sheet(stage, plan))).header("origin", PUBLIC_URL);
    let answer = post.form(&fields).send().await.expect("an answer");
    let leads = answer.headers().get("location").and_then(|to| to.to_str().ok()).unwrap_or_default();
    (answer.status().as_u16(), leads.to_owned())
}

/// A request that must stand: its key, and its page.
async fn asked(stage: &Stage, plan: &FloorPlanChanged, email: &str) -> (Uuid, String) {
    let (status, page) = send(stage, plan, &Uuid::now_v7().to_string(), email).await;
    assert_eq!(status, 303);
    let id = page.strip_prefix("/reservations/").and_then(|rest| rest.split('?').next()).expect("its page");
    (id.parse().expect("an id"), page)
}

/// A host's answer, given to a process of the service.
async fn answer(stage: &Stage, at: String, id: Uuid, what: &str, key: &str, note: &str) -> (u16, Value) {
    let seed = STANDARD.decode(stage.keys.service_signing("marketing-admin")).expect("base64");
    let seed: [u8; 32] = seed.try_into().expect("32 bytes");
    let signer = ServiceSigner::new("marketing-admin", &SigningKey::from_bytes(&seed));
    let token = signer.token_for(Some(StaffId::generate()), "purchase", SystemClock.now());
    let call = stage.http.post(format!("http://{at}/internal/v1/reservations/{id}/{what}"));
    let call = call.bearer_auth(token).header("idempotency-key", key).json(&json!({"note": note}));
    let answer = call.send().await.expect("an answer");
    (answer.status().as_u16(), answer.json().await.unwrap_or(Value::Null))
}

async fn says(stage: &Stage, id: Uuid, what: &str) -> (u16, Value) {
    answer(stage, stage.service.internal.to_string(), id, what, &Uuid::now_v7().to_string(), "").await
}

async fn page(stage: &Stage, path: &str) -> String {
    stage.get(path).await.text().await.expect("a page")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_holds_nothing_and_a_yes_holds_the_table_for_its_deposit() {
    let (stage, plan) = house().await;
    let (first, own) = asked(&stage, &plan, "ana@example.org").await;
    let (second, other) = asked(&stage, &plan, "leo@example.org").await;
    assert_eq!(stage.count("SELECT sum(held + sold) FROM stock").await, 0);
    assert_eq!(stage.count("SELECT count(*) FROM orders").await, 0);
    assert!(page(&stage, &own).await.contains("data-request=\"asked\""));
    let guessed = format!("/reservations/{first}?key={}", other.split("key=").nth(1).expect("a key"));
    assert_eq!(stage.get(&guessed).await.status(), 404, "another request's key opens nothing");

    let at = stage.service.internal.to_string();
    let (status, view) = answer(&stage, at.clone(), first, "approve", "yes", "See you").await;
    assert_eq!((status, &view["state"]), (200, &json!("pending")), "{view}");
    let (status, again) = answer(&stage, at, first, "approve", "yes", "See you").await;
    assert_eq!(
        (status, &again["revision"]),
        (200, &view["revision"]),
        "the same command is carried out once"
    );
    assert_eq!(stage.count("SELECT count(*) FROM orders").await, 1);
    assert_eq!(stage.count("SELECT sum(held) FROM stock").await, 4);
    let audited = "SELECT count(*) FROM audit_log WHERE action = 'reservation.approved'";
    assert_eq!(stage.count(audited).await, 1);
    // An hour before they arrive, which is less than a day from now.
    let held = "SELECT count(*) FROM orders o JOIN reservations r ON r.order_id = o.id
                 WHERE o.held_until = r.arrives_at - interval '1 hour'";
    assert_eq!(stage.count(held).await, 1);
    let shown = page(&stage, &own).await;
    assert!(shown.contains("data-request=\"held\"") && shown.contains("/orders/"), "{shown}");

    let (status, refused) = says(&stage, second, "approve").await;
    assert_eq!((status, &refused["code"]), (409, &json!("sold_out")), "{refused}");
    assert!(page(&stage, &other).await.contains("data-request=\"asked\""), "it still waits");
    assert_eq!(says(&stage, second, "decline").await.0, 200);
    assert!(page(&stage, &other).await.contains("data-request=\"over\""));
    assert_eq!(says(&stage, second, "approve").await.0, 409);
    stage.audit().await;

    // Nobody pays: the table is free again, and the page says so.
    stage.end_holds().await;
    stage.until_count("SELECT count(*) FROM reservations WHERE state = 'expired'", 1).await;
    assert!(page(&stage, &own).await.contains("data-request=\"lapsed\""));
    assert_eq!(stage.count(LIVE).await, 0);
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_asks_for_three_tables_and_withdraws() {
    let (stage, plan) = house().await;
    let wish = stage.table_wish(&plan, 1, 2);
    let (status, body) = stage.reserve("at-once", &wish).await;
    assert_eq!((status.as_u16(), &body["code"]), (409, &json!("not_on_sale")), "nobody books past the host");
    let key = Uuid::now_v7().to_string();
    let (_, first) = send(&stage, &plan, &key, "ana@example.org").await;
    assert_eq!(send(&stage, &plan, &key, "ana@example.org").await, (303, first.clone()), "a second tap");
    asked(&stage, &plan, "ANA@example.org").await;
    asked(&stage, &plan, "ana@example.org").await;
    let fourth = Uuid::now_v7().to_string();
    assert_eq!(send(&stage, &plan, &fourth, "ana@example.org").await.0, 409);
    let withdraw = first.replace("?key=", "/withdraw?key=");
    let post = stage.http.post(stage.url(&withdraw)).header("origin", PUBLIC_URL);
    assert_eq!(post.send().await.expect("an answer").status(), 303);
    assert!(page(&stage, &first).await.contains("data-request=\"over\""));
    assert_eq!(
        send(&stage, &plan, &fourth, "ana@example.org").await.0,
        303,
        "one is withdrawn: there is room"
    );
    assert_eq!(stage.count("SELECT count(*) FROM reservations WHERE state = 'requested'").await, 3);
    stage.audit().await;
}

/// Two hosts, at two processes, say yes to two requests for one table at the same moment.
async fn both_approved(stage: &Stage, plan: &FloorPlanChanged) -> Vec<u16> {
    let other = stage.replica(&[], std::sync::Arc::new(SystemClock)).await;
    let (one, _) = asked(stage, plan, "ana@example.org").await;
    let (two, _) = asked(stage, plan, "leo@example.org").await;
    let here = answer(stage, stage.service.internal.to_string(), one, "approve", "one", "");
    let there = answer(stage, other.internal.to_string(), two, "approve", "two", "");
    let ((here, _), (there, _)) = tokio::join!(here, there);
    let mut answers = vec![here, there];
    answers.sort_unstable();
    answers
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_requests_approved_at_once_one_gets_the_table() {
    let (stage, plan) = house().await;
    assert_eq!(both_approved(&stage, &plan).await, [200, 409]);
    assert_eq!(stage.count(LIVE).await, 1);
    assert_eq!(stage.count("SELECT count(*) FROM reservations WHERE state = 'requested'").await, 1);
    stage.audit().await;
}

/// The same where the table looks free to everybody, and the database minds nothing.
#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_look_approves_both() {
    let (stage, plan) = house().await;
    let table = &plan.tables[1].table_id;
    stage
        .sql(&format!(
            "ALTER TABLE reserved_tables DROP CONSTRAINT reserved_tables_one_live;
             CREATE OR REPLACE FUNCTION reserved_tables_follow() RETURNS trigger LANGUAGE plpgsql AS
               $$ BEGIN RETURN NULL; END $$;
             CREATE FUNCTION looks_free() RETURNS trigger LANGUAGE plpgsql AS
               $$ BEGIN NEW.held := 0; NEW.sold := 0; RETURN NEW; END $$;
             CREATE TRIGGER looks_free BEFORE UPDATE ON stock FOR EACH ROW WHEN (NEW.id = '{table}')
               EXECUTE FUNCTION looks_free()"
        ))
        .await;
    assert_eq!(both_approved(&stage, &plan).await, [200, 200], "the race is no test");
}
