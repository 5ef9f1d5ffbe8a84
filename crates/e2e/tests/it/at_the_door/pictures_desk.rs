//! What supervisors see of a busy night, and the form in which a night's rules for its door are written: a picture of each page on a
//! phone and at a desk, in both languages. What is pictured passes axe, and is no wider than its screen.

use super::{
    busy_night::{Busy, busy},
    *,
};
use crate::accessible::rooms::{LANGUAGES, judge, said_in};
use e2e::browser::{DESK, Screen};

const SIZES: [(&str, Screen); 2] = [("phone", PHONE), ("desktop", DESK)];

/// What one unfolds is looked at, too.
const UNFOLD: &str = "for (const fold of document.querySelectorAll('details')) fold.open = true;";

#[tokio::test(flavor = "multi_thread")]
async fn the_desk_of_a_busy_night_is_pictured_and_passes_axe() -> Result<()> {
    let Busy { club, phone } = Box::pin(busy()).await?;
    let scanner = club.stack.urls.scanner.clone();
    let browser = Browser::open(PHONE).await?;
    browser.go(&format!("{scanner}/desk")).await?;
    club.sign_in(&browser, StaffRole::Owner).await?;
    browser.see(".tile").await?;
    let one_phone = format!("/devices/{phone}");
    let mut wrong = Vec::new();
    for language in LANGUAGES {
        for (name, path, holds) in [
            ("desk", "/desk", ".tile"),
            ("desk-bans", "/desk/bans", ".card"),
            ("desk-incident", "/desk/incident", "#text"),
            ("desk-incidents", "/desk/incidents", ".card__note"),
            ("desk-check", "/desk/check", "main form"),
            ("desk-settings", "/desk/settings", "main form"),
            ("desk-scans", "/desk/scans", ".history"),
            ("desk-people", "/desk/people", ".people-chart"),
            ("live", "/live", ".conflict"),
            ("devices", "/devices", ".phone"),
            ("device", one_phone.as_str(), ".hands li"),
        ] {
            browser.resize(PHONE).await?;
            browser.go(&said_in(language, &format!("{scanner}{path}"))).await?;
            browser.see(holds).await?;
            Box::pin(pictured(&club, &browser, &format!("{name}-{language}"), &mut wrong)).await?;
        }
        browser.resize(PHONE).await?;
        browser.go(&said_in(language, &format!("{scanner}/devices"))).await?;
        browser.fill("#name", "Terrace").await?;
        browser.click("form[action='/devices/invitations'] button[type=submit]").await?;
        browser.see(".invited__qr svg").await?;
        Box::pin(pictured(&club, &browser, &format!("device-invited-{language}"), &mut wrong)).await?;
    }
    browser.close().await?;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_verdict_that_asks_for_a_document_is_pictured_and_passes_axe() -> Result<()> {
    let (club, event, tickets) = Box::pin(sold(2)).await?;
    audit::change(&club.stack, "update scanner.ticket_types set asks_id = true").await?;
    let mut wrong = Vec::new();
    for (language, code) in LANGUAGES.into_iter().zip(&tickets) {
        let phone = Browser::open(PHONE).await?;
        phone.go(&club.stack.urls.scanner).await?;
        club.sign_in(&phone, StaffRole::DoorStaff).await?;
        phone.see(".gate").await?;
        phone.go(&said_in(language, &club.stack.urls.scanner)).await?;
        phone.see(".gate").await?;
        choose(&phone, &event).await?;
        is_ready(&phone).await;
        scan(&phone, code, "admit").await?;
        phone.see("#id-check [data-passed=yes]").await?;
        Box::pin(pictured(&club, &phone, &format!("verdict-id-{language}"), &mut wrong)).await?;
        phone.close().await?;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}

/// What a ticket type says of its guests at the door: how often they come in, from when until when, and whether a document is looked at.
#[tokio::test(flavor = "multi_thread")]
async fn the_form_of_a_night_with_rules_for_its_door_is_pictured_and_passes_axe() -> Result<()> {
    const FILL: &str = "const set = (name, value) => {
            const field = document.querySelector(`[name='ticket_types[0].${name}']`);
            if (field.type === 'checkbox') field.checked = value; else field.value = value;
            return field.type === 'checkbox' ? field.checked : field.value === value;
        };
        return [set('name', 'Early bird'), set('price', '15.00'), set('capacity', '120'), set('entries', 'any'),
            set('admit_from', '2030-11-22T22:30'), set('admit_until', '2030-11-23T01:00'), set('asks_id', true)].every(Boolean);";
    const SHOW: &str = "document.querySelector(\"select[name='ticket_types[0].entries']\")
        .scrollIntoView({block: 'center', behavior: 'instant'});";
    let club = Club::open().await?;
    let browser = Browser::open(DESK).await?;
    club.sign_in_at_desk(&browser).await?;
    club.see_dashboard(&browser).await?;
    let mut wrong = Vec::new();
    for language in LANGUAGES {
        browser.go(&said_in(language, &format!("{}/admin/events/new", club.stack.urls.marketing))).await?;
        browser.see("#title").await?;
        browser.driver().execute(UNFOLD, vec![]).await?;
        browser.see("[name='ticket_types[0].admit_until']").await?;
        let filled = browser.driver().execute(FILL, vec![]).await?;
        assert_eq!(filled.json(), &json!(true), "the form has each of these fields");
        for (size, screen) in SIZES {
            browser.resize(screen).await?;
            browser.driver().execute(SHOW, vec![]).await?;
            club.picture(&browser, &format!("door-event-form-{language}-{size}")).await?;
        }
        judge(&browser, "the form of a night", &mut wrong).await?;
    }
    browser.close().await?;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}

/// Takes the page that is open, as its reader finds it, and looks at all that it holds.
async fn pictured(club: &Club, browser: &Browser, name: &str, wrong: &mut Vec<String>) -> Result<()> {
    let language = browser.driver().execute("return document.documentElement.lang", vec![]).await?;
    let language = language.json().as_str().context("a language")?;
    anyhow::ensure!(name.ends_with(language), "{name} is said in {language}");
    for (size, screen) in SIZES {
        browser.resize(screen).await?;
        club.picture(browser, &format!("door-{name}-{size}")).await?;
    }
    browser.driver().execute(UNFOLD, vec![]).await?;
    judge(browser, name, wrong).await
}
