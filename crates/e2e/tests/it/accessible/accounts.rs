//! The pages of guests' accounts: held against axe and pictured, in both languages, on a phone and at a desk.

use super::{
    rooms::{LANGUAGES, said_in},
    round::Round,
};
use crate::account::{PASSWORD, code, link_in_mail};
use anyhow::{Context, Result};
use e2e::{
    guest::Guest,
    wait::{PATIENCE, until},
};

/// Where guests come in, signed in or not.
const WAYS_IN: [(&str, &str, &str); 5] = [
    ("sign-in", "/account/sign-in", "#password"),
    ("sign-in-after-reset", "/account/sign-in?reset=1", ".notice--good"),
    ("sign-up", "/account/sign-up", "#name"),
    ("forgot", "/account/forgot", "#email"),
    ("sign-in-by-phone", "/account/phone", "#phone"),
];

/// What a guest who is signed in has there.
const OWN: [(&str, &str, &str); 11] = [
    ("home", "/account", "h1"),
    ("profile", "/account/profile", "#name"),
    ("password", "/account/password", "#password"),
    ("email", "/account/email", "#email"),
    ("security", "/account/security", "#passkeys"),
    ("phone", "/account/security/phone", "#phone"),
    ("sessions", "/account/sessions", "form[action='/account/sign-out']"),
    ("activity", "/account/activity", "main time"),
    ("data", "/account/data", "a[href='/account/data/file.json']"),
    ("delete", "/account/delete", "#typed"),
    ("confirm", "/account/confirm?next=/account/data", "#password"),
];

#[tokio::test(flavor = "multi_thread")]
async fn the_ways_into_an_account_pass_axe_and_are_pictured() -> Result<()> {
    let mut round = Round::begin().await?;
    Box::pin(round.pages("entrance", &WAYS_IN)).await?;
    let (known, new) = (round.guest().await?, Guest::new(&round.club.stack)?);
    let magic = round.mailed("/account/magic-link", &known, "Your link to sign in").await?;
    let reset = round.mailed("/account/forgot", &known, "Choose a new password").await?;
    let confirm = round.mailed("/account/sign-up", &new, "account").await?;
    let mailed = [
        ("magic-link", magic.as_str(), "main form"),
        ("reset", reset.as_str(), "#password"),
        ("confirm", confirm.as_str(), "#password"),
    ];
    Box::pin(round.pages("entrance", &mailed)).await?;
    Box::pin(answered(&mut round, &known, &new)).await?;
    round.end().await
}

/// What forms answer: a password that does not fit, one that will not do, a mail that is on its way, a code that was sent.
async fn answered(round: &mut Round, known: &Guest, new: &Guest) -> Result<()> {
    for language in LANGUAGES {
        let page = said_in(language, &round.at("/account/sign-in"));
        round.open(&page, "#password").await?;
        round.sign_in(known, "not her password").await?;
        round.browser.see("[data-refused]").await?;
        Box::pin(round.look(&format!("entrance-refused-{language}"))).await?;

        let page = said_in(language, &round.at("/account/sign-up"));
        round.open(&page, "#name").await?;
        for (field, text) in [("#name", "Ana Luz"), ("#email", new.email.as_str()), ("#password", "short")] {
            round.browser.fill(field, text).await?;
        }
        round.browser.click("form[action='/account/sign-up'] button[type=submit]").await?;
        round.browser.see("[aria-invalid=true]").await?;
        Box::pin(round.look(&format!("entrance-sign-up-refused-{language}"))).await?;

        for (path, field, text, holds, name) in [
            ("/account/forgot", "#email", new.email.as_str(), ".entrance__form[role=status]", "look"),
            ("/account/phone", "#phone", "+34600111222", "#code", "phone-code"),
        ] {
            let page = said_in(language, &round.at(path));
            round.open(&page, field).await?;
            round.browser.fill(field, text).await?;
            round.browser.click("main form button[type=submit]").await?;
            round.browser.see(holds).await?;
            Box::pin(round.look(&format!("entrance-{name}-{language}"))).await?;
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_s_own_pages_pass_axe_and_are_pictured() -> Result<()> {
    let mut round = Round::begin().await?;
    let guest = round.guest().await?;
    let sign_in = said_in("en", &round.at("/account/sign-in"));
    round.open(&sign_in, "#password").await?;
    round.sign_in(&guest, PASSWORD).await?;
    round.browser.read("Ana Luz").await;
    Box::pin(round.pages("account", &OWN)).await?;
    for language in LANGUAGES {
        let page = said_in(language, &format!("{}/my", round.club.stack.urls.purchase));
        // The ticket site hears of new keys within seconds: until then it asks for an address.
        until("the ticket site knows who is signed in", PATIENCE, || async {
            round.browser.go(&page).await.ok()?;
            let known = "return !document.querySelector('#email')";
            let known = round.browser.driver().execute(known, vec![]).await.ok()?;
            (known.json() == true).then_some(())
        })
        .await;
        Box::pin(round.look(&format!("account-tickets-{language}"))).await?;
    }
    Box::pin(another_address(&mut round)).await?;
    Box::pin(a_number(&mut round)).await?;
    Box::pin(with_an_app(&mut round, &guest)).await?;
    Box::pin(farewell(&mut round)).await?;
    round.end().await
}

/// A new address: asked for, and what the mailed link opens.
async fn another_address(round: &mut Round) -> Result<()> {
    let new = Guest::new(&round.club.stack)?;
    let page = said_in("en", &round.at("/account/email"));
    round.open(&page, "#email").await?;
    round.browser.fill("#email", &new.email).await?;
    round.browser.click("form[action='/account/email'] button").await?;
    round.browser.see(".entrance__form[role=status]").await?;
    let link = link_in_mail(&round.club, &new, "new address").await;
    let path = link.strip_prefix(&round.club.stack.urls.marketing).context("a link of ours")?;
    Box::pin(round.pages("account", &[("new-email", path, "form[action='/account/new-email']")])).await
}

/// A number: the code that was sent to it, and a wrong one.
async fn a_number(round: &mut Round) -> Result<()> {
    for language in LANGUAGES {
        let page = said_in(language, &round.at("/account/security/phone"));
        round.open(&page, "#phone").await?;
        round.browser.fill("#phone", "+34600111333").await?;
        round.browser.click("form[action='/account/security/phone'] button[type=submit]").await?;
        round.browser.see("#code").await?;
        Box::pin(round.look(&format!("account-phone-code-{language}"))).await?;
        round.browser.fill("#code", "12").await?;
        round.browser.click("form[action='/account/security/phone/code'] button[type=submit]").await?;
        round.browser.see("#code[aria-invalid=true]").await?;
        Box::pin(round.look(&format!("account-phone-code-refused-{language}"))).await?;
    }
    Ok(())
}

/// The last page of an account, each time of another guest.
async fn farewell(round: &mut Round) -> Result<()> {
    for language in LANGUAGES {
        let guest = round.guest().await?;
        let sign_in = said_in("en", &round.at("/account/sign-in"));
        round.open(&sign_in, "#password").await?;
        round.sign_in(&guest, PASSWORD).await?;
        round.browser.read("Ana Luz").await;
        let page = said_in(language, &round.at("/account/delete"));
        round.open(&page, "#typed").await?;
        round.browser.fill("#typed", &guest.email).await?;
        round.browser.click("form[action='/account/delete'] button").await?;
        round.browser.see("main .notice--good").await?;
        Box::pin(round.look(&format!("account-deleted-{language}"))).await?;
    }
    Ok(())
}

/// An app with codes: its set-up, a wrong code, the recovery codes, and the sign-in that asks for a code.
async fn with_an_app(round: &mut Round, guest: &Guest) -> Result<()> {
    let security = said_in("en", &round.at("/account/security"));
    round.open(&security, "form[action='/account/security/totp'] button").await?;
    round.browser.click("form[action='/account/security/totp'] button").await?;
    let secret = round.browser.see("[data-secret]").await?.attr("data-secret").await?.context("a secret")?;
    Box::pin(round.pages("account", &[("app", "/account/security/totp", "[data-secret]")])).await?;
    round.browser.fill("#code", "no code").await?;
    round.browser.click("form[action='/account/security/totp/confirm'] button").await?;
    round.browser.see("[data-refused]").await?;
    Box::pin(round.look("account-app-refused-es")).await?;
    round.browser.fill("#code", &code(&secret, 0)?).await?;
    round.browser.click("form[action='/account/security/totp/confirm'] button").await?;
    round.browser.see("[data-recovery-codes]").await?;
    Box::pin(round.look("account-recovery-codes-es")).await?;
    round.open(&security, "form[action='/account/security/recovery-codes']").await?;
    round.browser.click("form[action='/account/security/recovery-codes'] button").await?;
    round.browser.see("[data-recovery-codes]").await?;
    Box::pin(round.look("account-recovery-codes-en")).await?;
    Box::pin(round.pages("account", &[("security-with-app", "/account/security", "#passkeys")])).await?;

    let sessions = said_in("en", &round.at("/account/sessions"));
    round.open(&sessions, "form[action='/account/sign-out'] button").await?;
    round.browser.click("form[action='/account/sign-out'] button").await?;
    round.browser.arrive("/account/sign-in").await;
    round.sign_in(guest, PASSWORD).await?;
    round.browser.arrive("/account/second-factor").await;
    Box::pin(round.pages("account", &[("second-factor", "/account/second-factor", "#code")])).await
}
