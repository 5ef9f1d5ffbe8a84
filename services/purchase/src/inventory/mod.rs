//! Stock, and the one place that hands it out.
//!
//! Many buyers of one ticket type must not queue one commit each on one row. So nobody takes stock alone: a request goes
//! into a bounded queue ([`HoldQueue`]), and one task per process (the [`engine`]) takes all that wait, locks the stock
//! rows they want in sorted order ([`counter`]), decides in memory ([`decide`]: pure, in order of arrival, each request on its own)
//! and writes counters, orders, lines, attempts and idempotency keys of the whole batch in one statement
//! ([`batch`]). Several processes meet at the row locks; the table's CHECK is the second fence.
//!
//! Staff's requests ([`AtDesk`]) come the same way: what is sold at the venue is paid as it stands, booked and audited in the
//! batch's transaction.
//!
//! An order that costs nothing has nothing to wait for: the batch sells its places, writes it as paid and issues its
//! tickets, for all such orders in the same few statements and one commit. So a free order is never pending.
//!
//! Whoever waits in line comes first: what they wait for is nobody else's (`domain::waitlist::kept`), and who claims an offer
//! ([`HoldRequest::claim`]) gets the places that are held for it, through the same queue and at the same prices.
//!
//! Everybody takes row locks in one order: the order's row, then stock rows sorted by key, then the line's, then promos, then
//! the promoters' allotments for the guest list, then the event's row. A change of the event locks all its stock rows, so who
//! has one of them and then reads the event knows what is on sale until its commit. A payment takes them last, for all payments of a night meet there.
//!
//! A table is taken whole: its request ([`HoldRequest::table`]) asks for its type once and for nothing else, holds as many places of it as
//! the party is large, and is granted only where nobody has a place of it. Its reservation is written with the order.
//!
//! A batch that fails on one request is halved until that request stands alone, so one poisoned order hurts nobody else.

mod batch;
mod counter;
mod decide;
mod engine;
mod placed;
pub(crate) mod price;
pub(crate) mod store;
pub mod taken;

pub use decide::Redeemed;
pub(crate) use engine::whole_seconds;
pub use engine::{Busy, HoldQueue, HoldTerms, RETRY_AFTER, Till, start};
pub use placed::PlacedOrder;

use std::collections::BTreeMap;

use audit::Actor;
use chrono::{DateTime, Utc};
use domain::event::companion::Missing;
use domain::event::guest_price::AmountRefusal;
use domain::event::question::WrongAnswer;
use domain::ids::{OrderId, TicketId, TicketTypeId, WaitlistId};
use domain::language::Language;
use domain::money::Money;
use domain::order::Channel;
use domain::promo::{PromoCode, PromoRefusal};
use uuid::Uuid;
use web::{ClientAddress, ClientNetwork};

use crate::box_office::house::House;
use crate::guest_list::GuestEntry;
use crate::reservations::approve::Approval;

/// Which event is meant: by its address or its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventName {
    /// Its UUID.
    Id(uuid::Uuid),
    /// Its slug.
    Slug(String),
}

impl EventName {
    /// Reads what a client sent: a UUID, or else a slug.
    pub fn read(text: &str) -> Self {
        text.parse().map_or_else(|_| Self::Slug(text.to_owned()), Self::Id)
    }
}

/// Who buys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Buyer {
    /// Name as it will stand on the tickets.
    pub name: String,
    /// Where the tickets are mailed.
    pub email: String,
    /// The language of page and mail.
    pub language: Language,
}

impl Buyer {
    /// By what a guest is known, however the address is written.
    pub fn guest(&self) -> String {
        self.email.to_lowercase()
    }
}

/// Some tickets of one type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// The type.
    pub ticket_type: TicketTypeId,
    /// How many.
    pub quantity: u32,
    /// What the guest pays for each, minor units, where the type lets guests name the price.
    pub amount_minor: Option<i64>,
}

impl Wanted {
    /// Some of a type, at the club's price.
    pub const fn of(ticket_type: TicketTypeId, quantity: u32) -> Self {
        Self { ticket_type, quantity, amount_minor: None }
    }
}

/// How much may wait for payment at once, so that nobody empties a night without paying.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenLimits {
    /// Orders of one email address.
    pub orders: i64,
    /// Tickets of one limit by all guests at one network address; a single order is never too large for it.
    pub tickets: i64,
    /// Where that is more: so many per cent of the limit.
    pub share: i64,
    /// Full addresses in a full network.
    pub addresses: i64,
}

impl OpenLimits {
    /// Tickets of a limit with so many unsold places that may wait for guests at one network address.
    ///
    /// A mobile network shows hundreds of phones as one address, and they all come when a sale opens; a crowd that pays must not be
    /// taken for one who does not. So a large night gives an address its share, and a usual one sixty tickets: thirty pairs who pay
    /// at the same time. Of a small stock, and of what is left of one that is nearly sold, it is half, whatever the figure: who holds
    /// without paying never has all of it, from one address, and what an address holds is free again with its holds.
    pub fn of_address(&self, unsold: i64) -> i64 {
        let share = unsold.saturating_mul(self.share) / 100;
        share.max(self.tickets.min(unsold / 2))
    }

    /// Tickets of a limit with so many unsold places that may wait for guests of one network, a /48 or a /24.
    ///
    /// A /48 is 65,536 addresses as they are counted here, and a /24 is 256: by address alone, who has either holds a whole stock and
    /// pays for none of it. So a network has what a few full addresses have, and at most half: the other half is somebody else's to
    /// buy. Of a stock so small that one address may have half of it, a network has no more than the address.
    ///
    /// A /24 may as well be a mobile carrier's, before thousands of phones, and a crowd that pays is welcome to a whole night. Only what
    /// waits is counted: a minute or two of each guest who pays, and nothing that is sold. Half of a stock waits for one /24 only where
    /// it brings at one moment more guests than all other networks together, and a carrier shows its phones by many of them. Such a
    /// crowd is slowed down and not shut out: each order that is paid makes room for the next, and the waiting room lets in no more at a
    /// time. It costs who is refused another try; without it one attacker costs everybody the night. A club whose guests do come by
    /// one network (a campus, a festival's own) raises the share of an address above fifty: a network never has less than an address.
    pub fn of_network(&self, unsold: i64) -> i64 {
        let address = self.of_address(unsold);
        address.max(address.saturating_mul(self.addresses).min(unsold / 2))
    }
}

impl Default for OpenLimits {
    fn default() -> Self {
        Self { orders: 3, tickets: 60, share: 20, addresses: 3 }
    }
}

/// What sets staff's requests apart: the order is settled as soon as it stands, and no rule that is there for guests alone
/// (sale windows, limits per order and guest, access codes) stands in the way. Stock, and who waits in line, do.
#[derive(Debug, Clone)]
pub struct AtDesk {
    /// How it is paid; never online.
    pub channel: Channel,
    /// Who asks, and why: the audit row of the order's own transaction.
    pub actor: Actor,
    /// What makes a gift an entry of the night's guest list.
    pub guest: Option<GuestEntry>,
    /// How full the house is for whoever buys at its door to come in now.
    pub house: Option<House>,
    /// Whether a manager sells on although it is full.
    pub sells_on: bool,
}

/// What a party wishes of its table, its shape already checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableWish {
    /// How many they are, the booker among them.
    pub party: u32,
    /// When they come.
    pub arrives_at: DateTime<Utc>,
    /// What they celebrate; may be empty.
    pub occasion: String,
    /// What they ask of the club; may be empty.
    pub wish: String,
    /// Bottles of the night's menu, each once, and how many of it.
    pub preorder: Vec<(Uuid, u32)>,
    /// The host's yes to a request that was made before.
    pub approval: Option<Approval>,
}

/// A request to hold places, its shape already checked.
#[derive(Debug, Clone)]
pub struct HoldRequest {
    /// The night.
    pub event: EventName,
    /// What of it; each type once.
    pub items: Vec<Wanted>,
    /// For whom.
    pub buyer: Buyer,
    /// The network address it comes from, where guests at one are counted together.
    pub client: Option<String>,
    /// Opens a private night or hidden types.
    pub access_code: Option<String>,
    /// A promo's code.
    pub promo: Option<PromoCode>,
    /// What the guest answered, by the places that `domain::event::question` names.
    pub answers: BTreeMap<String, String>,
    /// The offer whose held places it takes; its key in the address has been checked.
    pub claim: Option<WaitlistId>,
    /// The ticket of another order that it is exchanged for; one of one type is asked for then, by the other order's buyer.
    pub exchange: Option<TicketId>,
    /// The table that it books; its ticket type is asked for then, once, and nothing beside it.
    pub table: Option<TableWish>,
    /// Staff who sell it at the venue or give it away.
    pub desk: Option<AtDesk>,
    /// The Idempotency-Key.
    pub key: String,
    /// Hash of what makes it this order: night, items with the amounts that the guest named, buyer's name and address, promo,
    /// answers. The same with another language or access code is the same order.
    pub fingerprint: Vec<u8>,
    /// The trace it belongs to; the queue notes it.
    pub traceparent: Option<String>,
}

impl HoldRequest {
    /// The entry of the guest list that it asks for.
    pub(crate) fn guest(&self) -> Option<&GuestEntry> {
        self.desk.as_ref().and_then(|desk| desk.guest.as_ref())
    }

    /// The host's yes to a request for a table.
    pub(crate) fn approval(&self) -> Option<&Approval> {
        self.table.as_ref().and_then(|wish| wish.approval.as_ref())
    }

    /// The network that it comes from. What waits for payment is counted by its text and by the address's, as they stand with
    /// the order, whoever asks.
    fn network(&self) -> Option<ClientNetwork> {
        self.client.as_deref().map(|client| ClientAddress::passed_on(Some(client)).network())
    }

    /// The network by which free tickets are counted: not of what staff give away, nor of who claims what was offered to them, nor of who
    /// exchanges a ticket for one that costs no more.
    fn gift_network(&self) -> Option<ClientNetwork> {
        let counts = self.desk.is_none() && self.claim.is_none() && self.exchange.is_none();
        self.network().filter(|_| counts)
    }
}

/// What became of a request.
#[derive(Debug, Clone)]
pub enum HoldAnswer {
    /// Places are held and a pending order stands; if it costs nothing, it is paid and its tickets are issued.
    Held(Box<PlacedOrder>),
    /// The same request with the same key was answered before: this is its order.
    Replay(OrderId),
    /// The key was used for another request.
    KeyReused,
    /// Nothing was held.
    Refused(Refusal),
}

/// Why nothing was held. `item` is the position in the request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// No such event on sale.
    UnknownEvent,
    /// The event has no such ticket type.
    UnknownTicketType {
        /// Position in the request.
        item: usize,
    },
    /// The sale of this type has not opened.
    NotYetOnSale {
        /// Position in the request.
        item: usize,
        /// When it opens.
        opens: DateTime<Utc>,
    },
    /// The sale of this type, or the night itself, is over.
    SaleClosed {
        /// Position in the request.
        item: usize,
    },
    /// More than one order may have.
    LimitExceeded {
        /// Position in the request.
        item: usize,
        /// The most.
        most: u32,
    },
    /// More tickets in all than one order may hold.
    OrderLimit {
        /// Position in the request of the item that is too much.
        item: usize,
    },
    /// Fewer than one order must have.
    BelowMinimum {
        /// Position in the request.
        item: usize,
        /// The fewest.
        fewest: u32,
    },
    /// Not that many places are left.
    SoldOut {
        /// Position in the request.
        item: usize,
        /// What is left.
        left: i64,
    },
    /// The guest named a price that is not theirs to name, or not within what the club allows.
    Amount {
        /// Position in the request.
        item: usize,
        /// Which of both.
        why: AmountRefusal,
    },
    /// More than one guest may have, over all orders.
    GuestLimit {
        /// Position in the request.
        item: usize,
        /// The most, in tickets.
        most: i64,
        /// What the guest has, open holds included.
        has: i64,
    },
    /// This guest, this network address or its network has as much waiting for payment as may wait.
    TooManyOpen,
    /// Guests of this network have had as many free tickets as they may have at once.
    NetworkBusy,
    /// What the night asks is not answered, or what it does not ask is.
    Answers(Vec<WrongAnswer>),
    /// Extras are sold with an entry.
    AddOnAlone,
    /// The promoter may not bring that many guests more.
    Allotment {
        /// How many they may bring.
        left: i64,
    },
    /// The house is full: who pays now would wait at the door.
    HouseFull {
        /// How many may come in.
        room: i64,
    },
    /// A type needs another one in the same order.
    CompanionMissing(Missing),
    /// The offer is claimed, lapsed or given up, or was made for something else.
    OfferOver,
    /// The ticket can't be exchanged for this, or no longer.
    ExchangeOver,
    /// A party comes before the doors open, or when the night is over.
    Arrival,
    /// Something is ordered beforehand that is not on the night's menu.
    UnknownBottle {
        /// Position among what is ordered.
        at: usize,
    },
    /// The promo takes nothing off.
    Promo(PromoRefusal),
    /// The sum is smaller than can be charged.
    TooSmall {
        /// The smallest that can be.
        least: Money,
    },
    /// The sum is larger than can be charged.
    TooLarge,
}
