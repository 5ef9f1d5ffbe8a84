//! What is sold beside an entry: a coat check has a code of its own, which opens the coats and not the door.

use anyhow::{Context, Result};
use devstack::{Stack, StackOptions, StaffRole};
use e2e::{
    audit,
    desk::{Desk, Night},
    door::Door,
    guest::{Guest, card, placed},
    wait::{PATIENCE, until},
};
use serde_json::{Value, json};
use uuid::Uuid;

/// The gate before a zone, or the one that is not.
async fn gate(stack: &Stack, door: &Door, zone: &str, before: bool) -> Result<Value> {
    let list = stack.client()?.get(format!("{}/api/v1/events", stack.urls.scanner)).bearer_auth(door.token());
    let list: Value = list.send().await?.error_for_status()?.json().await?;
    let gates = list["events"][0]["gates"].as_array().context("gates")?;
    let gate = gates.iter().find(|gate| (gate["zone"]["name"] == zone) == before);
    Ok(gate.context("a gate")?["id"].clone())
}

/// Scans a code at a gate: the answer.
async fn scan(door: &Door, gate: &Value, code: &str) -> Result<Value> {
    let mut body = door.body(code, &Uuid::new_v4().to_string());
    body["gate"] = gate.clone();
    Ok(door.post(&body).await?.error_for_status()?.json().await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_coat_checks_code_does_not_let_in_at_the_door() -> Result<()> {
    let stack = Stack::start(StackOptions::default()).await?;
    let desk = Desk::sign_in(&stack, StaffRole::Owner).await?;
    let venue = json!({"name": "Maguey", "address": "Calle 1", "time_zone": "Europe/Madrid"});
    desk.post("/api/v1/venues", &venue).await?.error_for_status()?;
    let night = Night::open_now();
    let mut body = night.body();
    let coats = json!({"name": "Coat check", "capacity": 50, "price": {"minor": 300, "currency": "EUR"},
        "terms": {"kind": "add_on"}});
    body["ticket_types"].as_array_mut().context("types")?.push(coats);
    let made: Value = desk.post("/api/v1/events", &body).await?.error_for_status()?.json().await?;
    let path = format!("/api/v1/events/{}/publish", made["id"].as_str().unwrap_or_default());
    desk.post(&path, &json!({})).await?.error_for_status()?;

    let guest = Guest::new(&stack)?;
    let event = guest.event(&night.slug).await;
    let kinds = event["ticket_types"].as_array().context("types")?;
    let items: Vec<Value> =
        kinds.iter().map(|kind| json!({"ticket_type": kind["id"], "quantity": 1})).collect();
    assert_eq!(items.len(), 2, "{event}");
    let wish = json!({"event": event["id"], "items": items, "buyer": {"name": "Ana", "email": guest.email}});
    let answer = guest.ask_with(&wish, &Uuid::new_v4().to_string()).await?.error_for_status()?;
    let order = placed(&answer.json().await?)?;
    guest.pay(&order, card::GOOD).await?;
    let paid = guest.order_becomes(&order, "paid").await;
    let code = |name: &str| {
        let mut tickets = paid["tickets"].as_array().into_iter().flatten();
        let one = tickets.find(|ticket| ticket["type_name"] == name);
        one.and_then(|ticket| ticket["code"].as_str()).unwrap_or_default().to_owned()
    };
    let (entry, coat) = (code("Regular"), code("Coat check"));
    assert!(!entry.is_empty() && !coat.is_empty() && entry != coat, "{paid}");

    let door = Door::open(&stack, &event).await?;
    until("the door knows both", PATIENCE, || async {
        let known = audit::count(&stack, "select count(*) as sum from scanner.admissions").await.ok()?;
        (known == 2).then_some(())
    })
    .await;
    let main = gate(&stack, &door, "Coat check", false).await?;
    let coats = gate(&stack, &door, "Coat check", true).await?;
    let refused = scan(&door, &main, &coat).await?;
    assert_eq!(
        (&refused["decision"], &refused["reason"]),
        (&json!("deny"), &json!("wrong_gate")),
        "{refused}"
    );
    assert!(refused["sentence"].as_str().is_some_and(|said| said.contains("Coat check")), "{refused}");
    assert_eq!(door.inside().await?, 0, "nobody came in with a coat");
    assert_eq!(scan(&door, &main, &entry).await?["decision"], "admit");
    // Where the coats are it is good, once; the entry is not.
    for (code, reason) in [(&entry, "wrong_gate"), (&coat, "ok"), (&coat, "already_inside")] {
        assert_eq!(scan(&door, &coats, code).await?["reason"], reason);
    }
    audit::holds(&stack).await;
    Ok(())
}
