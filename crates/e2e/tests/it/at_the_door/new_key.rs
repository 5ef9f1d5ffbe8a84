//! The club changes the key that signs the lists while the door's page is open.

use super::*;

/// As a page has it that was opened before the change: a key that signs nothing any more, and no other.
const OPENED_BEFORE: &str = r#"document.addEventListener("readystatechange", () => {
    const words = document.readyState === "interactive" && document.getElementById("words");
    if (words) words.dataset.manifestKeys = '{"before": "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="}';
});"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_page_from_before_the_change_of_a_key_takes_the_lists_that_the_new_one_signs() -> Result<()> {
    let (club, event, codes) = sold(1).await?;
    let phone = Browser::open(PHONE).await?;
    let before = json!({"source": OPENED_BEFORE});
    phone.driver().cdp().send_raw("Page.addScriptToEvaluateOnNewDocument", before).await?;
    phone.go(&club.stack.urls.scanner).await?;
    club.sign_in(&phone, StaffRole::DoorStaff).await?;
    choose(&phone, &event).await?;
    is_ready(&phone).await;
    let keys = "return document.getElementById('words').dataset.manifestKeys";
    let keys = phone.driver().execute(keys, vec![]).await?;
    assert!(keys.json().as_str().is_some_and(|keys| keys.contains("before")), "the page is the old one");
    assert_eq!(scan(&phone, &codes[0], "admit").await?, "Admitted");
    phone.close().await
}
