//! Tickets that were saved at Google follow theirs.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{a_week_later, stage};
use crate::stage::{LOOKS, Stage, pause};

impl Stage {
    /// Waits until what a guest saved at Google is so.
    async fn at_google(&self, kind: &str, so: impl Fn(&Value) -> bool) -> Value {
        let mut last = Value::Null;
        for _ in 0..LOOKS {
            let state = self.sandbox_state().await;
            let kept = state["wallet"].as_object().expect("a wallet");
            last =
                kept.iter().find(|(id, _)| id.starts_with(kind)).map_or(Value::Null, |(_, one)| one.clone());
            if so(&last) {
                return last;
            }
            pause().await;
        }
        panic!("Google never heard of it: {last}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn google_is_told_of_tickets_whose_link_a_guest_asked_for() {
    let stage = stage().await;
    let (order, paid) = stage.bought(0, 1).await;
    let ticket = paid["tickets"][0]["id"].as_str().expect("an id");
    stage.bought(0, 1).await;
    let answer = stage.get(&order.file(&format!("tickets/{ticket}/google-wallet"))).await;
    let link = answer.headers()["location"].to_str().expect("plain text").to_owned();
    stage.control("wallet/save", json!({ "link": link })).await;
    assert_eq!(stage.count("SELECT count(*) FROM wallet_passes").await, 1, "nobody asked for the other's");

    stage.renames(&order, ticket, "Bea Ruiz").await;
    stage.at_google("eventTicketObject/", |object| object["ticketHolderName"] == "Bea Ruiz").await;
    let moved = stage.later(2, a_week_later);
    stage.publish(&moved).await;
    let on = |class: &Value| {
        let at = class["dateTime"]["start"].as_str().and_then(|at| at.parse::<DateTime<Utc>>().ok());
        at.is_some_and(|at| at.timestamp() == moved.starts_at / 1000)
    };
    stage.at_google("eventTicketClass/", on).await;
    stage.voids(ticket).await;
    stage.at_google("eventTicketObject/", |object| object["state"] == "INACTIVE").await;
    stage.until_count("SELECT count(*) FROM wallet_passes WHERE due_at IS NOT NULL", 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_is_saved_after_the_ticket_changed_is_put_right_too() {
    let stage = stage().await;
    let (order, paid) = stage.bought(0, 1).await;
    let ticket = paid["tickets"][0]["id"].as_str().expect("an id");
    let answer = stage.get(&order.file(&format!("tickets/{ticket}/google-wallet"))).await;
    let link = answer.headers()["location"].to_str().expect("plain text").to_owned();
    stage.renames(&order, ticket, "Bea Ruiz").await;
    // Google has no such ticket yet: it is told again.
    stage.until_count("SELECT count(*) FROM wallet_passes WHERE tries >= 1 AND due_at IS NOT NULL", 1).await;
    stage.control("wallet/save", json!({ "link": link })).await;
    stage.sql("UPDATE wallet_passes SET due_at = now()").await;
    stage.at_google("eventTicketObject/", |object| object["ticketHolderName"] == "Bea Ruiz").await;
}
