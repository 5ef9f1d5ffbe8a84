//! The line for who paid when the places were gone: the money goes back, and the page of the order offers to wait for places as
//! the order wanted them, with everything written already.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use web::Fault;

use super::join::largest_party;
use crate::Shop;
use crate::catalog::night::{Night, Offer};
use crate::catalog::shelf;
use crate::orders::link::OrderLinks;
use crate::orders::store::{self, LineRow, OrderRow};
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

/// What the mail leads to, in place of the places; at most one of the two.
#[derive(Debug, Default)]
pub(crate) struct Instead {
    /// The lines, on the order's page, which knows what was wanted.
    pub waitlist_url: String,
    /// Where there is no line to stand in: what there is now.
    pub instead_url: String,
}

/// The lines for an order whose money came too late; `None` for every other. Empty where there is nothing to wait for any more: the
/// mail may have led here, and must not lead to nothing.
pub(crate) async fn offers(
    shop: &Shop,
    order: &OrderView,
    now: DateTime<Utc>,
) -> Result<Option<Vec<LateOffer>>, Fault> {
    let late = order.refunds.iter().any(|refund| refund.reason == "late_payment");
    if !late || !came_to_nothing(&order.row) {
        return Ok(None);
    }
    let night = shop.shelf.night(&order.event.slug, now).await?.and_then(|night| night.open_to(None));
    Ok(Some(night.map(|night| lines_of(&night, &order.lines, now)).unwrap_or_default()))
}

/// What the mail about money that came too late leads to: the lines that the order's page offers, judged as the page judges them;
/// else the night's page, as long as it goes on and everybody may see it; else the club's.
pub(crate) async fn instead(
    conn: &mut Conn,
    links: &OrderLinks,
    order: &OrderRow,
    now: DateTime<Utc>,
) -> Result<Instead, DbError> {
    if !came_to_nothing(order) {
        return Ok(Instead::default());
    }
    let night = shelf::fresh(conn, order.event_id, now).await?.map(Arc::new);
    let night = night.and_then(|night| night.open_to(None)).filter(|night| night.ends_at > now);
    let Some(night) = night else {
        return Ok(Instead { instead_url: links.site("/"), ..Instead::default() });
    };
    let lines = store::lines(conn, order.key()).await?;
    if lines_of(&night, &lines, now).is_empty() {
        let instead_url = links.site(&format!("/e/{}", night.slug));
        return Ok(Instead { instead_url, ..Instead::default() });
    }
    let waitlist_url = format!("{}#waitlist", links.url_of(order.key(), &order.reference));
    Ok(Instead { waitlist_url, ..Instead::default() })
}

/// Whether the order has no places. Who exchanges has a ticket, and a new one is not to be had for the difference.
fn came_to_nothing(order: &OrderRow) -> bool {
    order.state == "refunded" && order.exchanges.is_none()
}

/// The lines of a night that can be joined by who wanted this.
fn lines_of(night: &Night, lines: &[LineRow], now: DateTime<Utc>) -> Vec<LateOffer> {
    let mut offers: Vec<LateOffer> = Vec::new();
    for line in lines.iter().filter(|line| line.kind == "ticket") {
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
        let of_type = lines.iter().filter(|other| other.ticket_type_id == line.ticket_type_id);
        let wanted: i32 = of_type.filter(|other| other.kind == "ticket").map(|other| other.quantity).sum();
        let most = largest_party(kind);
        let party = u32::try_from(wanted).unwrap_or(1).clamp(1, most);
        offers.push(LateOffer { id, name: kind.name.clone(), party, most });
    }
    offers
}
