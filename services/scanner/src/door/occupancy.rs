//! `GET /api/v1/events/{event}/occupancy`: people inside, for the counter on the phones.

use actix_web::web::{Data, Json, Path};
use serde::Serialize;
use utoipa::ToSchema;
use web::{Fault, Staff, can};

use super::store;
use crate::{Door, counter, counter::store::Inside};

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
}

impl Occupancy {
    /// What is said of so many people.
    pub fn of(Inside { inside, limit, .. }: Inside) -> Self {
        let warn = match limit.map(i64::from) {
            Some(limit) if inside >= limit => "full",
            Some(limit) if inside * 20 >= limit * 19 => "nearly",
            Some(limit) if inside * 10 >= limit * 9 => "near",
            _ => "none",
        };
        Self { inside, limit, warn }
    }
}

/// Tells how many people are inside.
#[utoipa::path(get, path = "/api/v1/events/{event}/occupancy", tag = "door",
    params(("event" = String, Path, description = "The event's id or slug")),
    responses((status = 200, body = Occupancy), (status = 404, body = web::Problem)), security(("session" = [])))]
pub async fn get(
    door: Data<Door>,
    _: Staff<can::DoorScan>,
    event: Path<String>,
) -> Result<Json<Occupancy>, Fault> {
    let mut conn = door.db.conn().await?;
    let event = store::event_named(&mut conn, &event).await?.ok_or_else(crate::faults::event_not_found)?;
    Ok(Json(Occupancy::of(counter::store::inside(&mut conn, event.uuid()).await?)))
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
