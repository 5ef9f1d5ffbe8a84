//! Every URL of the service.

use heal::{letters, overdue};
use web::Routes;

use crate::{
    Shop, cancellations, catalog, checkout, healing, openapi, orders, payments, reconciliation, refunds,
    tickets,
};

/// What the world sees, through the gateway.
pub fn public(routes: &mut Routes) {
    routes
        .get("/", catalog::list_page::show)
        .get("/e/{slug}", catalog::event_page::show)
        .post("/e/{slug}", checkout::form::submit)
        .get("/e/{slug}/poster.svg", catalog::poster::show)
        .get("/orders/{reference}", orders::page::show)
        .get("/orders/{reference}/poster.svg", orders::poster::show)
        .post("/orders/{reference}/pay", orders::pay::pay)
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
        .get("/internal/v1/orders", orders::search::search)
        .get("/internal/v1/orders/{reference}", orders::record::show)
        .post("/internal/v1/orders/{reference}/refunds", refunds::ask::ask)
        .get("/internal/v1/cancellations/{event}", cancellations::progress::show)
        .get("/internal/v1/refunds", refunds::list::list)
        .post("/internal/v1/refunds/{id}/retry", refunds::retry::retry)
        .get("/internal/v1/reconciliation", reconciliation::nights::show)
        .post("/internal/v1/reconciliation", reconciliation::nights::now)
        .get("/internal/v1/quarantine", payments::quarantine_list::list)
        .post("/internal/v1/quarantine/{id}/resolve", payments::quarantine_resolve::resolve)
        .post("/internal/v1/tickets/{id}/void", tickets::void::void);
}
