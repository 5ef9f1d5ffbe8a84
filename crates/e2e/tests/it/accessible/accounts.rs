//! The pages of accounts, a guest's and the staff's: held against axe and pictured, in both languages, on a phone and at a desk.

use super::rooms::{LANGUAGES, judge, said_in};
use crate::{
    account::{PASSWORD, code, link_in_mail},
    journeys::club::Club,
};
use anyhow::{Context, Result, ensure};
use argon2::{Argon2, password_hash::PasswordHasher};
use devstack::StaffRole;
use e2e::{
    audit,
    browser::{Browser, PHONE},
    guest::Guest,
    wait::{PATIENCE, until},
};
use uuid::Uuid;

/// What one unfolds is looked at, too.
const UNFOLD: &str = "for (const fold of document.querySelectorAll('details')) fold.open = true;";

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

/// What the staff have of accounts.
const STAFF: [(&str, &str, &str); 5] = [
    ("keys", "/admin/keys", "form[action='/admin/keys']"),
    ("prove", "/admin/prove?next=/admin", "#code"),
    ("security", "/admin/security", "form[action='/admin/security/app']"),
    ("staff", "/admin/staff", ".table"),
    ("audit", "/admin/audit", ".letters"),
];

/// A browser that goes from page to page of the club's site, and what was found wrong with them.
struct Round {
    club: Club,
    browser: Browser,
    wrong: Vec<String>,
}

impl Round {
    async fn begin() -> Result<Self> {
        Ok(Self { club: Club::open().await?, browser: Browser::open(PHONE).await?, wrong: Vec::new() })
    }

    /// An address of the club's site.
    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.club.stack.urls.marketing)
    }

    /// Opens a page of the club's site in each language and looks at it.
    async fn pages(&mut self, room: &str, pages: &[(&str, &str, &str)]) -> Result<()> {
        for language in LANGUAGES {
            for (name, path, holds) in pages {
                let page = said_in(language, &self.at(path));
                Box::pin(self.open(&page, holds)).await?;
                Box::pin(self.look(&format!("{room}-{name}-{language}"))).await?;
            }
        }
        Ok(())
    }

    async fn open(&self, url: &str, holds: &str) -> Result<()> {
        self.browser.resize(PHONE).await?;
        self.browser.go(url).await?;
        self.browser.see(holds).await.map(drop)
    }

    /// Pictures the page that is open, and holds it against axe; it is in the language that its name ends with.
    async fn look(&mut self, name: &str) -> Result<()> {
        let language = self.browser.driver().execute("return document.documentElement.lang", vec![]).await?;
        let language = language.json().as_str().context("a language")?;
        ensure!(name.ends_with(language), "{name} is said in {language}");
        self.club.pictures_of_all(&self.browser, name).await?;
        self.browser.driver().execute(UNFOLD, vec![]).await?;
        judge(&self.browser, name, &mut self.wrong).await?;
        self.browser.resize(PHONE).await
    }

    async fn end(self) -> Result<()> {
        self.browser.close().await?;
        assert!(self.wrong.is_empty(), "{}", self.wrong.join("\n"));
        Ok(())
    }

    /// A guest with an account.
    async fn guest(&self) -> Result<Guest> {
        let guest = Guest::new(&self.club.stack)?;
        let hash =
            Argon2::default().hash_password(PASSWORD.as_bytes()).map_err(|e| anyhow::anyhow!("{e}"))?;
        let row = format!(
            "insert into marketing_admin.accounts (id, email, name, password_hash, created_at, changed_at)
             values ('{}', '{}', 'Ana Luz', '{hash}', now(), now())",
            Uuid::now_v7(),
            guest.email
        );
        audit::change(&self.club.stack, &row).await?;
        Ok(guest)
    }

    /// Sends a form that is answered by a mail; the path of the link in it.
    async fn mailed(&self, path: &str, guest: &Guest, subject: &str) -> Result<String> {
        let form = [("name", "Ana Luz"), ("email", guest.email.as_str()), ("password", PASSWORD)];
        let post =
            self.club.stack.client()?.post(self.at(path)).header("origin", &self.club.stack.urls.marketing);
        let answer = post.form(&form).send().await?;
        ensure!(answer.status().is_success(), "{path} answered {}", answer.status());
        let link = link_in_mail(&self.club, guest, subject).await;
        link.strip_prefix(&self.club.stack.urls.marketing).map(str::to_owned).context("a link of ours")
    }

    async fn sign_in(&self, guest: &Guest, password: &str) -> Result<()> {
        self.browser.fill("#email", &guest.email).await?;
        self.browser.fill("#password", password).await?;
        self.browser.click("form[action='/account/sign-in'] button[type=submit]").await
    }
}

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
    for language in LANGUAGES {
        let page = said_in(language, &round.at("/account/sign-in"));
        round.open(&page, "#password").await?;
        round.sign_in(&known, "not her password").await?;
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
        let page = said_in(language, &round.at("/account/forgot"));
        round.open(&page, "#email").await?;
        round.browser.fill("#email", &new.email).await?;
        round.browser.click("form[action='/account/forgot'] button[type=submit]").await?;
        round.browser.see(".entrance__form[role=status]").await?;
        Box::pin(round.look(&format!("entrance-look-{language}"))).await?;
    }
    round.end().await
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
    Box::pin(with_an_app(&mut round, &guest)).await?;
    round.end().await
}

/// An app of codes: its set-up, a wrong code, the recovery codes, and the sign-in that asks for a code.
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

#[tokio::test(flavor = "multi_thread")]
async fn the_desk_s_pages_of_the_staff_pass_axe_and_are_pictured() -> Result<()> {
    let mut round = Round::begin().await?;
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
    round.end().await
}
