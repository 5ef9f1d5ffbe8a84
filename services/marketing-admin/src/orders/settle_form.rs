//! `POST /admin/orders/{reference}/refunds/{refund}/settle`: staff say that a refund that Stripe could not make was paid to the
//! guest another way. The ticket site books it and writes to the guest.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use uuid::Uuid;
use web::can::{Anything, RefundsMake};
use web::{CsrfForm, Fault, Locale, redirect};

use super::order_page::{self, Entered};
use super::till::{self, SettleRequest};
use crate::Desk;
use crate::staff::Member;
use crate::views;

/// Puts it on record, or shows the order again with what is wrong.
pub async fn submit(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    member: Member<RefundsMake>,
    path: Path<(String, Uuid)>,
    sent: CsrfForm<HashMap<String, String>, Anything>,
) -> Result<HttpResponse, Fault> {
    let (reference, refund) = path.into_inner();
    let record = till::order(&desk, &member, &reference).await?;
    // A refund of another order is not this page's.
    if !record.refunds.iter().any(|known| known.id == refund) {
        return Err(Fault::not_found());
    }
    let settled = match read(&sent.form) {
        Ok(asked) => till::settle(&desk, &member, refund, &asked).await.map_err(|fault| fault_key(&fault)),
        Err(key) => Err(key),
    };
    let Err(fault) = settled else {
        let order = &record.order.reference;
        return Ok(redirect::see_other(&format!("/admin/orders/{order}?done=settled")));
    };
    // As it stands now: the answer may have got lost on its way.
    let record = till::order(&desk, &member, &reference).await.unwrap_or(record);
    let mut page = order_page::page(&desk, &request, locale, &member, record, Entered::default());
    page.fault = ui::text(locale.0, fault, &[]);
    views::private(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

/// The form as it is asked for, or the key of what is wrong with it.
fn read(form: &HashMap<String, String>) -> Result<SettleRequest, &'static str> {
    let text = |name: &str| form.get(name).map(|text| text.trim()).unwrap_or_default();
    if !matches!(text("how"), "cash" | "bank_transfer") {
        return Err("orders-fault-no-how");
    }
    if text("reason").is_empty() {
        return Err("orders-fault-no-reason");
    }
    Ok(SettleRequest { how: text("how").to_owned(), reason: text("reason").to_owned() })
}

fn fault_key(fault: &Fault) -> &'static str {
    match fault.code() {
        "not_failed" => "orders-fault-not-failed",
        "invalid_state" => "orders-fault-bank-has-it",
        "unavailable" => "orders-fault-away",
        _ => "orders-fault-other",
    }
}
