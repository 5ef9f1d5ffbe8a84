//! Who of the staff is signed in: sessions of one process, so that a code of a second factor isn't spent for each call.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result, ensure};
use devstack::{Stack, StaffRole};
use reqwest::Client;
use serde_json::Value;

/// Site, address and password.
type Key = (String, String, String);

/// The tokens by site, person and password: two stacks have the same addresses of people, and other passwords.
static TOKENS: Mutex<Option<HashMap<Key, String>>> = Mutex::new(None);

/// A bearer token of a session of this member at a site of the staff's: the one of before, or a new one.
///
/// # Errors
/// When signing in is refused.
pub async fn token(stack: &Stack, client: &Client, site: &str, role: StaffRole) -> Result<String> {
    let staff = stack.staff(role);
    let key = (site.to_owned(), staff.email.clone(), staff.password.clone());
    let known =
        TOKENS.lock().unwrap_or_else(PoisonError::into_inner).as_ref().and_then(|all| all.get(&key).cloned());
    if let Some(token) = known {
        return Ok(token);
    }
    let token = new_token(stack, client, site, role).await?;
    let mut all = TOKENS.lock().unwrap_or_else(PoisonError::into_inner);
    all.get_or_insert_default().insert(key, token.clone());
    Ok(token)
}

/// The same, of a session of its own.
///
/// # Errors
/// When signing in is refused.
pub async fn new_token(stack: &Stack, client: &Client, site: &str, role: StaffRole) -> Result<String> {
    let body = stack.staff(role).sign_in().await?;
    let answer = client.post(format!("{site}/api/v1/session")).json(&body).send().await?;
    let status = answer.status();
    ensure!(status.is_success(), "signing in answered {status}");
    let answer: Value = answer.json().await?;
    answer["token"].as_str().map(str::to_owned).context("a session has a token")
}
