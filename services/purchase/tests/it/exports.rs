//! What the desk exports: page by page, and to the cent what the ledger holds.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::stage::Stage;

/// The accounts where the club has its money.
const MONEY: &str = "account IN ('stripe_clearing', 'cash_at_venue', 'card_at_venue')";

impl Stage {
    async fn exported(&self, list: &str, query: &str) -> (u16, Value) {
        self.inside("marketing-admin", &format!("/internal/v1/exports/{list}?{query}"), None).await
    }

    /// All pages of a list.
    async fn all_exported(&self, list: &str, query: &str) -> Vec<Value> {
        let (mut rows, mut after) = (Vec::new(), String::new());
        loop {
            let (status, page) = self.exported(list, &format!("{query}{after}")).await;
            assert_eq!(status, 200, "{page}");
            rows.extend(page["rows"].as_array().expect("rows").iter().cloned());
            match page["next"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => return rows,
            }
        }
    }

    fn night(&self) -> String {
        format!("event={}", self.event.event_id)
    }

    /// One order online of two tickets, 3.00 of it given back; one sold for cash, one by card.
    async fn busy(&self) {
        let (order, _) = self.bought(0, 2).await;
        for (channel, key) in [("cash_at_venue", "c1"), ("card_at_venue", "k1")] {
            assert_eq!(self.sell(key, &self.sale(channel, 1)).await.0, 200);
        }
        let some = json!({"key": "some", "reason": "a stain", "amount_minor": 300});
        let refunds = format!("/internal/v1/orders/{}/refunds", order.reference);
        assert_eq!(self.inside("marketing-admin", &refunds, Some(some)).await.0, 200);
        self.until_count("SELECT count(*) FROM refunds WHERE state = 'succeeded'", 1).await;
    }
}

fn now() -> String {
    let now = chrono::DateTime::<chrono::Utc>::from(std::time::SystemTime::now());
    now.to_rfc3339_opts(chrono::SecondsFormat::Micros, true)
}

fn sum(rows: &[Value], field: &str) -> i64 {
    rows.iter().map(|row| row[field].as_i64().expect("a number")).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_exported_is_the_ledger_to_the_cent() {
    let stage = Stage::open().await;
    stage.busy().await;
    let ledger = stage.count(&format!("SELECT sum(amount_minor) FROM ledger_entries WHERE {MONEY}")).await;
    assert_eq!(ledger, 4200 - 300 + 2 * 2100);

    let orders = stage.all_exported("orders", &stage.night()).await;
    assert_eq!(orders.len(), 3);
    assert_eq!(sum(&orders, "taken_minor") - sum(&orders, "returned_minor"), ledger, "{orders:?}");
    assert_eq!((sum(&orders, "returned_minor"), sum(&orders, "tickets")), (300, 4));

    let lines = stage.all_exported("ledger", &stage.night()).await;
    assert_eq!(sum(&lines, "amount_minor"), 0, "double entry");
    let of = |account: &str| {
        lines
            .iter()
            .filter(|l| l["account"] == account)
            .map(|l| l["amount_minor"].as_i64().expect("minor"))
            .sum::<i64>()
    };
    for account in
        ["stripe_clearing", "cash_at_venue", "card_at_venue", "ticket_revenue", "service_fees", "refunds"]
    {
        let held = stage
            .count(&format!(
                "SELECT coalesce(sum(amount_minor), 0) FROM ledger_entries WHERE account = '{account}'"
            ))
            .await;
        assert_eq!(of(account), held, "{account}");
    }

    let as_of = format!("as_of={}", now());
    let moved = stage.all_exported("payments", &format!("{as_of}&most=1")).await;
    assert_eq!(moved.len(), 4, "{moved:?}");
    assert_eq!(sum(&moved, "amount_minor"), ledger);
    let ids: BTreeSet<_> = moved.iter().map(|row| row["id"].as_str().expect("an id")).collect();
    assert_eq!(ids.len(), moved.len(), "each once");
    let times: Vec<_> = moved.iter().map(|row| row["at"].as_str().expect("a time").to_owned()).collect();
    assert!(times.is_sorted_by(|a, b| a >= b), "the newest first: {times:?}");

    let (_, totals) = stage.exported("payments/totals", &as_of).await;
    let booked = totals["booked"].as_array().expect("totals");
    assert_eq!(sum(booked, "left_minor"), ledger, "{totals}");
    for total in booked {
        let (taken, returned) = (total["taken_minor"].as_i64(), total["returned_minor"].as_i64());
        let left = taken.expect("minor") - returned.expect("minor");
        assert_eq!(total["left_minor"].as_i64(), Some(left));
        let method = total["method"].as_str().expect("a method");
        let (_, some) = stage.exported("payments", &format!("{as_of}&method={method}")).await;
        assert_eq!(sum(some["rows"].as_array().expect("rows"), "amount_minor"), left, "{method}");
    }
    let (_, books) = stage.inside("marketing-admin", "/internal/v1/reconciliation", None).await;
    let online = booked.iter().find(|total| total["method"] == "online").expect("a total");
    assert_eq!(
        online["left_minor"], books["nights"][0]["ledger_minor"],
        "what the other page of the desk says"
    );
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_banks_take_is_a_movement_and_what_is_given_away_is_none() {
    let stage = Stage::open().await;
    let (order, _) = stage.bought(0, 2).await;
    let mut gift = stage.sale("comp", 1);
    gift["reason"] = json!("a friend");
    assert_eq!(stage.sell("gift", &gift).await.0, 200);
    let id = stage.dispute(&order, json!({})).await;
    stage.until_disputed(&id, "needs_response").await;
    let left = stage.balance("stripe_clearing").await;
    assert_eq!(left, 4200 - 4200 - 1500, "the money and Stripe's fee");

    let as_of = format!("as_of={}", now());
    let moved = stage.all_exported("payments", &as_of).await;
    let kinds: Vec<_> = moved.iter().map(|row| row["kind"].as_str().expect("a kind")).collect();
    assert_eq!((kinds, sum(&moved, "amount_minor")), (vec!["dispute", "payment"], left), "{moved:?}");
    let (_, totals) = stage.exported("payments/totals", &as_of).await;
    let online = &totals["booked"][0];
    assert_eq!((&online["taken_minor"], &online["returned_minor"]), (&json!(4200), &json!(5700)), "{totals}");
    assert_eq!(online["left_minor"], json!(left));

    let orders = stage.all_exported("orders", &stage.night()).await;
    assert_eq!(orders.len(), 2, "the gift is an order");
    assert_eq!(sum(&orders, "taken_minor") - sum(&orders, "returned_minor"), left, "{orders:?}");
    let lines = stage.all_exported("ledger", &stage.night()).await;
    let of = |account: &str| lines.iter().filter(|line| line["account"] == account).count();
    assert_eq!((of("comps"), of("revenue_comps"), of("disputes"), of("dispute_fees")), (1, 1, 1, 1));
    assert_eq!(sum(&lines, "amount_minor"), 0, "double entry");
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_leave_out_what_is_not_meant_and_refuse_what_means_nothing() {
    let stage = Stage::open().await;
    stage.busy().await;
    let as_of = format!("as_of={}", now());
    let count = async |query: &str| stage.all_exported("payments", &format!("{as_of}&{query}")).await.len();
    assert_eq!(count(&stage.night()).await, 4);
    assert_eq!(count("event=0199aaaa-0000-7000-8000-000000000000").await, 0);
    assert_eq!(count("method=online").await, 2);
    assert_eq!(count("method=cash_at_venue").await, 1);
    assert_eq!(count("state=booked").await, 4);
    assert_eq!(count("state=pending").await, 0);
    assert_eq!(count("until=2020-01-01T00:00:00Z").await, 0);
    assert_eq!(count("from=2020-01-01T00:00:00Z").await, 4);
    for (wrong, field) in [("method=gold", "method"), ("state=odd", "state")] {
        let (status, refused) = stage.exported("payments", &format!("{as_of}&{wrong}")).await;
        assert_eq!((status, &refused["errors"][0]["field"]), (422, &json!(field)), "{refused}");
    }
    // What PostgreSQL can't count to is no fault of ours.
    for far in ["-262000-01-01T00:00:00Z", "%2B262000-01-01T00:00:00Z", "9999-01-01T00:00:00Z"] {
        for list in ["payments", "payments/totals"] {
            for (asked, field) in [
                (format!("as_of={far}"), "as_of"),
                (format!("{as_of}&from={far}"), "from"),
                (format!("{as_of}&until={far}"), "until"),
            ] {
                let (status, refused) = stage.exported(list, &asked).await;
                assert_eq!(
                    (status, &refused["code"]),
                    (422, &json!("invalid_time_range")),
                    "{asked}: {refused}"
                );
                assert_eq!(refused["errors"][0]["field"], field, "{refused}");
            }
        }
    }
    let far = format!("{as_of}&after=-9223372036854775807.{}", uuid::Uuid::nil());
    let (status, refused) = stage.exported("payments", &far).await;
    assert_eq!((status, &refused["code"]), (422, &json!("invalid_page")));
    let (status, refused) = stage.exported("payments", &format!("{as_of}&after=1.2")).await;
    assert_eq!((status, &refused["code"]), (422, &json!("invalid_page")));
    // A place is ours or none: written by hand it is refused, and so is one of ours with another time in it.
    let (_, page) = stage.exported("payments", &format!("{as_of}&most=1")).await;
    let next = page["next"].as_str().expect("more than one");
    assert_eq!(stage.exported("payments", &format!("{as_of}&after={next}")).await.0, 200);
    let (micros, rest) = next.split_once('.').expect("a time");
    let earlier = micros.parse::<i64>().expect("a number") - 1;
    let (bare, _) = next.rsplit_once('.').expect("a mark");
    for forged in [bare.to_owned(), format!("{earlier}.{rest}")] {
        let (status, refused) = stage.exported("payments", &format!("{as_of}&after={forged}")).await;
        assert_eq!((status, &refused["code"]), (422, &json!("invalid_page")), "{forged}");
    }
    for most in ["0", "-1", "1000000000", "all"] {
        let (status, refused) = stage.exported("payments", &format!("{as_of}&most={most}")).await;
        assert_eq!((status, &refused["code"]), (422, &json!("invalid_page")), "{most}");
    }
    for list in ["orders", "guests", "ledger"] {
        let (status, refused) = stage.exported(list, &format!("{}&after=-1", stage.night())).await;
        assert_eq!((status, &refused["code"]), (422, &json!("invalid_page")), "{list}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_that_is_not_made_stands_beside_the_books_and_counts_in_none() {
    let stage = Stage::open().await;
    let (order, _) = stage.bought(0, 1).await;
    stage.door.silent(true);
    let all = json!({"key": "all", "reason": "ill"});
    let refunds = format!("/internal/v1/orders/{}/refunds", order.reference);
    assert_eq!(stage.inside("marketing-admin", &refunds, Some(all)).await.0, 200);
    let before = now();
    let (_, totals) = stage.exported("payments/totals", &format!("as_of={before}")).await;
    assert_eq!(
        totals["open"],
        json!([{"state": "asked", "currency": "EUR", "movements": 1, "amount_minor": 2100}])
    );
    assert_eq!(totals["booked"][0]["left_minor"], 2100);
    stage.door.silent(false);
    stage.until_count("SELECT count(*) FROM refunds WHERE state = 'succeeded'", 1).await;

    // Who has begun to read before sees it as it was: once, and not booked.
    let then = stage.all_exported("payments", &format!("as_of={before}&most=1")).await;
    let states: Vec<_> = then.iter().map(|row| row["state"].as_str().expect("a state")).collect();
    assert_eq!(states, ["pending", "booked"], "{then:?}");
    let later = stage.all_exported("payments", &format!("as_of={}", now())).await;
    let amounts: Vec<_> = later.iter().map(|row| row["amount_minor"].as_i64()).collect();
    assert_eq!(amounts, [Some(-2100), Some(2100)], "{later:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_night_comes_in_pages_with_every_order_once() {
    let stage = Stage::open().await;
    let kept = "SELECT count(*) FROM orders";
    stage
        .sql(&format!(
            "INSERT INTO orders (id, reference, event_id, state, buyer_name, buyer_email, language, currency, total_minor,
                                 held_until, created_at, expired_at, next_check_at)
             SELECT gen_random_uuid(), 'L' || n, '{}', 'expired', '=Guest ' || n, 'g' || n || '@example.org', 'en', 'EUR', 100,
                    now(), now(), now(), now() FROM generate_series(1, 2300) n",
            stage.event.event_id
        ))
        .await;
    assert_eq!(stage.count(kept).await, 2300);
    let (_, first) = stage.exported("orders", &stage.night()).await;
    assert_eq!(first["rows"].as_array().map(Vec::len), Some(1000));
    let rows = stage.all_exported("orders", &stage.night()).await;
    let references: BTreeSet<_> = rows.iter().map(|row| row["reference"].as_str().expect("text")).collect();
    assert_eq!((rows.len(), references.len()), (2300, 2300));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_that_was_passed_on_is_its_new_holders() {
    let stage = Stage::open().await;
    let (order, paid) = stage.bought(0, 2).await;
    let ticket = paid["tickets"][0]["id"].as_str().expect("an id");
    let to = order.file(&format!("tickets/{ticket}/transfer"));
    let passed = stage.post(&to, &[("name", "Bea Ruiz"), ("email", "bea@example.org")]).await;
    assert_eq!(passed.status(), 303);
    let guests = stage.all_exported("guests", &stage.night()).await;
    let mut who: Vec<_> = guests
        .iter()
        .map(|guest| (guest["holder_name"].as_str().expect("text"), guest["email"].as_str().expect("text")))
        .collect();
    who.sort_unstable();
    assert_eq!(who, [("Ana López", "ana@example.org"), ("Bea Ruiz", "bea@example.org")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_staff_hand_back_moves_the_venues_money_and_what_cost_nothing_moves_none() {
    let stage = Stage::open().await;
    let (_, sold) = stage.sell("cash", &stage.sale("cash_at_venue", 2)).await;
    let mut gift = stage.sale("comp", 1);
    gift["reason"] = json!("a friend");
    let (_, given) = stage.sell("gift", &gift).await;
    let ask = async |order: &Value, wish: Value| {
        let reference = order["reference"].as_str().expect("a reference");
        let path = format!("/internal/v1/orders/{reference}/refunds");
        let (status, answer) = stage.inside("marketing-admin", &path, Some(wish)).await;
        assert_eq!(status, 200, "{answer}");
    };
    ask(&sold, json!({"key": "some", "reason": "a stain", "amount_minor": 300})).await;
    ask(&given, json!({"key": "all", "reason": "ill"})).await;
    stage.until_count("SELECT count(*) FROM refunds WHERE state = 'succeeded'", 2).await;

    let as_of = format!("as_of={}", now());
    let moved = stage.all_exported("payments", &as_of).await;
    let kinds: Vec<_> = moved.iter().map(|row| (row["kind"].clone(), row["method"].clone())).collect();
    let cash = |kind: &str| (json!(kind), json!("cash_at_venue"));
    assert_eq!(kinds, [cash("refund"), cash("venue_sale")], "{moved:?}");
    let (_, totals) = stage.exported("payments/totals", &as_of).await;
    let total = &totals["booked"][0];
    assert_eq!((&total["method"], &total["left_minor"]), (&json!("cash_at_venue"), &json!(3900)), "{totals}");
    assert_eq!((&total["taken_minor"], &total["returned_minor"]), (&json!(4200), &json!(300)), "{totals}");
    assert_eq!(totals["open"], json!([]), "a gift that is taken back waits for no money");

    // What the door has not answered to yet is the venue's too.
    stage.door.silent(true);
    ask(&sold, json!({"key": "rest", "reason": "ill"})).await;
    let as_of = format!("as_of={}&state=asked", now());
    for (method, count) in [("cash_at_venue", 1), ("online", 0)] {
        let rows = stage.all_exported("payments", &format!("{as_of}&method={method}")).await;
        assert_eq!(rows.len(), count, "{method}: {rows:?}");
        assert!(rows.iter().all(|row| row["method"] == method && row["amount_minor"] == -3900), "{rows:?}");
    }
}
