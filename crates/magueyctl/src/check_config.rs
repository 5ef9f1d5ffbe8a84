//! Before a night, or a deployment: is everything said that must be said, and does everything answer?

use std::path::Path;

use anyhow::{Context, bail};
use db::migrations;
use reqwest::Method;
use serde_json::Value;
use settings::example::variables;

use crate::database::admin_url;
use crate::peers::Peers;

const EXAMPLES: [(&str, &str); 3] = [
    ("purchase", include_str!("../../../deploy/env/purchase.env.example")),
    ("scanner", include_str!("../../../deploy/env/scanner.env.example")),
    ("marketing-admin", include_str!("../../../deploy/env/marketing-admin.env.example")),
];

/// Checks an environment file against the example of its service. Prints every finding; whether there was none.
pub fn file(service: Option<&str>, file: &Path) -> anyhow::Result<bool> {
    let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let service = service.unwrap_or_else(|| name.split('.').next().unwrap_or_default());
    let Some((_, example)) = EXAMPLES.iter().find(|(name, _)| *name == service) else {
        bail!("{service} is none of purchase, scanner, marketing-admin: say which with --service");
    };
    let text = std::fs::read_to_string(file).with_context(|| format!("could not read {}", file.display()))?;
    let findings = compare(example, &text);
    for finding in &findings {
        println!("{finding}");
    }
    if findings.is_empty() {
        println!("{}: complete, and nothing left as in the example", file.display());
    }
    Ok(findings.is_empty())
}

/// What is wrong with `text`, a line each. Names only: values may be secret.
pub fn compare(example: &str, text: &str) -> Vec<String> {
    let (wanted, found) = (variables(example), variables(text));
    let mut findings = Vec::new();
    for (name, example) in &wanted {
        match found.get(name) {
            None if !example.optional => findings.push(format!("{name} is missing")),
            Some(one) if one.value.contains("CHANGE-ME") => {
                findings.push(format!("{name} still has the value of the example"))
            }
            _ => {}
        }
    }
    findings.extend(
        found
            .keys()
            .filter(|name| !wanted.contains_key(*name))
            .map(|name| format!("{name} is not a variable of this service")),
    );
    findings
}

/// Asks every part whether it is there and ready. Prints each answer; whether all are.
pub async fn parts() -> anyhow::Result<bool> {
    let (url, peers) = crate::read(|reader| (admin_url(reader), Peers::read(reader)))?;
    let mut all_well = true;
    let mut report = |what: &str, problem: Option<String>| {
        all_well &= problem.is_none();
        println!("{what}: {}", problem.unwrap_or_else(|| "ok".into()));
    };
    let database = match migrations::status(url.expose()).await {
        Ok(all) => all
            .iter()
            .find(|one| !one.applied)
            .map(|one| format!("{}/{} is missing: run `magueyctl migrate up`", one.owner, one.name)),
        Err(error) => Some(error.to_string()),
    };
    report("database", database);
    for peer in peers.all() {
        let problem = match peers.call(peer, Method::GET, "/readyz", None::<&Value>).await {
            Ok(_) => None,
            Err(error) => Some(format!("{error:#}")),
        };
        report(peer.name, problem);
    }
    Ok(all_well)
}
