//! `POST /admin/box-office` and `/admin/box-office/comps`: the form's two ends. The page is shown again with the order's link, or
//! with what was wrong.

use std::collections::HashMap;

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use domain::order::Channel;
use domain::permission::Permission;
use internal_api::purchase::box_office::{SellItem, SellRequest};
use uuid::Uuid;
use web::can::{Anything, BoxOfficeSell, CompsIssue};
use web::{CsrfForm, Fault, Locale};

use super::page::{self, Outcome};
use super::purchase::{self, FieldError, Refused};
use crate::Desk;
use crate::staff::Member;

/// Sells at the venue: cash, or card.
pub async fn sell(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    member: Member<BoxOfficeSell>,
    sent: CsrfForm<HashMap<String, String>, Anything>,
) -> Result<HttpResponse, Fault> {
    let channel = sent.form.get("channel").and_then(|code| Channel::from_code(code));
    let channel = channel
        .filter(|channel| channel.at_venue())
        .ok_or_else(|| Fault::invalid("validation_failed").field("channel", "invalid"))?;
    submit(&desk, &request, locale, &member, channel, sent.form).await
}

/// Gives away.
pub async fn give(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    member: Member<CompsIssue>,
    sent: CsrfForm<HashMap<String, String>, Anything>,
) -> Result<HttpResponse, Fault> {
    submit(&desk, &request, locale, &member, Channel::Comp, sent.form).await
}

async fn submit<P>(
    desk: &Desk,
    request: &HttpRequest,
    locale: Locale,
    member: &Member<P>,
    channel: Channel,
    entered: HashMap<String, String>,
) -> Result<HttpResponse, Fault> {
    let event = entered.get("event").and_then(|id| id.parse::<Uuid>().ok());
    let key = entered.get("form_key").map(String::as_str).unwrap_or_default();
    let sold = match (event, read(&entered, event.unwrap_or_default(), channel, locale)) {
        (Some(_), Ok(mut sale)) if (16..=64).contains(&key.len()) => {
            // Only who answers for the door sells on against its limit.
            if !member.may(Permission::DoorSupervise) {
                sale.although_full.clear();
            }
            purchase::sell(desk, member, key, &sale).await
        }
        (_, Err(refused)) => Err(refused),
        _ => Err(Refused { code: "validation_failed".to_owned(), ..Refused::default() }),
    };
    let outcome = match sold {
        // The next guest's form is empty.
        Ok(sold) => Outcome { sold: Some((sold, channel.code())), ..Outcome::default() },
        Err(refused) => Outcome { refused: Some(refused), entered, ..Outcome::default() },
    };
    page::render(desk, request, locale, member, event, outcome).await
}

/// The sale as the form says it. A type left at nothing is not asked for; the ticket site judges the rest.
fn read(
    entered: &HashMap<String, String>,
    event: Uuid,
    channel: Channel,
    locale: Locale,
) -> Result<SellRequest, Refused> {
    let text = |name: &str| entered.get(name).map(|text| text.trim().to_owned()).unwrap_or_default();
    let (name, reason) = (text("name"), text("reason"));
    let items = items(entered)?;
    Ok(SellRequest {
        event,
        channel: channel.code().to_owned(),
        items,
        // Nobody is asked for a name at the door who does not want to give one.
        name: if name.is_empty() { ui::text(locale.0, "box_office-guest", &[]) } else { name },
        email: text("email"),
        language: locale.0,
        reason: if channel == Channel::Comp { reason } else { String::new() },
        although_full: if channel.at_venue() { text("although_full") } else { String::new() },
    })
}

/// What is chosen of each type.
pub(super) fn items(entered: &HashMap<String, String>) -> Result<Vec<SellItem>, Refused> {
    let asked = entered.iter().filter_map(|(name, value)| Some((name.strip_prefix("q-")?, value.trim())));
    let mut items = Vec::new();
    for (kind, quantity) in asked.filter(|(_, quantity)| !matches!(*quantity, "" | "0")) {
        match (kind.parse(), quantity.parse()) {
            (Ok(ticket_type), Ok(quantity)) => items.push(SellItem { ticket_type, quantity }),
            _ => return Err(wrong("items", "invalid_quantity")),
        }
    }
    // A map has no order, and the same form twice must say the same.
    items.sort_by_key(|item: &SellItem| item.ticket_type);
    if items.is_empty() { Err(wrong("items", "invalid_quantity")) } else { Ok(items) }
}

fn wrong(field: &str, code: &str) -> Refused {
    let error = FieldError { field: field.to_owned(), code: code.to_owned() };
    Refused { code: code.to_owned(), errors: vec![error] }
}
