//! `GET /api/v1/events/{event}/occupancy`: people inside, for the counter on the phones.

use actix_web::web::{Data, Json, Path, Query};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use web::{Fault, Staff, can};

use super::store;
use crate::{
    Door, counter,
    counter::store::{Inside, zones, zones::ZoneInside},
};

/// How full it is.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Occupancy {
    /// People inside.
    #[schema(example = 412)]
    pub inside: i64,
    /// How many may be; null: as many as come.
    #[schema(example = 450)]
    pub limit: Option<i32>,
    /// `none`; `near`, from nine of ten on; `nearly`, from nineteen of twenty on; or `full`: one out, one in.
    #[schema(example = "near")]
    pub warn: &'static str,
    /// The zone behind the gate, where it has a limit of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zone: Option<ZoneOccupancy>,
}

/// How full a zone is that has a limit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ZoneOccupancy {
    /// The zone.
    pub id: Uuid,
    /// Its name.
    #[schema(example = "VIP deck")]
    pub name: String,
    /// People in it.
    #[schema(example = 38)]
    pub inside: i64,
    /// How many may be.
    #[schema(example = 40)]
    pub limit: i32,
    /// As of the house: `none`, `near`, `nearly` or `full`.
    #[schema(example = "nearly")]
    pub warn: &'static str,
}

/// How near so many people are to as many as may be.
pub fn warn(inside: i64, limit: Option<i64>) -> &'static str {
    match limit {
        Some(limit) if inside >= limit => "full",
        Some(limit) if inside * 20 >= limit * 19 => "nearly",
        Some(limit) if inside * 10 >= limit * 9 => "near",
        _ => "none",
    }
}

impl Occupancy {
    /// What is said of so many people.
    pub fn of(Inside { inside, limit, .. }: Inside) -> Self {
        Self { inside, limit, warn: warn(inside, limit.map(i64::from)), zone: None }
    }

    /// The same with the zone that is asked about.
    #[must_use]
    pub fn with(self, zone: Option<ZoneInside>) -> Self {
        let zone = zone.map(|ZoneInside { zone, name, inside, limit }| ZoneOccupancy {
            id: zone,
            name,
            inside,
            limit,
            warn: warn(inside, Some(limit.into())),
        });
        Self { zone, ..self }
    }
}

/// Where somebody asks from.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct AtGate {
    /// The gate, for the zone behind it.
    pub gate: Option<Uuid>,
}

/// Tells how many people are inside.
#[utoipa::path(get, path = "/api/v1/events/{event}/occupancy", tag = "door",
    params(("event" = String, Path, description = "The event's id or slug"), AtGate),
    responses((status = 200, body = Occupancy), (status = 404, body = web::Problem)), security(("session" = [])))]
pub async fn get(
    door: Data<Door>,
    staff: Staff<can::Within<can::DoorScan>>,
    event: Path<String>,
    at: Query<AtGate>,
) -> Result<Json<Occupancy>, Fault> {
    let mut conn = door.db.conn().await?;
    let event = store::event_named(&mut conn, &event).await?.ok_or_else(crate::faults::event_not_found)?;
    staff.within(event)?;
    let inside = counter::store::inside(&mut conn, event.uuid()).await?;
    let zone = match at.gate {
        Some(gate) => zones::behind(&mut conn, event.uuid(), gate).await?,
        None => None,
    };
    Ok(Json(Occupancy::of(inside).with(zone)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nine_of_ten_are_near_and_as_many_as_may_be_are_full() {
        let warn = |inside, limit| Occupancy::of(Inside { inside, revision: 1, limit }).warn;
        assert_eq!([warn(89, Some(100)), warn(90, Some(100)), warn(94, Some(100))], ["none", "near", "near"]);
        assert_eq!([warn(95, Some(100)), warn(99, Some(100)), warn(19, Some(20))], ["nearly"; 3]);
        assert_eq!([warn(100, Some(100)), warn(140, Some(100)), warn(0, Some(0))], ["full"; 3]);
        assert_eq!(warn(5000, None), "none");
        assert_eq!([warn(8, Some(9)), warn(9, Some(10))], ["none", "near"]);
    }
}
