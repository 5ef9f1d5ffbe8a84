//! Money that should have gone back and has not, and what waits for somebody's look: purchase's word, and having it made again.

use anyhow::Context;
use domain::money::Money;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::peers::Peers;

/// How the club paid a guest whom Stripe could not pay.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub enum How {
    /// Out of the till at the venue.
    Cash,
    /// From the club's bank account.
    BankTransfer,
}

impl How {
    /// As purchase calls it.
    const fn code(self) -> &'static str {
        match self {
            Self::Cash => "cash",
            Self::BankTransfer => "bank_transfer",
        }
    }
}

const NO_BODY: Option<&Value> = None;

/// Prints refunds that are pending or have failed; whether there are none.
pub async fn list() -> anyhow::Result<bool> {
    print("/internal/v1/refunds", "no refund waits", |refund| {
        format!(
            "{} {} order {} {} {}: {} after {} tries: {}",
            text(refund, "id"),
            text(refund, "created_at"),
            text(refund, "order"),
            money(refund),
            text(refund, "payment_intent"),
            text(refund, "state"),
            refund["tries"],
            refund["problem"].as_str().unwrap_or("not asked yet"),
        )
    })
    .await
}

/// Has a failed refund made again, under a new idempotency key. purchase's audit log keeps the reason.
pub async fn retry(id: Uuid, reason: &str) -> anyhow::Result<()> {
    post(&format!("/internal/v1/refunds/{id}/retry"), &json!({"reason": reason})).await?;
    println!("{id} is pending again; `magueyctl refunds list` tells what Stripe says");
    Ok(())
}

/// Says that a failed refund was paid to the guest another way. purchase books it and writes to the guest; its audit log keeps the reason.
pub async fn settle(id: Uuid, how: How, reason: &str) -> anyhow::Result<()> {
    let body = json!({"how": how.code(), "reason": reason});
    post(&format!("/internal/v1/refunds/{id}/settle"), &body).await?;
    println!("{id} is settled, and the guest is told");
    Ok(())
}

/// Prints money that fits no order; whether there is none.
pub async fn quarantine() -> anyhow::Result<bool> {
    print("/internal/v1/quarantine", "the quarantine is empty", |oddity| {
        format!(
            "{} {} {} {} {} {}: {}",
            text(oddity, "id"),
            text(oddity, "noted_at"),
            text(oddity, "kind"),
            text(oddity, "object"),
            oddity["payment_intent"].as_str().unwrap_or("-"),
            money(oddity),
            text(oddity, "note"),
        )
    })
    .await
}

/// Marks something in quarantine as looked at. purchase's audit log keeps what was done.
pub async fn resolve(id: Uuid, reason: &str) -> anyhow::Result<()> {
    post(&format!("/internal/v1/quarantine/{id}/resolve"), &json!({"reason": reason})).await?;
    println!("{id} has been looked at");
    Ok(())
}

/// Has a refund found at Stripe booked in the place of refunds that failed. purchase's audit log keeps the reason.
pub async fn settle_quarantined(id: Uuid, reason: &str) -> anyhow::Result<()> {
    post(&format!("/internal/v1/quarantine/{id}/settle"), &json!({"reason": reason})).await?;
    println!("{id} is booked: the refunds that it stands for are withdrawn");
    Ok(())
}

async fn print(path: &str, none: &str, line: impl Fn(&Value) -> String) -> anyhow::Result<bool> {
    let peers = crate::read(Peers::read)?;
    let answer = peers.call(peers.named("purchase")?, Method::GET, path, NO_BODY).await?;
    let rows: Vec<Value> = answer.json().await.context("purchase's answer can't be read")?;
    for row in &rows {
        println!("{}", line(row));
    }
    if rows.is_empty() {
        println!("{none}");
    }
    Ok(rows.is_empty())
}

async fn post(path: &str, body: &Value) -> anyhow::Result<()> {
    let peers = crate::read(Peers::read)?;
    peers.call(peers.named("purchase")?, Method::POST, path, Some(body)).await?;
    Ok(())
}

fn text<'a>(row: &'a Value, field: &str) -> &'a str {
    row[field].as_str().unwrap_or("-")
}

fn money(row: &Value) -> String {
    let Some(minor) = row["amount_minor"].as_i64() else { return "-".to_owned() };
    let currency = text(row, "currency");
    currency
        .parse()
        .map_or_else(|_| format!("{minor} {currency}"), |known| Money::new(minor, known).to_string())
}
