//! Placing an order: the hold, then the payment page.

use domain::event::companion::Missing;
use domain::event::guest_price::AmountRefusal;
use domain::event::question::WrongAnswer;
use domain::ids::OrderId;
use domain::order::MOST_TICKETS;
use domain::promo::PromoRefusal;
use domain::quote::Quote;
use std::time::Duration;
use web::{ClientAddress, Fault};

use super::wish::Complaint;
use crate::crowds::busy;
use crate::inventory::{Busy, EventName, HoldAnswer, HoldRequest, PlacedOrder, RETRY_AFTER, Refusal};
use crate::payments::open::Past;
use crate::payments::resume::{self, Next};
use crate::tries::CodeTries;
use crate::{Shop, catalog, orders, presales, reservations};

/// When guests of a network that has had many free tickets may ask again.
const GIFTS_AGAIN: Duration = Duration::from_secs(60);

/// An order that stands, and what the guest does next.
#[derive(Debug)]
pub struct Placed {
    /// Its key.
    pub id: OrderId,
    /// Its name among people.
    pub reference: String,
    /// How long its places are held.
    pub held_until: chrono::DateTime<chrono::Utc>,
    /// What it costs.
    pub quote: Quote,
    /// Where to go.
    pub next: Next,
}

/// Places an order, or finds the one that the same request placed before.
pub async fn place(shop: &Shop, request: HoldRequest) -> Result<Placed, Fault> {
    let (event, access_code) = (request.event.clone(), request.access_code.clone());
    let of_table = request.table.is_some();
    match shop.holds.hold(request).await {
        Ok(HoldAnswer::Held(placed)) => opened(shop, *placed).await,
        Ok(HoldAnswer::Replay(order)) => replay(shop, order).await,
        Ok(HoldAnswer::KeyReused) => Err(Fault::invalid("idempotency_key_reused")
            .detail("This Idempotency-Key was used for another request. Use a new one for each order.")),
        Ok(HoldAnswer::Refused(Refusal::CompanionMissing(missing))) => {
            Err(Box::pin(lacking(shop, &event, access_code.as_deref(), missing)).await?)
        }
        // Of a table other things are said, and of other fields.
        Ok(HoldAnswer::Refused(refusal)) if of_table => Err(reservations::refusal::refused(&refusal)),
        Ok(HoldAnswer::Refused(refusal)) => Err(refused(&refusal)),
        Err(Busy::Full) => Err(Fault::unavailable().retry_after(RETRY_AFTER)),
        Err(Busy::Failed(cause)) => Err(Fault::unavailable().source(cause)),
    }
}

/// The fault of an order without what one of its types needs. Of what is hidden from this guest not even the name is told: then
/// the type that needs it is not offered to them either.
async fn lacking(
    shop: &Shop,
    event: &EventName,
    access_code: Option<&str>,
    missing: Missing,
) -> Result<Fault, Fault> {
    let slug = match event {
        EventName::Slug(slug) => Some(slug.clone()),
        EventName::Id(id) => {
            catalog::store::event(&mut *shop.db.conn().await?, *id).await?.map(|row| row.slug)
        }
    };
    let night = match slug {
        Some(slug) => shop.shelf.night(&slug, shop.clock.now()).await?,
        None => None,
    };
    let shown = night
        .and_then(|night| night.open_to(access_code))
        .is_some_and(|night| night.types.iter().any(|kind| missing.is(&kind.name)));
    Ok(refused(&if shown {
        Refusal::CompanionMissing(missing)
    } else {
        Refusal::UnknownTicketType { item: missing.item }
    }))
}

/// The key of a request whose own key stands for another order: the same each time that this is asked for.
pub fn key_anew(hold: &HoldRequest) -> String {
    format!("{}:{}", hold.key, hex::encode(&hold.fingerprint))
}

/// The same from a client that may have named codes: one that nobody knows counts against it.
pub async fn place_from(shop: &Shop, from: &ClientAddress, request: HoldRequest) -> Result<Placed, Fault> {
    let named = request.promo.is_some() || request.access_code.is_some();
    let request = presales::for_order(shop, request).await?;
    let of_presale = presales::is_of_presale(&request);
    // On the heap: Stripe's answers make it large.
    match guarded(&shop.tries, from, named, Box::pin(place(shop, request))).await {
        Err(fault) if of_presale && fault.code() == "idempotency_key_reused" => Err(presales::used()),
        placed => placed,
    }
}

/// Does what names a code, unless its client has named too many wrong ones.
pub(super) async fn guarded<T>(
    tries: &CodeTries,
    from: &ClientAddress,
    named: bool,
    work: impl Future<Output = Result<T, Fault>>,
) -> Result<T, Fault> {
    if !named {
        return work.await;
    }
    tries.admit(from)?;
    let done = work.await;
    // What a wrong access code hides is answered as if it were not there.
    let wrong = |fault: &Fault| {
        matches!(fault.code(), "promo_invalid" | "not_found" | "unknown_ticket_type" | "unknown_table")
    };
    if done.as_ref().is_err_and(wrong) {
        tries.wrong(from);
    }
    done
}

async fn opened(shop: &Shop, placed: PlacedOrder) -> Result<Placed, Fault> {
    let next = match &placed.attempt {
        Some(request) => resume::start(shop, request, Past::Fresh).await?,
        // Free: it is paid and has its tickets.
        None => Next::Look,
    };
    Ok(Placed {
        id: placed.id,
        reference: placed.reference.to_string(),
        held_until: placed.held_until,
        quote: placed.quote,
        next,
    })
}

/// The same answer as the first time, as far as it still holds.
async fn replay(shop: &Shop, id: OrderId) -> Result<Placed, Fault> {
    let next = resume::resume(shop, id).await?;
    let mut conn = shop.db.conn().await?;
    let order = orders::store::find(&mut conn, id).await?.ok_or_else(Fault::not_found)?;
    let quote = orders::quote_of(&order, &orders::store::lines(&mut conn, id).await?)?;
    Ok(Placed { id, reference: order.reference, held_until: order.held_until, quote, next })
}

/// 409 while the first of two equal requests is still under way.
pub fn in_progress() -> Fault {
    Fault::conflict("request_in_progress")
        .detail("The same request is being worked on. Ask again in a moment.")
        .retry_after(Duration::from_secs(1))
}

/// 409 for an order whose night is no longer on sale.
pub fn closed() -> Fault {
    Fault::conflict("not_on_sale")
        .message("shared-error-sale-closed", &[])
        .detail("This night is no longer on sale; the order can't be paid any more.")
}

/// The fault of a wish whose shape is wrong: 422 with every field.
pub fn misshapen(complaints: &[Complaint]) -> Fault {
    let code = complaints.first().map_or("invalid_value", |complaint| complaint.code);
    complaints.iter().fold(Fault::invalid(code), |fault, c| fault.field(c.field.clone(), c.code))
}

/// The fault of a wish that could not be granted.
pub fn refused(refusal: &Refusal) -> Fault {
    let at = |item: &usize, field: &str| format!("items[{item}].{field}");
    match refusal {
        Refusal::UnknownEvent => Fault::not_found().detail("No event of this name is on sale."),
        Refusal::UnknownTicketType { item } => {
            Fault::invalid("unknown_ticket_type").field(at(item, "ticket_type"), "unknown_ticket_type")
        }
        Refusal::NotYetOnSale { item, opens } => Fault::conflict("not_on_sale")
            .field(at(item, "ticket_type"), "not_yet")
            .message("shared-error-sale-not-open", &[])
            .detail(format!("The sale opens at {}.", opens.to_rfc3339())),
        Refusal::SaleClosed { item } => Fault::conflict("not_on_sale")
            .field(at(item, "ticket_type"), "closed")
            .message("shared-error-sale-closed", &[])
            .detail("The sale is over."),
        Refusal::LimitExceeded { item, most } => Fault::conflict("limit_exceeded")
            .field(at(item, "quantity"), "limit_exceeded")
            .message("shared-error-type-limit", &[("most", &most.to_string())])
            .detail(format!("At most {most} in one order.")),
        Refusal::OrderLimit { item } => Fault::conflict("limit_exceeded")
            .field(at(item, "quantity"), "order_limit")
            .message("shared-error-order-limit", &[])
            .detail(format!("At most {MOST_TICKETS} tickets in one order.")),
        Refusal::BelowMinimum { item, fewest } => Fault::invalid("invalid_quantity")
            .field(at(item, "quantity"), "below_minimum")
            .message("shared-error-below-minimum", &[("fewest", &fewest.to_string())])
            .detail(format!("At least {fewest} in one order.")),
        Refusal::SoldOut { item, left } => {
            let fault = Fault::conflict("sold_out").field(at(item, "quantity"), "sold_out");
            // With some left the guest need not leave, only choose fewer.
            let fault = match left {
                0 => fault,
                _ => fault.message("shared-error-only-left", &[("left", &left.to_string())]),
            };
            fault.detail(format!("{left} left."))
        }
        Refusal::Amount { item, why } => amount_refused(*item, *why),
        Refusal::GuestLimit { item, most, has } => Fault::conflict("limit_exceeded")
            .field(at(item, "quantity"), "limit_exceeded")
            .message("shared-error-guest-limit", &[("most", &most.to_string()), ("has", &has.to_string())])
            .detail(format!("At most {most} tickets per guest; this one has {has}.")),
        Refusal::TooManyOpen => Fault::conflict("too_many_open")
            .detail("Too much of this guest, of this network address or of its network waits for payment."),
        Refusal::NetworkBusy => busy(GIFTS_AGAIN),
        Refusal::AddOnAlone => Fault::invalid("entry_required")
            .field("items", "entry_required")
            .detail("Extras are sold together with an entry ticket."),
        Refusal::Allotment { left } => Fault::conflict("allotment_used")
            .field("promoter", "allotment_used")
            .message("guest-list-allotment-used", &[("left", &left.to_string())])
            .detail(format!("{left} left of the promoter's allotment.")),
        Refusal::HouseFull { room } => {
            Fault::conflict("house_full").detail(format!("{room} more may come in now."))
        }
        Refusal::Answers(wrong) => answers_refused(wrong),
        Refusal::CompanionMissing(missing) => Fault::invalid("companion_required")
            .field(at(&missing.item, "ticket_type"), "companion_required")
            .message(
                "shared-error-companion-required",
                &[("name", &missing.name), ("count", &missing.count.to_string())],
            )
            .detail(format!("It needs {} more of {} in the same order.", missing.count, missing.name)),
        Refusal::OfferOver => {
            Fault::conflict("offer_over").detail("The offer is claimed, has lapsed or was given up.")
        }
        Refusal::ExchangeOver => Fault::conflict("exchange_over")
            .detail("The ticket can't be exchanged for this type, or no longer."),
        Refusal::Arrival | Refusal::UnknownBottle { .. } => reservations::refusal::refused(refusal),
        Refusal::Promo(refusal) => promo_refused(*refusal),
        Refusal::TooSmall { least } => Fault::invalid("order_too_small")
            .field("items", "order_too_small")
            .detail(format!("Nothing, or at least {least}, can be charged.")),
        Refusal::TooLarge => Fault::invalid("invalid_quantity")
            .message("shared-error-order-too-large", &[])
            .detail("The sum is too large."),
    }
}

/// The fault of an amount that is not the price of the item at this place.
pub(super) fn amount_refused(item: usize, why: AmountRefusal) -> Fault {
    let field = format!("items[{item}].amount_minor");
    match why {
        AmountRefusal::Fixed => Fault::invalid("amount_not_accepted")
            .field(field, "amount_not_accepted")
            .detail("The price of this ticket type is the club's."),
        AmountRefusal::OutOfRange(range) => Fault::invalid("amount_out_of_range")
            .field(field, "amount_out_of_range")
            .detail(format!("From {} to {} minor units.", range.least_minor, range.most_minor)),
    }
}

/// The fault of answers to what was not asked, or of none to what was: each by its place.
fn answers_refused(wrong: &[WrongAnswer]) -> Fault {
    let code = wrong.first().map_or("invalid_answer", |wrong| wrong.code);
    let fault =
        Fault::invalid(code).detail("What the night asks is answered by its place, and nothing else is.");
    wrong.iter().fold(fault, |fault, wrong| fault.field(format!("answers[{}]", wrong.slot), wrong.code))
}

/// The fault of a promo that takes nothing off. Unknown codes, and codes that are not to be known, are one answer.
pub(super) fn promo_refused(refusal: PromoRefusal) -> Fault {
    let fault = match refusal {
        PromoRefusal::Unknown => Fault::invalid("promo_invalid"),
        PromoRefusal::Expired => Fault::invalid("promo_expired"),
        PromoRefusal::Exhausted | PromoRefusal::GuestLimit => Fault::conflict("promo_exhausted"),
        PromoRefusal::NotForThese | PromoRefusal::BelowMinimum => Fault::invalid("promo_not_applicable"),
    };
    let code = fault.code();
    fault.field("promo", code).detail(refusal.to_string())
}
