//! At the door of a full house nobody is sold a place to wait for.

use domain::clock::{Clock, SystemClock};
use domain::ids::MessageId;
use messages::scanner::v1::DoorChanged;
use serde_json::json;

use crate::stage::Stage;

impl Stage {
    /// The doors have been open for an hour.
    async fn doors_open(&mut self) {
        let now = SystemClock.now().timestamp_millis();
        self.event.revision += 1;
        (self.event.changed_at, self.event.entry_from) = (now, now - 3_600_000);
        self.publish(&self.event).await;
    }

    /// The door says how full it is, as of so many minutes ago.
    async fn door_says(&self, revision: i64, inside: i64, limit: i64, minutes_ago: i64) -> bus::Outcome {
        let now = SystemClock.now();
        let word = DoorChanged {
            event_id: self.event.event_id.clone(),
            revision,
            inside,
            limit,
            changed_at: now.timestamp_millis() - minutes_ago * 60_000,
            ..DoorChanged::default()
        };
        let delivery = bus::Delivery {
            id: MessageId::generate(),
            subject: "door.changed".into(),
            published_at: now,
            attempt: 1,
        };
        let mut conn = self.purchase.conn().await.expect("a connection");
        purchase::box_office::house::apply(&mut conn, word, delivery).await.expect("a sound word")
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_would_pay_at_the_door_of_a_full_house_and_wait_is_sold_nothing() {
    let mut stage = Stage::open().await;
    // In advance nobody comes in now, however full tonight's house is.
    stage.door_says(1, 400, 400, 0).await;
    assert_eq!(stage.sell("in-advance", &stage.sale("cash_at_venue", 1)).await.0, 200);
    stage.doors_open().await;
    for (key, channel) in [("cash", "cash_at_venue"), ("card", "card_at_venue")] {
        let (status, body) = stage.sell(key, &stage.sale(channel, 1)).await;
        assert_eq!((status, &body["code"]), (409, &json!("house_full")), "{body}");
    }
    let mut gift = stage.sale("comp", 1);
    gift["reason"] = json!("the band");
    assert_eq!(stage.sell("gift", &gift).await.0, 200, "a gift is not paid for to come in now");
    assert_eq!(stage.checkout("guest", &stage.wish(0, 1)).await.0, 201, "guests online buy as before");
    assert_eq!(stage.count("SELECT count(*) FROM orders WHERE channel = 'card_at_venue'").await, 0);

    // One has left: one may come, and two would not fit.
    stage.door_says(2, 399, 400, 0).await;
    let (status, body) = stage.sell("two", &stage.sale("card_at_venue", 2)).await;
    assert_eq!((status, &body["code"]), (409, &json!("house_full")), "{body}");
    assert_eq!(stage.sell("one", &stage.sale("card_at_venue", 1)).await.0, 200);
    // Asked again after it has filled up, it is the same sale.
    stage.door_says(3, 400, 400, 0).await;
    assert_eq!(stage.sell("one", &stage.sale("card_at_venue", 1)).await.0, 200);
    assert_eq!(stage.count("SELECT count(*) FROM orders WHERE channel = 'card_at_venue'").await, 1);
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn old_news_an_older_word_and_a_night_without_a_limit_stop_nobody() {
    let mut stage = Stage::open().await;
    stage.doors_open().await;
    let sells = async |key: &str| stage.sell(key, &stage.sale("cash_at_venue", 1)).await.0;
    assert_eq!(sells("nothing-said").await, 200);
    stage.door_says(1, 400, 400, 6).await;
    assert_eq!(sells("six-minutes-old").await, 200);
    assert_eq!(stage.door_says(3, 400, 400, 4).await, bus::Outcome::Applied);
    assert_eq!(sells("four-minutes-old").await, 409);
    assert_eq!(stage.door_says(2, 10, 400, 5).await, bus::Outcome::Stale);
    assert_eq!(sells("an-older-word-came-late").await, 409);
    stage.door_says(4, 400, 0, 0).await;
    assert_eq!(sells("no-limit").await, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_door_that_was_put_back_to_an_earlier_time_is_heard_at_once() {
    let mut stage = Stage::open().await;
    stage.doors_open().await;
    stage.door_says(90, 10, 400, 3).await;
    assert_eq!(stage.sell("room", &stage.sale("cash_at_venue", 1)).await.0, 200);
    assert_eq!(stage.door_says(7, 400, 400, 0).await, bus::Outcome::Applied);
    assert_eq!(stage.sell("full", &stage.sale("cash_at_venue", 1)).await.0, 409);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manager_sells_on_at_a_full_house_and_says_why() {
    let mut stage = Stage::open().await;
    stage.doors_open().await;
    stage.door_says(1, 401, 400, 0).await;
    let mut sale = stage.sale("cash_at_venue", 1);
    assert_eq!(stage.sell("on", &sale).await.0, 409);
    sale["although_full"] = json!(" The owner's brother ");
    let (status, body) = stage.sell("on", &sale).await;
    assert_eq!((status, &body["tickets"]), (200, &json!(1)), "under the form's same key: {body}");
    let on_record =
        "SELECT count(*) FROM audit_log WHERE action = 'box_office.sold' AND reason = 'The owner''s brother'
                       AND detail -> 'house' = '{\"inside\": 401, \"limit\": 400}'";
    assert_eq!(stage.count(on_record).await, 1);
    stage.audit().await;
}
