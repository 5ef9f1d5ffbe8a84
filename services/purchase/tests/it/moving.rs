//! A code that moves: its page alone shows it, on the evening itself, and each for a moment.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use domain::clock::{Clock, FixedClock, SystemClock};
use domain::ticket_code::{KeyRing, Step, TicketCode};
use messages::purchase::v1::mail_asked::About;
use messages::purchase::v1::{OrderPaid, TicketTransferred};
use serde_json::{Value, json};

use crate::papers::words;
use crate::stage::{Order, PUBLIC_URL, Stage};

/// The night of tomorrow, whose free tickets have codes that move, and a clock of the test's own.
async fn stage() -> (Stage, Arc<FixedClock>) {
    let clock = Arc::new(FixedClock::at(SystemClock.now()));
    let mut stage = Stage::at(&[], clock.clone()).await;
    stage.event.revision = 2;
    stage.event.ticket_types[1].rotating_code = true;
    stage.publish(&stage.event).await;
    (stage, clock)
}

/// An hour before the doors open.
fn to_the_doors(stage: &Stage, clock: &FixedClock) -> DateTime<Utc> {
    let doors = DateTime::from_timestamp_millis(stage.event.entry_from).expect("a time");
    clock.set(doors - TimeDelta::hours(1));
    clock.now()
}

fn id(paid: &Value, at: usize) -> String {
    paid["tickets"][at]["id"].as_str().expect("an id").to_owned()
}

fn codes_of(order: &Order, ticket: &str) -> String {
    order.file(&format!("tickets/{ticket}/codes"))
}

impl Stage {
    /// What the script of a page is answered.
    async fn asks_for_codes(&self, path: &str) -> (u16, Value) {
        let call = self.http.get(self.url(path)).header("accept", "application/json");
        let answer = call.send().await.expect("an answer");
        (answer.status().as_u16(), answer.json().await.unwrap_or(Value::Null))
    }

    /// What the door reads in a code of an answer.
    fn at_the_door(&self, told: &Value, at: usize) -> TicketCode {
        let ring: KeyRing = self.keys.ticket_public().expect("a key").parse().expect("a ring");
        TicketCode::read(told["codes"][at].as_str().expect("a code"), &ring).expect("ours")
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_goes_with_the_clock_and_is_given_out_on_the_evening_alone() {
    let (stage, clock) = stage().await;
    let (order, paid) = stage.bought(1, 1).await;
    let ticket = &paid["tickets"][0];
    assert_eq!((&ticket["code"], &ticket["rotating_code"]), (&Value::Null, &json!(true)), "{paid}");
    let page = stage.get(&order.page).await.text().await.expect("a page");
    assert!(page.contains("data-codes=") && page.contains("/assets/codes."), "{page}");
    assert!(!page.contains("ticket--void"), "it is good: {page}");

    let path = codes_of(&order, &id(&paid, 0));
    let (status, early) = stage.asks_for_codes(&path).await;
    assert_eq!((status, &early["code"]), (409, &json!("codes_too_early")));

    let now = to_the_doors(&stage, &clock);
    let (status, told) = stage.asks_for_codes(&path).await;
    assert_eq!(status, 200, "{told}");
    let kept = stage.get(&path).await.headers().get("cache-control").cloned();
    assert!(kept.is_some_and(|kept| kept == "no-store"), "nobody between keeps them");
    assert_eq!((&told["now"], &told["step_seconds"]), (&json!(now.timestamp_millis()), &json!(15)));
    assert_eq!(told["first_step"], json!(Step::at(now).number()));
    for list in ["codes", "modules"] {
        assert_eq!(told[list].as_array().map(Vec::len), Some(240), "an hour's {list}");
    }
    let first = stage.at_the_door(&told, 0);
    assert_eq!(
        (first.ticket.to_string(), first.event.to_string()),
        (id(&paid, 0), stage.event.event_id.clone())
    );
    assert_eq!(first.step, Some(Step::at(now)));
    let last = stage.at_the_door(&told, 239).step.expect("a step");
    assert!(!last.fresh_at(now) && last.fresh_at(now + TimeDelta::minutes(60) - TimeDelta::seconds(15)));

    clock.advance(TimeDelta::seconds(15));
    let (_, next) = stage.asks_for_codes(&path).await;
    assert_ne!(next["codes"][0], told["codes"][0]);
    assert_eq!((&next["codes"][0], &next["modules"][0]), (&told["codes"][1], &told["modules"][1]));

    let end = DateTime::from_timestamp_millis(stage.event.ends_at).expect("a time");
    clock.set(end);
    let (status, over) = stage.asks_for_codes(&path).await;
    assert_eq!((status, &over["code"]), (409, &json!("codes_over")));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_gets_the_codes_of_somebody_else_s_ticket() {
    let (stage, clock) = stage().await;
    let (order, paid) = stage.bought(1, 2).await;
    let (passed, stays) = (id(&paid, 0), id(&paid, 1));
    let to_bea = [("name", "Bea Ruiz"), ("email", "bea@example.org")];
    let answer = stage.post(&order.file(&format!("tickets/{passed}/transfer")), &to_bea).await;
    assert_eq!(answer.status(), 303);
    let mail = stage.mails().await.into_iter().find_map(|mail| match mail.about {
        Some(About::Transferred(ticket)) => Some(ticket),
        _ => None,
    });
    let TicketTransferred { ticket, ticket_url, .. } = mail.expect("the friend's mail");
    assert_eq!(ticket.expect("a ticket").code, "", "no code in the mail");
    let page = ticket_url.strip_prefix(PUBLIC_URL).expect("our own URL");
    let friends = page.replacen('?', "/codes?", 1);
    let (other, others) = stage.bought(1, 1).await;

    to_the_doors(&stage, &clock);
    for own in [&codes_of(&order, &stays), &friends, &codes_of(&other, &id(&others, 0))] {
        assert_eq!(stage.asks_for_codes(own).await.0, 200, "{own}");
    }
    let keyless = friends.split('?').next().expect("a path").to_owned();
    let another = format!("/tickets/{stays}/codes?{}", friends.split('?').nth(1).expect("a key"));
    for none in [
        codes_of(&order, &passed),
        codes_of(&other, &stays),
        codes_of(&order, &stays) + "x",
        friends.clone() + "x",
        keyless,
        another,
    ] {
        let call = stage.http.get(stage.url(&none)).header("accept", "application/json");
        assert_eq!(call.send().await.expect("an answer").status(), 404, "{none}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_mail_nor_paper_carries_a_code_that_moves() {
    let (mut stage, clock) = stage().await;
    let (order, paid) = stage.bought(1, 1).await;
    let told: OrderPaid = stage.said("order.paid").await;
    assert_eq!(told.tickets[0].code, "", "{told:?}");
    let pdf = stage.get(&order.file("tickets.pdf")).await.bytes().await.expect("bytes");
    let pages = words(&pdf);
    assert!(pages[0].contains("thecodemoves") && !pages[0].contains("Showthiscode"), "{pages:?}");

    // A type that has a fixed code again, and an end of entry of its own.
    to_the_doors(&stage, &clock);
    let until = stage.event.entry_from + 3_600_000;
    stage.event.revision = 3;
    let kind = &mut stage.event.ticket_types[1];
    (kind.rotating_code, kind.admit_until) = (false, until);
    stage.publish(&stage.event).await;
    let now = stage.order_now(&order).await;
    assert_eq!(now["tickets"][0]["rotating_code"], json!(false));
    assert!(now["tickets"][0]["code"].is_string(), "{now}");
    let (status, fixed) = stage.asks_for_codes(&codes_of(&order, &id(&paid, 0))).await;
    assert_eq!((status, &fixed["code"]), (409, &json!("code_fixed")));
    stage.bought(1, 1).await;
    let told: OrderPaid = stage.said("order.paid").await;
    assert_ne!(told.tickets[0].code, "");
    assert_eq!(told.tickets[0].admit_until, until, "the mail says until when its type lets in");
    let page = stage.get(&order.page).await.text().await.expect("a page");
    assert!(page.contains("ticket__arrive"), "{page}");
}
