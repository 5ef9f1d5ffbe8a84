//! Every URL of the service, in two tables.

use web::Routes;

use crate::{
    box_office, dead_letters, disputes, events, exports, guest_list, healing, identity, notifications,
    openapi, orders, overdue, payments, payouts, promos, promoters, reconciliation, reports, settlements,
    site, staff, waiting_room,
};

/// For the world: the site, the desk, the API.
pub fn public(routes: &mut Routes) {
    routes
        .get("/", site::nights::show)
        .get("/events/{slug}", site::event::show)
        .get("/account", identity::mine::overview::show)
        .get("/account/profile", identity::mine::profile::show)
        .post("/account/profile", identity::mine::profile::submit)
        .post("/account/marketing", identity::mine::profile::marketing)
        .get("/account/activity", identity::mine::activity_page::show)
        .get("/account/data", identity::mine::data_page::show)
        .get("/account/data/file.json", identity::mine::data_page::download)
        .get("/account/delete", identity::mine::delete_page::show)
        .post("/account/delete", identity::mine::delete_page::submit)
        .get("/posters/{file}", site::poster::show)
        .get("/assets/{file}", ui::assets::serve);
    desk(routes);
    routes
        .get("/api/openapi.json", openapi::get)
        .post("/api/v1/session", staff::session::api::open)
        .delete("/api/v1/session", staff::session::api::close)
        .post("/api/v1/session/proof", staff::session::prove::by_api)
        .post("/api/v1/venues", events::venues::put)
        .get("/api/v1/events", events::api::list)
        .post("/api/v1/events", events::api::create)
        .get("/api/v1/events/{event}", events::api::show)
        .put("/api/v1/events/{event}", events::api::update)
        .post("/api/v1/events/{event}/publish", events::api::publish)
        .post("/api/v1/events/{event}/cancel", events::api::cancel)
        .post("/api/v1/events/{event}/new-date", events::api::new_date)
        .post("/api/v1/events/{event}/archive", events::api::archive)
        .get("/api/v1/events/{event}/waiting-room", waiting_room::api::show)
        .put("/api/v1/events/{event}/waiting-room", waiting_room::api::switch)
        .post("/api/v1/orders/{reference}/refunds", orders::api::give_back)
        .get("/api/v1/promos", promos::api::list)
        .post("/api/v1/promos", promos::api::create)
        .put("/api/v1/promos/{promo}/active", promos::api::switch)
        .get("/api/v1/figures", reports::api::show)
        .get("/api/v1/figures/stream", reports::api::stream);
}

fn desk(routes: &mut Routes) {
    routes
        .get("/admin", reports::dashboard::show)
        .get("/admin/sign-in", staff::session::page::show)
        .post("/admin/sign-in", staff::session::page::submit)
        .get("/admin/sign-in/second-factor", staff::session::second_factor::show)
        .post("/admin/sign-in/second-factor", staff::session::second_factor::submit)
        .post("/admin/sign-in/passkey/options", staff::session::passkeys::sign_in_options)
        .post("/admin/sign-in/passkey", staff::session::passkeys::sign_in)
        .get("/admin/security", staff::session::security::show)
        .post("/admin/security/passkey/options", staff::session::passkeys::new_options)
        .post("/admin/security/passkey", staff::session::passkeys::add)
        .post("/admin/prove/passkey/options", staff::session::passkeys::prove_options)
        .post("/admin/prove/passkey", staff::session::passkeys::prove)
        .post("/admin/security/app", staff::session::security::new_app)
        .post("/admin/security/app/confirm", staff::session::security::confirm_app)
        .get("/admin/prove", staff::session::prove::show)
        .post("/admin/prove", staff::session::prove::submit)
        .post("/admin/sign-out", staff::session::page::sign_out)
        .get("/admin/events", events::desk_list::show)
        .post("/admin/events", events::desk_form::create)
        .get("/admin/events/new", events::desk_form::new)
        .get("/admin/events/{event}", events::desk_form::edit)
        .post("/admin/events/{event}", events::desk_form::update)
        .get("/admin/events/{event}/publish", events::desk_publish::confirm)
        .post("/admin/events/{event}/publish", events::desk_publish::submit)
        .get("/admin/events/{event}/presale", events::desk_presale::show)
        .post("/admin/events/{event}/presale", events::desk_presale::submit)
        .get("/admin/events/{event}/new-date", events::desk_new_date::show)
        .post("/admin/events/{event}/new-date", events::desk_new_date::submit)
        .post("/admin/events/{event}/archive", events::desk_archive::submit)
        .get("/admin/events/{event}/cancel", events::desk_cancel::confirm)
        .post("/admin/events/{event}/cancel", events::desk_cancel::submit)
        .get("/admin/events/{event}/cancellation", events::desk_cancel::progress)
        .get("/admin/events/{event}/guest-list", guest_list::page::show)
        .post("/admin/events/{event}/guest-list", guest_list::act::add)
        .post("/admin/events/{event}/guest-list/allotments", guest_list::act::allot)
        .post("/admin/events/{event}/guest-list/{entry}", guest_list::act::change)
        .get("/admin/events/{event}/waiting-room", waiting_room::page::show)
        .post("/admin/events/{event}/waiting-room", waiting_room::page::submit)
        .get("/admin/orders", orders::list_page::show)
        .get("/admin/orders/{reference}", orders::order_page::show)
        .post("/admin/orders/{reference}/refunds", orders::refund_form::submit)
        .post("/admin/orders/{reference}/refunds/{refund}/settle", orders::settle_form::submit)
        .post("/admin/orders/{reference}/dispute-mark", orders::mark_form::submit)
        .get("/admin/payments", payments::page::show)
        .get("/admin/promoters", promoters::page::show)
        .get("/admin/exports/orders", exports::night::orders)
        .get("/admin/exports/guests", exports::night::guests)
        .get("/admin/exports/ledger", exports::night::ledger)
        .get("/admin/exports/payments", payments::export::download)
        .get("/admin/exports/promoters", promoters::page::download)
        .get("/admin/disputes", disputes::list_page::show)
        .get("/admin/disputes/{dispute}", disputes::proof_page::show)
        .get("/admin/disputes/{dispute}/proof.pdf", disputes::proof_pdf::show)
        .get("/admin/promos", promos::desk_page::show)
        .post("/admin/promos", promos::desk_page::create)
        .post("/admin/promos/{promo}/active", promos::desk_page::switch)
        .get("/admin/promos/{promo}/codes.csv", promos::codes::download)
        .get("/admin/box-office", box_office::page::show)
        .post("/admin/box-office", box_office::sell::sell)
        .get("/admin/box-office/total", box_office::total::show)
        .post("/admin/box-office/comps", box_office::sell::give)
        .get("/admin/staff", staff::people::list_page::show)
        .get("/admin/staff/{staff}", staff::people::person_page::show)
        .post("/admin/staff/{staff}", staff::people::act::submit)
        .get("/admin/emails", notifications::log::show)
        .post("/admin/emails/{email}/send", notifications::resend::handle)
        .get("/admin/events/{event}/settlement", settlements::page::show)
        .post("/admin/events/{event}/settlement", settlements::make::submit)
        .get("/admin/settlements/{number}/file.json", settlements::file::json)
        .get("/admin/settlements/{number}/paper.pdf", settlements::file::pdf)
        .get("/admin/payouts", payouts::page::show)
        .post("/admin/payouts", payouts::run::submit)
        .get("/admin/exports/payouts", payouts::export::download)
        .get("/admin/reconciliation", reconciliation::page::show)
        .post("/admin/reconciliation", reconciliation::run::submit)
        .get("/admin/overdue", overdue::page::show)
        .get("/admin/dead-letters", dead_letters::list::show)
        .post("/admin/dead-letters/{service}/replay", dead_letters::replay::all)
        .post("/admin/dead-letters/{service}/{letter}/replay", dead_letters::replay::one);
}

/// For our other services and the operator.
pub fn internal(routes: &mut Routes) {
    routes
        .post("/internal/v1/sessions", staff::session::internal::open)
        .get("/internal/v1/sessions/ended", staff::session::ended::list)
        .post("/internal/v1/sessions/pin", staff::pin::sign_in::handle)
        .get("/internal/v1/pins", staff::pin::list::list)
        .put("/internal/v1/pins/{staff}", staff::pin::set::set)
        .post("/internal/v1/staff", staff::put::handle)
        .get("/internal/v1/erasures", identity::erase::internal::list)
        .post("/internal/v1/erasures", identity::erase::internal::reapply)
        .get("/internal/v1/digest/{subject}", healing::digest)
        .post("/internal/v1/resend/{subject}", healing::resend)
        .post("/internal/v1/reconcile", healing::reconcile);
}
