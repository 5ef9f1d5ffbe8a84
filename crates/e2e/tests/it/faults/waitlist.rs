//! Purchase dies while it makes an offer to who stands in line.

use super::*;
use devstack::Stack;
use e2e::guest::placed_at;
use reqwest::Client;
use serde_json::json;

/// Somebody in line, as far as a browser without scripts goes.
struct InLine {
    client: Client,
    site: String,
}

impl InLine {
    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Result<reqwest::Response> {
        let url = format!("{}{path}", self.site);
        Ok(self.client.post(url).header("origin", &self.site).form(fields).send().await?)
    }

    /// The address of the guest's own page, out of the mail with this many words before it.
    async fn page(&self, guest: &Guest, mails: usize) -> Result<String> {
        let mails = until("the mail about the line", PATIENCE, || async {
            guest.mails().await.ok().filter(|all| all.len() >= mails)
        })
        .await;
        let text = mails[0]["text"].as_str().unwrap_or_default().to_owned();
        let at = text.split_whitespace().find_map(|word| Some(word.split_once("/waitlist/")?.1.to_owned()));
        Ok(format!("/waitlist/{}", at.unwrap_or_default()))
    }
}

/// Makes room for one more: the whole night again, with its newest revision.
async fn make_room(desk: &Desk, stack: &Stack, event: &Value, night: &Night, capacity: i64) -> Result<()> {
    let mut body = Night { capacity, ..night.clone() }.body();
    body["revision"] = event["revision"].clone();
    body["ticket_types"][0]["id"] = event["ticket_types"][0]["id"].clone();
    body["zones"] = json!([{"id": event["zones"][0]["id"], "name": event["zones"][0]["name"]}]);
    let url = format!("{}/api/v1/events/{}", stack.urls.marketing, event["id"].as_str().unwrap_or_default());
    let put = stack.client()?.put(url).bearer_auth(desk.token()).json(&body).send().await?;
    assert!(put.status().is_success(), "{}", put.text().await?);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_while_an_offer_is_made() -> Result<()> {
    let mut stack = Stack::start(StackOptions::default().with("ASK_STRIPE_EVERY_SECONDS", 2)).await?;
    let desk = Desk::sign_in(&stack, StaffRole::Owner).await?;
    let night = Night { capacity: 2, ..Night::open_now() };
    let event = desk.publish(&night).await?;
    let (first, guest) = (Guest::new(&stack)?, Guest::new(&stack)?);
    let on_sale = first.event(&night.slug).await;
    first.buy(&on_sale, 2).await?;

    let line = InLine { client: stack.client()?, site: stack.urls.purchase.clone() };
    let kind = on_sale["ticket_types"][0]["id"].as_str().unwrap_or_default().to_owned();
    let wish =
        [("ticket_type", kind.as_str()), ("party", "2"), ("name", "Ana Guest"), ("email", &guest.email)];
    until("the line takes the guest in", PATIENCE, || async {
        let answer = line.post(&format!("/e/{}/waitlist", night.slug), &wish).await.ok()?;
        (answer.status() == 303).then_some(())
    })
    .await;
    let place = line.page(&guest, 1).await?;
    audit::holds(&stack).await;

    arm(&mut stack, Service::Purchase, "W1").await?;
    make_room(&desk, &stack, &event, &night, 4).await?;
    dies(&mut stack, Service::Purchase).await;
    let offers = "select count(*) as sum from purchase.waitlist where state = 'offered'";
    assert_eq!(audit::count(&stack, offers).await?, 0, "it is made whole or not at all");
    assert_eq!(audit::count(&stack, "select sum(held)::bigint as sum from purchase.stock").await?, 0);
    stack.start_service(Service::Purchase).await?;
    until("the offer is made", PATIENCE, || async {
        (audit::count(&stack, offers).await.ok()? == 1).then_some(())
    })
    .await;
    assert_eq!(line.page(&guest, 2).await?, place, "the offer is mailed, with the same page");
    audit::holds(&stack).await;

    // Claiming dies too, with the places in hand.
    arm(&mut stack, Service::Purchase, "P1").await?;
    let (path, key) = place.split_once('?').unwrap_or_default();
    let claim = format!("{path}/claim?{key}");
    let fields = [("quantity", "2"), ("name", "Ana Guest"), ("promo", "")];
    let lost = line.post(&claim, &fields).await;
    assert!(lost.is_err() || lost.is_ok_and(|answer| answer.status().is_server_error()), "it died");
    dies(&mut stack, Service::Purchase).await;
    assert_eq!(audit::count(&stack, offers).await?, 1, "it is still theirs");
    stack.start_service(Service::Purchase).await?;
    let checkout = until("the claim leads to the payment page", PATIENCE, || async {
        let answer = line.post(&claim, &fields).await.ok()?;
        let to = answer.headers().get("location")?.to_str().ok()?.to_owned();
        to.starts_with(&stack.urls.sandbox).then_some(to)
    })
    .await;
    let own = line.client.get(format!("{}{place}", line.site)).send().await?;
    let own = own.headers().get("location").and_then(|to| to.to_str().ok()).unwrap_or_default().to_owned();
    let mut placed = placed_at(&own)?;
    placed.checkout_url = Some(checkout);
    guest.pay(&placed, e2e::guest::card::GOOD).await?;
    let order = guest.order_becomes(&placed, "paid").await;
    assert_eq!(codes(&order).len(), 2);
    audit::holds(&stack).await;
    let door = Door::open(&stack, &on_sale).await?;
    assert_eq!(door.admits(&codes(&order)[0]).await["decision"], "admit");
    audit::holds(&stack).await;
    Ok(())
}
