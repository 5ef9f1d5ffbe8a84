//! What people meet when something is not as they wished: what happened, what it means for them, what to do now. A picture
//! is kept of each.

use super::club::Club;
use anyhow::{Context, Result};
use devstack::StaffRole;
use diesel_async::SimpleAsyncConnection;
use e2e::{
    audit,
    browser::{Browser, DESK, PHONE},
    desk::{Desk, Night},
    guest::{Guest, codes},
    sandbox,
    wait::{PATIENCE, until},
};
use serde_json::{Value, json};
use thirtyfour::prelude::*;

/// A page that is not there; one ticket left of two wanted; none left; time that is up; an order that ran out.
#[tokio::test(flavor = "multi_thread")]
async fn a_guest_who_comes_too_late_is_told_what_to_do() -> Result<()> {
    let night = Night { capacity: 2, ..Night::open_now() };
    let (club, first, event) = Club::with_night(&night).await?;
    let second = Guest::new(&club.stack)?;
    let tickets = &club.stack.urls.purchase;
    let address = format!("{tickets}/e/{}", night.slug);
    let phone = Browser::open(PHONE).await?;
    phone.go(&format!("{tickets}/e/nowhere")).await?;
    phone.read("This page is not here").await;
    club.picture(&phone, "error-404").await?;

    // The news do not reach this page: a phone in a tunnel.
    let cdp = phone.driver().cdp();
    cdp.send_raw("Network.enable", json!({})).await?;
    cdp.send_raw("Network.setBlockedURLs", json!({"urls": ["*/live?*"]})).await?;
    phone.go(&address).await?;
    let waiting = first.place(&event, 1).await;
    phone.fill(".stepper__value", "2").await?;
    phone.fill("#name", "Ana Guest").await?;
    phone.fill("#email", &second.email).await?;
    phone.click("button[form=buy]").await?;
    phone.read("Only 1 left").await;
    phone.driver().execute("scrollTo({top: 0, behavior: 'instant'})", vec![]).await?;
    club.picture(&phone, "refused-only-left").await?;
    second.place(&event, 1).await;
    until("the page says that it is sold out", PATIENCE, || async {
        phone.go(&address).await.ok()?;
        phone.text("main").await.ok()?.contains("Holds that run out come back").then_some(())
    })
    .await;
    in_both_sizes(&club, &phone, "sold-out").await?;

    phone.go(&waiting.url).await?;
    phone.read("Waiting for your payment").await;
    // Nobody at Stripe has the last word yet.
    let away =
        json!({"provider": "stripe", "path": "*", "count": 0, "action": {"kind": "status", "status": 500}});
    sandbox::script(&club.stack, &away).await?;
    let over = "update purchase.orders set held_until = now() - interval '1 minute', next_check_at = now()";
    audit::change(&club.stack, over).await?;
    phone.go(&waiting.url).await?;
    phone.read("Time is up").await;
    phone.read("your money goes back").await;
    in_both_sizes(&club, &phone, "order-time-is-up").await?;
    sandbox::calm(&club.stack).await?;
    audit::change(&club.stack, "update purchase.orders set next_check_at = now()").await?;
    // It changes by itself.
    phone.read("This order ran out").await;
    in_both_sizes(&club, &phone, "order-expired").await?;
    phone.close().await
}

/// The database does not answer: the page says that money is safe, and its button leads to the same page again.
#[tokio::test(flavor = "multi_thread")]
async fn a_fault_of_ours_leads_back_to_the_same_page() -> Result<()> {
    let (club, guest, event) = Club::with_night(&Night::open_now()).await?;
    let (paid, _) = guest.buy(&event, 1).await?;
    let phone = Browser::open(PHONE).await?;
    let mut holder = audit::open(&club.stack).await?;
    holder.batch_execute("begin; lock table purchase.orders in access exclusive mode").await?;
    phone.go(&paid.url).await?;
    phone.read("We can’t reach our own books").await;
    in_both_sizes(&club, &phone, "error-503").await?;
    phone.go(&format!("{}&lang=es", paid.url)).await?;
    phone.read("Probar otra vez").await;
    club.picture(&phone, "error-503-es").await?;
    holder.batch_execute("rollback").await?;
    // The button leads to the same page again, as often as it takes the gateway to trust the service again.
    until("the page is back", PATIENCE, || async {
        if let Ok(button) = phone.driver().find(By::Css(".error-page .button")).await {
            button.click().await.ok()?;
        }
        let shown = phone.text("main").await.ok()?;
        shown.contains("Estás dentro").then_some(())
    })
    .await;
    phone.see(".ticket__code svg").await?;
    phone.read("Estás dentro").await;
    club.picture(&phone, "order-es").await?;
    phone.close().await
}

/// At the door: no network, no answer, and what stays on the screen until somebody has acted.
#[tokio::test(flavor = "multi_thread")]
async fn the_door_says_when_nobody_knows_and_keeps_what_asks_for_an_act() -> Result<()> {
    let (club, guest, event) = Club::with_night(&Night::open_now()).await?;
    let (_, order) = guest.buy(&event, 1).await?;
    let code = codes(&order).pop().context("a code")?;
    until("the door knows the ticket", PATIENCE, || async {
        let known = audit::count(&club.stack, "select count(*) as sum from scanner.admissions").await.ok()?;
        (known > 0).then_some(())
    })
    .await;
    let phone = Browser::open(PHONE).await?;
    phone.go(&club.stack.urls.scanner).await?;
    club.sign_in(&phone, StaffRole::DoorStaff).await?;
    let id = event["id"].as_str().context("an id")?;
    phone.see(&format!("[data-event='{id}']")).await?;
    // Before it has ever had the night's list, a phone without network knows nothing.
    no_list(&phone).await?;
    phone.click(&format!("[data-event='{id}']")).await?;
    phone.read("Hold the code in the frame").await;
    club.picture(&phone, "door-scan").await?;

    network(&phone, false).await?;
    phone.see("#status[data-online=no]").await?;
    phone.read("no list").await;
    club.picture(&phone, "door-offline-no-list").await?;
    paste(&phone, &code).await?;
    phone.see("#verdict[data-tone=unsure]").await?;
    phone.read("Not confirmed").await;
    club.picture(&phone, "door-not-confirmed").await?;
    network(&phone, true).await?;
    phone.see("#verdict[data-tone=admit]").await?;
    phone.read("Check ID").await;
    assert!(!clears_by_itself(&phone).await?, "a note for the doorman waits until it is read");
    phone.click("#next").await?;
    paste(&phone, &code).await?;
    phone.see("#verdict[data-tone=deny]").await?;
    assert!(clears_by_itself(&phone).await?, "what asks for nothing makes room for the next guest");

    phone.go(&format!("{}/?lang=es", club.stack.urls.scanner)).await?;
    phone.read("Elige tu puerta").await;
    club.picture(&phone, "door-choose-es").await?;
    phone.click(&format!("[data-event='{id}']")).await?;
    paste(&phone, &code).await?;
    phone.read("Ya está dentro").await;
    phone.read("Entró a").await;
    club.picture(&phone, "door-already-inside-es").await?;
    phone.close().await
}

async fn paste(phone: &Browser, code: &str) -> Result<()> {
    phone.fill("#code", code).await?;
    phone.click("#typed button[type=submit]").await
}

/// The worker that brings the list finds nobody.
async fn no_list(phone: &Browser) -> Result<()> {
    let deaf = "const bring = Worker.prototype.postMessage;
        Worker.prototype.postMessage = function (what, ...rest) { if (!what?.pins) bring.call(this, what, ...rest); }";
    phone.driver().execute(deaf, vec![]).await?;
    Ok(())
}

async fn clears_by_itself(phone: &Browser) -> Result<bool> {
    let script = "return 'running' in document.querySelector('.verdict__clock').dataset";
    Ok(phone.driver().execute(script, vec![]).await?.json() == &json!(true))
}

async fn network(phone: &Browser, there: bool) -> Result<()> {
    let cdp = phone.driver().cdp();
    cdp.send_raw("Network.enable", json!({})).await?;
    let conditions =
        json!({"offline": !there, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1});
    cdp.send_raw("Network.emulateNetworkConditions", conditions).await?;
    Ok(())
}

/// The desk in Spanish, on a phone and at a desk: figures, codes, what needs a person, a page that is not there.
#[tokio::test(flavor = "multi_thread")]
async fn the_desk_reads_well_in_spanish_and_on_a_phone() -> Result<()> {
    let club = Club::open().await?;
    let night = Night::open_now();
    let desk = Desk::sign_in(&club.stack, StaffRole::Owner).await?;
    desk.publish(&night).await?;
    for (name, code, points) in [("Friends of the house", "AMIGOS", 2000), ("Students", "CAMPUS26", 1000)] {
        let promo = json!({"name": name, "code": code, "off": {"basis_points": points}, "promoter": "Lola"});
        desk.post("/api/v1/promos", &promo).await?.error_for_status()?;
    }
    let guest = Guest::new(&club.stack)?;
    let event = guest.event(&night.slug).await;
    guest.buy(&event, 2).await?;
    let dead = "insert into scanner.dead_letters (durable, message_id, subject, payload, published_at, error, attempts, died_at)
        values ('scanner_ticket_changed', gen_random_uuid(), 'ticket.changed', '', now(), 'no such zone', 8, now())";
    audit::change(&club.stack, dead).await?;
    let marketing = &club.stack.urls.marketing;
    let browser = Browser::open(DESK).await?;
    club.sign_in_at_desk(&browser).await?;
    club.see_dashboard(&browser).await?;
    for (path, says, name) in [
        ("/admin?lang=es", "Esta noche y las próximas", "desk-es"),
        ("/admin/promos?lang=es", "Códigos promocionales", "promos-es"),
        ("/admin/promos?lang=en", "Pause", "promos"),
        ("/admin/overdue?lang=es", "Requiere atención", "overdue-es"),
        ("/admin/dead-letters?lang=es", "Un cambio de una entrada", "stuck-es"),
        ("/admin/nowhere?lang=en", "There is no such page", "desk-404"),
        ("/admin/events/new?lang=es", "A dónde da acceso", "event-form-es"),
    ] {
        browser.go(&format!("{marketing}{path}")).await?;
        browser
            .driver()
            .execute("document.querySelectorAll('details').forEach((each) => each.open = true)", vec![])
            .await?;
        browser.see("main").await?;
        let text = browser.driver().execute("return document.body.textContent", vec![]).await?;
        anyhow::ensure!(
            text.json().as_str().is_some_and(|text| text.contains(says)),
            "{path} does not say {says:?}"
        );
        in_both_sizes(&club, &browser, name).await?;
    }
    browser.close().await
}

/// A picture on a phone, and one at a desk; the browser is left on the phone's size.
pub async fn in_both_sizes(club: &Club, browser: &Browser, name: &str) -> Result<()> {
    browser.resize(DESK).await?;
    club.picture(browser, &format!("{name}-desk")).await?;
    browser.resize(PHONE).await?;
    let wide: Value = browser
        .driver()
        .execute("return document.documentElement.scrollWidth - innerWidth", vec![])
        .await?
        .json()
        .clone();
    anyhow::ensure!(wide.as_i64().unwrap_or(0) <= 0, "{name} is {wide} px wider than a phone");
    club.picture(browser, name).await
}
