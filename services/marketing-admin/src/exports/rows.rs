//! Pages of rows that purchase has.

use std::time::Duration;

use internal_api::purchase::exports::Page;
use reqwest::{Method, StatusCode};
use serde::de::DeserializeOwned;
use web::{Fault, peer};

use crate::Desk;
use crate::staff::Member;

/// A page is larger than what somebody waits for on a page of the desk.
const PATIENCE: Duration = Duration::from_secs(20);

/// A part of a query.
pub type Part = (&'static str, String);

/// A page of one of purchase's lists. 503 if there is no answer, 422 `invalid_page` for a place that it did not write.
pub async fn page<P, T: DeserializeOwned>(
    desk: &Desk,
    member: &Member<P>,
    list: &str,
    query: &[Part],
    after: Option<String>,
) -> Result<Page<T>, Fault> {
    let goes_on = after.is_some();
    let after = after.map(|after| ("after", after));
    let page = read(desk, member, list, query.iter().cloned().chain(after).collect()).await;
    // The rest of the query is judged here before it is asked: it was the place.
    page.map_err(|fault| match fault.code() {
        "validation_failed" if goes_on => Fault::invalid("invalid_page").field("after", "invalid_page"),
        _ => fault,
    })
}

/// What purchase answers to a query of its exports. 422 for a query that means nothing.
pub async fn read<P, T: DeserializeOwned>(
    desk: &Desk,
    member: &Member<P>,
    list: &str,
    query: Vec<Part>,
) -> Result<T, Fault> {
    let path = format!("/internal/v1/exports/{list}");
    let call = desk.purchase.call_for(member.id, member.request(), Method::GET, &path);
    let answer = peer::answer(call.query(&query).timeout(PATIENCE)).await;
    answer.map_err(|error| match error.status() {
        // What somebody wrote into the address; the ticket site is well.
        Some(StatusCode::UNPROCESSABLE_ENTITY) => Fault::invalid("validation_failed").source(error),
        _ => Fault::unavailable().source(error),
    })
}
