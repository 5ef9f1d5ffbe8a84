//! The line as people walk it, in a browser, through the gateway. Pictures of it go to `target/e2e/pictures`
//! (or where `MAGUEY_PICTURES` says; `make pictures` puts them where the README shows them).

pub mod club;
mod every_gate;
mod guest_list;
mod habits;
mod hold;
mod in_line;
mod moments;
mod money;
mod offline;
pub mod rush;
mod slow;

use anyhow::{Context, Result};
use club::Club;
use devstack::{Service, StaffRole};
use domain::{
    ids::{EventId, TicketId},
    ticket_code::{CodeKind, TicketCode},
};
use e2e::{
    browser::{Browser, DESK, PHONE},
    guest::{Guest, codes, placed_at},
    wait::{PATIENCE, until},
};
use serde_json::json;
use std::time::{Duration, Instant};
use thirtyfour::prelude::*;

/// Owner publishes → guest buys → door admits once → owner watches: four people, one line.
#[tokio::test(flavor = "multi_thread")]
async fn the_whole_line() -> Result<()> {
    let club = Club::open().await?;
    let owner = Browser::open(DESK).await?;
    let told = walk(&club, &owner).await;
    if told.is_err() {
        owner.keep_evidence("the-whole-line-owner").await;
        eprintln!("{}", club.stack.log(Service::Purchase));
    }
    told?;
    owner.close().await
}

async fn walk(club: &Club, owner: &Browser) -> Result<()> {
    club.sign_in_at_desk(owner).await?;
    club.see_dashboard(owner).await?;
    let slug = club.make_and_publish_a_night(owner).await?;
    owner.go(&format!("{}/admin", club.stack.urls.marketing)).await?;
    assert_eq!(club.figure(owner, "sold").await?, "0");

    let guest = Guest::new(&club.stack)?;
    let codes = buy_on_a_phone(club, &guest, &slug).await?;
    until("the owner sees two tickets sold without reloading", PATIENCE, || async {
        (club.figure(owner, "sold").await.ok()? == "2").then_some(())
    })
    .await;
    assert!(club.figure(owner, "revenue").await?.contains("42.00"), "2 × (20.00 + 0.50 + 2.5 %)");

    let mail = guest.mail().await;
    assert!(
        mail["html"].as_str().is_some_and(|html| html.contains("cid:")),
        "the QR codes stand in the mail"
    );
    stand_at_the_door(club, &slug, &codes).await?;
    until("the owner sees one guest inside without reloading", PATIENCE, || async {
        (club.figure(owner, "inside").await.ok()? == "1").then_some(())
    })
    .await;
    club.picture(owner, "dashboard-desk").await?;
    owner.resize(PHONE).await?;
    club.picture(owner, "dashboard").await
}

/// On the phone: the club's site, the night, two tickets, a declined card, then 3-D Secure, the tickets.
async fn buy_on_a_phone(club: &Club, guest: &Guest, slug: &str) -> Result<Vec<String>> {
    let phone = Browser::open(PHONE).await?;
    let bought = buy(club, &phone, guest, slug).await;
    if bought.is_err() {
        phone.keep_evidence("the-whole-line-guest").await;
    }
    let codes = bought?;
    phone.close().await?;
    Ok(codes)
}

async fn buy(club: &Club, phone: &Browser, guest: &Guest, slug: &str) -> Result<Vec<String>> {
    phone.go(&club.stack.urls.marketing).await?;
    phone.see(&format!("a[href$='/e/{slug}']")).await?;
    anyhow::ensure!(in_view(phone, ".hero__row .button").await?, "the way in is below the first screen");
    club.picture(phone, "home").await?;
    phone.click(&format!("a[href$='/e/{slug}']")).await?;
    phone.arrive(&format!("/e/{slug}")).await;
    first_screen(phone).await?;
    phone.click("[data-stepper] [data-step='1']").await?;
    phone.click("[data-stepper] [data-step='1']").await?;
    phone.read("42.00").await;
    phone.read("incl. fee").await;
    // The whole poster, and what is chosen above the bar.
    let past_the_header =
        "scrollTo({top: document.querySelector('.site-header').offsetHeight, behavior: 'instant'})";
    phone.driver().execute(past_the_header, vec![]).await?;
    club.picture(phone, "event").await?;
    phone.fill("#name", "Ana Guest").await?;
    phone.fill("#email", &guest.email).await?;
    phone.click("button[form=buy]").await?;

    phone.fill("#card_number", "4000 0000 0000 0002").await?;
    phone.click("#pay").await?;
    phone.see("#declined").await?;
    phone.fill("#card_number", "4000 0025 0000 3155").await?;
    club.picture(phone, "payment").await?;
    phone.click("#pay").await?;
    phone.click("#complete").await?;
    let url = phone.arrive("/orders/").await;
    phone.see(".ticket__code svg").await?;
    anyhow::ensure!(in_view(phone, ".ticket__code").await?, "the code is below the first screen at the door");
    club.picture(phone, "order").await?;
    club.picture_of_mail(phone, &guest.email).await?;

    let order = guest.order(&placed_at(&url)?).await?;
    assert_eq!(order["state"], "paid");
    let codes = codes(&order);
    assert_eq!(codes.len(), 2, "{order}");
    Ok(codes)
}

/// Before anything is touched: the total and the one action are in view, and the action leads to the tickets. The page is light
/// enough for a phone with bad signal.
async fn first_screen(phone: &Browser) -> Result<()> {
    anyhow::ensure!(in_view(phone, "output[data-total]").await?, "the total is below the first screen");
    anyhow::ensure!(in_view(phone, "button[form=buy]").await?, "the action is below the first screen");
    phone.click("button[form=buy]").await?;
    anyhow::ensure!(
        in_view(phone, "[data-step='1']").await?,
        "with nothing chosen, the action leads to the tickets"
    );
    let weight = "const all = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
        const of = (kind) => all.filter((each) => !kind || each.name.endsWith(kind));
        const sum = (list) => list.reduce((bytes, each) => bytes + each.encodedBodySize, 0);
        return [sum(of()), sum(of('.js'))];";
    let weight = phone.driver().execute(weight, vec![]).await?.json().clone();
    let (all, scripts) = (weight[0].as_u64().unwrap_or(u64::MAX), weight[1].as_u64().unwrap_or(u64::MAX));
    anyhow::ensure!(all <= 100 * 1024 && scripts <= 30 * 1024, "{all} bytes, {scripts} of scripts");
    Ok(())
}

/// Whether the whole of an element is on the screen.
async fn in_view(phone: &Browser, css: &str) -> Result<bool> {
    let script = "const box = document.querySelector(arguments[0]).getBoundingClientRect();
        return box.top >= 0 && box.bottom <= innerHeight;";
    Ok(phone.driver().execute(script, vec![json!(css)]).await?.json() == &json!(true))
}

/// At the door: green for the ticket before the camera, red the second time, its own reason for a forgery.
async fn stand_at_the_door(club: &Club, slug: &str, codes: &[String]) -> Result<()> {
    let phone = Browser::open(PHONE).await?;
    let stood = scan(club, &phone, slug, codes).await;
    if stood.is_err() {
        phone.keep_evidence("the-whole-line-door").await;
        eprintln!("{}", club.stack.log(Service::Scanner));
    }
    stood?;
    phone.close().await
}

async fn scan(club: &Club, phone: &Browser, slug: &str, codes: &[String]) -> Result<()> {
    let event = Guest::new(&club.stack)?.event(slug).await;
    let id = event["id"].as_str().context("an id")?;
    phone.hold_up(&codes[0])?;
    phone.go(&club.stack.urls.scanner).await?;
    club.sign_in(phone, StaffRole::DoorStaff).await?;
    phone.see(&format!("[data-event='{id}']")).await?;
    club.picture(phone, "door-choose").await?;
    phone.click(&format!("[data-event='{id}']")).await?;

    phone.see("#verdict[data-tone=admit]").await?;
    phone.read("Admitted").await;
    phone.read("Ana Guest").await;
    phone.read("Regular").await;
    club.picture(phone, "door-admitted").await?;
    // A code that stays before the camera is one scan. Somebody comes again with a picture of it:
    phone.go(&club.stack.urls.scanner).await?;
    phone.click(&format!("[data-event='{id}']")).await?;
    phone.see("#verdict[data-tone=deny]").await?;
    phone.read("Already inside").await;
    phone.read("Main door").await;
    club.picture(phone, "door-already-inside").await?;

    let event_id: EventId = id.parse()?;
    let forged = TicketCode {
        key_id: devstack::TICKET_KEY,
        kind: CodeKind::Ticket,
        ticket: TicketId::generate(),
        event: event_id,
        step: None,
    };
    let forged = forged.sign(&ed25519_dalek::SigningKey::from_bytes(&[9; 32]));
    e2e::camera::show_nothing(&phone.film())?;
    phone.go(&club.stack.urls.scanner).await?;
    phone.click(&format!("[data-event='{id}']")).await?;
    phone.fill("#code", &forged).await?;
    phone.click("#typed button[type=submit]").await?;
    phone.see("#verdict[data-tone=deny]").await?;
    club.picture(phone, "door-forged").await
}

/// A night published at the desk is on sale within 30 s; the aim is two.
#[tokio::test(flavor = "multi_thread")]
async fn a_published_night_is_on_sale_in_time() -> Result<()> {
    let club = Club::open().await?;
    let desk = e2e::desk::Desk::sign_in(&club.stack, StaffRole::Manager).await?;
    let night = e2e::desk::Night::open_now();
    desk.publish(&night).await?;
    let published = Instant::now();
    Guest::new(&club.stack)?.event(&night.slug).await;
    assert!(published.elapsed() < Duration::from_secs(30), "the club was promised 30 s");
    Ok(())
}

/// No script: the same form buys, and the order page still shows the tickets.
#[tokio::test(flavor = "multi_thread")]
async fn buying_works_without_a_script() -> Result<()> {
    let night = e2e::desk::Night::open_now();
    let (club, guest, _) = Club::with_night(&night).await?;
    let phone = Browser::open(PHONE).await?;
    let off = serde_json::json!({"value": true});
    phone.driver().cdp().send_raw("Emulation.setScriptExecutionDisabled", off).await?;
    phone.go(&format!("{}/e/{}", club.stack.urls.purchase, night.slug)).await?;
    phone.fill(".stepper__value", "1").await?;
    phone.fill("#name", "Ana Guest").await?;
    phone.fill("#email", &guest.email).await?;
    phone.click("button[form=buy]").await?;
    phone.fill("#card_number", "4242 4242 4242 4242").await?;
    phone.click("#pay").await?;
    phone.arrive("/orders/").await;
    phone.see(".ticket__code svg").await?;
    phone.close().await
}

/// A guest who leaves the payment page is told that nothing was charged, and can go on paying.
#[tokio::test(flavor = "multi_thread")]
async fn leaving_the_payment_page_charges_nothing_and_keeps_the_basket() -> Result<()> {
    let (club, guest, event) = Club::with_night(&e2e::desk::Night::open_now()).await?;
    let placed = guest.place(&event, 1).await;
    let phone = Browser::open(PHONE).await?;
    phone.go(placed.checkout_url.as_deref().context("something to pay")?).await?;
    phone.click("#back").await?;
    phone.arrive("/orders/").await;
    phone.read("nothing was charged").await;
    club.picture(&phone, "order-waiting").await?;
    phone.click("form[action*='/pay'] button").await?;
    phone.fill("#card_number", "4242 4242 4242 4242").await?;
    phone.click("#pay").await?;
    phone.see(".ticket__code svg").await?;
    phone.close().await
}

/// Door staff have nothing to see at the desk: who signs in there all the same is led to the door, from one site to another.
#[tokio::test(flavor = "multi_thread")]
async fn door_staff_who_sign_in_at_the_desk_are_led_to_the_door() -> Result<()> {
    let club = Club::open().await?;
    let phone = Browser::open(PHONE).await?;
    phone.go(&format!("{}/admin/sign-in", club.stack.urls.marketing)).await?;
    club.sign_in(&phone, StaffRole::DoorStaff).await?;
    phone.arrive(&club.stack.urls.scanner).await;
    phone.read("The door").await;
    phone.close().await
}

/// In Spanish the whole way: no English sentence of ours is left on the pages.
#[tokio::test(flavor = "multi_thread")]
async fn a_guest_reads_spanish_all_the_way() -> Result<()> {
    let night = e2e::desk::Night::open_now();
    let (club, ..) = Club::with_night(&night).await?;
    let phone = Browser::open(PHONE).await?;
    phone.go(&format!("{}/e/{}?lang=es", club.stack.urls.purchase, night.slug)).await?;
    let language = phone.driver().find(By::Tag("html")).await?.attr("lang").await?;
    assert_eq!(language.as_deref(), Some("es"));
    phone.read("Elegir entradas").await;
    phone.click("[data-stepper] [data-step='1']").await?;
    phone.read("Comprar").await;
    phone.read("1 entrada").await;
    club.picture(&phone, "event-es").await?;
    phone.close().await
}
