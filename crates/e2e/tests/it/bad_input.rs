//! Bad input, through the gateway: nothing is lost, and the answer is clear: problem+json with a stable `code`, or a
//! verdict where it is a scan.

use anyhow::Result;
use devstack::{Service, Stack, StackOptions, StaffRole};
use domain::{
    ids::{EventId, TicketId},
    ticket_code::{CodeKind, KeyRing, TicketCode},
};
use e2e::{
    audit,
    desk::{Desk, Night},
    door::Door,
    guest::{Guest, codes},
};
use ed25519_dalek::SigningKey;
use reqwest::{Client, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

/// Sends a request and gives its status and the problem's code.
async fn refusal(request: RequestBuilder) -> Result<(u16, String)> {
    let answer = request.send().await?;
    let status = answer.status().as_u16();
    let kind =
        answer.headers().get("content-type").and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
    let text = answer.text().await?;
    assert!(kind.starts_with("application/problem+json"), "{status} {kind}: {text}");
    let problem: Value = serde_json::from_str(&text)?;
    assert!(problem["request_id"].as_str().is_some_and(|id| !id.is_empty()), "{problem}");
    Ok((status, problem["code"].as_str().unwrap_or_default().to_owned()))
}

struct Counter {
    client: Client,
    url: String,
    event: Value,
    other: Value,
}

impl Counter {
    fn body(&self, quantity: Value) -> Value {
        json!({
            "event": self.event["id"],
            "items": [{"ticket_type": self.event["ticket_types"][0]["id"], "quantity": quantity}],
            "buyer": {"name": "Ana", "email": "ana@example.com"},
        })
    }
    fn post(&self, body: &Value) -> RequestBuilder {
        self.client.post(&self.url).header("Idempotency-Key", Uuid::new_v4().to_string()).json(body)
    }
    async fn refuses(&self, body: &Value, status: u16, code: &str) -> Result<()> {
        assert_eq!(refusal(self.post(body)).await?, (status, code.to_owned()), "{body}");
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_checkout_that_cannot_be_is_refused_by_name_and_takes_nothing() -> Result<()> {
    let stack = Stack::start(StackOptions::default()).await?;
    let desk = Desk::sign_in(&stack, StaffRole::Owner).await?;
    let (night, other) = (Night { capacity: 3, ..Night::open_now() }, Night::open_now());
    desk.publish(&night).await?;
    desk.publish(&other).await?;
    let guest = Guest::new(&stack)?;
    let counter = Counter {
        client: stack.client()?,
        url: format!("{}/api/v1/checkouts", stack.urls.purchase),
        event: guest.event(&night.slug).await,
        other: guest.event(&other.slug).await,
    };

    for quantity in [json!(0), json!(-1), json!(1_000_000), json!(2_147_483_648_i64), json!(1.5), json!("2")]
    {
        let (status, code) = refusal(counter.post(&counter.body(quantity.clone()))).await?;
        let known = ["invalid_quantity", "limit_exceeded", "invalid_value"].contains(&code.as_str());
        assert!((status == 422 || status == 409) && known, "quantity {quantity}: {status} {code}");
    }
    let mut body = counter.body(json!(1));
    body["items"][0]["ticket_type"] = json!(Uuid::new_v4());
    counter.refuses(&body, 422, "unknown_ticket_type").await?;
    body["items"][0]["ticket_type"] = counter.other["ticket_types"][0]["id"].clone();
    counter.refuses(&body, 422, "unknown_ticket_type").await?;
    for place in ["price", "currency", "is_admin"] {
        let mut body = counter.body(json!(1));
        body["items"][0][place] = json!(1);
        counter.refuses(&body, 422, "unknown_field").await?;
    }
    for email in ["", "ana", "ana@", "a b@example.com", "ana@example.com\nbcc: x@example.com"] {
        let mut body = counter.body(json!(1));
        body["buyer"]["email"] = json!(email);
        counter.refuses(&body, 422, "invalid_email").await?;
    }
    let mut body = counter.body(json!(1));
    body["promo"] = json!("FREE");
    counter.refuses(&body, 422, "promo_invalid").await?;
    counter.refuses(&counter.body(json!(4)), 409, "sold_out").await?;

    let raw = |bytes: Vec<u8>| {
        let request = counter.client.post(&counter.url).header("Idempotency-Key", "k");
        request.header("content-type", "application/json").body(bytes)
    };
    assert_eq!(refusal(raw(b"{\"event\": \"\xff\"}".to_vec())).await?, (400, "invalid_encoding".into()));
    assert_eq!(refusal(raw(b"{".to_vec())).await?, (400, "invalid_json".into()));
    assert_eq!(refusal(raw(b"[".repeat(10_000))).await?, (400, "invalid_json".into()));
    assert_eq!(refusal(raw(vec![b' '; 80 * 1024])).await?, (413, "payload_too_large".into()));
    let plain = counter.client.post(&counter.url).header("Idempotency-Key", "k").body("hello");
    let plain = plain.header("content-type", "text/plain").header("origin", &stack.urls.purchase);
    assert_eq!(refusal(plain).await?, (415, "unsupported_media_type".into()));
    let keyless = counter.client.post(&counter.url).json(&counter.body(json!(1)));
    assert_eq!(refusal(keyless).await?, (400, "idempotency_key_required".into()));

    assert_eq!(
        audit::count(&stack, "select count(*) as sum from purchase.orders").await?,
        0,
        "nothing was taken"
    );
    let key = Uuid::new_v4().to_string();
    assert_eq!(guest.ask(&counter.event, 1, &key).await?.status(), StatusCode::CREATED);
    let reused =
        counter.client.post(&counter.url).header("Idempotency-Key", &key).json(&counter.body(json!(2)));
    assert_eq!(refusal(reused).await?, (422, "idempotency_key_reused".into()));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_on_sale_is_not_sold() -> Result<()> {
    let stack = Stack::start(StackOptions::default()).await?;
    let desk = Desk::sign_in(&stack, StaffRole::Owner).await?;
    let (later, over) = (Night::open_now(), Night::open_now());
    let mut later_body = later.body();
    later_body["ticket_types"][0]["sale_from"] = json!(later.starts_at + chrono::TimeDelta::hours(2));
    let mut over_body = over.body();
    over_body["ticket_types"][0]["sale_until"] = json!(over.starts_at);
    let guest = Guest::new(&stack)?;
    for (night, body, code) in [(&later, later_body, "not_yet"), (&over, over_body, "closed")] {
        desk.publish(&Night::open_now()).await?;
        let made: Value = desk.post("/api/v1/events", &body).await?.error_for_status()?.json().await?;
        let path = format!("/api/v1/events/{}/publish", made["id"].as_str().unwrap_or_default());
        desk.post(&path, &json!({})).await?.error_for_status()?;
        let event = guest.event(&night.slug).await;
        let answer = guest.ask(&event, 1, &Uuid::new_v4().to_string()).await?;
        let status = answer.status();
        let problem: Value = answer.json().await?;
        assert_eq!(
            (status, problem["code"].as_str()),
            (StatusCode::CONFLICT, Some("not_on_sale")),
            "{problem}"
        );
        assert_eq!(problem["errors"][0]["code"], code, "{problem}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_opens_only_with_its_key() -> Result<()> {
    let stack = Stack::start(StackOptions::default()).await?;
    let night = Night::open_now();
    Desk::sign_in(&stack, StaffRole::Owner).await?.publish(&night).await?;
    let guest = Guest::new(&stack)?;
    let event = guest.event(&night.slug).await;
    let (mine, other) = (guest.place(&event, 1).await, guest.place(&event, 1).await);
    let (client, site) = (stack.client()?, &stack.urls.purchase);
    for query in [String::new(), "?key=".into(), "?key=AAAA".into(), format!("?key={}", other.key)] {
        let api = client.get(format!("{site}/api/v1/orders/{}{query}", mine.reference));
        assert_eq!(refusal(api).await?.0, 404, "{query}");
        let page =
            client.get(format!("{site}/orders/{}{query}", mine.reference)).header("accept", "text/html");
        let page = page.send().await?;
        assert_eq!(page.status(), StatusCode::NOT_FOUND);
        assert!(!page.text().await?.contains(&mine.key), "{query}");
    }
    assert!(client.get(&mine.url).send().await?.status().is_success());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_that_are_not_tickets_of_this_night_are_refused_by_reason() -> Result<()> {
    let stack = Stack::start(StackOptions::default()).await?;
    let desk = Desk::sign_in(&stack, StaffRole::Owner).await?;
    let (tonight, other) = (Night::open_now(), Night::open_now());
    desk.publish(&tonight).await?;
    desk.publish(&other).await?;
    let guest = Guest::new(&stack)?;
    let (event, elsewhere) = (guest.event(&tonight.slug).await, guest.event(&other.slug).await);
    let (_, mine) = guest.buy(&event, 1).await?;
    let (_, foreign) = guest.buy(&elsewhere, 1).await?;
    audit::holds(&stack).await;
    let door = Door::open(&stack, &event).await?;
    let mine = codes(&mine).remove(0);
    let event_id: EventId = event["id"].as_str().unwrap_or_default().parse()?;
    let forged =
        TicketCode { key_id: 1, kind: CodeKind::Ticket, ticket: TicketId::generate(), event: event_id };
    let forged = forged.sign(&SigningKey::from_bytes(&[9; 32]));
    let long = "A".repeat(600);
    let rows: [(&str, &str); 7] = [
        (&codes(&foreign)[0], "wrong_event"),
        (&forged, "forged"),
        (&mine[..80], "malformed"),
        ("https://example.org/?id=1", "malformed"),
        ("' or 1=1 --", "malformed"),
        (&long, "malformed"),
        (&mine, "ok"),
    ];
    for (code, reason) in rows {
        let answer = door.scan(code).await?;
        assert_eq!(answer["reason"], reason, "{answer}");
        assert_eq!(answer["decision"], if reason == "ok" { "admit" } else { "deny" });
        assert!(answer["sentence"].as_str().is_some_and(|s| !s.is_empty()), "{answer}");
    }
    let again = door.scan(&mine).await?;
    assert_eq!(again["reason"], "already_inside");
    assert!(again["first_scan"]["at"].is_string() && again["first_scan"]["gate"].is_string(), "{again}");

    let mut strange = door.body(&mine, "n1");
    strange["event"] = json!(Uuid::new_v4());
    assert_eq!(door.post(&strange).await?.status(), StatusCode::NOT_FOUND);
    let mut strange = door.body(&mine, "n2");
    strange["admin"] = json!(true);
    assert_eq!(door.post(&strange).await?.status(), StatusCode::UNPROCESSABLE_ENTITY);
    Ok(())
}

/// The club takes a ticket back; the code that was good a minute ago is refused with that reason.
#[tokio::test(flavor = "multi_thread")]
async fn a_voided_ticket_is_refused_with_its_own_reason() -> Result<()> {
    let stack = Stack::start(StackOptions::default()).await?;
    let night = Night::open_now();
    Desk::sign_in(&stack, StaffRole::Owner).await?.publish(&night).await?;
    let guest = Guest::new(&stack)?;
    let event = guest.event(&night.slug).await;
    let (_, order) = guest.buy(&event, 2).await?;
    audit::holds(&stack).await;
    let codes = codes(&order);
    let ring: KeyRing = stack.keys().ticket_public()?.parse()?;
    let voided = TicketCode::read(&codes[0], &ring)?.ticket;
    let call = stack
        .client()?
        .post(format!("{}/internal/v1/tickets/{voided}/void", stack.internal(Service::Purchase)))
        .bearer_auth(crate::access::service_token(&stack, "magueyctl", "purchase")?)
        .json(&json!({"reason": "lost"}));
    assert!(call.send().await?.status().is_success());
    audit::holds(&stack).await;
    let door = Door::open(&stack, &event).await?;
    assert_eq!(door.scan(&codes[0]).await?["reason"], "cancelled");
    assert_eq!(
        door.scan(&codes[1]).await?["decision"],
        "admit",
        "the other ticket of the order is untouched"
    );
    Ok(())
}

/// Signs a body as Stripe does, at a time of our choosing.
fn stripe_signature(body: &str, secret: &str, at: i64) -> String {
    use hmac::{Hmac, KeyInit, Mac};
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).expect("any length of key");
    mac.update(format!("{at}.{body}").as_bytes());
    format!("t={at},v1={}", hex::encode(mac.finalize().into_bytes()))
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_the_provider_signed_just_now_is_taken_as_a_webhook() -> Result<()> {
    use domain::clock::Clock;
    let stack = Stack::start(StackOptions::default()).await?;
    let (client, url) = (stack.client()?, format!("{}/webhooks/stripe", stack.urls.purchase));
    let now = domain::clock::SystemClock.now().timestamp();
    let secret = &stack.keys().stripe_webhook;
    let event = |id: &str| {
        json!({"id": id, "object": "event", "type": "customer.created", "api_version": null,
        "created": now, "livemode": false, "pending_webhooks": 1, "request": null,
        "data": {"object": {"id": "cus_1", "object": "customer"}}})
        .to_string()
    };
    let post = |body: &str, signature: Option<String>| {
        let request = client.post(&url).header("content-type", "application/json").body(body.to_owned());
        match signature {
            Some(signature) => request.header("stripe-signature", signature),
            None => request,
        }
    };
    let body = event("evt_1");
    assert_eq!(refusal(post(&body, None)).await?, (400, "invalid_signature".into()));
    let wrong = stripe_signature(&body, "whsec_wrong", now);
    assert_eq!(refusal(post(&body, Some(wrong))).await?, (400, "invalid_signature".into()));
    assert_eq!(refusal(post(&body, Some("t=,v1=".into()))).await?, (400, "invalid_signature".into()));
    let old = stripe_signature(&body, secret, now - 600);
    assert_eq!(refusal(post(&body, Some(old))).await?, (400, "stale_signature".into()));
    let fresh = stripe_signature(&body, secret, now);
    for _ in 0..2 {
        assert_eq!(post(&body, Some(fresh.clone())).send().await?.status(), StatusCode::OK);
    }
    let stranger =
        json!({"id": "evt_2", "object": "event", "type": "checkout.session.completed", "api_version": null,
        "created": now, "livemode": false, "pending_webhooks": 1, "request": null,
        "data": {"object": {"id": "cs_test_unknown", "object": "checkout.session"}}})
        .to_string();
    let signed = stripe_signature(&stranger, secret, now);
    assert_eq!(
        post(&stranger, Some(signed)).send().await?.status(),
        StatusCode::OK,
        "ours to sort out, not theirs"
    );
    let events = "select count(*) as sum from purchase.webhook_events";
    assert_eq!(audit::count(&stack, events).await?, 2, "the refused ones were not stored");
    assert_eq!(audit::count(&stack, "select count(*) as sum from purchase.orders").await?, 0);
    Ok(())
}
