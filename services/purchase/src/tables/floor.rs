//! Which tables are free, kept for a sixth of a second: five hundred guests before one plan are a few reads a second. The hold engine
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
const FRESH: Duration = Duration::from_millis(150);
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

    pub(super) fn of(row: &SeenRow) -> Self {
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
    use chrono::TimeDelta;
    use db::Owner;
    use db::testing::{TestDatabase, count_statements};
    use diesel_async::SimpleAsyncConnection;
    use domain::clock::{Clock, SystemClock};
    use messages::marketing_admin::v1::{
        EventChanged, EventStatus, FloorPlanChanged, PlanPlace, PlanTable, Zone,
    };

    use super::*;
    use crate::catalog;
    use crate::tables::consume;

    fn row(held: i64, sold: i64, kept: bool, reserved: Option<&str>) -> TableState {
        let reserved = reserved.map(str::to_owned);
        TableState::of(&SeenRow { id: Uuid::nil(), held, sold, kept, reserved, revision: 1, open: true })
    }

    /// A night with one table, in a database of its own.
    async fn night() -> (TestDatabase, Uuid, Uuid) {
        let (database, now) = (TestDatabase::create().await, SystemClock.now());
        let at = |hours: i64| (now + TimeDelta::hours(hours)).timestamp_millis();
        let (event, zone, table) = (Uuid::now_v7(), Uuid::now_v7(), Uuid::now_v7());
        let night = EventChanged {
            event_id: event.to_string(),
            revision: 1,
            slug: "friday".to_owned(),
            title: "Friday".to_owned(),
            status: EventStatus::Published.into(),
            starts_at: at(24),
            ends_at: at(32),
            entry_from: at(23),
            entry_until: at(31),
            time_zone: "Europe/Madrid".to_owned(),
            currency: "EUR".to_owned(),
            zones: vec![Zone { zone_id: zone.to_string(), name: "Club".into() }],
            changed_at: at(0),
            ..EventChanged::default()
        };
        let plan = FloorPlanChanged {
            event_id: event.to_string(),
            revision: 1,
            zone_id: zone.to_string(),
            open: true,
            tables: vec![PlanTable {
                table_id: table.to_string(),
                label: "1".into(),
                seats: 4,
                for_sale: true,
                place: Some(PlanPlace { width: 80, height: 80, ..PlanPlace::default() }),
                ..PlanTable::default()
            }],
            ..FloorPlanChanged::default()
        };
        let db = database.db(Owner::Purchase);
        let mut conn = db.conn().await.expect("a connection");
        catalog::consume::apply(&mut conn, &night, now).await.expect("a night");
        consume::apply(&mut conn, &plan, now).await.expect("a plan");
        (database, event, table)
    }

    /// What a look around costs where so many watch a plan on which a table goes, and how many of them heard it.
    async fn watched_by(listeners: usize) -> (u64, usize) {
        let (database, event, table) = night().await;
        let db = database.db(Owner::Purchase);
        let floor = Floor::new(db.clone());
        let look = floor.see(event).await.expect("a look").expect("an open plan");
        assert_eq!(look.state(table), TableState::Free);
        let plans: Vec<_> = (0..listeners).map(|_| floor.rooms.enter(event, look.clone())).collect();
        let mut conn = db.conn().await.expect("a connection");
        let held = format!("UPDATE stock SET held = 2 WHERE id = '{table}'");
        conn.batch_execute(&held).await.expect("held");
        drop(conn);
        let slot = floor.nights.lock().await.values().next().cloned().expect("a night");
        slot.lock().await.last = None;
        let ((), cost) = count_statements(floor.look_around()).await;
        (cost, plans.iter().filter(|plan| plan.has_changed().unwrap_or(false)).count())
    }

    #[tokio::test]
    async fn a_thousand_open_plans_cost_the_database_what_one_costs() {
        let (one, many) = (watched_by(1).await, watched_by(1000).await);
        assert_eq!((one.1, many.1), (1, 1000), "each hears it");
        assert_eq!(one.0, many.0);
        assert!(one.0 > 0, "somebody has looked");
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
