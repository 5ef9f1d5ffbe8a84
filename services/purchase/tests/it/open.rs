//! What may wait for payment at once: of one guest, of one network address, and of one network.

use futures::future::join_all;
use purchase::inventory::OpenLimits;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::stage::{Order, Stage};

async fn buy(stage: &Stage, address: &str, email: &str, quantity: u32) -> (u16, Value) {
    let mut wish = stage.wish(0, quantity);
    wish["buyer"]["email"] = json!(email);
    let post = stage.http.post(stage.url("/api/v1/checkouts")).json(&wish);
    let post = post.header("idempotency-key", Uuid::now_v7().to_string());
    let answer = post.header("x-envoy-external-address", address).send().await.expect("an answer");
    (answer.status().as_u16(), answer.json().await.expect("JSON"))
}

fn refused(answer: &(u16, Value)) -> bool {
    answer.0 == 409 && answer.1["code"] == "too_many_open"
}

/// With the limit a crowd of one holds three orders; the control, without it, holds all it asks for.
#[tokio::test(flavor = "multi_thread")]
async fn one_guest_holds_three_orders_and_not_the_night() {
    for (orders, held) in [(3, 3), (10_000, 12)] {
        let stage = Stage::open_with(OpenLimits { orders, tickets: 10_000, share: 100, addresses: 3 }).await;
        let spelled = |n: u8| if n.is_multiple_of(2) { "ana@example.org" } else { "ANA@example.org" };
        let answers = join_all((0..12).map(|n| buy(&stage, "192.0.2.7", spelled(n), 1))).await;
        let placed: Vec<_> = answers.iter().filter(|(status, _)| *status == 201).collect();
        assert_eq!(placed.len(), held, "{:?}", answers.last());
        assert_eq!(answers.iter().filter(|answer| refused(answer)).count(), 12 - held);
        assert_eq!(stage.count("SELECT sum(held) FROM stock").await, held as i64);
        assert_eq!(buy(&stage, "192.0.2.7", "bea@example.org", 1).await.0, 201, "nobody else is refused");
        let order = Order::of(&placed[0].1);
        stage.pay(&order, "4242424242424242").await;
        stage.until(&order, "paid").await;
        assert_eq!(buy(&stage, "192.0.2.7", "ana@example.org", 1).await.0, 201, "what is paid waits no more");
        stage.audit().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_address_holds_so_many_tickets_whatever_names_it_gives() {
    let stage = Stage::open_with(OpenLimits { orders: 3, tickets: 5, share: 0, addresses: 3 }).await;
    assert_eq!(buy(&stage, "192.0.2.7", "ana@example.org", 3).await.0, 201);
    assert!(refused(&buy(&stage, "192.0.2.7", "bea@example.org", 3).await));
    let second = buy(&stage, "192.0.2.7", "bea@example.org", 2).await;
    assert_eq!(second.0, 201, "{}", second.1);
    assert!(refused(&buy(&stage, "192.0.2.7", "cleo@example.org", 1).await));
    assert_eq!(
        buy(&stage, "2001:db8:1:2::7", "dora@example.org", 8).await.0,
        201,
        "one order is never too large"
    );
    assert!(refused(&buy(&stage, "2001:db8:1:2::8", "eva@example.org", 1).await), "the same home");
    assert_eq!(buy(&stage, "2001:db8:1:3::8", "eva@example.org", 1).await.0, 201);

    stage.end_holds().await;
    stage.until(&Order::of(&second.1), "expired").await;
    stage.until_count("SELECT count(*) FROM orders WHERE state = 'pending'", 0).await;
    assert_eq!(
        stage.count("SELECT count(*) FROM orders WHERE num_nonnulls(client, client_network) > 0").await,
        0,
        "addresses are forgotten"
    );
    assert_eq!(buy(&stage, "192.0.2.7", "cleo@example.org", 5).await.0, 201);
    stage.audit().await;
}

/// Guests of a carrier: one address, many who pay. With the usual limits they are all served, and who only holds gets no further than
/// half of a small stock; with the limit that there was before, half of the crowd is sent away.
#[tokio::test(flavor = "multi_thread")]
async fn a_carriers_guests_are_served_and_one_attacker_never_has_the_whole_stock() {
    for (limits, pairs) in
        [(OpenLimits::default(), 25), (OpenLimits { tickets: 30, share: 0, ..OpenLimits::default() }, 15)]
    {
        // A hundred places: half of them is fifty.
        let stage = Stage::open_with(limits).await;
        let email = |n: usize| format!("guest{n}@example.org");
        let mut served = Vec::new();
        for n in 0..40 {
            let answer = buy(&stage, "192.0.2.7", &email(n), 2).await;
            if answer.0 == 201 {
                served.push(Order::of(&answer.1));
            } else {
                assert!(refused(&answer), "{}", answer.1);
            }
        }
        assert_eq!(served.len(), pairs, "{limits:?}");
        assert_eq!(buy(&stage, "198.51.100.1", "bea@example.org", 10).await.0, 201, "others still buy");
        // Of what is left then it is half again, so that nobody has all of a night that is nearly sold.
        for order in &served[..2] {
            stage.pay(order, "4242424242424242").await;
            stage.until(order, "paid").await;
        }
        assert_eq!(buy(&stage, "192.0.2.7", &email(99), 2).await.0, 201, "who pays makes room for the next");
        stage.audit().await;
    }
}

/// Who has a /48 asks from eight homes of it for ten tickets each, and gets half of a hundred; the control, without the limit, gets all
/// that it asks for. What is paid, and what ends, is free for that network again, and where it came from is forgotten.
#[tokio::test(flavor = "multi_thread")]
async fn one_network_holds_half_of_a_stock_from_however_many_addresses() {
    const KNOWN: &str =
        "SELECT count(*) FROM orders WHERE client_network = '2001:db8:1::' AND client LIKE '2001:db8:1:%'";
    let usual = OpenLimits::default();
    for (limits, homes) in [(usual, 5), (OpenLimits { share: 100, ..usual }, 8)] {
        let stage = Stage::open_with(limits).await;
        let mut held = Vec::new();
        for n in 1..=8 {
            let (home, email) = (format!("2001:db8:1:{n}::7"), format!("guest{n}@example.org"));
            let answer = buy(&stage, &home, &email, 10).await;
            if answer.0 == 201 {
                held.push(Order::of(&answer.1));
            } else {
                assert!(refused(&answer), "{}", answer.1);
            }
        }
        assert_eq!(held.len(), homes, "{limits:?}");
        assert_eq!(stage.count(KNOWN).await, homes as i64, "as long as they wait");
        assert_eq!(buy(&stage, "2001:db8:2:1::7", "bea@example.org", 10).await.0, 201, "others still buy");

        stage.pay(&held[0], "4242424242424242").await;
        stage.until(&held[0], "paid").await;
        assert_eq!(stage.count(KNOWN).await, homes as i64 - 1, "who paid is nobody's business");
        let next = buy(&stage, "2001:db8:1:99::7", "cleo@example.org", 5).await;
        assert_eq!(next.0, 201, "who pays makes room for the next: {}", next.1);

        stage.end_holds().await;
        stage.until_count("SELECT count(*) FROM orders WHERE state = 'pending'", 0).await;
        assert_eq!(stage.count("SELECT count(*) FROM orders WHERE client_network IS NOT NULL").await, 0);
        assert_eq!(buy(&stage, "2001:db8:1:99::7", "dora@example.org", 10).await.0, 201);
        stage.audit().await;
    }
}

/// Of a night that is nearly sold, one address holds half of what is left, and never all of it.
#[tokio::test(flavor = "multi_thread")]
async fn the_last_tickets_of_a_night_are_not_one_addresss_to_hold() {
    let stage = Stage::open_with(OpenLimits::default()).await;
    for n in 0..8 {
        let sold = buy(&stage, &format!("198.51.{n}.1"), &format!("guest{n}@example.org"), 10).await;
        let order = Order::of(&sold.1);
        stage.pay(&order, "4242424242424242").await;
        stage.until(&order, "paid").await;
    }
    assert_eq!(buy(&stage, "192.0.2.7", "ana@example.org", 6).await.0, 201);
    assert!(refused(&buy(&stage, "192.0.2.7", "bea@example.org", 5).await), "eleven of twenty");
    assert_eq!(buy(&stage, "203.0.113.9", "cleo@example.org", 5).await.0, 201, "others still buy");
    stage.audit().await;
}
