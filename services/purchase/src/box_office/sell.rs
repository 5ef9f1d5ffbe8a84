//! `POST /internal/v1/box-office/orders`: staff sell tickets at the venue, or give them away. The same `Idempotency-Key` is one
//! order: a double click sells once.

use actix_web::HttpRequest;
use actix_web::web::{Data, Json};
use audit::Actor;
use domain::ids::TicketTypeId;
use domain::name::is_name;
use domain::order::Channel;
use internal_api::purchase::box_office::{SellAnswer, SellItem, SellRequest};
use sha2::{Digest, Sha256};
use web::{ApiJson, Fault, RequestId, ServiceCaller, callers};

use super::house;
use crate::checkout::api::idempotency_key;
use crate::checkout::place;
use crate::checkout::wish::is_email;
use crate::inventory::{AtDesk, Buyer, EventName, HoldRequest, Wanted};
use crate::{Shop, disputes};

/// Tickets of one type in one sale.
const MOST: u32 = 100;

/// Sells.
pub async fn sell(
    caller: ServiceCaller<callers::Desk>,
    id: RequestId,
    shop: Data<Shop>,
    request: HttpRequest,
    body: ApiJson<SellRequest>,
) -> Result<Json<SellAnswer>, Fault> {
    let key = idempotency_key(&request)?;
    let body = body.into_inner();
    let mut hold = judge(&body, key, Actor::caller(&caller, &id))?;
    if let Some(desk) = hold.desk.as_mut().filter(|desk| desk.channel.at_venue()) {
        let mut conn = shop.db.conn().await?;
        desk.house = house::at_the_door(&mut conn, body.event, shop.clock.now()).await?;
    }
    let placed = place::place(&shop, hold).await?;
    tracing::info!(
        order = placed.reference,
        channel = body.channel,
        caller = caller.name,
        "sold at the desk"
    );
    let email = body.email.trim();
    let disputed_before =
        !email.is_empty() && disputes::store::marks::of(&mut *shop.db.conn().await?, email).await?.is_some();
    Ok(Json(SellAnswer {
        disputed_before,
        url: shop.links.url_of(placed.id, &placed.reference),
        total_minor: placed.quote.total.minor(),
        currency: placed.quote.currency.code().to_owned(),
        tickets: placed.quote.lines.iter().map(|line| line.places).sum(),
        reference: placed.reference,
    }))
}

/// What is wrong with a choice as it stands, by field.
pub(super) fn misshapen(items: &[SellItem]) -> Vec<(String, &'static str)> {
    let wrong = |field: String| (field, "invalid_quantity");
    if items.is_empty() {
        return vec![wrong("items".to_owned())];
    }
    let bad = items.iter().enumerate().filter(|(index, item)| {
        let twice = items[..*index].iter().any(|other| other.ticket_type == item.ticket_type);
        twice || !(1..=MOST).contains(&item.quantity)
    });
    bad.map(|(index, _)| wrong(format!("items[{index}].quantity"))).collect()
}

/// The request for the hold engine, or every fault by its field.
fn judge(body: &SellRequest, key: &str, actor: Actor) -> Result<HoldRequest, Fault> {
    let (name, email) = (body.name.trim(), body.email.trim());
    let channel = Channel::from_code(&body.channel).filter(|channel| *channel != Channel::Online);
    let mut faults = Vec::new();
    if channel.is_none() {
        faults.push(("channel".to_owned(), "invalid"));
    }
    if !is_name(name) {
        faults.push(("name".to_owned(), "invalid_name"));
    }
    if !email.is_empty() && !is_email(email) {
        faults.push(("email".to_owned(), "invalid_email"));
    }
    faults.extend(misshapen(&body.items));
    let comp = channel == Some(Channel::Comp);
    if comp && body.reason.trim().is_empty() {
        faults.push(("reason".to_owned(), "required"));
    }
    let Some(channel) = channel.filter(|_| faults.is_empty()) else {
        let code = faults.first().map_or("invalid", |(_, code)| *code);
        return Err(faults
            .into_iter()
            .fold(Fault::invalid(code), |fault, (field, code)| fault.field(field, code)));
    };
    let on = body.although_full.trim();
    let actor = match (comp, on) {
        (true, _) => actor.because(audit::reason(&body.reason)?),
        (false, "") => actor.because(&body.reason),
        (false, on) => actor.because(audit::reason(on)?),
    };
    Ok(HoldRequest {
        event: EventName::Id(body.event),
        items: body
            .items
            .iter()
            .map(|item| Wanted::of(TicketTypeId::from_uuid(item.ticket_type), item.quantity))
            .collect(),
        buyer: Buyer { name: name.to_owned(), email: email.to_owned(), language: body.language },
        access_code: None,
        promo: None,
        answers: std::collections::BTreeMap::new(),
        claim: None,
        exchange: None,
        table: None,
        desk: Some(AtDesk { channel, actor, guest: None, house: None, sells_on: !comp && !on.is_empty() }),
        client: None,
        key: format!("desk:{key}"),
        fingerprint: Sha256::digest(serde_json::to_vec(body).unwrap_or_default()).to_vec(),
        traceparent: None,
    })
}
