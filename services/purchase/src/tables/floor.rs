//! Which tables are free, kept for a quarter of a second: five hundred guests before one plan are four reads a second. The hold engine
//! never looks here.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use db::{Db, DbError};
use domain::reservation::ReservationState;
use serde::Serialize;
use tokio::sync::Mutex;
use uuid::Uuid;

use super::live::Rooms;
use super::plan::{Plan, Table};
use super::store::{self, SeenRow};
use crate::catalog::offers::print_of;

/// How old what is shown may be.
const FRESH: Duration = Duration::from_millis(250);
/// Nights remembered.
const MOST: usize = 500;

/// How a table stands, as guests see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TableState {
    /// It can be had.
    Free,
    /// Somebody has it while the deposit is being paid.
    Held,
    /// It is somebody's.
    Taken,
    /// The club keeps it.
    Kept,
}

impl TableState {
    /// Every state, in the order of the legend.
    pub const ALL: [Self; 4] = [Self::Free, Self::Held, Self::Taken, Self::Kept];

    /// Its name in JSON and pages.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Held => "held",
            Self::Taken => "taken",
            Self::Kept => "kept",
        }
    }

    fn of(row: &SeenRow) -> Self {
        let pending = row.reserved.as_deref() == Some(ReservationState::Pending.code());
        if row.kept {
            Self::Kept
        } else if row.sold > 0 || (row.reserved.is_some() && !pending) {
            Self::Taken
        } else if row.held > 0 || pending {
            Self::Held
        } else {
            Self::Free
        }
    }
}

/// A night's tables at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Look {
    /// The plan.
    pub plan: Arc<Plan>,
    /// Each table of it, in its order.
    pub states: Vec<(Uuid, TableState)>,
    /// Differs when anything here does.
    pub print: String,
}

impl Look {
    fn of(plan: Arc<Plan>, rows: &[SeenRow]) -> Self {
        let rows: HashMap<Uuid, &SeenRow> = rows.iter().map(|row| (row.id, row)).collect();
        let state = |id: Uuid| rows.get(&id).map_or(TableState::Kept, |row| TableState::of(row));
        let states: Vec<(Uuid, TableState)> =
            plan.tables.iter().map(|table| (table.id, state(table.id))).collect();
        let parts = states.iter().map(|(id, state)| format!("{id} {}", state.code()));
        let print = print_of(parts.chain([plan.revision.to_string()]));
        Self { plan, states, print }
    }

    /// How one of its tables stands.
    pub(crate) fn state(&self, table: Uuid) -> TableState {
        self.states.iter().find(|(id, _)| *id == table).map_or(TableState::Kept, |(_, state)| *state)
    }

    /// Its tables with how each stands.
    pub(crate) fn tables(&self) -> impl Iterator<Item = (&Table, TableState)> {
        self.plan.tables.iter().zip(self.states.iter().map(|(_, state)| *state))
    }
}

type Slot = Arc<Mutex<Kept>>;

/// What is remembered of a night.
#[derive(Debug, Default)]
struct Kept {
    /// Read anew only where its revision is another.
    plan: Option<Arc<Plan>>,
    /// None inside: nothing of the night can be booked.
    last: Option<(Instant, Option<Arc<Look>>)>,
}

/// The nights' tables as last read, and who is told of their changes.
#[derive(Debug)]
pub struct Floor {
    db: Db,
    nights: Mutex<HashMap<Uuid, Slot>>,
    pub(super) rooms: Rooms,
}

impl Floor {
    /// In front of a database.
    pub fn new(db: Db) -> Self {
        Self { db, nights: Mutex::default(), rooms: Rooms::default() }
    }

    /// A night's tables. `None`: it has no plan, or none that is open. Whoever finds them stale reads for all who wait.
    pub(crate) async fn see(&self, event: Uuid) -> Result<Option<Arc<Look>>, DbError> {
        let slot = {
            let mut nights = self.nights.lock().await;
            if nights.len() >= MOST && !nights.contains_key(&event) {
                nights.clear();
            }
            nights.entry(event).or_default().clone()
        };
        let mut kept = slot.lock().await;
        if let Some((_, look)) = kept.last.as_ref().filter(|(read, _)| read.elapsed() < FRESH) {
            return Ok(look.clone());
        }
        let mut conn = self.db.conn().await?;
        let rows = store::look(&mut conn, event).await?;
        let look = match rows.as_slice().first().filter(|row| row.open) {
            Some(row) => {
                let known = kept.plan.take().filter(|plan| plan.revision == row.revision);
                kept.plan = match known {
                    Some(plan) => Some(plan),
                    None => store::plan(&mut conn, event).await?.map(Arc::new),
                };
                kept.plan.clone().map(|plan| Arc::new(Look::of(plan, &rows)))
            }
            None => None,
        };
        kept.last = Some((Instant::now(), look.clone()));
        Ok(look)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(held: i64, sold: i64, kept: bool, reserved: Option<&str>) -> TableState {
        let reserved = reserved.map(str::to_owned);
        TableState::of(&SeenRow { id: Uuid::nil(), held, sold, kept, reserved, revision: 1, open: true })
    }

    #[test]
    fn a_table_is_free_only_where_nobody_has_anything_of_it() {
        assert_eq!(row(0, 0, false, None), TableState::Free);
        assert_eq!(row(4, 0, false, Some("pending")), TableState::Held);
        assert_eq!(row(0, 4, false, Some("confirmed")), TableState::Taken);
        assert_eq!(row(0, 0, true, None), TableState::Kept);
        // Put to another party's table: nothing of it is held or sold.
        assert_eq!(row(0, 0, false, Some("confirmed")), TableState::Taken);
        assert_eq!(row(0, 0, false, Some("pending")), TableState::Held);
    }
}
