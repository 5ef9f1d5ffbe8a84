//! The desk's pages of those who work here: accounts, invitations, roles and shifts, held against axe and pictured, in both languages, on a
//! phone and at a desk.

use super::{rooms::said_in, round::Round};
use anyhow::{Context, Result};
use chrono::TimeDelta;
use devstack::StaffRole;
use domain::clock::{Clock, SystemClock};
use e2e::{
    desk::{Desk, Night},
    guest::Guest,
    wait::{PATIENCE, until},
};

/// What the staff have of accounts.
const STAFF: [(&str, &str, &str); 8] = [
    ("roles", "/admin/roles", "h1"),
    ("role", "/admin/roles/new", "fieldset"),
    ("shifts", "/admin/shifts", "h1"),
    ("keys", "/admin/keys", "form[action='/admin/keys']"),
    ("prove", "/admin/prove?next=/admin", "#code"),
    ("security", "/admin/security", "form[action='/admin/security/app']"),
    ("staff", "/admin/staff", ".table"),
    ("audit", "/admin/audit", ".letters"),
];

#[tokio::test(flavor = "multi_thread")]
async fn the_desk_s_pages_of_the_staff_pass_axe_and_are_pictured() -> Result<()> {
    let mut round = Round::begin().await?;
    let tomorrow = Night { starts_at: SystemClock.now() + TimeDelta::days(1), ..Night::open_now() };
    let night = Desk::sign_in(&round.club.stack, StaffRole::Owner).await?.publish(&tomorrow).await?;
    let night = night["id"].as_str().context("an id")?.to_owned();
    Box::pin(round.pages("desk", &[("sign-in", "/admin/sign-in", "#password")])).await?;
    let owner = round.club.stack.staff(StaffRole::Owner).clone();
    let sign_in = said_in("en", &round.at("/admin/sign-in"));
    round.open(&sign_in, "#password").await?;
    round.browser.fill("#email", &owner.email).await?;
    round.browser.fill("#password", &owner.password).await?;
    round.browser.click("main button[type=submit]").await?;
    round.browser.arrive("/admin/sign-in/second-factor").await;
    let second = [("second-factor", "/admin/sign-in/second-factor", "#code")];
    Box::pin(round.pages("desk", &second)).await?;
    round.browser.fill("#code", &owner.code().await?.context("a code")?).await?;
    round.browser.click("form[action='/admin/sign-in/second-factor'] button[type=submit]").await?;
    round.club.see_dashboard(&round.browser).await?;
    Box::pin(round.pages("desk", &STAFF)).await?;
    let people = said_in("en", &round.at("/admin/staff"));
    round.open(&people, ".table").await?;
    let person = round.browser.see("main a[href^='/admin/staff/']").await?;
    let person = person.attr("href").await?.context("an address")?;
    Box::pin(round.pages("desk", &[("person", person.as_str(), "#role")])).await?;
    Box::pin(invitation(&mut round)).await?;
    Box::pin(shifts(&mut round, &night)).await?;
    round.end().await
}

/// Somebody is invited to the staff, and opens the link in their mail.
async fn invitation(round: &mut Round) -> Result<()> {
    let somebody = Guest::new(&round.club.stack)?;
    let people = said_in("en", &round.at("/admin/staff"));
    round.open(&people, "#invite").await?;
    round.browser.fill("#name", "Ana Luz").await?;
    round.browser.fill("#email", &somebody.email).await?;
    round.browser.click("form[action='/admin/staff/invitations'] button[type=submit]").await?;
    round.browser.arrive("done=invited").await;
    let invited = [("staff-with-invitation", "/admin/staff", "form[action^='/admin/staff/invitations/']")];
    Box::pin(round.pages("desk", &invited)).await?;
    let link = until(&format!("an invitation for {}", somebody.email), PATIENCE, || async {
        let mails = somebody.mails().await.ok()?;
        let text = mails.iter().filter_map(|mail| mail["text"].as_str()).find_map(|text| {
            let at = text.find("/admin/invitation?token=")?;
            text.get(at..)?.split_whitespace().next()
        })?;
        Some(text.to_owned())
    })
    .await;
    Box::pin(round.pages("desk", &[("invitation", link.as_str(), "#password")])).await
}

/// Who works on a night: nobody yet, and somebody.
async fn shifts(round: &mut Round, night: &str) -> Result<()> {
    let path = format!("/admin/events/{night}/shifts");
    Box::pin(round.pages("desk", &[("night-without-shifts", path.as_str(), "#add")])).await?;
    round.browser.fill("#post", "Bar").await?;
    round.browser.click("#add label.check").await?;
    round.browser.click("#add button[type=submit]").await?;
    round.browser.see("[data-shift]").await?;
    Box::pin(round.pages("desk", &[("night-with-shifts", path.as_str(), "[data-shift]")])).await
}
