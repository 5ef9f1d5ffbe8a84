//! What staff sell at the venue and give away. It goes through the hold engine like any other order ([`crate::inventory::AtDesk`]):
//! the same stock and the same CHECK, the same prices, and the tickets in the same transaction. What sets it apart is that
//! nothing is owed: it is paid as it stands, and its money is booked where staff have it; a gift is booked at what it is worth.
//!
//! Who buys at the door of a night wants to come in: where the house is full ([`house`]), nothing is sold to them but on a manager's word.
//!
//! [`sell`] is the command, for the desk alone; [`quote`] says before what it will cost. The audit row and the books are written with the order.

pub mod house;
pub mod quote;
pub mod sell;
mod store;

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use domain::ids::OrderId;
use domain::order::Channel;
use serde_json::json;
use uuid::Uuid;

use crate::catalog;
use crate::guest_list;
use crate::inventory::AtDesk;
use crate::orders::store::{LineRow, OrderRow};
use crate::payments::ledger::{self, Source};

/// An order that staff have just sold or given away.
#[derive(Debug)]
pub(crate) struct DeskSale<'a> {
    pub order: &'a OrderRow,
    pub lines: &'a [LineRow],
    pub desk: &'a AtDesk,
}

/// What a gift is worth: the list price of what it is made of.
async fn worth(conn: &mut Conn, lines: &[LineRow]) -> Result<i64, DbError> {
    let kinds: Vec<Uuid> = lines.iter().filter_map(|line| line.ticket_type_id).collect();
    let prices = catalog::store::list_prices(conn, &kinds).await?;
    let worth = lines.iter().filter(|line| line.kind == "ticket").map(|line| {
        let price = line.ticket_type_id.and_then(|kind| prices.get(&kind)).copied().unwrap_or_default();
        price * i64::from(line.quantity)
    });
    Ok(worth.sum())
}

/// Books its money and puts it on record, in the transaction that writes it.
pub(crate) async fn record(conn: &mut Conn, sale: &DeskSale<'_>, now: DateTime<Utc>) -> Result<(), DbError> {
    let DeskSale { order, lines, desk } = sale;
    if desk.channel.at_venue() && order.total_minor > 0 {
        let entries = ledger::sale_into(desk.channel.code(), lines);
        let (source, id) = (Source::VenueSale(order.id), OrderId::from_uuid(order.id));
        ledger::book(conn, source, id, &order.currency, &entries, now).await?;
    }
    if desk.channel == Channel::Comp {
        let entries = ledger::given(worth(conn, lines).await?);
        if !entries.is_empty() {
            let (source, id) = (Source::Comp(order.id), OrderId::from_uuid(order.id));
            ledger::book(conn, source, id, &order.currency, &entries, now).await?;
        }
    }
    let action = match desk.channel {
        _ if desk.guest.as_ref().is_some_and(|guest| guest.joins.is_some()) => "guest_list.grown",
        _ if desk.guest.is_some() => "guest_list.added",
        Channel::Comp => "comp.issued",
        _ => "box_office.sold",
    };
    let tickets: i32 = lines.iter().map(|line| line.places).sum();
    let mut detail = json!({
        "event": order.event_id, "channel": desk.channel.code(), "tickets": tickets,
        "total_minor": order.total_minor, "currency": order.currency,
    });
    // A manager sold on although the house was full: what the door had said stands with the reason.
    if let Some(house) = desk.house.filter(|_| desk.sells_on) {
        detail["house"] = json!({"inside": house.inside, "limit": house.limit});
    }
    if let Some(guest) = &desk.guest {
        guest_list::store::insert(conn, guest, order, now).await?;
        detail["entry"] = json!(guest.id);
        detail["promoter"] = json!(order.promoter);
        detail["admit_until"] = json!(guest.admit_until);
    }
    audit::record(conn, &desk.actor, action, &order.reference, detail, now).await
}
