//! Bad input, through the gateway: nothing is lost, and the answer is clear: problem+json with a stable `code`, or a
//! verdict where it is a scan.

mod checkout;
mod codes;
mod markup;
mod others;
mod paths;
mod smuggling;
mod strangers;
mod webhooks;

use anyhow::Result;
use devstack::{Service, Stack, StackOptions, StaffRole};
use e2e::{
    audit,
    desk::{Desk, Night},
    door::Door,
    guest::{Guest, codes},
};
use reqwest::{Client, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

/// Sends a request and gives its status and the problem's code.
async fn refusal(request: RequestBuilder) -> Result<(u16, String)> {
    let answer = request.send().await?;
    let status = answer.status().as_u16();
    let kind =
        answer.headers().get("content-type").and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
    let text = answer.text().await?;
    assert!(kind.starts_with("application/problem+json"), "{status} {kind}: {text}");
    let problem: Value = serde_json::from_str(&text)?;
    assert!(problem["request_id"].as_str().is_some_and(|id| !id.is_empty()), "{problem}");
    Ok((status, problem["code"].as_str().unwrap_or_default().to_owned()))
}
