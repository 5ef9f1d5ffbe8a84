//! A night's settlement: what the books say, numbered, signed, and never changed.

use diesel_async::SimpleAsyncConnection;
use domain::settlement::{NotSigned, SignedSettlement};
use messages::purchase::v1::OrderRefunded;
use serde_json::{Value, json};

use crate::late::{freed_and_paid, tell};
use crate::stage::{Order, Stage};

/// Base64 of 32 bytes.
const SEED: &str = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";

impl Stage {
    async fn with_a_key() -> Self {
        Self::with(&[("SETTLEMENT_SIGNING_KEY", SEED)]).await
    }

    fn settlements(&self) -> String {
        format!("/internal/v1/settlements/{}", self.event.event_id)
    }

    async fn settle_night(&self) -> (u16, Value) {
        let came = json!([{"ticket_type": self.event.ticket_types[0].ticket_type_id, "guests": 2}]);
        self.inside("marketing-admin", &self.settlements(), Some(json!({"made_by": "Olga", "came": came})))
            .await
    }

    async fn night_is_over(&self) {
        self.sql(
            "UPDATE events SET starts_at = now() - interval '8 hours', entry_from = now() - interval '8 hours',
                    ends_at = now() - interval '1 hour'",
        )
        .await;
    }
}

fn read(answer: &Value) -> SignedSettlement {
    SignedSettlement::read(&answer.to_string(), None).expect("as it was signed")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_night_that_is_over_is_settled_to_the_cent_and_once_more_under_a_new_number() {
    let stage = Stage::with_a_key().await;
    let (one, _) = stage.bought(0, 2).await;
    stage.bought(0, 1).await;
    let (status, refused) = stage.settle_night().await;
    assert_eq!((status, &refused["code"]), (409, &json!("night_not_over")), "{refused}");
    let some = json!({"key": "some", "reason": "a stain", "amount_minor": 300});
    let refunds = format!("/internal/v1/orders/{}/refunds", one.reference);
    assert_eq!(stage.inside("marketing-admin", &refunds, Some(some)).await.0, 200);
    stage.until_count("SELECT count(*) FROM refunds WHERE state = 'succeeded'", 1).await;
    stage.night_is_over().await;
    stage.reconcile().await;
    stage.read_payouts().await;
    let fees = stage.stripe_money("fees").await;

    let (status, answer) = stage.settle_night().await;
    assert_eq!(status, 200, "{answer}");
    let first = read(&answer);
    let (money, types) = (&first.settlement.money, &first.settlement.types);
    assert_eq!((types[0].sold, types[0].returned, types[0].comps, types[0].came), (3, 0, 0, 2));
    assert_eq!((types[0].gross_minor, first.settlement.stripe_read_at.is_some()), (6000, true));
    assert_eq!((money.gross_minor, money.discounts_minor, money.fees_minor), (6000, 0, 300));
    assert_eq!((money.refunds_minor, money.stripe_fees_minor), (-300, -fees));
    assert_eq!((money.ledger_minor, money.stripe_minor, money.stripe_holds_minor), (6000, 6000, 6000 - fees));
    assert!(
        first.settlement.is_equal()
            && first.settlement.accounts.iter().map(|a| a.amount_minor).sum::<i64>() == 0
    );
    assert!(first.settlement.number.ends_with("-000001") && first.settlement.replaces.is_none());

    let (payout, _) = stage.paid_out(json!({})).await;
    stage
        .until_count(&format!("SELECT count(*) FROM payouts WHERE id = '{payout}' AND contents_known"), 1)
        .await;
    let second = read(&stage.settle_night().await.1);
    assert!(second.settlement.number.ends_with("-000002"));
    assert_eq!(second.settlement.replaces.as_ref(), Some(&first.settlement.number));
    assert_eq!(
        (second.settlement.money.paid_out_minor, second.settlement.money.stripe_holds_minor),
        (6000 - fees, 0)
    );

    let known = stage.inside("marketing-admin", &stage.settlements(), None).await.1;
    assert_eq!((&known["over"], &known["public_key"]), (&json!(true), &json!(first.public_key)));
    assert_eq!(known["settlements"][1]["number"], first.settlement.number.as_str());
    let path = format!("/internal/v1/settlement-files/{}", first.settlement.number);
    assert_eq!(read(&stage.inside("marketing-admin", &path, None).await.1), first, "the first is as it was");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_went_back_as_a_credit_and_what_a_credit_paid_are_in_the_settlement() {
    let stage = Stage::with_a_key().await;
    let (order, _) = stage.bought(0, 2).await;
    let given = stage.give_back(&order, "credit", json!({"as_credit": true})).await;
    assert_eq!(given.0, 200, "{}", given.1);
    stage.all_succeeded(1).await;
    let told: OrderRefunded = stage.said("order.refunded").await;
    let mut wish = stage.wish(0, 1);
    wish["promo"] = json!(told.credit_code);
    let (status, body) = stage.checkout("spends-a-credit", &wish).await;
    assert_eq!(status, 201, "{body}");
    stage.until(&Order::of(&body), "paid").await;
    stage.night_is_over().await;
    let settlement = read(&stage.settle_night().await.1).settlement;
    let money = &settlement.money;
    assert_eq!((money.gross_minor + money.fees_minor, money.refunds_minor), (6300, -4200));
    assert_eq!((money.credits_minor, money.ledger_minor), (-2100, 4200), "one ticket's worth is still owed");
    assert_eq!(settlement.accounts.iter().map(|line| line.amount_minor).sum::<i64>(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn money_that_came_too_late_and_went_back_is_not_of_what_was_sold() {
    let stage = Stage::with_a_key().await;
    let late = freed_and_paid(&stage, 0, 2).await;
    stage.sql("UPDATE stock SET asked_capacity = 1, capacity = 1").await;
    tell(&stage).await;
    stage.until(&late, "refunded").await;
    stage.until_count("SELECT count(*) FROM refunds WHERE state = 'succeeded'", 1).await;
    stage.bought(0, 1).await;
    stage.night_is_over().await;
    let money = read(&stage.settle_night().await.1).settlement.money;
    assert_eq!((money.gross_minor, money.fees_minor, money.refunds_minor), (2000, 100, 0));
    assert_eq!(money.ledger_minor, money.gross_minor + money.fees_minor + money.refunds_minor);
}

/// The bank sends a payout back, and the next one takes its money there: it is out, whichever of both Stripe names for its payments.
#[tokio::test(flavor = "multi_thread")]
async fn what_the_next_payout_brought_to_the_bank_is_not_held_by_stripe() {
    let stage = Stage::with_a_key().await;
    stage.bought(0, 1).await;
    stage.night_is_over().await;
    stage.reconcile().await;
    let known = |id: &str, status: &str| {
        format!("SELECT count(*) FROM payouts WHERE id = '{id}' AND status = '{status}' AND contents_known")
    };
    let (first, amount) = stage.paid_out(json!({})).await;
    stage.until_count(&known(&first, "paid"), 1).await;
    stage.control(&format!("payouts/{first}"), json!({"status": "failed"})).await;
    stage.until_count(&known(&first, "failed"), 1).await;
    stage.read_payouts().await;
    let back = read(&stage.settle_night().await.1).settlement.money;
    assert_eq!((back.paid_out_minor, back.stripe_holds_minor), (0, amount));

    let (second, _) = stage.paid_out(json!({})).await;
    stage.until_count(&known(&second, "paid"), 1).await;
    let out = read(&stage.settle_night().await.1).settlement.money;
    assert_eq!((out.paid_out_minor, out.stripe_holds_minor), (amount, 0));
}

/// Prices change while a settlement stands before the books, with its tickets counted and its money not: what it says of both is of one
/// moment. Read one after the other they differ.
#[tokio::test(flavor = "multi_thread")]
async fn all_figures_of_a_settlement_are_of_one_moment() {
    let stage = Stage::with_a_key().await;
    stage.bought(0, 1).await;
    stage.night_is_over().await;
    let dearer = "UPDATE purchase.order_lines SET unit_minor = unit_minor * 2, total_minor = total_minor * 2
                   WHERE kind = 'ticket'; COMMIT";
    // The product waits two seconds for a lock: where the machine is slower than that, once more.
    for _ in 0..20 {
        let mut other = stage.admin.conn().await.expect("a connection");
        let books = "BEGIN; LOCK TABLE purchase.order_books IN ACCESS EXCLUSIVE MODE";
        other.batch_execute(books).await.expect("the books");
        let change = async {
            stage.until_waiting(1, "query LIKE '%stripe_balance%order_books%'").await;
            other.batch_execute(dearer).await.expect("other prices");
        };
        let ((status, answer), ()) = tokio::join!(stage.settle_night(), change);
        if status != 200 {
            continue;
        }
        let settlement = read(&answer).settlement;
        let types: i64 = settlement.types.iter().map(|line| line.gross_minor).sum();
        assert_eq!(types, settlement.money.gross_minor, "its tickets and its money are the same sales");
        return;
    }
    panic!("no settlement was made in all those tries");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_settlement_that_somebody_changed_is_refused_and_the_row_can_not_be_changed() {
    let stage = Stage::with_a_key().await;
    stage.bought(0, 1).await;
    stage.night_is_over().await;
    let answer = stage.settle_night().await.1;
    let signed = read(&answer);
    assert_eq!(signed.settlement.money.gross_minor, 2000);
    let mut changed = answer.clone();
    changed["settlement"]["money"]["gross_minor"] = json!(1000);
    assert_eq!(SignedSettlement::read(&changed.to_string(), None), Err(NotSigned::Changed));
    let mut conn = stage.purchase.conn().await.expect("a connection");
    for change in
        ["UPDATE settlements SET file = ''", "DELETE FROM settlements", "DELETE FROM settlement_series"]
    {
        let refused = conn.batch_execute(change).await.expect_err(change);
        assert!(refused.to_string().contains("permission denied"), "{change}: {refused}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_settles_at_the_same_time_gets_numbers_without_a_gap_each_replacing_the_one_before() {
    let stage = Stage::with_a_key().await;
    stage.bought(0, 1).await;
    stage.night_is_over().await;
    let answers = futures::future::join_all((0..4).map(|_| stage.settle_night())).await;
    for (status, answer) in &answers {
        assert_eq!(*status, 200, "{answer}");
    }
    let gaps = "SELECT max(ordinal) - count(*) + count(*) FILTER (WHERE replaces IS NULL) FROM settlements";
    assert_eq!((stage.count("SELECT count(*) FROM settlements").await, stage.count(gaps).await), (4, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_club_without_a_key_settles_nothing() {
    let stage = Stage::open().await;
    stage.night_is_over().await;
    let (status, refused) = stage.settle_night().await;
    assert_eq!((status, &refused["code"]), (409, &json!("no_settlement_key")), "{refused}");
    let known = stage.inside("marketing-admin", &stage.settlements(), None).await.1;
    assert_eq!((&known["public_key"], &known["settlements"]), (&Value::Null, &json!([])));
}
