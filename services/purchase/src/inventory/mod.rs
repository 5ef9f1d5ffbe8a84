//! Stock, and the one place that hands it out.
//!
//! Many buyers of one ticket type must not queue one commit each on one row. So nobody takes stock alone: a request goes
//! into a bounded queue ([`HoldQueue`]), and one task per process (the [`engine`]) takes all that wait, locks the stock
//! rows they want in sorted order, decides in memory ([`decide`]: pure, in order of arrival, each request on its own)
//! and writes counters, orders, lines, attempts and idempotency keys of the whole batch in one statement
//! ([`store`]). Several processes meet at the row locks; the table's CHECK is the second fence.
//!
//! A batch that fails on one request is halved until that request stands alone, so one poisoned order hurts nobody else.

mod decide;
mod engine;
pub(crate) mod store;

pub(crate) use engine::whole_seconds;
pub use engine::{Busy, HoldQueue, HoldTerms, RETRY_AFTER, start};

use chrono::{DateTime, Utc};
use domain::ids::{OrderId, OrderLineId, TicketTypeId};
use domain::language::Language;
use domain::order::OrderReference;
use domain::quote::Quote;

use crate::payments::PaymentRequest;

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

/// Some tickets of one type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// The type.
    pub ticket_type: TicketTypeId,
    /// How many.
    pub quantity: u32,
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
    /// The Idempotency-Key.
    pub key: String,
    /// Hash of all of the above but the key.
    pub fingerprint: Vec<u8>,
}

/// What became of a request.
#[derive(Debug, Clone)]
pub enum HoldAnswer {
    /// Places are held and a pending order stands.
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
    /// The sum is larger than can be charged.
    TooLarge,
}

/// A pending order as it was just written.
#[derive(Debug, Clone)]
pub struct PlacedOrder {
    /// Its key.
    pub id: OrderId,
    /// Its name among people.
    pub reference: OrderReference,
    /// The night.
    pub event_id: uuid::Uuid,
    /// Who buys.
    pub buyer: Buyer,
    /// What it costs.
    pub quote: Quote,
    /// Keys of the quote's lines, in their order.
    pub line_ids: Vec<OrderLineId>,
    /// How long the places are held.
    pub held_until: DateTime<Utc>,
    /// The try to pay that was stored with it; none where nothing is owed.
    pub attempt: Option<PaymentRequest>,
}
