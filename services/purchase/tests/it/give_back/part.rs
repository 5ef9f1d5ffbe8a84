//! A part of an order goes back only where the rest could have been bought so.

use chrono::TimeDelta;
use messages::marketing_admin::v1::promo_changed::Off;
use messages::marketing_admin::v1::{Companion, PromoChanged, TicketKind};
use reqwest::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Form, location};
use crate::stage::{Order, Stage};

const CARD: &str = "4242424242424242";

impl Stage {
    /// Buys so many of both types in one order.
    async fn bought_both(&self, first: u32, second: u32) -> (Order, Value) {
        let mut wish = self.wish(0, first);
        let items = wish["items"].as_array_mut().expect("items");
        items.push(json!({"ticket_type": self.kind(1), "quantity": second}));
        let (status, body) = self.checkout(&Uuid::now_v7().to_string(), &wish).await;
        assert_eq!(status, 201, "{body}");
        let order = Order::of(&body);
        self.pay(&order, CARD).await;
        let paid = self.until(&order, "paid").await;
        (order, paid)
    }

    /// Asks to give one ticket back, by page and by form; both say no, and nothing has changed.
    async fn keeps(&self, order: &Order, ticket: &str, because: &str) {
        let path = one(order, ticket);
        let form = Form { once: Uuid::now_v7().to_string(), sum: "2000".into(), tickets: ticket.to_owned() };
        let before = self.count("SELECT count(*) FROM refunds").await;
        for answer in [self.get(&path).await, self.post(&path, &form.fields()).await] {
            assert_eq!(answer.status(), StatusCode::CONFLICT);
            let page = answer.text().await.expect("a page");
            assert!(page.contains(because) && page.contains("the whole order"), "{page}");
        }
        assert_eq!(self.count("SELECT count(*) FROM refunds").await, before);
    }

    async fn gives(&self, path: &str, order: &Order) {
        let answer = self.post(path, &Form::of(&self.text(path).await).fields()).await;
        assert_eq!((answer.status(), location(&answer)), (StatusCode::SEE_OTHER, order.page.as_str()));
    }
}

fn one(order: &Order, ticket: &str) -> String {
    order.file(&format!("tickets/{ticket}/refund"))
}

/// The first ticket of a type.
fn of(paid: &Value, type_name: &str) -> String {
    let tickets = paid["tickets"].as_array().expect("tickets");
    let found = tickets.iter().find(|ticket| ticket["type_name"] == type_name).expect("one of the type");
    found["id"].as_str().expect("an id").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_does_not_leave_its_extra_behind() {
    let mut stage = Stage::open().await;
    stage.event.ticket_types[1].kind = TicketKind::AddOn.into();
    stage.event.ticket_types[1].name = "Coat check".into();
    stage.give_back_until(TimeDelta::hours(2), true, 2).await;
    let (order, paid) = stage.bought_both(1, 1).await;
    stage.keeps(&order, &of(&paid, "Regular"), "stay without a ticket").await;
    // The extra goes alone, and then its entry.
    stage.gives(&one(&order, &of(&paid, "Coat check")), &order).await;
    stage.given_back(1).await;
    stage.gives(&one(&order, &of(&paid, "Regular")), &order).await;
    stage.until(&order, "refunded").await;
    stage.given_back(2).await;
    stage.audit().await;

    // Or both at once.
    let (order, _) = stage.bought_both(1, 1).await;
    stage.gives(&order.file("refund"), &order).await;
    stage.until(&order, "refunded").await;
    stage.given_back(3).await;
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_ticket_needs_stays_with_it_also_where_a_friend_holds_it() {
    let mut stage = Stage::open().await;
    stage.event.ticket_types[1].name = "Bottle".into();
    stage.event.ticket_types[0].needs = Some(Companion { name: "Bottle".into(), serves: 2 });
    stage.give_back_until(TimeDelta::hours(2), true, 2).await;
    let (order, paid) = stage.bought_both(3, 2).await;
    let bottle = of(&paid, "Bottle");
    let because = "Regular is only good together with Bottle";
    stage.keeps(&order, &bottle, because).await;
    let friends = of(&paid, "Regular");
    let to_bea = [("name", "Bea Ruiz"), ("email", "bea@example.org")];
    stage.post(&order.file(&format!("tickets/{friends}/transfer")), &to_bea).await;
    // Two are served by one bottle: after one of three, one of the two may go.
    let now = stage.order_now(&order).await;
    let tickets = now["tickets"].as_array().expect("tickets").iter();
    let own: Vec<&str> = tickets
        .filter(|ticket| ticket["type_name"] == "Regular" && ticket["state"] == "valid")
        .filter_map(|ticket| ticket["id"].as_str())
        .collect();
    stage.gives(&one(&order, own[0]), &order).await;
    stage.given_back(1).await;
    stage.gives(&one(&order, &bottle), &order).await;
    stage.given_back(2).await;
    // All that is the buyer's own would leave the friend without a bottle.
    let all = stage.get(&order.file("refund")).await;
    assert_eq!(all.status(), StatusCode::CONFLICT);
    assert!(all.text().await.expect("a page").contains(because));
    stage.gives(&one(&order, own[1]), &order).await;
    stage.given_back(3).await;
    assert_eq!(
        stage.count("SELECT count(*) FROM tickets WHERE state = 'valid'").await,
        2,
        "the friend's, and a bottle"
    );
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_promo_s_minimum_holds_for_what_stays() {
    let stage = Stage::open().await;
    stage.give_back_until(TimeDelta::hours(2), true, 2).await;
    let promo = PromoChanged {
        promo_id: Uuid::now_v7().to_string(),
        revision: 1,
        name: "Two and more".into(),
        codes: vec!["SUMMER".into()],
        off: Some(Off::BasisPoints(5_000)),
        currency: "EUR".into(),
        minimum_minor: 4000,
        active: true,
        ..PromoChanged::default()
    };
    stage.publish_promo(&promo).await;
    let mut wish = stage.wish(0, 3);
    wish["promo"] = json!("SUMMER");
    let (status, body) = stage.checkout(&Uuid::now_v7().to_string(), &wish).await;
    assert_eq!(status, 201, "{body}");
    let order = Order::of(&body);
    stage.pay(&order, CARD).await;
    let paid = stage.until(&order, "paid").await;
    let id = |at: usize| paid["tickets"][at]["id"].as_str().expect("an id").to_owned();
    stage.gives(&one(&order, &id(0)), &order).await;
    stage.given_back(1).await;
    stage.keeps(&order, &id(1), "cost less than your code asks for").await;
    stage.gives(&order.file("refund"), &order).await;
    stage.until(&order, "refunded").await;
    stage.given_back(2).await;
    let money = "SELECT sum(amount_minor) FROM refunds";
    assert_eq!(
        stage.count(money).await,
        3000,
        "what was paid for the tickets, and no discount was worked out again"
    );
    stage.audit().await;
}
