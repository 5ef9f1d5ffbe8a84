//! What becomes of the money of an exchange: given back with the first payment, as an amount, as a credit, and while a bank holds it.

use messages::purchase::v1::OrderRefunded;
use serde_json::json;

use super::{BALCONY, CARD, DONE, REGULAR, VALID, VIP, id, to_pay};
use crate::stage::{Order, Stage};

#[tokio::test(flavor = "multi_thread")]
async fn both_payments_go_back_together_and_never_the_first_one_alone() {
    let stage = Stage::exchanging().await;
    let (first, _) = stage.exchanged().await;
    let second = stage.exchanging_order().await;
    for wish in [json!({}), json!({"amount_minor": 1})] {
        let (status, answer) = stage.give_back(&first, &format!("early {wish}"), wish).await;
        assert_eq!(status, 409, "its money pays for the better ticket: {answer}");
    }
    let record = format!("/internal/v1/orders/{}", first.reference);
    let record = stage.inside("marketing-admin", &record, None).await.1;
    assert_eq!(record["left_minor"], 0, "nor does the desk offer it: {record}");
    let (status, answer) = stage.give_back(&second, "second", json!({})).await;
    assert_eq!((status, &answer["amount_minor"]), (200, &json!(3075)), "{answer}");
    stage.all_succeeded(2).await;
    let each = "SELECT count(DISTINCT payment_id) FROM refunds WHERE amount_minor IN (3075, 2100)";
    assert_eq!(stage.count(each).await, 2, "each payment goes back to where it came from");
    stage.until(&first, "refunded").await;
    assert_eq!(stage.give_back(&first, "more", json!({})).await.0, 409, "nothing is left");
    assert_eq!((stage.balance("stripe_clearing").await, stage.count(VALID).await), (0, 0));
    assert_eq!((stage.sold_of(REGULAR).await, stage.sold_of(VIP).await), (0, 0));
    stage.audit().await;
    stage.all_is_well().await;
}

/// A price that went back as an amount left the ticket good. Whoever takes it back afterwards gives what the first payment paid, too.
#[tokio::test(flavor = "multi_thread")]
async fn what_went_back_as_an_amount_does_not_bind_the_first_payment() {
    for (amount, rest) in [(3075, 0), (1000, 2075)] {
        let stage = Stage::exchanging().await;
        let (first, _) = stage.exchanged().await;
        let second = stage.exchanging_order().await;
        let (status, answer) = stage.give_back(&second, "amount", json!({"amount_minor": amount})).await;
        assert_eq!((status, &answer["amount_minor"]), (200, &json!(amount)), "{answer}");
        stage.all_succeeded(1).await;
        assert_eq!(stage.count(VALID).await, 1, "the ticket stays good");
        let (status, answer) = stage.give_back(&first, "early", json!({})).await;
        assert_eq!(status, 409, "and what pays for it stays: {answer}");

        let (status, answer) = stage.give_back(&second, "rest", json!({})).await;
        assert_eq!((status, &answer["amount_minor"]), (200, &json!(rest)), "{answer}");
        stage.all_succeeded(3).await;
        stage.until(&first, "refunded").await;
        let of_first = "SELECT coalesce(sum(r.amount_minor), 0)::bigint FROM refunds r JOIN orders o ON o.id = r.order_id
                         WHERE o.exchanges IS NULL AND r.payment_id IS NOT NULL";
        assert_eq!(stage.count(of_first).await, 2100, "its fee is back, too, on its own payment");
        assert_eq!((stage.balance("stripe_clearing").await, stage.count(VALID).await), (0, 0));
        assert_eq!((stage.sold_of(REGULAR).await, stage.sold_of(VIP).await), (0, 0));
        for order in [&first, &second] {
            assert_eq!(
                stage.give_back(order, &format!("more {amount}"), json!({})).await.0,
                409,
                "nothing is left"
            );
        }
        stage.audit().await;
        stage.all_is_well().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rest_of_an_order_goes_back_without_what_was_exchanged() {
    let stage = Stage::exchanging().await;
    let (order, paid) = stage.bought(REGULAR, 2).await;
    let answer = stage.exchange(&order, &id(&paid, 0), VIP).await;
    stage.pay(&to_pay(&answer), CARD).await;
    stage.until_count(DONE, 1).await;
    let (status, answer) = stage.give_back(&order, "rest", json!({})).await;
    assert_eq!((status, &answer["amount_minor"]), (200, &json!(2100)), "{answer}");
    stage.all_succeeded(1).await;
    assert_eq!(stage.order_now(&order).await["state"], "paid", "what it paid for is in use");
    let second = stage.exchanging_order().await;
    stage.give_back(&second, "second", json!({})).await;
    stage.all_succeeded(3).await;
    stage.until(&order, "refunded").await;
    assert_eq!(stage.balance("stripe_clearing").await, 0);
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_exchanged_for_nothing_gives_back_what_the_first_ticket_cost() {
    let stage = Stage::exchanging().await;
    let (order, paid) = stage.bought(REGULAR, 1).await;
    stage.exchange(&order, &id(&paid, 0), BALCONY).await;
    let second = stage.exchanging_order().await;
    let (status, answer) = stage.give_back(&second, "second", json!({})).await;
    assert_eq!((status, &answer["amount_minor"]), (200, &json!(0)), "{answer}");
    stage.all_succeeded(2).await;
    stage.until(&order, "refunded").await;
    assert_eq!((stage.balance("stripe_clearing").await, stage.count(VALID).await), (0, 0));
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_exchanged_for_nothing_becomes_a_credit_of_what_the_first_ticket_cost() {
    let stage = Stage::exchanging().await;
    let (order, paid) = stage.bought(REGULAR, 1).await;
    stage.exchange(&order, &id(&paid, 0), BALCONY).await;
    let second = stage.exchanging_order().await;
    let (status, answer) = stage.give_back(&second, "second", json!({"as_credit": true})).await;
    assert_eq!((status, &answer["amount_minor"]), (200, &json!(0)), "{answer}");
    stage.all_succeeded(2).await;
    stage.until(&order, "refunded").await;
    assert_eq!((stage.balance("stripe_clearing").await, stage.balance("credits").await), (2100, -2100));
    assert_eq!(stage.count("SELECT sum(balance_minor) FROM credits").await, 2100);
    assert_eq!(stage.count(VALID).await, 0);
    stage.audit().await;
    stage.all_is_well().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_credit_paid_for_the_first_ticket_is_on_the_credit_again() {
    let stage = Stage::exchanging().await;
    let (left, _) = stage.bought(REGULAR, 1).await;
    assert_eq!(stage.give_back(&left, "credit", json!({"as_credit": true})).await.0, 200);
    stage.all_succeeded(1).await;
    let told: OrderRefunded = stage.said("order.refunded").await;
    let mut wish = stage.wish(REGULAR, 1);
    wish["promo"] = json!(told.credit_code);
    let (status, body) = stage.checkout("by-credit", &wish).await;
    assert_eq!(status, 201, "{body}");
    let order = Order::of(&body);
    let paid = stage.until(&order, "paid").await;
    let answer = stage.exchange(&order, &id(&paid, 0), VIP).await;
    stage.pay(&to_pay(&answer), CARD).await;
    stage.until_count(DONE, 1).await;
    assert_eq!((stage.balance("stripe_clearing").await, stage.balance("credits").await), (2100 + 3075, 0));
    stage.audit().await;

    let second = stage.exchanging_order().await;
    assert_eq!(stage.give_back(&second, "second", json!({})).await.0, 200);
    stage.all_succeeded(3).await;
    stage.until(&order, "refunded").await;
    assert_eq!((stage.balance("stripe_clearing").await, stage.balance("credits").await), (2100, -2100));
    assert_eq!(stage.count("SELECT balance_minor FROM credits").await, 2100);
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_night_that_is_off_gives_back_both_payments() {
    let stage = Stage::exchanging().await;
    stage.exchanged().await;
    stage.call_off().await;
    stage.all_succeeded(2).await;
    assert_eq!((stage.balance("stripe_clearing").await, stage.count(VALID).await), (0, 0));
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_that_takes_the_first_payment_back_freezes_the_better_ticket() {
    let stage = Stage::exchanging().await;
    let (first, _) = stage.exchanged().await;
    let dispute = stage.dispute(&first, json!({})).await;
    stage.until_disputed(&dispute, "needs_response").await;
    assert_eq!(stage.count(VALID).await, 0, "nobody comes in with what is not paid");
    assert_eq!(stage.count("SELECT count(*) FROM tickets WHERE state = 'disputed'").await, 1);
    stage.dispute_goes(&dispute, "won").await;
    stage.until_disputed(&dispute, "won").await;
    assert_eq!(stage.count(VALID).await, 1, "it is paid after all");
    stage.all_is_well().await;
}

/// The same of two tickets of one order: the first that goes back ends the order, and the second gets its part all the same.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_bank_held_of_two_exchanged_tickets_goes_back_of_both() {
    let stage = Stage::exchanging().await;
    let (first, paid) = stage.bought(REGULAR, 2).await;
    let mut exchanges = Vec::new();
    for n in 0..2 {
        let answer = stage.exchange(&first, &id(&paid, n), VIP).await;
        stage.pay(&to_pay(&answer), CARD).await;
        stage.until_count(DONE, n as i64 + 1).await;
        exchanges.push(stage.exchanging_order().await);
    }
    let dispute = stage.dispute(&first, json!({})).await;
    stage.until_disputed(&dispute, "needs_response").await;
    for (n, exchange) in exchanges.iter().enumerate() {
        assert_eq!(stage.give_back(exchange, &format!("back-{n}"), json!({})).await.0, 200);
    }
    stage.all_succeeded(2).await;
    stage.dispute_goes(&dispute, "won").await;
    stage.until_disputed(&dispute, "won").await;
    stage.all_succeeded(4).await;
    stage.until(&first, "refunded").await;
    let given = "SELECT sum(r.amount_minor)::bigint FROM refunds r JOIN orders o ON o.id = r.order_id
                  WHERE o.exchanges IS NULL AND r.state = 'succeeded'";
    assert_eq!(stage.count(given).await, 4200, "both, to the cent");
    stage.audit().await;
    stage.all_is_well().await;
}

/// Staff take the better ticket back while a bank has what paid for the first one: that part waits for the bank, and goes by itself once it
/// is the club's again. What the bank keeps for the guest is not given twice.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_bank_held_when_an_exchange_went_back_goes_back_once_it_is_won() {
    for (ends, refunds, state) in [("won", 2, "refunded"), ("lost", 1, "paid")] {
        let stage = Stage::exchanging().await;
        let (first, _) = stage.exchanged().await;
        let second = stage.exchanging_order().await;
        let dispute = stage.dispute(&first, json!({})).await;
        stage.until_disputed(&dispute, "needs_response").await;
        let (status, answer) = stage.give_back(&second, "second", json!({})).await;
        assert_eq!((status, &answer["amount_minor"]), (200, &json!(3075)), "{answer}");
        stage.all_succeeded(1).await;
        assert_eq!(stage.count("SELECT count(*) FROM refunds").await, 1, "the bank has the rest");
        assert_eq!(stage.give_back(&first, "first", json!({})).await.0, 409);

        stage.dispute_goes(&dispute, ends).await;
        stage.until_disputed(&dispute, ends).await;
        stage.all_succeeded(refunds).await;
        assert_eq!(stage.count("SELECT count(*) FROM refunds").await, refunds, "{ends}: once, or not at all");
        stage.until(&first, state).await;
        let given = "SELECT coalesce(sum(r.amount_minor), 0)::bigint FROM refunds r JOIN orders o ON o.id = r.order_id
                      WHERE o.exchanges IS NULL AND r.state = 'succeeded'";
        assert_eq!(stage.count(given).await, if ends == "won" { 2100 } else { 0 });
        assert_eq!((stage.count(VALID).await, stage.sold_of(VIP).await), (0, 0));
        // The same word once more gives nothing more.
        let session = json!({"id": dispute, "object": "dispute"});
        stage.tell(&format!("evt_{ends}"), "charge.dispute.closed", session).await;
        assert_eq!(stage.count("SELECT count(*) FROM refunds").await, refunds);
        stage.audit().await;
        stage.all_is_well().await;
    }
}
