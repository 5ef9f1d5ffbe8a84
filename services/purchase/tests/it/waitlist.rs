//! The line before a sold-out ticket type: joining, being offered places, claiming, leaving, and what the others see.

use std::collections::HashMap;

use purchase::waitlist::link::WaitlistLinks;
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};
use settings::Secret;
use uuid::Uuid;

use crate::late::tell;
use crate::stage::{Order, PUBLIC_URL, Stage, pause};

const CARD: &str = "4242424242424242";
pub const OPEN_OFFERS: &str = "SELECT count(*) FROM waitlist WHERE state = 'offered'";

impl Stage {
    /// A night of which this many places of its first type are there, all held by orders of one place each.
    pub async fn sold_out(places: i64) -> (Self, Vec<Order>) {
        let stage = Self::open().await;
        stage.resize(2, places).await;
        let mut orders = Vec::new();
        for _ in 0..places {
            orders.push(stage.order(0, 1).await);
        }
        stage.until_shown_sold_out().await;
        (stage, orders)
    }

    /// Pages are half a second behind at most, and the line is joined from a page.
    pub async fn until_shown_sold_out(&self) {
        for _ in 0..200 {
            let event = self.get_json("/api/v1/events/friday-night").await;
            if event["ticket_types"][0]["available"] == 0 {
                return;
            }
            pause().await;
        }
        panic!("the page never said that it is sold out");
    }

    /// Sets how many places of the first type there are.
    pub async fn resize(&self, revision: i64, places: i64) {
        let mut event = self.event.clone();
        event.revision = revision;
        event.ticket_types[0].capacity = places;
        self.publish(&event).await;
    }

    /// Sends a form as a page of the site does.
    pub async fn send(&self, path: &str, fields: &[(&str, &str)]) -> Response {
        let post = self.http.post(self.url(path)).header("origin", PUBLIC_URL).form(fields);
        post.send().await.expect("an answer")
    }

    /// Joins the line of the first type, and must be taken in.
    pub async fn join(&self, email: &str, party: u32) {
        self.until_shown_sold_out().await;
        let answer = self.try_join(email, &party.to_string()).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{}", answer.text().await.unwrap_or_default());
    }

    pub async fn try_join(&self, email: &str, party: &str) -> Response {
        let fields =
            [("ticket_type", self.kind(0)), ("party", party), ("name", "Ana López"), ("email", email)];
        self.send("/e/friday-night/waitlist", &fields).await
    }

    /// The address of a party's own page, as its mail says.
    pub async fn place_of(&self, email: &str) -> String {
        #[derive(diesel::QueryableByName)]
        struct Found {
            #[diesel(sql_type = diesel::sql_types::Uuid)]
            id: Uuid,
        }
        let mut conn = self.admin.conn().await.expect("a connection");
        let newest =
            format!("SELECT id FROM purchase.waitlist WHERE email = '{email}' ORDER BY place DESC LIMIT 1");
        let found: Found = diesel_async::RunQueryDsl::get_result(diesel::sql_query(newest), &mut *conn)
            .await
            .expect("a place");
        WaitlistLinks::new(Secret::new(&self.keys.order_link), "").path(found.id.into())
    }

    /// Claims an offer at a party's own page.
    pub async fn claim(&self, place: &str, quantity: &str) -> Response {
        let (path, key) = place.split_once('?').expect("a key");
        let fields = [("quantity", quantity), ("name", "Ana López"), ("promo", "")];
        self.send(&format!("{path}/claim?{key}"), &fields).await
    }

    /// Ends the hold of one order, as if its guest never paid.
    pub async fn free(&self, order: &Order) {
        let sql = format!(
            "UPDATE orders SET held_until = now() - interval '1 minute', next_check_at = now() WHERE reference = '{}'",
            order.reference
        );
        self.sql(&sql).await;
        self.until(order, "expired").await;
    }

    /// Lets the time of all open offers pass.
    pub async fn end_offers(&self) {
        self.sql("UPDATE waitlist SET offered_at = now() - interval '2 hours', offered_until = now() - interval '1 minute'
                   WHERE state = 'offered'").await;
    }

    pub async fn state_of(&self, email: &str) -> String {
        let states = ["waiting", "offered", "claimed", "lapsed", "left", "closed"];
        for state in states {
            let one = format!(
                "SELECT count(*) FROM (SELECT state FROM waitlist WHERE email = '{email}'
                                ORDER BY place DESC LIMIT 1) w WHERE state = '{state}'"
            );
            if self.count(&one).await == 1 {
                return state.to_owned();
            }
        }
        "none".to_owned()
    }

    pub async fn until_state(&self, email: &str, state: &str) {
        let one = format!("SELECT count(*) FROM waitlist WHERE email = '{email}' AND state = '{state}'");
        self.until_count(&one, 1).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_freed_place_is_offered_to_who_came_first_and_claimed_as_an_order() {
    let (stage, orders) = Stage::sold_out(2).await;
    stage.join("first@example.org", 1).await;
    stage.join("second@example.org", 1).await;
    let told = "SELECT count(*) FROM outbox WHERE subject = 'waitlist.changed'";
    assert_eq!(stage.count(told).await, 2, "each is told that it stands in line");
    let page = stage.get(&stage.place_of("second@example.org").await).await.text().await.expect("a page");
    assert!(page.contains("number 2"), "{page}");

    stage.free(&orders[0]).await;
    stage.until_state("first@example.org", "offered").await;
    assert_eq!(stage.state_of("second@example.org").await, "waiting");
    stage.audit().await;
    let (status, body) = stage.checkout("stranger", &stage.wish(0, 1)).await;
    assert_eq!((status.as_u16(), &body["code"]), (409, &json!("sold_out")), "nobody passes the line");
    assert_eq!(stage.count(&format!("{told} AND revision = 2")).await, 1, "the offer is told");

    let place = stage.place_of("first@example.org").await;
    let page = stage.get(&place).await.text().await.expect("a page");
    assert!(page.contains("1 × Regular") && page.contains("21.00\u{a0}€"), "{page}");
    let paying = stage.claim(&place, "1").await;
    assert_eq!(paying.status(), StatusCode::SEE_OTHER);
    assert!(paying.headers()["location"].to_str().expect("text").starts_with(&stage.sandbox.url));
    stage.audit().await;
    let again = stage.claim(&place, "1").await;
    assert_eq!(again.headers()["location"], paying.headers()["location"], "the same order");
    assert_eq!(stage.count("SELECT count(*) FROM orders").await, 3);
    // Their own page leads to the order from now on.
    let order = stage.get(&place).await;
    let page = order.headers()["location"].to_str().expect("text").to_owned();
    let order = Order {
        reference: page["/orders/".len()..].split('?').next().expect("a reference").to_owned(),
        api: format!("/api/v1{page}"),
        page,
        checkout_url: Some(paying.headers()["location"].to_str().expect("text").to_owned()),
    };
    stage.pay(&order, CARD).await;
    let paid = stage.until(&order, "paid").await;
    assert_eq!(paid["buyer"]["email"].as_str().unwrap_or("first@example.org"), "first@example.org");
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_refund_frees_goes_to_who_waits() {
    let (stage, orders) = Stage::sold_out(1).await;
    stage.pay(&orders[0], CARD).await;
    stage.until(&orders[0], "paid").await;
    stage.join("ana@example.org", 1).await;
    let path = format!("/internal/v1/orders/{}/refunds", orders[0].reference);
    let body = json!({"key": "ill", "reason": "the guest is ill"});
    let (status, answer) = stage.inside("marketing-admin", &path, Some(body)).await;
    assert_eq!(status, 200, "{answer}");
    stage.until_state("ana@example.org", "offered").await;
    let (status, body) = stage.checkout("stranger", &stage.wish(0, 1)).await;
    assert_eq!((status.as_u16(), &body["code"]), (409, &json!("sold_out")));
    stage.until_count("SELECT count(*) FROM refunds WHERE state = 'succeeded'", 1).await;
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_offer_that_nobody_claims_goes_to_the_next() {
    let (stage, orders) = Stage::sold_out(1).await;
    for email in ["first@example.org", "second@example.org"] {
        stage.join(email, 1).await;
    }
    stage.free(&orders[0]).await;
    stage.until_state("first@example.org", "offered").await;
    let place = stage.place_of("first@example.org").await;
    stage.end_offers().await;
    stage.until_state("second@example.org", "offered").await;
    assert_eq!(stage.state_of("first@example.org").await, "lapsed");
    let late = stage.claim(&place, "1").await;
    assert_eq!(late.headers()["location"], place.as_str(), "too late: the page says so");
    let page = stage.get(&place).await.text().await.expect("a page");
    assert!(page.contains("ran out"), "{page}");
    assert_eq!(stage.count("SELECT count(*) FROM orders WHERE state <> 'expired'").await, 0);
    stage.audit().await;
    // The next gives it up: it goes on sale again, for nobody waits.
    let place = stage.place_of("second@example.org").await;
    let leave = place.replacen('?', "/leave?", 1);
    stage.send(&leave, &[]).await;
    assert_eq!(stage.state_of("second@example.org").await, "left");
    stage.audit().await;
    let (status, body) = stage.checkout("anybody", &stage.wish(0, 1)).await;
    assert_eq!(status, 201, "{body}");
}

#[tokio::test(flavor = "multi_thread")]
async fn joining_twice_changes_the_party_and_keeps_its_place() {
    let (stage, _) = Stage::sold_out(1).await;
    stage.join("ana@example.org", 1).await;
    stage.join("bea@example.org", 1).await;
    stage.join("Ana@Example.org", 4).await;
    assert_eq!(stage.count("SELECT count(*) FROM waitlist").await, 2);
    let first = "SELECT party FROM waitlist ORDER BY place LIMIT 1";
    assert_eq!(stage.count(first).await, 4);
    assert_eq!(stage.count("SELECT count(*) FROM outbox WHERE subject = 'waitlist.changed'").await, 2);
    // Who has an offer keeps it as it is, whoever writes that address into the form.
    stage.resize(3, 5).await;
    stage.until_state("ana@example.org", "offered").await;
    stage.resize(4, 5).await;
    let held = stage.count("SELECT held FROM stock WHERE capacity = 5").await;
    stage.try_join("ana@example.org", "2").await;
    assert_eq!(stage.count(first).await, 4);
    assert_eq!(stage.count("SELECT held FROM stock WHERE capacity = 5").await, held);
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_larger_party_waits_for_all_its_places_and_others_pass_it_after_half_an_hour() {
    let (stage, orders) = Stage::sold_out(4).await;
    stage.join("three@example.org", 3).await;
    stage.join("one@example.org", 1).await;
    stage.free(&orders[0]).await;
    stage.until_count("SELECT count(*) FROM waitlist WHERE short_since IS NOT NULL", 1).await;
    assert_eq!(stage.count(OPEN_OFFERS).await, 0, "nobody passes it");
    assert_eq!(stage.checkout("stranger", &stage.wish(0, 1)).await.0, 409, "neither does a stranger");
    stage
        .sql("UPDATE waitlist SET short_since = now() - interval '31 minutes' WHERE short_since IS NOT NULL")
        .await;
    stage.until_state("one@example.org", "offered").await;
    for order in &orders[1..] {
        stage.free(order).await;
    }
    stage.until_state("three@example.org", "offered").await;
    assert_eq!(stage.count("SELECT held FROM stock WHERE capacity = 4").await, 4);
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_of_fewer_places_leaves_the_others_to_the_next() {
    let (stage, _) = Stage::sold_out(1).await;
    stage.join("three@example.org", 3).await;
    stage.join("two@example.org", 2).await;
    stage.resize(3, 4).await;
    stage.until_state("three@example.org", "offered").await;
    let place = stage.place_of("three@example.org").await;
    let too_many = stage.claim(&place, "4").await;
    assert_eq!(too_many.status(), StatusCode::CONFLICT);
    assert_eq!(stage.claim(&place, "1").await.status(), StatusCode::SEE_OTHER);
    stage.until_state("two@example.org", "offered").await;
    assert_eq!(stage.count("SELECT held FROM stock WHERE capacity = 4").await, 4);
    stage.audit().await;
    // The club lowers the limit below what is held: nothing is taken back, and capacity follows what is given up.
    stage.resize(4, 1).await;
    let place = stage.place_of("two@example.org").await;
    assert_eq!(stage.claim(&place, "1").await.status(), StatusCode::SEE_OTHER);
    assert_eq!(stage.count("SELECT count(*) FROM stock WHERE capacity = held + sold AND held = 3").await, 1);
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_price_is_that_of_the_claim_and_a_promo_counts() {
    let (stage, _) = Stage::sold_out(1).await;
    stage.join("ana@example.org", 2).await;
    let mut event = stage.event.clone();
    event.revision = 3;
    event.ticket_types[0].capacity = 3;
    event.ticket_types[0].price_minor = 0;
    stage.publish(&event).await;
    stage.until_state("ana@example.org", "offered").await;
    let claimed = stage.claim(&stage.place_of("ana@example.org").await, "2").await;
    let order = claimed.headers()["location"].to_str().expect("text").to_owned();
    assert!(order.starts_with("/orders/"), "an order that costs nothing needs no payment: {order}");
    assert_eq!(stage.count("SELECT count(*) FROM tickets").await, 2);
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_ends_with_its_night() {
    let (stage, _) = Stage::sold_out(1).await;
    stage.join("ana@example.org", 1).await;
    stage.join("bea@example.org", 1).await;
    stage.resize(3, 2).await;
    stage.until_state("ana@example.org", "offered").await;
    let mut event = stage.event.clone();
    event.revision = 4;
    event.status = messages::marketing_admin::v1::EventStatus::Cancelled.into();
    event.ticket_types[0].capacity = 2;
    stage.publish(&event).await;
    stage.until_state("ana@example.org", "lapsed").await;
    stage.until_state("bea@example.org", "closed").await;
    stage.audit().await;
    let place = stage.place_of("bea@example.org").await;
    assert!(stage.get(&place).await.text().await.expect("a page").contains("closed"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_offer_never_outlives_the_sale() {
    let (stage, _) = Stage::sold_out(1).await;
    stage.join("ana@example.org", 1).await;
    let mut event = stage.event.clone();
    event.revision = 3;
    event.ticket_types[0].capacity = 2;
    event.ticket_types[0].sale_until = event.changed_at + 20 * 60_000;
    stage.publish(&event).await;
    stage.until_state("ana@example.org", "offered").await;
    let over = format!(
        "SELECT count(*) FROM waitlist WHERE offered_until = to_timestamp({} / 1000.0)",
        event.ticket_types[0].sale_until
    );
    assert_eq!(stage.count(&over).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn late_money_does_not_pass_the_line() {
    let (stage, orders) = Stage::sold_out(1).await;
    stage.drop_webhooks().await;
    stage.join("two@example.org", 2).await;
    // Its hold was ended although its session was paid, and its place is kept for a party that waits for one more.
    stage
        .sql(
            "UPDATE attempts SET state = 'dead', settled_at = now();
             UPDATE orders SET state = 'expired', expired_at = now();
             UPDATE stock SET held = 0",
        )
        .await;
    stage.pay(&orders[0], CARD).await;
    tell(&stage).await;
    stage
        .until_count("SELECT count(*) FROM refunds WHERE reason = 'late_payment' AND state = 'succeeded'", 1)
        .await;
    assert_eq!(stage.count("SELECT count(*) FROM tickets").await, 0);
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_wish_to_wait_is_refused_in_words() {
    let (stage, _) = Stage::sold_out(1).await;
    for (email, party) in
        [("ana@", "1"), ("ana@example.org", "0"), ("ana@example.org", "11"), ("ana@example.org", "x")]
    {
        let answer = stage.try_join(email, party).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{email} {party}");
        let page = answer.text().await.expect("a page");
        assert!(page.contains("aria-invalid=\"true\""), "the field is named: {page}");
        assert!(page.contains(&format!("value=\"{email}\"")), "what was written is kept");
    }
    let free =
        [("ticket_type", stage.kind(1)), ("party", "1"), ("name", "Ana"), ("email", "ana@example.org")];
    let answer = stage.send("/e/friday-night/waitlist", &free).await;
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.text().await.expect("a page").contains("There are tickets again"));
    for unknown in ["", "no-uuid", &Uuid::now_v7().to_string()] {
        let fields =
            [("ticket_type", unknown), ("party", "1"), ("name", "Ana"), ("email", "ana@example.org")];
        assert_eq!(stage.send("/e/friday-night/waitlist", &fields).await.status(), 422, "{unknown}");
    }
    assert_eq!(stage.send("/e/no-such-night/waitlist", &free).await.status(), StatusCode::NOT_FOUND);
    let foreign =
        stage.http.post(stage.url("/e/friday-night/waitlist")).header("origin", "https://evil.example");
    assert_eq!(foreign.form(&free).send().await.expect("an answer").status(), StatusCode::FORBIDDEN);
    assert_eq!(stage.count("SELECT count(*) FROM waitlist").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_in_line_opens_to_its_own_key_alone() {
    let (stage, orders) = Stage::sold_out(1).await;
    stage.join("ana@example.org", 1).await;
    stage.join("bea@example.org", 1).await;
    let (mine, other) = (stage.place_of("ana@example.org").await, stage.place_of("bea@example.org").await);
    let (path, key) = (mine.split_once('?').expect("a key").0, other.split_once('?').expect("a key").1);
    let order_key = orders[0].page.split_once('?').expect("a key").1;
    for wrong in [key, order_key, "key=", "key=AAAA", ""] {
        for what in ["", "/claim", "/leave"] {
            let address = format!("{path}{what}?{wrong}");
            let answer =
                if what.is_empty() { stage.get(&address).await } else { stage.send(&address, &[]).await };
            assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{address}");
        }
    }
    assert_eq!(stage.state_of("ana@example.org").await, "waiting");
    // The answer to joining shows nobody's page: only the mail has its address.
    let joined = stage.try_join("ana@example.org", "1").await;
    let to = joined.headers()["location"].to_str().expect("text").to_owned();
    assert!(to.starts_with("/e/friday-night?joined="), "{to}");
    let page = stage.get(to.split('#').next().expect("a path")).await.text().await.expect("a page");
    assert!(page.contains("in line: Regular") && !page.contains("/waitlist/"), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_desk_sees_how_many_wait_and_have_offers() {
    let (stage, _) = Stage::sold_out(1).await;
    stage.join("ana@example.org", 2).await;
    stage.join("bea@example.org", 3).await;
    let path = format!("/internal/v1/waitlist/{}", stage.event.event_id);
    let (status, body) = stage.inside("marketing-admin", &path, None).await;
    assert_eq!(status, 200, "{body}");
    let line = &body["ticket_types"][0];
    assert_eq!((&line["waiting"], &line["tickets"], &line["offers"]), (&json!(2), &json!(5), &json!(0)));
    stage.resize(3, 3).await;
    stage.until_state("ana@example.org", "offered").await;
    let (_, body) = stage.inside("marketing-admin", &path, None).await;
    let line = &body["ticket_types"][0];
    assert_eq!((&line["name"], &line["waiting"], &line["offers"]), (&json!("Regular"), &json!(1), &json!(1)));
    assert!(!body.to_string().contains("example.org"), "nothing of a guest: {body}");
    let types: HashMap<String, Value> = serde_json::from_value(body).expect("an object");
    assert_eq!(types["ticket_types"].as_array().map(Vec::len), Some(1));
    assert_eq!(stage.inside("scanner", &path, None).await.0, 403, "it is none of the door's business");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_network_does_not_fill_the_line() {
    let stage = Stage::with(&[("WAITLIST_JOINS_PER_NETWORK", "2")]).await;
    stage.resize(2, 1).await;
    stage.order(0, 1).await;
    stage.until_shown_sold_out().await;
    let join = async |address: &str, email: &str| {
        let fields = [("ticket_type", stage.kind(0)), ("party", "1"), ("name", "Ana"), ("email", email)];
        let post = stage.http.post(stage.url("/e/friday-night/waitlist")).header("origin", PUBLIC_URL);
        let post = post.header("x-envoy-external-address", address).header("accept", "text/html");
        post.form(&fields).send().await.expect("an answer")
    };
    assert_eq!(join("192.0.2.7", "a@example.org").await.status(), StatusCode::SEE_OTHER);
    assert_eq!(join("192.0.2.8", "b@example.org").await.status(), StatusCode::SEE_OTHER);
    let refused = join("192.0.2.9", "c@example.org").await;
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    let wait = refused.headers()["retry-after"].to_str().expect("text").parse::<u64>();
    assert!(wait.is_ok_and(|wait| wait > 0));
    let html = refused.text().await.expect("a page");
    assert!(html.contains("Many guests came from your network"), "{html}");
    assert_eq!(stage.state_of("c@example.org").await, "none");
    assert_eq!(join("198.51.100.7", "d@example.org").await.status(), StatusCode::SEE_OTHER);
}
