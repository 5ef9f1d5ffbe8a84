//! What is somebody else's: their orders and tickets, their address, and pages behind paths that are written oddly.

use super::*;
use crate::access::routes_of;
use anyhow::Context;
use reqwest::Method;

/// Every route that names an order or a ticket, knocked at with everything but its key.
#[tokio::test(flavor = "multi_thread")]
async fn what_belongs_to_somebody_else_is_not_there() -> Result<()> {
    let stack = Stack::start(StackOptions::default()).await?;
    let night = Night::open_now();
    Desk::sign_in(&stack, StaffRole::Owner).await?.publish(&night).await?;
    let (ana, eve) = (Guest::new(&stack)?, Guest::new(&stack)?);
    let event = ana.event(&night.slug).await;
    let (hers, order) = ana.buy(&event, 1).await?;
    let (other, _) = eve.buy(&event, 1).await?;
    let ticket = order["tickets"][0]["id"].as_str().context("a ticket's id")?;
    let (client, site) = (stack.client()?, &stack.urls.purchase);
    // The gateway would count so many requests of one guest.
    let direct = stack.direct(Service::Purchase);
    let short = &hers.key[..hers.key.len() - 2];
    let keys = ["?key=".to_owned(), format!("?key={short}"), format!("?key={}", other.key)];
    let named = routes_of("purchase").into_iter().filter(|(_, path)| {
        // The worker that keeps a page is a script, the same for all.
        !path.starts_with("/kept/") && (path.contains("{reference}") || path.contains("/tickets/{ticket}"))
    });
    let (mut wrong, mut asked) = (Vec::new(), 0);
    for (method, path) in named {
        let path = path.replace("{reference}", &hers.reference).replace("{ticket}", ticket);
        for key in &keys {
            let request =
                client.request(Method::from_bytes(method.as_bytes())?, format!("{direct}{path}{key}"));
            let request = request.header("origin", site).header("accept", "application/json");
            let reads = method == "GET";
            let request = if reads { request } else { request.form(&[("nothing", "")]) };
            let answer = request.send().await?;
            let status = answer.status();
            // What is wrong with a form may be said before anybody looks for its order.
            let refused = if reads { status == StatusCode::NOT_FOUND } else { status.is_client_error() };
            let text = answer.text().await?;
            if !refused || text.contains(&ana.email) || text.contains(&hers.key) {
                wrong.push(format!("{method} {path}{key}: {status}"));
            }
            asked += 1;
        }
    }
    assert!(asked > 60, "{asked}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // With it the page opens, and tells no other site its address.
    let page = client.get(&hers.url).header("accept", "text/html").send().await?;
    assert_eq!(page.status(), StatusCode::OK);
    assert_eq!(page.headers()["referrer-policy"], "no-referrer");
    Ok(())
}

/// How often a password is guessed: more often than one network may.
const GUESSES: usize = 15;

/// Guesses a password, each time as if from another network; what is answered.
async fn guesses(client: &Client, site: &str, origin: &str, email: &str) -> Result<Vec<u16>> {
    let mut heard = Vec::new();
    for number in 1..=GUESSES {
        let from = format!("203.0.{number}.7");
        let mut guess = client.post(format!("{site}/account/sign-in")).header("origin", origin);
        for header in ["x-forwarded-for", "x-real-ip", "x-envoy-external-address", "forwarded"] {
            guess = guess
                .header(header, if header == "forwarded" { format!("for={from}") } else { from.clone() });
        }
        let guess = guess.form(&[("email", email), ("password", "a guess of somebody's")]);
        heard.push(guess.send().await?.status().as_u16());
    }
    Ok(heard)
}

#[tokio::test(flavor = "multi_thread")]
async fn who_names_another_address_is_counted_by_the_one_they_come_from() -> Result<()> {
    let stack = Stack::start(StackOptions::default()).await?;
    let (client, origin) = (stack.client()?, &stack.urls.marketing);
    let outside = guesses(&client, origin, origin, "ana@example.org").await?;
    assert_eq!(outside.last(), Some(&429), "{outside:?}");
    // The control: behind the gateway the address is believed, so the guesses above were refused for where they came from.
    let inside = guesses(&client, &stack.direct(Service::MarketingAdmin), origin, "bea@example.org").await?;
    assert_eq!(inside, [401; GUESSES]);
    Ok(())
}
