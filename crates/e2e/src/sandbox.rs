//! The sandbox's control interface: scripts what goes wrong, tells what money it holds.

use anyhow::Result;
use devstack::Stack;
use serde_json::{Value, json};

/// Scripts a fault (`POST /control/faults`, see the README of `crates/sandbox`).
///
/// # Errors
/// When the sandbox refuses the script.
pub async fn script(stack: &Stack, fault: &Value) -> Result<()> {
    let url = format!("{}/control/faults", stack.urls.sandbox);
    stack.client()?.post(url).json(fault).send().await?.error_for_status()?;
    Ok(())
}

/// Everything goes right again.
///
/// # Errors
/// When the sandbox does not answer.
pub async fn calm(stack: &Stack) -> Result<()> {
    stack
        .client()?
        .delete(format!("{}/control/faults", stack.urls.sandbox))
        .send()
        .await?
        .error_for_status()?;
    Ok(())
}

/// Webhooks of one kind: `drop`, or sent `times` over, one after the other or at once.
pub fn webhooks(action: &Value) -> Value {
    json!({"provider": "webhook", "event": "checkout.session.completed", "count": 0, "action": action})
}

/// The sandbox's money and mail.
///
/// # Errors
/// When the sandbox does not answer.
pub async fn state(stack: &Stack) -> Result<Value> {
    let url = format!("{}/control/state", stack.urls.sandbox);
    Ok(stack.client()?.get(url).send().await?.error_for_status()?.json().await?)
}

/// Every mail the provider has accepted.
///
/// # Errors
/// When the mailbox does not answer.
pub async fn mails(stack: &Stack) -> Result<Vec<Value>> {
    let url = format!("{}/mailbox.json", stack.urls.sandbox);
    Ok(stack.client()?.get(url).send().await?.error_for_status()?.json().await?)
}

/// A guest's bank takes a captured payment back; gives the dispute.
///
/// # Errors
/// When the sandbox refuses.
pub async fn dispute(stack: &Stack, payment: &str) -> Result<Value> {
    let url = format!("{}/control/disputes", stack.urls.sandbox);
    let opened = stack.client()?.post(url).json(&json!({ "payment": payment })).send().await?;
    Ok(opened.error_for_status()?.json().await?)
}

/// A dispute goes on.
///
/// # Errors
/// When the sandbox refuses.
pub async fn dispute_goes(stack: &Stack, dispute: &str, status: &str) -> Result<()> {
    let url = format!("{}/control/disputes/{dispute}", stack.urls.sandbox);
    let moved = stack.client()?.post(url).json(&json!({ "status": status })).send().await?;
    moved.error_for_status()?;
    Ok(())
}
