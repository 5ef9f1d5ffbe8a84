//! Plans of a night, made and refused.

use super::{Plan, plan};
use crate::events::held::{Held, HeldType, HeldZone};
use crate::events::input::EventInput;
use domain::event::draft::FieldFault;
use serde_json::{Value, json};
use uuid::Uuid;

fn input(change: impl FnOnce(&mut Value)) -> EventInput {
    let mut json = json!({
        "title": " Agave Nights ",
        "starts_at": "2026-11-27T22:00:00Z",
        "ends_at": "2026-11-28T05:00:00Z",
        "ticket_types": [
            {"name": "Early bird", "price": {"minor": 1500, "currency": "EUR"}, "capacity": 120},
            {"name": "Deck", "price": {"minor": 4000, "currency": "EUR"}, "capacity": 40, "zone": "VIP deck"}
        ]
    });
    change(&mut json);
    serde_json::from_value(json).expect("an event")
}

#[test]
fn what_is_left_out_is_filled_in() {
    let plan = plan(input(|_| {}), &Held::default()).expect("no faults");
    assert_eq!(plan.title, "Agave Nights");
    assert_eq!((plan.starts_at - plan.entry_from).num_minutes(), 30);
    assert_eq!(plan.entry_until, plan.ends_at);
    let zones: Vec<_> = plan.zones.iter().map(|zone| zone.name.as_str()).collect();
    assert_eq!(zones, ["Club", "VIP deck"]);
    assert_eq!(plan.ticket_types.iter().map(|each| each.zone).collect::<Vec<_>>(), [0, 1]);
    assert_eq!(plan.ticket_types[0].input.max_per_order, 10);
}

fn coat_check(zone: Option<&str>) -> Value {
    json!({"name": "Coat check", "price": {"minor": 300, "currency": "EUR"}, "capacity": 200, "zone": zone,
           "terms": {"kind": "add_on"}})
}

#[test]
fn an_extra_without_a_zone_has_one_of_its_own_behind_the_main_door_s() {
    for zones in [Value::Null, json!([{"name": "Club"}, {"name": "VIP deck"}])] {
        let plan = plan(
            input(|json| {
                json["zones"] = zones;
                json["ticket_types"].as_array_mut().expect("types").insert(0, coat_check(None));
            }),
            &Held::default(),
        )
        .expect("no faults");
        let zones: Vec<_> = plan.zones.iter().map(|zone| zone.name.as_str()).collect();
        assert_eq!(zones, ["Club", "VIP deck", "Coat check"]);
        assert_eq!(plan.ticket_types.iter().map(|each| each.zone).collect::<Vec<_>>(), [2, 0, 1]);
    }
}

#[test]
fn an_extra_where_an_entry_goes_in_is_refused() {
    for zone in ["Club", "vip DECK"] {
        let added = input(|json| {
            json["ticket_types"].as_array_mut().expect("types").push(coat_check(Some(zone)));
        });
        let faults = plan(added, &Held::default()).expect_err("a cheap way in");
        let found: Vec<_> = faults.iter().map(|fault| (fault.field.as_str(), fault.code)).collect();
        assert_eq!(found, [("ticket_types[2].zone", "entry_zone")], "{zone}");
    }
    let named = input(|json| {
        let mut extra = coat_check(None);
        extra["name"] = json!("Club");
        json["ticket_types"].as_array_mut().expect("types").push(extra);
    });
    assert_eq!(plan(named, &Held::default()).expect_err("its own zone is the club")[0].code, "entry_zone");
}

#[test]
fn every_fault_is_named_with_its_field() {
    let faulty = input(|json| {
        json["slug"] = json!("No Slug");
        json["zones"] = json!([{"name": "Club"}, {"name": "club"}]);
        json["ticket_types"][1]["name"] = json!("EARLY BIRD");
        json["ticket_types"][1]["price"]["currency"] = json!("USD");
        json["ticket_types"][1]["id"] = json!("0199aa00-0000-7000-8000-000000000000");
    });
    let faults = plan(faulty, &Held::default()).expect_err("faults");
    let mut found: Vec<_> = faults.iter().map(|fault| format!("{} {}", fault.field, fault.code)).collect();
    found.sort();
    assert_eq!(
        found,
        [
            "slug invalid",
            "ticket_types[1].id unknown",
            "ticket_types[1].name duplicate",
            "ticket_types[1].price currency_mismatch",
            "ticket_types[1].zone unknown",
            "zones[1].name duplicate",
        ]
    );
}

const CLUB: Uuid = Uuid::from_u128(1);
const DECK: Uuid = Uuid::from_u128(2);
const EARLY_BIRD: Uuid = Uuid::from_u128(3);
const DECK_TYPE: Uuid = Uuid::from_u128(4);

/// The night of [`input`] as it is held.
fn held(on_sale: bool) -> Held {
    let zone = |id, name: &str| HeldZone { id, name: name.into(), used: true };
    let kind = |id, zone| HeldType { id, zone };
    Held {
        zones: vec![zone(CLUB, "Club"), zone(DECK, "VIP deck")],
        ticket_types: vec![kind(EARLY_BIRD, CLUB), kind(DECK_TYPE, DECK)],
        on_sale,
    }
}

/// The same night entered again, with its ticket types known.
fn again(change: impl FnOnce(&mut Value)) -> EventInput {
    input(|json| {
        json["ticket_types"][0]["id"] = json!(EARLY_BIRD);
        json["ticket_types"][1]["id"] = json!(DECK_TYPE);
        change(json);
    })
}

fn only_early_bird(json: &mut Value) {
    json["ticket_types"] = json!([json["ticket_types"][0]]);
}

fn zones_of(plan: &Plan) -> Vec<(Option<Uuid>, &str)> {
    plan.zones.iter().map(|zone| (zone.id, zone.name.as_str())).collect()
}

#[test]
fn zones_that_are_named_without_their_ids_keep_them() {
    for on_sale in [false, true] {
        let bare = plan(again(|_| {}), &held(on_sale)).expect("no faults");
        assert_eq!(zones_of(&bare), [(Some(CLUB), "Club"), (Some(DECK), "VIP deck")]);
        let named = again(|json| json["zones"] = json!([{"name": "club"}, {"name": "VIP deck"}]));
        let named = plan(named, &held(on_sale)).expect("no faults");
        assert_eq!(zones_of(&named), [(Some(CLUB), "club"), (Some(DECK), "VIP deck")]);
        let silent = again(|json| json["ticket_types"][1]["zone"] = Value::Null);
        let silent = plan(silent, &held(on_sale)).expect("no faults");
        assert_eq!(silent.ticket_types[1].zone, 1, "who names no zone stays where it is");
    }
}

#[test]
fn once_on_sale_no_type_moves_and_no_zone_goes_that_a_ticket_may_need() {
    let moved = || again(|json| json["ticket_types"][1]["zone"] = json!("Club"));
    let dropped = || {
        again(|json| {
            only_early_bird(json);
            json["zones"] = json!([{"name": "Club"}]);
        })
    };
    let fault = |field: &str, code| FieldFault { field: field.into(), code };
    assert_eq!(plan(moved(), &held(true)).expect_err("a fault"), [fault("ticket_types[1].zone", "fixed")]);
    assert_eq!(plan(dropped(), &held(true)).expect_err("a fault"), [fault("zones", "in_use")]);
    assert_eq!(zones_of(&plan(moved(), &held(false)).expect("a draft may")), [(Some(CLUB), "Club")]);
    assert_eq!(zones_of(&plan(dropped(), &held(false)).expect("a draft may")), [(Some(CLUB), "Club")]);
    let withdrawn = plan(again(only_early_bird), &held(true)).expect("no faults");
    assert_eq!(zones_of(&withdrawn).len(), 2, "a withdrawn type's zone stays");
    let mut unused = held(true);
    unused.zones.push(HeldZone { id: Uuid::from_u128(9), name: "Attic".into(), used: false });
    let both = again(|json| json["zones"] = json!([{"name": "Club"}, {"name": "VIP deck"}]));
    assert_eq!(plan(both, &unused).expect("what nobody needs may go").zones.len(), 2);
}

#[test]
fn an_extra_keeps_the_zone_it_has_whether_it_is_named_or_not() {
    let (coats, zone) = (Uuid::from_u128(5), Uuid::from_u128(6));
    let mut held = held(true);
    held.zones.push(HeldZone { id: zone, name: "Coat check".into(), used: true });
    held.ticket_types.push(HeldType { id: coats, zone });
    for zones in [Value::Null, json!([{"name": "Club"}, {"name": "VIP deck"}])] {
        let entered = again(|json| {
            let mut extra = coat_check(None);
            (extra["id"], extra["name"]) = (json!(coats), json!("Coat check"));
            json["ticket_types"].as_array_mut().expect("types").push(extra);
            json["zones"] = zones;
        });
        let plan = plan(entered, &held).expect("no faults");
        assert_eq!(zones_of(&plan)[2], (Some(zone), "Coat check"));
        assert_eq!(plan.ticket_types[2].zone, 2);
    }
}
