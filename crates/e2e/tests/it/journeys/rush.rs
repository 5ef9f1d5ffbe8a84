//! A night that everybody wants: an open page changes while a guest looks at it, and when too many come they wait in line.

use super::*;
use e2e::audit;
use e2e::desk::{Desk, Night};

#[tokio::test(flavor = "multi_thread")]
async fn an_open_page_stays_true_and_a_hot_night_has_a_line() -> Result<()> {
    let club = Club::open().await?;
    let phone = Browser::open(PHONE).await?;
    let told = look_and_wait(&club, &phone).await;
    if told.is_err() {
        phone.keep_evidence("rush").await;
        eprintln!("{}", club.stack.log(Service::Purchase));
    }
    told?;
    phone.close().await
}

async fn look_and_wait(club: &Club, phone: &Browser) -> Result<()> {
    let night = Night { capacity: 12, ..Night::open_now() };
    Desk::sign_in(&club.stack, StaffRole::Owner).await?.publish(&night).await?;
    let (guest, other) = (Guest::new(&club.stack)?, Guest::new(&club.stack)?);
    let event = guest.event(&night.slug).await;
    let page = format!("{}/e/{}", club.stack.urls.purchase, night.slug);
    phone.go(&page).await?;
    phone.read("Only 12 left").await;
    for _ in 0..4 {
        phone.click("[data-step='1']").await?;
    }
    phone.fill("#name", "Ana Guest").await?;

    // Somebody else is faster: what is left changes in place, what was chosen too, and the page says so.
    other.place(&event, 9).await;
    phone.read("Only 3 left").await;
    phone.read("Your choice is now 3").await;
    let kept =
        "return [document.querySelector('[data-type] input').value, document.querySelector('#name').value];";
    let kept = phone.driver().execute(kept, vec![]).await?.json().clone();
    assert_eq!(kept, json!(["3", "Ana Guest"]), "nothing was loaded anew");
    phone.read("3 tickets").await;
    club.picture(phone, "live").await?;
    other.place(&event, 3).await;
    phone.read("Sold out").await;
    phone.see("#waitlist form").await?;
    assert!(phone.text("[data-live-said]").await?.contains("no longer part of your choice"));

    wait_in_line(club, phone, &guest).await
}

/// A night whose room is open, with as many before the guest as are let in within a few seconds.
async fn wait_in_line(club: &Club, phone: &Browser, guest: &Guest) -> Result<()> {
    let night = Night::open_now();
    Desk::sign_in(&club.stack, StaffRole::Owner).await?.publish(&night).await?;
    guest.event(&night.slug).await;
    // The guest has chosen already when the room opens: the form leads to the waiting room.
    phone.go(&format!("{}/e/{}", club.stack.urls.purchase, night.slug)).await?;
    phone.click("[data-step='1']").await?;
    phone.fill("#name", "Ana Guest").await?;
    phone.fill("#email", &guest.email).await?;
    audit::change(&club.stack, &open_room(&night.slug, 1000)).await?;
    let (client, page) = (club.stack.client()?, format!("{}/e/{}", club.stack.urls.purchase, night.slug));
    until("the room is open", PATIENCE, || async {
        let html = client.get(&page).send().await.ok()?.text().await.ok()?;
        html.contains("Many people want tickets").then_some(())
    })
    .await;
    phone.click("button[form=buy]").await?;
    phone.arrive("/waiting-room").await;
    phone.read("people are ahead of you").await;
    club.picture(phone, "waiting-room").await?;
    phone.read("It’s your turn").await;
    let kept =
        "return [document.querySelector('[data-type] input').value, document.querySelector('#email').value];";
    let kept = phone.driver().execute(kept, vec![]).await?.json().clone();
    assert_eq!(kept, json!(["1", guest.email]), "what was chosen before is chosen still");
    phone.click("button[form=buy]").await?;
    phone.arrive(&club.stack.urls.sandbox).await;
    Ok(())
}

/// Opens a night's waiting room with so many before the next guest.
pub fn open_room(slug: &str, before: i64) -> String {
    format!(
        "insert into purchase.waiting_rooms (event_id, handed_out, reckoned_at, counted_from, open_since)
         select id, {before}, now(), now(), now() from purchase.events where slug = '{slug}'"
    )
}
