//! `GET /api/openapi.json`: the interface for programs, from the handlers' own types.

use actix_web::HttpResponse;
use utoipa::{
    Modify, OpenApi,
    openapi::security::{Http, HttpAuthScheme, SecurityScheme},
};

use crate::{admissions, door, sessions};

/// The description.
#[derive(OpenApi)]
#[openapi(
    info(title = "Maguey: the door", description = "Sign in, list tonight's gates, scan tickets."),
    paths(
        sessions::open::post,
        sessions::close::delete,
        door::list::get,
        door::occupancy::get,
        admissions::overrides::post,
        admissions::scan::post
    ),
    modifiers(&Bearer)
)]
pub struct Description;

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let components = openapi.components.get_or_insert_with(Default::default);
        components.add_security_scheme("session", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
    }
}

/// Answers with the description.
pub async fn get() -> HttpResponse {
    HttpResponse::Ok().json(Description::openapi())
}
