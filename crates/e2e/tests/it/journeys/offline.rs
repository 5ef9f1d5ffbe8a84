//! A guest at the door, and no signal: the tickets open all the same, on a phone by itself, elsewhere when asked to. Nothing else does, and
//! what is over is not shown for good.

use super::*;
use chrono::TimeDelta;
use domain::clock::{Clock, SystemClock};
use e2e::{
    desk::{Desk, Night},
    guest::Placed,
};
use serde_json::Value;

/// A phone: its screen is touched.
async fn phone() -> Result<Browser> {
    let phone = Browser::open(PHONE).await?;
    phone.driver().cdp().send_raw("Emulation.setTouchEmulationEnabled", json!({"enabled": true})).await?;
    Ok(phone)
}

/// Two paid tickets for tomorrow, which their guest may give back.
async fn bought(club: &Club) -> Result<(Guest, Placed, Night, Vec<String>)> {
    let tomorrow = SystemClock.now() + TimeDelta::days(1);
    let gives_back_until = Some(tomorrow - TimeDelta::hours(12));
    let night = Night { starts_at: tomorrow, gives_back_until, ..Night::open_now() };
    Desk::sign_in(&club.stack, StaffRole::Owner).await?.publish(&night).await?;
    let guest = Guest::new(&club.stack)?;
    let event = guest.event(&night.slug).await;
    let (placed, order) = guest.buy(&event, 2).await?;
    let codes = codes(&order);
    Ok((guest, placed, night, codes))
}

/// What this site has kept in the browser: its caches, and the pages its workers see.
async fn kept(browser: &Browser) -> Option<Value> {
    let script = "const done = arguments[arguments.length - 1];
        Promise.all([caches.keys(), navigator.serviceWorker.getRegistrations()]).then(
            ([names, workers]) => done([...names, ...workers.map((each) => new URL(each.scope).pathname)]),
            (fault) => done([String(fault)]));";
    Some(browser.driver().execute_async(script, vec![]).await.ok()?.json().clone())
}

async fn nothing_is_kept(browser: &Browser) {
    until("nothing is kept", PATIENCE, || async { (kept(browser).await? == json!([])).then_some(()) }).await;
}

/// Opens an address however that ends, and says how many codes are on the page.
async fn codes_at(browser: &Browser, url: &str) -> Result<usize> {
    // A browser without network says so by an error of its own.
    let _ = browser.go(url).await;
    Ok(browser.driver().find_all(By::Css(".ticket__code")).await?.len())
}

/// Reloads until the page is the club's answer and no copy.
async fn reload_to_the_network(browser: &Browser) {
    let fresh =
        "return document.readyState === 'complete' && !document.documentElement.hasAttribute('data-kept')
        && document.querySelector('.ticket') !== null";
    until("the page is an answer again", PATIENCE, || async {
        browser.driver().refresh().await.ok()?;
        let fresh = browser.driver().execute(fresh, vec![]).await.ok()?;
        (fresh.json() == &json!(true)).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_shows_its_tickets_without_network_and_nothing_else() -> Result<()> {
    let mut club = Club::open().await?;
    let (guest, placed, night, codes) = bought(&club).await?;
    let phone = phone().await?;
    let told = walk(&mut club, &phone, &placed, &night, &codes).await;
    let told = match told {
        Ok(()) => give_back(&mut club, &phone, &guest, &placed).await,
        told => told,
    };
    if told.is_err() {
        phone.keep_evidence("offline").await;
        eprintln!("{}", club.stack.log(Service::Purchase));
    }
    told?;
    phone.close().await
}

async fn walk(
    club: &mut Club,
    phone: &Browser,
    placed: &Placed,
    night: &Night,
    codes: &[String],
) -> Result<()> {
    phone.go(&placed.url).await?;
    phone.click("#more > summary").await?;
    phone.see("[data-here]").await?;
    club.picture(phone, "order-kept").await?;
    // What is shown from now on is what the club's worker keeps, and not what the browser happens to remember.
    phone.driver().cdp().send_raw("Network.enable", json!({})).await?;
    phone.driver().cdp().send_raw("Network.clearBrowserCache", json!({})).await?;
    club.stack.cut_network();
    phone.driver().refresh().await?;
    phone.see(".as-of").await?;
    phone.read("No connection").await;
    phone.see(".ticket__code svg").await?;
    let letters =
        "return [...document.querySelectorAll('.ticket__letters code')].map((each) => each.textContent)";
    let letters = phone.driver().execute(letters, vec![]).await?.json().clone();
    assert_eq!(letters, json!(codes), "the codes that open the door");
    until("the copy has its looks and its art", PATIENCE, || async {
        let whole = "return document.styleSheets.length > 1
            && [...document.styleSheets].every((each) => each.cssRules.length > 0)
            && [...document.images].every((each) => each.complete && each.naturalWidth > 0)";
        let whole = phone.driver().execute(whole, vec![]).await.ok()?;
        (whole.json() == &json!(true)).then_some(())
    })
    .await;
    let offered = "return getComputedStyle(document.querySelector('.takeaways--all')).display";
    let offered = phone.driver().execute(offered, vec![]).await?;
    assert_eq!(offered.json(), &json!("none"), "nothing is offered that needs a network");
    club.picture(phone, "order-offline").await?;

    let (address, _) = placed.url.split_once("?key=").context("a key")?;
    let tickets = &club.stack.urls.purchase;
    for none in [
        format!("{address}?key={}", "A".repeat(placed.key.len())),
        address.to_owned(),
        format!("{address}/guests?key={}", placed.key),
        format!("{tickets}/e/{}", night.slug),
    ] {
        assert_eq!(codes_at(phone, &none).await?, 0, "{none}");
    }
    assert_eq!(codes_at(phone, &placed.url).await?, codes.len(), "none of that took the copy away");
    club.stack.mend_network().await?;
    reload_to_the_network(phone).await;
    assert_eq!(codes_at(phone, &format!("{address}?key=guess")).await?, 0, "a wrong key is told so");
    assert_eq!(codes_at(phone, &placed.url).await?, codes.len());

    // The network is there and the club is not: at the door that is the same.
    club.stack.kill(Service::Purchase);
    phone.driver().refresh().await?;
    phone.see(".as-of").await?;
    phone.see(".ticket__code svg").await?;
    club.stack.start_service(Service::Purchase).await?;
    reload_to_the_network(phone).await;
    Ok(())
}

/// While the phone shows its copy, the tickets go back: with the network comes the news, and the copy is gone.
async fn give_back(club: &mut Club, phone: &Browser, guest: &Guest, placed: &Placed) -> Result<()> {
    club.stack.cut_network();
    phone.driver().refresh().await?;
    phone.see(".as-of").await?;
    club.stack.mend_network().await?;
    anyhow::ensure!(guest.give_back(placed).await?, "nobody is inside");
    guest.order_becomes(placed, "refunded").await;
    phone.see(".ticket__code svg").await?;
    reload_to_the_network(phone).await;
    phone.read("Given back").await;
    assert_eq!(phone.driver().find_all(By::Css(".ticket__code")).await?.len(), 0);
    nothing_is_kept(phone).await;
    club.stack.cut_network();
    assert_eq!(codes_at(phone, &placed.url).await?, 0, "nothing is left to show");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shared_computer_keeps_nothing_unasked_and_whoever_forgets_is_asked_from_then_on() -> Result<()> {
    let mut club = Club::open().await?;
    let (_, placed, ..) = bought(&club).await?;
    let computer = Browser::open(DESK).await?;
    computer.go(&placed.url).await?;
    computer.click("#more > summary").await?;
    computer.see("[data-not-here] button").await?;
    assert_eq!(kept(&computer).await, Some(json!([])), "nobody asked for it");
    club.picture(&computer, "order-keep-desk").await?;
    computer.click("[data-not-here] button").await?;
    computer.see("[data-here] button").await?;
    let page = format!("/orders/{}", placed.reference);
    assert_eq!(
        kept(&computer).await,
        Some(json!([format!("ticket {page}"), page])),
        "this page and no other"
    );
    computer.click("[data-here] button").await?;
    computer.see("[data-not-here] button").await?;
    nothing_is_kept(&computer).await;
    computer.close().await?;

    let phone = phone().await?;
    phone.go(&placed.url).await?;
    phone.click("#more > summary").await?;
    phone.see("[data-here] button").await?;
    phone.click("[data-here] button").await?;
    phone.see("[data-not-here] button").await?;
    nothing_is_kept(&phone).await;
    phone.driver().refresh().await?;
    phone.click("#more > summary").await?;
    phone.see("[data-not-here] button").await?;
    assert_eq!(kept(&phone).await, Some(json!([])), "what was forgotten stays forgotten");
    club.stack.cut_network();
    assert_eq!(codes_at(&phone, &placed.url).await?, 0);
    phone.close().await
}
