//! A ticket that was passed on, and its money that goes back to whoever bought it.

use diesel_async::RunQueryDsl;
use messages::purchase::v1::OrderRefunded;
use prost::Message;
use serde_json::{Value, json};

use super::{LIVE, TO_BEA, below, id};
use crate::stage::{Order, Stage};

impl Stage {
    async fn give_all_back(&self, order: &Order) -> (u16, Value) {
        let path = format!("/internal/v1/orders/{}/refunds", order.reference);
        self.inside("marketing-admin", &path, Some(json!({"key": "all", "reason": "the guest is ill"}))).await
    }

    /// What went back, as the others were told.
    pub async fn told_back(&self) -> OrderRefunded {
        #[derive(diesel::QueryableByName)]
        struct Said {
            #[diesel(sql_type = diesel::sql_types::Binary)]
            payload: Vec<u8>,
        }
        let mut conn = self.purchase.conn().await.expect("a connection");
        let said: Said = diesel::sql_query("SELECT payload FROM outbox WHERE subject = 'order.refunded'")
            .get_result(&mut *conn)
            .await
            .expect("said");
        OrderRefunded::decode(&*said.payload).expect("a message")
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_goes_back_takes_the_friend_s_ticket_with_it() {
    let stage = Stage::open().await;
    let (order, paid) = stage.bought(0, 2).await;
    stage.post(&order.ticket(&id(&paid, 0), "transfer"), &TO_BEA).await;
    let link = stage.link().await;
    assert_eq!(stage.count("SELECT sum(sold) FROM stock").await, 2, "a place is counted once");
    stage.audit().await;
    let (status, answer) = stage.give_all_back(&order).await;
    assert_eq!((status, &answer["amount_minor"]), (200, &json!(4200)), "{answer}");
    stage.until(&order, "refunded").await;
    assert_eq!(stage.count(LIVE).await, 0);
    assert_eq!(stage.count("SELECT sum(sold) FROM stock").await, 0, "each place is free, once");
    let page = stage.page(&link).await;
    assert!(page.contains("No longer valid") && !page.contains("class=\"qr\""), "{page}");
    assert_eq!(stage.get(&below(&link, "ticket.pdf")).await.status(), 404);
    stage.until_count("SELECT count(*) FROM refunds WHERE state = 'succeeded'", 1).await;
    let mut sold = [id(&paid, 0), id(&paid, 1)];
    sold.sort();
    let told = stage.told_back().await;
    assert_eq!(told.ticket_ids, sold, "who counts sales knows the tickets that were sold");
    let lost: Vec<_> = told.lost.iter().filter_map(|lost| lost.holder.as_ref()).collect();
    assert_eq!(lost.len(), 1, "the friend is told, and nobody else: {told:?}");
    assert_eq!((lost[0].email.as_str(), lost[0].name.as_str()), ("bea@example.org", "Bea Ruiz"));
    assert!(!told.ticket_ids.contains(&told.lost[0].ticket_id), "of the ticket that the friend holds");
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_that_is_asked_back_does_not_slip_away() {
    let stage = Stage::open().await;
    let (order, paid) = stage.bought(0, 1).await;
    stage.door.silent(true);
    assert_eq!(stage.give_all_back(&order).await.1["state"], "asked", "the door has not answered");
    let answer = stage.post(&order.ticket(&id(&paid, 0), "transfer"), &TO_BEA).await;
    assert_eq!(answer.status(), 409);
    stage.door.silent(false);
    stage.until(&order, "refunded").await;
    assert_eq!((stage.count(LIVE).await, stage.count("SELECT count(*) FROM tickets").await), (0, 1));
    stage.until_count("SELECT count(*) FROM refunds WHERE state = 'succeeded'", 1).await;
    stage.audit().await;
}
