//! What Stripe keeps and pays out: the books say what Stripe's balance says, to the cent, and each payout says which nights it pays.

use std::sync::Arc;

use diesel_async::RunQueryDsl;
use domain::clock::SystemClock;
use serde_json::{Value, json};

use crate::stage::{LOOKS, Stage};

const LOOKED: &str = "SELECT count(*) FROM payout_looks WHERE finished_at IS NOT NULL";

impl Stage {
    /// Has Stripe's balance read, and what is known of it then.
    pub async fn read_payouts(&self) -> Value {
        let known = self.after_a_look().await;
        assert_eq!(known["look"]["problem"], Value::Null, "{known}");
        known
    }

    /// The same, whatever comes of it.
    async fn after_a_look(&self) -> Value {
        let before = self.count(LOOKED).await;
        let (status, _) = self.inside("marketing-admin", "/internal/v1/payouts", Some(json!({}))).await;
        assert_eq!(status, 202);
        for _ in 0..LOOKS {
            if self.count(LOOKED).await > before {
                return self.inside("marketing-admin", "/internal/v1/payouts", None).await.1;
            }
            crate::stage::pause().await;
        }
        panic!("nobody looked");
    }

    async fn until_payout(&self, id: &str, status: &str) {
        let stands = format!("SELECT count(*) FROM payouts WHERE id = '{id}' AND status = '{status}'");
        self.until_count(&stands, 1).await;
    }

    pub async fn paid_out(&self, body: Value) -> (String, i64) {
        let payout = self.control("payouts", body).await;
        (payout["id"].as_str().expect("an id").to_owned(), payout["amount"].as_i64().expect("an amount"))
    }

    pub async fn stripe_money(&self, what: &str) -> i64 {
        self.sandbox_state().await["money"]["eur"][what].as_i64().expect(what)
    }
}

/// The books and Stripe's balance are equal, and nothing waits for an explanation.
fn assert_equal(known: &Value) {
    let balance = &known["balances"][0];
    assert_eq!(balance["ledger_minor"], balance["stripe_minor"], "{known}");
    for part in ["on_its_way_minor", "since_minor", "orders_minor"] {
        assert_eq!(balance[part], 0, "{part}: {known}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payout_says_which_nights_it_pays_and_the_books_are_stripes_balance() {
    let stage = Stage::open().await;
    let (one, _) = stage.bought(0, 2).await;
    stage.bought(0, 1).await;
    let some = json!({"key": "some", "reason": "a stain", "amount_minor": 300});
    let refunds = format!("/internal/v1/orders/{}/refunds", one.reference);
    assert_eq!(stage.inside("marketing-admin", &refunds, Some(some)).await.0, 200);
    stage.until_count("SELECT count(*) FROM refunds WHERE state = 'succeeded'", 1).await;
    stage.control("balance", json!({"kind": "stripe_fee", "amount": -900})).await;
    stage.control("balance", json!({"kind": "topup", "amount": 500})).await;
    let fees = stage.stripe_money("fees").await;
    assert!(fees > 0);

    let (id, amount) = stage.paid_out(json!({})).await;
    assert_eq!(amount, 6300 - 300 - fees - 900 + 500);
    stage.until_payout(&id, "paid").await;
    let known = stage.read_payouts().await;
    assert_equal(&known);
    assert_eq!(known["balances"][0]["stripe_minor"], 0, "{known}");
    assert_eq!((stage.balance("bank").await, stage.balance("stripe_fees").await), (amount, fees + 900));
    assert_eq!((stage.balance("foreign").await, stage.balance("stripe_clearing").await), (-500, 0));

    let parts = known["parts"].as_array().expect("parts");
    let (night, rest) = (&parts[0], &parts[1]);
    assert_eq!(parts.len(), 2, "{known}");
    assert_eq!(night["event"], stage.event.event_id.as_str());
    assert_eq!(
        (&night["payments_minor"], &night["refunds_minor"], &night["fees_minor"], &night["net_minor"]),
        (&json!(6300), &json!(-300), &json!(-fees), &json!(6000 - fees))
    );
    assert_eq!((&rest["event"], &rest["fees_minor"]), (&Value::Null, &json!(-900)));
    assert_eq!((&rest["foreign_minor"], &rest["net_minor"]), (&json!(500), &json!(-400)));

    // Order by order, books and Stripe are compared without what Stripe keeps: still no difference.
    let books = stage.reconcile().await;
    assert_eq!((&books["differences"], &books["foreign"]), (&json!([]), &json!([])), "{books}");
    // Read again, nothing is booked twice.
    let booked = stage.count("SELECT count(*) FROM ledger_transactions").await;
    assert_equal(&stage.read_payouts().await);
    assert_eq!(stage.count("SELECT count(*) FROM ledger_transactions").await, booked);
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payout_whose_webhook_is_lost_is_found() {
    let stage = Stage::open().await;
    stage.bought(0, 1).await;
    stage.drop_webhooks().await;
    let (id, amount) = stage.paid_out(json!({})).await;
    assert_eq!(stage.balance("bank").await, 0);
    let known = stage.read_payouts().await;
    assert_equal(&known);
    assert_eq!((&known["payouts"][0]["id"], stage.balance("bank").await), (&json!(id), amount));
    let lines = stage.inside("marketing-admin", "/internal/v1/exports/payouts", None).await.1;
    let net: i64 =
        lines["rows"].as_array().expect("rows").iter().filter_map(|row| row["net_minor"].as_i64()).sum();
    assert_eq!(
        (net, &lines["next"]),
        (0, &Value::Null),
        "a payout's lines and its own come to nothing: {lines}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payout_that_fails_brings_the_money_back_and_the_next_one_pays_it() {
    let stage = Stage::open().await;
    stage.bought(0, 1).await;
    let (first, amount) = stage.paid_out(json!({})).await;
    stage.until_payout(&first, "paid").await;
    stage.until_count("SELECT count(*) FROM ledger_transactions WHERE source = 'payout'", 1).await;
    stage.control(&format!("payouts/{first}"), json!({"status": "failed"})).await;
    stage.until_payout(&first, "failed").await;
    let known = stage.read_payouts().await;
    assert_equal(&known);
    assert_eq!((stage.balance("bank").await, stage.balance("stripe_clearing").await), (0, amount));
    assert_eq!(known["payouts"][0]["failure"], "The bank account has been closed.");

    let (second, again) = stage.paid_out(json!({})).await;
    assert_eq!(again, amount);
    stage.until_payout(&second, "paid").await;
    let known = stage.read_payouts().await;
    assert_equal(&known);
    assert_eq!(stage.balance("bank").await, amount);
    let parts = known["parts"].as_array().expect("parts");
    let part = parts.iter().find(|part| part["payout"] == second.as_str()).expect("a part");
    assert_eq!((&part["returned_minor"], &part["event"]), (&json!(amount), &Value::Null), "{known}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payout_on_its_way_is_a_difference_with_a_name() {
    let stage = Stage::open().await;
    stage.bought(0, 1).await;
    let (id, amount) = stage.paid_out(json!({"status": "in_transit"})).await;
    let known = stage.read_payouts().await;
    let balance = &known["balances"][0];
    assert_eq!((&balance["stripe_minor"], &balance["ledger_minor"]), (&json!(0), &json!(amount)), "{known}");
    assert_eq!(
        (&balance["on_its_way_minor"], &balance["since_minor"]),
        (&json!(-amount), &json!(0)),
        "{known}"
    );
    stage.control(&format!("payouts/{id}"), json!({"status": "paid"})).await;
    stage.until_payout(&id, "paid").await;
    assert_equal(&stage.read_payouts().await);
}

/// A list that was read before the bank had it, and is written down after.
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_from_before_takes_nothing_back_from_the_bank() {
    let stage = Stage::open().await;
    stage.bought(0, 1).await;
    let (id, _) = stage.paid_out(json!({"status": "in_transit"})).await;
    stage.until_payout(&id, "in_transit").await;
    stage.sql("UPDATE payouts SET status = 'paid'").await;
    stage.read_payouts().await;
    stage.until_payout(&id, "paid").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn money_that_turns_out_to_be_an_orders_is_foreign_no_more() {
    let stage = Stage::open().await;
    stage.first_look_is_over().await;
    stage.drop_webhooks().await;
    let order = stage.order(0, 1).await;
    stage.sql("UPDATE orders SET next_check_at = now() + interval '1 day'").await;
    stage.pay(&order, "4242424242424242").await;
    let fee = stage.stripe_money("fees").await;
    stage.read_payouts().await;
    assert_eq!((stage.balance("foreign").await, stage.balance("stripe_fees").await), (fee - 2100, 0));
    stage.reconcile().await;
    stage.until(&order, "paid").await;
    assert_equal(&stage.read_payouts().await);
    assert_eq!((stage.balance("foreign").await, stage.balance("stripe_fees").await), (0, fee));
    assert_eq!(stage.balance("stripe_clearing").await, 2100 - fee);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_constraint_alone_refuses_an_orders_line_that_is_booked_as_foreign() {
    let stage = Stage::open().await;
    stage.bought(0, 1).await;
    stage.read_payouts().await;
    let mut conn = stage.purchase.conn().await.expect("a connection");
    let twice = "UPDATE stripe_balance SET booked = 'foreign' WHERE order_id IS NOT NULL";
    let refused = diesel::sql_query(twice).execute(&mut *conn).await;
    let error = db::DbError::from(refused.expect_err("it is an order's"));
    assert_eq!(error.constraint(), Some("stripe_balance_foreign_is_of_none"));
}

/// Years of lines are read a span after the other, and a reading that breaks off again and again comes to its end: each goes on where
/// the last one was. The books have each line once.
#[tokio::test(flavor = "multi_thread")]
async fn years_of_lines_are_read_though_stripe_breaks_off_again_and_again() {
    const DAY: i64 = 86_400;
    let stage = Stage::open().await;
    for days_ago in [10_000, 120, 30] {
        stage.control("clock", json!({"offset_seconds": -days_ago * DAY})).await;
        for _ in 0..250 {
            stage.control("balance", json!({"kind": "stripe_fee", "amount": -1})).await;
        }
    }
    stage.control("clock", json!({"offset_seconds": 0})).await;
    let breaks_off = json!({"provider": "stripe", "path": "/v1/balance_transactions", "after": 16, "count": 0,
        "action": {"kind": "status", "status": 500}});
    let mut broken = 0;
    loop {
        stage.control("faults", breaks_off.clone()).await;
        let look = stage.after_a_look().await["look"].clone();
        stage.http.delete(format!("{}/control/faults", stage.sandbox.url)).send().await.expect("the sandbox");
        if look["problem"].is_null() {
            assert!(look["lines"].as_i64() < Some(750), "the last look went on, it did not read all: {look}");
            break;
        }
        broken += 1;
        assert!(broken < 20, "it never comes to its end: {look}");
    }
    assert!(broken > 0, "nothing broke off");
    assert_eq!(stage.count("SELECT count(*) FROM stripe_balance").await, 750);
    let booked =
        "SELECT coalesce(sum(amount_minor), 0)::bigint FROM ledger_entries WHERE account = 'stripe_clearing'";
    assert_eq!(stage.count(booked).await, -750);
    assert_equal(&stage.read_payouts().await);
}

/// Every line of the balance takes its time to be written down.
fn slowly(seconds: &str) -> String {
    format!(
        "CREATE OR REPLACE FUNCTION slowly() RETURNS trigger LANGUAGE plpgsql AS
           $$ BEGIN PERFORM pg_sleep({seconds}); RETURN NEW; END $$"
    )
}

/// What two workers were asked for at once is read by one after the other, also where that takes longer than a lease. In the control
/// run nobody knows until when a look is under way: they read beside each other.
#[tokio::test(flavor = "multi_thread")]
async fn two_workers_at_once_do_one_look_however_long_it_takes() {
    const LINES: i64 = 300;
    const LOOKS_BEGUN: &str = "SELECT least(count(*), 2) FROM payout_looks";
    for guarded in [true, false] {
        let stage = Stage::open().await;
        for _ in 0..LINES {
            stage.control("balance", json!({"kind": "stripe_fee", "amount": -1})).await;
        }
        stage.sql(&slowly("0.2")).await;
        stage
            .sql("CREATE TRIGGER slowly BEFORE INSERT ON stripe_balance FOR EACH ROW EXECUTE FUNCTION slowly()")
            .await;
        if !guarded {
            stage
                .sql(
                    "CREATE FUNCTION silence() RETURNS trigger LANGUAGE plpgsql AS
                       $$ BEGIN NEW.busy_until = NEW.started_at; RETURN NEW; END $$;
                     CREATE TRIGGER silence BEFORE INSERT OR UPDATE ON payout_looks FOR EACH ROW
                       EXECUTE FUNCTION silence()",
                )
                .await;
        }
        let other = stage.replica(&[], Arc::new(SystemClock)).await;
        for process in [&stage.service, &other] {
            let ask =
                stage.inside_of(process, None, "marketing-admin", "/internal/v1/payouts", Some(json!({})));
            assert_eq!(ask.await.0, 202);
        }
        if !guarded {
            stage.until_count(LOOKS_BEGUN, 2).await;
            stage.sql(&slowly("0")).await;
            other.stop().await;
            continue;
        }
        stage.until_count(LOOKS_BEGUN, 1).await;
        // It has been at it for long, and its lease runs down: it says that it goes on.
        stage
            .sql(
                "UPDATE payout_looks SET started_at = started_at - interval '10 minutes',
                                         busy_until = busy_until - interval '1 minute'",
            )
            .await;
        let renewed = "SELECT count(*) FROM payout_looks WHERE busy_until > now() + interval '90 seconds'";
        stage.until_count(renewed, 1).await;
        assert_eq!(stage.count("SELECT count(*) FROM payout_looks").await, 1, "the other one waits");
        assert_eq!(stage.count(LOOKED).await, 0, "the look was over before anybody waited for it");
        stage.sql(&slowly("0")).await;
        // Who asked the other one is not forgotten.
        stage.until_count(&format!("{LOOKED} AND problem IS NULL"), 2).await;
        assert_eq!(stage.count("SELECT count(*) FROM stripe_balance").await, LINES);
        other.stop().await;
    }
}

/// A process that goes away leaves its look behind: it is written down as broken off, and the next one begins.
#[tokio::test(flavor = "multi_thread")]
async fn a_look_whose_process_went_away_keeps_nobody_from_looking() {
    let stage = Stage::open().await;
    stage
        .sql(
            "INSERT INTO payout_looks (started_at, busy_until)
             VALUES (now() - interval '3 hours', now() - interval '1 second')",
        )
        .await;
    stage.inside("marketing-admin", "/internal/v1/payouts", Some(json!({}))).await;
    stage.until_count(&format!("{LOOKED} AND problem IS NULL"), 1).await;
    assert_eq!(stage.count(&format!("{LOOKED} AND problem LIKE '%broke off%'")).await, 1);
}

/// The next page begins behind the last payout of this one, also where several arrive on one day.
#[tokio::test(flavor = "multi_thread")]
async fn payouts_are_listed_a_page_at_a_time_and_each_once() {
    let stage = Stage::open().await;
    stage
        .sql(
            "INSERT INTO payouts (id, key, amount_minor, currency, status, automatic, made_at, arrives_at, seen_at)
             SELECT 'po_' || n, gen_random_uuid(), n, 'EUR', 'paid', true, now(), date_trunc('day', now()) - n / 3 * interval '1 day', now()
               FROM generate_series(1, 120) n;
             INSERT INTO stripe_balance (id, key, kind, source, payment_intent, amount_minor, fee_minor, currency, happened_at, payout_id, booked)
             SELECT 'txn_' || n, gen_random_uuid(), 'stripe_fee', '', '', n, 0, 'EUR', now(), 'po_' || n, 'fee'
               FROM generate_series(1, 120) n",
        )
        .await;
    let (mut seen, mut sizes, mut path) = (Vec::new(), Vec::new(), "/internal/v1/payouts".to_owned());
    loop {
        let (status, page) = stage.inside("marketing-admin", &path, None).await;
        assert_eq!(status, 200, "{page}");
        let ids = |list: &str, name: &str| -> Vec<String> {
            let rows = page[list].as_array().expect("rows").iter();
            rows.map(|row| row[name].as_str().expect("an id").to_owned()).collect()
        };
        let (payouts, mut parts) = (ids("payouts", "id"), ids("parts", "payout"));
        let mut sorted = payouts.clone();
        sorted.sort();
        parts.sort();
        assert_eq!(parts, sorted, "what each is made of, and nothing else");
        sizes.push(payouts.len());
        seen.extend(payouts);
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/internal/v1/payouts?after={next}");
    }
    assert_eq!(sizes, [50, 50, 20]);
    let days: Vec<i64> =
        seen.iter().map(|id| id["po_".len()..].parse::<i64>().expect("a number") / 3).collect();
    assert!(days.is_sorted(), "the one that arrives last first: {seen:?}");
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 120, "each once");
    let (status, refused) =
        stage.inside("marketing-admin", "/internal/v1/payouts?after=po_nobody", None).await;
    assert_eq!((status, &refused["code"]), (422, &json!("invalid_page")), "{refused}");
}
