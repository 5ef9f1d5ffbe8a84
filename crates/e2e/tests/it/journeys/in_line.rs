//! A sold-out night: a guest gets in line on a phone, staff sell at the box office, and a place that comes free is claimed and paid.

use super::*;
use e2e::desk::{Desk, Night};

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_waits_in_line_and_staff_sell_at_the_venue() -> Result<()> {
    let club = Club::open().await?;
    let phone = Browser::open(PHONE).await?;
    let told = wait_and_sell(&club, &phone).await;
    if told.is_err() {
        phone.keep_evidence("in-line").await;
        eprintln!("{}", club.stack.log(Service::Purchase));
    }
    told?;
    phone.close().await
}

async fn wait_and_sell(club: &Club, phone: &Browser) -> Result<()> {
    let night = Night { capacity: 3, ..Night::open_now() };
    let desk = Desk::sign_in(&club.stack, StaffRole::Owner).await?;
    let event = desk.publish(&night).await?;
    let guest = Guest::new(&club.stack)?;
    guest.event(&night.slug).await;
    sell_at_the_box_office(club, event["id"].as_str().context("an id")?).await?;

    // On the phone: sold out, so the guest gets in line.
    let page = format!("{}/e/{}", club.stack.urls.purchase, night.slug);
    phone.go(&page).await?;
    phone.see("#waitlist form").await?;
    both(club, phone, "waitlist-join").await?;
    phone.fill("#waitlist-party", "1").await?;
    phone.fill("#waitlist-name", "Bea Guest").await?;
    phone.fill("#waitlist-email", &guest.email).await?;
    phone.click("#waitlist button[type=submit]").await?;
    phone.read("You’re in line").await;
    both(club, phone, "waitlist-joined").await?;
    let own = own_page(&guest, 1).await?;
    phone.go(&own).await?;
    phone.read("You are number 1").await;
    both(club, phone, "waitlist-waiting").await?;

    // The club makes room for one more: it is theirs.
    let mut body = Night { capacity: 4, ..night }.body();
    body["revision"] = event["revision"].clone();
    body["ticket_types"][0]["id"] = event["ticket_types"][0]["id"].clone();
    body["zones"] = json!([{"id": event["zones"][0]["id"], "name": event["zones"][0]["name"]}]);
    let path =
        format!("{}/api/v1/events/{}", club.stack.urls.marketing, event["id"].as_str().unwrap_or_default());
    let put = club.stack.client()?.put(path).bearer_auth(desk.token()).json(&body).send().await?;
    assert!(put.status().is_success(), "{}", put.text().await?);
    assert_eq!(own_page(&guest, 2).await?, own, "the offer is mailed, with the same page");
    phone.go(&own).await?;
    phone.read("It’s your turn").await;
    both(club, phone, "waitlist-offered").await?;
    phone.click("form[action*='/claim'] button[type=submit]").await?;
    let checkout = phone.arrive(&club.stack.urls.sandbox).await;
    phone.go(&own).await?;
    let order = phone.arrive("/orders/").await;
    let mut placed = placed_at(&order)?;
    placed.checkout_url = Some(checkout);
    guest.pay(&placed, e2e::guest::card::GOOD).await?;
    assert_eq!(codes(&guest.order_becomes(&placed, "paid").await).len(), 1);
    e2e::audit::holds(&club.stack).await;
    Ok(())
}

/// Two tickets for cash and one given away: the night is sold out then.
async fn sell_at_the_box_office(club: &Club, event: &str) -> Result<()> {
    let desk = Browser::open(DESK).await?;
    club.sign_in_at_desk(&desk).await?;
    club.see_dashboard(&desk).await?;
    desk.go(&format!("{}/admin/box-office?event={event}", club.stack.urls.marketing)).await?;
    desk.fill("input[name^='q-']", "2").await?;
    // What to take is said before anything is sold.
    desk.read("42.00").await;
    both(club, &desk, "box-office").await?;
    desk.click("button[value='cash_at_venue']").await?;
    desk.read("Take 42.00").await;
    both(club, &desk, "box-office-sold").await?;
    desk.fill("input[name^='q-']", "1").await?;
    desk.driver().execute("document.querySelectorAll('details').forEach(d => d.open = true)", vec![]).await?;
    desk.fill("#reason", "The DJ's sister").await?;
    desk.click("button[formaction]").await?;
    desk.read("Nothing to pay").await;
    desk.fill("input[name^='q-']", "1").await?;
    desk.click("button[value='card_at_venue']").await?;
    desk.read("Not that many are left").await;
    both(club, &desk, "box-office-refused").await?;
    until("the owner sees the ways of paying apart", PATIENCE, || async {
        desk.go(&format!("{}/admin", club.stack.urls.marketing)).await.ok()?;
        desk.text(".channels").await.ok().filter(|text| text.contains("Given away"))
    })
    .await;
    both(club, &desk, "box-office-figures").await?;
    desk.close().await
}

/// A picture at a desk and one on a phone, which the browser then goes on with.
async fn both(club: &Club, browser: &Browser, name: &str) -> Result<()> {
    for (screen, end) in [(DESK, "desk"), (PHONE, "phone")] {
        browser.resize(screen).await?;
        club.picture(browser, &format!("{name}-{end}")).await?;
    }
    Ok(())
}

/// The guest's own page, as the newest of so many mails says.
async fn own_page(guest: &Guest, count: usize) -> Result<String> {
    let mails = until("the mail about the line", PATIENCE, || async {
        guest.mails().await.ok().filter(|mails| mails.len() >= count)
    })
    .await;
    let text = mails[0]["text"].as_str().unwrap_or_default();
    let url = text.split_whitespace().find(|word| word.contains("/waitlist/"));
    url.map(str::to_owned).context("a link in the mail")
}
