//! The ticket that goes: whether it may, and what it counts for.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use domain::admission::TicketStatus;
use domain::event::EventStatus;
use domain::exchange::{self, Worth};
use domain::ids::TicketId;
use domain::money::Money;
use domain::order::Channel;
use domain::refund::Parts;
use domain::ticket::may_change;
use uuid::Uuid;

use crate::inventory::price::{Part, Priced};
use crate::orders::store::{LineRow, OrderRow};
use crate::tickets::doorstep;
use crate::tickets::store::{self as tickets, TicketRow};
use crate::{catalog, disputes, orders, refunds};

/// A ticket that may be exchanged; its row and its order's are locked.
#[derive(Debug, Clone)]
pub(crate) struct OldTicket {
    pub order: OrderRow,
    pub ticket: TicketRow,
    pub worth: Worth,
    /// The limits in which its place is counted.
    pub stock: Vec<Uuid>,
}

/// Locks a ticket and its order. `None` where it can't be exchanged: it is not good, not its buyer's, of an order that was not paid
/// online or that is an exchange itself, one of a group, nothing that stands alone, or money of its order went back or is with a bank,
/// or the rest of its order can't stay without it: another exchange may have been faster. And from the doors on, when somebody may be
/// inside with it; where they were open and are shut again, unless the door has said that nobody is ([`doorstep::ask`]).
pub(crate) async fn lock(
    conn: &mut Conn,
    ticket: TicketId,
    now: DateTime<Utc>,
) -> Result<Option<OldTicket>, DbError> {
    let Some(order) = tickets::order_of(conn, ticket).await? else { return Ok(None) };
    let Some(order) = orders::store::lock(conn, order).await? else { return Ok(None) };
    let Some((row, _)) = tickets::lock(conn, ticket).await? else { return Ok(None) };
    let Some(event) = catalog::store::event(conn, order.event_id).await? else { return Ok(None) };
    // The tables' CHECKs know the same words.
    let status = TicketStatus::from_code(&row.state).unwrap_or(TicketStatus::Blocked);
    let night = EventStatus::from_code(&event.status).unwrap_or(EventStatus::Archived);
    let good = may_change(status, night, event.entry_from, now).is_ok()
        && doorstep::fixed(conn, &event, ticket).await?.is_none();
    let bought =
        order.state == "paid" && order.channel == Channel::Online.code() && order.exchanges.is_none();
    if !good || !bought || !untouched(conn, &order, ticket).await? {
        return Ok(None);
    }
    let kinds = catalog::store::all_types(conn, order.event_id).await?;
    let kind = kinds.iter().find(|kind| kind.id == row.ticket_type_id);
    let lines = orders::store::lines(conn, order.key()).await?;
    let line = lines.iter().position(|line| line.id == row.order_line_id && line.places == line.quantity);
    let (Some(_), Some(line)) = (kind.filter(|kind| kind.terms().stands_alone()), line) else {
        return Ok(None);
    };
    if refunds::rest::torn(conn, &order, &[row.id]).await?.is_some() {
        return Ok(None);
    }
    let quoted: Vec<_> = lines.iter().map(LineRow::quoted).collect();
    let worth = Worth::of(&quoted, line, row.ordinal.unsigned_abs());
    let stock = lines[line].stock_ids.clone();
    Ok(Some(OldTicket { order, ticket: row, worth, stock }))
}

/// Whether the ticket is its buyer's, and all money of its order is where it was paid.
async fn untouched(conn: &mut Conn, order: &OrderRow, ticket: TicketId) -> Result<bool, DbError> {
    Ok(tickets::passed_on(conn, ticket).await?.is_none()
        && !refunds::store::takes(conn, ticket).await?
        && refunds::store::asked_of(conn, order.key()).await?.is_none()
        && refunds::store::given_back(conn, order.key()).await? == Parts::default()
        && !disputes::store::holds_money_of(conn, order.key()).await?)
}

/// Locks those of some tickets that may be exchanged, before any stock; order by order, so that no two batches wait crosswise.
pub(crate) async fn lock_all(
    conn: &mut Conn,
    wanted: BTreeSet<Uuid>,
    now: DateTime<Utc>,
) -> Result<HashMap<TicketId, OldTicket>, DbError> {
    let mut sorted = BTreeSet::new();
    for ticket in wanted {
        let order = tickets::order_of(conn, TicketId::from_uuid(ticket)).await?;
        sorted.extend(order.map(|order| (order.uuid(), ticket)));
    }
    let mut found = HashMap::new();
    for ticket in sorted.into_iter().map(|(_, ticket)| TicketId::from_uuid(ticket)) {
        if let Some(old) = lock(conn, ticket, now).await? {
            found.insert(ticket, old);
        }
    }
    Ok(found)
}

/// Makes of the price of one ticket of another type what is paid for it beside the old one. `None`: it is not to be had for that.
pub(crate) fn beside(old: &OldTicket, kind: &Priced, part: &mut Part) -> Option<()> {
    let terms = &kind.terms;
    let plain = terms.places == 1 && terms.stands_alone() && terms.guest_price.is_none();
    let currency = part.item.unit.currency();
    let another = kind.id.uuid() != old.ticket.ticket_type_id && currency.code() == old.order.currency;
    if !plain || !another || part.item.quantity != 1 {
        return None;
    }
    let difference = old.worth.difference(part.item.unit.minor(), part.item.tax)?;
    part.item.unit = Money::new(difference, currency);
    part.item.fee = exchange::fee(part.item.fee);
    part.item.name = format!("{} → {}", old.ticket.type_name, part.item.name);
    Some(())
}
