//! The rooms of buying and of the desk that hold something: what a night asks, a group's form, reminders, money and promoters, a
//! dispute, a new date, the archive. In both languages, on a phone and at a desk; on a phone every button is as high as a finger.

use super::{DISPUTE, disputed, violations};
use crate::journeys::club::Club;
use anyhow::{Context, Result};
use chrono::TimeDelta;
use devstack::{Stack, StaffRole};
use domain::clock::{Clock, SystemClock};
use e2e::{
    audit,
    browser::{Browser, DESK, PHONE},
    desk::{Desk, Night},
    guest::{Guest, Placed, card, placed},
    wait::{PATIENCE, until},
};
use serde_json::{Value, json};
use uuid::Uuid;

pub const LANGUAGES: [&str; 2] = ["en", "es"];

/// How far the page reaches past the screen's edge.
const WIDE: &str = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";

/// Buttons and fields that are lower than 44 px (half a pixel is rounding), and shown.
const LOW: &str =
    "return [...document.querySelectorAll('button, .button, .tabs a, label.check, select, textarea, input')]
    .filter((each) => !['hidden', 'checkbox', 'radio'].includes(each.type) && each.checkVisibility())
    .map((each) => [each, each.getBoundingClientRect().height])
    .filter(([, height]) => height > 1 && height < 43.5)
    .map(([each, height]) => `${height} px high: ${each.outerHTML.slice(0, 90)}`)";

#[tokio::test(flavor = "multi_thread")]
async fn rooms_that_hold_something_pass_axe_in_both_languages() -> Result<()> {
    let club = Club::open().await?;
    let desk = Desk::sign_in(&club.stack, StaffRole::Owner).await?;
    let browser = Browser::open(PHONE).await?;
    let mut wrong = Vec::new();
    Box::pin(asked(&club, &desk, &browser, &mut wrong)).await?;
    let night = Box::pin(in_a_group(&club, &desk, &browser, &mut wrong)).await?;
    Box::pin(reminded(&club, &desk, &browser, &mut wrong)).await?;
    Box::pin(at_the_desk(&club, &desk, &browser, &night, &mut wrong)).await?;
    browser.close().await?;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}

/// A night that asks something once and something for each ticket; two are chosen.
async fn asked(club: &Club, desk: &Desk, browser: &Browser, wrong: &mut Vec<String>) -> Result<()> {
    let night = Night::open_now();
    let mut body = night.body();
    body["terms"]["questions"] = json!([
        {"label": {"en": "Your menu?", "es": "¿Tu menú?"}, "kind": "choice", "required": true,
         "options": [{"en": "Vegan", "es": "Vegano"}, {"en": "Meat", "es": "Carne"}]},
        {"label": {"en": "Born on?", "es": "¿Fecha de nacimiento?"}, "kind": "birth_date", "required": true,
         "per_ticket": true},
    ]);
    publish(desk, &body).await?;
    Guest::new(&club.stack)?.event(&night.slug).await;
    for language in LANGUAGES {
        browser.resize(PHONE).await?;
        browser.go(&said_in(language, &format!("{}/e/{}", club.stack.urls.purchase, night.slug))).await?;
        for _ in 0..2 {
            browser.click("[data-step='1']").await?;
        }
        browser.see("[data-slots] fieldset:nth-of-type(2) input[type=date]").await?;
        judge(browser, "a night with questions", wrong).await?;
    }
    Ok(())
}

/// An order of three, by a promoter's code: the form that sends each ticket to its guest, as it is and with a mistake in it.
async fn in_a_group(club: &Club, desk: &Desk, browser: &Browser, wrong: &mut Vec<String>) -> Result<String> {
    let promo =
        json!({"name": "Friends", "code": "AMIGOS", "off": {"basis_points": 1000}, "promoter": "Lola"});
    desk.post("/api/v1/promos", &promo).await?.error_for_status()?;
    // Tickets change hands until the doors open.
    let night = Night { starts_at: SystemClock.now() + TimeDelta::days(1), ..Night::open_now() };
    let id = publish(desk, &night.body()).await?;
    let guest = Guest::new(&club.stack)?;
    let event = guest.event(&night.slug).await;
    counts(&club.stack, "select count(*) as sum from purchase.promos").await;
    let order = by_promoter(&guest, &event).await?;
    let form = order.url.replacen('?', "/guests?", 1);
    for language in LANGUAGES {
        browser.resize(PHONE).await?;
        browser.go(&said_in(language, &form)).await?;
        browser.see("input[type=email]").await?;
        judge(browser, "a group's form", wrong).await?;
        browser.resize(PHONE).await?;
        browser.fill("input[type=email]", "no address").await?;
        browser.click("form[action*='/guests'] button[type=submit]").await?;
        browser.see("[aria-invalid=true]").await?;
        judge(browser, "a group's form with a mistake", wrong).await?;
    }
    Ok(id)
}

async fn by_promoter(guest: &Guest, event: &Value) -> Result<Placed> {
    let body = json!({
        "event": event["id"],
        "items": [{"ticket_type": event["ticket_types"][0]["id"], "quantity": 3}],
        "buyer": {"name": "Ana Guest", "email": guest.email},
        "promo": "AMIGOS",
    });
    let answer = guest.ask_with(&body, &Uuid::new_v4().to_string()).await?.error_for_status()?;
    let order = placed(&answer.json().await?)?;
    guest.pay(&order, card::GOOD).await?;
    guest.order_becomes(&order, "paid").await;
    Ok(order)
}

/// A night whose sale has not begun: who asks to be told, and who no longer wants to.
async fn reminded(club: &Club, desk: &Desk, browser: &Browser, wrong: &mut Vec<String>) -> Result<()> {
    let now = SystemClock.now();
    let night = Night { starts_at: now + TimeDelta::days(7), ..Night::open_now() };
    let mut body = night.body();
    body["ticket_types"][0]["sale_from"] = json!(now + TimeDelta::days(1));
    publish(desk, &body).await?;
    let guest = Guest::new(&club.stack)?;
    guest.event(&night.slug).await;
    let page = format!("{}/e/{}", club.stack.urls.purchase, night.slug);
    for language in LANGUAGES {
        browser.resize(PHONE).await?;
        browser.go(&said_in(language, &page)).await?;
        browser.see("#reminder-email").await?;
        judge(browser, "a night that is not yet on sale", wrong).await?;
        browser.go(&said_in(language, &format!("{page}?reminded=1"))).await?;
        judge(browser, "a reminder that was written down", wrong).await?;
    }
    browser.resize(PHONE).await?;
    browser.go(&said_in("en", &page)).await?;
    browser.fill("#reminder-email", &guest.email).await?;
    browser.click("#reminder button[type=submit]").await?;
    browser.arrive("reminded=1").await;
    let begins = format!(
        "update purchase.ticket_types set sale_from = null
          where event_id = (select id from purchase.events where slug = '{}')",
        night.slug
    );
    audit::change(&club.stack, &begins).await?;
    let mail = guest.mail().await;
    let text = mail["text"].as_str().context("a text")?;
    let link = text.lines().find(|line| line.contains("/reminders/")).context("the way out")?.trim();
    for language in LANGUAGES {
        browser.go(&said_in(language, link)).await?;
        browser.see("form[action*='/stop'] button").await?;
        judge(browser, "the end of reminders", wrong).await?;
    }
    browser.click("form[action*='/stop'] button").await?;
    browser.see("main a.button[href='/']").await?;
    judge(browser, "reminders that have ended", wrong).await
}

/// What the owner reads: money, promoters, disputes with their proof, a new date, nights that were put away.
async fn at_the_desk(
    club: &Club,
    desk: &Desk,
    browser: &Browser,
    night: &str,
    wrong: &mut Vec<String>,
) -> Result<()> {
    let gone = publish(desk, &Night::open_now().body()).await?;
    for act in ["cancel", "archive"] {
        desk.post(&format!("/api/v1/events/{gone}/{act}"), &json!({})).await?.error_for_status()?;
    }
    disputed(&club.stack).await?;
    counts(&club.stack, "select count(*) as sum from marketing_admin.orders where promoter = 'Lola'").await;
    let marketing = &club.stack.urls.marketing;
    browser.resize(PHONE).await?;
    club.sign_in_at_desk(browser).await?;
    club.see_dashboard(browser).await?;
    for language in LANGUAGES {
        for (path, holds) in [
            ("/admin/payments".to_owned(), ".table"),
            ("/admin/promoters".to_owned(), ".table"),
            ("/admin/disputes".to_owned(), ".table"),
            ("/admin/roles".to_owned(), "h1"),
            ("/admin/roles/new".to_owned(), "fieldset"),
            (format!("/admin/disputes/{DISPUTE}"), ".proof__part"),
            (format!("/admin/events/{night}/new-date"), "form[action$='/new-date']"),
            ("/admin/events?show=archived".to_owned(), ".table"),
        ] {
            browser.go(&said_in(language, &format!("{marketing}{path}"))).await?;
            browser.see(holds).await?;
            judge(browser, &path, wrong).await?;
        }
    }
    Ok(())
}

/// Makes a night and puts it on sale; gives its id.
async fn publish(desk: &Desk, body: &Value) -> Result<String> {
    let made: Value = desk.post("/api/v1/events", body).await?.error_for_status()?.json().await?;
    let id = made["id"].as_str().context("an id")?.to_owned();
    desk.post(&format!("/api/v1/events/{id}/publish"), &json!({})).await?.error_for_status()?;
    Ok(id)
}

/// Waits until a statement counts something.
async fn counts(stack: &Stack, statement: &str) {
    until(statement, PATIENCE, || async {
        let found = audit::count(stack, statement).await.ok()?;
        (found > 0).then_some(())
    })
    .await;
}

/// The address of a page in a language.
pub fn said_in(language: &str, url: &str) -> String {
    format!("{url}{}lang={language}", if url.contains('?') { '&' } else { '?' })
}

/// Looks at the page that is open, as it is, on both screens.
pub async fn judge(browser: &Browser, page: &str, wrong: &mut Vec<String>) -> Result<()> {
    let language = browser.driver().execute("return document.documentElement.lang", vec![]).await?;
    let language = language.json().as_str().unwrap_or_default().to_owned();
    for screen in [PHONE, DESK] {
        browser.resize(screen).await?;
        let at = format!("{page} ({language}) at {}", screen.width);
        wrong.extend(violations(browser).await?.into_iter().map(|found| format!("{at}: {found}")));
        let over = browser.driver().execute(WIDE, vec![]).await?.json().as_i64().unwrap_or(0);
        if over > 0 {
            wrong.push(format!("{at}: {over} px wider than the screen"));
        }
        if screen == PHONE {
            let low = browser.driver().execute(LOW, vec![]).await?;
            let low = low.json().as_array().context("a list")?.iter().filter_map(Value::as_str);
            wrong.extend(low.map(|low| format!("{at}: {low}")));
        }
    }
    Ok(())
}
