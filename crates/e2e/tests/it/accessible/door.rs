//! The door's app and its desk with all that they can show: each verdict, the search and its sheets, the settings, the phones, the bans.

use super::{
    BUSY,
    rooms::{LANGUAGES, judge, said_in},
};
use crate::{
    at_the_door::{choose, is_ready, just_sold, over::TOMORROW, reports::PHOTOS_ON, scan, sold},
    journeys::club::Club,
};
use anyhow::{Context, Result};
use devstack::{Service, StaffRole};
use e2e::{
    audit,
    browser::{Browser, PHONE},
};
use serde_json::{Value, json};

/// A verdict stays while it is looked at: the page's own clocks for putting it away stand still.
const STAYS: &str = "const real = window.setTimeout;
    window.setTimeout = (act, time, ...rest) => ([1800, 2500, 3500, 5000].includes(time) ? 0 : real(act, time, ...rest));";

const SHUT: &str = "for (const sheet of document.querySelectorAll('dialog[open]')) sheet.close();";

/// What one unfolds is looked at, too.
const UNFOLD: &str = "for (const fold of document.querySelectorAll('details')) fold.open = true;";

#[tokio::test(flavor = "multi_thread")]
async fn the_screen_of_the_door_passes_axe_in_both_languages() -> Result<()> {
    let (mut club, event, codes) = sold(4).await?;
    audit::change(&club.stack, PHOTOS_ON).await?;
    let phone = Browser::open(PHONE).await?;
    phone.go(&club.stack.urls.scanner).await?;
    club.sign_in(&phone, StaffRole::Owner).await?;
    phone.see(".gate").await?;
    let mut wrong = Vec::new();
    for (language, code) in LANGUAGES.into_iter().zip(&codes) {
        phone.resize(PHONE).await?;
        phone.go(&said_in(language, &club.stack.urls.scanner)).await?;
        phone.see(".gate").await?;
        judge(&phone, "the gates", &mut wrong).await?;
        phone.resize(PHONE).await?;
        phone.driver().execute(STAYS, vec![]).await?;
        choose(&phone, &event).await?;
        is_ready(&phone).await;
        judge(&phone, "the finder", &mut wrong).await?;
        Box::pin(sheets(&phone, &mut wrong)).await?;
        Box::pin(verdicts(&mut club, &phone, &event, code, &mut wrong)).await?;
    }
    phone.close().await?;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}

/// The search with somebody found, what it asks, and the settings.
async fn sheets(phone: &Browser, wrong: &mut Vec<String>) -> Result<()> {
    phone.resize(PHONE).await?;
    phone.click("#find").await?;
    phone.fill("#search-words", "guest").await?;
    phone.see(".card__button").await?;
    judge(phone, "the search", wrong).await?;
    for (button, sheet) in [(".card__button", "[data-why]"), ("[data-correct]", "[data-correction]")] {
        phone.resize(PHONE).await?;
        phone.click(button).await?;
        phone.see(&format!("{sheet}[open]")).await?;
        judge(phone, sheet, wrong).await?;
        phone.driver().execute(SHUT, vec![]).await?;
    }
    phone.resize(PHONE).await?;
    phone.click("#search [data-close]").await?;
    phone.click("#open-settings").await?;
    phone.see("#settings[open]").await?;
    judge(phone, "the settings", wrong).await?;
    phone.driver().execute(SHUT, vec![]).await?;
    Ok(())
}

/// Each tone of a verdict, at last those that a phone without network shows.
async fn verdicts(
    club: &mut Club,
    phone: &Browser,
    event: &Value,
    code: &str,
    wrong: &mut Vec<String>,
) -> Result<()> {
    shown(phone, code, "admit", wrong).await?;
    phone.resize(PHONE).await?;
    phone.click("#photo").await?;
    phone.see("#photo-sheet[open]").await?;
    judge(phone, "the sheet of photographs", wrong).await?;
    phone.driver().execute(SHUT, vec![]).await?;
    shown(phone, code, "deny", wrong).await?;
    press(phone, "#exit").await?;
    shown(phone, code, "leave", wrong).await?;
    press(phone, "#entry").await?;
    let unlisted = [just_sold(club, event)?, just_sold(club, event)?];
    club.stack.cut_network();
    shown(phone, &unlisted[0], "caution", wrong).await?;
    phone.driver().execute(TOMORROW, vec![]).await?;
    shown(phone, &unlisted[1], "unsure", wrong).await?;
    club.stack.mend_network().await.context("the network comes back")
}

async fn shown(phone: &Browser, code: &str, tone: &str, wrong: &mut Vec<String>) -> Result<()> {
    phone.resize(PHONE).await?;
    scan(phone, code, tone).await?;
    judge(phone, &format!("the verdict {tone}"), wrong).await
}

/// Puts away what is shown, and presses something on the screen behind it.
async fn press(phone: &Browser, css: &str) -> Result<()> {
    phone.resize(PHONE).await?;
    phone.click("#next").await?;
    phone.click(css).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rooms_behind_the_door_pass_axe_in_both_languages() -> Result<()> {
    let (club, _, _) = sold(2).await?;
    let scanner = club.stack.urls.scanner.clone();
    let device = held(&club).await?;
    let phone = Browser::open(PHONE).await?;
    phone.go(&format!("{scanner}/desk")).await?;
    club.sign_in(&phone, StaffRole::Owner).await?;
    phone.see(".tile").await?;
    let mut wrong = Vec::new();
    for language in LANGUAGES {
        for (path, holds) in [
            ("/desk".to_owned(), ".tile"),
            ("/desk/bans".to_owned(), ".card"),
            ("/desk/incident".to_owned(), "#text"),
            ("/desk/incidents".to_owned(), "main"),
            ("/desk/check".to_owned(), "main form"),
            ("/desk/settings".to_owned(), "main form"),
            ("/devices".to_owned(), ".phone"),
            (format!("/devices/{device}"), "main form"),
            (format!("/devices/{device}/revoke"), "main form"),
            ("/enrol".to_owned(), "#code"),
            ("/pin".to_owned(), "#again"),
        ] {
            phone.resize(PHONE).await?;
            phone.go(&said_in(language, &format!("{scanner}{path}"))).await?;
            phone.see(holds).await?;
            phone.driver().execute(UNFOLD, vec![]).await?;
            judge(&phone, &path, &mut wrong).await?;
        }
    }
    phone.close().await?;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}

/// A door with something in each room: somebody inside, a phone that is silent, a ban. Gives the phone's id.
async fn held(club: &Club) -> Result<String> {
    audit::change(&club.stack, BUSY).await?;
    let (client, scanner) = (club.stack.client()?, club.stack.direct(Service::Scanner));
    let token = e2e::session::token(&club.stack, &client, &scanner, StaffRole::Owner).await?;
    let ban = json!({"name": "Nadie Nunca", "photo_note": "Tall, a swallow on the neck", "reason": "Fought at the bar"});
    let banned = client.post(format!("{scanner}/api/v1/bans")).bearer_auth(&token).json(&ban).send().await?;
    banned.error_for_status()?;
    let phones = client.get(format!("{scanner}/api/v1/devices")).bearer_auth(&token).send().await?;
    let phones: Value = phones.error_for_status()?.json().await?;
    phones["devices"][0]["id"].as_str().map(str::to_owned).context("a phone")
}
