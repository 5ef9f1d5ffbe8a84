//! The line for who paid when the places were gone: the money goes back, and the page of the order offers to wait for places as
//! the order wanted them, with everything written already.

use chrono::{DateTime, Utc};
use web::Fault;

use super::join::largest_party;
use crate::Shop;
use crate::catalog::night::Offer;
use crate::orders::view::OrderView;

/// A line that can be stood in, written as the order was.
#[derive(Debug)]
pub(crate) struct LateOffer {
    /// The ticket type.
    pub id: String,
    /// Its name.
    pub name: String,
    /// How many the order wanted, as far as one party may.
    pub party: u32,
    /// The largest party.
    pub most: u32,
}

/// The lines for an order whose money came too late; `None` for every other. Empty where there is nothing to wait for any more: the
/// mail has led here, and must not lead to nothing.
pub(crate) async fn offers(
    shop: &Shop,
    order: &OrderView,
    now: DateTime<Utc>,
) -> Result<Option<Vec<LateOffer>>, Fault> {
    let late = order.refunds.iter().any(|refund| refund.reason == "late_payment");
    // Who exchanges has a ticket, and a new one is not to be had for the difference.
    if order.row.state != "refunded" || !late || order.row.exchanges.is_some() {
        return Ok(None);
    }
    let night = shop.shelf.night(&order.event.slug, now).await?.and_then(|night| night.open_to(None));
    let Some(night) = night else { return Ok(Some(Vec::new())) };
    let mut offers: Vec<LateOffer> = Vec::new();
    for line in order.lines.iter().filter(|line| line.kind == "ticket") {
        let kind = night.types.iter().find(|kind| Some(kind.id.uuid()) == line.ticket_type_id);
        let Some(kind) =
            kind.filter(|kind| kind.priced.terms.stands_alone() && kind.offer(now) == Offer::SoldOut)
        else {
            continue;
        };
        let id = kind.id.to_string();
        // Early price and usual price are lines of one type.
        if offers.iter().any(|offer| offer.id == id) {
            continue;
        }
        let of_type = order.lines.iter().filter(|other| other.ticket_type_id == line.ticket_type_id);
        let wanted: i32 = of_type.filter(|other| other.kind == "ticket").map(|other| other.quantity).sum();
        let most = largest_party(kind);
        let party = u32::try_from(wanted).unwrap_or(1).clamp(1, most);
        offers.push(LateOffer { id, name: kind.name.clone(), party, most });
    }
    Ok(Some(offers))
}
