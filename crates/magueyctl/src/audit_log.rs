//! The audit log, verified in each service's own schema, so that this works while the service is down and asks nobody whose log it is.

use anyhow::{Context, ensure};
use audit::chain::{self, Head};
use audit::witness;
use db::Owner;

use crate::database;

/// Which service keeps the heads of whose chain, and under what name.
const fn keeper(owner: Owner) -> (Owner, &'static str) {
    match owner {
        Owner::Purchase => (Owner::MarketingAdmin, "purchase"),
        Owner::Scanner => (Owner::MarketingAdmin, "scanner"),
        Owner::MarketingAdmin => (Owner::Purchase, "marketing-admin"),
    }
}

async fn kept_elsewhere(owner: Owner) -> anyhow::Result<Vec<Head>> {
    let (keeper, name) = keeper(owner);
    let db = database::as_service(keeper)?;
    let mut conn = db.conn().await.with_context(|| format!("could not connect as {keeper}"))?;
    Ok(witness::heads(&mut conn, name).await?)
}

/// Walks the chains, compares them with the heads that other services keep of them, and prints what is not as it was; whether all is.
/// `kept`: a head of that one service, noted earlier.
pub async fn verify(service: Option<Owner>, kept: Option<&Head>) -> anyhow::Result<bool> {
    ensure!(kept.is_none() || service.is_some(), "--head is the head of one service: name it with --service");
    let mut good = true;
    for owner in Owner::ALL.into_iter().filter(|owner| service.is_none_or(|only| only == *owner)) {
        let db = database::as_service(owner)?;
        let mut conn = db.conn().await.with_context(|| format!("could not connect as {owner}"))?;
        let mut heads = kept_elsewhere(owner).await?;
        let witnessed = heads.len();
        heads.extend(kept.cloned());
        let verdict = chain::verify(&mut conn, &heads).await?;
        for finding in &verdict.findings {
            println!("{owner}: {finding}");
        }
        let head = verdict.head.map_or_else(|| "no link yet".to_owned(), |head| format!("head {head}"));
        let word = if verdict.findings.is_empty() { "GOOD" } else { "NOT AS IT WAS WRITTEN" };
        let (keeper, _) = keeper(owner);
        println!(
            "{owner}: {word}: {} links, {head}, compared with {witnessed} heads that {keeper} keeps",
            verdict.links
        );
        good &= verdict.findings.is_empty();
    }
    Ok(good)
}
