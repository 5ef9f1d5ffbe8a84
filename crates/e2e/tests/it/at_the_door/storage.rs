//! A phone without any room left does not pretend.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_full_phone_says_that_it_could_not_write_the_entry_down() -> Result<()> {
    let (mut club, event, codes) = sold(1).await?;
    let phone = phone_at(&club, &event).await?;
    club.stack.cut_network();
    quota(&phone, &club, Some(1)).await?;
    // The browser looks at its quota now and then, not at each write: forgeries are scanned until it has.
    until("the phone is full", PATIENCE, || async {
        paste(&phone, "SOMETHING ELSE ENTIRELY").await.ok()?;
        phone.see("#verdict").await.ok()?;
        (phone.text("#verdict-title").await.ok()? == "Not recorded").then_some(())
    })
    .await;
    assert_eq!(
        scan(&phone, &codes[0], "unsure").await?,
        "Not recorded",
        "no green that nobody will remember"
    );
    phone.read("Don’t let anyone in with it").await;
    club.picture(&phone, "door-full").await?;

    quota(&phone, &club, None).await?;
    until("there is room again", PATIENCE, || async {
        paste(&phone, &codes[0]).await.ok()?;
        phone.see("#verdict").await.ok()?;
        (phone.text("#verdict-title").await.ok()? == "Admitted").then_some(())
    })
    .await;
    club.stack.mend_network().await?;
    waits(&phone, "0").await;
    assert_eq!(count(&club, "select count(*) as sum from scanner.entries").await, Some(1));
    phone.close().await
}

/// Gives the page's site so many bytes; none: as many as usual.
async fn quota(phone: &Browser, club: &Club, bytes: Option<u64>) -> Result<()> {
    let mut room = json!({"origin": club.stack.urls.scanner.trim_end_matches('/')});
    if let Some(bytes) = bytes {
        room["quotaSize"] = json!(bytes);
    }
    phone.driver().cdp().send_raw("Storage.overrideQuotaForOrigin", room).await?;
    Ok(())
}
