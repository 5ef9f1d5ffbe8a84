//! A way from page to page of the club's site: each is pictured and held against axe, in both languages, on a phone and at a desk.

use super::rooms::{LANGUAGES, judge, said_in};
use crate::{
    account::{PASSWORD, link_in_mail},
    journeys::club::Club,
};
use anyhow::{Context, Result, ensure};
use argon2::{Argon2, password_hash::PasswordHasher};
use e2e::{
    audit,
    browser::{Browser, PHONE},
    guest::Guest,
};
use uuid::Uuid;

/// What one unfolds is looked at, too.
const UNFOLD: &str = "for (const fold of document.querySelectorAll('details')) fold.open = true;";

/// A browser that goes from page to page of the club's site, and what was found wrong with them.
pub struct Round {
    pub club: Club,
    pub browser: Browser,
    wrong: Vec<String>,
}

impl Round {
    pub async fn begin() -> Result<Self> {
        Ok(Self { club: Club::open().await?, browser: Browser::open(PHONE).await?, wrong: Vec::new() })
    }

    /// An address of the club's site.
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.club.stack.urls.marketing)
    }

    /// Opens a page of the club's site in each language and looks at it.
    pub async fn pages(&mut self, room: &str, pages: &[(&str, &str, &str)]) -> Result<()> {
        for language in LANGUAGES {
            for (name, path, holds) in pages {
                let page = said_in(language, &self.at(path));
                Box::pin(self.open(&page, holds)).await?;
                Box::pin(self.look(&format!("{room}-{name}-{language}"))).await?;
            }
        }
        Ok(())
    }

    pub async fn open(&self, url: &str, holds: &str) -> Result<()> {
        self.browser.resize(PHONE).await?;
        self.browser.go(url).await?;
        self.browser.see(holds).await.map(drop)
    }

    /// Pictures the page that is open, and holds it against axe; it is in the language that its name ends with.
    pub async fn look(&mut self, name: &str) -> Result<()> {
        let language = self.browser.driver().execute("return document.documentElement.lang", vec![]).await?;
        let language = language.json().as_str().context("a language")?;
        ensure!(name.ends_with(language), "{name} is said in {language}");
        self.club.pictures_of_all(&self.browser, name).await?;
        self.browser.driver().execute(UNFOLD, vec![]).await?;
        judge(&self.browser, name, &mut self.wrong).await?;
        self.browser.resize(PHONE).await
    }

    pub async fn end(self) -> Result<()> {
        self.browser.close().await?;
        assert!(self.wrong.is_empty(), "{}", self.wrong.join("\n"));
        Ok(())
    }

    /// A guest with an account.
    pub async fn guest(&self) -> Result<Guest> {
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
    pub async fn mailed(&self, path: &str, guest: &Guest, subject: &str) -> Result<String> {
        let form = [("name", "Ana Luz"), ("email", guest.email.as_str()), ("password", PASSWORD)];
        let post =
            self.club.stack.client()?.post(self.at(path)).header("origin", &self.club.stack.urls.marketing);
        let answer = post.form(&form).send().await?;
        ensure!(answer.status().is_success(), "{path} answered {}", answer.status());
        let link = link_in_mail(&self.club, guest, subject).await;
        link.strip_prefix(&self.club.stack.urls.marketing).map(str::to_owned).context("a link of ours")
    }

    pub async fn sign_in(&self, guest: &Guest, password: &str) -> Result<()> {
        self.browser.fill("#email", &guest.email).await?;
        self.browser.fill("#password", password).await?;
        self.browser.click("form[action='/account/sign-in'] button[type=submit]").await
    }
}
