//! Keys in their own types, so that an order's key can't be handed where a ticket's is wanted.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// A new key. UUIDv7: rows made together lie together in the index.
            pub fn generate() -> Self { Self(Uuid::now_v7()) }
            /// Takes a key read from a database or a message.
            pub const fn from_uuid(id: Uuid) -> Self { Self(id) }
            /// The bare key, for SQL and for the wire.
            pub const fn uuid(self) -> Uuid { self.0 }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { self.0.fmt(f) }
        }
        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> { Uuid::parse_str(text).map(Self) }
        }
        impl From<Uuid> for $name { fn from(id: Uuid) -> Self { Self(id) } }
        impl From<$name> for Uuid { fn from(id: $name) -> Uuid { id.0 } }
    )*};
}

ids! {
    /// One night.
    EventId,
    /// A place with an address and a time zone.
    VenueId,
    /// A kind of ticket of one event.
    TicketTypeId,
    /// A step of a ticket type's rising price.
    TierId,
    /// A limit that several ticket types of one event share: the room's.
    SharedCapId,
    /// A promo, with its code or its batch of codes.
    PromoId,
    /// What one guest buys at once.
    OrderId,
    /// One line of an order.
    OrderLineId,
    /// One entry right, carried by one code.
    TicketId,
    /// One try to pay an order.
    AttemptId,
    /// A table held or taken for one party on one night.
    ReservationId,
    /// What a club asks its guests with an order.
    QuestionId,
    /// A wish to be told when a night goes on sale.
    ReminderId,
    /// A party in line for a sold-out ticket type.
    WaitlistId,
    /// An entry of a night's guest list: a guest and who comes along.
    GuestEntryId,
    /// Money on its way back.
    RefundId,
    /// A payment that a guest's bank takes back.
    DisputeId,
    /// A place to which ticket types give entry.
    ZoneId,
    /// A door of one zone.
    GateId,
    /// One scan and its answer.
    ScanId,
    /// A person who works at the club.
    StaffId,
    /// One sign-in of a person.
    SessionId,
    /// A person's account, guest or staff.
    AccountId,
    /// One sign-in of a guest.
    GuestSessionId,
    /// One email.
    EmailId,
    /// One message between services.
    MessageId,
    /// One balanced movement in the ledger.
    LedgerTransactionId,
}
