//! A line that ends: with its night, with the sale; and money that comes late.

use super::CARD;
use crate::late::tell;
use crate::stage::Stage;

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
