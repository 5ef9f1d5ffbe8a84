//! `GET /api/openapi.json`: the interface for programs, from the handlers' own types.

use actix_web::HttpResponse;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::{Modify, OpenApi};

use crate::{events, orders, promos, reports, staff, waiting_room};

/// The description.
#[derive(Debug, OpenApi)]
#[openapi(
    info(title = "Maguey: the desk", description = "Sign in, make nights, put them on sale, read what they earn."),
    paths(
        staff::session::api::open,
        staff::session::api::close,
        staff::session::prove::by_api,
        events::venues::put,
        events::api::list,
        events::api::show,
        events::api::create,
        events::api::update,
        events::api::publish,
        events::api::cancel,
        events::api::new_date,
        events::api::archive,
        waiting_room::api::show,
        waiting_room::api::switch,
        orders::api::give_back,
        promos::api::list,
        promos::api::create,
        promos::api::switch,
        reports::api::show,
        reports::api::stream,
    ),
    modifiers(&Bearer)
)]
pub struct Description;

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let components = openapi.components.get_or_insert_with(Default::default);
        components.add_security_scheme("staff", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
    }
}

/// Answers with the description.
pub async fn get() -> HttpResponse {
    HttpResponse::Ok().json(Description::openapi())
}
