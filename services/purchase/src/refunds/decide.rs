//! How much goes back, and which tickets with it. Pure: what is known of the order stands in the arguments.

use actix_web::http::StatusCode;
use domain::refund::{self, Fees, Parts, RefundFault};
use uuid::Uuid;
use web::Fault;

use crate::orders::store::LineRow;
use crate::tickets::store::TicketRow;

/// What is to go back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Scope {
    /// All tickets that are left, and all money or all but the fees.
    Order,
    /// Some tickets.
    Tickets(Vec<Uuid>),
    /// An amount, minor units; the tickets stay good.
    Amount(i64),
}

impl Scope {
    pub(crate) const fn code(&self) -> &'static str {
        match self {
            Self::Order => "order",
            Self::Tickets(_) => "tickets",
            Self::Amount(_) => "amount",
        }
    }
}

/// What is known of the order.
#[derive(Debug)]
pub(crate) struct Known<'a> {
    pub lines: &'a [LineRow],
    pub tickets: &'a [TicketRow],
    /// What went back before, or is going back.
    pub returned: Parts,
    /// Something follows its tickets of which this order knows nothing: what the first payment of an exchange paid.
    pub follows: bool,
}

/// What goes back.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Decided {
    pub parts: Parts,
    pub tickets: Vec<Uuid>,
}

/// Whether a refund may take a ticket back. One that was frozen in a dispute, too: the refund may have been first.
pub(crate) fn is_live(ticket: &TicketRow) -> bool {
    matches!(ticket.state.as_str(), "valid" | "blocked" | "disputed")
}

/// Decides, or says why nothing can go back: 404 `not_found` for a ticket of another order, 409 `invalid_state` for one that
/// is not good any more, 422 `invalid_amount`, 409 `refund_exceeds_captured`. Tickets that were free go back for nothing.
pub(crate) fn decide(known: &Known<'_>, scope: &Scope, fees: Fees) -> Result<Decided, Fault> {
    let quoted: Vec<_> = known.lines.iter().map(LineRow::quoted).collect();
    let left = refund::paid(&quoted).less(known.returned);
    let open = match fees {
        Fees::Returned => left,
        Fees::Kept => left.keeping(refund::fees_beside(&quoted)),
    };
    let share = |ticket: &TicketRow| {
        let index = known.lines.iter().position(|line| line.id == ticket.order_line_id);
        index.map_or(Parts::default(), |index| {
            refund::ticket(&quoted, index, ticket.ordinal.unsigned_abs(), fees)
        })
    };
    let live: Vec<&TicketRow> = known.tickets.iter().filter(|ticket| is_live(ticket)).collect();
    let decided = match scope {
        Scope::Amount(minor) => Decided { parts: left.amount(*minor).map_err(refused)?, tickets: Vec::new() },
        Scope::Order if fees == Fees::Returned => {
            Decided { parts: left, tickets: live.iter().map(|ticket| ticket.id).collect() }
        }
        Scope::Order => of_tickets(&live, open, share),
        Scope::Tickets(wanted) => of_tickets(&chosen(known.tickets, wanted)?, open, share),
    };
    // What cost nothing goes back without money.
    let cost = |ticket: &TicketRow| {
        let index = known.lines.iter().position(|line| line.id == ticket.order_line_id);
        let paid = |index| refund::ticket(&quoted, index, ticket.ordinal.unsigned_abs(), Fees::Returned);
        index.map_or(Parts::default(), paid).total()
    };
    let mut taken = known.tickets.iter().filter(|ticket| decided.tickets.contains(&ticket.id)).peekable();
    let free = taken.peek().is_some() && taken.all(|ticket| cost(ticket) == 0);
    // Nor does an exchange whose whole price went back as an amount keep its ticket, and with it the first payment, for ever.
    let brings = known.follows && !decided.tickets.is_empty();
    if decided.parts.total() > 0 || free || brings {
        Ok(decided)
    } else {
        Err(Fault::conflict("refund_exceeds_captured"))
    }
}

fn of_tickets(tickets: &[&TicketRow], left: Parts, share: impl Fn(&TicketRow) -> Parts) -> Decided {
    let sum = tickets.iter().fold(Parts::default(), |sum, ticket| sum.plus(share(ticket)));
    Decided { parts: sum.within(left), tickets: tickets.iter().map(|ticket| ticket.id).collect() }
}

fn chosen<'a>(tickets: &'a [TicketRow], wanted: &[Uuid]) -> Result<Vec<&'a TicketRow>, Fault> {
    let chosen: Vec<&TicketRow> = tickets.iter().filter(|ticket| wanted.contains(&ticket.id)).collect();
    if chosen.is_empty() || chosen.len() != wanted.len() {
        return Err(Fault::not_found());
    }
    if chosen.iter().all(|ticket| is_live(ticket)) {
        Ok(chosen)
    } else {
        Err(Fault::conflict("invalid_state"))
    }
}

fn refused(fault: RefundFault) -> Fault {
    match fault {
        RefundFault::Nothing => Fault::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_amount"),
        RefundFault::Exceeds => Fault::conflict("refund_exceeds_captured"),
    }
}
