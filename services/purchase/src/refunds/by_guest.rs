//! What a guest gives back without asking anybody: the same refund as staff's, within the night's terms ([`domain::refund`]).
//!
//! It is always of tickets, the guest's own good ones: what was passed on is somebody else's, and goes back by the club, or once its
//! holder has handed it back. The
//! page says beforehand what comes back; another amount than it said is asked about once more. Never "anyway": whose guest
//! is inside, keeps the ticket. And never so that the rest is something that the club would not have sold ([`rest`]).

use audit::Actor;
use chrono::{DateTime, Utc};
use db::Conn;
use domain::event::EventStatus;
use domain::order::{Channel, OrderReference};
use domain::refund::{self, AskTheClub, Fees};
use uuid::Uuid;
use web::Fault;

use super::decide::Scope;
use super::door::Inside;
use super::rest;
use super::store::{self, RefundRow};
use super::wish::{By, Wish, carry_out, weigh};
use crate::catalog::store::EventRow;
use crate::orders::store::{LineRow, OrderRow};
use crate::tickets::store::{self as tickets, TicketRow};
use crate::{Shop, credits, disputes, orders};

/// What would come back.
#[derive(Debug)]
pub(crate) struct Offer {
    /// Ticket by ticket.
    pub tickets: Vec<OfferedTicket>,
    /// In all, minor units: less than the tickets' sum where something went back before.
    pub total_minor: i64,
    /// What of that goes back to the credit that paid, minor units; the rest to the card.
    pub credit_minor: i64,
    /// What of the fee the club keeps, tax on it included.
    pub kept_minor: i64,
}

/// A ticket that can go back.
#[derive(Debug)]
pub(crate) struct OfferedTicket {
    pub id: Uuid,
    pub type_name: String,
    pub holder: String,
    /// What it brings, minor units.
    pub minor: i64,
}

/// Until when a guest may give tickets of an order back by a click.
pub(crate) fn until(
    order: &OrderRow,
    event: &EventRow,
    now: DateTime<Utc>,
) -> Result<DateTime<Utc>, AskTheClub> {
    // The tables' CHECKs know the same words.
    let night = EventStatus::from_code(&event.status).unwrap_or(EventStatus::Archived);
    let channel = Channel::from_code(&order.channel).unwrap_or(Channel::Comp);
    let until = refund::by_guest_until(event.terms().refunds, night, channel, now)?;
    // Two payments paid for its ticket: the club gives back both.
    if order.exchanges.is_some() { Err(AskTheClub::Exchanged) } else { Ok(until) }
}

/// What would come back for a guest's tickets, or for one of them. 404 for a ticket that is not theirs or not good, 409
/// `refund_by_club` (also for what is disputed) or `refund_too_late` where the club has to be asked, `invalid_state`, `refund_waits`,
/// and what [`rest::stands`] says of what would stay.
pub(crate) async fn offer(
    conn: &mut Conn,
    order: &OrderRow,
    event: &EventRow,
    only: Option<Uuid>,
    now: DateTime<Utc>,
) -> Result<Offer, Fault> {
    until(order, event, now).map_err(ask_the_club)?;
    undisputed(conn, order).await?;
    if store::asked_of(conn, order.key()).await?.is_some() {
        return Err(Fault::conflict("refund_waits"));
    }
    let mut own = own(conn, order).await?;
    own.retain(|ticket| only.is_none_or(|only| ticket.id == only));
    if own.is_empty() {
        return Err(if only.is_some() { Fault::not_found() } else { Fault::conflict("invalid_state") });
    }
    let ids: Vec<Uuid> = own.iter().map(|ticket| ticket.id).collect();
    rest::stands(conn, order, &ids).await?;
    let decided = weigh(conn, order, event, &wish("", ids, 0)).await?;
    let lines = orders::store::lines(conn, order.key()).await?;
    let keeps = event.terms().refunds.keeps_fees;
    let (paid, back) = (share(&lines, &own, Fees::Returned), share(&lines, &own, fees(keeps)));
    let ticket = |(ticket, minor): (TicketRow, &i64)| OfferedTicket {
        id: ticket.id,
        type_name: ticket.type_name,
        holder: ticket.holder_name,
        minor: *minor,
    };
    Ok(Offer {
        kept_minor: paid.iter().sum::<i64>() - back.iter().sum::<i64>(),
        tickets: own.into_iter().zip(&back).map(ticket).collect(),
        total_minor: decided.parts.total(),
        credit_minor: credits::store::part_of(conn, order.key(), decided.parts.total()).await?,
    })
}

/// Gives tickets back as the guest's page has said: `once` is the page's own, so that a second click is the same refund.
/// Besides what [`offer`] says, 409 `refund_changed` where it is no longer what the page said.
pub(crate) async fn give(
    shop: &Shop,
    order: &OrderRow,
    tickets: Vec<Uuid>,
    (once, expects_minor): (Uuid, i64),
    actor: &Actor,
) -> Result<(RefundRow, Vec<Inside>), Fault> {
    let reference: OrderReference = order.reference.parse().map_err(|_| Fault::not_found())?;
    let key = format!("guest:{}:{once}", order.id);
    let given = carry_out(shop, &reference, &wish(&key, tickets, expects_minor), actor).await?;
    tracing::info!(refund = %given.0.id, order = %reference, state = given.0.state, "a guest gave tickets back");
    Ok(given)
}

/// Whether a guest may have this, looked at once more under the order's lock.
pub(super) async fn check(
    conn: &mut Conn,
    order: &OrderRow,
    event: &EventRow,
    scope: &Scope,
    now: DateTime<Utc>,
) -> Result<(), Fault> {
    until(order, event, now).map_err(ask_the_club)?;
    undisputed(conn, order).await?;
    let own = own(conn, order).await?;
    let Scope::Tickets(wanted) = scope else { return Err(Fault::not_found()) };
    let theirs = wanted.iter().all(|id| own.iter().any(|ticket| ticket.id == *id));
    if !theirs {
        return Err(Fault::conflict("invalid_state"));
    }
    rest::stands(conn, order, wanted).await
}

/// What a bank has taken is not here to be given back: only the club knows how that stands.
async fn undisputed(conn: &mut Conn, order: &OrderRow) -> Result<(), Fault> {
    if disputes::store::holds_money_of(conn, order.key()).await? {
        return Err(Fault::conflict("refund_by_club").detail(
            "Your bank has taken this payment back: nothing of it can be given back here. Ask the club.",
        ));
    }
    Ok(())
}

/// The tickets that a guest can give back: good, and not passed on.
pub(crate) async fn own(conn: &mut Conn, order: &OrderRow) -> Result<Vec<TicketRow>, Fault> {
    let mut own = tickets::of_buyer(conn, order.key()).await?;
    own.retain(|ticket| ticket.state == "valid");
    Ok(own)
}

fn wish(key: &str, tickets: Vec<Uuid>, expects_minor: i64) -> Wish<'_> {
    let by = By::Guest { expects_minor };
    Wish { key, scope: Scope::Tickets(tickets), fees: None, anyway: false, as_credit: false, by }
}

/// What each of these tickets brings.
fn share(lines: &[LineRow], tickets: &[TicketRow], fees: Fees) -> Vec<i64> {
    let quoted: Vec<_> = lines.iter().map(LineRow::quoted).collect();
    let of = |ticket: &TicketRow| {
        let line = lines.iter().position(|line| line.id == ticket.order_line_id);
        let part = |line| refund::ticket(&quoted, line, ticket.ordinal.unsigned_abs(), fees).total();
        line.map_or(0, part)
    };
    tickets.iter().map(of).collect()
}

/// As the night's terms say.
pub(crate) const fn fees(keeps: bool) -> Fees {
    if keeps { Fees::Kept } else { Fees::Returned }
}

fn ask_the_club(why: AskTheClub) -> Fault {
    let code = match why {
        AskTheClub::TooLate(_) => "refund_too_late",
        AskTheClub::NightOff | AskTheClub::NotOffered | AskTheClub::NotPaidOnline | AskTheClub::Exchanged => {
            "refund_by_club"
        }
    };
    Fault::conflict(code).detail(why.to_string())
}
