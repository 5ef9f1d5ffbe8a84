//! After a loss: have what was said said again. Receivers ignore what they know, so that too much never hurts.

use anyhow::{bail, ensure};
use messages::subjects;
use reqwest::{Method, StatusCode};
use serde_json::Value;

use crate::peers::Peers;

const NO_BODY: Option<&Value> = None;

/// Has the owner of each subject publish all its aggregates again.
pub async fn replay(wanted: &[String]) -> anyhow::Result<()> {
    let peers = crate::read(Peers::read)?;
    if let Some(unknown) = wanted.iter().find(|subject| owner_of(subject).is_none()) {
        let known: Vec<&str> = subjects::ALL.iter().map(|(subject, _)| *subject).collect();
        bail!("{unknown} is not a subject; there are {}", known.join(", "));
    }
    for (subject, stream) in
        subjects::ALL.iter().filter(|(subject, _)| wanted.is_empty() || wanted.iter().any(|w| w == subject))
    {
        let owner = peers.named(program(stream.owner))?;
        let answer = peers
            .call(
                owner,
                Method::POST,
                &format!("/internal/v1/resend/{subject}"),
                Some(&serde_json::json!({})),
            )
            .await?;
        println!("{subject}: {} sends again {}", owner.name, answer.text().await.unwrap_or_default());
    }
    Ok(())
}

/// Has every service compare its projections with their owners now, instead of at its next turn. Whether all could.
pub async fn reconcile() -> anyhow::Result<bool> {
    let peers = crate::read(Peers::read)?;
    for (subject, stream) in subjects::ALL {
        let owner = peers.named(program(stream.owner))?;
        let digest: Value = peers
            .call(owner, Method::GET, &format!("/internal/v1/digest/{subject}"), NO_BODY)
            .await?
            .json()
            .await?;
        println!("{subject}: {} holds {}", owner.name, count(&digest));
    }
    let mut all_could = true;
    for peer in peers.all() {
        let answer =
            peers.send(peer, Method::POST, "/internal/v1/reconcile", Some(&serde_json::json!({}))).await?;
        let status = answer.status();
        ensure!(status.is_success() || status == StatusCode::NOT_FOUND, "{} answered {status}", peer.name);
        if status.is_success() {
            println!("{}: {}", peer.name, findings(&answer.json().await?).join("; "));
        } else {
            println!("{}: compares at its own turn only", peer.name);
        }
        all_could &= status.is_success();
    }
    Ok(all_could)
}

/// What a service found, a clause per subject.
fn findings(reports: &Value) -> Vec<String> {
    let pairs = reports.as_object().into_iter().flatten();
    let found = pairs.map(|(subject, report)| match report["missing"].as_array().map_or(0, Vec::len) {
        0 => format!("{subject} agrees"),
        missing => {
            format!("{subject} lacks {missing}, of which {} were sent again now", report["resent"]["sent"])
        }
    });
    found.collect()
}

fn owner_of(subject: &str) -> Option<&'static str> {
    subjects::ALL.iter().find(|(known, _)| *known == subject).map(|(_, stream)| stream.owner)
}

/// The program of the service that owns a schema.
fn program(owner: &str) -> &str {
    if owner == "marketing_admin" { "marketing-admin" } else { owner }
}

/// How many aggregates a digest counts: its buckets' counts, wherever in the answer they stand.
fn count(digest: &Value) -> i64 {
    match digest {
        Value::Array(all) => all.iter().map(count).sum(),
        Value::Object(fields) => match fields.get("count").and_then(Value::as_i64) {
            Some(count) => count,
            None => fields.values().map(count).sum(),
        },
        _ => 0,
    }
}
