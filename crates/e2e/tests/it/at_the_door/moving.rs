//! A code that moves: the guest's page shows the one of the moment, which lets in; a photo of it, a minute later, does not.

use super::*;
use chrono::{DateTime, TimeDelta, Utc};
use domain::clock::{Clock, SystemClock};
use domain::ticket_code::Step;
use e2e::{desk::Desk, guest::Guest};

/// The code of a ticket as its page showed it at an instant.
fn shown_at(club: &Club, event: &Value, ticket: &Value, at: DateTime<Utc>) -> Result<String> {
    use base64::{Engine, engine::general_purpose::STANDARD};
    let signing = club.stack.keys().ticket_signing();
    let (_, seed) = signing.split_once(':').context("a key")?;
    let seed: [u8; 32] =
        STANDARD.decode(seed)?.try_into().map_err(|_| anyhow::anyhow!("a seed of 32 bytes"))?;
    let code = TicketCode {
        key_id: devstack::TICKET_KEY,
        kind: CodeKind::Ticket,
        ticket: ticket["id"].as_str().context("an id")?.parse()?,
        event: event["id"].as_str().context("an id")?.parse()?,
        step: Some(Step::at(at)),
    };
    Ok(code.sign(&ed25519_dalek::SigningKey::from_bytes(&seed)))
}

/// The code in letters that a guest's page shows of one of its tickets now; its picture is there too.
async fn on_the_page(guest: &Browser, ticket: &Value) -> Result<String> {
    let script = "const code = document.querySelector(`[data-ticket='${arguments[0]}']`);
        return code.querySelector('[data-modules]').getAttribute('d') && code.querySelector('[data-letters]').textContent;";
    let id = ticket["id"].as_str().context("an id")?;
    Ok(until("the page shows a code", PATIENCE, || async {
        let shown = guest.driver().execute(script, vec![json!(id)]).await.ok()?;
        shown.json().as_str().filter(|code| !code.is_empty()).map(str::to_owned)
    })
    .await)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_code_of_the_moment_lets_in_and_a_photo_of_an_older_one_does_not() -> Result<()> {
    let club = Club::open().await?;
    let night = Night::open_now();
    let mut body = night.body();
    body["ticket_types"][0]["terms"] = json!({"rotating_code": true});
    let desk = Desk::sign_in(&club.stack, StaffRole::Owner).await?;
    let made: Value = desk.post("/api/v1/events", &body).await?.error_for_status()?.json().await?;
    let publish = format!("/api/v1/events/{}/publish", made["id"].as_str().context("an id")?);
    desk.post(&publish, &json!({})).await?.error_for_status()?;
    let buyer = Guest::new(&club.stack)?;
    let event = buyer.event(&night.slug).await;
    let (placed, order) = buyer.buy(&event, 2).await?;
    let (first, second) = (&order["tickets"][0], &order["tickets"][1]);
    assert_eq!(first["code"], Value::Null, "nobody has it but the page: {order}");
    until("the door knows the tickets", PATIENCE, || async {
        (count(&club, "select count(*) as sum from scanner.admissions").await? >= 2).then_some(())
    })
    .await;
    let phone = phone_at(&club, &event).await?;

    let guest = Browser::open(PHONE).await?;
    guest.go(&placed.url).await?;
    guest.see(".moving .ticket__code svg").await?;
    guest.read("This code moves").await;
    let photo = shown_at(&club, &event, second, SystemClock.now() - TimeDelta::minutes(1))?;
    scan(&phone, &photo, "deny").await?;
    assert_eq!(count(&club, "select count(*) as sum from scanner.entries").await, Some(0));
    let code = on_the_page(&guest, first).await?;
    assert_eq!(scan(&phone, &code, "admit").await?, "Admitted");
    let code = on_the_page(&guest, second).await?;
    assert_eq!(scan(&phone, &code, "admit").await?, "Admitted", "the same ticket as in the photo");
    club.picture(&guest, "ticket-moving").await?;
    guest.close().await?;
    phone.close().await
}
