//! The button: have Stripe's lists read now.

use actix_web::HttpResponse;
use actix_web::web::Data;
use reqwest::Method;
use web::can::{Anything, FiguresRead};
use web::{CsrfForm, Fault, redirect};

use crate::Desk;
use crate::staff::Member;
use crate::views::NoFields;

/// `POST /admin/reconciliation`.
pub async fn submit(
    desk: Data<Desk>,
    member: Member<FiguresRead>,
    _form: CsrfForm<NoFields, Anything>,
) -> Result<HttpResponse, Fault> {
    let call =
        desk.purchase.call_for(member.id, member.request(), Method::POST, "/internal/v1/reconciliation");
    let asked = call.json(&serde_json::json!({})).send().await.and_then(reqwest::Response::error_for_status);
    let done = match asked {
        Ok(_) => "asked",
        Err(error) => {
            tracing::warn!(error = %error.without_url(), "the books can't be compared now");
            "away"
        }
    };
    Ok(redirect::see_other(&format!("/admin/reconciliation?done={done}")))
}
