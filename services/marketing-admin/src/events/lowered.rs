//! A capacity that is lowered below what is sold and held. That is the club's to do: nothing more is sold until enough came back, and
//! nobody loses a ticket. But whoever does it reads the figure, which only the ticket site knows.

use internal_api::purchase::stock::NightStock;
use reqwest::Method;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use web::peer;

use crate::Desk;
use crate::events::input::EventInput;
use crate::events::store::Event;
use crate::services::Away;

/// A ticket type with fewer places than are taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BelowTaken {
    /// The ticket type.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// Its new capacity.
    pub capacity: i64,
    /// Tickets sold and not given back.
    pub sold: i64,
    /// Tickets held for guests who pay, or for offers of the waitlist.
    pub held: i64,
}

/// What lowered capacities came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LoweredView {
    /// Ticket types with fewer places than are sold and held. Nothing more of them is sold until enough came back; nobody loses a
    /// ticket. `null` where the ticket site did not say what is taken.
    pub below_taken: Option<Vec<BelowTaken>>,
}

/// A ticket type's new capacity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lowered {
    id: Uuid,
    name: String,
    capacity: i64,
}

/// Which capacities of a night that was on sale an input lowers. Types that it does not name by their id are new, or found by name later.
pub fn by_input(before: &Event, input: &EventInput) -> Vec<Lowered> {
    let after = input.ticket_types.iter().filter_map(|each| Some((each.id?, each.capacity)));
    lowered(before, after)
}

/// Which capacities are lower than they were.
pub fn by_event(before: &Event, after: &Event) -> Vec<Lowered> {
    lowered(before, after.ticket_types.iter().map(|row| (row.id, row.capacity)))
}

fn lowered(before: &Event, after: impl Iterator<Item = (Uuid, i64)>) -> Vec<Lowered> {
    if before.row.published_at.is_none() {
        return Vec::new();
    }
    let lower = |(id, capacity): (Uuid, i64)| {
        let row = before.ticket_types.iter().find(|row| row.id == id && capacity < row.capacity)?;
        Some(Lowered { id, name: row.name.clone(), capacity })
    };
    after.filter_map(lower).collect()
}

/// The same for the same capacities: what somebody has read and wants all the same.
pub fn print(lowered: &[Lowered]) -> String {
    let each = |one: &Lowered| format!("{}={}", one.id, one.capacity);
    lowered.iter().map(each).collect::<Vec<_>>().join(",")
}

/// Which of them are below what is taken. `Err`: the ticket site does not answer.
pub async fn below_taken(desk: &Desk, event: Uuid, lowered: &[Lowered]) -> Result<Vec<BelowTaken>, Away> {
    if lowered.is_empty() {
        return Ok(Vec::new());
    }
    let call = desk.purchase.call(Method::GET, &format!("/internal/v1/stock/{event}"));
    let stock: NightStock = peer::answer(call).await.map_err(|error| {
        tracing::warn!(?error, %event, "the ticket site could not be asked what is taken of a night");
        Away
    })?;
    let below = |one: &Lowered| {
        let taken = stock.limits.iter().find(|taken| taken.id == one.id)?;
        (taken.held + taken.sold > one.capacity).then(|| BelowTaken {
            id: one.id,
            name: one.name.clone(),
            capacity: one.capacity,
            sold: taken.sold,
            held: taken.held,
        })
    };
    Ok(lowered.iter().filter_map(below).collect())
}
