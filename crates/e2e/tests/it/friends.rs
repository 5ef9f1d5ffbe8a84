//! What a guest does with paid tickets, on a phone: corrects a name, passes a ticket on, takes files along, finds tickets again.
//! The friend's code opens the door, the old one no longer does.

use crate::journeys::club::Club;
use anyhow::{Context, Result};
use chrono::TimeDelta;
use devstack::{Service, StaffRole};
use domain::clock::{Clock, SystemClock};
use e2e::{
    browser::{Browser, DESK, PHONE},
    desk::{Desk, Night},
    door::Door,
    guest::{Guest, codes},
    wait::{PATIENCE, until},
};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_passed_on_opens_the_door_for_the_friend_alone() -> Result<()> {
    let club = Club::open().await?;
    let phone = Browser::open(PHONE).await?;
    let told = walk(&club, &phone).await;
    if told.is_err() {
        phone.keep_evidence("a-ticket-passed-on").await;
        for service in [Service::Purchase, Service::MarketingAdmin] {
            eprintln!("{}", club.stack.log(service));
        }
    }
    told?;
    phone.close().await
}

async fn walk(club: &Club, phone: &Browser) -> Result<()> {
    let tomorrow = SystemClock.now() + TimeDelta::days(1);
    let gives_back_until = Some(tomorrow - TimeDelta::hours(12));
    let night = Night { starts_at: tomorrow, gives_back_until, ..Night::open_now() };
    Desk::sign_in(&club.stack, StaffRole::Owner).await?.publish(&night).await?;
    let (guest, friend) = (Guest::new(&club.stack)?, Guest::new(&club.stack)?);
    let event = guest.event(&night.slug).await;
    let (placed, order) = guest.buy(&event, 2).await?;
    let old = codes(&order);
    let door = Door::open(&club.stack, &event).await?;
    assert_eq!(door.admits(&old[0]).await["reason"], "too_early", "the door knows the ticket");

    phone.go(&placed.url).await?;
    phone.see(".ticket__code svg").await?;
    club.pictures_of_all(phone, "guests-order").await?;
    let first = order["tickets"][0]["id"].as_str().context("an id")?;
    phone.click(&format!("#ticket-{first} .ticket__more > summary")).await?;
    phone.click(&format!("#ticket-{first} .ticket__change:nth-of-type(2) summary")).await?;
    phone.fill(&format!("#to-name-{first}"), "Bea Friend").await?;
    phone.fill(&format!("#to-email-{first}"), &friend.email).await?;
    club.pictures_of(phone, "guests-pass-on").await?;
    phone.click(&format!("#ticket-{first} form[action*='/transfer'] button")).await?;
    phone.read("The ticket is passed on").await;
    phone.read(&friend.email).await;
    club.pictures_of_all(phone, "guests-passed-on").await?;

    let mail = friend.mail().await;
    let text = mail["text"].as_str().context("a text")?;
    let link = text.lines().find(|line| line.contains("/tickets/")).context("the ticket's own link")?.trim();
    phone.go(link).await?;
    phone.read("Bea Friend").await;
    phone.see(".ticket__code svg").await?;
    club.pictures_of_all(phone, "guests-friend").await?;
    let new =
        phone.driver().execute("return document.querySelector('.ticket__letters code').textContent", vec![]);
    let new = new.await?.json().as_str().context("the code in letters")?.to_owned();
    assert_eq!(door.admits(&new).await["reason"], "too_early", "the door knows the friend's");
    until("the door refuses the old code", PATIENCE, || async {
        (door.scan(&old[0]).await.ok()?["reason"] == "revoked").then_some(())
    })
    .await;
    assert_eq!(door.scan(&old[1]).await?["reason"], "too_early", "the other ticket stays");
    give_back(club, phone, &placed.url).await?;
    until("the door refuses what was given back", PATIENCE, || async {
        (door.scan(&old[1]).await.ok()?["reason"] == "refunded").then_some(())
    })
    .await;

    find_them_again(club, phone, &friend, link).await
}

/// The buyer can't come: the ticket that is left goes back, the friend's stays.
async fn give_back(club: &Club, phone: &Browser, order: &str) -> Result<()> {
    phone.go(order).await?;
    phone.click("#more > summary").await?;
    phone.read("You can give tickets back here until").await;
    phone.click(".ticket__more > summary").await?;
    phone.click(".ticket__more a[href*='/refund?key=']").await?;
    phone.read("Give this ticket back?").await;
    phone.read("It goes to the card you paid with").await;
    club.pictures_of(phone, "guests-give-back").await?;
    phone.click("main form[action*='/refund'] button[type=submit]").await?;
    phone.read("Given back").await;
    // The other one was passed on.
    phone.read("No tickets left here").await;
    club.pictures_of_all(phone, "guests-gave-back").await
}

/// Both are found by their address; the page says the same to everybody.
async fn find_them_again(club: &Club, phone: &Browser, friend: &Guest, link: &str) -> Result<()> {
    phone.go(&format!("{}/my", club.stack.urls.purchase)).await?;
    club.pictures_of(phone, "guests-find").await?;
    phone.fill("#email", &friend.email.to_uppercase()).await?;
    phone.click("main form button").await?;
    phone.read("Check your email").await;
    club.pictures_of(phone, "guests-find-asked").await?;
    let found: Value = until("the links arrive", PATIENCE, || async {
        let mails = friend.mails().await.ok()?;
        mails.into_iter().find(|mail| mail["subject"] == json!("Your tickets for coming nights"))
    })
    .await;
    assert!(found["text"].as_str().is_some_and(|text| text.contains(link)), "{found}");
    let mail = found["id"].as_str().context("the mail's id")?;
    phone.go(&format!("{}/mailbox/{mail}/html", club.stack.urls.sandbox)).await?;
    club.pictures_of_all(phone, "guests-found-mail").await
}

impl Club {
    /// What fits the screen, on a phone and at a desk.
    pub(crate) async fn pictures_of(&self, browser: &Browser, name: &str) -> Result<()> {
        browser.resize(DESK).await?;
        self.picture(browser, &format!("{name}-desk")).await?;
        browser.resize(PHONE).await?;
        self.picture(browser, name).await
    }

    /// The whole page, on a phone and at a desk.
    pub(crate) async fn pictures_of_all(&self, browser: &Browser, name: &str) -> Result<()> {
        for (screen, suffix) in [(DESK, "-desk"), (PHONE, "")] {
            browser.resize(screen).await?;
            let height = "return document.documentElement.scrollHeight";
            let height = browser.driver().execute(height, vec![]).await?.json().as_u64().unwrap_or(800);
            let tall = e2e::browser::Screen { height: u32::try_from(height)?, ..screen };
            browser.resize(tall).await?;
            self.picture(browser, &format!("{name}{suffix}")).await?;
        }
        browser.resize(PHONE).await
    }
}
