//! Something else happens to the ticket while its exchange is being paid: one of both, never both. Each with the same run in which the
//! payment does not look at the ticket, which must break.

use super::{BALCONY, CARD, DONE, REGULAR, TOO_LATE, VALID, VIP, id, now, to_pay};
use crate::stage::{Order, Stage};
use diesel_async::SimpleAsyncConnection;
use messages::marketing_admin::v1::PromoChanged;
use messages::marketing_admin::v1::promo_changed::Off;
use serde_json::json;
use uuid::Uuid;

const TO_BEA: [(&str, &str); 2] = [("name", "Bea Ruiz"), ("email", "bea@example.org")];
const PENDING: &str = "SELECT count(*) FROM orders WHERE state = 'pending'";
const ROUNDS: usize = 4;

/// A ticket, and the order that is to exchange it, not paid yet.
pub(super) struct Underway {
    order: Order,
    pub ticket: String,
    pub to_pay: Order,
}

pub(super) async fn underway(stage: &Stage) -> Underway {
    let (order, paid) = stage.bought(REGULAR, 1).await;
    let ticket = id(&paid, 0);
    let answer = stage.exchange(&order, &ticket, VIP).await;
    Underway { order, ticket, to_pay: to_pay(&answer) }
}

impl Stage {
    /// The payment knows of no ticket to look at.
    async fn look_away(&self) {
        self.sql("UPDATE orders SET exchanges = NULL WHERE state = 'pending'").await;
    }

    async fn open_the_doors(&self) {
        let mut open = self.event.clone();
        (open.revision, open.entry_from) = (open.revision + 1, now() - 1000);
        self.publish(&open).await;
    }

    /// Passes tickets on while their exchanges are being paid; says how many good tickets there are afterwards.
    async fn pass_on_and_pay(&self, blind: bool) -> i64 {
        for _ in 0..ROUNDS {
            let Underway { order, ticket, to_pay } = underway(self).await;
            if blind {
                self.look_away().await;
            }
            let path = order.file(&format!("tickets/{ticket}/transfer"));
            tokio::join!(self.pay(&to_pay, CARD), self.post(&path, &TO_BEA));
            self.until_count(PENDING, 0).await;
        }
        self.count(VALID).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_is_passed_on_or_exchanged() {
    let stage = Stage::exchanging().await;
    assert_eq!(stage.pass_on_and_pay(false).await, ROUNDS as i64, "one good ticket for each that was bought");
    stage.audit().await;
    stage.all_is_well().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_look_has_it_passed_on_and_exchanged() {
    let stage = Stage::exchanging().await;
    assert_eq!(stage.pass_on_and_pay(true).await, 2 * ROUNDS as i64, "the rush is no test");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_for_a_ticket_that_was_passed_on_goes_back() {
    let stage = Stage::exchanging().await;
    let Underway { order, ticket, to_pay } = underway(&stage).await;
    let passed = stage.post(&order.file(&format!("tickets/{ticket}/transfer")), &TO_BEA).await;
    assert_eq!(passed.status(), 303);
    stage.pay(&to_pay, CARD).await;
    stage.until_count(TOO_LATE, 1).await;
    assert_eq!((stage.count(VALID).await, stage.count(DONE).await, stage.sold_of(VIP).await), (1, 0, 0));
    assert_eq!(stage.count("SELECT coalesce(sum(held), 0) FROM stock").await, 0, "its place is free");
    stage.audit().await;
    stage.all_is_well().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_after_the_doors_have_opened_goes_back() {
    let stage = Stage::exchanging().await;
    let underway = underway(&stage).await;
    stage.open_the_doors().await;
    stage.pay(&underway.to_pay, CARD).await;
    stage.until_count(TOO_LATE, 1).await;
    let kept = format!("SELECT count(*) FROM tickets WHERE id = '{}' AND state = 'valid'", underway.ticket);
    assert_eq!(stage.count(&kept).await, 1, "who may be inside with it keeps it");
    assert_eq!((stage.count(VALID).await, stage.sold_of(VIP).await), (1, 0));
    stage.audit().await;
    stage.all_is_well().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_look_lets_two_in_after_the_doors_have_opened() {
    let stage = Stage::exchanging().await;
    let underway = underway(&stage).await;
    stage.look_away().await;
    stage.open_the_doors().await;
    stage.pay(&underway.to_pay, CARD).await;
    stage.until_count(PENDING, 0).await;
    assert_eq!(stage.count(VALID).await, 2, "the test is none");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_for_a_ticket_that_goes_back_goes_back_too() {
    let stage = Stage::exchanging().await;
    let Underway { order, to_pay, .. } = underway(&stage).await;
    // The door has not answered: the refund is asked for, and the ticket still good.
    stage.door.silent(true);
    assert_eq!(stage.give_back(&order, "all", json!({})).await.1["state"], "asked");
    stage.pay(&to_pay, CARD).await;
    stage.until_count(TOO_LATE, 1).await;
    stage.door.silent(false);
    stage.until(&order, "refunded").await;
    stage.all_succeeded(2).await;
    assert_eq!((stage.count(VALID).await, stage.count(DONE).await), (0, 0));
    assert_eq!(stage.balance("stripe_clearing").await, 0, "all is back, once");
    stage.audit().await;
    stage.all_is_well().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_look_has_the_money_and_the_better_ticket() {
    let stage = Stage::exchanging().await;
    let Underway { order, to_pay, .. } = underway(&stage).await;
    stage.look_away().await;
    stage.give_back(&order, "all", json!({})).await;
    stage.pay(&to_pay, CARD).await;
    stage.until_count(PENDING, 0).await;
    stage.all_succeeded(1).await;
    assert_eq!(stage.count(VALID).await, 1, "the test is none");
}

/// Two orders that exchange one ticket, both to be paid: another tab looked before the first stood.
async fn two_of_one(stage: &Stage) -> [Order; 2] {
    let Underway { order, ticket, to_pay: first } = underway(stage).await;
    stage.look_away().await;
    let answer = stage.exchange(&order, &ticket, VIP).await;
    stage.sql(&format!("UPDATE orders SET exchanges = '{ticket}' WHERE state = 'pending'")).await;
    [first, to_pay(&answer)]
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_exchanges_of_one_ticket_one_is_done_and_the_other_goes_back() {
    let stage = Stage::exchanging().await;
    let [one, other] = two_of_one(&stage).await;
    tokio::join!(stage.pay(&one, CARD), stage.pay(&other, CARD));
    stage.until_count(DONE, 1).await;
    stage.until_count(TOO_LATE, 1).await;
    assert_eq!((stage.count(VALID).await, stage.sold_of(REGULAR).await, stage.sold_of(VIP).await), (1, 0, 1));
    stage.audit().await;
    stage.all_is_well().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_look_exchanges_one_ticket_twice() {
    let stage = Stage::exchanging().await;
    let [one, other] = two_of_one(&stage).await;
    stage.look_away().await;
    tokio::join!(stage.pay(&one, CARD), stage.pay(&other, CARD));
    stage.until_count(PENDING, 0).await;
    assert_eq!(stage.count(VALID).await, 3, "the test is none");
}

/// Three tickets by a promo that asks for two of them at least, and two orders that exchange one each, both to be paid: each looked
/// when the rest was enough.
async fn two_of_three(stage: &Stage) -> [Order; 2] {
    let promo = PromoChanged {
        promo_id: Uuid::now_v7().to_string(),
        revision: 1,
        name: "Friends".into(),
        codes: vec!["FRIENDS".into()],
        off: Some(Off::BasisPoints(1_000)),
        currency: "EUR".into(),
        minimum_minor: 4_000,
        active: true,
        ..PromoChanged::default()
    };
    stage.publish_promo(&promo).await;
    let mut wish = stage.wish(REGULAR, 3);
    wish["promo"] = json!("FRIENDS");
    let (status, body) = stage.checkout(&Uuid::now_v7().to_string(), &wish).await;
    assert_eq!(status, 201, "{body}");
    let order = Order::of(&body);
    stage.pay(&order, CARD).await;
    let paid = stage.until(&order, "paid").await;
    let one = to_pay(&stage.exchange(&order, &id(&paid, 0), VIP).await);
    let other = to_pay(&stage.exchange(&order, &id(&paid, 1), VIP).await);
    [one, other]
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_exchanges_that_would_tear_an_order_one_is_done_and_the_other_goes_back() {
    let stage = Stage::exchanging().await;
    let [one, other] = two_of_three(&stage).await;
    tokio::join!(stage.pay(&one, CARD), stage.pay(&other, CARD));
    stage.until_count(DONE, 1).await;
    stage.until_count(TOO_LATE, 1).await;
    assert_eq!((stage.count(VALID).await, stage.sold_of(REGULAR).await, stage.sold_of(VIP).await), (3, 2, 1));
    stage.audit().await;
    stage.all_is_well().await;
}

/// The control: at the payments nobody knows of the promo any more.
#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_look_at_the_rest_keeps_the_discount_on_less_than_the_promo_asks_for() {
    let stage = Stage::exchanging().await;
    let [one, other] = two_of_three(&stage).await;
    stage.sql("UPDATE orders SET promo_id = NULL WHERE exchanges IS NULL").await;
    tokio::join!(stage.pay(&one, CARD), stage.pay(&other, CARD));
    stage.until_count(PENDING, 0).await;
    assert_eq!((stage.count(DONE).await, stage.sold_of(REGULAR).await), (2, 1), "the test is none");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_tab_is_told_of_the_order_of_the_first() {
    let stage = Stage::exchanging().await;
    let (order, paid) = stage.bought(REGULAR, 1).await;
    let ticket = id(&paid, 0);
    let path = Stage::exchange_of(&order, &ticket);
    // Both tabs show the choice before anything is chosen.
    let [one, other] = [Uuid::now_v7().to_string(), Uuid::now_v7().to_string()];
    let first = to_pay(&stage.post(&path, &[("once", one.as_str()), ("to", stage.kind(VIP))]).await);
    let twice = to_pay(&stage.post(&path, &[("once", one.as_str()), ("to", stage.kind(VIP))]).await);
    assert_eq!(first.checkout_url, twice.checkout_url, "a second click is the same order");
    for kind in [BALCONY, VIP] {
        let second = stage.post(&path, &[("once", other.as_str()), ("to", stage.kind(kind))]).await;
        assert_eq!(second.status(), 303);
        assert_eq!(second.headers()["location"].to_str().expect("text"), path, "no payment page");
    }
    let standing = stage.exchanging_order().await.reference;
    let page = stage.get(&path).await.text().await.expect("a page").replace('\u{a0}', " ");
    let link = format!("/orders/{standing}?key=");
    for said in ["An exchange of this ticket is open already", "30.75 €", link.as_str()] {
        assert!(page.contains(said), "{said}: {page}");
    }
    assert!(!page.contains("name=\"once\""), "it offers no second one: {page}");
    assert_eq!(stage.count("SELECT count(*) FROM orders WHERE exchanges IS NOT NULL").await, 1);
    stage.pay(&first, CARD).await;
    stage.until_count(DONE, 1).await;
    assert_eq!((stage.count(VALID).await, stage.sold_of(VIP).await), (1, 1));
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_lets_an_exchange_run_out_chooses_again() {
    let stage = Stage::exchanging().await;
    let Underway { order, ticket, .. } = underway(&stage).await;
    stage.end_holds().await;
    stage.until_count(PENDING, 0).await;
    to_pay(&stage.exchange(&order, &ticket, VIP).await);
    assert_eq!(stage.count(PENDING).await, 1);
}

/// Two tabs at the same moment may each have an order. Whoever pays both, one after the other, has one better ticket and the other payment
/// back, whole.
#[tokio::test(flavor = "multi_thread")]
async fn two_tabs_at_once_cost_the_guest_one_exchange() {
    let stage = Stage::exchanging().await;
    for tab in two_of_one(&stage).await {
        stage.pay(&tab, CARD).await;
    }
    stage.until_count(DONE, 1).await;
    stage.until_count(TOO_LATE, 1).await;
    assert_eq!(stage.balance("stripe_clearing").await, 2100 + 3075, "the other payment is back, whole");
    assert_eq!((stage.count(VALID).await, stage.sold_of(REGULAR).await, stage.sold_of(VIP).await), (1, 0, 1));
    stage.audit().await;
    stage.all_is_well().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_constraint_alone_refuses_a_second_exchange() {
    use diesel_async::RunQueryDsl;
    let stage = Stage::exchanging().await;
    two_of_one(&stage).await;
    let mut conn = stage.admin.conn().await.expect("a connection");
    let paid = "UPDATE purchase.orders SET state = 'paid', paid_at = now() WHERE state = 'pending'";
    let refused = diesel::sql_query(paid).execute(&mut *conn).await;
    let error = db::DbError::from(refused.expect_err("two of one ticket"));
    assert_eq!(error.constraint(), Some("orders_exchanged_once"));
}

/// Who gives an exchange back has its row, and wants that of the order whose ticket went: a bank's word takes both in the same order.
#[tokio::test(flavor = "multi_thread")]
async fn a_dispute_waits_for_the_exchange_before_it_has_the_first_order() {
    let stage = Stage::exchanging().await;
    let (first, _) = stage.exchanged().await;
    let mut other = stage.admin.conn().await.expect("a connection");
    let exchange = "BEGIN; SELECT FROM purchase.orders WHERE exchanges IS NOT NULL FOR NO KEY UPDATE";
    other.batch_execute(exchange).await.expect("the exchange's row");
    let dispute = stage.dispute(&first, json!({})).await;
    stage.until_waiting(1, "usename = 'purchase'").await;
    let free = "SELECT count(*) FROM (SELECT FROM orders WHERE exchanges IS NULL FOR NO KEY UPDATE SKIP LOCKED) AS free";
    let free = stage.count(free).await;
    other.batch_execute("ROLLBACK").await.expect("it is let go");
    assert_eq!(free, 1, "who has the exchange can have the first order, too");
    stage.until_disputed(&dispute, "needs_response").await;
    assert_eq!(stage.count(VALID).await, 0);
}
