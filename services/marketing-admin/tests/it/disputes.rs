//! Disputes at the desk: what is gone of a night's money in any order of news, and the evidence on one page.

use actix_web::HttpResponse;
use bus::{Delivery, Outcome};
use chrono::TimeDelta;
use db::Owner;
use db::testing::TestDatabase;
use domain::clock::{Clock, SystemClock};
use domain::ids::MessageId;
use marketing_admin::disputes::consume;
use marketing_admin::reports::recount;
use messages::millis;
use messages::purchase::v1::{DisputeStatus, OrderDisputed};
use messages::scanner::v1::TicketScanned;
use reqwest::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;
use web::{App, Context, Running, ServiceCaller, callers};

use crate::figures::order;
use crate::house::{House, until};

/// The states of one dispute, in the order in which they happen.
pub fn life(event: &str, end: DisputeStatus) -> Vec<OrderDisputed> {
    let now = SystemClock.now();
    let (dispute, order) = (Uuid::now_v7().to_string(), Uuid::now_v7().to_string());
    let taken = |status: DisputeStatus| if status == DisputeStatus::Won { (0, 0) } else { (1588, 1500) };
    [DisputeStatus::NeedsResponse, DisputeStatus::UnderReview, end]
        .into_iter()
        .zip(1..)
        .map(|(status, revision)| OrderDisputed {
            dispute_id: dispute.clone(),
            revision,
            order_id: order.clone(),
            reference: "K7MPX2QD".to_owned(),
            event_id: event.to_owned(),
            stripe_dispute: "dp_1".to_owned(),
            currency: "EUR".to_owned(),
            amount_minor: 1588,
            taken_minor: taken(status).0,
            fees_minor: taken(status).1,
            status: status.into(),
            reason: "fraudulent".to_owned(),
            answer_by: if revision == 1 { millis(now + TimeDelta::days(7)) } else { 0 },
            opened_at: millis(now),
            changed_at: millis(now),
        })
        .collect()
}

pub fn delivery() -> Delivery {
    Delivery {
        id: MessageId::generate(),
        subject: String::new(),
        published_at: SystemClock.now(),
        attempt: 1,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn in_any_order_and_doubled_a_night_has_lost_what_its_banks_hold() {
    let database = TestDatabase::create().await;
    let db = database.db(Owner::MarketingAdmin);
    let mut conn = db.conn().await.expect("a connection");
    for turn in 0..6_usize {
        let event = Uuid::now_v7();
        let mut told = life(&event.to_string(), DisputeStatus::Won);
        told.extend(life(&event.to_string(), DisputeStatus::Lost));
        told.rotate_left(turn);
        if turn % 2 == 1 {
            told.reverse();
        }
        for message in told.iter().chain(&told) {
            consume::order_disputed(&mut conn, message.clone(), delivery()).await.expect("handled");
        }
        for message in &told {
            let again = consume::order_disputed(&mut conn, message.clone(), delivery()).await;
            assert_eq!(again.expect("handled"), Outcome::Stale);
        }
        let running = recount::running(&mut conn, event).await.expect("figures");
        assert_eq!(running, recount::from_rows(&mut conn, event).await.expect("a count"), "turn {turn}");
        assert_eq!(running.disputed_minor, 1588, "the one that was lost");
    }
}

/// The ticket site as far as it is asked about disputes and one order.
async fn ticket_site(house: &House, list: Value, proof: Value, record: Value) -> Running {
    let app = App::new(house.neighbour("purchase"), Context::default()).internal(move |routes| {
        let (list, proof, record) = (list.clone(), proof.clone(), record.clone());
        let say = |answer: Value| {
            move |caller: ServiceCaller<callers::Desk>| {
                assert!(caller.staff.is_some(), "the ticket site is told who looks");
                let said = HttpResponse::Ok().json(&answer);
                async move { said }
            }
        };
        routes
            .get("/internal/v1/disputes", say(list))
            .get("/internal/v1/disputes/{id}", say(proof))
            .get("/internal/v1/orders/{reference}", say(record));
    });
    web::boot::start(app).await.expect("free ports")
}

fn row(id: Uuid, now: chrono::DateTime<chrono::Utc>) -> Value {
    json!({
        "id": id, "stripe_dispute": "dp_1Q", "status": "needs_response", "reason": "product_not_received",
        "currency": "EUR", "amount_minor": 1588, "taken_minor": 1588, "fees_minor": 1500,
        "answer_by": now + TimeDelta::days(7), "answers": 0, "opened_at": now, "closed_at": null,
    })
}

fn listed(id: Uuid, now: chrono::DateTime<chrono::Utc>) -> Value {
    let mut listed = row(id, now);
    listed["reference"] = json!("K7MPX2QD");
    listed["buyer_name"] = json!("Ana Ruiz");
    listed
}

fn record(id: Uuid, event: &str, ticket: &str, now: chrono::DateTime<chrono::Utc>) -> Value {
    json!({
        "order": {"reference": "K7MPX2QD", "state": "paid", "buyer_name": "Ana Ruiz", "buyer_email": "ana@example.org",
                  "currency": "EUR", "total_minor": 1588, "promo_code": null, "promoter": "", "channel": "online",
                  "created_at": now, "paid_at": now},
        "event": {"id": event, "title": "Agave Nights", "status": "published", "starts_at": now, "time_zone": "Europe/Madrid"},
        "lines": [{"kind": "ticket", "label": "Early bird", "quantity": 1, "total_minor": 1588}],
        "tickets": [{"id": ticket, "type_name": "Early bird", "holder_name": "Ana Ruiz", "state": "disputed",
                     "paid_minor": 1588, "without_fee_minor": 1500}],
        "payments": [{"payment_intent": "pi_1", "amount_minor": 1588, "purpose": "order", "captured_at": now}],
        "refunds": [], "disputes": [row(id, now)], "left_minor": 0, "keeps_fees": false,
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn the_evidence_says_what_was_bought_mailed_and_scanned_and_until_when_to_answer() {
    let mut house = House::open().await;
    let owner = house.token("olga@club.test").await;
    let event = house.published(&owner, "Agave Nights").await;
    let (event, kind) = (
        event["id"].as_str().expect("an id").to_owned(),
        event["ticket_types"][0]["id"].as_str().expect("an id").to_owned(),
    );
    let (paid, now, id) = (order(&event, &kind, "ana@example.org", 1), SystemClock.now(), Uuid::now_v7());
    let ticket = paid.tickets[0].ticket_id.clone();
    let proof = json!({
        "dispute": row(id, now), "reference": "K7MPX2QD", "receipt": "2026-000007", "receipt_at": now,
        "venue_name": "Maguey", "venue_address": "Calle de Alcalá 20, Madrid", "entry_from": now,
        "refunds": {"self_service_until": null, "keeps_fees": true},
        "tickets": [{"id": ticket, "type_name": "Early bird", "holder_name": "Ana Ruiz", "state": "disputed", "issued_at": now,
                     "passed_on_to": null, "passed_on_at": null}],
    });
    let site = ticket_site(&house, json!([listed(id, now)]), proof, record(id, &event, &ticket, now)).await;
    house.purchase_url = format!("http://{}", site.internal);
    house.stop().await;
    house.start().await;

    house.say(&paid).await;
    let scanned = TicketScanned {
        scan_id: Uuid::now_v7().to_string(),
        event_id: event.clone(),
        gate_id: Uuid::now_v7().to_string(),
        gate_name: "Main door".to_owned(),
        zone_id: Uuid::now_v7().to_string(),
        ticket_id: ticket.clone(),
        decision: "admit".to_owned(),
        reason: "ok".to_owned(),
        scanned_at: millis(now),
        inside_after: 1,
        inside_revision: 1,
        direction: String::new(),
    };
    house.say(&scanned).await;
    until("scan and mail are known", async || {
        house.count("SELECT count(*) FROM scans WHERE gate_name = 'Main door'").await == 1
            && house.count("SELECT count(*) FROM emails WHERE state = 'sent'").await == 1
    })
    .await;

    let cookie = house.cookie("olga@club.test").await;
    let list = house.page("/admin/disputes?lang=en", &cookie).await.text().await.expect("a page");
    for what in ["K7MPX2QD", "Ana Ruiz", "Says they got nothing", "To be answered", "Answer by"] {
        assert!(list.contains(what), "{what} in {list}");
    }
    let path = format!("/admin/disputes/{id}");
    for lang in ["en", "es"] {
        let page = house.page(&format!("{path}?lang={lang}"), &cookie).await.text().await.expect("a page");
        assert!(!page.contains("disputes-") && !page.contains("orders-"), "a text is missing: {page}");
    }
    let page = house.page(&format!("{path}?lang=en"), &cookie).await.text().await.expect("a page");
    for what in [
        "1 of 1 tickets came in",
        "Came in, Main door",
        "2026-000007",
        "ana@example.org",
        "pi_1",
        "dp_1Q",
        "Early bird",
        "The service fee stays with the club.",
        "Answer by",
    ] {
        assert!(page.contains(what), "{what} in {page}");
    }
    let file = house.page(&format!("{path}/proof.pdf?lang=en"), &cookie).await;
    assert_eq!(file.headers()["content-disposition"], "attachment; filename=\"evidence-K7MPX2QD.pdf\"");
    assert!(file.bytes().await.expect("a file").starts_with(b"%PDF-"));
    let seen = format!(
        "SELECT count(*) FROM audit_log WHERE action = 'dispute.proof_seen' AND target = '{id}' AND staff_id IS NOT NULL"
    );
    assert_eq!(house.count(&seen).await, 4, "who looked, each time");
    let order_page =
        house.page("/admin/orders/K7MPX2QD?lang=en", &cookie).await.text().await.expect("a page");
    assert!(order_page.contains(&format!("href=\"{path}\"")), "{order_page}");
    assert!(!order_page.contains("name=\"scope\""), "nothing can be given back: {order_page}");
    let door = house.token("dora@club.test").await;
    assert_eq!(house.get(&path, &door).await.status(), StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_dashboard_says_what_banks_hold_and_the_desk_until_when_to_answer() {
    let house = House::open().await;
    let owner = house.token("olga@club.test").await;
    let event = house.published(&owner, "Agave Nights").await;
    let id = event["id"].as_str().expect("an id").to_owned();
    let kind = event["ticket_types"][0]["id"].as_str().expect("an id").to_owned();
    house.say(&order(&id, &kind, "ana@example.org", 2)).await;
    house.say(&life(&id, DisputeStatus::Lost)[0]).await;
    until("the night has lost it", async || {
        let sql = "SELECT count(*) FROM event_figures WHERE disputed_minor = 1588 AND gross_minor = 3176";
        house.count(sql).await == 1
    })
    .await;
    let cookie = house.cookie("olga@club.test").await;
    let page = house.page("/admin?lang=en", &cookie).await.text().await.expect("a page");
    assert!(page.contains(&format!("data-figure=\"disputed:{id}\">15.88\u{a0}€<")), "{page}");
    assert!(page.contains(&format!("data-figure=\"revenue:{id}\">15.88\u{a0}€<")), "what is left: {page}");
}
