//! A club with its staff, as the journeys meet it in the browser.

use anyhow::{Context, Result};
use chrono::{DateTime, TimeDelta, Utc};
use devstack::{Stack, StackOptions, StaffRole};
use domain::clock::{Clock, SystemClock};
use e2e::{
    browser::Browser,
    desk::{Desk, Night},
    guest::Guest,
    wait::{PATIENCE, until},
};
use serde_json::{Value, json};
use std::path::PathBuf;
use thirtyfour::By;
use uuid::Uuid;

pub struct Club {
    pub stack: Stack,
}

impl Club {
    pub async fn open() -> Result<Self> {
        let stack = Stack::start(StackOptions::default()).await?;
        let venue =
            json!({"name": "Maguey", "address": "Calle de Alcalá 20, Madrid", "time_zone": "Europe/Madrid"});
        let desk = Desk::sign_in(&stack, StaffRole::Owner).await?;
        desk.post("/api/v1/venues", &venue).await?.error_for_status()?;
        Ok(Self { stack })
    }

    /// The same with a night that is on sale; a guest, and the night as guests see it.
    pub async fn with_night(night: &Night) -> Result<(Self, Guest, Value)> {
        let club = Self::open().await?;
        Desk::sign_in(&club.stack, StaffRole::Owner).await?.publish(night).await?;
        let guest = Guest::new(&club.stack)?;
        let event = guest.event(&night.slug).await;
        Ok((club, guest, event))
    }

    pub async fn sign_in(&self, browser: &Browser, role: StaffRole) -> Result<()> {
        let staff = self.stack.staff(role);
        browser.fill("#email", &staff.email).await?;
        browser.fill("#password", &staff.password).await?;
        browser.click("main button[type=submit]").await?;
        if staff.totp.is_none() {
            return Ok(());
        }
        // The desk asks for the code on a page of its own, the door below the password.
        browser.see("#code").await?;
        if !browser.driver().find_all(By::Css("#password")).await?.is_empty() {
            browser.fill("#password", &staff.password).await?;
        }
        browser.fill("#code", &staff.code().await?.context("a code")?).await?;
        browser.click("main button[type=submit]").await
    }

    pub async fn sign_in_at_desk(&self, browser: &Browser) -> Result<()> {
        browser.go(&format!("{}/admin", self.stack.urls.marketing)).await?;
        self.sign_in(browser, StaffRole::Owner).await
    }

    pub async fn see_dashboard(&self, browser: &Browser) -> Result<()> {
        browser.see("#figures").await.map(drop)
    }

    /// A figure of the dashboard, as shown.
    pub async fn figure(&self, browser: &Browser, name: &str) -> Result<String> {
        browser.text(&format!("[data-figure='{name}']")).await
    }

    /// Fills the form for a night that is open now, saves it, publishes it; gives its slug.
    pub async fn make_and_publish_a_night(&self, browser: &Browser) -> Result<String> {
        let slug = format!("agave-{}", &Uuid::new_v4().simple().to_string()[..8]);
        let now = SystemClock.now();
        browser.go(&format!("{}/admin/events/new", self.stack.urls.marketing)).await?;
        browser.fill("#title", "Agave Nights").await?;
        browser.fill("#description", "Two rooms, one agave, until the sun is up.").await?;
        set_time(browser, "starts_at", now - TimeDelta::minutes(10)).await?;
        set_time(browser, "ends_at", now + TimeDelta::hours(7)).await?;
        browser
            .driver()
            .execute("document.querySelectorAll('details').forEach(d => d.open = true)", vec![])
            .await?;
        browser.fill("[name='slug']", &slug).await?;
        browser.fill("[name='fee.fixed_minor']", "0.50").await?;
        browser.fill("[name='fee.basis_points']", "2.5").await?;
        browser.fill("[name='ticket_types[0].name']", "Regular").await?;
        browser.fill("[name='ticket_types[0].price']", "20.00").await?;
        browser.fill("[name='ticket_types[0].capacity']", "200").await?;
        browser.fill("[name='ticket_types[0].attention']", "Check ID").await?;
        self.zones_are_offered(browser).await?;
        self.picture(browser, "event-form-desk").await?;
        browser.click(".save-bar button[type=submit]").await?;
        browser.click("a[href$='/publish']").await?;
        browser.click("form[action$='/publish'] button[type=submit]").await?;
        until("the night is published", PATIENCE, || async {
            let path = browser.driver().current_url().await.ok()?.path().to_owned();
            (!path.ends_with("/publish")).then_some(())
        })
        .await;
        Ok(slug)
    }

    /// A ticket type is of one of the zones in the form, by the names that stand there now.
    async fn zones_are_offered(&self, browser: &Browser) -> Result<()> {
        for name in ["Main floor", "Club"] {
            browser.fill("[name='zones[0].name']", name).await?;
            let offered = "return [...document.querySelector(\"[name='ticket_types[0].zone']\").options].map((one) => one.text)";
            let offered = browser.driver().execute(offered, vec![]).await?;
            anyhow::ensure!(offered.json()[1] == name, "{name} is not to choose from: {}", offered.json());
        }
        Ok(())
    }

    /// The newest mail to an address, as its reader sees it.
    pub async fn picture_of_mail(&self, browser: &Browser, address: &str) -> Result<()> {
        let client = self.stack.client()?;
        let url = format!("{}/mailbox.json", self.stack.urls.sandbox);
        let id = until("the mail is there", PATIENCE, || async {
            let list = client.get(&url).query(&[("to", address)]).send().await.ok()?;
            let list: serde_json::Value = list.json().await.ok()?;
            list[0]["id"].as_str().map(str::to_owned)
        })
        .await;
        browser.go(&format!("{}/mailbox/{id}/html", self.stack.urls.sandbox)).await?;
        // What the mail is for: the code.
        browser.see("img").await?;
        bring_to_middle(browser, "img").await?;
        self.picture(browser, "mail").await?;
        browser.driver().back().await.context("back to the order")
    }

    pub async fn picture(&self, browser: &Browser, name: &str) -> Result<()> {
        browser.picture(&pictures().join(format!("{name}.png"))).await
    }
}

/// Scrolls an element to the middle of the screen.
async fn bring_to_middle(browser: &Browser, css: &str) -> Result<()> {
    let script =
        "document.querySelector(arguments[0]).scrollIntoView({block: 'center', behavior: 'instant'})";
    browser.driver().execute(script, vec![json!(css)]).await?;
    Ok(())
}

/// Sets a date and time field to an instant in the venue's zone, as its picker would.
async fn set_time(browser: &Browser, field: &str, at: DateTime<Utc>) -> Result<()> {
    let local = at.with_timezone(&chrono_tz::Europe::Madrid).format("%Y-%m-%dT%H:%M").to_string();
    let script = "document.getElementById(arguments[0]).value = arguments[1]";
    browser.driver().execute(script, vec![json!(field), json!(local)]).await?;
    Ok(())
}

#[expect(
    clippy::disallowed_methods,
    reason = "where the README's pictures go is the test run's business alone"
)]
fn pictures() -> PathBuf {
    std::env::var("MAGUEY_PICTURES")
        .map_or_else(|_| e2e::browser::evidence_folder().join("pictures"), PathBuf::from)
}
