//! The whole life of a credit, as those meet it who have to do with it: guests, staff and the bookkeeper.

use chrono::{DateTime, TimeDelta, Utc};
use messages::marketing_admin::v1::{EventChanged, RefundPolicy};
use messages::purchase::v1::OrderRefunded;
use serde_json::{Value, json};

use super::{CARD, TICKET, buy, left, with_credit};
use crate::papers::words;
use crate::receipts::SELLER;
use crate::stage::{Order, Stage};

const LAPSES: &str = "SELECT count(*) FROM ledger_transactions WHERE source = 'credit_lapse'";
/// A booking that does not sum to zero.
const UNEVEN: &str = "SELECT count(*) FROM (SELECT FROM ledger_entries GROUP BY transaction_id, currency HAVING sum(amount_minor) <> 0) x";

impl Stage {
    /// Buys with a code, and pays with a card what the credit leaves.
    pub(super) async fn buys(&self, guest: &str, quantity: u32, code: &str) -> Order {
        let (status, body) = buy(self, guest, quantity, code).await;
        assert_eq!(status, 201, "{body}");
        let order = Order::of(&body);
        if order.checkout_url.is_some() {
            self.pay(&order, CARD).await;
        }
        self.until(&order, "paid").await;
        order
    }

    async fn paper(&self, order: &Order) -> String {
        let answer = self.get(&order.file("receipt.pdf")).await;
        assert_eq!(answer.status(), 200);
        words(&answer.bytes().await.expect("bytes")).concat()
    }

    /// An order as the desk exports it.
    pub(super) async fn in_the_file(&self, order: &Order) -> Value {
        let path = format!("/internal/v1/exports/orders?event={}", self.event.event_id);
        let (status, page) = self.inside("marketing-admin", &path, None).await;
        assert_eq!(status, 200, "{page}");
        let rows = page["rows"].as_array().expect("rows");
        rows.iter().find(|row| row["reference"] == json!(order.reference)).expect("it is there").clone()
    }
}

/// What an export says of an order's money: the price that is left, taken, gone back, spent of a credit, given as one.
pub(super) fn money(row: &Value) -> [i64; 5] {
    ["total_minor", "taken_minor", "returned_minor", "credit_spent_minor", "credit_given_minor"]
        .map(|name| row[name].as_i64().expect("an amount"))
}

#[tokio::test(flavor = "multi_thread")]
async fn from_the_refund_to_the_last_cent() {
    let variables: Vec<(&'static str, &str)> =
        SELLER.into_iter().chain([("CREDITS_LAPSE", "true")]).collect();
    let stage = Stage::with(&variables).await;

    // Two tickets become a credit: Stripe keeps the money, and the guest hears the code once.
    let (first, _) = stage.bought(0, 2).await;
    assert_eq!(stage.give_back(&first, "credit", json!({"as_credit": true})).await.0, 200);
    stage.all_succeeded(1).await;
    let code = stage.said::<OrderRefunded>("order.refunded").await.credit_code;
    assert_eq!((left(&stage).await, stage.balance("credits").await), (2 * TICKET, -2 * TICKET));
    assert_eq!(money(&stage.in_the_file(&first).await), [4200, 4200, 0, 0, 4200]);
    let page = stage.get(&first.page).await.text().await.expect("a page");
    assert!(page.contains("went to club credit") && page.contains("As club credit"), "{page}");
    let said = page.replace('\u{a0}', " ");
    assert!(
        said.contains("Credit: 42.00 € left, good until ")
            && said.contains("Its code went to ana@example.org"),
        "{page}"
    );
    assert!(!page.contains(&code), "whoever has the code can spend it: it is in the mail alone");
    stage.audit().await;

    // One ticket is paid by it alone: no payment page, and a receipt all the same.
    let alone = stage.buys("bea", 1, &code).await;
    assert_eq!(money(&stage.in_the_file(&alone).await), [0, 0, 0, 2100, 0]);
    stage.until_count("SELECT count(*) FROM receipt_numbers", 2).await;
    let paper = stage.paper(&alone).await;
    assert!(paper.contains("21.00€") && paper.contains("Clubcredit"), "{paper}");
    assert!(!paper.contains("Paidonline"), "no card had anything to do with it: {paper}");
    let page = stage.get(&alone.page).await.text().await.expect("a page");
    assert!(page.contains("receipt.pdf") && page.contains("Paid with club credit"), "{page}");

    // Two more are paid in part, and the page that gives them back says what goes where.
    let mixed = stage.buys("cleo", 2, &code).await;
    assert_eq!((left(&stage).await, stage.balance("credits").await), (0, 0));
    assert_eq!(money(&stage.in_the_file(&mixed).await), [2100, 2100, 0, 2100, 0]);
    let paper = stage.paper(&mixed).await;
    assert!(
        paper.contains("42.00€") && paper.contains("Clubcredit") && paper.contains("Paidonline"),
        "{paper}"
    );
    let now = DateTime::<Utc>::from(std::time::SystemTime::now());
    let until = (now + TimeDelta::hours(2)).timestamp_millis();
    stage
        .publish(&EventChanged {
            revision: 2,
            refunds: Some(RefundPolicy { self_service_until: until, keeps_fees: false }),
            changed_at: now.timestamp_millis(),
            ..stage.event.clone()
        })
        .await;
    let asked = stage.get(&mixed.file("refund")).await.text().await.expect("a page");
    assert!(
        asked.contains("goes to the card you paid with") && asked.contains("goes back to your credit"),
        "{asked}"
    );
    stage.audit().await;

    // Money first, and what is over to the credit.
    let some = json!({"amount_minor": 3000});
    assert_eq!(stage.give_back(&mixed, "some", some).await.0, 200);
    stage.all_succeeded(2).await;
    let told: OrderRefunded = stage.said("order.refunded").await;
    assert_eq!((told.amount_minor, told.credit_minor, told.credit_code.as_str()), (2100, 900, ""));
    assert_eq!((left(&stage).await, stage.balance("credits").await), (900, -900));
    assert_eq!(money(&stage.in_the_file(&mixed).await), [2100, 2100, 2100, 2100, 900]);
    assert_eq!(stage.reconcile().await["differences"], json!([]));
    stage.audit().await;

    // Its time is over: what is left is the club's, once, and nobody spends it.
    stage.sql("UPDATE credits SET expires_at = now() - interval '1 second'").await;
    stage.until_count(LAPSES, 1).await;
    assert_eq!((stage.balance("credits").await, stage.balance("lapsed_credits").await), (0, -900));
    let (status, refused) = buy(&stage, "dora", 1, &code).await;
    assert_eq!((status, &refused["code"]), (422, &json!("promo_expired")), "{refused}");
    stage.audit().await;

    // What comes back to it later is good again.
    assert_eq!(stage.give_back(&alone, "all", json!({})).await.0, 200);
    stage.all_succeeded(3).await;
    assert_eq!((left(&stage).await, stage.balance("credits").await), (TICKET, -TICKET));
    stage.buys("dora", 1, &code).await;
    assert_eq!(
        (stage.balance("credits").await, stage.count(UNEVEN).await, stage.count(LAPSES).await),
        (0, 0, 1)
    );
    stage.audit().await;
    stage.all_is_well().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_left_stays_owed_where_the_club_has_not_chosen_otherwise() {
    let (stage, _) = with_credit().await;
    stage.sql("UPDATE credits SET expires_at = now() - interval '1 second'").await;
    // A round of every worker later nothing has moved.
    let other = stage.bought(0, 1).await.0;
    assert_eq!(stage.give_back(&other, "money", json!({})).await.0, 200);
    stage.all_succeeded(2).await;
    assert_eq!((left(&stage).await, stage.balance("credits").await), (TICKET, -TICKET));
    assert_eq!(stage.count(LAPSES).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_night_that_is_off_returns_the_card_and_the_credit() {
    let (stage, code) = with_credit().await;
    let order = stage.buys("bea", 2, &code).await;
    let alone = stage.bought(0, 1).await.0;
    stage.call_off().await;
    stage.all_back().await;
    stage.until(&order, "refunded").await;
    stage.until(&alone, "refunded").await;
    stage.all_succeeded(3).await;
    assert_eq!((left(&stage).await, stage.balance("credits").await), (TICKET, -TICKET));
    assert_eq!(stage.balance("stripe_clearing").await, TICKET, "of the first order, which is the credit");
    let page = stage.get(&order.page).await.text().await.expect("a page");
    assert!(page.contains("was returned") && page.contains("went to club credit"), "both are told: {page}");
    stage.all_is_well().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stripe_refuses_of_both_is_settled_with_the_credit_beside_it() {
    let (stage, code) = with_credit().await;
    let order = stage.buys("bea", 2, &code).await;
    let refund = stage.given_up(&order, "all of it", 2 * TICKET).await;
    assert_eq!(left(&stage).await, 0, "money and credit come together");
    let listed = stage.inside("magueyctl", "/internal/v1/refunds", None).await.1;
    assert_eq!(listed[0]["amount_minor"], TICKET, "nobody hands out what is credit: {listed}");
    assert_eq!(stage.settle(&refund, "cash").await.0, 200);
    assert_eq!((left(&stage).await, stage.balance("cash_at_venue").await), (TICKET, -TICKET));
    assert_eq!((stage.balance("credits").await, stage.count(UNEVEN).await), (-TICKET, 0));
    let told: OrderRefunded = stage.said("order.refunded").await;
    assert_eq!((told.amount_minor, told.credit_minor), (TICKET, TICKET));
    stage.audit().await;
}
