//! What a guest can get wrong when buying, or somebody who only looks like one.

use super::*;

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

    let huge = [json!(1_000_000), json!(2_147_483_648_i64), json!(i64::MAX), json!(u64::MAX), json!(1e30)];
    for quantity in
        [json!(0), json!(-1), json!(i64::MIN), json!(1.5), json!("2"), json!(null)].iter().chain(&huge)
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
        let mut body = counter.body(json!(1));
        body[place] = json!(1);
        counter.refuses(&body, 422, "unknown_field").await?;
    }
    // A guest names a price where the club lets them, and this night does not; nor does it ask anything.
    let mut body = counter.body(json!(1));
    body["items"][0]["amount_minor"] = json!(1);
    counter.refuses(&body, 422, "amount_not_accepted").await?;
    let mut body = counter.body(json!(1));
    body["answers"] = json!({"menu": "vegan"});
    counter.refuses(&body, 422, "unknown_question").await?;
    for email in ["", "ana", "ana@", "a b@example.com", "ana@example.com\nbcc: x@example.com"] {
        let mut body = counter.body(json!(1));
        body["buyer"]["email"] = json!(email);
        counter.refuses(&body, 422, "invalid_email").await?;
    }
    for name in ["Ana\0", "Ana\nBcc: x@example.com", ""] {
        let mut body = counter.body(json!(1));
        body["buyer"]["name"] = json!(name);
        let (status, code) = refusal(counter.post(&body)).await?;
        assert!(status == 400 || status == 422, "name {name:?}: {status} {code}");
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
