//! `POST /webhooks/stripe`: check the signature over the raw body, store, answer. Nothing is decided here.

use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use settings::crash;
use stripe_webhook::{Webhook, WebhookError};
use telemetry::propagation;
use web::Fault;

use super::event::Event;
use super::store::{self, NewEvent};
use crate::Shop;

/// The largest event we read.
pub const LIMIT: usize = 256 * 1024;

/// Takes an event of Stripe's.
#[utoipa::path(
    post, path = "/webhooks/stripe", tag = "stripe",
    request_body(content = String, content_type = "application/json", description = "An event, signed in `Stripe-Signature`"),
    responses(
        (status = 200, description = "Stored, or known already, or none of our business"),
        (status = 400, description = "`invalid_signature` or `stale_signature`", body = web::Problem),
        (status = 413, description = "`payload_too_large`", body = web::Problem),
    )
)]
pub async fn receive(shop: Data<Shop>, request: HttpRequest, body: Bytes) -> Result<HttpResponse, Fault> {
    if body.len() > LIMIT {
        return Err(Fault::new(actix_web::http::StatusCode::PAYLOAD_TOO_LARGE, "payload_too_large"));
    }
    let header =
        request.headers().get("stripe-signature").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let text =
        authentic(&shop, &body, header).inspect_err(|fault| shop.metrics.webhook_refused(fault.code()))?;
    let Some(event) = Event::read(text) else {
        // Authentic, yet not an event: there is nothing to store it under, and a retry would change nothing.
        tracing::error!("Stripe signed a body that is not an event");
        return Ok(HttpResponse::Ok().finish());
    };
    let now = shop.clock.now();
    let ignored = event.ignored(shop.stripe.is_live());
    let row = NewEvent {
        id: &event.id,
        kind: &event.kind,
        session_id: event.session(),
        body: text,
        state: if ignored.is_some() { "ignored" } else { "waiting" },
        outcome: ignored,
        next_try_at: now,
        received_at: now,
        processed_at: ignored.map(|_| now),
        traceparent: traceparent(&request),
    };
    // Stripe waits for seconds, and comes again hours later: it does not stand in line with the guests of a rush.
    let stored = db::urgently(async { store::insert_event(&mut *shop.db.conn().await?, &row).await });
    let new = stored.await?;
    crash::point("P4");
    if new && ignored.is_none() {
        shop.bells.inbox.notify_one();
    }
    shop.metrics.webhook_received(new, ignored);
    Ok(HttpResponse::Ok().finish())
}

/// The body as text, if one of our secrets signed it within the last five minutes.
fn authentic<'a>(shop: &Shop, body: &'a [u8], header: &str) -> Result<&'a str, Fault> {
    let invalid = || {
        Fault::bad_request("invalid_signature").detail("The Stripe-Signature header does not fit the body.")
    };
    let text = std::str::from_utf8(body).map_err(|_| invalid())?;
    let now = shop.clock.now().timestamp();
    for secret in &shop.webhook_secrets {
        // The crate checks the signature, then the time, and reads the event last.
        match Webhook::construct_event_with_timestamp(text, header, secret.expose(), now) {
            Ok(_) | Err(WebhookError::BadParse(_)) => return Ok(text),
            Err(WebhookError::BadTimestamp(_)) => {
                return Err(
                    Fault::bad_request("stale_signature").detail("Signed more than five minutes ago.")
                );
            }
            Err(WebhookError::BadSignature) => {}
            Err(WebhookError::BadKey | WebhookError::BadHeader(_)) => return Err(invalid()),
        }
    }
    Err(invalid())
}

/// The trace this request is part of: our own span of it, or what the caller's header says where nothing is traced here.
fn traceparent(request: &HttpRequest) -> Option<String> {
    propagation::inject().or_else(|| {
        let header = request.headers().get("traceparent")?.to_str().ok()?;
        propagation::inject_context(&propagation::extract(header))
    })
}
