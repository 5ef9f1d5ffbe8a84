//! What the gateway promises: three sites, nothing internal, headers, limits.

use anyhow::Result;
use devstack::{Stack, StackOptions, StaffRole};
use e2e::desk::{Desk, Night};
use e2e::guest::Guest;
use e2e::wait::{PATIENCE, until};
use reqwest::StatusCode;

#[tokio::test(flavor = "multi_thread")]
async fn nothing_internal_is_reachable_from_outside() -> Result<()> {
    let stack = Stack::start(StackOptions::default()).await?;
    let client = stack.client()?;
    for site in [&stack.urls.marketing, &stack.urls.purchase, &stack.urls.scanner] {
        for path in [
            "/internal/v1/sessions",
            "/metrics",
            "/healthz",
            "/readyz",
            "/Internal/v1/sessions",
            "/%69nternal/v1/sessions",
            "//internal/v1/sessions",
            "/api/../internal/v1/sessions",
            "/internal;a=b",
        ] {
            let answer = client.get(format!("{site}{path}")).send().await?;
            assert!(matches!(answer.status().as_u16(), 400 | 404), "{site}{path}: {}", answer.status());
        }
    }
    let stranger = client.get(&stack.urls.gateway).header("host", "evil.example").send().await?;
    assert_eq!(stranger.status(), StatusCode::MISDIRECTED_REQUEST);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_carries_its_shields() -> Result<()> {
    let stack = Stack::start(StackOptions::default()).await?;
    let client = stack.client()?;
    for (url, camera) in [
        (format!("{}/", stack.urls.marketing), "camera=()"),
        (format!("{}/", stack.urls.purchase), "camera=()"),
        (format!("{}/sign-in", stack.urls.scanner), "camera=(self)"),
    ] {
        let answer = client.get(&url).header("x-request-id", "forged-by-client").send().await?;
        assert!(answer.status().is_success(), "{url}: {}", answer.status());
        let header =
            |name: &str| answer.headers().get(name).and_then(|v| v.to_str().ok()).unwrap_or_default();
        assert_eq!(header("x-content-type-options"), "nosniff", "{url}");
        let policy = header("content-security-policy");
        assert!(
            policy.contains("default-src 'none'") || policy.contains("default-src 'self'"),
            "{url}: {policy}"
        );
        assert!(!policy.contains("unsafe-inline"), "{url}: {policy}");
        assert!(header("permissions-policy").contains(camera), "{url}: {}", header("permissions-policy"));
        assert!(!header("referrer-policy").is_empty(), "{url}");
        assert_ne!(header("x-request-id"), "forged-by-client", "{url}");
        assert!(!header("x-request-id").is_empty(), "{url}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_are_compressed_and_large_bodies_refused() -> Result<()> {
    let stack = Stack::start(StackOptions::default()).await?;
    let client = stack.client()?;
    let page =
        client.get(format!("{}/", stack.urls.marketing)).header("accept-encoding", "br").send().await?;
    assert_eq!(page.headers().get("content-encoding").and_then(|v| v.to_str().ok()), Some("br"));
    let flood = client.post(format!("{}/api/v1/checkouts", stack.urls.purchase));
    let flood = flood.header("content-type", "application/json").body(vec![b' '; 2 << 20]).send().await?;
    assert_eq!(flood.status(), StatusCode::PAYLOAD_TOO_LARGE);
    // A photograph is larger than any form: it gets as far as the door, which asks who sends it.
    let url = format!("{}/api/v1/photos?of=incident", stack.urls.scanner);
    let photo =
        client.post(url).header("content-type", "image/jpeg").body(vec![0_u8; 1 << 20]).send().await?;
    assert_eq!(photo.status(), StatusCode::UNAUTHORIZED);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_page_is_told_at_once_what_changes() -> Result<()> {
    let club = crate::journeys::club::Club::open().await?;
    let stack = &club.stack;
    let night = Night::open_now();
    Desk::sign_in(stack, StaffRole::Owner).await?.publish(&night).await?;
    let guest = Guest::new(stack)?;
    guest.event(&night.slug).await;
    let (client, url) =
        (stack.client()?, format!("{}/e/{}/live?seen=nothing", stack.urls.purchase, night.slug));
    let mut stream = until("the stream is open", PATIENCE, || async {
        let answer = client.get(&url).header("accept-encoding", "br").send().await.ok()?;
        (answer.status() == StatusCode::OK).then_some(answer)
    })
    .await;
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    let coding = stream.headers().get("content-encoding");
    assert!(coding.is_none_or(|coding| coding == "identity"), "what is compressed comes late: {coding:?}");
    let mut heard = String::new();
    while !heard.contains("event: offers") {
        let chunk = tokio::time::timeout(PATIENCE, stream.chunk()).await??;
        heard.push_str(&String::from_utf8_lossy(&chunk.expect("the stream goes on")));
    }
    let elsewhere = client.get(&url).header("origin", "https://elsewhere.example").send().await?;
    assert_eq!(elsewhere.status(), StatusCode::FORBIDDEN);
    Ok(())
}
