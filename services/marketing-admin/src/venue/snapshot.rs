//! A night's plan as the other services are told of it.

use domain::floor_plan::{Feature, NightPlan, Place, Room, Table};
use messages::marketing_admin::v1::{Bottle, FloorPlanChanged, PlanFeature, PlanPlace, PlanRoom, PlanTable};
use messages::millis;

use super::store::nights::Kept;

/// The whole plan, as of its revision. `site`: where its pictures are.
pub fn snapshot(kept: &Kept, site: &str) -> FloorPlanChanged {
    let NightPlan { plan, menu, release_after_minutes, open, asks_first, .. } = &kept.night;
    let bottle = |bottle: &domain::floor_plan::Bottle| Bottle {
        bottle_id: bottle.id.to_string(),
        name: bottle.name.trim().to_owned(),
        price_minor: bottle.price_minor,
    };
    FloorPlanChanged {
        event_id: kept.event.to_string(),
        revision: kept.revision,
        width: plan.width.into(),
        height: plan.height.into(),
        background_url: picture(plan.background.as_deref(), site),
        rooms: plan.rooms.iter().map(room).collect(),
        features: plan.features.iter().map(feature).collect(),
        tables: plan.tables.iter().map(|each| table(each, &kept.night, site)).collect(),
        menu: menu.iter().map(bottle).collect(),
        zone_id: kept.zone.to_string(),
        release_after_minutes: *release_after_minutes,
        open: *open,
        changed_at: millis(kept.changed_at),
        asks_first: *asks_first,
    }
}

fn picture(path: Option<&str>, site: &str) -> String {
    path.map(|path| format!("{site}{path}")).unwrap_or_default()
}

fn place(place: &Place) -> Option<PlanPlace> {
    Some(PlanPlace {
        x: place.x.into(),
        y: place.y.into(),
        width: place.width.into(),
        height: place.height.into(),
        turn: place.turn.into(),
    })
}

fn room(room: &Room) -> PlanRoom {
    PlanRoom { room_id: room.id.to_string(), name: room.name.trim().to_owned(), place: place(&room.place) }
}

fn feature(feature: &Feature) -> PlanFeature {
    PlanFeature {
        feature_id: feature.id.to_string(),
        kind: feature.kind.code().to_owned(),
        label: feature.label.trim().to_owned(),
        place: place(&feature.place),
    }
}

fn table(table: &Table, night: &NightPlan, site: &str) -> PlanTable {
    let offer = night.offer(table.id);
    PlanTable {
        table_id: table.id.to_string(),
        label: table.label.trim().to_owned(),
        shape: table.shape.code().to_owned(),
        seats: table.seats.into(),
        room_id: table.room.map(|room| room.to_string()).unwrap_or_default(),
        place: place(&table.place),
        for_sale: offer.is_some_and(|offer| !offer.blocked),
        minimum_minor: offer.map_or(0, |offer| offer.minimum_minor),
        deposit_minor: offer.map_or(0, |offer| offer.deposit_minor()),
        includes: offer.map(|offer| offer.includes.trim().to_owned()).unwrap_or_default(),
        photo_url: offer.map(|offer| picture(offer.photo.as_deref(), site)).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use domain::floor_plan::{Deposit, FloorPlan, NightPlan, Offer, Place, Shape, Table};
    use uuid::Uuid;

    use super::{Kept, snapshot};

    #[test]
    fn a_table_is_told_with_what_is_paid_at_once_and_where_its_picture_is() {
        let (kept_by_the_club, sold) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let table = |id: Uuid, x: i32| Table {
            id,
            label: format!(" {x} "),
            shape: Shape::Booth,
            seats: 6,
            room: None,
            place: Place { x, y: 0, width: 80, height: 80, turn: 45 },
        };
        let offer = |table: Uuid, blocked: bool| Offer {
            table,
            minimum_minor: 50_000,
            deposit: Deposit::Share { basis_points: 3_000 },
            includes: String::new(),
            photo: Some("/plan-pictures/x".to_owned()),
            blocked,
        };
        let plan = FloorPlan {
            width: 500,
            height: 300,
            tables: vec![table(kept_by_the_club, 0), table(sold, 100)],
            ..FloorPlan::default()
        };
        let night = NightPlan {
            plan,
            offers: vec![offer(kept_by_the_club, true), offer(sold, false)],
            open: true,
            ..NightPlan::default()
        };
        let told = snapshot(
            &Kept {
                event: Uuid::from_u128(9),
                revision: 3,
                template: None,
                night,
                zone: Uuid::from_u128(8),
                opened_at: None,
                changed_at: DateTime::UNIX_EPOCH,
            },
            "https://club.example",
        );
        assert_eq!((told.revision, told.open, told.background_url.as_str()), (3, true, ""));
        assert_eq!(told.tables.iter().map(|table| table.for_sale).collect::<Vec<_>>(), [false, true]);
        assert_eq!(told.tables[1].deposit_minor, 15_000);
        assert_eq!(told.tables[1].label, "100");
        assert_eq!(told.tables[1].shape, "booth");
        assert_eq!(told.tables[1].photo_url, "https://club.example/plan-pictures/x");
    }
}
