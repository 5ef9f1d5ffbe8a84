//! Every URL of the door, in two tables.

use heal::{letters, overdue, trail, witness};
use web::Routes;

use crate::{
    Door, admissions, app, bans, counter, desk, devices, door, guests, healing, history, incidents, live,
    openapi, photos, retention, search, sessions, sync,
};

/// For phones and programs.
pub fn public(routes: &mut Routes) {
    routes
        .get("/", app::page::get)
        .get("/sign-in", app::sign_in::get)
        .post("/sign-in", app::sign_in::post)
        .post("/sign-in/pin", devices::pins::sign_in)
        .post("/sign-out", app::sign_out::post)
        .get("/pin", devices::pins::get)
        .post("/pin", devices::pins::post)
        .get("/enrol", devices::enrol::get)
        .post("/enrol", devices::enrol::submit)
        .get("/devices", devices::page::all)
        .post("/devices/invitations", devices::invite::page)
        .get("/devices/{device}", devices::page::one)
        .post("/devices/{device}", devices::form::post)
        .get("/devices/{device}/revoke", devices::revoke::confirm)
        .post("/devices/{device}/revoke", devices::revoke::submit)
        .get("/api/v1/devices", devices::list::get)
        .post("/api/v1/devices/invitations", devices::invite::post)
        .post("/api/v1/devices/enrol", devices::enrol::post)
        .post("/api/v1/devices/{device}/revoke", devices::revoke::post)
        .post("/api/v1/contact", devices::contact::post)
        .get("/app.webmanifest", app::manifest::get)
        .get("/sw.js", app::worker::get)
        .get("/assets/{file}", ui::assets::serve)
        .get("/api/openapi.json", openapi::get)
        .post("/api/v1/overrides", admissions::overrides::post)
        .post("/api/v1/session", sessions::open::post)
        .delete("/api/v1/session", sessions::close::delete)
        .get("/api/v1/events", door::list::get)
        .get("/api/v1/events/{event}/conflicts", sync::conflicts::list)
        .post("/api/v1/conflicts/{scan}/close", sync::conflicts::close)
        .get("/api/v1/manifest", sync::manifest::get)
        .get("/api/v1/manifest/keys", sync::manifest::keys)
        .post("/api/v1/scans/batch", sync::batch::post)
        .get("/live", live::page::get)
        .get("/live/stream", live::stream::get)
        .get("/api/v1/events/{event}/live", live::api::get)
        .get("/api/v1/events/{event}/occupancy", door::occupancy::get)
        .get("/api/v1/events/{event}/search", search::find::get)
        .post("/api/v1/check-ins", search::check_in::post)
        .post("/api/v1/scans/{scan}/undo", counter::undo::post)
        .post("/api/v1/scans/{scan}/id-check", counter::id_check::post)
        .get("/api/v1/scans/mine", history::mine::get)
        .get("/api/v1/events/{event}/scans", history::scans::get)
        .get("/api/v1/events/{event}/people", history::people::get)
        .post("/api/v1/events/{event}/counter", counter::count::post)
        .put("/api/v1/events/{event}/limit", counter::limit::put)
        .get("/api/v1/events/{event}/incidents", incidents::list::get)
        .post("/api/v1/incidents", incidents::report::post)
        .post("/api/v1/incidents/{incident}/notes", incidents::note::post)
        .get("/api/v1/bans", bans::list::get)
        .post("/api/v1/bans", bans::make::post)
        .post("/api/v1/bans/check", bans::check::post)
        .post("/api/v1/bans/{ban}/end", bans::end::post)
        .get("/api/v1/photos", photos::list::get)
        .post("/api/v1/photos", photos::take::post)
        .get("/api/v1/photos/{photo}", photos::show::get)
        .delete("/api/v1/photos/{photo}", photos::erase::delete)
        .get("/api/v1/settings", retention::settings::get)
        .get("/desk", desk::home::get)
        .post("/desk/limit", desk::limit::post)
        .get("/desk/scans", desk::scans::get)
        .get("/desk/scans.csv", history::export::get)
        .get("/desk/people", desk::people::get)
        .get("/desk/incident", desk::report::get)
        .post("/desk/incident", desk::report::post)
        .get("/desk/incidents", desk::incidents::get)
        .post("/desk/incidents/{incident}/notes", desk::incidents::note)
        .get("/desk/photos", desk::photos::get)
        .post("/desk/photos/{photo}/erase", desk::photos::erase)
        .get("/desk/check", desk::ask::get)
        .post("/desk/check", desk::ask::post)
        .get("/desk/bans", desk::bans::get)
        .post("/desk/bans", desk::bans::post)
        .post("/desk/bans/{ban}/end", desk::bans::end)
        .get("/desk/settings", desk::settings::page)
        .post("/desk/settings", desk::settings::post)
        .post("/api/v1/scans", admissions::scan::post);
}

/// For our other services and the operator.
pub fn internal(routes: &mut Routes) {
    routes
        .get("/internal/v1/digest/{subject}", healing::digest)
        .post("/internal/v1/resend/{subject}", healing::resend)
        .post("/internal/v1/reconcile", healing::reconcile)
        .post("/internal/v1/held", guests::held::show)
        .post("/internal/v1/inside", admissions::look::look)
        .post("/internal/v1/revocations", admissions::revoke::revoke)
        .get("/internal/v1/overdue", overdue::list::<Door>)
        .get("/internal/v1/audit", trail::list::<Door>)
        .get("/internal/v1/audit/head", witness::head::<Door>)
        .get("/internal/v1/dead-letters", letters::list::<Door>)
        .post("/internal/v1/dead-letters/replay", letters::replay_all::<Door>)
        .post("/internal/v1/dead-letters/{letter}/replay", letters::replay::<Door>);
}
