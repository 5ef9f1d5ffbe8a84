//! The floor plan editor reckons as it should, in the browser that does it: where things snap to, how they are pulled and turned, and what
//! undo undoes.

use anyhow::{Context, Result};
use e2e::browser::{Browser, PHONE};
use marketing_admin::assets::BUNDLE;
use serde_json::{Value, json};

const RUN: &str = include_str!("editor.js");

/// A file of the desk, as it is served.
fn served(name: &str) -> Result<String> {
    let bytes = BUNDLE.bytes(name).with_context(|| format!("no {name}"))?;
    Ok(String::from_utf8(bytes.to_vec())?)
}

/// How many cases there were, and which came out otherwise.
async fn run(browser: &Browser, geometry: &str, history: &str) -> Result<Value> {
    let sources = json!({"geometry": geometry, "history": history});
    let ran = browser.driver().execute_async(RUN, vec![sources]).await?.json().clone();
    anyhow::ensure!(ran["fault"].is_null(), "the editor's reckoning does not run: {ran}");
    Ok(ran)
}

/// A browser on an empty page.
async fn browser() -> Result<(Browser, tempfile::TempDir)> {
    let (browser, home) = (Browser::open(PHONE).await?, tempfile::tempdir()?);
    let page = home.path().join("empty.html");
    std::fs::write(&page, "<!doctype html><title>Editor</title>")?;
    browser.go(&format!("file://{}", page.display())).await?;
    Ok((browser, home))
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_snap_turn_and_grow_as_they_are_pulled_and_undo_takes_steps_back() -> Result<()> {
    let (browser, _home) = browser().await?;
    let ran = run(&browser, &served("floor-geometry.js")?, &served("floor-history.js")?).await?;
    assert_eq!(ran["wrong"], json!([]));
    assert!(ran["ran"].as_u64() >= Some(35), "{ran}");
    browser.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn reckoning_that_forgets_a_rule_is_noticed() -> Result<()> {
    let (browser, _home) = browser().await?;
    let (geometry, history) = (served("floor-geometry.js")?, served("floor-history.js")?);
    for (what, rule, without) in [
        ("a neighbour's reach", "far <= reach", "far <= 0"),
        ("the plan's edge", "plan.width - width", "plan.width"),
        ("the turned handle", "turned(dx, dy, -place.turn)", "turned(dx, dy, 0)"),
        ("the smallest room", "around[0]", "around.at(-1)"),
    ] {
        let broken = geometry.replace(rule, without);
        assert_ne!(broken, geometry, "{what}");
        let ran = run(&browser, &broken, &history).await?;
        assert_ne!(ran["wrong"], json!([]), "{what}: {ran}");
    }
    let forgetful = history.replace("at - last.at <= TOGETHER", "false");
    assert_ne!(forgetful, history);
    assert_ne!(run(&browser, &geometry, &forgetful).await?["wrong"], json!([]));
    browser.close().await
}
