//! What people do with the pages of tables, by the words they read and the fields they fill.

use super::*;
use e2e::browser::Browser;
use serde_json::json;
use thirtyfour::WebElement;

/// Presses what is shown with these words: a button, a link, what unfolds.
pub async fn press(browser: &Browser, words: &str) -> Result<()> {
    const FIND: &str = "const words = arguments[0].toLowerCase();
        const name = (each) => (each.getAttribute('aria-label') || each.innerText || '').trim().toLowerCase();
        const shown = [...document.querySelectorAll('a, button, summary')]
            .filter((each) => each.checkVisibility() && name(each).includes(words));
        return shown.find((each) => name(each) === words) ?? shown[0] ?? null;";
    click_found(browser, &format!("“{words}” to press"), FIND, words).await
}

/// Sends the form that a field stands in, by its own button.
pub async fn send(browser: &Browser, field: &str) -> Result<()> {
    const FIND: &str = "return [...(document.querySelector(arguments[0])?.form?.elements ?? [])].find((each) =>
        each.matches('button:not([type=button], [data-add], [name=step])') && each.checkVisibility()) ?? null;";
    click_found(browser, &format!("the button of the form with `{field}`"), FIND, field).await
}

async fn click_found(browser: &Browser, what: &str, find: &str, by: &str) -> Result<()> {
    for _ in 0..5 {
        let clicked = async {
            let found = found(browser, what, find, by).await;
            found.scroll_into_view().await?;
            found.click().await
        };
        match clicked.await {
            Ok(()) => return Ok(()),
            // The page redrew itself between finding and pressing.
            Err(gone) if gone.to_string().contains("stale") => {}
            Err(fault) => return Err(fault).with_context(|| what.to_owned()),
        }
    }
    anyhow::bail!("{what} never stands still")
}

async fn found(browser: &Browser, what: &str, find: &str, by: &str) -> WebElement {
    until(what, PATIENCE, || async {
        browser.driver().execute(find, vec![json!(by)]).await.ok()?.element().ok()
    })
    .await
}

/// Chooses a value in a field, or one that a form offers.
pub async fn pick(browser: &Browser, css: &str, value: &str) -> Result<()> {
    const SET: &str = "const field = document.querySelector(arguments[0]);
        if (!field) return 'nothing there';
        field.value = arguments[1];
        for (const kind of ['input', 'change']) field.dispatchEvent(new Event(kind, {bubbles: true}));
        return field.value === arguments[1] ? '' : [...(field.options ?? [])].map((each) => each.value).join(' ');";
    let set = browser.driver().execute(SET, vec![json!(css), json!(value)]).await?;
    let wrong = set.json().as_str().context("a word")?.to_owned();
    anyhow::ensure!(wrong.is_empty(), "{value} is not to choose in `{css}`: {wrong}");
    Ok(())
}

/// Chooses the first that a list offers, as the page has it already.
pub async fn pick_first(browser: &Browser, css: &str) -> Result<()> {
    const FIRST: &str = "return [...(document.querySelector(arguments[0])?.options ?? [])].map((each) => each.value).find(Boolean) ?? ''";
    let first = browser.driver().execute(FIRST, vec![json!(css)]).await?;
    let first = first.json().as_str().filter(|first| !first.is_empty());
    pick(browser, css, first.with_context(|| format!("nothing to choose in `{css}`"))?).await
}

/// Opens all that can be unfolded.
pub async fn unfold(browser: &Browser) -> Result<()> {
    let open = "for (const fold of document.querySelectorAll('details')) fold.open = true;";
    browser.driver().execute(open, vec![]).await?;
    Ok(())
}

/// Waits until an element says a text, whatever redraws it.
pub async fn says(browser: &Browser, css: &str, text: &str) {
    until(&format!("`{css}` says “{text}”"), PATIENCE, || async {
        let said = browser.text(css).await.ok()?;
        said.to_lowercase().contains(&text.to_lowercase()).then_some(())
    })
    .await;
}
