//! `GET /api/openapi.json`: the interface for programs, from the handlers' own types.

use actix_web::HttpResponse;
use utoipa::{
    Modify, OpenApi,
    openapi::security::{Http, HttpAuthScheme, SecurityScheme},
};

use crate::{
    admissions, bans, counter, devices, door, history, incidents, live, parties, photos, retention, search,
    sessions, sync,
};

/// The description.
#[derive(OpenApi)]
#[openapi(
    info(title = "Maguey: the door", description = "Sign in, list tonight's gates, scan tickets, go on without a network. `docs/door-api.md` is the guide for an app of your own."),
    paths(
        sessions::open::post,
        sessions::close::delete,
        devices::list::get,
        devices::invite::post,
        devices::enrol::post,
        devices::revoke::post,
        devices::contact::post,
        door::list::get,
        live::api::get,
        parties::api::get,
        door::occupancy::get,
        sync::manifest::get,
        sync::manifest::keys,
        sync::batch::post,
        sync::conflicts::list,
        sync::conflicts::close,
        search::find::get,
        search::check_in::post,
        counter::undo::post,
        counter::id_check::post,
        counter::count::post,
        counter::limit::put,
        history::mine::get,
        history::scans::get,
        history::people::get,
        admissions::overrides::post,
        incidents::list::get,
        incidents::report::post,
        incidents::note::post,
        bans::list::get,
        bans::make::post,
        bans::check::post,
        bans::end::post,
        photos::list::get,
        photos::take::post,
        photos::show::get,
        photos::erase::delete,
        retention::settings::get,
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
