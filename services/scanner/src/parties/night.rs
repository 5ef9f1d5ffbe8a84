//! Who is expected at the tables of a night, who is arriving, and who is here.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use db::{Conn, DbError};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::store::{self, Expected};

/// From when before its time a party counts as arriving.
const SOON: TimeDelta = TimeDelta::minutes(30);

/// The parties of a night.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PartyList {
    /// The night.
    pub event: Uuid,
    /// Its name.
    pub title: String,
    /// IANA name of the venue's zone.
    pub time_zone: String,
    /// Those that have paid and not left, by the time at which they were to arrive.
    pub parties: Vec<Party>,
}

/// Where a party is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PartyStage)]
pub enum Stage {
    /// To arrive within half an hour, or late.
    Arriving,
    /// To arrive later.
    Expected,
    /// The first of it was let in.
    Inside,
}

/// A party.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Party {
    /// Its reservation.
    pub reservation: Uuid,
    /// Where it is.
    pub stage: Stage,
    /// Its table, or several that stand together.
    pub tables: Vec<String>,
    /// Who reserved.
    pub booker: String,
    /// Who looks after it; may be empty.
    pub host: String,
    /// How many it is.
    pub people: i32,
    /// How many of them are inside.
    pub inside: i64,
    /// When it was to arrive.
    pub arrives_at: DateTime<Utc>,
    /// By how many minutes it is late.
    pub late_minutes: i64,
    /// When the first of it was let in.
    pub came_at: Option<DateTime<Utc>>,
    /// At which gate.
    pub gate: Option<String>,
}

impl PartyList {
    /// A night's as it is now; `None` if the door knows of no such night.
    pub(super) async fn read(
        conn: &mut Conn,
        event: Uuid,
        now: DateTime<Utc>,
    ) -> Result<Option<Self>, DbError> {
        let Some(head) = store::head(conn, event).await? else { return Ok(None) };
        let parties = store::expected(conn, event).await?.into_iter();
        Ok(Some(Self {
            event,
            title: head.title,
            time_zone: head.time_zone,
            parties: parties.map(|row| Party::of(row, now)).collect(),
        }))
    }

    /// The venue's zone.
    pub(super) fn zone(&self) -> Tz {
        self.time_zone.parse().unwrap_or(Tz::UTC)
    }
}

impl Party {
    fn of(row: Expected, now: DateTime<Utc>) -> Self {
        let stage = if row.came_at.is_some() || row.state == "checked_in" {
            Stage::Inside
        } else if row.arrives_at - now <= SOON {
            Stage::Arriving
        } else {
            Stage::Expected
        };
        let late = if stage == Stage::Arriving { (now - row.arrives_at).num_minutes().max(0) } else { 0 };
        Self {
            reservation: row.reservation_id,
            stage,
            tables: row.tables,
            booker: row.booker_name,
            host: row.host,
            people: row.people,
            inside: row.inside,
            arrives_at: row.arrives_at,
            late_minutes: late,
            came_at: row.came_at,
            gate: row.gate_name,
        }
    }
}
