//! What can be held before the door's camera.

use super::*;
use domain::{
    ids::{EventId, TicketId},
    ticket_code::{CodeKind, KeyRing, TicketCode},
};
use ed25519_dalek::SigningKey;

#[tokio::test(flavor = "multi_thread")]
async fn codes_that_are_not_tickets_of_this_night_are_refused_by_reason() -> Result<()> {
    let stack = Stack::start(StackOptions::default()).await?;
    let desk = Desk::sign_in(&stack, StaffRole::Owner).await?;
    let (tonight, other) = (Night::open_now(), Night::open_now());
    desk.publish(&tonight).await?;
    desk.publish(&other).await?;
    let guest = Guest::new(&stack)?;
    let (event, elsewhere) = (guest.event(&tonight.slug).await, guest.event(&other.slug).await);
    let (_, mine) = guest.buy(&event, 1).await?;
    let (_, foreign) = guest.buy(&elsewhere, 1).await?;
    audit::holds(&stack).await;
    let door = Door::open(&stack, &event).await?;
    let mine = codes(&mine).remove(0);
    let event_id: EventId = event["id"].as_str().unwrap_or_default().parse()?;
    let strange = TicketCode {
        key_id: devstack::TICKET_KEY,
        kind: CodeKind::Ticket,
        ticket: TicketId::generate(),
        event: event_id,
        step: None,
    };
    let forged = strange.sign(&SigningKey::from_bytes(&[9; 32]));
    // Nothing on this machine is real: a real ticket is refused by name.
    let real = TicketCode { key_id: 1, ..strange }.sign(&SigningKey::from_bytes(&[9; 32]));
    let long = "A".repeat(600);
    let rows: [(&str, &str); 8] = [
        (&codes(&foreign)[0], "wrong_event"),
        (&forged, "forged"),
        (&real, "live_ticket"),
        (&mine[..80], "malformed"),
        ("https://example.org/?id=1", "malformed"),
        ("' or 1=1 --", "malformed"),
        (&long, "malformed"),
        (&mine, "ok"),
    ];
    for (code, reason) in rows {
        let answer = door.scan(code).await?;
        assert_eq!(answer["reason"], reason, "{answer}");
        assert_eq!(answer["decision"], if reason == "ok" { "admit" } else { "deny" });
        assert!(answer["sentence"].as_str().is_some_and(|s| !s.is_empty()), "{answer}");
    }
    let again = door.scan(&mine).await?;
    assert_eq!(again["reason"], "already_inside");
    assert!(again["first_scan"]["at"].is_string() && again["first_scan"]["gate"].is_string(), "{again}");

    let mut strange = door.body(&mine, "n1");
    strange["event"] = json!(Uuid::new_v4());
    assert_eq!(door.post(&strange).await?.status(), StatusCode::NOT_FOUND);
    let mut strange = door.body(&mine, "n2");
    strange["admin"] = json!(true);
    assert_eq!(door.post(&strange).await?.status(), StatusCode::UNPROCESSABLE_ENTITY);
    Ok(())
}

/// The club takes a ticket back; the code that was good a minute ago is refused with that reason.
#[tokio::test(flavor = "multi_thread")]
async fn a_voided_ticket_is_refused_with_its_own_reason() -> Result<()> {
    let stack = Stack::start(StackOptions::default()).await?;
    let night = Night::open_now();
    Desk::sign_in(&stack, StaffRole::Owner).await?.publish(&night).await?;
    let guest = Guest::new(&stack)?;
    let event = guest.event(&night.slug).await;
    let (_, order) = guest.buy(&event, 2).await?;
    audit::holds(&stack).await;
    let codes = codes(&order);
    let ring: KeyRing = stack.keys().ticket_public()?.parse()?;
    let voided = TicketCode::read(&codes[0], &ring)?.ticket;
    let call = stack
        .client()?
        .post(format!("{}/internal/v1/tickets/{voided}/void", stack.internal(Service::Purchase)))
        .bearer_auth(crate::access::service_token(&stack, "magueyctl", "purchase")?)
        .json(&json!({"reason": "lost"}));
    assert!(call.send().await?.status().is_success());
    audit::holds(&stack).await;
    let door = Door::open(&stack, &event).await?;
    assert_eq!(door.scan(&codes[0]).await?["reason"], "cancelled");
    assert_eq!(
        door.scan(&codes[1]).await?["decision"],
        "admit",
        "the other ticket of the order is untouched"
    );
    Ok(())
}
