//! Whoever reports first, the tables say the same in the end; so they do of what a phone took back.

use chrono::{DateTime, TimeDelta, Utc};
use domain::permission::Role;
use messages::{marketing_admin::v1::EventChanged, purchase::v1::TicketChanged};
use serde_json::{Value, json};

use super::{admitted, lines, report, told, with};
use crate::house::{House, code_of, night, token};

/// Numbers that look like chance and are the same in every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n as u64) as usize
    }

    fn shuffle<T>(&mut self, list: &mut [T]) {
        for at in (1..list.len()).rev() {
            list.swap(at, self.below(at + 1));
        }
    }
}

/// Three phones, two hundred tickets, one in twenty of them let in twice; some guests go out, and some come back.
fn evening(night: &EventChanged, codes: &[String], now: DateTime<Utc>) -> Vec<(usize, Value)> {
    let at = |n: usize, minutes: i64| {
        now - TimeDelta::hours(4) + TimeDelta::seconds(n as i64 * 10) + TimeDelta::minutes(minutes)
    };
    let mut scans = Vec::new();
    for (n, code) in codes.iter().enumerate() {
        let mut scan = |phone: usize, what: &str, minutes: i64, direction: &str| {
            let scan = with(&admitted(night, code, at(n, minutes)), "nonce", format!("{n}-{what}"));
            scans.push((phone % 3, with(&scan, "direction", direction)));
        };
        scan(n, "first", 0, "entry");
        if n % 20 == 0 {
            scan(n + 1, "second", 5, "entry");
        }
        if n % 7 == 0 {
            scan(n + 2, "out", 20, "exit");
        }
        if n % 14 == 0 {
            scan(n + 1, "back", 30, "entry");
        }
    }
    scans
}

/// What the tables say of a night, without anything that is another in each run.
async fn result(house: &House, night: &EventChanged) -> Vec<String> {
    let sql = |text: &str| text.replace(":event", &format!("'{}'", night.event_id));
    let entries = "select concat_ws(' ', s.nonce, e.nth, e.is_primary, e.admitted_at, e.left_at, e.left_gate_name) as line
        from entries e join scans s on s.id = e.scan_id where e.event_id = :event order by s.nonce";
    let conflicts = "select concat_ws(' ', s.nonce, 'after', f.nonce, c.at, c.first_at) as line from conflicts c
        join scans s on s.id = c.scan_id join scans f on f.id = c.first_scan_id where c.event_id = :event order by s.nonce";
    let inside = "select 'inside ' || inside as line from occupancy where event_id = :event";
    let mut all = lines(house, &sql(entries)).await;
    all.extend(lines(house, &sql(conflicts)).await);
    all.extend(lines(house, &sql(inside)).await);
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_orders_and_batchings_give_the_same_tables() {
    let house = House::open().await;
    let mut chance = Chance(0x5eed);
    let mut expected: Vec<String> = Vec::new();
    for order in 0..50 {
        let night = night(&format!("order-{order}"), house.now());
        house.tell_event(&night).await;
        let codes: Vec<String> = (0..200)
            .map(|_| code_of(&TicketChanged { event_id: night.event_id.clone(), ..house.unsold() }))
            .collect();
        let phones: Vec<String> = (0..3).map(|_| house.token(Role::DoorStaff)).collect();
        let mut waiting = evening(&night, &codes, house.now());
        if order > 0 {
            chance.shuffle(&mut waiting);
        }
        while !waiting.is_empty() {
            // One of the phones finds the network and brings some of what it has; sometimes its answer is lost.
            let phone = waiting[0].0;
            let many = 1 + chance.below(120);
            let mut batch = Vec::new();
            waiting.retain(|(of, scan)| {
                let goes = *of == phone && batch.len() < many;
                if goes {
                    batch.push(scan.clone());
                }
                !goes
            });
            report(&house, &phones[phone], &batch).await;
            if chance.below(10) == 0 {
                report(&house, &phones[phone], &batch).await;
            }
        }
        let got = result(&house, &night).await;
        if order == 0 {
            let conflicts = got.iter().filter(|line| line.contains(" after ")).count();
            assert_eq!(conflicts, 10, "of ten tickets that were let in twice: {got:#?}");
            // 200 first and 10 second guests and 15 who came back, less 29 who went out.
            assert!(got.contains(&"inside 196".to_owned()), "{:?}", got.last());
            expected = got;
        } else {
            assert_eq!(got, expected, "order {order}");
        }
    }
}

/// Taken back on the phone before anybody had heard of it: whoever came with the ticket afterwards is the first, in whatever order the
/// phones report.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_phone_took_back_is_recorded_and_lets_nobody_in_whatever_came_first() {
    for swapped in [false, true] {
        let house = House::open().await;
        let code = code_of(&house.ticket().await);
        let at = house.now() - TimeDelta::minutes(50);
        let mistake =
            with(&admitted(&house.night, &code, at), "undone_at", json!(at + TimeDelta::minutes(1)));
        let guest = admitted(&house.night, &code, at + TimeDelta::minutes(5));
        let mut reports = [
            (token(&house.claims(Role::DoorStaff)), mistake),
            (token(&house.claims(Role::DoorStaff)), guest),
        ];
        if swapped {
            reports.reverse();
        }
        let mut told_of = Vec::new();
        for (token, scan) in &reports {
            told_of.extend(report(&house, token, std::slice::from_ref(scan)).await);
        }
        let undone: Vec<bool> = told_of.iter().map(|one| one["undone"] == json!(true)).collect();
        assert_eq!(undone, if swapped { [false, true] } else { [true, false] });
        assert!(
            told_of.iter().all(|one| one["scan"].is_string() && one["conflict"].is_null()),
            "{told_of:?}"
        );
        let first = "select count(*) from entries where is_primary and annulled_at is null and nth = 1";
        assert_eq!(house.count(first).await, 1);
        assert_eq!(house.count("select count(*) from entries where annulled_at is not null").await, 1);
        assert_eq!(house.count("select inside from occupancy").await, 1);
        assert_eq!(house.count("select count(*) from conflicts").await, 0);
        assert_eq!(house.count("select count(*) from undos where inside = 0").await, 1);
        assert_eq!(house.count("select count(*) from audit_log where action = 'scan.undone'").await, 1);
        let told = told(&house).await;
        assert_eq!((told.len(), told.iter().filter(|scan| scan.undone_at > 0).count()), (3, 1));
    }
}

/// The report was on its way when the doorman took one of its scans back; and a quarter of an hour later nobody takes it back but a
/// supervisor.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_here_before_it_was_taken_back_is_undone_once_and_in_time() {
    let house = House::open().await;
    let token = token(&house.claims(Role::DoorStaff));
    let at = house.now() - TimeDelta::minutes(50);
    let scan = admitted(&house.night, &code_of(&house.ticket().await), at);
    assert_eq!(report(&house, &token, std::slice::from_ref(&scan)).await[0]["undone"], json!(false));
    assert_eq!(house.count("select inside from occupancy").await, 1);
    let late = with(&scan, "undone_at", json!(at + TimeDelta::minutes(16)));
    assert_eq!(report(&house, &token, &[late]).await[0]["undone"], json!(false));
    assert_eq!(house.count("select inside from occupancy").await, 1);
    let back = [with(&scan, "undone_at", json!(at + TimeDelta::minutes(2)))];
    for _ in 0..2 {
        let answers = report(&house, &token, &back).await;
        assert_eq!((&answers[0]["outcome"], &answers[0]["undone"]), (&json!("repeated"), &json!(true)));
    }
    assert_eq!(house.count("select inside from occupancy").await, 0);
    assert_eq!(house.count("select count(*) from undos where inside = -1").await, 1);
    assert_eq!(house.count("select count(*) from entries where annulled_at is null").await, 0);
}
