//! How much goes back, and which tickets with it. Pure: what is known of the order stands in the arguments.

use domain::quote::QuoteLine;
use domain::refund::{self, Fees, Parts, RefundFault};
use uuid::Uuid;

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

/// A ticket of the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Issued {
    pub id: Uuid,
    /// Its line's place among the order's lines.
    pub line: Option<usize>,
    /// Which of its line's tickets it is, from 1.
    pub ordinal: u32,
    /// Whether a refund may take it back.
    pub live: bool,
}

/// What is known of the order.
#[derive(Debug)]
pub(crate) struct Known<'a> {
    pub lines: &'a [QuoteLine],
    pub tickets: &'a [Issued],
    /// What went back before, or is going back.
    pub returned: Parts,
    /// Something follows its tickets of which this order knows nothing: what the first payment of an exchange paid.
    pub follows: bool,
    /// Its tickets are the passes of one table: the deposit was paid for that, however many of them there are by now.
    pub table: bool,
}

/// What goes back.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Decided {
    pub parts: Parts,
    pub tickets: Vec<Uuid>,
}

/// Why nothing can go back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    /// A ticket is of another order, or none is named.
    NotItsTicket,
    /// A ticket is not good any more.
    NotLive,
    /// The amount is nothing, or less.
    NoAmount,
    /// Nothing is left of what was paid, or less than that.
    Exceeds,
}

/// Decides, or says why nothing can go back. Tickets that were free go back for nothing.
pub(crate) fn decide(known: &Known<'_>, scope: &Scope, fees: Fees) -> Result<Decided, Refused> {
    let left = refund::paid(known.lines).less(known.returned);
    let open = match fees {
        Fees::Returned => left,
        Fees::Kept => left.keeping(refund::fees_beside(known.lines)),
    };
    let live: Vec<&Issued> = known.tickets.iter().filter(|ticket| ticket.live).collect();
    let decided = match scope {
        Scope::Amount(minor) => Decided { parts: left.amount(*minor).map_err(refused)?, tickets: Vec::new() },
        Scope::Order if fees == Fees::Returned => {
            Decided { parts: left, tickets: live.iter().map(|ticket| ticket.id).collect() }
        }
        Scope::Order => of_tickets(known.lines, &live, open, fees),
        Scope::Tickets(wanted) => {
            let chosen = chosen(known.tickets, wanted)?;
            if known.table && chosen.len() == live.len() {
                Decided { parts: open, tickets: chosen.iter().map(|ticket| ticket.id).collect() }
            } else {
                of_tickets(known.lines, &chosen, open, fees)
            }
        }
    };
    // What cost nothing goes back without money.
    let mut taken = known.tickets.iter().filter(|ticket| decided.tickets.contains(&ticket.id)).peekable();
    let free =
        taken.peek().is_some() && taken.all(|ticket| share(known.lines, ticket, Fees::Returned).total() == 0);
    // Nor does an exchange whose whole price went back as an amount keep its ticket, and with it the first payment, for ever.
    let brings = known.follows && !decided.tickets.is_empty();
    if decided.parts.total() > 0 || free || brings { Ok(decided) } else { Err(Refused::Exceeds) }
}

/// What a ticket's part of its line is.
fn share(lines: &[QuoteLine], ticket: &Issued, fees: Fees) -> Parts {
    ticket.line.map_or(Parts::default(), |line| refund::ticket(lines, line, ticket.ordinal, fees))
}

fn of_tickets(lines: &[QuoteLine], tickets: &[&Issued], left: Parts, fees: Fees) -> Decided {
    let sum = tickets.iter().fold(Parts::default(), |sum, ticket| sum.plus(share(lines, ticket, fees)));
    Decided { parts: sum.within(left), tickets: tickets.iter().map(|ticket| ticket.id).collect() }
}

fn chosen<'a>(tickets: &'a [Issued], wanted: &[Uuid]) -> Result<Vec<&'a Issued>, Refused> {
    let chosen: Vec<&Issued> = tickets.iter().filter(|ticket| wanted.contains(&ticket.id)).collect();
    if chosen.is_empty() || chosen.len() != wanted.len() {
        return Err(Refused::NotItsTicket);
    }
    if chosen.iter().all(|ticket| ticket.live) { Ok(chosen) } else { Err(Refused::NotLive) }
}

const fn refused(fault: RefundFault) -> Refused {
    match fault {
        RefundFault::Nothing => Refused::NoAmount,
        RefundFault::Exceeds => Refused::Exceeds,
    }
}

#[cfg(test)]
mod tests {
    use super::{Decided, Issued, Known, Refused, Scope, decide};
    use domain::ids::TicketTypeId;
    use domain::money::{Currency, Money};
    use domain::quote::{Quote, QuoteItem, ServiceFee, Tax, quote};
    use domain::refund::{Fees, Parts};
    use uuid::Uuid;

    /// Two tickets at 20 euros, with a fee of one each.
    fn order() -> Quote {
        let item = QuoteItem {
            ticket_type: TicketTypeId::generate(),
            name: "Regular".into(),
            unit: Money::new(2000, Currency::Eur),
            quantity: 2,
            places: 1,
            fee: ServiceFee { fixed_minor: 100, basis_points: 0, absorbed: false },
            tax: Tax::default(),
            discounted: false,
        };
        quote(&[item], None, Currency::Eur).expect("a fair order")
    }

    fn tickets() -> [Issued; 2] {
        [1, 2].map(|ordinal| Issued { id: Uuid::now_v7(), line: Some(0), ordinal, live: true })
    }

    fn ask(
        tickets: &[Issued],
        returned: Parts,
        follows: bool,
        scope: &Scope,
        fees: Fees,
    ) -> Result<Decided, Refused> {
        let quote = order();
        decide(&Known { lines: &quote.lines, tickets, returned, follows, table: false }, scope, fees)
    }

    #[test]
    fn all_goes_back_and_without_the_fees_all_but_them() {
        let tickets = tickets();
        let back = |fees| ask(&tickets, Parts::default(), false, &Scope::Order, fees).expect("all is left");
        assert_eq!(back(Fees::Returned).parts.total(), 4200);
        assert_eq!(back(Fees::Kept).parts.total(), 4000);
        assert_eq!(back(Fees::Kept).tickets, tickets.map(|ticket| ticket.id));
    }

    #[test]
    fn a_table_s_deposit_goes_back_whole_with_the_passes_that_are_left() {
        let (quote, [first, mut second]) = (order(), tickets());
        second.live = false;
        let back = |table, returned| {
            let (lines, tickets) = (&quote.lines[..], &[first, second]);
            let known = Known { lines, tickets, returned, follows: false, table };
            decide(&known, &Scope::Tickets(vec![first.id]), Fees::Returned).expect("something is left")
        };
        assert_eq!(back(true, Parts::default()).parts.total(), 4200, "its party had become smaller");
        assert_eq!(back(true, Parts::default()).tickets, [first.id]);
        let before = Parts { fees_minor: 0, tax_minor: 0, ..back(false, Parts::default()).parts };
        assert_eq!(back(true, before).parts.total(), 4200 - before.total(), "what is left");
        assert_eq!(back(false, Parts::default()).parts.total(), 2100, "another ticket brings its own part");
    }

    #[test]
    fn what_cannot_go_back_says_why() {
        let [first, second] = tickets();
        let gone = Issued { live: false, ..second };
        let refused = |scope: Scope| {
            ask(&[first, gone], Parts::default(), false, &scope, Fees::Returned)
                .expect_err("nothing goes back")
        };
        assert_eq!(refused(Scope::Tickets(vec![Uuid::now_v7()])), Refused::NotItsTicket);
        assert_eq!(refused(Scope::Tickets(Vec::new())), Refused::NotItsTicket);
        assert_eq!(refused(Scope::Tickets(vec![first.id, gone.id])), Refused::NotLive);
        assert_eq!(refused(Scope::Amount(0)), Refused::NoAmount);
        assert_eq!(refused(Scope::Amount(4201)), Refused::Exceeds);
    }

    #[test]
    fn once_all_is_back_a_ticket_goes_only_where_something_follows_it() {
        let tickets = tickets();
        let all = Parts { tickets_minor: 4000, fees_minor: 200, tax_minor: 0 };
        let again = |follows| ask(&tickets, all, follows, &Scope::Order, Fees::Returned);
        assert_eq!(again(false), Err(Refused::Exceeds));
        assert_eq!(again(true).expect("the first payment follows").parts, Parts::default());
    }
}
