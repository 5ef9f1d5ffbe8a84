//! Somebody let in, or out, by mistake.

use chrono::TimeDelta;
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use domain::permission::Role;
use futures::future::join_all;
use messages::{purchase::v1::TicketChanged, scanner::v1::TicketScanned};
use prost::Message;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::batch::{admitted, lines, report, with};
use crate::house::{House, code_of, token};
use crate::race::{HESITATE, count, hesitating};

/// Undoes what an answer says was done: status and body.
async fn undo(house: &House, token: &str, answer: &Value) -> (u16, Value) {
    let url = house.url(&format!("/api/v1/scans/{}/undo", answer["scan"].as_str().unwrap()));
    let request = house.http.post(url).bearer_auth(token).json(&json!({"reason": "wrong guest"}));
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

async fn scan(house: &House, token: &str, ticket: &TicketChanged, direction: &str) -> Value {
    let mut body = house.scan_of(&code_of(ticket));
    body["direction"] = direction.into();
    house.answer(token, &body).await
}

/// A ticket that comes in as often as one likes.
async fn free_ticket(house: &House) -> TicketChanged {
    let ticket = house.ticket().await;
    let kind = format!(
        "insert into ticket_types (id, event_id, name, zone_id, entries_allowed)
         values ('{}', '{}', 'General admission', '{}', null)",
        ticket.ticket_type_id, ticket.event_id, ticket.zone_id
    );
    diesel::sql_query(kind).execute(&mut *house.db.conn().await.unwrap()).await.unwrap();
    ticket
}

/// What was told of a scan, its revisions in order.
async fn told(house: &House, scan: &Value) -> Vec<TicketScanned> {
    #[derive(diesel::QueryableByName)]
    struct Told {
        #[diesel(sql_type = diesel::sql_types::Bytea)]
        payload: Vec<u8>,
    }
    let rows: Vec<Told> = diesel::sql_query(format!(
        "select payload from outbox where subject = 'ticket.scanned' and aggregate = '{}' order by revision",
        scan.as_str().unwrap()
    ))
    .load(&mut *house.db.conn().await.unwrap())
    .await
    .unwrap();
    rows.iter().map(|row| TicketScanned::decode(&*row.payload).unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admission_that_is_undone_leaves_nobody_inside_and_the_ticket_good() {
    let house = House::open().await;
    let (ticket, door) = (house.ticket().await, token(&house.claims(Role::DoorStaff)));
    let admitted = scan(&house, &door, &ticket, "entry").await;
    let (status, undone) = undo(&house, &door, &admitted).await;
    assert_eq!((status, &undone["scan"], &undone["inside"]), (200, &admitted["scan"], &0.into()));

    // Asked again, the same answer: it is undone once.
    house.clock.advance(TimeDelta::minutes(1));
    assert_eq!(undo(&house, &door, &admitted).await, (200, undone));
    assert_eq!(
        house.count("select count(*) from undos where inside = -1 and reason = 'wrong guest'").await,
        1
    );
    let audited = "select count(*) from audit_log where action = 'scan.undone' and reason = 'wrong guest'";
    assert_eq!(house.count(audited).await, 1);

    let told = told(&house, &admitted["scan"]).await;
    assert_eq!(told.len(), 2);
    assert!(told[0].undone_at == 0 && told[1].undone_at > 0);
    assert_eq!((told[1].decision.as_str(), told[1].gate_name.as_str()), ("admit", "Main door"));
    assert_eq!(told[1].ticket_id, ticket.ticket_id);
    assert_eq!((told[1].inside_after, told[1].inside_revision), (0, 2));

    // The right is free again; the undone scan stands in the history as it was answered.
    assert_eq!(scan(&house, &door, &ticket, "entry").await["decision"], "admit");
    assert_eq!(house.count("select inside from occupancy").await, 1);
    assert_eq!(house.count("select count(*) from scans where decision = 'admit'").await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_undoes_one_s_own_last_within_a_quarter_of_an_hour_and_a_supervisor_any() {
    let house = House::open().await;
    let (ana, bo) = (token(&house.claims(Role::DoorStaff)), token(&house.claims(Role::DoorStaff)));
    let first = scan(&house, &ana, &house.ticket().await, "entry").await;
    let second = scan(&house, &ana, &house.ticket().await, "entry").await;
    let forbidden = async |token: &str, answer: &Value| {
        let (status, fault) = undo(&house, token, answer).await;
        assert_eq!((status, &fault["code"]), (403, &"forbidden".into()));
    };
    forbidden(&bo, &second).await;
    forbidden(&ana, &first).await;
    assert_eq!(undo(&house, &ana, &second).await.0, 200);
    // With the last one gone, the one before is the last.
    house.clock.advance(TimeDelta::minutes(16));
    forbidden(&ana, &first).await;
    assert_eq!(house.count("select count(*) from audit_log where action = 'access.denied'").await, 3);
    let (status, undone) = undo(&house, &house.token(Role::Manager), &first).await;
    assert_eq!((status, &undone["inside"]), (200, &0.into()));
}

/// A phone whose clock is years ahead brought a scan: for years its id is later than all others.
#[tokio::test(flavor = "multi_thread")]
async fn a_scan_of_a_wrong_clock_is_nobody_s_last_for_ever() {
    let house = House::open().await;
    let ana = token(&house.claims(Role::DoorStaff));
    let ahead =
        admitted(&house.night, &code_of(&house.ticket().await), house.now() + TimeDelta::days(20_000));
    report(&house, &ana, &[ahead]).await;
    house.clock.advance(TimeDelta::minutes(1));
    let last = scan(&house, &ana, &house.ticket().await, "entry").await;
    assert_eq!(undo(&house, &ana, &last).await.0, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_let_nobody_through_cannot_be_undone() {
    let house = House::open().await;
    let door = token(&house.claims(Role::DoorStaff));
    let manager = house.token(Role::Manager);
    let denied = scan(&house, &door, &house.unsold(), "entry").await;
    let (status, fault) = undo(&house, &manager, &denied).await;
    assert_eq!((status, &fault["code"]), (409, &"nothing_to_undo".into()));
    assert_eq!(undo(&house, &manager, &json!({"scan": Uuid::now_v7().to_string()})).await.0, 404);
    let admitted = scan(&house, &door, &house.ticket().await, "entry").await;
    let url = house.url(&format!("/api/v1/scans/{}/undo", admitted["scan"].as_str().unwrap()));
    let silent = house.http.post(url).bearer_auth(&door).json(&json!({"reason": " "}));
    assert_eq!(silent.send().await.unwrap().status(), 422, "a reason is said");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exit_that_is_undone_leaves_its_guest_inside() {
    let house = House::open().await;
    let (ticket, door) = (free_ticket(&house).await, token(&house.claims(Role::DoorStaff)));
    let admitted = scan(&house, &door, &ticket, "entry").await;
    let left = scan(&house, &door, &ticket, "exit").await;
    assert_eq!(left["inside"], 0);
    let (status, undone) = undo(&house, &door, &left).await;
    assert_eq!((status, &undone["inside"]), (200, &1.into()));
    assert_eq!(scan(&house, &door, &ticket, "entry").await["reason"], "already_inside");
    assert_eq!(told(&house, &left["scan"]).await[1].direction, "exit", "what was told stays told");

    // Gone for good this time: the entry that began it all is undone, and nobody is counted out twice.
    assert_eq!(scan(&house, &door, &ticket, "exit").await["decision"], "admit");
    let (status, undone) = undo(&house, &house.token(Role::Manager), &admitted).await;
    assert_eq!((status, &undone["inside"]), (200, &0.into()));
    assert_eq!(house.count("select count(*) from undos where inside = 0").await, 1);
}

/// The phone's clock is off, and its time is corrected: the stay ended at the corrected one.
#[tokio::test(flavor = "multi_thread")]
async fn an_exit_that_a_phone_decided_is_undone_like_any_other() {
    let house = House::open().await;
    let (ticket, door) = (free_ticket(&house).await, token(&house.claims(Role::DoorStaff)));
    scan(&house, &door, &ticket, "entry").await;
    house.clock.advance(TimeDelta::minutes(10));
    let at = house.now() - TimeDelta::minutes(2);
    let exit = with(&admitted(&house.night, &code_of(&ticket), at), "direction", "exit");
    let exit = with(&exit, "scanned_at", json!(at + TimeDelta::seconds(95)));
    report(&house, &door, std::slice::from_ref(&exit)).await;
    assert_eq!(house.count("select inside from occupancy").await, 0);
    let left = lines(&house, "select id::text as line from scans where direction = 'exit'").await;
    let (status, undone) = undo(&house, &house.token(Role::Manager), &json!({"scan": left[0]})).await;
    assert_eq!((status, &undone["inside"]), (200, &1.into()), "{undone}");
    // What other phones bring later does not end the stay again.
    report(
        &house,
        &door,
        &[with(&admitted(&house.night, &code_of(&ticket), house.now()), "decision", "deny")],
    )
    .await;
    report(&house, &door, &[admitted(&house.night, &code_of(&ticket), house.now())]).await;
    assert_eq!(house.count("select inside from occupancy").await, 2);
    assert_eq!(house.count("select count(*) from exits").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exit_is_not_undone_once_its_guest_has_come_in_again() {
    let house = House::open().await;
    let (ticket, door) = (free_ticket(&house).await, token(&house.claims(Role::DoorStaff)));
    scan(&house, &door, &ticket, "entry").await;
    let left = scan(&house, &door, &ticket, "exit").await;
    assert_eq!(scan(&house, &door, &ticket, "entry").await["decision"], "admit");
    let (status, fault) = undo(&house, &house.token(Role::Manager), &left).await;
    assert_eq!((status, &fault["code"]), (409, &"came_in_again".into()));
    assert_eq!(house.count("select inside from occupancy").await, 1);
}

/// A supervisor let a second guest in with the ticket, and the first one's entry is undone: the second is still there.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_came_in_beside_an_undone_entry_is_inside_for_a_refund() {
    let house = House::open().await;
    let (ticket, manager) = (house.ticket().await, house.token(Role::Manager));
    let first = scan(&house, &house.token(Role::DoorStaff), &ticket, "entry").await;
    let mut body = house.scan_of(&code_of(&ticket));
    body["note"] = json!("her friend");
    let beside = house.http.post(house.url("/api/v1/overrides")).bearer_auth(&manager).json(&body);
    assert_eq!(beside.send().await.unwrap().status(), 200);
    let (status, undone) = undo(&house, &manager, &first).await;
    assert_eq!((status, &undone["inside"]), (200, &1.into()), "{undone}");
    let (_, asked) = crate::revoke::revoke(&house, &[&ticket], false).await;
    assert_eq!((&asked["revoked"], asked["inside"].as_array().unwrap().len()), (&json!(false), 1), "{asked}");
}

#[tokio::test(flavor = "multi_thread")]
async fn many_who_undo_one_admission_undo_it_once() {
    let house = House::open().await;
    let door = token(&house.claims(Role::DoorStaff));
    scan(&house, &door, &house.ticket().await, "entry").await;
    let admitted = scan(&house, &door, &house.ticket().await, "entry").await;
    let answers = join_all((0..12).map(|_| undo(&house, &door, &admitted))).await;
    assert!(answers.iter().all(|(status, undone)| *status == 200 && undone["inside"] == 1), "{answers:?}");
    assert_eq!(house.count("select inside from occupancy").await, 1);
    assert_eq!(house.count("select revision from occupancy").await, 3);
    assert_eq!(told(&house, &admitted["scan"]).await.len(), 2);
}

/// A guest comes in again, and that scan has seen that they are out and not yet written its entry, when their exit is undone. With the
/// night's lock the undoing waits and finds them back; without it one ticket has two inside.
#[tokio::test(flavor = "multi_thread")]
async fn an_exit_undone_and_a_scan_in_the_same_moment_leave_one_inside() {
    for guarded in [true, false] {
        let house = if guarded { House::open().await } else { House::open_unguarded().await };
        let (ticket, door) = (free_ticket(&house).await, token(&house.claims(Role::DoorStaff)));
        scan(&house, &door, &ticket, "entry").await;
        let left = scan(&house, &door, &ticket, "exit").await;
        let admin = db::Db::connect(&db::DbSettings::new(&house.database.admin_url())).unwrap();
        let mut admin = admin.conn().await.unwrap();
        admin.batch_execute("set search_path = pg_catalog").await.unwrap();
        admin.batch_execute(HESITATE).await.unwrap();
        let manager = house.token(Role::Manager);
        let undoing = async {
            hesitating(&house, 1).await;
            undo(&house, &manager, &left).await
        };
        let steps = async {
            // Until the undoing waits behind the scan, or is done beside it.
            let reached = if guarded {
                "select count(*) - 1 as count from pg_locks where locktype = 'advisory' and not granted
                    and database = (select oid from pg_database where datname = current_database())"
            } else {
                "select count(*) from undos"
            };
            let mut look_again = tokio::time::interval(std::time::Duration::from_millis(10));
            while count(&house, reached).await < 1 {
                look_again.tick().await;
            }
            admin.batch_execute("select pg_advisory_unlock(4242)").await.unwrap();
        };
        let (again, (status, _), ()) = tokio::join!(scan(&house, &door, &ticket, "entry"), undoing, steps);
        assert_eq!(again["decision"], "admit");
        assert_eq!(status, if guarded { 409 } else { 200 }, "guarded: {guarded}");
        let inside = "select count(*) from entries where left_at is null and annulled_at is null";
        assert_eq!(house.count(inside).await, if guarded { 1 } else { 2 }, "guarded: {guarded}");
        assert_eq!(house.count("select inside from occupancy").await, if guarded { 1 } else { 2 });
    }
}
