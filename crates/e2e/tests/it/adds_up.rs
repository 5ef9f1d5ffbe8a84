//! All that moves the number of people inside, in one evening: what the door, the desk and the messages say of it agrees.

use anyhow::Result;
use devstack::{Stack, StackOptions, StaffRole};
use e2e::{
    audit,
    desk::{Desk, Night},
    door::Door,
    guest::{Guest, codes},
};
use serde_json::{Value, json};
use uuid::Uuid;

#[tokio::test(flavor = "multi_thread")]
async fn an_evening_of_entries_exits_counts_and_mistakes_adds_up() -> Result<()> {
    let stack = Stack::start(StackOptions::default()).await?;
    let night = Night::open_now();
    Desk::sign_in(&stack, StaffRole::Owner).await?.publish(&night).await?;
    let guest = Guest::new(&stack)?;
    let event = guest.event(&night.slug).await;
    let (_, order) = guest.buy(&event, 2).await?;
    audit::holds(&stack).await;
    let door = Door::open(&stack, &event).await?;
    let codes = codes(&order);

    // By mistake, and then rightly.
    let mistaken = door.scan(&codes[0]).await?;
    let undo = format!("/api/v1/scans/{}/undo", mistaken["scan"].as_str().unwrap_or_default());
    assert_eq!(door.call(&undo, &json!({"reason": "wrong guest"})).await?["inside"], 0);
    assert_eq!(door.scan(&codes[0]).await?["decision"], "admit");
    // Without a network: the same ticket again, and another one.
    let brought = [
        door.decided(&codes[0], "nonce-again", "admit", "ok"),
        door.decided(&codes[1], "nonce-another", "admit", "ok"),
    ];
    let told: Value = door.report(&brought).await?.error_for_status()?.json().await?;
    assert_eq!(told["results"][0]["conflict"]["kind"], "second_entry", "{told}");
    assert_eq!(door.inside().await?, 3);

    // Three are counted off who are there all the same; one of them leaves, two come without tickets.
    assert_eq!(count(&door, &event, -3).await?, 0);
    let mut exit = door.body(&codes[1], "nonce-of-an-exit");
    exit["direction"] = json!("exit");
    let left: Value = door.post(&exit).await?.error_for_status()?.json().await?;
    assert_eq!((&left["decision"], &left["inside"]), (&json!("admit"), &json!(0)), "{left}");
    assert_eq!(count(&door, &event, 2).await?, 2);
    // And one who leaves past a phone without a network.
    let mut exit = door.decided(&codes[0], "nonce-of-an-exit-offline", "admit", "ok");
    exit["direction"] = json!("exit");
    door.report(&[exit]).await?.error_for_status()?;
    assert_eq!(door.inside().await?, 1);
    audit::holds(&stack).await;
    Ok(())
}

/// Counts people without tickets; how many are inside then.
async fn count(door: &Door, event: &Value, by: i64) -> Result<i64> {
    let path = format!("/api/v1/events/{}/counter", event["id"].as_str().unwrap_or_default());
    let body = json!({"by": by, "nonce": Uuid::new_v4().to_string()});
    Ok(door.call(&path, &body).await?["inside"].as_i64().unwrap_or(-1))
}
