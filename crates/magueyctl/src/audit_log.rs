//! The audit log, verified in each service's own schema, so that this works while the service is down and asks nobody whose log it is.

use anyhow::{Context, ensure};
use audit::chain::{self, Head};
use db::Owner;

use crate::database;

/// Walks the chains and prints what is not as it was; whether all is. `kept`: a head of that one service, noted earlier.
pub async fn verify(service: Option<Owner>, kept: Option<&Head>) -> anyhow::Result<bool> {
    ensure!(kept.is_none() || service.is_some(), "--head is the head of one service: name it with --service");
    let mut good = true;
    for owner in Owner::ALL.into_iter().filter(|owner| service.is_none_or(|only| only == *owner)) {
        let db = database::as_service(owner)?;
        let mut conn = db.conn().await.with_context(|| format!("could not connect as {owner}"))?;
        let verdict = chain::verify(&mut conn, kept).await?;
        for finding in &verdict.findings {
            println!("{owner}: {finding}");
        }
        let head = verdict.head.map_or_else(|| "no link yet".to_owned(), |head| format!("head {head}"));
        let word = if verdict.findings.is_empty() { "GOOD" } else { "NOT AS IT WAS WRITTEN" };
        println!("{owner}: {word}: {} links, {head}", verdict.links);
        good &= verdict.findings.is_empty();
    }
    Ok(good)
}
