//! A night's floor plan, as it was told.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use domain::event::terms::{TicketKind, TypeTerms};
use domain::floor_plan::{FeatureKind, Place, Shape};
use domain::quote::ServiceFee;
use messages::marketing_admin::v1::{FloorPlanChanged, PlanPlace, PlanTable};
use prost::Message as _;
use uuid::Uuid;

use crate::catalog::store::TypeRow;
use crate::catalog::terms;

/// Between two times at which a party may say that it arrives.
const ARRIVALS_EVERY: TimeDelta = TimeDelta::minutes(30);
/// The most of them: twelve hours.
const MOST_ARRIVALS: usize = 24;
/// Tables stand behind everything else of a night.
const POSITION: i32 = 10_000;

/// A night's floor plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Plan {
    pub event: Uuid,
    pub revision: i64,
    /// Guests can book now.
    pub open: bool,
    /// A table is asked for, and a host says yes before it is anybody's.
    pub asks_first: bool,
    pub width: i32,
    pub height: i32,
    /// The address of a picture beneath the drawing; may be empty.
    pub background: String,
    pub rooms: Vec<Room>,
    pub features: Vec<Feature>,
    pub tables: Vec<Table>,
    pub menu: Vec<Bottle>,
    /// Where its tables give entry.
    pub zone: Uuid,
    /// So many minutes after its time a party's table may be given away; 0: never.
    pub late: i64,
}

/// A room, or a part of one that has a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Room {
    pub id: Uuid,
    pub name: String,
    pub place: Place,
}

/// What is no table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Feature {
    pub id: Uuid,
    pub kind: FeatureKind,
    pub label: String,
    pub place: Place,
}

/// A table, and how it is sold on this night.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Table {
    pub id: Uuid,
    pub label: String,
    pub shape: Shape,
    /// The largest party.
    pub seats: i64,
    pub room: Option<Uuid>,
    pub place: Place,
    /// Guests may have it.
    pub for_sale: bool,
    pub minimum_minor: i64,
    pub deposit_minor: i64,
    pub includes: String,
    pub photo: String,
}

/// What can be ordered for the table beforehand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bottle {
    pub bottle_id: Uuid,
    pub name: String,
    /// Of one.
    pub price_minor: i64,
}

impl Plan {
    /// What a message says; which of its fields does not hold what the proto says.
    pub(crate) fn read(message: &FloorPlanChanged) -> Result<Self, &'static str> {
        let rooms = message.rooms.iter().map(|room| {
            let (id, name) = (id(&room.room_id, "room_id")?, room.name.clone());
            Ok::<_, &'static str>(Room { id, name, place: place(room.place.as_ref())? })
        });
        let features = message.features.iter().map(|feature| {
            Ok::<_, &'static str>(Feature {
                id: id(&feature.feature_id, "feature_id")?,
                // A kind of a newer desk's is drawn as a part of the room.
                kind: FeatureKind::from_code(&feature.kind).unwrap_or(FeatureKind::DanceFloor),
                label: feature.label.clone(),
                place: place(feature.place.as_ref())?,
            })
        });
        let menu = message.menu.iter().map(|bottle| {
            let (bottle_id, name) = (id(&bottle.bottle_id, "bottle_id")?, bottle.name.clone());
            let price_minor = money(bottle.price_minor, "price_minor")?;
            Ok::<_, &'static str>(Bottle { bottle_id, name, price_minor })
        });
        let plan = Self {
            event: id(&message.event_id, "event_id")?,
            revision: message.revision,
            open: message.open,
            asks_first: message.asks_first,
            width: units(message.width)?,
            height: units(message.height)?,
            background: message.background_url.clone(),
            rooms: rooms.collect::<Result<_, _>>()?,
            features: features.collect::<Result<_, _>>()?,
            tables: message.tables.iter().map(table).collect::<Result<_, _>>()?,
            menu: menu.collect::<Result<_, _>>()?,
            zone: match message.zone_id.as_str() {
                "" if message.tables.is_empty() => Uuid::nil(),
                zone => id(zone, "zone_id")?,
            },
            late: message.release_after_minutes,
        };
        let keys: BTreeSet<Uuid> = plan.tables.iter().map(|table| table.id).collect();
        if keys.len() == plan.tables.len() { Ok(plan) } else { Err("table_id") }
    }

    /// What stands in the table `floor_plans`. Only what [`Self::read`] has read is written there.
    pub(crate) fn decode(message: &[u8]) -> Option<Self> {
        FloorPlanChanged::decode(message).ok().and_then(|message| Self::read(&message).ok())
    }

    /// A table by its key.
    pub(crate) fn table(&self, id: Uuid) -> Option<&Table> {
        self.tables.iter().find(|table| table.id == id)
    }

    /// The name of the room that a table stands in; empty for none.
    pub(crate) fn room_of(&self, table: &Table) -> &str {
        let room = table.room.and_then(|id| self.rooms.iter().find(|room| room.id == id));
        room.map_or("", |room| room.name.as_str())
    }

    /// The ticket type that a table is.
    pub(crate) fn type_of(&self, index: usize, table: &Table) -> TypeRow {
        let terms = TypeTerms {
            kind: TicketKind::Table,
            fee: Some(ServiceFee { fixed_minor: 0, basis_points: 0, absorbed: false }),
            ..TypeTerms::default()
        };
        TypeRow {
            id: table.id,
            event_id: self.event,
            name: table.name(),
            description: table.includes.clone(),
            price_minor: table.deposit_minor,
            min_per_order: 1,
            max_per_order: 1,
            sale_from: None,
            sale_until: None,
            zone_id: self.zone,
            position: i32::try_from(index).unwrap_or(0).saturating_add(POSITION),
            attention: format!("VIP · {}", table.label),
            shared_cap_id: None,
            terms: terms::json(&terms),
            withdrawn: !table.for_sale,
        }
    }
}

impl Table {
    /// As it stands on tickets and receipts.
    pub(crate) fn name(&self) -> String {
        format!("Table {}", self.label)
    }
}

/// When a party may say that it arrives: every half hour from the doors on, while the night lasts.
pub(crate) fn arrivals(doors: DateTime<Utc>, ends: DateTime<Utc>) -> Vec<DateTime<Utc>> {
    let times = std::iter::successors(Some(doors), |time| time.checked_add_signed(ARRIVALS_EVERY));
    times.take_while(|time| *time == doors || *time < ends).take(MOST_ARRIVALS).collect()
}

fn table(table: &PlanTable) -> Result<Table, &'static str> {
    Ok(Table {
        id: id(&table.table_id, "table_id")?,
        label: table.label.clone(),
        shape: Shape::from_code(&table.shape).unwrap_or_default(),
        seats: if (1..=1000).contains(&table.seats) { table.seats } else { return Err("seats") },
        room: if table.room_id.is_empty() { None } else { Some(id(&table.room_id, "room_id")?) },
        place: place(table.place.as_ref())?,
        for_sale: table.for_sale,
        minimum_minor: money(table.minimum_minor, "minimum_minor")?,
        deposit_minor: money(table.deposit_minor, "deposit_minor")?,
        includes: table.includes.clone(),
        photo: table.photo_url.clone(),
    })
}

fn id(text: &str, field: &'static str) -> Result<Uuid, &'static str> {
    text.parse().map_err(|_| field)
}

fn money(minor: i64, field: &'static str) -> Result<i64, &'static str> {
    if minor >= 0 { Ok(minor) } else { Err(field) }
}

fn units(length: i64) -> Result<i32, &'static str> {
    i32::try_from(length).ok().filter(|length| (0..=100_000).contains(length)).ok_or("place")
}

fn place(place: Option<&PlanPlace>) -> Result<Place, &'static str> {
    let place = place.ok_or("place")?;
    Ok(Place {
        x: units(place.x)?,
        y: units(place.y)?,
        width: units(place.width)?,
        height: units(place.height)?,
        turn: units(place.turn)? % 360,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hours: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + hours * 3600, 0).expect("a time")
    }

    #[test]
    fn a_party_arrives_every_half_hour_while_the_night_lasts() {
        let times = arrivals(at(0), at(2));
        assert_eq!(times.len(), 4);
        assert_eq!((times[0], times[1]), (at(0), at(0) + TimeDelta::minutes(30)));
        assert_eq!(arrivals(at(0), at(48)).len(), MOST_ARRIVALS);
        assert_eq!(arrivals(at(0), at(0)), [at(0)], "a night that is told to end at once has a first moment");
    }

    #[test]
    fn a_message_with_a_table_twice_or_without_seats_is_not_readable() {
        let one = PlanTable {
            table_id: Uuid::now_v7().to_string(),
            label: "1".into(),
            seats: 4,
            place: Some(PlanPlace { width: 80, height: 80, ..PlanPlace::default() }),
            ..PlanTable::default()
        };
        let message = |tables: Vec<PlanTable>| FloorPlanChanged {
            event_id: Uuid::now_v7().to_string(),
            zone_id: Uuid::now_v7().to_string(),
            tables,
            ..FloorPlanChanged::default()
        };
        assert!(Plan::read(&message(vec![one.clone()])).is_ok());
        assert_eq!(Plan::read(&message(vec![one.clone(), one.clone()])), Err("table_id"));
        assert_eq!(Plan::read(&message(vec![PlanTable { seats: 0, ..one }])), Err("seats"));
    }
}
