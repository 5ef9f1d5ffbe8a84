//! The owner's money at the desk: an order found and given back, somebody who is inside, a night that is cancelled, the books
//! beside Stripe. A picture is kept of each.

use super::club::Club;
use super::moments::in_both_sizes;
use anyhow::Result;
use e2e::{
    browser::{Browser, DESK},
    desk::Night,
    door::Door,
    guest::{Guest, codes},
};

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_gives_money_back_and_calls_a_night_off() -> Result<()> {
    let (club, ana, event) = Club::with_night(&Night::open_now()).await?;
    let ben = Guest::new(&club.stack)?;
    let (bought, order) = ana.buy(&event, 2).await?;
    ben.buy(&event, 3).await?;
    let door = Door::open(&club.stack, &event).await?;
    door.admits(&codes(&order)[0]).await;

    let owner = Browser::open(DESK).await?;
    let told = give_back(&club, &owner, &ana.email, &bought.reference).await;
    let told = match told {
        Ok(()) => call_off(&club, &owner, event["id"].as_str().unwrap_or_default()).await,
        told => told,
    };
    if told.is_err() {
        owner.keep_evidence("an-owner-gives-money-back").await;
    }
    told?;
    ana.order_becomes(&bought, "refunded").await;
    owner.close().await
}

async fn give_back(club: &Club, owner: &Browser, email: &str, reference: &str) -> Result<()> {
    let marketing = &club.stack.urls.marketing;
    club.sign_in_at_desk(owner).await?;
    club.see_dashboard(owner).await?;
    owner.go(&format!("{marketing}/admin/orders")).await?;
    owner.read(reference).await;
    in_both_sizes(club, owner, "orders").await?;
    owner.fill("#search", email).await?;
    owner.click("form.filters button").await?;
    owner.read(reference).await;
    owner.go(&format!("{marketing}/admin/orders/{reference}")).await?;
    owner.read("Give money back").await;
    in_both_sizes(club, owner, "order-at-desk").await?;
    // One of the two is inside: the desk asks before anything happens.
    owner.fill("#reason", "The guest is ill").await?;
    owner.click("form fieldset button[type=submit]").await?;
    owner.read("Already inside").await;
    in_both_sizes(club, owner, "refund-inside").await?;
    owner.go(&format!("{marketing}/admin/orders/{reference}")).await?;
    owner.read("Not done: inside").await;
    owner.click("input[name=scope][value=amount]").await?;
    owner.fill("#amount", "5.00").await?;
    owner.fill("#reason", "The bar was closed").await?;
    owner.click("form fieldset button[type=submit]").await?;
    owner.read("The money is on its way back").await;
    in_both_sizes(club, owner, "refund-made").await
}

async fn call_off(club: &Club, owner: &Browser, event: &str) -> Result<()> {
    let marketing = &club.stack.urls.marketing;
    owner.go(&format!("{marketing}/admin/events/{event}/cancel")).await?;
    owner.read("Everyone who paid gets everything back").await;
    in_both_sizes(club, owner, "cancel-night").await?;
    owner.click("input[name=sure]").await?;
    owner.click("form button[type=submit].button--refusal").await?;
    // It moves by itself, until all is done.
    owner.read("Everyone has their money back").await;
    in_both_sizes(club, owner, "cancellation").await?;
    owner.go(&format!("{marketing}/admin/reconciliation")).await?;
    owner.read("Night by night").await;
    owner.click("main form button[type=submit]").await?;
    owner.read("Stripe’s lists are being read").await;
    owner.go(&format!("{marketing}/admin/reconciliation")).await?;
    in_both_sizes(club, owner, "books").await
}
