//! A round of Google's: tickets are told beside each other, and what would be refused to each of them is asked for once.

use serde_json::{Value, json};

use super::{a_week_later, stage};
use crate::stage::Stage;

/// As many as are told beside each other.
const MANY: u32 = 8;

impl Stage {
    /// A guest saves the tickets of one order at Google.
    async fn saves_at_google(&self) {
        let (order, paid) = self.bought(0, MANY).await;
        for ticket in paid["tickets"].as_array().expect("tickets") {
            let ticket = ticket["id"].as_str().expect("an id");
            let answer = self.get(&order.file(&format!("tickets/{ticket}/google-wallet"))).await;
            let link = answer.headers()["location"].to_str().expect("plain text").to_owned();
            self.control("wallet/save", json!({ "link": link })).await;
        }
        assert_eq!(self.count("SELECT count(*) FROM wallet_passes").await, i64::from(MANY));
    }

    async fn google_fails(&self, path: &str, action: Value) {
        self.control("faults", json!({"provider": "google", "path": path, "count": 0, "action": action}))
            .await;
    }

    /// How often the fault of this test struck.
    async fn struck(&self) -> i64 {
        let url = format!("{}/control/faults", self.sandbox.url);
        let faults: Value = self.http.get(url).send().await.expect("the sandbox").json().await.expect("JSON");
        faults["faults"][0]["struck"].as_i64().expect("a fault")
    }

    /// Waits until so many passes, or more, were tried in vain.
    async fn until_tried(&self, many: u32) {
        let tried = format!("SELECT (count(*) >= {many})::int FROM wallet_passes WHERE tries >= 1");
        self.until_count(&tried, 1).await;
    }

    /// It is back, and hears of everything by itself.
    async fn google_is_back(&self) {
        let back = self.http.delete(format!("{}/control/faults", self.sandbox.url)).send().await;
        assert!(back.expect("the sandbox").status().is_success());
        self.until_count("SELECT count(*) FROM wallet_passes WHERE due_at IS NOT NULL", 0).await;
        assert_eq!(self.count("SELECT count(*) FROM wallet_passes WHERE tries > 0").await, 0);
    }
}

/// A new date is news of all tickets of the night in one moment.
#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_that_google_does_not_answer_holds_up_no_other() {
    let stage = stage().await;
    stage.saves_at_google().await;
    stage.google_fails("/walletobjects/v1/eventTicketObject/*", json!({"kind": "hang", "ms": 1000})).await;
    stage.publish(&stage.later(2, a_week_later)).await;
    // One by one, the first would have been given up before the second was told.
    stage.until_tried(1).await;
    let asked = stage.struck().await;
    assert!(asked >= i64::from(MANY), "only {asked} were told beside each other");
    stage.google_is_back().await;
}

/// What is refused to all is asked for once: the rounds that follow are of all of them again, so that each pass counts a try.
async fn asked_once(path: &str) {
    let stage = stage().await;
    stage.saves_at_google().await;
    stage.google_fails(path, json!({"kind": "status", "status": 503})).await;
    stage.publish(&stage.later(2, a_week_later)).await;
    stage.until_tried(MANY).await;
    let asked = stage.struck().await;
    let tries = stage.count("SELECT sum(tries) FROM wallet_passes").await;
    assert!(asked < tries, "asked {asked} times for {tries} tries of passes");
    stage.google_is_back().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_google_refuses_is_asked_for_once_and_not_for_each_pass() {
    asked_once("/token").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_night_that_google_does_not_take_is_told_once_and_not_for_each_pass() {
    asked_once("/walletobjects/v1/eventTicketClass/*").await;
}
