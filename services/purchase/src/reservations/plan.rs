//! What the desk's commands read of a night's floor plan.

use db::{Conn, DbError};
use domain::floor_plan::{FloorPlan, Place, Shape, Table};
use messages::marketing_admin::v1::{FloorPlanChanged, PlanTable};
use prost::Message;
use uuid::Uuid;

use super::work_store;

/// A night's plan as it was told.
#[derive(Debug)]
pub(super) struct Plan(FloorPlanChanged);

impl Plan {
    /// That of a night; none where it has none.
    pub(super) async fn of(conn: &mut Conn, event: Uuid) -> Result<Option<Self>, DbError> {
        Ok(work_store::plan(conn, event).await?.and_then(|told| Self::read(&told)))
    }

    /// The plan in a message's bytes. Only what this service took in stands in the column.
    pub(super) fn read(told: &[u8]) -> Option<Self> {
        FloorPlanChanged::decode(told).ok().map(Self)
    }

    /// How long after its time a party's table may be given away, minutes; 0: never.
    pub(super) const fn release_after_minutes(&self) -> i64 {
        self.0.release_after_minutes
    }

    /// What a party spends at a table at least.
    pub(super) fn minimum_minor(&self, table: Uuid) -> Option<i64> {
        let named = self.0.tables.iter().find(|one| one.table_id.parse::<Uuid>().ok() == Some(table));
        named.map(|one| one.minimum_minor)
    }

    /// Whether a table stands next to one of these.
    pub(super) fn is_beside(&self, table: Uuid, own: &[Uuid]) -> bool {
        let drawing =
            FloorPlan { tables: self.0.tables.iter().filter_map(drawn).collect(), ..FloorPlan::default() };
        drawing.neighbours(table).iter().any(|other| own.contains(&other.id))
    }
}

fn drawn(table: &PlanTable) -> Option<Table> {
    let place = table.place.as_ref()?;
    let units = |number: i64| i32::try_from(number).ok();
    Some(Table {
        id: table.table_id.parse().ok()?,
        label: table.label.clone(),
        shape: Shape::default(),
        seats: u32::try_from(table.seats).ok()?,
        room: None,
        place: Place {
            x: units(place.x)?,
            y: units(place.y)?,
            width: units(place.width)?,
            height: units(place.height)?,
            turn: units(place.turn)?,
        },
    })
}
