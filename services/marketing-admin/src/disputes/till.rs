//! What purchase is asked about disputes, and what it answers.

use internal_api::purchase::disputes::{DisputeRecord, ListedDispute};
use reqwest::{Method, StatusCode};
use uuid::Uuid;
use web::{Fault, peer};

use crate::Desk;
use crate::staff::Member;

/// The newest disputes.
pub(super) async fn list<P>(desk: &Desk, member: &Member<P>) -> Result<Vec<ListedDispute>, Fault> {
    let path = "/internal/v1/disputes";
    let call = desk.purchase.call_for(member.id, member.request(), Method::GET, path);
    peer::answer(call).await.map_err(|error| Fault::unavailable().source(error))
}

/// One of them; 404 for no such.
pub(super) async fn dispute<P>(desk: &Desk, member: &Member<P>, id: Uuid) -> Result<DisputeRecord, Fault> {
    let path = format!("/internal/v1/disputes/{id}");
    let call = desk.purchase.call_for(member.id, member.request(), Method::GET, &path);
    peer::answer(call).await.map_err(|error| match error.status() {
        Some(StatusCode::NOT_FOUND) => Fault::not_found(),
        _ => Fault::unavailable().source(error),
    })
}
