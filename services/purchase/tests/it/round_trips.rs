//! How often the database is asked: a ceiling for each of the paths that a busy night is made of. Every statement is a round
//! trip, `BEGIN` and `COMMIT` too, and a round trip under a lock is what others wait for. (The scan's ceiling stands with the
//! scanner's tests, in `replay`.)
//!
//! The service's own pool counts. What runs beside (a gauge of the relay's every five seconds) can only add to a count, so of
//! a few tries the lowest is what the path itself takes. Whoever adds a statement raises a ceiling here, and says why.

use messages::marketing_admin::v1::PromoChanged;
use messages::marketing_admin::v1::promo_changed::Off;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::stage::{Order, Stage, pause};

const TRIES: usize = 4;

/// Waits until the service asks nothing any more; says how much it has asked.
async fn at_rest(stage: &Stage) -> u64 {
    let (mut last, mut same) = (stage.pool.statements(), 0);
    while same < 5 {
        pause().await;
        let now = stage.pool.statements();
        same = if now == last { same + 1 } else { 0 };
        last = now;
    }
    last
}

/// The fewest statements that some work took, from rest to rest.
async fn fewest(stage: &Stage, work: impl AsyncFn(usize)) -> u64 {
    fewest_of(stage, TRIES, work).await
}

/// The same of so many tries.
async fn fewest_of(stage: &Stage, tries: usize, work: impl AsyncFn(usize)) -> u64 {
    let mut fewest = u64::MAX;
    for n in 0..tries {
        let before = at_rest(stage).await;
        work(n).await;
        fewest = fewest.min(at_rest(stage).await - before);
    }
    fewest
}

/// What Stripe says of a session; the rest of it is read from Stripe.
fn session(id: &str) -> Value {
    json!({"id": id, "object": "checkout.session"})
}

/// `BEGIN` · have all of it look up by index · lock the stock rows · the night · its types · what of this guest waits · the key · one statement that writes
/// everything · `COMMIT` — and, once Stripe has answered, the session's id.
const CHECKOUT: u64 = 10;

#[tokio::test(flavor = "multi_thread")]
async fn a_checkout_takes_ten_round_trips() {
    let stage = Stage::quiet().await;
    let sent = fewest(&stage, async |_| {
        stage.order(0, 2).await;
    })
    .await;
    assert!(sent <= CHECKOUT, "{sent} statements for one checkout, {CHECKOUT} are argued for");
    assert!(sent > 0, "nothing was counted");
}

/// A batch is decided and written together, so a crowd shares the nine, and each guest adds the session's id.
#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_that_comes_at_once_shares_its_round_trips() {
    const CROWD: u64 = 20;
    let stage = Stage::quiet().await;
    let wish = stage.wish(0, 1);
    let sent = fewest(&stage, async |_| {
        let keys: Vec<String> = (0..CROWD).map(|_| Uuid::now_v7().to_string()).collect();
        let answers = futures::future::join_all(keys.iter().map(|key| stage.checkout(key, &wish))).await;
        assert!(answers.iter().all(|(status, _)| *status == 201), "{:?}", answers.last());
    })
    .await;
    // How the crowd falls into batches is the scheduler's business; were each guest a batch, it would be twice as many.
    assert!(sent < CROWD * CHECKOUT / 2, "{sent} statements for {CROWD} checkouts at once");
}

/// A checkout, and: how the table is sold · how it stands · what waits of this address · the reservation · its table · what others are told.
const BOOKING: u64 = CHECKOUT + 6;

#[tokio::test(flavor = "multi_thread")]
async fn a_booking_takes_six_round_trips_more_than_a_checkout() {
    let stage = Stage::quiet().await;
    let (_, mut plan) = Stage::with_tables().await;
    plan.event_id.clone_from(&stage.event.event_id);
    plan.zone_id.clone_from(&stage.event.zones[0].zone_id);
    stage.publish_plan(&plan).await;
    let sent = fewest(&stage, async |_| {
        stage.table_held(&plan, 1, 4).await;
        // Past the service, so that the next one finds it free.
        stage
            .sql(
                "UPDATE attempts SET state = 'dead', settled_at = now();
                 UPDATE orders SET state = 'expired', expired_at = now(), client = NULL, client_network = NULL;
                 UPDATE reservations SET state = 'expired'; UPDATE stock SET held = 0",
            )
            .await;
    })
    .await;
    assert!(sent <= BOOKING, "{sent} statements for one booking, {BOOKING} are argued for");
}

/// The event is stored, and nothing else, before Stripe is answered.
const RECEIPT: u64 = 1;

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_is_answered_after_one_round_trip() {
    let stage = Stage::quiet().await;
    // Of no interest to us, so that nothing follows; then the same again.
    for event in ["evt_new", "evt_known"] {
        let sent = fewest(&stage, async |n| {
            let id = if event == "evt_new" { format!("{event}_{n}") } else { event.to_owned() };
            stage.tell(&id, "customer.created", json!({"id": "cus_1", "object": "customer"})).await;
        })
        .await;
        assert_eq!(sent, RECEIPT, "{event}");
    }
}

/// Taking the event, 4: `BEGIN` · find it · put it off for others · `COMMIT`.
/// The fulfilment, 19: `BEGIN` · lock the order · is the payment known? · the attempt, its session, its end · the lines · is the
/// night on? · the payment · the ledger's transaction · its entries · the order is paid · what the door needs of the types ·
/// the tickets · what others are told · the places are sold · the promo is used · is the night still on? · `COMMIT`.
/// The end, 2: nothing about the session puzzles any more · the event is done.
/// And 4 to see that no other event waits.
const PROCESSING: u64 = 4 + 19 + 2 + 4;

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_is_fulfilled_in_twenty_nine_round_trips() {
    let stage = Stage::quiet().await;
    stage.drop_webhooks().await;
    let mut paid: Vec<Order> = Vec::new();
    for _ in 0..TRIES {
        let order = stage.order(0, 2).await;
        stage.pay(&order, "4242424242424242").await;
        paid.push(order);
    }
    let sent = fewest(&stage, async |n| {
        stage.tell(&format!("evt_{n}"), "checkout.session.completed", session(paid[n].session())).await;
        stage.until_count("SELECT count(*) FROM webhook_events WHERE state = 'done'", n as i64 + 1).await;
    })
    .await;
    let ceiling = RECEIPT + PROCESSING;
    assert!(sent <= ceiling, "{sent} statements for one payment, {ceiling} are argued for");
    assert_eq!(stage.count("SELECT count(*) FROM tickets").await, 2 * TRIES as i64);
    stage.audit().await;
}

/// A second word about the same payment costs no fulfilment: three statements see that it is known.
#[tokio::test(flavor = "multi_thread")]
async fn a_payment_that_is_known_costs_a_look() {
    let stage = Stage::quiet().await;
    stage.drop_webhooks().await;
    let order = stage.order(0, 1).await;
    stage.pay(&order, "4242424242424242").await;
    stage.tell("evt_first", "checkout.session.completed", session(order.session())).await;
    stage.until_count("SELECT count(*) FROM webhook_events WHERE state = 'done'", 1).await;
    let sent = fewest(&stage, async |n| {
        stage.tell(&format!("evt_{n}"), "checkout.session.completed", session(order.session())).await;
        stage.until_count("SELECT count(*) FROM webhook_events WHERE state = 'done'", n as i64 + 2).await;
    })
    .await;
    // BEGIN, the order's lock, the look, COMMIT; and what stands around every event.
    let ceiling = RECEIPT + 4 + 4 + 2 + 4;
    assert!(sent <= ceiling, "{sent} statements for a payment that is known, {ceiling} are argued for");
    assert_eq!(stage.count("SELECT count(*) FROM tickets").await, 1);
}

/// A code that there is and that is no good here costs what one costs that nobody has: how long the refusal takes tells no stranger
/// which of the two it was.
#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_there_is_costs_no_more_than_one_that_nobody_has() {
    let stage = Stage::quiet().await;
    let idle = PromoChanged {
        promo_id: Uuid::now_v7().to_string(),
        revision: 1,
        name: "Idle".to_owned(),
        codes: vec!["IDLE".to_owned()],
        off: Some(Off::BasisPoints(5_000)),
        currency: "EUR".to_owned(),
        active: false,
        ..PromoChanged::default()
    };
    stage.publish_promo(&idle).await;
    let items = json!([{"ticket_type": stage.kind(0), "quantity": 1}]);
    let quote = json!({"event": stage.event.slug, "items": items});
    let paths = [("/api/v1/quotes", quote), ("/api/v1/checkouts", stage.wish(0, 1))];
    for (nth, (path, body)) in paths.into_iter().enumerate() {
        let mut took = Vec::new();
        // Each code from an address of its own: who tries many is told to wait, and nothing is looked up.
        for (address, code) in ["IDLE", "NOBODY"].into_iter().enumerate() {
            let mut body = body.clone();
            body["promo"] = json!(code);
            // On a busy machine the shelf's half second is over between two tries, and filling it anew counts.
            let sent = fewest_of(&stage, 2 * TRIES, async |_| {
                let post = stage.http.post(stage.url(path)).json(&body);
                let post =
                    post.header("x-envoy-external-address", format!("192.0.2.{}", 2 * nth + address + 1));
                let answer = post.header("idempotency-key", Uuid::now_v7().to_string()).send().await;
                let answer: Value = answer.expect("an answer").json().await.expect("JSON");
                assert_eq!(answer["code"], "promo_invalid", "{code}");
            })
            .await;
            took.push(sent);
        }
        assert!(took[0] > 0, "{path}: nothing was counted");
        assert_eq!(
            took[0], took[1],
            "{path}: statements for a code that there is, and for one that nobody has"
        );
    }
}
