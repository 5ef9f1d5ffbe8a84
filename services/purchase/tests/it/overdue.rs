//! What needs a person: told when its time has come and not before, and brought to its end by a person, on record.

use domain::ids::StaffId;
use serde_json::{Value, json};

use crate::payments::{CARD, REFUND_BOUNCES, paid_too_late};
use crate::stage::Stage;

/// What is overdue: kind, how many, the references.
pub async fn overdue(stage: &Stage) -> Vec<(String, i64, Vec<String>)> {
    let (status, body) = stage.inside("marketing-admin", "/internal/v1/overdue", None).await;
    assert_eq!(status, 200, "{body}");
    let rows = body.as_array().expect("a list").iter();
    rows.map(|row| {
        assert!(row["oldest_at"].is_string(), "{row}");
        let references = row["references"].as_array().expect("references").iter();
        let references = references.filter_map(|one| one.as_str().map(str::to_owned)).collect();
        (
            row["kind"].as_str().unwrap_or_default().to_owned(),
            row["count"].as_i64().unwrap_or_default(),
            references,
        )
    })
    .collect()
}

/// Something of every kind, as it stands when nobody has looked after it for a moment. The party in line has no row of its
/// night, which the worker would take in hand.
async fn neglect(stage: &Stage) -> String {
    let reference = stage.order(0, 2).await.reference;
    stage
        .sql(&format!(
            "UPDATE orders SET held_until = now(), next_check_at = now() + interval '1 day';
             UPDATE attempts SET session_id = NULL, lease_until = now();
             INSERT INTO payments (id, order_id, session_id, payment_intent, amount_minor, currency, purpose, captured_at)
               SELECT gen_random_uuid(), id, 'cs_' || n, 'pi_' || n, 100, 'EUR', 'returned', now()
                 FROM orders, generate_series(1, 2) AS n WHERE reference = '{reference}';
             INSERT INTO refunds (id, payment_id, order_id, scope, amount_minor, currency, reason, state, next_try_at, created_at, settled_at)
               SELECT gen_random_uuid(), id, order_id, 'payment', 100, 'EUR', 'staff', CASE payment_intent WHEN 'pi_1' THEN 'pending' ELSE 'failed' END,
                      now() + interval '1 day', now(), CASE payment_intent WHEN 'pi_1' THEN NULL ELSE now() END
                 FROM payments WHERE payment_intent IN ('pi_1', 'pi_2');
             INSERT INTO quarantine (id, kind, object_id, note, noted_at) VALUES (gen_random_uuid(), 'dispute', 'dp_1', 'a dispute', now());
             INSERT INTO webhook_events (id, kind, body, state, next_try_at, received_at)
               SELECT 'evt_' || n, 'checkout.session.completed', '', 'waiting', now() + interval '1 day', now()
                 FROM generate_series(1, 5) AS n;
             INSERT INTO waitlist (id, event_id, ticket_type_id, state, name, email, language, party, places, joined_at, offered_at,
                                   offered_until, stock_ids)
               SELECT gen_random_uuid(), event_id, ticket_type_id, 'offered', 'Ana', 'ana@example.org', 'en', 1, 1, now(), now(),
                      now() + interval '10 minutes', ARRAY[id] FROM stock WHERE ticket_type_id IS NOT NULL LIMIT 1;
             INSERT INTO guest_list (id, event_id, order_id, note, party, wanted, admit_until, added_at, asked_at, next_try_at)
               SELECT gen_random_uuid(), event_id, id, '', 2, 0, now(), now(), now(), now() + interval '1 day' FROM orders;
             INSERT INTO cancellations (event_id, started_at) SELECT id, now() FROM events;
             INSERT INTO new_dates (id, event_id, from_starts_at, to_starts_at, note, started_at, problem, next_try_at)
               SELECT gen_random_uuid(), id, now(), starts_at, '', now(), 'no such night', now() + interval '1 day' FROM events;
             INSERT INTO outbox (message_id, subject, aggregate, revision, payload, created_at, wakes)
               VALUES (gen_random_uuid(), 'ticket.changed', 't', 1, '', now(), false);
             INSERT INTO dead_letters (durable, message_id, subject, payload, published_at, error, attempts, died_at)
               VALUES ('purchase_event_changed', gen_random_uuid(), 'event.changed', '', now(), 'no such zone', 8, now())"
        ))
        .await;
    reference
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_past_its_time_is_told_and_what_is_not_is_left_in_peace() {
    let stage = Stage::open().await;
    assert_eq!(overdue(&stage).await, []);
    let order = neglect(&stage).await;
    let slug = stage.event.slug.clone();
    let kinds = |found: &[(String, i64, Vec<String>)]| -> Vec<String> {
        found.iter().map(|(kind, _, _)| kind.clone()).collect()
    };
    let now = overdue(&stage).await;
    assert_eq!(kinds(&now), ["refunds_failed", "quarantine", "dead_letters"], "these never mend themselves");
    // An hour passes.
    stage
        .sql(
            "UPDATE orders SET held_until = held_until - interval '1 hour';
             UPDATE attempts SET lease_until = lease_until - interval '1 hour';
             UPDATE refunds SET created_at = created_at - interval '1 hour';
             UPDATE waitlist SET offered_at = offered_at - interval '1 hour', offered_until = offered_until - interval '1 hour';
             UPDATE guest_list SET asked_at = asked_at - interval '1 hour';
             UPDATE cancellations SET started_at = started_at - interval '1 hour';
             UPDATE new_dates SET started_at = started_at - interval '1 hour';
             UPDATE webhook_events SET received_at = received_at - interval '1 hour';
             UPDATE outbox SET created_at = created_at - interval '1 hour'",
        )
        .await;
    let one = |kind: &str, reference: &str| (kind.to_owned(), 1, vec![reference.to_owned()]);
    let events = ["evt_1", "evt_2", "evt_3"].map(str::to_owned).to_vec();
    assert_eq!(
        overdue(&stage).await,
        [
            one("refunds_failed", &order),
            one("quarantine", "dp_1"),
            ("webhooks_waiting".to_owned(), 5, events),
            one("orders_past_hold", &order),
            one("cancellations_open", &slug),
            one("new_dates_untold", &format!("{slug}: no such night")),
            one("offers_past_time", &slug),
            one("guests_leaving", &order),
            one("attempts_unknown", &order),
            one("refunds_pending", &order),
            one("outbox_unsent", "ticket.changed"),
            one("dead_letters", "event.changed"),
        ]
    );
    assert_eq!(stage.inside("scanner", "/internal/v1/overdue", None).await.0, 403);
}

/// A figure of the refunds, by the query that is installed with the alerts.
fn scraped(figure: &str) -> String {
    let queries = include_str!("../../../../deploy/observability/postgres-queries.yml");
    let (_, rest) = queries.split_once("maguey_refunds:\n  query: |\n").expect("a query of the refunds");
    let (query, _) = rest.split_once("  metrics:").expect("its figures");
    format!("SELECT {figure} FROM ({query}) AS scraped")
}

/// A door that is silent keeps a guest's money as Stripe does: the alert is told of both.
#[tokio::test(flavor = "multi_thread")]
async fn the_alert_knows_of_a_refund_that_waits_for_the_door() {
    let stage = Stage::open().await;
    let old = scraped("(pending_seconds > 3000)::int");
    neglect(&stage).await;
    assert_eq!(stage.count(&old).await, 0);
    assert_eq!(stage.count(&scraped("10 * pending + asked")).await, 10);
    stage
        .sql(
            "UPDATE refunds SET state = 'asked', scope = 'order', anyway = false, created_at = created_at - interval '1 hour'
              WHERE state = 'pending'",
        )
        .await;
    assert_eq!(stage.count(&scraped("10 * pending + asked")).await, 1);
    assert_eq!(stage.count(&old).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_that_stripe_would_not_make_is_made_when_a_person_asks_again() {
    let stage = Stage::open().await;
    let body = json!({"error": {"type": "invalid_request_error", "code": "charge_disputed", "message": "Disputed."}});
    let action = json!({"kind": "status", "status": 400, "body": body, "saved": true});
    let fault = json!({"provider": "stripe", "method": "POST", "path": "/v1/refunds", "action": action});
    stage.control("faults", fault).await;
    paid_too_late(&stage, CARD).await;
    stage.until_count("SELECT count(*) FROM refunds WHERE state = 'failed'", 1).await;

    let (_, list) = stage.inside("magueyctl", "/internal/v1/refunds", None).await;
    let row = &list[0];
    assert_eq!((row["state"].as_str(), row["amount_minor"].as_i64()), (Some("failed"), Some(4200)), "{list}");
    assert!(row["problem"].as_str().is_some_and(|problem| problem.contains("charge_disputed")), "{list}");
    let path = format!("/internal/v1/refunds/{}/retry", row["id"].as_str().expect("an id"));
    let why = Some(json!({"reason": "the dispute is won"}));
    assert_eq!(stage.inside("scanner", &path, why.clone()).await.0, 403);
    assert_eq!(stage.inside("magueyctl", &path, Some(json!({"reason": " "}))).await.0, 422);
    let nothing = format!("/internal/v1/refunds/{}/retry", uuid::Uuid::nil());
    assert_eq!(stage.inside("magueyctl", &nothing, why.clone()).await.0, 404);
    let staff = StaffId::generate();
    let (status, answer) = stage.inside_for(Some(staff), "marketing-admin", &path, why.clone()).await;
    assert_eq!((status, &answer["state"]), (200, &json!("pending")));

    // Stripe remembers its "no" for the first key: this is another.
    stage.until_count("SELECT count(*) FROM refunds WHERE state = 'succeeded' AND refusals = 1", 1).await;
    assert_eq!(stage.inside("magueyctl", "/internal/v1/refunds", None).await.1, json!([]));
    let (status, answer) = stage.inside("magueyctl", &path, why).await;
    assert_eq!((status, &answer["code"]), (409, &json!("not_failed")), "once is enough");
    let row = format!(
        "SELECT count(*) FROM audit_log WHERE action = 'refund.retried' AND actor = 'marketing-admin' AND staff_id = '{staff}'
           AND reason = 'the dispute is won' AND detail ->> 'amount_minor' = '4200'"
    );
    assert_eq!(stage.count(&row).await, 1);
    assert_eq!(stage.count("SELECT count(*) FROM audit_log WHERE action = 'refund.retried'").await, 1);
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_that_bounced_is_made_again_and_old_news_do_not_end_it() {
    let stage = Stage::open().await;
    paid_too_late(&stage, REFUND_BOUNCES).await;
    stage.until_count("SELECT count(*) FROM refunds WHERE state = 'failed'", 1).await;
    stage.until_count("SELECT count(*) FROM webhook_events WHERE state = 'waiting'", 0).await;
    // Calls fail from now on, so that the new try stays pending.
    let away = json!({"provider": "stripe", "method": "POST", "path": "/v1/refunds", "count": 0,
                      "action": {"kind": "status", "status": 500}});
    stage.control("faults", away).await;
    let (_, list) = stage.inside("magueyctl", "/internal/v1/refunds", None).await;
    let path = format!("/internal/v1/refunds/{}/retry", list[0]["id"].as_str().expect("an id"));
    let (status, _) = stage.inside("magueyctl", &path, Some(json!({"reason": "new account"}))).await;
    assert_eq!(status, 200);
    stage
        .until_count("SELECT count(*) FROM refunds WHERE state = 'pending' AND problem IS NOT NULL", 1)
        .await;
    stage.sql("UPDATE refunds SET next_try_at = now() + interval '1 hour'").await;
    stage
        .sql(
            "INSERT INTO webhook_events (id, kind, body, state, next_try_at, received_at)
             SELECT 'evt_late', kind, body, 'waiting', now(), now() FROM webhook_events WHERE kind = 'refund.failed'",
        )
        .await;
    stage
        .until_count("SELECT count(*) FROM webhook_events WHERE id = 'evt_late' AND state = 'done'", 1)
        .await;
    assert_eq!(
        stage.count("SELECT count(*) FROM refunds WHERE state = 'pending'").await,
        1,
        "that was the old one"
    );

    // This card's bank sends back the second one as well: the books follow each movement.
    stage.http.delete(format!("{}/control/faults", stage.sandbox.url)).send().await.expect("the sandbox");
    stage.sql("UPDATE refunds SET next_try_at = now()").await;
    let booked = |source: &str| format!("SELECT count(*) FROM ledger_transactions WHERE source = '{source}'");
    stage.until_count(&booked("refund_bounced"), 2).await;
    assert_eq!(stage.count(&booked("refund")).await, 2);
    assert_eq!(
        stage.count("SELECT count(*) FROM outbox WHERE subject = 'order.refunded'").await,
        1,
        "told once"
    );
    let known = "SELECT count(*) FROM refunds WHERE state = 'failed' AND cardinality(failed_before) = 1
                   AND stripe_refund <> failed_before[1]";
    assert_eq!(stage.count(known).await, 1);
    stage.until_count("SELECT count(*) FROM webhook_events WHERE state = 'waiting'", 0).await;
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_closes_a_quarantine_says_what_was_done() {
    let stage = Stage::open().await;
    stage
        .sql(
            "INSERT INTO quarantine (id, kind, object_id, note, noted_at)
             VALUES (gen_random_uuid(), 'dispute', 'dp_1', 'a dispute', now())",
        )
        .await;
    let (_, list) = stage.inside("magueyctl", "/internal/v1/quarantine", None).await;
    assert_eq!((&list[0]["object"], &list[0]["payment_intent"]), (&json!("dp_1"), &Value::Null));
    let path = format!("/internal/v1/quarantine/{}/resolve", list[0]["id"].as_str().expect("an id"));
    assert_eq!(stage.inside("magueyctl", &path, Some(json!({"reason": ""}))).await.0, 422);
    let done = Some(json!({"reason": "evidence sent"}));
    assert_eq!(stage.inside("magueyctl", &path, done.clone()).await.0, 204);
    assert_eq!(stage.inside("magueyctl", &path, done).await.0, 404, "somebody has looked");
    assert_eq!(overdue(&stage).await, []);
    let row = "SELECT count(*) FROM audit_log WHERE action = 'quarantine.resolved' AND actor = 'magueyctl'
                 AND reason = 'evidence sent' AND detail ->> 'object' = 'dp_1'";
    assert_eq!(stage.count(row).await, 1);
    assert_eq!(stage.count("SELECT count(*) FROM audit_log").await, 1);
}
