//! What people do with a phone: tap twice, go back and forth, reload, open a second tab, run out of battery. One order, one
//! payment, and the tickets are there all the same.

use super::*;
use e2e::{audit, desk::Night, sandbox};

/// A club with a night on sale, and its page.
async fn on_sale() -> Result<(Club, Guest, String)> {
    let night = Night::open_now();
    let (club, guest, _) = Club::with_night(&night).await?;
    let page = format!("{}/e/{}", club.stack.urls.purchase, night.slug);
    Ok((club, guest, page))
}

/// Exactly one of each.
async fn bought_once(club: &Club) -> Result<()> {
    audit::holds(&club.stack).await;
    for table in ["orders", "payments", "tickets"] {
        let rows =
            audit::count(&club.stack, &format!("select count(*) as sum from purchase.{table}")).await?;
        assert_eq!(rows, 1, "{table}");
    }
    Ok(())
}

/// Presses something twice before the page can know.
async fn tap_twice(phone: &Browser, css: &str) -> Result<()> {
    phone.see(css).await?;
    let twice = "const pressed = document.querySelector(arguments[0]); pressed.click(); pressed.click();";
    phone.driver().execute(twice, vec![json!(css)]).await?;
    Ok(())
}

async fn fill_in(phone: &Browser, page: &str, guest: &Guest) -> Result<()> {
    phone.go(page).await?;
    phone.click("[data-stepper] [data-step='1']").await?;
    phone.fill("#name", "Ana Guest").await?;
    phone.fill("#email", &guest.email).await
}

#[tokio::test(flavor = "multi_thread")]
async fn tapping_twice_going_back_and_reloading_buys_once() -> Result<()> {
    let (club, guest, page) = on_sale().await?;
    let phone = Browser::open(PHONE).await?;
    let told = fumble(&phone, &page, &guest).await;
    if told.is_err() {
        phone.keep_evidence("fumble").await;
        eprintln!("{}", club.stack.log(Service::Purchase));
    }
    told?;
    bought_once(&club).await?;
    phone.close().await
}

/// Has the page note how its button is in the moment in which the page leaves: a look from outside would wait for the next page.
async fn note_how_it_leaves(phone: &Browser, css: &str) -> Result<()> {
    let note = "const css = arguments[0];
        addEventListener('pagehide', () => {
            const button = document.querySelector(css);
            const busy = button.getAttribute('aria-busy');
            const told = button.textContent.trim() === button.dataset.busyLabel;
            sessionStorage.setItem('left', JSON.stringify({disabled: button.disabled, busy, told}));
        }, {once: true});";
    phone.driver().execute(note, vec![json!(css)]).await?;
    Ok(())
}

async fn fumble(phone: &Browser, page: &str, guest: &Guest) -> Result<()> {
    fill_in(phone, page, guest).await?;
    note_how_it_leaves(phone, "button[form=buy]").await?;
    tap_twice(phone, "button[form=buy]").await?;
    phone.see("#pay").await?;
    phone.driver().refresh().await?;
    phone.see("#pay").await?;
    // Back to the night and forth again: the same payment page, nothing is asked for anew.
    phone.driver().back().await?;
    phone.see("button[form=buy]").await?;
    let left = phone.driver().execute("return JSON.parse(sessionStorage.getItem('left'))", vec![]).await?;
    let busy = json!({"disabled": true, "busy": "true", "told": true});
    assert_eq!(left.json(), &busy, "while the order is under way, the button can't be pressed and says so");
    phone.driver().forward().await?;
    phone.fill("#card_number", "4242 4242 4242 4242").await?;
    phone.click("#pay").await?;
    phone.arrive("/orders/").await;
    phone.see(".ticket__code svg").await?;
    phone.driver().refresh().await?;
    phone.see(".ticket__code svg").await?;
    // Back to where the money was asked for: nothing is taken twice there; forth again, the tickets are there.
    phone.driver().back().await?;
    phone.driver().forward().await?;
    phone.arrive("/orders/").await;
    phone.see(".ticket__code svg").await.map(drop)
}

/// The order waits in one tab and is paid in another: the first shows the tickets by itself, and the payment page that is still
/// open in a third takes nothing more.
#[tokio::test(flavor = "multi_thread")]
async fn an_order_in_several_tabs_is_paid_once_and_shown_in_all() -> Result<()> {
    let (club, guest, page) = on_sale().await?;
    let phone = Browser::open(PHONE).await?;
    fill_in(&phone, &page, &guest).await?;
    phone.click("button[form=buy]").await?;
    phone.see("#pay").await?;
    let payment = phone.driver().current_url().await?.to_string();
    let stale = phone.driver().window().await?;
    // The way back of the payment page leads to the order, which waits.
    let waiting = phone.driver().new_tab().await?;
    phone.driver().switch_to_window(waiting.clone()).await?;
    phone.go(&payment).await?;
    phone.click("#back").await?;
    phone.arrive("/orders/").await;
    phone.see("form[action*='/pay'] button").await?;
    let paying = phone.driver().new_tab().await?;
    phone.driver().switch_to_window(paying).await?;
    phone.go(&payment).await?;
    phone.fill("#card_number", "4242 4242 4242 4242").await?;
    phone.click("#pay").await?;
    phone.arrive("/orders/").await;
    phone.see(".ticket__code svg").await?;

    phone.driver().switch_to_window(waiting).await?;
    phone.see(".ticket__code svg").await?;
    phone.driver().switch_to_window(stale).await?;
    phone.fill("#card_number", "4242 4242 4242 4242").await?;
    phone.click("#pay").await?;
    phone.see("#over").await?;
    bought_once(&club).await?;
    phone.close().await
}

/// The phone dies after the payment and before it is led back. The mail's link shows the tickets on another one.
#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_dies_on_the_way_back_loses_nothing() -> Result<()> {
    let (club, guest, page) = on_sale().await?;
    let late = json!({"provider": "page", "method": "POST", "path": "/c/pay/*",
        "action": {"kind": "slow_answer", "ms": 45_000}});
    sandbox::script(&club.stack, &late).await?;
    let phone = Browser::open(PHONE).await?;
    fill_in(&phone, &page, &guest).await?;
    phone.click("button[form=buy]").await?;
    phone.fill("#card_number", "4242 4242 4242 4242").await?;
    // Pressed by the page itself, once the driver has let go of it: it waits for wherever a page is on its way to.
    let press = "setTimeout(() => document.querySelector('#pay').click(), 500)";
    phone.driver().execute(press, vec![]).await?;
    until("the money is taken", PATIENCE, || async {
        let state = sandbox::state(&club.stack).await.ok()?;
        (state["payments_captured"] == 1).then_some(())
    })
    .await;
    phone.close().await?;

    let mail = guest.mail().await;
    let text = mail["text"].as_str().context("a text")?;
    let link = text.lines().find(|line| line.contains("/orders/")).context("the order's link")?.trim();
    let another = Browser::open(PHONE).await?;
    another.go(link).await?;
    another.see(".ticket__code svg").await?;
    bought_once(&club).await?;
    another.close().await
}
