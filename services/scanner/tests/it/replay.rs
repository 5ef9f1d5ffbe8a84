//! The same scan asked again: after a lost answer, in the same moment, with another content.

use chrono::TimeDelta;
use diesel_async::SimpleAsyncConnection;
use domain::{ids::SessionId, permission::Role};
use messages::purchase::v1::{TicketChanged, TicketState};
use serde_json::json;
use web::session::Claims;

use crate::house::{House, code_of, token};

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_got_lost_is_given_again_byte_for_byte() {
    let house = House::open().await;
    let ticket = house.ticket().await;
    let token = house.token(Role::DoorStaff);
    for code in [code_of(&ticket), code_of(&ticket), "not a ticket".to_owned(), code_of(&house.unsold())] {
        let scan = house.scan_of(&code);
        // The phone hangs up before the answer comes.
        let impatient = house.http.post(house.url("/api/v1/scans")).bearer_auth(&token).json(&scan);
        let _ = impatient.timeout(std::time::Duration::from_millis(1)).send().await;
        let first = house.scan(&token, &scan).await;
        // Later everything may have changed; the answer to this scan has not.
        house.clock.advance(TimeDelta::minutes(3));
        let state = TicketState::Refunded as i32;
        house.tell_ticket(&TicketChanged { revision: 7, state, ..ticket.clone() }).await;
        let mut again = scan.clone();
        again["scanned_at"] = json!(house.now());
        assert_eq!(house.scan(&token, &again).await, first);
        assert_eq!(first.0, 200);
        house.tell_ticket(&TicketChanged { revision: 8, ..ticket.clone() }).await;
    }
}

/// The session ran out between the scan and its answer; the page asks again after the new sign-in.
#[tokio::test(flavor = "multi_thread")]
async fn a_scan_asked_again_after_a_new_sign_in_is_the_same_scan() {
    let house = House::open().await;
    let before = house.claims(Role::DoorStaff);
    let after = Claims { sid: SessionId::generate(), ..before.clone() };
    let scan = house.scan_of(&code_of(&house.ticket().await));
    let first = house.scan(&token(&before), &scan).await;
    assert!(first.1.contains("\"admit\""), "{first:?}");
    assert_eq!(house.scan(&token(&after), &scan).await, first);
    let somebody_else = house.scan(&house.token(Role::DoorStaff), &scan).await;
    assert!(somebody_else.1.contains("already_inside"), "{somebody_else:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_scan_sent_eight_times_in_one_moment_acts_once() {
    let house = House::open().await;
    let ticket = house.ticket().await;
    let token = house.token(Role::DoorStaff);
    let scan = house.scan_of(&code_of(&ticket));
    let answers = futures::future::join_all((0..8).map(|_| house.scan(&token, &scan))).await;
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    assert!(answers[0].1.contains("\"admit\""), "{answers:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_nonce_stands_for_one_scan_of_one_device() {
    let house = House::open().await;
    let (token, other_phone) = (house.token(Role::DoorStaff), house.token(Role::DoorStaff));
    let scan = house.scan_of("one");
    house.answer(&token, &scan).await;
    let mut reused = scan.clone();
    reused["code"] = json!("two");
    let (status, text) = house.scan(&token, &reused).await;
    assert!(status == 409 && text.contains("scan_id_reused"), "{status} {text}");
    house.answer(&other_phone, &reused).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_with_a_wrong_clock_is_answered_and_marked() {
    let house = House::open().await;
    let token = house.token(Role::DoorStaff);
    for (ahead, suspect) in [(0, false), (240, false), (600, true), (-3600, false), (-8 * 86_400, true)] {
        let mut scan = house.scan_of("x");
        scan["scanned_at"] = json!(house.now() + TimeDelta::seconds(ahead));
        house.answer(&token, &scan).await;
        let nonce = scan["nonce"].as_str().unwrap();
        let check = format!(
            "do $$ begin assert (select time_suspect = {suspect} from scans where nonce = '{nonce}'); end $$"
        );
        house.db.conn().await.unwrap().batch_execute(&check).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_of_another_age_spoils_nothing() {
    let house = House::open().await;
    let token = house.token(Role::DoorStaff);
    for told in
        ["0001-01-01T00:00:00Z", "-200000-01-01T00:00:00Z", "9999-12-31T00:00:00Z", "+250000-01-01T00:00:00Z"]
    {
        let mut scan = house.scan_of("x");
        scan["scanned_at"] = json!(told);
        house.answer(&token, &scan).await;
        let nonce = scan["nonce"].as_str().unwrap();
        let check = format!(
            "do $$ begin assert (select time_suspect and extract(year from scanned_at at time zone 'UTC') in (2000, 2100)
             from scans where nonce = '{nonce}'); end $$"
        );
        house.db.conn().await.unwrap().batch_execute(&check).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scan_takes_at_most_two_round_trips() {
    const ROUND: u64 = 8;
    let house = House::open().await;
    let token = house.token(Role::DoorStaff);
    let mut codes = vec!["not a ticket".to_owned(); 10];
    for _ in 0..15 {
        let code = code_of(&house.ticket().await);
        codes.extend([code.clone(), code]);
    }
    house.answer(&token, &house.scan_of("connects the pool")).await;
    // What runs beside the requests is counted too: it can only add to a count, so of a few rounds the lowest is what scans
    // take. A scan is one statement, and one more when its gate has not been read for two seconds.
    let mut fewest = u64::MAX;
    for round in codes.chunks_exact(8) {
        let before = house.pool.statements();
        for code in round {
            house.answer(&token, &house.scan_of(code)).await;
        }
        fewest = fewest.min(house.pool.statements() - before);
    }
    assert!((ROUND..=2 * ROUND).contains(&fewest), "{fewest} statements for {ROUND} scans");
}
