//! Every URL of the service.

use heal::{letters, overdue};
use web::Routes;

use crate::{
    Shop, box_office, cancellations, catalog, checkout, disputes, exchanges, exports, guest_list, healing,
    my, openapi, orders, papers, payments, receipts, reconciliation, refunds, reminders, tickets,
    waiting_room, waitlist,
};

/// What the world sees, through the gateway.
pub fn public(routes: &mut Routes) {
    routes
        .get("/", catalog::list_page::show)
        .get("/e/{slug}", catalog::event_page::show)
        .post("/e/{slug}", checkout::form::submit)
        .get("/e/{slug}/live", catalog::live::listen)
        .get("/e/{slug}/waiting-room", waiting_room::page::show)
        .post("/e/{slug}/waitlist", waitlist::join::join)
        .post("/e/{slug}/reminder", reminders::ask::ask)
        .get("/reminders/{id}", reminders::stop::show)
        .post("/reminders/{id}/stop", reminders::stop::stop)
        .get("/waitlist/{id}", waitlist::page::show)
        .post("/waitlist/{id}/claim", waitlist::claim::claim)
        .post("/waitlist/{id}/leave", waitlist::leave::leave)
        .get("/e/{slug}/poster.svg", catalog::poster::show)
        .get("/orders/{reference}", orders::page::show)
        .get("/orders/{reference}/poster.svg", orders::poster::show)
        .post("/orders/{reference}/pay", orders::pay::pay)
        .post("/orders/{reference}/mail", my::again::send)
        .get("/orders/{reference}/guests", my::group::show)
        .post("/orders/{reference}/guests", my::group::send)
        .get("/orders/{reference}/refund", my::give_back::confirm_all)
        .post("/orders/{reference}/refund", my::give_back::submit_all)
        .get("/orders/{reference}/tickets.pdf", papers::tickets::all)
        .get("/orders/{reference}/receipt.pdf", receipts::show::show)
        .get("/orders/{reference}/calendar.ics", papers::calendar::show)
        .get("/orders/{reference}/tickets/{ticket}/ticket.pdf", papers::tickets::one)
        .get("/orders/{reference}/tickets/{ticket}/wallet.pkpass", papers::wallet::apple)
        .get("/orders/{reference}/tickets/{ticket}/google-wallet", papers::wallet::google)
        .post("/orders/{reference}/tickets/{ticket}/name", my::change::name)
        .post("/orders/{reference}/tickets/{ticket}/transfer", my::change::transfer)
        .get("/orders/{reference}/tickets/{ticket}/refund", my::give_back::confirm_one)
        .post("/orders/{reference}/tickets/{ticket}/refund", my::give_back::submit_one)
        .get("/orders/{reference}/tickets/{ticket}/exchange", exchanges::page::show)
        .post("/orders/{reference}/tickets/{ticket}/exchange", exchanges::page::submit)
        .get("/tickets/{ticket}", my::ticket::show)
        .get("/tickets/{ticket}/ticket.pdf", my::ticket::pdf)
        .get("/tickets/{ticket}/calendar.ics", my::ticket::entry)
        .get("/tickets/{ticket}/wallet.pkpass", my::ticket::apple)
        .get("/tickets/{ticket}/google-wallet", my::ticket::google)
        .post("/tickets/{ticket}/name", my::change::own_name)
        .post("/tickets/{ticket}/transfer", my::change::own_transfer)
        .post("/tickets/{ticket}/hand-back", my::change::hand_back)
        .get("/my", my::find::show)
        .post("/my", my::find::ask)
        .get("/assets/{file}", ui::assets::serve)
        .get("/api/openapi.json", openapi::serve)
        .get("/api/v1/events", catalog::api::list)
        .get("/api/v1/events/{slug}", catalog::api::detail)
        .post("/api/v1/quotes", checkout::quote::price)
        .post("/api/v1/checkouts", checkout::api::create)
        .get("/api/v1/orders/{reference}", orders::api::show)
        .post("/webhooks/stripe", payments::webhook::receive);
}

/// What our own services see, on the internal listener.
pub fn internal(routes: &mut Routes) {
    routes
        .get("/internal/v1/digest/{subject}", healing::digest)
        .post("/internal/v1/resend/{subject}", healing::resend)
        .post("/internal/v1/reconcile", healing::reconcile)
        .get("/internal/v1/overdue", overdue::list::<Shop>)
        .get("/internal/v1/dead-letters", letters::list::<Shop>)
        .post("/internal/v1/dead-letters/replay", letters::replay_all::<Shop>)
        .post("/internal/v1/dead-letters/{letter}/replay", letters::replay::<Shop>)
        .get("/internal/v1/exports/orders", exports::orders::list)
        .get("/internal/v1/exports/guests", exports::guests::list)
        .get("/internal/v1/exports/ledger", exports::ledger::list)
        .get("/internal/v1/exports/payments", exports::payments::list)
        .get("/internal/v1/exports/payments/totals", exports::payments::totals)
        .get("/internal/v1/orders", orders::search::search)
        .get("/internal/v1/orders/{reference}", orders::record::show)
        .post("/internal/v1/orders/{reference}/refunds", refunds::ask::ask)
        .get("/internal/v1/cancellations/{event}", cancellations::progress::show)
        .get("/internal/v1/refunds", refunds::list::list)
        .post("/internal/v1/refunds/{id}/retry", refunds::retry::retry)
        .post("/internal/v1/refunds/{id}/settle", refunds::otherwise::settle)
        .get("/internal/v1/reconciliation", reconciliation::nights::show)
        .post("/internal/v1/reconciliation", reconciliation::nights::now)
        .get("/internal/v1/disputes", disputes::list::list)
        .get("/internal/v1/disputes/{id}", disputes::record::show)
        .get("/internal/v1/quarantine", payments::quarantine_list::list)
        .post("/internal/v1/quarantine/{id}/resolve", payments::quarantine_resolve::resolve)
        .post("/internal/v1/quarantine/{id}/settle", payments::quarantine_settle::settle)
        .post("/internal/v1/box-office/orders", box_office::sell::sell)
        .get("/internal/v1/waitlist/{event}", waitlist::counts::show)
        .get("/internal/v1/waiting-rooms/{event}", waiting_room::desk::show)
        .post("/internal/v1/waiting-rooms/{event}", waiting_room::desk::switch)
        .get("/internal/v1/guest-list/{event}", guest_list::list::show)
        .post("/internal/v1/guest-list/{event}/entries", guest_list::add::add)
        .post("/internal/v1/guest-list/{event}/allotments", guest_list::allot::allot)
        .post("/internal/v1/guest-list/entries/{id}", guest_list::change::change)
        .post("/internal/v1/tickets/{id}/void", tickets::void::void);
}
