//! Every URL of the door, in two tables.

use heal::{letters, overdue};
use web::Routes;

use crate::{Door, admissions, app, door, healing, openapi, sessions};

/// For phones and programs.
pub fn public(routes: &mut Routes) {
    routes
        .get("/", app::page::get)
        .get("/sign-in", app::sign_in::get)
        .post("/sign-in", app::sign_in::post)
        .post("/sign-out", app::sign_out::post)
        .get("/app.webmanifest", app::manifest::get)
        .get("/sw.js", app::worker::get)
        .get("/assets/{file}", ui::assets::serve)
        .get("/api/openapi.json", openapi::get)
        .post("/api/v1/overrides", admissions::overrides::post)
        .post("/api/v1/session", sessions::open::post)
        .delete("/api/v1/session", sessions::close::delete)
        .get("/api/v1/events", door::list::get)
        .get("/api/v1/events/{event}/occupancy", door::occupancy::get)
        .post("/api/v1/scans", admissions::scan::post);
}

/// For our other services and the operator.
pub fn internal(routes: &mut Routes) {
    routes
        .get("/internal/v1/digest/{subject}", healing::digest)
        .post("/internal/v1/resend/{subject}", healing::resend)
        .post("/internal/v1/reconcile", healing::reconcile)
        .post("/internal/v1/inside", admissions::look::look)
        .post("/internal/v1/revocations", admissions::revoke::revoke)
        .get("/internal/v1/overdue", overdue::list::<Door>)
        .get("/internal/v1/dead-letters", letters::list::<Door>)
        .post("/internal/v1/dead-letters/replay", letters::replay_all::<Door>)
        .post("/internal/v1/dead-letters/{letter}/replay", letters::replay::<Door>);
}
