//! `magueyctl seed`: a demo club, made the way a club is made: its owner signs in and publishes nights, a guest buys, the door
//! lists its gates. Nothing is written past the services. Run it as often as you like: what is there stays, what is past is followed up.

mod calendar;
mod club;
mod guest;
mod owner;
mod site;

use std::collections::BTreeMap;

use anyhow::{bail, ensure};
use chrono::{TimeDelta, Utc};
use serde_json::{Value, json};
use settings::{Environment, Reader, Secret};

use calendar::Night;
use owner::Owner;
use site::{Site, Sites};

/// What the seed reads from the environment.
struct Config {
    environment: Environment,
    sites: Sites,
    email: String,
    password: Secret,
    totp: Option<String>,
}

impl Config {
    fn read(reader: &mut Reader) -> Self {
        Self {
            environment: reader.environment(),
            sites: Sites::read(reader),
            email: reader.required("SEED_OWNER_EMAIL", "the sign-in of the owner who publishes the nights"),
            password: reader.secret("SEED_OWNER_PASSWORD", "the owner's password"),
            totp: reader
                .optional("SEED_OWNER_TOTP_SECRET", "the secret of the owner's app with codes, in base32"),
        }
    }
}

/// Makes the club and prints, as the last line, `{"gates":{slug: gate}}`.
pub async fn run() -> anyhow::Result<()> {
    let config = crate::read(Config::read)?;
    if config.environment == Environment::Production {
        bail!("seed makes up a club: it does not run where MAGUEY_ENV=production");
    }
    let sites = &config.sites;
    #[expect(clippy::disallowed_methods, reason = "a command runs at the time it runs at")]
    let now = Utc::now();
    let mut codes = site::Codes::of(config.totp.clone());
    let (email, password) = (config.email.as_str(), config.password.expose());
    let owner = Owner::sign_in(&sites.marketing, email, password, &mut codes).await?;
    owner.put_venue().await?;
    let mut nights = calendar::coming(now);
    nights.push(open_now(&owner, now).await?);
    for promo in &club::PROMOS {
        owner.ensure_promo(promo).await?;
    }
    let mut fresh = Vec::new();
    for night in &nights {
        if owner.ensure(night).await? {
            println!("published {}", night.slug);
            fresh.push(night.slug.as_str());
        }
    }
    for night in &nights {
        guest::wait_on_sale(&sites.purchase, &night.slug).await?;
        if night.sells_out {
            guest::buy_all(&sites.purchase, &night.slug).await?;
            guest::wait_in_line(&sites.purchase, &night.slug).await?;
        }
    }
    // So that a promoter's figures are no empty page. A run that finds all its nights there buys nothing.
    if let Some(night) = nights.iter().find(|night| !night.sells_out && fresh.contains(&night.slug.as_str()))
    {
        guest::buy_with(&sites.purchase, &night.slug, club::LOLA).await?;
    }
    println!("hidden ticket types open with {}", club::HIDDEN);
    let token = site::token(&sites.scanner, email, password, &mut codes).await?;
    let gates = gates(&sites.scanner, &token, &nights).await?;
    println!("{}", json!({"gates": gates}));
    Ok(())
}

/// The night that is open right now: the one of an earlier run while its entry lasts two more hours, else a new one.
async fn open_now(owner: &Owner<'_>, now: chrono::DateTime<Utc>) -> anyhow::Result<Night> {
    let until = now + TimeDelta::hours(2);
    let running = owner.published().await?.into_iter().find(|event| {
        event.slug.starts_with(calendar::TONIGHT) && event.entry_from <= now && until < event.entry_until
    });
    Ok(calendar::tonight(running.map_or(now, |event| event.starts_at + calendar::ALREADY_RUNNING)))
}

/// The first gate of every night, once the door knows them all.
async fn gates(scanner: &Site, token: &str, nights: &[Night]) -> anyhow::Result<BTreeMap<String, String>> {
    let look = async || {
        let list: Value = scanner.get("/api/v1/events", Some(token)).await?;
        let gates: BTreeMap<String, String> =
            list["events"].as_array().into_iter().flatten().filter_map(first_gate).collect();
        let all_there = nights.iter().all(|night| gates.contains_key(&night.slug));
        Ok(all_there.then_some(gates))
    };
    let gates = site::eventually("the door to know every night", look).await?;
    ensure!(!gates.is_empty(), "the door knows no night");
    Ok(gates)
}

fn first_gate(event: &Value) -> Option<(String, String)> {
    let gate = event["gates"].as_array()?.first()?;
    Some((event["slug"].as_str()?.to_owned(), gate["id"].as_str()?.to_owned()))
}
