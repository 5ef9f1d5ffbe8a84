//! Freed places, buyers and those in line, all at once: nothing is held twice, and nobody passes the line. And the proof that
//! the test can fail: the same rush at a shop that does not know the line gives freed places to strangers.

use futures::future::join_all;

use crate::stage::Stage;

const PLACES: usize = 12;
const BUYERS: usize = 40;

/// A sold-out night, a line as long as the night is large, every hold freed, and strangers who try to buy meanwhile. Says how
/// many of them got a place.
async fn rush(stage: &Stage) -> usize {
    let wish = stage.wish(0, 1);
    let keys: Vec<String> = (0..BUYERS).map(|n| format!("stranger-{n}")).collect();
    let freeing = stage.end_holds();
    let buying = async {
        let mut served = 0;
        loop {
            let answers = join_all(keys.iter().map(|key| stage.checkout(key, &wish))).await;
            served += answers.iter().filter(|(status, _)| *status == 201).count();
            let open = "SELECT count(*) FROM waitlist WHERE state = 'offered'";
            let gone = "SELECT count(*) FROM orders WHERE state = 'expired'";
            let done = stage.count(open).await + served as i64 >= PLACES as i64;
            if done && stage.count(gone).await >= PLACES as i64 {
                return served;
            }
            crate::stage::pause().await;
        }
    };
    tokio::join!(freeing, buying).1
}

async fn stage_with_a_line() -> Stage {
    let (stage, _) = Stage::sold_out(PLACES as i64).await;
    for guest in 0..PLACES {
        stage.join(&format!("guest-{guest}@example.org"), 1).await;
    }
    stage
}

#[tokio::test(flavor = "multi_thread")]
async fn every_freed_place_goes_to_the_line_whoever_else_wants_it() {
    let stage = stage_with_a_line().await;
    assert_eq!(rush(&stage).await, 0, "a stranger got a place that somebody waited for");
    assert_eq!(stage.count("SELECT held FROM stock WHERE capacity = 12").await, PLACES as i64);
    stage.audit().await;
    // All claim at once, each of them twice.
    let mut places = Vec::new();
    for guest in 0..PLACES {
        places.push(stage.place_of(&format!("guest-{guest}@example.org")).await);
    }
    let claims = places.iter().chain(&places).map(|place| stage.claim(place, "1"));
    let answers = join_all(claims).await;
    assert!(answers.iter().all(|answer| answer.status() == 303), "{answers:?}");
    assert_eq!(stage.count("SELECT count(*) FROM orders WHERE state = 'pending'").await, PLACES as i64);
    assert_eq!(stage.count("SELECT count(*) FROM waitlist WHERE state = 'claimed'").await, PLACES as i64);
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_rush_without_the_line_serves_strangers() {
    let stage = stage_with_a_line().await;
    // Nobody is seen to wait: the engine keeps nothing for them, and nobody makes offers.
    stage.sql("UPDATE waitlist SET state = 'left', settled_at = now()").await;
    let served = rush(&stage).await;
    assert!(served > 0, "the rush is no test: no stranger got a place even without a line");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_offer_that_cannot_be_told_is_not_made() {
    let (stage, orders) = Stage::sold_out(1).await;
    stage.join("ana@example.org", 1).await;
    stage
        .sql(
            "CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no message'; END $$;
             CREATE TRIGGER spoil BEFORE INSERT ON outbox FOR EACH ROW
             WHEN (NEW.subject = 'waitlist.changed') EXECUTE FUNCTION spoil()",
        )
        .await;
    stage.free(&orders[0]).await;
    assert_eq!(stage.checkout("stranger", &stage.wish(0, 1)).await.0, 409, "it is kept all the same");
    assert_eq!(stage.count(crate::waitlist::OPEN_OFFERS).await, 0);
    assert_eq!(stage.count("SELECT sum(held) FROM stock").await, 0, "nothing is held for nobody");
    stage.sql("DROP TRIGGER spoil ON outbox").await;
    stage.until_state("ana@example.org", "offered").await;
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn types_that_share_the_room_share_one_line() {
    let stage = Stage::open().await;
    let mut event = stage.event.clone();
    let room = uuid::Uuid::now_v7().to_string();
    event.revision = 2;
    event.shared_caps = vec![messages::marketing_admin::v1::SharedCap {
        shared_cap_id: room.clone(),
        name: "Room".into(),
        capacity: 2,
    }];
    for kind in &mut event.ticket_types {
        kind.shared_cap_id.clone_from(&room);
    }
    stage.publish(&event).await;
    let held = stage.order(0, 2).await;
    stage.join("ana@example.org", 2).await;
    let free =
        [("ticket_type", stage.kind(1)), ("party", "1"), ("name", "Bea"), ("email", "bea@example.org")];
    assert_eq!(stage.send("/e/friday-night/waitlist", &free).await.status(), 303);
    stage.free(&held).await;
    stage.until_state("ana@example.org", "offered").await;
    assert_eq!(stage.state_of("bea@example.org").await, "waiting");
    assert_eq!(stage.checkout("stranger", &stage.wish(1, 1)).await.0, 409);
    assert_eq!(stage.count(&format!("SELECT held FROM stock WHERE id = '{room}'")).await, 2);
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_offer_moves_with_its_type_to_another_limit() {
    let (stage, _) = Stage::sold_out(1).await;
    stage.join("ana@example.org", 2).await;
    stage.join("bea@example.org", 1).await;
    stage.resize(3, 3).await;
    stage.until_state("ana@example.org", "offered").await;
    let mut event = stage.event.clone();
    let room = uuid::Uuid::now_v7().to_string();
    event.revision = 4;
    event.ticket_types[0].capacity = 4;
    event.shared_caps = vec![messages::marketing_admin::v1::SharedCap {
        shared_cap_id: room.clone(),
        name: "Room".into(),
        capacity: 3,
    }];
    event.ticket_types[0].shared_cap_id.clone_from(&room);
    stage.publish(&event).await;
    assert_eq!(stage.count(&format!("SELECT held FROM stock WHERE id = '{room}'")).await, 3);
    stage.audit().await;
    assert_eq!(stage.claim(&stage.place_of("ana@example.org").await, "1").await.status(), 303);
    stage.until_state("bea@example.org", "offered").await;
    assert_eq!(stage.count(&format!("SELECT held FROM stock WHERE id = '{room}'")).await, 3);
    stage.audit().await;
}
