//! Guests of the list and guests who buy take from one stock. And the proof that the test can fail: a list whose heads the stock
//! does not count fills the room a second time.

use futures::future::join_all;

use crate::stage::Stage;

const PLACES: i64 = 30;
const WAVES: usize = 2;
const EACH: usize = 20;

async fn a_small_room() -> Stage {
    let stage = Stage::open().await;
    stage.resize(2, PLACES).await;
    stage
}

/// Staff add parties of two while guests buy, in two waves: what the first has taken, the second finds taken. Gives how many
/// heads were promised a place.
async fn rush(stage: &Stage) -> i64 {
    let (guest, wish) = (stage.guest(2, "DJ"), stage.wish(0, 1));
    let mut heads = 0;
    for wave in 0..WAVES {
        let keys: Vec<String> = (0..EACH).map(|n| format!("wave-{wave}-{n}")).collect();
        let listed = join_all(keys.iter().map(|key| stage.add(key, &guest)));
        let bought = join_all(keys.iter().map(|key| stage.checkout(key, &wish)));
        let (listed, bought) = tokio::join!(listed, bought);
        for (status, body) in &listed {
            assert!(*status == 200 || (*status == 409 && body["code"] == "sold_out"), "{status} {body}");
            heads += if *status == 200 { 2 } else { 0 };
        }
        for (status, body) in &bought {
            assert!(*status == 201 || (*status == 409 && body["code"] == "sold_out"), "{status} {body}");
            heads += i64::from(*status == 201);
        }
    }
    heads
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_and_the_shop_fill_the_room_once() {
    let stage = a_small_room().await;
    let heads = rush(&stage).await;
    assert!((PLACES - 1..=PLACES).contains(&heads), "what is left is too little for two: {heads}");
    stage.audit_list().await;
}

/// The control.
#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_the_stock_does_not_count_oversells() {
    let stage = a_small_room().await;
    // Guests who buy are held; only what costs nothing is sold at once.
    stage
        .sql(
            "ALTER TABLE stock DROP CONSTRAINT stock_never_oversold;
             CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS
               $$ BEGIN NEW.sold := OLD.sold; RETURN NEW; END $$;
             CREATE TRIGGER spoil BEFORE UPDATE ON stock FOR EACH ROW WHEN (NEW.sold > OLD.sold)
               EXECUTE FUNCTION spoil()",
        )
        .await;
    let heads = rush(&stage).await;
    assert!(heads > PLACES, "the rush is no test: {heads} of {PLACES}");
    let promised = "SELECT (SELECT count(*) FROM tickets)
        + (SELECT coalesce(sum(l.places), 0) FROM order_lines l JOIN orders o ON o.id = l.order_id WHERE o.state = 'pending')";
    assert_eq!(stage.count(promised).await, heads, "and they are real");
}
