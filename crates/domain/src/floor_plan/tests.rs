use super::{Bottle, Deposit, FloorPlan, NightPlan, Offer, Place, Room, Shape, Table, Why};
use uuid::Uuid;

fn table(number: u128, x: i32) -> Table {
    Table {
        id: Uuid::from_u128(number),
        label: number.to_string(),
        shape: Shape::Round,
        seats: 8,
        room: Some(Uuid::from_u128(900)),
        place: Place { x, y: 100, width: 80, height: 80, turn: 0 },
    }
}

fn plan() -> FloorPlan {
    let place = Place { x: 0, y: 0, width: 1000, height: 600, turn: 0 };
    FloorPlan {
        width: 1000,
        height: 600,
        rooms: vec![Room { id: Uuid::from_u128(900), name: "Main room".to_owned(), place }],
        tables: vec![table(1, 100), table(2, 200), table(3, 700)],
        ..FloorPlan::default()
    }
}

fn whys(plan: &FloorPlan) -> Vec<(String, Why)> {
    plan.check().into_iter().map(|fault| (fault.path, fault.why)).collect()
}

#[test]
fn a_plan_that_is_whole_has_no_fault() {
    assert_eq!(plan().check(), []);
}

#[test]
fn what_can_not_be_kept_is_named() {
    let mut torn = plan();
    torn.tables[1].label = " 1 ".to_owned();
    torn.tables[2].place.x = 950;
    torn.tables[2].seats = 0;
    torn.tables[0].room = Some(Uuid::from_u128(7));
    assert_eq!(
        whys(&torn),
        [
            ("tables.0.room".to_owned(), Why::Unknown),
            ("tables.1.label".to_owned(), Why::Twice),
            ("tables.2.seats".to_owned(), Why::OutOfRange),
            ("tables.2.place.x".to_owned(), Why::Outside),
        ]
    );
}

#[test]
fn a_copy_has_keys_of_its_own_and_the_same_rooms() {
    let mut next = 1000;
    let (copy, tables) = plan().copy(|| {
        next += 1;
        Uuid::from_u128(next)
    });
    assert_eq!(copy.check(), []);
    assert_eq!(tables.len(), 3);
    assert!(copy.tables.iter().all(|table| table.room == Some(copy.rooms[0].id)));
    assert!(
        tables
            .iter()
            .all(|(was, is)| plan().table(*was).map(|t| &t.label) == copy.table(*is).map(|t| &t.label))
    );
    assert!(copy.tables.iter().all(|table| plan().table(table.id).is_none()));
}

#[test]
fn tables_side_by_side_are_neighbours() {
    let near: Vec<_> =
        plan().neighbours(Uuid::from_u128(1)).iter().map(|table| table.label.clone()).collect();
    assert_eq!(near, ["2"]);
    assert_eq!(plan().neighbours(Uuid::from_u128(5)).len(), 0);
}

fn offer(deposit: Deposit) -> Offer {
    let table = Uuid::from_u128(1);
    Offer { table, minimum_minor: 33_335, deposit, includes: String::new(), photo: None, blocked: false }
}

#[test]
fn a_deposit_is_an_amount_a_part_or_all() {
    assert_eq!(offer(Deposit::Fixed { minor: 5_000 }).deposit_minor(), 5_000);
    assert_eq!(offer(Deposit::Share { basis_points: 1_000 }).deposit_minor(), 3_334);
    assert_eq!(offer(Deposit::Full).deposit_minor(), 33_335);
}

#[test]
fn a_night_s_plan_sells_the_tables_it_has_once_each() {
    let mut night = NightPlan { plan: plan(), offers: vec![offer(Deposit::Full)], ..NightPlan::default() };
    assert_eq!(night.check(), []);
    night.offers.push(offer(Deposit::Fixed { minor: -1 }));
    night.menu.push(Bottle { id: Uuid::from_u128(5), name: String::new(), price_minor: 12_000 });
    let faults: Vec<_> = night.check().into_iter().map(|fault| (fault.path, fault.why)).collect();
    assert_eq!(
        faults,
        [
            ("offers.1.table".to_owned(), Why::Twice),
            ("offers.1.deposit".to_owned(), Why::OutOfRange),
            ("menu.0.name".to_owned(), Why::Empty),
        ]
    );
}

#[test]
fn a_plan_is_read_as_it_was_written() {
    let night = NightPlan {
        plan: plan(),
        offers: vec![offer(Deposit::Share { basis_points: 2_500 })],
        ..NightPlan::default()
    };
    let json = serde_json::to_value(&night).expect("JSON");
    assert_eq!(json["plan"]["tables"][0]["place"]["x"], 100);
    assert_eq!(json["offers"][0]["deposit"]["kind"], "share");
    assert_eq!(serde_json::from_value::<NightPlan>(json).expect("a plan"), night);
}
