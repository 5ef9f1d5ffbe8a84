//! `POST /waitlist/{id}/claim?key=…`: an offer becomes an order, through the hold engine like any other: the same prices, promos
//! and limits, and the places that are held for it. One offer is one order, however often the button is pressed.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use web::redirect::see_other;
use web::{ClientAddress, Fault, Locale, PageForm};

use super::page::{self, Claiming, EntryQuery};
use super::store::EntryRow;
use crate::Shop;
use crate::catalog::event_page;
use crate::catalog::questions::ANSWER;
use crate::checkout::place;
use crate::checkout::wish::{Asked, Wish};
use crate::inventory::HoldRequest;
use crate::payments::resume::Next;

/// What the form sends: text, judged here and by the hold engine.
#[derive(Debug, Default)]
struct ClaimForm {
    quantity: String,
    name: String,
    promo: String,
    /// By their places.
    answers: HashMap<String, String>,
}

impl ClaimForm {
    fn read(mut form: HashMap<String, String>) -> Self {
        let mut take = |name: &str| form.remove(name).unwrap_or_default();
        let (quantity, name, promo) = (take("quantity"), take("name"), take("promo"));
        let answers = form
            .into_iter()
            .filter_map(|(name, text)| Some((name.strip_prefix(ANSWER)?.to_owned(), text)))
            .collect();
        Self { quantity, name, promo, answers }
    }
}

/// Places the order and leads to the payment page, or shows the page again.
pub async fn claim(
    shop: Data<Shop>,
    id: Path<String>,
    query: Query<EntryQuery>,
    locale: Locale,
    from: ClientAddress,
    request: HttpRequest,
    form: PageForm<HashMap<String, String>>,
) -> Result<HttpResponse, Fault> {
    let entry = page::open(&shop, &id, &query.key).await?;
    let form = ClaimForm::read(form.into_inner());
    let again = |claiming: Claiming| page::render(&shop, &entry, locale.0, &request, claiming);
    let hold = match wish(&entry, &form, locale) {
        Ok(hold) => hold,
        Err(claiming) => return again(*claiming).await,
    };
    match place::place_from(&shop, &from, hold).await {
        Ok(placed) => Ok(match placed.next {
            Next::PayAt(url) => see_other(&url),
            Next::Look | Next::Busy | Next::Unavailable | Next::Closed => {
                see_other(&shop.links.path_of(placed.id, &placed.reference))
            }
        }),
        // It is an order already, or gone: the page knows.
        Err(fault) if matches!(fault.code(), "offer_over" | "idempotency_key_reused") => {
            Ok(see_other(&shop.line_links.path(entry.key())))
        }
        Err(fault) => match refused(&fault, &form) {
            Some(claiming) => again(claiming).await,
            None => Err(fault),
        },
    }
}

/// The request for the hold engine. The address is the one the offer was mailed to: who has the key has read that mail.
fn wish(entry: &EntryRow, form: &ClaimForm, locale: Locale) -> Result<HoldRequest, Box<Claiming>> {
    let wish = Wish {
        event: entry.event_id.to_string(),
        items: vec![Asked::of(entry.ticket_type_id.to_string(), form.quantity.trim().parse().ok())],
        name: form.name.clone(),
        email: entry.email.clone(),
        promo: form.promo.clone(),
        access_code: String::new(),
        answers: form.answers.iter().map(|(slot, text)| (slot.clone(), Some(text.clone()))).collect(),
        language: locale.0,
    };
    let judged = wish.judge(&format!("claim:{}", entry.id));
    let hold = judged.map_err(|complaints| {
        let mut claiming = written(form, StatusCode::UNPROCESSABLE_ENTITY);
        for complaint in complaints {
            match complaint.field.as_str() {
                "buyer.name" => claiming.name_error = Some(complaint.code),
                "promo" => claiming.promo_error = Some(complaint.code),
                _ => claiming.notice = Some(key(complaint.code)),
            }
        }
        Box::new(claiming)
    })?;
    Ok(HoldRequest { claim: Some(entry.key()), ..hold })
}

/// A refusal that the page can explain.
fn refused(fault: &Fault, form: &ClaimForm) -> Option<Claiming> {
    let claiming = written(form, fault.status());
    match fault.code() {
        code if code.starts_with("promo_") => Some(Claiming { promo_error: Some(code), ..claiming }),
        code @ ("limit_exceeded" | "invalid_quantity" | "sold_out" | "not_on_sale" | "order_too_small"
        | "answer_required" | "invalid_answer" | "unknown_question") => {
            // The fault's own message knows numbers.
            let (said, args) = match fault.own_message() {
                Some((said, args)) => (said.to_owned(), args.to_vec()),
                None => (key(code), Vec::new()),
            };
            let answer_faults = event_page::answer_faults(fault);
            Some(Claiming { notice: Some(said), notice_args: args, answer_faults, ..claiming })
        }
        _ => None,
    }
}

fn written(form: &ClaimForm, status: StatusCode) -> Claiming {
    Claiming {
        quantity: form.quantity.clone(),
        name: form.name.clone(),
        promo: form.promo.clone(),
        answers: form.answers.clone(),
        status,
        ..Claiming::default()
    }
}

fn key(code: &str) -> String {
    format!("shared-error-{}", code.replace('_', "-"))
}
