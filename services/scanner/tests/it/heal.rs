//! Over NATS: what arrives, what leaves, what is found missing.

use diesel_async::SimpleAsyncConnection;
use std::{sync::Arc, time::Duration};

use bus::{Consumer, Delivery, HandleError, Outcome, outbox, relay};
use chrono::{DateTime, Utc};
use db::{Conn, Owner};
use domain::{
    clock::{FixedClock, SharedClock},
    permission::Role,
};
use messages::{
    scanner::v1::TicketScanned,
    subjects::{CLUB, SALES},
};
use serde_json::{Value, json};

use crate::house::{House, bus_as, code_of, service_token};

/// Asks until the answer is yes. A test that waits in vain fails by its own time limit.
pub async fn until(what: &str, mut check: impl AsyncFnMut() -> bool) {
    let waiting = async {
        let mut look_again = tokio::time::interval(Duration::from_millis(50));
        while !check().await {
            look_again.tick().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), waiting).await.unwrap_or_else(|_| panic!("never: {what}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_sold_elsewhere_is_known_here_and_its_scan_is_told_back() {
    let nats = devstack::Nats::start().await.unwrap();
    let clock = Arc::new(FixedClock::at("2026-11-21T00:30:00Z".parse::<DateTime<Utc>>().unwrap()));
    let house = House::open_at(&nats.url("scanner"), clock.clone()).await;
    let shared: SharedClock = clock;

    // purchase and marketing-admin say something, each in its own schema.
    let ticket = house.unsold();
    let sales = house.database.db(Owner::Purchase);
    outbox::add(&mut sales.conn().await.unwrap(), &ticket, shared.now()).await.unwrap();
    relay::drain(&sales, &bus_as(&nats, "purchase").await, SALES, &shared).await.unwrap_or_default();
    let club = house.database.db(Owner::MarketingAdmin);
    let other = crate::house::night("saturday", shared.now());
    outbox::add(&mut club.conn().await.unwrap(), &other, shared.now()).await.unwrap();
    let club_bus = bus_as(&nats, "marketing_admin").await;
    let sales_bus = bus_as(&nats, "purchase").await;
    until("the messages leave", async || {
        relay::drain(&sales, &sales_bus, SALES, &shared).await.is_ok()
            && relay::drain(&club, &club_bus, CLUB, &shared).await.is_ok()
    })
    .await;

    let token = house.token(Role::DoorStaff);
    until("the door knows both", async || {
        let mut conn = house.db.conn().await.unwrap();
        let known = scanner::door::store::event_named(&mut conn, "saturday").await.unwrap().is_some();
        let answer = house.answer(&token, &house.scan_of(&code_of(&ticket))).await;
        known && answer["decision"] == "admit" || answer["reason"] == "already_inside"
    })
    .await;

    // marketing-admin hears of the admission.
    let heard = Consumer::<TicketScanned>::new("marketing_admin_ticket_scanned");
    async fn hear(_: &mut Conn, scan: TicketScanned, _: Delivery) -> Result<Outcome, HandleError> {
        Ok(if scan.decision == "admit" && scan.inside_after == 1 {
            Outcome::Applied
        } else {
            Outcome::Ignored
        })
    }
    until("the scan is told", async || {
        heard.drain(&club, &club_bus, &shared, hear).await.is_ok_and(|drained| drained.applied == 1)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn others_can_compare_what_was_scanned_and_have_it_said_again() {
    let house = House::open().await;
    house.answer(&house.token(Role::DoorStaff), &house.scan_of("x")).await;
    // As if the relay had sent it: what is still on its way is not yet said.
    let sent = "update outbox set sent_at = now(), stream_sequence = 1";
    house.db.conn().await.unwrap().batch_execute(sent).await.unwrap();
    let url = |path: &str| format!("http://{}/internal/v1/{path}", house.running.internal);
    let bearer = || service_token("marketing-admin", house.now());
    let get = async |path: &str| -> Value {
        house.http.get(url(path)).bearer_auth(bearer()).send().await.unwrap().json().await.unwrap()
    };
    let digest = get("digest/ticket.scanned").await;
    assert_eq!((digest.as_array().unwrap().len(), digest[0]["count"].as_i64()), (1, Some(1)));
    let entries = get(&format!("digest/ticket.scanned?buckets={}", digest[0]["bucket"])).await;
    let body = json!({"ids": [entries[0]["aggregate"]]});
    let resent = house.http.post(url("resend/ticket.scanned")).bearer_auth(bearer()).json(&body);
    let resent: Value = resent.send().await.unwrap().json().await.unwrap();
    assert_eq!(resent["sent"], 1);
    let strange = House::code(house.http.get(url("digest/order.paid")).bearer_auth(bearer())).await;
    assert_eq!(strange.0, 404);
    let nobody = House::code(house.http.get(url("digest/ticket.scanned"))).await;
    assert_eq!(nobody, (401, "token_missing".into()));
    let staff =
        House::code(house.http.get(url("digest/ticket.scanned")).bearer_auth(house.token(Role::Owner))).await;
    assert_eq!(staff.0, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_door_gave_up_is_shown_to_the_desk_and_tried_again() {
    let house = House::open().await;
    let dead = "insert into dead_letters (durable, message_id, subject, payload, published_at, error, attempts, died_at)
                values ('scanner_ticket_changed', gen_random_uuid(), 'ticket.changed', 'secret', now(), 'no such zone', 8, now())";
    house.db.conn().await.unwrap().batch_execute(dead).await.unwrap();
    let url = |path: &str| format!("http://{}/internal/v1/dead-letters{path}", house.running.internal);
    let desk = || service_token("marketing-admin", house.now());
    let list: Value = house.http.get(url("")).bearer_auth(desk()).send().await.unwrap().json().await.unwrap();
    assert_eq!((&list["open"], &list["letters"][0]["error"]), (&json!(1), &json!("no such zone")));
    assert!(list["letters"][0].get("payload").is_none(), "{list}");
    let stranger = House::code(house.http.get(url("")).bearer_auth(service_token("purchase", house.now())));
    assert_eq!(stranger.await.0, 403);
    let again = format!("/{}/replay", list["letters"][0]["id"]);
    let asked: Value =
        house.http.post(url(&again)).bearer_auth(desk()).send().await.unwrap().json().await.unwrap();
    assert_eq!(asked["asked"], 1);
    let row =
        "select count(*) from audit_log where action = 'dead_letter.replayed' and actor = 'marketing-admin'";
    assert_eq!(house.count(row).await, 1);
}
