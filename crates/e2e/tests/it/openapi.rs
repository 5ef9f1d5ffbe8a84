//! The OpenAPI documents are true: every API route is described, and nothing is described that is not there.

use anyhow::Result;
use devstack::{Stack, StackOptions};
use serde_json::Value;
use std::collections::BTreeSet;

#[tokio::test(flavor = "multi_thread")]
async fn every_api_route_is_described_and_nothing_else() -> Result<()> {
    let stack = Stack::start(StackOptions::default()).await?;
    let client = stack.client()?;
    let services = [
        (&stack.urls.purchase, crate::access::routes_of("purchase")),
        (&stack.urls.scanner, crate::access::routes_of("scanner")),
        (&stack.urls.marketing, crate::access::routes_of("marketing-admin")),
    ];
    for (site, routes) in services {
        let answer = client.get(format!("{site}/api/openapi.json")).send().await?;
        let document: Value = answer.error_for_status()?.json().await?;
        let described: BTreeSet<(String, String)> = document["paths"]
            .as_object()
            .into_iter()
            .flatten()
            .flat_map(|(path, methods)| {
                let methods = methods.as_object().into_iter().flatten();
                methods.map(move |(method, _)| (method.to_uppercase(), path.clone()))
            })
            .collect();
        let served: BTreeSet<(String, String)> =
            routes.into_iter().filter(|(_, path)| is_api(path)).collect();
        assert_eq!(described, served, "{site}");
    }
    Ok(())
}

fn is_api(path: &str) -> bool {
    let passkeys = path.contains("/passkey")
        && ["/options", "/finish", "/passkey"].iter().any(|end| path.ends_with(end));
    (path.starts_with("/api/") && path != "/api/openapi.json") || path.starts_with("/webhooks/") || passkeys
}
