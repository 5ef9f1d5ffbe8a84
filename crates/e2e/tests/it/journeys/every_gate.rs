//! Who answers for the door sets a limit and watches every gate; the owner sees the same from afar.

use anyhow::Result;
use devstack::StaffRole;
use e2e::{
    browser::{Browser, DESK, PHONE},
    desk::Night,
    door::Door,
    guest::codes,
    wait::{PATIENCE, until},
};
use serde_json::json;

use super::club::Club;

#[tokio::test(flavor = "multi_thread")]
async fn the_limit_is_a_bar_at_the_door_and_on_the_owner_s_dashboard() -> Result<()> {
    let night = Night::open_now();
    let (club, guest, event) = Club::with_night(&night).await?;
    let (_, order) = guest.buy(&event, 2).await?;
    let codes = codes(&order);
    let door = Door::open(&club.stack, &event).await?;
    let id = event["id"].as_str().unwrap_or_default();
    set_limit(&club, id, 2).await?;

    let owner = Browser::open(DESK).await?;
    club.sign_in_at_desk(&owner).await?;
    club.see_dashboard(&owner).await?;
    let head = Browser::open(PHONE).await?;
    head.go(&format!("{}/live?event={id}", club.stack.urls.scanner)).await?;
    club.sign_in(&head, StaffRole::Owner).await?;
    head.see(".full[data-state='ok'] .full__bar").await?;

    for code in &codes {
        door.admits(code).await;
    }
    head.see(".full[data-state='full']").await?;
    head.read("The house is full").await;
    club.picture(&head, "every-gate").await?;
    head.resize(DESK).await?;
    club.picture(&head, "every-gate-desk").await?;
    owner.see(".limit-bar[data-state='full']").await?;
    until("the owner sees two of two inside", PATIENCE, || async {
        (club.figure(&owner, &format!("full:{id}")).await.ok()? == "2 of 2").then_some(())
    })
    .await;
    owner.click(".night__door a").await?;
    owner.arrive("/sign-in").await;
    head.close().await?;
    owner.close().await
}

/// As the head of the door would.
async fn set_limit(club: &Club, event: &str, people: i64) -> Result<()> {
    let (client, scanner) = (club.stack.client()?, &club.stack.urls.scanner);
    let token = e2e::session::token(&club.stack, &client, scanner, StaffRole::Owner).await?;
    let limit = client.put(format!("{scanner}/api/v1/events/{event}/limit")).bearer_auth(token);
    limit.json(&json!({"people": people, "note": "fire code"})).send().await?.error_for_status()?;
    Ok(())
}
