//! What purchase is asked about settlements, and what it answers.

use domain::settlement::SignedSettlement;
use internal_api::purchase::settlements::{NightSettlements, SettlementRequest};
use reqwest::{Method, StatusCode};
use uuid::Uuid;
use web::{Fault, peer};

use crate::Desk;
use crate::staff::Member;

fn unanswered(error: reqwest::Error) -> Fault {
    match error.status() {
        Some(StatusCode::NOT_FOUND) => Fault::not_found(),
        Some(StatusCode::CONFLICT) => Fault::conflict("settlement_refused").source(error),
        _ => Fault::unavailable().source(error),
    }
}

/// A night's settlements; 404 for a night that purchase does not know.
pub(super) async fn of_night<P>(
    desk: &Desk,
    member: &Member<P>,
    event: Uuid,
) -> Result<NightSettlements, Fault> {
    let path = format!("/internal/v1/settlements/{event}");
    let call = desk.purchase.call_for(member.id, member.request(), Method::GET, &path);
    peer::answer(call).await.map_err(unanswered)
}

/// Settles a night; 409 if it is not over, or the club has no key.
pub(super) async fn make<P>(
    desk: &Desk,
    member: &Member<P>,
    event: Uuid,
    request: &SettlementRequest,
) -> Result<SignedSettlement, Fault> {
    let path = format!("/internal/v1/settlements/{event}");
    let call = desk.purchase.call_for(member.id, member.request(), Method::POST, &path);
    peer::answer(call.json(request)).await.map_err(unanswered)
}

/// A signed file, byte by byte; 404 for no such number.
pub(super) async fn file<P>(desk: &Desk, member: &Member<P>, number: &str) -> Result<String, Fault> {
    // It stands in an address: what is no number of ours is not asked for.
    if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        return Err(Fault::not_found());
    }
    let path = format!("/internal/v1/settlement-files/{number}");
    let call = desk.purchase.call_for(member.id, member.request(), Method::GET, &path);
    let read = async { call.send().await?.error_for_status()?.text().await };
    read.await.map_err(|error| unanswered(error.without_url()))
}
