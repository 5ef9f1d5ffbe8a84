//! A guest whose phone is dead: found by name, let in with a reason; without network the phone still finds who is on its list.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_without_a_code_is_found_by_name_and_let_in_with_a_reason() -> Result<()> {
    let (mut club, event, _) = sold(2).await?;
    let phone = phone_at(&club, &event).await?;
    phone.click("#find").await?;
    phone.fill("#search-words", "ana gue").await?;
    found(&phone, ".card__button", 2).await;
    club.picture(&phone, "door-search").await?;
    phone.click(".card__button").await?;
    phone.click("[data-why] button[value=phone_dead]").await?;
    phone.see("#verdict[data-tone=admit]").await?;
    phone.read("Ana Guest").await;
    assert_eq!(count(&club, "select count(*) as sum from scanner.entries").await, Some(1));
    let why = "select count(*) as sum from scanner.audit_log
        where action = 'ticket.checked_in' and detail->>'reason' = 'phone_dead' and staff_id is not null";
    assert_eq!(count(&club, why).await, Some(1), "who let them in, and why, is on record");
    phone.click("#next").await?;
    found(&phone, ".card__button", 1).await;
    let script = "return document.querySelector('.card__button').dataset.ticket";
    let other = phone.driver().execute(script, vec![]).await?;
    let other = other.json().as_str().context("a ticket")?.to_owned();

    club.stack.cut_network();
    phone.fill("#search-words", "guest").await?;
    phone.read("this is from this phone’s own list").await;
    found(&phone, ".card", 2).await;
    phone.click(&format!(".card__button[data-ticket='{other}']")).await?;
    phone.click("[data-why] button[value=no_code]").await?;
    phone.see("#verdict[data-tone=admit]").await?;
    phone.read("Decided on this phone").await;
    waits(&phone, "1").await;

    club.stack.mend_network().await?;
    waits(&phone, "0").await;
    assert_eq!(count(&club, "select count(*) as sum from scanner.entries").await, Some(2));
    let why = "select count(*) as sum from scanner.audit_log
        where action = 'ticket.checked_in' and detail->>'reason' = 'no_code' and detail->>'offline' = 'true'";
    assert_eq!(count(&club, why).await, Some(1), "and why, though nobody could be asked");
    phone.close().await
}

/// Waits until so many of something are shown.
async fn found(phone: &Browser, css: &str, many: u64) {
    until(&format!("{many} of `{css}`"), PATIENCE, || async {
        let script = "return [...document.querySelectorAll(arguments[0])].filter((each) => each.checkVisibility()).length";
        let shown = phone.driver().execute(script, vec![json!(css)]).await.ok()?;
        (shown.json().as_u64()? == many).then_some(())
    })
    .await;
}
