//! `GET /api/openapi.json`.

use actix_web::HttpResponse;
use utoipa::OpenApi;

use crate::{catalog, checkout, orders, payments, reservations, tables};

/// The description of the public API.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Maguey tickets",
        description = "What is on, buying it, and the order. Times are RFC 3339 UTC; money is minor units and an ISO 4217 code; errors are RFC 9457 problems with a stable `code`."
    ),
    paths(
        catalog::api::list,
        catalog::api::detail,
        tables::api::show,
        checkout::api::create,
        checkout::quote::price,
        reservations::api::create,
        orders::api::show,
        payments::webhook::receive,
    )
)]
pub struct ApiDoc;

/// Serves it.
pub async fn serve() -> HttpResponse {
    HttpResponse::Ok().insert_header(("cache-control", "public, max-age=300")).json(ApiDoc::openapi())
}
