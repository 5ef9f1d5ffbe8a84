//! `POST /admin/orders/{reference}/dispute-mark`: the owner takes the mark off somebody who has disputed a payment.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use web::can::{Anything, DisputeMarksClear};
use web::{CsrfForm, Fault, Locale, redirect};

use super::order_page::{self, Entered};
use super::till;
use crate::Desk;
use crate::identity::ClientAddress;
use crate::staff::Member;
use crate::staff::session::step_up;
use crate::views;

/// Takes it off, or shows the order again with what is wrong.
pub async fn submit(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    member: Member<DisputeMarksClear>,
    reference: Path<String>,
    from: ClientAddress,
    sent: CsrfForm<HashMap<String, String>, Anything>,
) -> Result<HttpResponse, Fault> {
    let record = till::order(&desk, &member, &reference).await?;
    let order = record.order.reference.clone();
    let reason = sent.form.get("reason").map(|reason| reason.trim()).unwrap_or_default();
    if let Err(problem) = step_up::given(&desk, &member, &from, &sent.form).await? {
        let back = format!("/admin/orders/{order}");
        return step_up::ask(&desk, (&request, locale), &member, &sent.form, &back, problem).await;
    }
    let cleared = if reason.is_empty() {
        Err("orders-fault-no-reason")
    } else {
        till::clear_mark(&desk, &member, &order, reason).await.map_err(|fault| fault_key(&fault))
    };
    let Err(fault) = cleared else {
        return Ok(redirect::see_other(&format!("/admin/orders/{order}?done=unmarked")));
    };
    // As it stands now: somebody else may have been faster.
    let record = till::order(&desk, &member, &reference).await.unwrap_or(record);
    let mut page = order_page::page(&desk, &request, locale, &member, record, Entered::default());
    page.fault = ui::text(locale.0, fault, &[]);
    views::private(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

fn fault_key(fault: &Fault) -> &'static str {
    match fault.code() {
        "not_found" => "disputes-before-gone",
        "unavailable" => "orders-fault-away",
        _ => "orders-fault-other",
    }
}
