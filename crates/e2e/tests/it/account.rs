//! A guest's account, on a phone: made by a mailed link, good on both sites, with an app with codes, a passkey, a forgotten password, and
//! gone again at the end. The first half of it by keyboard alone, too ([`keyboard`]).

mod keyboard;

use crate::journeys::club::Club;
use anyhow::{Context, Result};
use devstack::{Service, StaffRole};
use e2e::{
    browser::{Browser, PHONE},
    desk::{Desk, Night},
    guest::Guest,
    wait::{PATIENCE, until},
};
use serde_json::{Value, json};

pub const PASSWORD: &str = "seven lanterns under the mezcal moon";
const NEW_PASSWORD: &str = "nine crows over the old harbour";

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_makes_an_account_uses_it_on_both_sites_and_deletes_it() -> Result<()> {
    let club = Club::open().await?;
    let phone = Browser::open(PHONE).await?;
    let told = walk(&club, &phone).await;
    if told.is_err() {
        phone.keep_evidence("a-guests-account").await;
        for service in [Service::MarketingAdmin, Service::Purchase] {
            eprintln!("{}", club.stack.log(service));
        }
    }
    told?;
    phone.close().await
}

async fn walk(club: &Club, phone: &Browser) -> Result<()> {
    let night = Night::open_now();
    Desk::sign_in(&club.stack, StaffRole::Owner).await?.publish(&night).await?;
    let guest = Guest::new(&club.stack)?;
    let event = guest.event(&night.slug).await;
    // Bought before there was an account: the address is what makes it theirs.
    let (placed, _) = guest.buy(&event, 2).await?;

    sign_up(club, phone, &guest).await?;
    tickets(club, phone, &placed.reference).await?;
    let secret = app(club, phone).await?;
    sign_out(club, phone).await?;
    sign_in_with_a_code(club, phone, &guest, &secret).await?;
    let authenticator = passkey(club, phone).await?;
    forgotten_password(club, phone, &guest, &authenticator).await?;
    delete(club, phone, &guest).await
}

/// The mail with this in its subject, and the link of ours in it.
pub async fn link_in_mail(club: &Club, guest: &Guest, subject: &str) -> String {
    until(&format!("a mail “{subject}” for {}", guest.email), PATIENCE, || async {
        let mails = guest.mails().await.ok()?;
        let mail = mails.iter().find(|mail| mail["subject"].as_str().is_some_and(|s| s.contains(subject)))?;
        let text = mail["text"].as_str()?;
        let at = text.find(&format!("{}/account/", club.stack.urls.marketing))?;
        text[at..].split_whitespace().next().map(str::to_owned)
    })
    .await
}

async fn sign_up(club: &Club, phone: &Browser, guest: &Guest) -> Result<()> {
    let site = &club.stack.urls.marketing;
    phone.go(site).await?;
    phone.click(".own-place").await?;
    phone.arrive("/account/sign-in").await;
    club.pictures_of_all(phone, "account-sign-in").await?;
    phone.click("a[href^='/account/sign-up']").await?;
    phone.fill("#name", "Ana Luz").await?;
    phone.fill("#email", &guest.email).await?;
    phone.fill("#password", "password1234").await?;
    phone.click("main button[type=submit]").await?;
    phone.see("#password-error").await?;
    club.pictures_of_all(phone, "account-sign-up").await?;
    phone.fill("#password", PASSWORD).await?;
    phone.click("main button[type=submit]").await?;
    phone.read("mail").await;
    let link = link_in_mail(club, guest, "account").await;
    phone.go(&link).await?;
    club.pictures_of_all(phone, "account-confirm").await?;
    phone.click("main button[type=submit]").await?;
    phone.read("Ana Luz").await;
    club.pictures_of_all(phone, "account").await
}

/// The session of the club's site is good on the ticket site, which knows the orders of the address.
async fn tickets(club: &Club, phone: &Browser, reference: &str) -> Result<()> {
    let url = format!("{}/my", club.stack.urls.purchase);
    // The ticket site hears of new keys within seconds.
    until("the ticket site knows who is signed in", PATIENCE, || async {
        phone.go(&url).await.ok()?;
        phone.text("h1").await.ok().filter(|title| title == "My tickets")
    })
    .await;
    let link = phone.see("a.night-row").await?.attr("href").await?.context("a link")?;
    assert!(link.contains(reference), "{link}");
    club.pictures_of_all(phone, "account-tickets").await
}

/// Sets an app with codes up; gives its secret.
async fn app(club: &Club, phone: &Browser) -> Result<String> {
    phone.go(&format!("{}/account/security", club.stack.urls.marketing)).await?;
    club.pictures_of_all(phone, "account-security").await?;
    phone.click("form[action='/account/security/totp'] button").await?;
    let secret = phone.see("[data-secret]").await?.attr("data-secret").await?.context("a secret")?;
    club.pictures_of(phone, "account-app").await?;
    let code = code(&secret, 0)?;
    phone.fill("#code", &code).await?;
    phone.click("form[action='/account/security/totp/confirm'] button").await?;
    phone.read("recovery").await;
    club.pictures_of(phone, "account-recovery-codes").await?;
    Ok(secret)
}

/// The code of a step from now.
pub fn code(secret: &str, ahead: u64) -> Result<String> {
    let now = u64::try_from(domain::clock::Clock::now(&domain::clock::SystemClock).timestamp())?;
    Ok(devstack::staff::code_of(secret, now / 30 + ahead)?)
}

async fn sign_out(club: &Club, phone: &Browser) -> Result<()> {
    phone.go(&format!("{}/account/sessions", club.stack.urls.marketing)).await?;
    club.pictures_of_all(phone, "account-sessions").await?;
    phone.click("form[action='/account/sign-out'] button").await?;
    phone.arrive("/account/sign-in").await;
    phone.go(&format!("{}/my", club.stack.urls.purchase)).await?;
    phone.see("#email").await.map(drop)
}

async fn sign_in_with_a_code(club: &Club, phone: &Browser, guest: &Guest, secret: &str) -> Result<()> {
    phone.go(&format!("{}/account/sign-in", club.stack.urls.marketing)).await?;
    phone.fill("#email", &guest.email).await?;
    phone.fill("#password", PASSWORD).await?;
    phone.click("form[action='/account/sign-in'] button[type=submit]").await?;
    phone.arrive("/account/second-factor").await;
    club.pictures_of_all(phone, "account-second-factor").await?;
    // Each step's code is good once, and the one that set the app up is spent; a step ahead is as near as one behind.
    phone.fill("#code", &code(secret, 1)?).await?;
    phone.click("form[action='/account/second-factor'] button").await?;
    phone.read("Ana Luz").await;
    Ok(())
}

/// A virtual authenticator stands in for the phone's own.
async fn passkey(club: &Club, phone: &Browser) -> Result<Value> {
    let cdp = phone.driver().cdp();
    cdp.send_raw("WebAuthn.enable", json!({})).await?;
    let options = json!({"options": {"protocol": "ctap2", "transport": "internal", "hasResidentKey": true,
        "hasUserVerification": true, "isUserVerified": true, "automaticPresenceSimulation": true}});
    let added = cdp.send_raw("WebAuthn.addVirtualAuthenticator", options).await?;
    let authenticator = added["authenticatorId"].clone();
    phone.go(&format!("{}/account/security", club.stack.urls.marketing)).await?;
    phone.fill("#passkey-name", "My phone").await?;
    phone.click("[data-passkey='create'] button").await?;
    phone.read("The passkey is added").await;
    // Nobody touches it: what the sign-in page offers beside the address waits, and a button takes its place.
    touched(phone, &authenticator, false).await?;
    sign_out(club, phone).await?;
    by_passkey(club, phone, &authenticator).await?;
    Ok(authenticator)
}

/// Whether the authenticator's owner has a finger on it.
async fn touched(phone: &Browser, authenticator: &Value, is: bool) -> Result<()> {
    let wanted = json!({"authenticatorId": authenticator, "enabled": is});
    phone.driver().cdp().send_raw("WebAuthn.setAutomaticPresenceSimulation", wanted).await?;
    Ok(())
}

/// The button of the sign-in page.
async fn by_passkey(club: &Club, phone: &Browser, authenticator: &Value) -> Result<()> {
    phone.go(&format!("{}/account/sign-in", club.stack.urls.marketing)).await?;
    phone.see("[data-passkey-sign-in]").await?;
    touched(phone, authenticator, true).await?;
    // What is offered beside the address may be taken before the button is pressed: in by a passkey either way.
    let pressed = phone.click("[data-passkey-sign-in]").await;
    phone.read("Ana Luz").await;
    if let Err(gone) = pressed {
        eprintln!("no button was needed: {gone}");
    }
    touched(phone, authenticator, false).await
}

async fn forgotten_password(
    club: &Club,
    phone: &Browser,
    guest: &Guest,
    authenticator: &Value,
) -> Result<()> {
    sign_out(club, phone).await?;
    phone.go(&format!("{}/account/forgot", club.stack.urls.marketing)).await?;
    club.pictures_of_all(phone, "account-forgot").await?;
    phone.fill("#email", &guest.email).await?;
    phone.click("main button[type=submit]").await?;
    let link = link_in_mail(club, guest, "password").await;
    phone.go(&link).await?;
    phone.fill("#password", NEW_PASSWORD).await?;
    phone.click("main button[type=submit]").await?;
    phone.arrive("/account/sign-in").await;
    // The passkey is as good as before, and needs no password.
    by_passkey(club, phone, authenticator).await
}

async fn delete(club: &Club, phone: &Browser, guest: &Guest) -> Result<()> {
    phone.go(&format!("{}/account/delete", club.stack.urls.marketing)).await?;
    club.pictures_of_all(phone, "account-delete").await?;
    phone.fill("#typed", &guest.email).await?;
    phone.click("form[action='/account/delete'] button").await?;
    farewell(guest).await;
    phone.go(&format!("{}/account", club.stack.urls.marketing)).await?;
    phone.arrive("/account/sign-in").await;
    Ok(())
}

/// The last mail.
async fn farewell(guest: &Guest) {
    until(&format!("a farewell for {}", guest.email), PATIENCE, || async {
        let mails = guest.mails().await.ok()?;
        mails.iter().any(|mail| mail["subject"].as_str().is_some_and(|s| s.contains("deleted"))).then_some(())
    })
    .await;
}
