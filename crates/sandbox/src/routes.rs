//! Every URL of the sandbox.

use actix_web::HttpResponse;
use actix_web::http::header::LOCATION;
use actix_web::web::{FormConfig, PayloadConfig, ServiceConfig, delete, get, patch, post, put, route};

use crate::{apple, control, google, mailbox, page, resend, stripe};

/// Emails carry attachments as lists of numbers, four bytes to the byte.
const LARGEST_BODY: usize = 200 * 1024 * 1024;

/// Registers them.
pub fn configure(service: &mut ServiceConfig) {
    service.app_data(PayloadConfig::new(LARGEST_BODY)).app_data(FormConfig::default().limit(16 * 1024));
    service.route("/", get().to(home)).route("/healthz", get().to(alive));
    // Stripe
    service.route("/v1/{path:.*}", route().to(stripe::serve));
    // the guest
    service
        .route("/c/pay/{session}", get().to(page::show))
        .route("/c/pay/{session}/pay", post().to(page::pay))
        .route("/c/pay/{session}/challenge", get().to(page::challenge))
        .route("/c/pay/{session}/challenge", post().to(page::answer));
    // Resend
    service
        .route("/emails", post().to(resend::send))
        .route("/emails/batch", post().to(resend::batch))
        .route("/emails/{id}", get().to(resend::retrieve));
    // Apple's and Google's wallets
    service
        .route("/3/device/{token}", post().to(apple::push))
        .route("/token", post().to(google::token))
        .route("/walletobjects/v1/{kind}/{id}", get().to(google::show))
        .route("/walletobjects/v1/{kind}/{id}", patch().to(google::patch));
    // the mailbox
    service
        .route("/mailbox", get().to(mailbox::list))
        .route("/mailbox.json", get().to(mailbox::json))
        .route("/mailbox/{id}", get().to(mailbox::show))
        .route("/mailbox/{id}/html", get().to(mailbox::body))
        .route("/mailbox/{id}/attachments/{number}", get().to(mailbox::attachment));
    // tests
    service
        .route("/control/faults", post().to(control::add_fault))
        .route("/control/faults", get().to(control::list_faults))
        .route("/control/faults", delete().to(control::delete_faults))
        .route("/control/faults/{id}", delete().to(control::delete_fault))
        .route("/control/webhooks", get().to(control::webhooks))
        .route("/control/webhooks/release", post().to(control::release))
        .route("/control/webhooks/{event}/send", post().to(control::send_webhook))
        .route("/control/webhook-endpoint", put().to(control::set_endpoint))
        .route("/control/clock", post().to(control::set_clock))
        .route("/control/sessions/{session}/pay", post().to(control::pay))
        .route("/control/sessions/{session}/promise", post().to(control::promise))
        .route("/control/sessions/{session}/settle", post().to(control::settle))
        .route("/control/disputes", post().to(control::open_dispute))
        .route("/control/disputes/{dispute}", post().to(control::move_dispute))
        .route("/control/wallet/save", post().to(google::save))
        .route("/control/payouts", post().to(control::make_payout))
        .route("/control/payouts/{payout}", post().to(control::move_payout))
        .route("/control/balance", post().to(control::add_to_balance))
        .route("/control/state", get().to(control::state))
        .route("/control/reset", post().to(control::reset));
}

async fn home() -> HttpResponse {
    HttpResponse::SeeOther().insert_header((LOCATION, "/mailbox")).finish()
}

async fn alive() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain").body("ok\n")
}
