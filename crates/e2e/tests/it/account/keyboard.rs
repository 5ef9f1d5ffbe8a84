//! An account by keyboard alone: made, an app with codes set up, signed in with it. Whatever has the focus shows it, and what was refused
//! is where the focus goes.

use super::{PASSWORD, code, link_in_mail};
use crate::journeys::club::Club;
use anyhow::{Context, Result, bail, ensure};
use devstack::Service;
use e2e::{
    browser::{Browser, DESK},
    guest::Guest,
    wait::{PATIENCE, until},
};
use serde_json::{Value, json};
use thirtyfour::Key;

/// What has the focus: whether it is what is looked for, and whether one sees that it has it.
const FOCUS: &str = "const at = document.activeElement;
    if (!at || at === document.body) return null;
    const style = getComputedStyle(at), box = at.getBoundingClientRect();
    const ring = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
    const inView = box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight;
    return {found: at.matches(arguments[0]), seen: ring && inView, what: at.outerHTML.slice(0, 120)};";

/// What a reader of the screen hears of the element that has the focus: itself, and what describes it.
const HEARD: &str = "const at = document.activeElement;
    if (!at || !at.matches(arguments[0])) return null;
    const by = document.getElementById(at.getAttribute('aria-describedby') ?? '');
    return (by ?? at).innerText.trim() || null;";

/// More stops than any of these pages has.
const MOST: usize = 80;

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_made_and_secured_by_keyboard_alone() -> Result<()> {
    let club = Club::open().await?;
    let browser = Browser::open(DESK).await?;
    // Without a window nobody would be looking at the page.
    browser.driver().cdp().send_raw("Emulation.setFocusEmulationEnabled", json!({"enabled": true})).await?;
    let told = walk(&club, &Keyboard(&browser)).await;
    if told.is_err() {
        browser.keep_evidence("an-account-by-keyboard").await;
        eprintln!("{}", club.stack.log(Service::MarketingAdmin));
    }
    told?;
    browser.close().await
}

async fn walk(club: &Club, keys: &Keyboard<'_>) -> Result<()> {
    let guest = Guest::new(&club.stack)?;
    sign_up(club, keys, &guest).await?;
    let secret = app(club, keys).await?;
    sign_in(club, keys, &guest, &secret).await
}

async fn sign_up(club: &Club, keys: &Keyboard<'_>, guest: &Guest) -> Result<()> {
    keys.0.go(&format!("{}/account/sign-up", club.stack.urls.marketing)).await?;
    keys.write("#name", "Ana Luz").await?;
    keys.write("#email", &guest.email).await?;
    keys.write("#password", "password1234").await?;
    keys.press(Key::Enter).await?;
    // The password that everybody has: the field has the focus, and the reason is read out with it.
    keys.hear("#password[aria-invalid=true]").await;
    keys.type_in(PASSWORD).await?;
    keys.press(Key::Enter).await?;
    keys.0.read("mail").await;
    keys.0.go(&link_in_mail(club, guest, "account").await).await?;
    keys.choose("main button[type=submit]").await?;
    keys.0.read("Ana Luz").await;
    Ok(())
}

/// Sets an app with codes up; gives its secret.
async fn app(club: &Club, keys: &Keyboard<'_>) -> Result<String> {
    keys.0.go(&format!("{}/account/security", club.stack.urls.marketing)).await?;
    keys.choose("form[action='/account/security/totp'] button").await?;
    let secret = keys.0.see("[data-secret]").await?.attr("data-secret").await?.context("a secret")?;
    keys.write("#code", "no code").await?;
    keys.press(Key::Enter).await?;
    keys.hear("[role=alert]").await;
    keys.write("#code", &code(&secret, 0)?).await?;
    keys.press(Key::Enter).await?;
    keys.0.see("[data-recovery-codes]").await?;
    keys.choose("main a.button[href='/account/security']").await?;
    keys.0.see("form[action='/account/security/totp/remove']").await?;
    Ok(secret)
}

async fn sign_in(club: &Club, keys: &Keyboard<'_>, guest: &Guest, secret: &str) -> Result<()> {
    keys.0.go(&format!("{}/account/sessions", club.stack.urls.marketing)).await?;
    keys.choose("form[action='/account/sign-out'] button").await?;
    keys.0.arrive("/account/sign-in").await;
    keys.write("#email", &guest.email).await?;
    keys.write("#password", "not her password").await?;
    keys.press(Key::Enter).await?;
    keys.hear("[role=alert]").await;
    keys.write("#password", PASSWORD).await?;
    keys.press(Key::Enter).await?;
    keys.0.arrive("/account/second-factor").await;
    // Each step's code is good once, and the one that set the app up is spent.
    keys.write("#code", &code(secret, 1)?).await?;
    keys.press(Key::Enter).await?;
    keys.0.read("Ana Luz").await;
    Ok(())
}

/// Somebody without mouse and touch screen.
struct Keyboard<'a>(&'a Browser);

impl Keyboard<'_> {
    async fn press(&self, key: Key) -> Result<()> {
        Ok(self.0.driver().action_chain().send_keys(key).perform().await?)
    }

    async fn type_in(&self, text: &str) -> Result<()> {
        Ok(self.0.driver().action_chain().send_keys(text).perform().await?)
    }

    /// Goes there and writes.
    async fn write(&self, css: &str, text: &str) -> Result<()> {
        self.reach(css).await?;
        self.type_in(text).await
    }

    /// Goes there and presses Enter.
    async fn choose(&self, css: &str) -> Result<()> {
        self.reach(css).await?;
        self.press(Key::Enter).await
    }

    /// Goes on from one stop to the next; whoever is passed shows that the focus is there.
    async fn reach(&self, css: &str) -> Result<()> {
        self.0.see(css).await?;
        for _ in 0..MOST {
            self.press(Key::Tab).await?;
            let Some(focus) = self.focus(css).await? else { continue };
            ensure!(focus["seen"] == true, "nobody sees that the focus is at {}", focus["what"]);
            if focus["found"] == true {
                return Ok(());
            }
        }
        bail!("`{css}` is not to be reached by keyboard")
    }

    /// What has the focus, once its ring has been drawn; none: the browser itself has it.
    async fn focus(&self, css: &str) -> Result<Option<Value>> {
        let mut last = Value::Null;
        for _ in 0..10 {
            last = self.0.driver().execute(FOCUS, vec![json!(css)]).await?.json().clone();
            if last.is_null() || last["seen"] == true {
                break;
            }
        }
        Ok((!last.is_null()).then_some(last))
    }

    /// Waits until this has the focus and says something.
    async fn hear(&self, css: &str) -> String {
        until(&format!("`{css}` has the focus and is read out"), PATIENCE, || async {
            let heard = self.0.driver().execute(HEARD, vec![json!(css)]).await.ok()?;
            heard.json().as_str().map(str::to_owned)
        })
        .await
    }
}
