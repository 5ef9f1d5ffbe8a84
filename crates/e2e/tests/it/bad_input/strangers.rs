//! Forged tokens, and pages of others that act in somebody's name, through the gateway.

use super::*;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

/// A token's claims under another header, signed by nobody.
fn unsigned(token: &str, header: &Value) -> String {
    let claims = token.split('.').nth(1).unwrap_or_default();
    format!("{}.{claims}.", URL_SAFE_NO_PAD.encode(header.to_string()))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_nobody_signed_opens_nothing() -> Result<()> {
    let stack = Stack::start(StackOptions::default()).await?;
    let client = stack.client()?;
    let owner = Desk::sign_in(&stack, StaffRole::Owner).await?;
    let figures = format!("{}/api/v1/figures", stack.urls.marketing);
    let events = format!("{}/api/v1/events", stack.urls.scanner);
    let good = owner.token();
    assert!(client.get(&figures).bearer_auth(good).send().await?.status().is_success());

    let none = unsigned(good, &json!({"alg": "none", "typ": "maguey-session+jwt", "kid": "local-1"}));
    let short = good[..good.len() - 8].to_owned();
    let (text, signature) = good.rsplit_once('.').unwrap_or_default();
    let changed = format!("{}.{signature}", text.replace('e', "f"));
    for token in [none, short, changed, "a.b.c".to_owned(), "null".to_owned()] {
        for url in [&figures, &events] {
            let found = refusal(client.get(url).bearer_auth(&token)).await?;
            assert_eq!(found, (401, "token_invalid".to_owned()), "{url} {token}");
        }
    }
    // The desk's own token, good as it is, is none at the door.
    assert_eq!(refusal(client.get(&events).bearer_auth(good)).await?, (401, "token_invalid".to_owned()));
    assert_eq!(refusal(client.get(&events)).await?, (401, "token_missing".to_owned()));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_somebody_else_acts_in_nobody_s_name() -> Result<()> {
    let stack = Stack::start(StackOptions::default()).await?;
    let client = stack.client()?;
    let night = Night::open_now();
    let owner = Desk::sign_in(&stack, StaffRole::Owner).await?;
    owner.publish(&night).await?;
    let event = Guest::new(&stack)?.event(&night.slug).await;
    let door = Door::open(&stack, &event).await?;
    let cookie = |token: &str| format!("__Host-maguey_staff={token}");

    let buy = json!({
        "event": event["id"], "items": [{"ticket_type": event["ticket_types"][0]["id"], "quantity": 1}],
        "buyer": {"name": "Ana", "email": "ana@example.com"},
    });
    let requests = || -> [RequestBuilder; 4] {
        [
            client
                .post(format!("{}/api/v1/checkouts", stack.urls.purchase))
                .header("idempotency-key", "k")
                .json(&buy),
            client
                .post(format!("{}/e/{}", stack.urls.purchase, night.slug))
                .form(&[("name", "Ana"), ("email", "ana@example.com")]),
            client
                .post(format!("{}/api/v1/scans", stack.urls.scanner))
                .header("cookie", cookie(door.token()))
                .json(&door.body("a code", "n")),
            client
                .post(format!("{}/api/v1/events", stack.urls.marketing))
                .header("cookie", cookie(owner.token()))
                .json(&Night::open_now().body()),
        ]
    };
    let elsewhere = "https://evil.example";
    let sibling = stack.urls.purchase.replace("tickets.", "other.");
    for (name, value) in
        [("origin", elsewhere), ("origin", "null"), ("origin", &sibling), ("sec-fetch-site", "same-site")]
    {
        for request in requests() {
            let found = refusal(request.header("accept", "application/json").header(name, value)).await?;
            assert_eq!(found, (403, "csrf_rejected".to_owned()), "{name}: {value}");
        }
    }
    for (what, expected) in [("purchase.orders", 0), ("scanner.scans", 0), ("marketing_admin.events", 1)] {
        let rows = audit::count(&stack, &format!("select count(*) as sum from {what}")).await?;
        assert_eq!(rows, expected, "{what}");
    }
    // A form of the desk that comes from the desk, but without its hidden token.
    let form = client
        .post(format!("{}/admin/events", stack.urls.marketing))
        .header("cookie", cookie(owner.token()))
        .header("origin", &stack.urls.marketing)
        .header("accept", "application/json")
        .form(&[("title", "Theirs")]);
    assert_eq!(refusal(form).await?, (403, "csrf_rejected".to_owned()));
    Ok(())
}
