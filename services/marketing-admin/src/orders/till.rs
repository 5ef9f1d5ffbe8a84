//! What purchase is asked about orders, and what it answers.

use std::time::Duration;

use actix_web::http::StatusCode;
use chrono::{DateTime, Utc};
use domain::ids::EventId;
use internal_api::purchase::orders::{FoundOrder, OrderRecord};
use reqwest::{Method, RequestBuilder};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use web::Fault;

use crate::Desk;
use crate::staff::Member;

/// The ticket site asks the door before it answers to a refund.
const REFUND_PATIENCE: Duration = Duration::from_secs(12);

/// What is to go back. Neither tickets nor an amount: the whole order.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefundRequest {
    /// Chosen by the caller, 1 to 200 characters: the same key is the same refund.
    pub key: String,
    /// These tickets.
    #[serde(default)]
    pub tickets: Option<Vec<Uuid>>,
    /// This much, minor units; the tickets stay good.
    #[serde(default)]
    pub amount_minor: Option<i64>,
    /// Whether the club keeps the service fee; left out: as the night's terms say.
    #[serde(default)]
    pub keep_fees: Option<bool>,
    /// Also for guests who are inside, and if the door does not answer.
    #[serde(default)]
    pub anyway: bool,
    /// As a credit, mailed to the guest, who agrees to it: no money moves.
    #[serde(default)]
    pub as_credit: bool,
    /// For the audit log: 1 to 500 characters.
    pub reason: String,
}

/// What became of it.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct RefundAnswer {
    /// The refund.
    pub id: Uuid,
    /// `asked` while the door has not answered, `withdrawn` where guests are inside, else on its way or done.
    pub state: String,
    /// How much, minor units.
    pub amount_minor: i64,
    /// Of which currency.
    pub currency: String,
    /// Who is inside.
    pub inside: Vec<Inside>,
}

/// A guest who is inside.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Inside {
    /// The ticket.
    pub ticket: Uuid,
    /// Since when.
    pub at: DateTime<Utc>,
    /// Through which gate.
    pub gate: String,
}

/// How a failed refund was paid, and why so.
#[derive(Debug, Serialize)]
pub struct SettleRequest {
    /// `cash` or `bank_transfer`.
    pub how: String,
    /// For the audit log.
    pub reason: String,
}

/// How far a called-off night is.
#[derive(Debug, Deserialize)]
#[expect(missing_docs, reason = "as purchase's cancellations::progress says")]
pub struct Progress {
    pub finished_at: Option<DateTime<Utc>>,
    pub currency: String,
    pub holds_open: i64,
    pub orders: i64,
    pub orders_open: i64,
    pub pending: i64,
    pub succeeded: i64,
    pub failed: i64,
    pub amount_minor: i64,
    pub returned_minor: i64,
    pub at_venue: i64,
    pub at_venue_minor: i64,
}

/// Orders that fit, the newest first.
pub async fn search<P>(
    desk: &Desk,
    member: &Member<P>,
    text: &str,
    event: Option<Uuid>,
) -> Result<Vec<FoundOrder>, Fault> {
    let mut call = desk.purchase.call_for(member.id, member.request(), Method::GET, "/internal/v1/orders");
    call = call.query(&[("search", text)]);
    if let Some(event) = event {
        call = call.query(&[("event", event)]);
    }
    ask(call).await
}

/// One order. 403 `outside_your_nights` for one of another night.
pub async fn order<P>(desk: &Desk, member: &Member<P>, reference: &str) -> Result<OrderRecord, Fault> {
    let call = desk.purchase.call_for(member.id, member.request(), Method::GET, &path(reference)?);
    let record: OrderRecord = ask(call).await?;
    member.within(EventId::from(record.event.id))?;
    Ok(record)
}

/// Gives money back.
pub async fn give_back<P>(
    desk: &Desk,
    member: &Member<P>,
    reference: &str,
    request: &RefundRequest,
) -> Result<RefundAnswer, Fault> {
    let path = format!("{}/refunds", path(reference)?);
    let call = desk.purchase.call_for(member.id, member.request(), Method::POST, &path);
    ask(call.timeout(REFUND_PATIENCE).json(request)).await
}

/// Says that a failed refund was paid another way.
pub async fn settle<P>(
    desk: &Desk,
    member: &Member<P>,
    refund: Uuid,
    request: &SettleRequest,
) -> Result<(), Fault> {
    let path = format!("/internal/v1/refunds/{refund}/settle");
    let call = desk.purchase.call_for(member.id, member.request(), Method::POST, &path);
    ask::<serde_json::Value>(call.json(request)).await.map(drop)
}

/// Takes the mark of a dispute off an order's buyer.
pub async fn clear_mark<P>(
    desk: &Desk,
    member: &Member<P>,
    reference: &str,
    reason: &str,
) -> Result<(), Fault> {
    let path = format!("{}/dispute-mark/clear", path(reference)?);
    let call = desk.purchase.call_for(member.id, member.request(), Method::POST, &path);
    ask::<serde_json::Value>(call.json(&serde_json::json!({ "reason": reason }))).await.map(drop)
}

/// How far a called-off night is; none while the ticket site has not heard of it.
pub async fn progress<P>(desk: &Desk, member: &Member<P>, event: Uuid) -> Result<Option<Progress>, Fault> {
    let path = format!("/internal/v1/cancellations/{event}");
    let found = ask(desk.purchase.call_for(member.id, member.request(), Method::GET, &path)).await;
    match found {
        Err(fault) if fault.status() == StatusCode::NOT_FOUND => Ok(None),
        found => found.map(Some),
    }
}

/// The path of an order; what can't be a reference is not asked for.
fn path(reference: &str) -> Result<String, Fault> {
    let reference: domain::order::OrderReference = reference.parse().map_err(|_| Fault::not_found())?;
    Ok(format!("/internal/v1/orders/{reference}"))
}

#[derive(Deserialize)]
struct Problem {
    code: String,
}

/// The answer, or purchase's own refusal; 503 if there is none.
async fn ask<T: DeserializeOwned>(call: RequestBuilder) -> Result<T, Fault> {
    let away = |error: reqwest::Error| Fault::unavailable().source(error.without_url());
    let answer = call.send().await.map_err(away)?;
    if answer.status().is_success() {
        return answer.json().await.map_err(away);
    }
    let status = answer.status();
    let problem: Option<Problem> = answer.json().await.ok();
    Err(refusal(problem.map(|problem| problem.code).unwrap_or_default().as_str(), status))
}

fn refusal(code: &str, status: reqwest::StatusCode) -> Fault {
    match code {
        "not_found" => Fault::not_found(),
        "invalid_state" => Fault::conflict("invalid_state"),
        "not_failed" => Fault::conflict("not_failed"),
        "refund_waits" => Fault::conflict("refund_waits"),
        "refund_exceeds_captured" => Fault::conflict("refund_exceeds_captured"),
        "invalid_amount" => Fault::invalid("invalid_amount"),
        "idempotency_key_reused" => Fault::invalid("idempotency_key_reused"),
        "idempotency_key_invalid" => Fault::bad_request("idempotency_key_invalid"),
        "validation_failed" | "invalid_value" => Fault::invalid("validation_failed"),
        _ => Fault::unavailable().detail(format!("the ticket site answered {status}")),
    }
}
