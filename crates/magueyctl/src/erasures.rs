//! The list of erased accounts, out of one database and into a restored one.

use std::path::Path;

use anyhow::Context;
use reqwest::Method;
use serde_json::{Value, json};

use crate::peers::Peers;

const PATH: &str = "/internal/v1/erasures";
const NO_BODY: Option<&Value> = None;
/// As many as surely fit into one call.
const AT_ONCE: usize = 200;

/// Writes the list to a file, or to the standard output.
pub async fn export(file: Option<&Path>) -> anyhow::Result<()> {
    let peers = crate::read(Peers::read)?;
    let answer = peers.call(peers.named("marketing-admin")?, Method::GET, PATH, NO_BODY).await?;
    let list: Value = answer.json().await?;
    let text = serde_json::to_string_pretty(&list)?;
    let Some(file) = file else {
        println!("{text}");
        return Ok(());
    };
    std::fs::write(file, text).with_context(|| format!("{} can't be written", file.display()))?;
    println!("{}: {} erased accounts", file.display(), erased_in(&list)?.len());
    Ok(())
}

/// Takes a list in; whoever is not bare is erased at once. As often as one likes: it does nothing twice.
pub async fn reapply(file: &Path) -> anyhow::Result<()> {
    let peers = crate::read(Peers::read)?;
    let text = std::fs::read_to_string(file).with_context(|| format!("{} can't be read", file.display()))?;
    let list: Value = serde_json::from_str(&text).context("this is no list of `erasures export`")?;
    let (mut added, mut erased) = (0, 0);
    // An empty list still has the service erase what it knows itself.
    let all = erased_in(&list)?;
    let empty: [&[Value]; 1] = [&[]];
    let parts: Vec<&[Value]> = if all.is_empty() { empty.to_vec() } else { all.chunks(AT_ONCE).collect() };
    for part in parts {
        let body = json!({"erasures": part});
        let answer = peers.call(peers.named("marketing-admin")?, Method::POST, PATH, Some(&body)).await?;
        let answer: Value = answer.json().await?;
        added += answer["added"].as_u64().unwrap_or(0);
        erased += answer["erased"].as_u64().unwrap_or(0);
    }
    println!("{} in the list, {added} of them new here; {erased} accounts erased again", all.len());
    Ok(())
}

fn erased_in(list: &Value) -> anyhow::Result<&Vec<Value>> {
    list["erasures"].as_array().context("this is no list of `erasures export`")
}
