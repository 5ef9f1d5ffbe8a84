//! The guest list: staff put a guest on it with two who come along, the door lets them in, and after the cut-off nobody else.

use super::*;
use e2e::desk::{Desk, Night};
use e2e::door::Door;

#[tokio::test(flavor = "multi_thread")]
async fn guests_of_the_list_come_in_until_the_cut_off() -> Result<()> {
    let club = Club::open().await?;
    let desk = Browser::open(DESK).await?;
    let told = list_and_admit(&club, &desk).await;
    if told.is_err() {
        desk.keep_evidence("guest-list").await;
        eprintln!("{}", club.stack.log(Service::Purchase));
    }
    told?;
    desk.close().await
}

async fn list_and_admit(club: &Club, desk: &Browser) -> Result<()> {
    let night = Night { capacity: 10, ..Night::open_now() };
    let event = Desk::sign_in(&club.stack, StaffRole::Owner).await?.publish(&night).await?;
    let id = event["id"].as_str().context("an id")?;
    let (ana, bea) = (Guest::new(&club.stack)?, Guest::new(&club.stack)?);
    let door = Door::open(&club.stack, &ana.event(&night.slug).await).await?;

    club.sign_in_at_desk(desk).await?;
    club.see_dashboard(desk).await?;
    desk.go(&format!("{}/admin/events/{id}", club.stack.urls.marketing)).await?;
    desk.click("a[href$='/guest-list']").await?;
    desk.read("Nobody is on the list yet").await;
    both(club, desk, "guest-list-empty").await?;
    add(desk, "Ana López", &ana.email, "3", "DJ Ñandú").await?;
    add(desk, "Bea Ruiz", &bea.email, "1", "").await?;
    both(club, desk, "guest-list").await?;

    // Each has a mail that says until when, with a code for each head.
    let (anas, beas) = (mailed(&ana).await?, mailed(&bea).await?);
    assert_eq!((anas.len(), beas.len()), (3, 1));
    for code in &anas {
        assert_eq!(door.admits(code).await["decision"], "admit", "before the cut-off");
    }
    until("the desk sees who has come", PATIENCE, || async {
        desk.go(&format!("{}/admin/events/{id}/guest-list", club.stack.urls.marketing)).await.ok()?;
        desk.text("[data-sum]").await.ok().filter(|sum| sum.contains("4 guests · 3 in"))
    })
    .await;
    both(club, desk, "guest-list-arrived").await?;

    // The cut-off passes, on every ticket and at the door.
    let over = "update scanner.admissions set admit_until = date_trunc('milliseconds', now());
                update purchase.tickets set admit_until = date_trunc('milliseconds', now());
                update purchase.guest_list set admit_until = date_trunc('milliseconds', now())";
    e2e::audit::change(&club.stack, over).await?;
    let late = door.scan(&beas[0]).await?;
    assert_eq!((&late["decision"], &late["reason"]), (&json!("deny"), &json!("too_late")), "{late}");
    assert!(
        late["sentence"].as_str().is_some_and(|said| said.starts_with("This ticket let in until")),
        "{late}"
    );

    // Who does not come any more gives the place back; who is inside stays.
    desk.go(&format!("{}/admin/events/{id}/guest-list?search=bea", club.stack.urls.marketing)).await?;
    desk.click("tr[data-entry] form:last-of-type button").await?;
    // The desk says so at once, or that the door has yet to be heard; after the cut-off a scan lets nobody in meanwhile.
    until("the door knows that the place was given back", PATIENCE, || async {
        let said = door.scan(&beas[0]).await.ok()?;
        (said["reason"] == "cancelled").then_some(())
    })
    .await;
    until("the desk says who is inside and stays", PATIENCE, || async {
        desk.go(&format!("{}/admin/events/{id}/guest-list", club.stack.urls.marketing)).await.ok()?;
        desk.click("tr[data-entry] form:last-of-type button").await.ok()?;
        desk.text("main").await.ok().filter(|said| said.contains("are inside"))
    })
    .await;
    both(club, desk, "guest-list-inside").await?;
    e2e::audit::holds(&club.stack).await;
    Ok(())
}

/// Fills in the form as staff do; the cut-off is the one it offers.
async fn add(desk: &Browser, name: &str, email: &str, party: &str, promoter: &str) -> Result<()> {
    desk.fill("#name", name).await?;
    desk.fill("#party", party).await?;
    desk.fill("#email", email).await?;
    desk.fill("#promoter", promoter).await?;
    desk.click("#add button[type=submit]").await?;
    desk.read(&format!("{name} is on the list")).await;
    Ok(())
}

/// The codes of the order that a guest's mail leads to.
async fn mailed(guest: &Guest) -> Result<Vec<String>> {
    let mail = guest.mail().await;
    let text = mail["text"].as_str().context("a text")?;
    assert!(text.contains("Lets in until"), "{text}");
    let url = text.split_whitespace().find(|word| word.contains("/orders/")).context("a link")?;
    Ok(codes(&guest.order(&placed_at(url)?).await?))
}

/// A picture at a desk and one on a phone, and back to the desk.
async fn both(club: &Club, browser: &Browser, name: &str) -> Result<()> {
    for (screen, end) in [(PHONE, "phone"), (DESK, "desk")] {
        browser.resize(screen).await?;
        club.picture(browser, &format!("{name}-{end}")).await?;
    }
    Ok(())
}
