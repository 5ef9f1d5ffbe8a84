//! Every URL of the sandbox.

use actix_web::HttpResponse;
use actix_web::http::header::LOCATION;
use actix_web::web::{FormConfig, PayloadConfig, ServiceConfig, delete, get, patch, post, put, route};

use crate::{apple, breaches, control, google, mailbox, oidc, page, resend, stripe, twilio};

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
    // signing in through others
    service
        .route("/google/.well-known/openid-configuration", get().to(oidc::discover))
        .route("/google/o/oauth2/v2/auth", get().to(oidc::ask))
        .route("/google/o/oauth2/v2/auth", post().to(oidc::answer))
        .route("/google/token", post().to(oidc::exchange))
        .route("/google/oauth2/v3/certs", get().to(oidc::certificates))
        .route("/apple/.well-known/openid-configuration", get().to(oidc::discover))
        .route("/apple/auth/authorize", get().to(oidc::ask))
        .route("/apple/auth/authorize", post().to(oidc::answer))
        .route("/apple/auth/token", post().to(oidc::exchange))
        .route("/apple/auth/keys", get().to(oidc::certificates))
        .route("/facebook/dialog/oauth", get().to(oidc::ask))
        .route("/facebook/dialog/oauth", post().to(oidc::answer))
        .route("/facebook/oauth/access_token", get().to(oidc::exchange_by_query))
        .route("/facebook/oauth/access_token", post().to(oidc::exchange))
        .route("/facebook/me", get().to(oidc::me))
        .route("/github/login/oauth/authorize", get().to(oidc::ask))
        .route("/github/login/oauth/authorize", post().to(oidc::answer))
        .route("/github/login/oauth/access_token", post().to(oidc::exchange))
        .route("/github/user", get().to(oidc::user))
        .route("/github/user/emails", get().to(oidc::emails));
    // passwords that thieves have, and SMS
    service
        .route("/breaches/range/{prefix}", get().to(breaches::range))
        .route("/2010-04-01/Accounts/{account}/Messages.json", post().to(twilio::send))
        .route("/texts", get().to(twilio::list))
        .route("/texts.json", get().to(twilio::json));
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
        .route("/control/people/{provider}", put().to(oidc::say))
        .route("/control/people/{provider}", delete().to(oidc::forget))
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
