//! Tables without scripts, and without a mouse: what is drawn stands in the list as well.

use super::*;
use e2e::{
    browser::{Browser, PHONE},
    guest::placed_at,
};
use serde_json::json;
use thirtyfour::{By, Key};

/// Opens the plan of a night on a phone.
async fn phone_at(floor: &Floor) -> Result<Browser> {
    let phone = Browser::open(PHONE).await?;
    phone.go(&format!("{}/e/{}/tables", floor.stack.urls.purchase, floor.slug)).await?;
    Ok(phone)
}

/// No script: the list leads to the table, and its form books it.
#[tokio::test(flavor = "multi_thread")]
async fn a_table_is_booked_without_a_script() -> Result<()> {
    let floor = Floor::open(3).await?;
    let (phone, guest) = (phone_at(&floor).await?, Guest::new(&floor.stack)?);
    let off = json!({"value": true});
    phone.driver().cdp().send_raw("Emulation.setScriptExecutionDisabled", off).await?;
    phone.driver().refresh().await?;
    phone.click(&format!("[data-row='{}'] [data-choose]", floor.tables[0])).await?;
    phone.fill("#name", "Ana Guest").await?;
    phone.fill("#email", &guest.email).await?;
    phone.click("button[form=book]").await?;
    phone.fill("#card_number", card::GOOD).await?;
    phone.click("#pay").await?;
    let url = phone.arrive("/orders/").await;
    phone.see(".ticket__code svg").await?;
    let order = guest.order(&placed_at(&url)?).await?;
    assert_eq!(order["state"], "paid", "{order}");
    floor.come_to("confirmed", 1).await;
    audit::holds(&floor.stack).await;
    phone.close().await
}

/// By keyboard: the drawing's own tables are reached one after the other, each says what it is, and Enter opens one.
#[tokio::test(flavor = "multi_thread")]
async fn a_table_of_the_drawing_is_reached_and_opened_by_keyboard() -> Result<()> {
    const FOCUSED: &str =
        "return document.activeElement?.closest?.('[data-spot]')?.querySelector('title')?.textContent ?? ''";
    let floor = Floor::open(3).await?;
    let phone = phone_at(&floor).await?;
    phone.see("[data-spot]").await?;
    let mut said = String::new();
    for _ in 0..60 {
        phone.driver().action_chain().send_keys(Key::Tab).perform().await?;
        let name = phone.driver().execute(FOCUSED, vec![]).await?;
        name.json().as_str().unwrap_or_default().clone_into(&mut said);
        if !said.is_empty() {
            break;
        }
    }
    assert!(said.to_lowercase().contains("table 1"), "the first table says what it is: {said}");
    assert!(said.to_lowercase().contains("free"), "and whether it can be had: {said}");
    phone.driver().action_chain().send_keys(Key::Enter).perform().await?;
    phone.arrive(&format!("/tables/{}", floor.tables[0])).await;
    assert_eq!(phone.driver().find_all(By::Css("#book")).await?.len(), 1, "its form is there");
    phone.close().await
}
