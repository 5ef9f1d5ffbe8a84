//! Out and in again: who may, how often, and what two gates at the same moment make of it.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use domain::permission::Role;
use futures::future::join_all;
use messages::{
    marketing_admin::v1::TicketType, millis, purchase::v1::TicketChanged, scanner::v1::TicketScanned,
};
use prost::Message;
use serde_json::{Value, json};

use crate::batch::{admitted, report, with};
use crate::house::{House, code_of};
use crate::race::{HESITATE, admin, count, side_by_side, waiting_for_a_row};
use crate::types::ticket_of;

/// A ticket of tonight whose type comes in so often, as `event.changed` tells it.
pub async fn ticket_for(house: &House, entries: i64) -> TicketChanged {
    ticket_of(house, TicketType { name: "General admission".into(), entries, ..TicketType::default() }).await
}

/// The body of a scan of somebody who goes out.
pub fn exit_of(house: &House, code: &str) -> Value {
    let mut scan = house.scan_of(code);
    scan["direction"] = json!("exit");
    scan
}

/// A ticket of tonight whose type has times of its own, and comes in as often as it likes.
async fn timed_ticket(house: &House, from: TimeDelta, until: TimeDelta) -> TicketChanged {
    let times = TicketType {
        name: "Before two".into(),
        entries: -1,
        admit_from: millis(house.now() + from),
        admit_until: millis(house.now() + until),
        ..TicketType::default()
    };
    ticket_of(house, times).await
}

async fn enter(house: &House, ticket: &TicketChanged) -> Value {
    house.answer(&house.token(Role::DoorStaff), &house.scan_of(&code_of(ticket))).await
}

async fn leave(house: &House, ticket: &TicketChanged) -> Value {
    house.answer(&house.token(Role::DoorStaff), &exit_of(house, &code_of(ticket))).await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_goes_out_is_counted_off_and_comes_in_again_as_often_as_they_like() {
    let house = House::open().await;
    let ticket = ticket_for(&house, -1).await;
    for _ in 0..3 {
        let came = enter(&house, &ticket).await;
        assert_eq!((&came["reason"], &came["direction"]), (&json!("ok"), &json!("entry")), "{came}");
        assert_eq!((&came["inside"], &came["limit"]), (&json!(1), &Value::Null));
        assert_eq!(enter(&house, &ticket).await["reason"], "already_inside", "while they are inside");
        let went = leave(&house, &ticket).await;
        assert_eq!((&went["decision"], &went["reason"]), (&json!("admit"), &json!("ok")), "{went}");
        assert_eq!((&went["direction"], &went["inside"]), (&json!("exit"), &json!(0)));
        assert_eq!(went["sentence"], "Out: General admission.");
    }
    let stays = "select count(*) from entries where left_at is not null and left_gate_name = 'Main door'
        and is_primary and nth in (1, 2, 3)";
    assert_eq!(house.count(stays).await, 3);
}

/// A phone without a network lets somebody in with a ticket that has been out for good. Whether the phone or the gate was first, and
/// whichever is heard of first, somebody hears of it; of a ticket that may come again nobody does.
#[tokio::test(flavor = "multi_thread")]
async fn a_stay_more_than_the_ticket_allows_is_a_conflict_whoever_reports_it() {
    let house = House::open().await;
    let phone = house.token(Role::DoorStaff);
    let ago = |minutes| house.now() - chrono::TimeDelta::minutes(minutes);
    let open = "select count(*) from conflicts where kind = 'not_allowed' and judged = 'no_reentry'";

    // In and out online; then a phone that knows nothing of it.
    let after = ticket_for(&house, 1).await;
    assert_eq!(enter(&house, &after).await["reason"], "ok");
    assert_eq!(leave(&house, &after).await["reason"], "ok");
    house.clock.advance(chrono::TimeDelta::minutes(1));
    let result = report(&house, &phone, &[admitted(&house.night, &code_of(&after), house.now())]).await;
    assert_eq!(
        (&result[0]["conflict"]["kind"], &result[0]["conflict"]["judged"]),
        (&json!("not_allowed"), &json!("no_reentry")),
        "{result:?}"
    );
    assert_eq!(house.count(open).await, 1);

    // The phone's guest came and went before the gate let the other one in, and is heard of afterwards; the exit first.
    let before = ticket_for(&house, 1).await;
    assert_eq!(enter(&house, &before).await["reason"], "ok");
    let came = admitted(&house.night, &code_of(&before), ago(40));
    let went = with(&admitted(&house.night, &code_of(&before), ago(20)), "direction", "exit");
    report(&house, &phone, &[went]).await;
    report(&house, &phone, &[came]).await;
    assert_eq!(house.count(open).await, 2);

    let free = ticket_for(&house, 2).await;
    assert_eq!(enter(&house, &free).await["reason"], "ok");
    assert_eq!(leave(&house, &free).await["reason"], "ok");
    house.clock.advance(chrono::TimeDelta::minutes(1));
    let result = report(&house, &phone, &[admitted(&house.night, &code_of(&free), house.now())]).await;
    assert_eq!(result[0]["conflict"], Value::Null);
    assert_eq!(house.count("select count(*) from conflicts").await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_type_s_own_times_are_for_the_first_entry_and_the_doors_end_is_for_all() {
    let house = House::open().await;
    let minutes = TimeDelta::minutes;
    let ticket = timed_ticket(&house, minutes(10), minutes(30)).await;
    let other = TicketChanged { ticket_type_id: ticket.ticket_type_id.clone(), ..house.unsold() };
    house.tell_ticket(&other).await;

    let early = enter(&house, &ticket).await;
    assert_eq!((&early["decision"], &early["reason"]), (&json!("deny"), &json!("too_early")));
    assert_eq!(early["sentence"], "This ticket lets in from 01:40 on.");
    house.clock.advance(minutes(10));
    assert_eq!(enter(&house, &ticket).await["reason"], "ok");
    assert_eq!(leave(&house, &ticket).await["reason"], "ok");

    house.clock.advance(minutes(20));
    let late = enter(&house, &other).await;
    assert_eq!((&late["decision"], &late["reason"]), (&json!("deny"), &json!("too_late")));
    assert_eq!(late["sentence"], "This ticket let in until 02:00 only.");
    assert_eq!(enter(&house, &ticket).await["reason"], "ok", "who was in by then comes in again");
    assert_eq!(enter(&house, &ticket).await["reason"], "already_inside");
    assert_eq!(leave(&house, &ticket).await["reason"], "ok");
    house.clock.advance(minutes(240));
    assert_eq!(enter(&house, &ticket).await["reason"], "too_late", "the doors are shut");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_cut_offs_the_earlier_counts() {
    let house = House::open().await;
    let minutes = TimeDelta::minutes;
    let of_type = timed_ticket(&house, minutes(-60), minutes(30)).await;
    let until = |after| millis(house.now() + minutes(after));
    let guest = |after| TicketChanged {
        ticket_type_id: of_type.ticket_type_id.clone(),
        admit_until: until(after),
        ..house.unsold()
    };
    let (sooner, later) = (guest(20), guest(40));
    house.tell_ticket(&sooner).await;
    house.tell_ticket(&later).await;
    house.clock.advance(minutes(20));
    assert_eq!(enter(&house, &sooner).await["sentence"], "This ticket let in until 01:50 only.");
    house.clock.advance(minutes(10));
    assert_eq!(enter(&house, &later).await["sentence"], "This ticket let in until 02:00 only.");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_single_entry_is_one_and_a_number_is_that_number() {
    let house = House::open().await;
    for (entries, allowed) in [(0, 1), (1, 1), (2, 2), (3, 3)] {
        let ticket = ticket_for(&house, entries).await;
        for _ in 0..allowed {
            assert_eq!(enter(&house, &ticket).await["reason"], "ok", "{entries}");
            assert_eq!(leave(&house, &ticket).await["reason"], "ok", "{entries}");
        }
        let again = enter(&house, &ticket).await;
        assert_eq!(
            (&again["decision"], &again["reason"]),
            (&json!("deny"), &json!("no_reentry")),
            "{entries}"
        );
        assert_eq!(again["first_scan"]["gate_name"], "Main door");
        assert!(again["sentence"].as_str().unwrap().contains("01:30"), "{again}");
    }
    // Of a type that the door has not heard of nobody knows more than that it comes in once.
    let unheard = house.ticket().await;
    assert_eq!(enter(&house, &unheard).await["reason"], "ok");
    assert_eq!(leave(&house, &unheard).await["reason"], "ok");
    assert_eq!(enter(&house, &unheard).await["reason"], "no_reentry");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_goes_out_who_is_not_inside_and_nothing_holds_back_who_is() {
    let house = House::open().await;
    let ticket = ticket_for(&house, -1).await;
    let stranger = leave(&house, &ticket).await;
    assert_eq!((&stranger["decision"], &stranger["reason"]), (&json!("deny"), &json!("not_inside")));
    assert_eq!(stranger["sentence"], "Nobody is inside with this ticket.");
    enter(&house, &ticket).await;
    let mut elsewhere = exit_of(&house, &code_of(&ticket));
    elsewhere["gate"] = json!(House::gate(&house.night, 1));
    let elsewhere = house.answer(&house.token(Role::DoorStaff), &elsewhere).await;
    assert_eq!(elsewhere["reason"], "wrong_gate");

    // The ticket went back meanwhile, and the doors are shut: out they go all the same, and are counted off.
    let refunded = messages::purchase::v1::TicketState::Refunded as i32;
    house.tell_ticket(&TicketChanged { revision: 2, state: refunded, ..ticket.clone() }).await;
    house.clock.advance(chrono::TimeDelta::hours(4));
    assert_eq!(leave(&house, &ticket).await["reason"], "ok");
    assert_eq!(leave(&house, &ticket).await["reason"], "not_inside", "once");
    assert_eq!(house.count("select inside from occupancy").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_exit_asked_again_is_the_same_exit_and_a_nonce_has_one_direction() {
    let house = House::open().await;
    let ticket = ticket_for(&house, -1).await;
    enter(&house, &ticket).await;
    let token = house.token(Role::DoorStaff);
    let exit = exit_of(&house, &code_of(&ticket));
    let first = house.scan(&token, &exit).await;
    enter(&house, &ticket).await;
    assert_eq!(house.scan(&token, &exit).await, first, "what was answered, though they are inside again");
    assert_eq!(house.count("select inside from occupancy").await, 1);
    let mut entry = exit.clone();
    entry["direction"] = json!("entry");
    assert_eq!(house.scan(&token, &entry).await.0, 409);
    entry["direction"] = json!("sideways");
    assert_eq!(house.scan(&token, &entry).await.0, 422);
}

#[derive(diesel::QueryableByName)]
struct Payload {
    #[diesel(sql_type = diesel::sql_types::Bytea)]
    payload: Vec<u8>,
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exit_is_told_with_its_direction_and_who_is_left() {
    let house = House::open().await;
    let (one, two) = (ticket_for(&house, -1).await, house.ticket().await);
    enter(&house, &one).await;
    enter(&house, &two).await;
    leave(&house, &one).await;
    leave(&house, &one).await;
    let rows: Vec<Payload> =
        diesel::sql_query("select payload from outbox where subject = 'ticket.scanned' order by aggregate")
            .load(&mut *house.db.conn().await.unwrap())
            .await
            .unwrap();
    let told: Vec<_> = rows
        .iter()
        .map(|row| TicketScanned::decode(&row.payload[..]).unwrap())
        .map(|scan| (scan.direction, scan.decision, scan.inside_after, scan.inside_revision))
        .collect();
    let line = |direction: &str, decision: &str, inside, revision| {
        (direction.to_owned(), decision.to_owned(), inside, revision)
    };
    let expected = [
        line("entry", "admit", 1, 1),
        line("entry", "admit", 2, 2),
        line("exit", "admit", 1, 3),
        line("exit", "deny", 1, 3),
    ];
    assert_eq!(told, expected);
}

/// Two gates have both read that the guest is out before either writes the next entry. The unique index lets one through;
/// without it (the control run) one ticket brings two people in.
#[tokio::test(flavor = "multi_thread")]
async fn of_two_re_entries_at_the_same_moment_one_gets_in() {
    for (guarded, expected) in [(true, 1), (false, 2)] {
        let house = House::open().await;
        let ticket = ticket_for(&house, -1).await;
        enter(&house, &ticket).await;
        leave(&house, &ticket).await;
        let mut admin = admin(&house).await;
        admin.batch_execute(HESITATE).await.unwrap();
        if !guarded {
            admin.batch_execute("drop index scanner.entries_once").await.unwrap();
        }
        let code = code_of(&ticket);
        let (a, b) = (house.scan_of(&code), house.scan_of(&code));
        let answers = side_by_side(&house, &mut admin, &a, &b).await;
        let admitted = answers.iter().filter(|answer| answer["decision"] == "admit").count();
        assert_eq!(admitted, expected, "guarded: {guarded}");
        if guarded {
            let lost = answers.iter().find(|answer| answer["decision"] == "deny").unwrap();
            assert_eq!(lost["reason"], "already_inside");
            assert_eq!(count(&house, "select inside as count from occupancy").await, 1);
        }
    }
}

/// Stays wait for a word of the test before they end.
const LINGER: &str = "
    create function scanner.linger() returns trigger language plpgsql as
      $$ begin perform pg_advisory_xact_lock_shared(4242); return new; end $$;
    create trigger linger before update on scanner.entries for each row execute function scanner.linger();
    select pg_advisory_lock(4242)";

/// Two gates have both read that the guest is inside before either lets them out. The second looks again when its turn comes;
/// without that (the control run) one guest goes out twice.
#[tokio::test(flavor = "multi_thread")]
async fn of_two_exits_at_the_same_moment_one_lets_out() {
    for (guarded, expected) in [(true, 1), (false, 2)] {
        let house = House::open().await;
        let ticket = ticket_for(&house, -1).await;
        enter(&house, &ticket).await;
        let mut admin = admin(&house).await;
        admin.batch_execute(LINGER).await.unwrap();
        if !guarded {
            let blind = "do $do$ begin execute replace(pg_get_functiondef('scanner.close_stays'::regproc),
                'and e.left_at is null ', ''); end $do$";
            admin.batch_execute(blind).await.unwrap();
        }
        let token = house.token(Role::DoorStaff);
        let (a, b) = (exit_of(&house, &code_of(&ticket)), exit_of(&house, &code_of(&ticket)));
        let second = async {
            crate::race::hesitating(&house, 1).await;
            house.answer(&token, &b).await
        };
        let steps = async {
            waiting_for_a_row(&house).await;
            admin.batch_execute("select pg_advisory_unlock(4242)").await.unwrap();
        };
        let (one, two, ()) = tokio::join!(house.answer(&token, &a), second, steps);
        let let_out = [&one, &two].iter().filter(|answer| answer["decision"] == "admit").count();
        assert_eq!(let_out, expected, "guarded: {guarded}");
        if guarded {
            assert_eq!(two["reason"], "not_inside");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sixteen_phones_at_the_exit_let_one_guest_out_once() {
    let house = House::open().await;
    let ticket = ticket_for(&house, -1).await;
    enter(&house, &ticket).await;
    enter(&house, &house.ticket().await).await;
    let mut counted = BTreeMap::new();
    for answer in join_all((0..16).map(|_| leave(&house, &ticket))).await {
        *counted.entry(answer["reason"].as_str().unwrap().to_owned()).or_insert(0) += 1;
    }
    assert_eq!(counted, BTreeMap::from([("not_inside".to_owned(), 15), ("ok".to_owned(), 1)]));
    assert_eq!(house.count("select inside from occupancy").await, 1, "the other guest");
}
