//! A phone without network judges as the server does: the door's two modules, in the browser that runs them, on the cases that
//! the domain wrote.

use anyhow::{Context, Result};
use e2e::browser::{Browser, PHONE};
use scanner::app::assets::BUNDLE;
use serde_json::{Value, json};

const RUN: &str = include_str!("twin.js");
const ADMISSIONS: &str = include_str!("../../../domain/vectors/admission.json");
const CODES: &str = include_str!("../../../domain/vectors/codes.json");

/// A file of the door, as it is served.
fn served(name: &str) -> Result<String> {
    let bytes = BUNDLE.bytes(name).with_context(|| format!("no {name}"))?;
    Ok(String::from_utf8(bytes.to_vec())?)
}

/// A browser on an empty page. From a file, which browsers trust as they trust TLS: signatures are checked on no other.
async fn browser() -> Result<(Browser, tempfile::TempDir)> {
    let (browser, home) = (Browser::open(PHONE).await?, tempfile::tempdir()?);
    let page = home.path().join("empty.html");
    std::fs::write(&page, "<!doctype html><title>Twin</title>")?;
    browser.go(&format!("file://{}", page.display())).await?;
    Ok((browser, home))
}

/// What a twin answers otherwise than the domain, and how many cases there were.
async fn run(browser: &Browser, verdict: &str, code: &str) -> Result<Value> {
    let cases = [ADMISSIONS, CODES].map(serde_json::from_str::<Value>);
    let [admissions, codes] = cases;
    let sources = json!({"verdict": verdict, "code": code});
    let ran = browser.driver().execute_async(RUN, vec![sources, admissions?, codes?]).await?.json().clone();
    anyhow::ensure!(ran["fault"].is_null(), "the twin does not run: {ran}");
    Ok(ran)
}

fn wrong(ran: &Value) -> usize {
    ran["wrong"].as_array().map_or(0, Vec::len)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_without_network_judges_as_the_server_does() -> Result<()> {
    let (browser, _home) = browser().await?;
    let ran = run(&browser, &served("verdict.js")?, &served("code.js")?).await?;
    assert_eq!((&ran["admissions"]["wrong"], &ran["codes"]["wrong"]), (&json!([]), &json!([])));
    assert!(ran["admissions"]["ran"].as_u64() >= Some(500) && ran["codes"]["ran"].as_u64() >= Some(200));
    browser.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_twin_that_asks_in_another_order_is_noticed() -> Result<()> {
    let (browser, _home) = browser().await?;
    let (verdict, code) = (served("verdict.js")?, served("code.js")?);
    for (first, second) in [
        (r#"if (status !== "valid") return status;"#, r#"if (banned) return "banned";"#),
        (r#"if (banned) return "banned";"#, r#"if (zone !== gate.zone) return "wrong_gate";"#),
        (
            r#"if (rotating && !isFresh(shown, now)) return "stale_code";"#,
            r#"if (stay.inside) return "already_inside";"#,
        ),
        (r#"if (stay.inside) return "already_inside";"#, r#"if (full) return "full";"#),
    ] {
        let swapped = verdict.replace(first, "—").replace(second, first).replace('—', second);
        assert_ne!(swapped, verdict, "the twin asks {first} and {second}");
        let ran = run(&browser, &swapped, &code).await?;
        assert!(wrong(&ran["admissions"]) > 0, "{second} before {first}: {ran}");
    }
    let lenient = code.replace("value > 0xffff", "false");
    let forgiving = code.replace(r#"good ? {"#, "true ? {");
    for (what, twin) in [("any letters", lenient), ("any signature", forgiving)] {
        assert_ne!(twin, code, "the twin refuses {what}");
        let ran = run(&browser, &verdict, &twin).await?;
        assert!(wrong(&ran["codes"]) > 0, "takes {what}: {ran}");
    }
    browser.close().await
}
