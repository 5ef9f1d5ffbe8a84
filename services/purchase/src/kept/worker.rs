//! `GET /kept/orders/{reference}` and `GET /kept/tickets/{ticket}`: the worker of one page. The script is the same for all, and public; what
//! differs is the one page that its answer lets it see. A script at one address for the whole site could be
//! registered for checkout and for everybody's orders.

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::web::Path;
use domain::order::OrderReference;
use uuid::Uuid;
use web::Fault;

/// Of an order's page. Whether there is such an order is not said.
pub async fn of_order(reference: Path<String>) -> Result<HttpResponse, Fault> {
    let reference: OrderReference = reference.parse().map_err(|_| Fault::not_found())?;
    Ok(script(&format!("/orders/{reference}")))
}

/// Of a ticket's page.
pub async fn of_ticket(ticket: Path<Uuid>) -> HttpResponse {
    script(&format!("/tickets/{ticket}"))
}

fn script(page: &str) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/javascript; charset=utf-8"))
        // Its address is no fingerprint: a browser asks for a worker anew, and takes the one of today.
        .insert_header((CACHE_CONTROL, "no-cache"))
        .insert_header(("service-worker-allowed", page.to_owned()))
        .body(crate::assets::bytes("keep-worker.js"))
}
