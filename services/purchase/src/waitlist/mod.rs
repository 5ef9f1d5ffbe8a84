//! The line before a sold-out ticket type. What comes free goes to those who wait before anybody else may buy it.
//!
//! A guest joins on the night's page ([`join`]; the form is [`part`]) and gets a mail with the address of a page of their own
//! ([`page`]), opened by a key that nobody can guess ([`link`]): only who reads the mail has it. There they see how they
//! stand, leave ([`leave`]), and claim what they are offered ([`claim`]).
//!
//! [`offers`] works at the lines: it wakes when places come free (a trigger on `stock` says so, whoever freed them), locks the
//! night's stock, lets offers lapse whose time is over, and offers places to whose turn it is (`domain::waitlist`). An offer
//! holds its places in `stock` from the transaction that makes it; claiming it makes them an ordinary order's hold in the
//! transaction of that order, through the hold engine. So a freed place is at no moment nobody's.
//!
//! Everybody else sees what those who wait will get as sold ([`kept`]): the hold engine, the pages, and late payments.
//!
//! A party larger than what is free waits for more, and keeps those behind it waiting, for half an hour; then smaller parties
//! and other guests are served past it, and it keeps its place.

pub mod claim;
pub mod counts;
pub mod join;
pub(crate) mod late;
pub mod leave;
pub mod link;
pub mod offers;
pub mod page;
pub mod part;
pub(crate) mod store;

pub(crate) use store::{claim, kept, lock_offers};

use chrono::{DateTime, Utc};
use domain::ids::{TicketTypeId, WaitlistId};
use messages::purchase::v1::{Buyer, WaitlistChanged, WaitlistState};
use uuid::Uuid;

use self::link::WaitlistLinks;
use self::store::EntryRow;

/// Heard by every process when places came free or somebody joined.
pub const CHANNEL: &str = "purchase_waitlist";

/// An offer that can be claimed: places that are held for one party.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenOffer {
    /// The party.
    pub id: WaitlistId,
    /// What it may buy.
    pub ticket_type: TicketTypeId,
    /// How often, at most.
    pub party: u32,
    /// Tickets held in each of the limits.
    pub places: i64,
    /// The limits.
    pub stock_ids: Vec<Uuid>,
    /// How long.
    pub until: DateTime<Utc>,
}

/// What the mail is told of a party.
fn changed(entry: &EntryRow, type_name: &str, links: &WaitlistLinks, now: DateTime<Utc>) -> WaitlistChanged {
    let offered = entry.state == "offered";
    WaitlistChanged {
        waitlist_id: entry.id.to_string(),
        revision: if offered { 2 } else { 1 },
        event_id: entry.event_id.to_string(),
        ticket_type_id: entry.ticket_type_id.to_string(),
        ticket_type_name: type_name.to_owned(),
        state: if offered { WaitlistState::Offered } else { WaitlistState::Waiting }.into(),
        party: i64::from(entry.party),
        guest: Some(Buyer {
            name: entry.name.clone(),
            email: entry.email.clone(),
            language: entry.language.clone(),
        }),
        page_url: links.url(entry.key()),
        offered_until: entry.offered_until.map(messages::millis).unwrap_or_default(),
        changed_at: messages::millis(now),
    }
}
