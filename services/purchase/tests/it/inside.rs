//! The internal listener: voiding, digest, saying again.

use crate::stage::Stage;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::ids::StaffId;
use ed25519_dalek::SigningKey;
use serde_json::{Value, json};
use web::service_token::ServiceSigner;

impl Stage {
    /// Calls the internal listener as one of our services.
    pub async fn inside(&self, caller: &str, path: &str, body: Option<Value>) -> (u16, Value) {
        self.inside_for(None, caller, path, body).await
    }

    /// The same, for a member of staff who has asked the caller.
    pub async fn inside_for(
        &self,
        staff: Option<StaffId>,
        caller: &str,
        path: &str,
        body: Option<Value>,
    ) -> (u16, Value) {
        self.inside_of(&self.service, staff, caller, path, body).await
    }

    /// The same, of one of several processes.
    pub async fn inside_of(
        &self,
        process: &web::Running,
        staff: Option<StaffId>,
        caller: &str,
        path: &str,
        body: Option<Value>,
    ) -> (u16, Value) {
        let seed = self.keys.service_signing(caller);
        let now = chrono::DateTime::<chrono::Utc>::from(std::time::SystemTime::now());
        let seed: [u8; 32] = STANDARD.decode(seed).expect("base64").try_into().expect("32 bytes");
        let token =
            ServiceSigner::new(caller, &SigningKey::from_bytes(&seed)).token_for(staff, "purchase", now);
        let url = format!("http://{}{path}", process.internal);
        let request = body.map_or_else(|| self.http.get(&url), |body| self.http.post(&url).json(&body));
        let answer = request.bearer_auth(token).send().await.expect("an answer");
        (answer.status().as_u16(), answer.json().await.unwrap_or(Value::Null))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_voided_ticket_is_told_to_the_door_and_shows_no_code() {
    let stage = Stage::open().await;
    let (_, body) = stage.checkout("free", &stage.wish(1, 2)).await;
    let order = crate::stage::Order::of(&body);
    let id = stage.order_now(&order).await["tickets"][0]["id"].as_str().expect("an id").to_owned();
    let path = format!("/internal/v1/tickets/{id}/void");
    let reason = Some(json!({"reason": " lost phone "}));
    assert_eq!(stage.inside("scanner", &path, reason.clone()).await.0, 403, "the door voids nothing");
    let staff = StaffId::generate();
    let (status, body) = stage.inside_for(Some(staff), "marketing-admin", &path, reason.clone()).await;
    assert_eq!((status, &body["state"], &body["revision"]), (200, &json!("cancelled"), &json!(2)));
    assert_eq!(stage.inside("magueyctl", &path, reason).await.1["revision"], 2, "once is enough");
    let told = format!("SELECT count(*) FROM outbox WHERE aggregate = '{id}' AND revision = 2");
    assert_eq!(stage.count(&told).await, 1);
    let tickets = stage.order_now(&order).await["tickets"].clone();
    let voided = tickets.as_array().expect("tickets").iter().find(|t| t["id"] == id.as_str()).expect("it");
    assert_eq!((&voided["state"], &voided["code"]), (&json!("cancelled"), &Value::Null));
    let html = stage.get(&order.page).await.text().await.expect("a page");
    assert_eq!(html.matches("class=\"qr\"").count(), 1);

    let row = format!(
        "SELECT count(*) FROM audit_log WHERE action = 'ticket.voided' AND target = '{id}' AND actor = 'marketing-admin'
           AND staff_id = '{staff}' AND reason = 'lost phone' AND length(request_id) >= 8
           AND detail ->> 'before' = 'valid' AND detail ->> 'after' = 'cancelled'"
    );
    assert_eq!(stage.count(&row).await, 1, "who, what, and why");
    let again = "SELECT count(*) FROM audit_log WHERE action = 'ticket.voided' AND actor = 'magueyctl'
                   AND staff_id IS NULL AND detail ->> 'before' = 'cancelled'";
    assert_eq!(stage.count(again).await, 1, "also what changed nothing");
    let denied = format!(
        "SELECT count(*) FROM audit_log WHERE action = 'access.denied' AND target = '{path}' AND actor = 'scanner'"
    );
    stage.until_count(&denied, 1).await;
    assert_eq!(stage.count("SELECT count(*) FROM audit_log").await, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_voided_without_a_reason_and_no_row_without_a_ticket() {
    let stage = Stage::open().await;
    let (_, body) = stage.checkout("free", &stage.wish(1, 1)).await;
    let order = crate::stage::Order::of(&body);
    let id = stage.order_now(&order).await["tickets"][0]["id"].as_str().expect("an id").to_owned();
    for reason in ["  ".to_owned(), "x".repeat(501)] {
        let path = format!("/internal/v1/tickets/{id}/void");
        let (status, body) = stage.inside("magueyctl", &path, Some(json!({"reason": reason}))).await;
        assert_eq!((status, &body["errors"][0]["field"]), (422, &json!("reason")), "{body}");
    }
    let nothing = format!("/internal/v1/tickets/{}/void", uuid::Uuid::nil());
    assert_eq!(stage.inside("magueyctl", &nothing, Some(json!({"reason": "lost"}))).await.0, 404);
    assert_eq!(stage.order_now(&order).await["tickets"][0]["state"], "valid");
    assert_eq!(stage.count("SELECT count(*) FROM audit_log").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_audit_chain_ends_is_told_to_who_keeps_it_and_to_no_guest_of_the_house() {
    let stage = Stage::open().await;
    stage.inside("magueyctl", "/internal/v1/resend/order.paid", Some(json!({}))).await;
    stage.until_count("SELECT count(*) FROM audit_links", 1).await;
    let path = "/internal/v1/audit/head";
    let (status, said) = stage.inside("marketing-admin", path, None).await;
    assert_eq!((status, &said["fits"]), (200, &json!(true)), "{said}");
    let head = said["head"].as_str().expect("a head");
    assert!(head.starts_with("1:") && head.len() == 66, "{head}");
    let (_, said) = stage.inside("marketing-admin", &format!("{path}?kept={head}"), None).await;
    assert_eq!(said["fits"], true, "{said}");
    let other = format!("1:{}", "0".repeat(64));
    let (_, said) = stage.inside("marketing-admin", &format!("{path}?kept={other}"), None).await;
    assert_eq!((&said["fits"], said["head"].as_str()), (&json!(false), Some(head)));
    assert_eq!(stage.inside("scanner", path, None).await.0, 403, "the door keeps none");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_done_can_only_be_added_to() {
    let stage = Stage::open().await;
    let (status, _) = stage.inside("magueyctl", "/internal/v1/resend/order.paid", Some(json!({}))).await;
    assert_eq!(status, 200);
    assert_eq!(stage.count("SELECT count(*) FROM audit_log WHERE action = 'messages.resent'").await, 1);
    let mut conn = stage.purchase.conn().await.expect("a connection");
    for sql in ["UPDATE audit_log SET actor = 'nobody'", "DELETE FROM audit_log", "TRUNCATE audit_log"] {
        let done = diesel_async::SimpleAsyncConnection::batch_execute(&mut *conn, sql).await;
        assert!(done.is_err_and(|error| error.to_string().contains("permission denied")), "{sql}");
    }
}

/// As if the relay had sent everything: what is still on its way is not yet said.
const SENT: &str = "UPDATE outbox SET sent_at = now(), stream_sequence = 1 WHERE sent_at IS NULL";

#[tokio::test(flavor = "multi_thread")]
async fn others_can_compare_and_ask_again() {
    let stage = Stage::open().await;
    stage.checkout("free", &stage.wish(1, 3)).await;
    stage.sql(SENT).await;
    let (status, buckets) = stage.inside("scanner", "/internal/v1/digest/ticket.changed", None).await;
    assert_eq!(status, 200);
    let count: i64 = buckets.as_array().expect("buckets").iter().filter_map(|b| b["count"].as_i64()).sum();
    assert_eq!(count, 3);
    let (_, resent) = stage.inside("scanner", "/internal/v1/resend/ticket.changed", Some(json!({}))).await;
    assert_eq!(resent["sent"], 3);
    assert_eq!(
        stage.inside("scanner", "/internal/v1/digest/event.changed", None).await.0,
        404,
        "not ours to tell"
    );
    stage.sql(SENT).await;
    stage.sql("UPDATE outbox SET payload = NULL").await;
    for (subject, sent) in [("ticket.changed", 3), ("order.paid", 1)] {
        let (_, resent) =
            stage.inside("magueyctl", &format!("/internal/v1/resend/{subject}"), Some(json!({}))).await;
        assert_eq!(resent["sent"], sent, "{subject} is said anew from what stands");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_internal_routes_are_not_on_the_public_side() {
    let stage = Stage::open().await;
    assert_eq!(stage.get("/internal/v1/digest/ticket.changed").await.status(), 404);
    assert_eq!(stage.get("/metrics").await.status(), 404);
    let url = format!("http://{}/internal/v1/digest/ticket.changed", stage.service.internal);
    assert_eq!(stage.http.get(url).send().await.expect("an answer").status(), 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_was_never_heard_of_is_found_missing_and_asked_for() {
    let stage = Stage::open().await;
    let reconcile = "/internal/v1/reconcile";
    assert_eq!(stage.inside("scanner", reconcile, Some(json!({}))).await.0, 403, "for the operator alone");
    let club = stage.database.db(db::Owner::MarketingAdmin);
    let now = chrono::DateTime::<chrono::Utc>::from(std::time::SystemTime::now());
    let unheard = messages::marketing_admin::v1::EventChanged {
        event_id: uuid::Uuid::now_v7().to_string(),
        ..crate::stage::friday()
    };
    for said in [&stage.event, &unheard] {
        bus::outbox::add(&mut club.conn().await.expect("a connection"), said, now).await.expect("said");
    }
    stage.sql("UPDATE marketing_admin.outbox SET sent_at = now(), stream_sequence = 1").await;
    let (status, report) = stage.inside("magueyctl", reconcile, Some(json!({}))).await;
    assert_eq!(status, 200, "{report}");
    let found = &report["event.changed"];
    assert_eq!(
        (&found["missing"], &found["asked"]),
        (&json!([unheard.event_id]), &json!(0)),
        "it may be on its way"
    );
    stage.sql("UPDATE missing SET ask_at = now()").await;
    let (_, report) = stage.inside("magueyctl", reconcile, Some(json!({}))).await;
    assert_eq!(report["event.changed"]["resent"]["sent"], 1, "{report}");
    let again =
        format!("SELECT count(*) FROM marketing_admin.outbox WHERE aggregate = '{}'", unheard.event_id);
    assert!(stage.count(&again).await >= 2, "marketing-admin says it again");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_given_up_is_listed_without_what_it_says_and_tried_again() {
    let stage = Stage::open().await;
    let path = "/internal/v1/dead-letters";
    let nothing = json!({"open": 0, "letters": []});
    assert_eq!(stage.inside("magueyctl", path, None).await, (200, nothing));
    stage
        .sql(
            "INSERT INTO dead_letters (durable, message_id, subject, payload, published_at, error, attempts, died_at)
             SELECT 'purchase_event_changed', gen_random_uuid(), 'event.changed', 'secret', now(), 'no such zone', 8, now()
               FROM generate_series(1, 3)",
        )
        .await;
    let (status, list) = stage.inside("marketing-admin", path, None).await;
    assert_eq!((status, &list["open"], list["letters"].as_array().map(Vec::len)), (200, &json!(3), Some(3)));
    let letter = list["letters"][0].as_object().expect("a letter");
    assert!(letter.contains_key("error") && !letter.contains_key("payload"), "{letter:?}");
    assert_eq!(stage.inside("scanner", path, None).await.0, 403);

    let id = &letter["id"];
    let staff = StaffId::generate();
    let replay = format!("{path}/{id}/replay");
    let one = stage.inside_for(Some(staff), "marketing-admin", &replay, Some(json!({})));
    assert_eq!(one.await, (200, json!({"asked": 1})));
    assert_eq!(stage.inside("magueyctl", &format!("{path}/0/replay"), Some(json!({}))).await.0, 404);
    let all = stage.inside("magueyctl", &format!("{path}/replay"), Some(json!({}))).await;
    assert_eq!(all, (200, json!({"asked": 3})));
    let rows = format!(
        "SELECT count(*) FROM audit_log WHERE action = 'dead_letter.replayed' AND (target, actor, staff_id IS NULL) IN
           (('{id}', 'marketing-admin', false), ('all', 'magueyctl', true)) AND coalesce(staff_id, '{staff}') = '{staff}'"
    );
    assert_eq!(stage.count(&rows).await, 2);
    assert_eq!(stage.count("SELECT count(*) FROM audit_log WHERE action = 'dead_letter.replayed'").await, 2);
}
