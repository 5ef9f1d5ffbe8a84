//! `POST /admin/orders/{reference}/refunds`: the form that gives money back.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use chrono_tz::Tz;
use domain::money::Currency;
use uuid::Uuid;
use web::can::{Anything, RefundsMake, Within};
use web::{CsrfForm, Fault, Locale, redirect};

use super::order_page::{self, Entered};
use super::proof;
use super::till::{self, RefundAnswer, RefundRequest};
use crate::Desk;
use crate::events::form::minor;
use crate::identity::ClientAddress;
use crate::staff::Member;
use crate::staff::session::step_up;
use crate::views;

/// Gives back what the form says; asks once more where somebody is inside, and shows the form again where it can't be done.
pub async fn submit(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    member: Member<Within<RefundsMake>>,
    reference: Path<String>,
    from: ClientAddress,
    sent: CsrfForm<HashMap<String, String>, Anything>,
) -> Result<HttpResponse, Fault> {
    let record = till::order(&desk, &member, &reference).await?;
    let currency: Currency = record.order.currency.parse().unwrap_or(Currency::Eur);
    let asked = read(&sent.form, currency);
    if asked.as_ref().is_ok_and(|asked| proof::is_needed(&desk, &record, asked))
        && let Err(problem) = step_up::given(&desk, &member, &from, &sent.form).await?
    {
        let back = format!("/admin/orders/{}", record.order.reference);
        return step_up::ask(&desk, (&request, locale), &member, &sent.form, &back, problem).await;
    }
    let answer = match &asked {
        Ok(asked) => {
            till::give_back(&desk, &member, &reference, asked).await.map_err(|fault| fault_key(&fault))
        }
        Err(key) => Err(*key),
    };
    let (status, fault, question) = match (&asked, answer) {
        (Ok(asked), Ok(answer)) if answer.state == "withdrawn" => {
            (StatusCode::CONFLICT, "", Some((asked, answer)))
        }
        (_, Ok(answer)) => return Ok(done(&record.order.reference, &answer)),
        (_, Err(key)) => (StatusCode::UNPROCESSABLE_ENTITY, key, None),
    };
    // As it stands now: the answer may have got lost on its way, not the refund.
    let record = if fault.is_empty() {
        record
    } else {
        till::order(&desk, &member, &reference).await.unwrap_or(record)
    };
    let zone: Tz = record.event.time_zone.parse().unwrap_or(Tz::UTC);
    let mut page = order_page::page(&desk, &request, locale, &member, record, entered(&sent.form));
    if !fault.is_empty() {
        page.fault = ui::text(locale.0, fault, &[]);
    }
    // The same wish again is the same refund; after a clear no it is another one.
    if matches!(fault, "orders-fault-away" | "orders-fault-other") {
        page.keep_key();
    }
    page.question = question.map(|(asked, answer)| order_page::question(&page, zone, asked, &answer));
    views::private(status, &page)
}

fn done(reference: &str, answer: &RefundAnswer) -> HttpResponse {
    let done = if answer.state == "asked" { "asked" } else { "refund" };
    redirect::see_other(&format!("/admin/orders/{reference}?done={done}"))
}

/// The form as it is asked for, or the key of what is wrong with it.
fn read(form: &HashMap<String, String>, currency: Currency) -> Result<RefundRequest, &'static str> {
    let text = |name: &str| form.get(name).map(|text| text.trim()).unwrap_or_default();
    let scope = text("scope");
    let tickets: Vec<Uuid> =
        form.keys().filter_map(|name| name.strip_prefix("ticket.")?.parse().ok()).collect();
    if scope == "tickets" && tickets.is_empty() {
        return Err("orders-fault-no-ticket");
    }
    if text("reason").is_empty() {
        return Err("orders-fault-no-reason");
    }
    let amount = match scope {
        "amount" => Some(minor(text("amount"), currency.exponent()).ok_or("orders-fault-amount")?),
        _ => None,
    };
    Ok(RefundRequest {
        key: text("key").to_owned(),
        tickets: (scope == "tickets").then_some(tickets),
        amount_minor: amount,
        keep_fees: Some(!text("keep_fees").is_empty()),
        anyway: !text("anyway").is_empty(),
        as_credit: !text("as_credit").is_empty(),
        reason: text("reason").to_owned(),
    })
}

fn entered(form: &HashMap<String, String>) -> Entered {
    let text = |name: &str| form.get(name).cloned().unwrap_or_default();
    Entered { scope: text("scope"), amount: text("amount"), reason: text("reason"), key: text("key") }
}

fn fault_key(fault: &Fault) -> &'static str {
    match fault.code() {
        "invalid_state" => "orders-fault-state",
        "refund_waits" => "orders-fault-waits",
        "refund_exceeds_captured" => "orders-fault-exceeds",
        "invalid_amount" => "orders-fault-amount",
        "unavailable" => "orders-fault-away",
        _ => "orders-fault-other",
    }
}
