//! Owners by invitation: the first one of a new club comes in here, without a password that anybody else has ever known.

use anyhow::{Context, bail};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::peers::{self, Peers};

const PATH: &str = "/internal/v1/owners";

/// Whom to invite, and how.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// The address.
    pub email: &'a str,
    /// The name as shown.
    pub name: &'a str,
    /// Whether there may be an owner already.
    pub another: bool,
    /// Whether the link is mailed instead of shown.
    pub mail: bool,
    /// Code of the mail's language.
    pub language: &'a str,
}

/// Invites an owner; shows the link, which is good once, or has it mailed.
pub async fn create(wanted: Wanted<'_>) -> anyhow::Result<()> {
    let peers = crate::read(Peers::read)?;
    let body = json!({
        "email": wanted.email, "name": wanted.name, "another": wanted.another, "mail": wanted.mail,
        "language": wanted.language,
    });
    let desk = peers.named("marketing-admin")?;
    let answer = peers.send(desk, Method::POST, PATH, Some(&body)).await?;
    if answer.status() == StatusCode::CONFLICT {
        let said: Value = answer.json().await.unwrap_or_default();
        match said["code"].as_str() {
            Some("owner_exists") => bail!("there is an owner already; --another invites one more"),
            Some("works_here_already") => bail!("{} works here already, or did", wanted.email),
            _ => bail!("marketing-admin refused: {said}"),
        }
    }
    let said: Value = peers::accepted(desk.name, PATH, answer).await?.json().await?;
    let ends = said["expires_at"].as_str().context("an invitation without an end")?;
    match said["link"].as_str() {
        Some(link) => println!("{link}"),
        None => println!("the invitation is on its way to {}", wanted.email),
    }
    eprintln!("good once, until {ends}");
    Ok(())
}
