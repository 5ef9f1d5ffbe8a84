//! `GET /api/openapi.json`: the interface for programs, from the handlers' own types.

use actix_web::HttpResponse;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};
use utoipa::{Modify, OpenApi};

use crate::{audit_log, events, identity, orders, promos, reports, reservations, staff, venue, waiting_room};

/// The description.
#[derive(Debug, OpenApi)]
#[openapi(
    info(title = "Maguey: the desk", description = "Sign in, make nights, put them on sale, read what they earn."),
    paths(
        staff::session::api::open,
        staff::session::api::close,
        staff::session::prove::by_api,
        staff::session::passkeys::sign_in_options,
        staff::session::passkeys::sign_in,
        staff::session::passkeys::prove_options,
        staff::session::passkeys::prove,
        staff::session::passkeys::new_options,
        staff::session::passkeys::add,
        identity::factors::passkeys::api::options,
        identity::factors::passkeys::api::finish,
        identity::factors::passkeys::api::new_options,
        identity::factors::passkeys::api::add,
        identity::factors::prove::passkey_options,
        identity::factors::prove::passkey_finish,
        events::venues::put,
        events::api::list,
        events::api::show,
        events::api::create,
        events::api::update,
        events::api::publish,
        events::api::cancel,
        events::api::new_date,
        events::api::archive,
        venue::api::list,
        venue::api::create,
        venue::api::show,
        venue::api::draw,
        venue::api::tables,
        venue::api::put_tables,
        reservations::api::list,
        waiting_room::api::show,
        waiting_room::api::switch,
        orders::api::give_back,
        audit_log::api::list,
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
        let guest = ApiKey::Cookie(ApiKeyValue::new(web::guest_token::COOKIE));
        components.add_security_scheme("guest", SecurityScheme::ApiKey(guest));
    }
}

/// Answers with the description.
pub async fn get() -> HttpResponse {
    HttpResponse::Ok().json(Description::openapi())
}
