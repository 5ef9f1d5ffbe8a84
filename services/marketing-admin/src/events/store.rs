//! SQL of events, their zones and ticket types; of where they take place in [`venues`].

mod event;
mod new_dates;
mod parts;
mod read;
mod rows;
pub mod venues;

use serde_json::Value;

pub use event::{next_revision, put_event, set_status};
pub use new_dates::{add_new_date, has_new_date, move_sales, put_times, put_type_terms};
pub use parts::{
    put_ticket_type, put_zone, rehouse_withdrawn, remove_zones_except, withdraw_except, zones_in_use,
};
pub use read::{Which, find, find_named, load, lock, slug_is_taken};
pub use rows::{Event, EventRow, Locked, TicketTypeRow, ZoneRow};

/// Terms are plain data: they can always be written.
fn json(terms: &impl serde::Serialize) -> Value {
    serde_json::to_value(terms).unwrap_or_default()
}
