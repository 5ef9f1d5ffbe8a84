//! A hundred parties want one table: one has it, and all others are told. And the proof that the test can fail: the same rush on a club
//! that looks first and writes then seats several, and where the database knows one live reservation per table, it refuses them.

use std::sync::atomic::{AtomicI64, Ordering};

use db::Db;
use diesel_async::RunQueryDsl;
use futures::future::join_all;
use serde_json::json;
use uuid::Uuid;

use crate::stage::{Order, Stage};

const PARTIES: usize = 100;
const LIVE: &str = "SELECT count(*) FROM reserved_tables WHERE live";

#[tokio::test(flavor = "multi_thread")]
async fn of_a_hundred_parties_one_has_the_table_and_all_others_are_told() {
    let (stage, plan) = Stage::with_tables().await;
    let keys: Vec<String> = (0..PARTIES).map(|n| format!("party-{n}")).collect();
    let wishes: Vec<_> = (0..PARTIES)
        .map(|n| {
            let mut wish = stage.table_wish(&plan, 1, 1 + (n % 3) as u32);
            wish["buyer"]["email"] = json!(format!("guest-{n}@example.org"));
            wish
        })
        .collect();
    let answers = join_all(keys.iter().zip(&wishes).map(|(key, wish)| stage.reserve(key, wish))).await;
    let held: Vec<_> = answers.iter().filter(|(status, _)| *status == 201).collect();
    let told = answers.iter().filter(|(status, body)| *status == 409 && body["code"] == "sold_out").count();
    assert_eq!((held.len(), told), (1, PARTIES - 1), "no other answer");
    assert_eq!(stage.count(LIVE).await, 1);
    assert_eq!(stage.count("SELECT count(*) FROM orders").await, 1);
    stage.audit().await;

    // Nobody pays, and the rush begins anew: still one.
    let first = Order::of(&held[0].1);
    stage.end_holds().await;
    stage.until(&first, "expired").await;
    let keys: Vec<String> = (0..PARTIES).map(|n| format!("again-{n}")).collect();
    let answers = join_all(keys.iter().zip(&wishes).map(|(key, wish)| stage.reserve(key, wish))).await;
    let held: Vec<_> = answers.iter().filter(|(status, _)| *status == 201).collect();
    assert_eq!((held.len(), stage.count(LIVE).await), (1, 1));
    let order = Order::of(&held[0].1);
    stage.pay(&order, "4242424242424242").await;
    stage.until(&order, "paid").await;
    assert_eq!(stage.count(LIVE).await, 1);
    stage.audit().await;
}

/// Two processes, each with an engine of its own, meet at the stock row.
#[tokio::test(flavor = "multi_thread")]
async fn two_processes_seat_one_party() {
    let (stage, plan) = Stage::with_tables().await;
    let other = stage.replica(&[], std::sync::Arc::new(domain::clock::SystemClock)).await;
    let url = |n: usize| {
        let at = if n.is_multiple_of(2) { stage.service.public } else { other.public };
        format!("http://{at}/api/v1/reservations")
    };
    let answers = join_all((0..PARTIES).map(|n| {
        let mut wish = stage.table_wish(&plan, 1, 2);
        wish["buyer"]["email"] = json!(format!("guest-{n}@example.org"));
        let post = stage.http.post(url(n)).header("idempotency-key", format!("party-{n}")).json(&wish);
        async move { post.send().await.expect("an answer").status().as_u16() }
    }))
    .await;
    let of = |status: u16| answers.iter().filter(|answered| **answered == status).count();
    assert_eq!((of(201), of(409)), (1, PARTIES - 1), "{answers:?}");
    assert_eq!(stage.count(LIVE).await, 1);
    stage.audit().await;
}

/// Looks whether anybody has the table, and then takes it: what the engine is there to prevent. The order is an ordinary one's.
async fn naive(db: &Db, table: &str, order: &str, seated: &AtomicI64, refused: &AtomicI64) {
    #[derive(diesel::QueryableByName)]
    struct Live {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        live: i64,
    }
    let mut conn = db.conn().await.expect("a connection");
    let look =
        format!("SELECT count(*) AS live FROM purchase.reserved_tables WHERE live AND table_id = '{table}'");
    let found: Live = diesel::sql_query(look).get_result(&mut *conn).await.expect("a row");
    if found.live > 0 {
        return;
    }
    let id = Uuid::now_v7();
    let reserve = format!(
        "INSERT INTO purchase.reservations (id, event_id, order_id, state, party, booker_name, booker_email, language, arrives_at,
           currency, minimum_minor, deposit_minor, made_at, changed_at)
         SELECT '{id}'::uuid, event_id, id, 'pending', 2, buyer_name, buyer_email, language, now(), currency, 0, 0, now(), now()
         FROM purchase.orders WHERE reference = '{order}'"
    );
    diesel::sql_query(reserve).execute(&mut *conn).await.expect("a reservation");
    let take = format!(
        "INSERT INTO purchase.reserved_tables (reservation_id, table_id, event_id, position, live)
         SELECT '{id}'::uuid, '{table}'::uuid, event_id, 0, true FROM purchase.reservations WHERE id = '{id}'"
    );
    match diesel::sql_query(take).execute(&mut *conn).await {
        Ok(_) => seated.fetch_add(1, Ordering::Relaxed),
        Err(error) => {
            let error = db::DbError::from(error);
            assert_eq!(error.constraint(), Some("reserved_tables_one_live"), "{error}");
            refused.fetch_add(1, Ordering::Relaxed)
        }
    };
}

/// The rush past the engine. Says how many parties were seated, and how many the database refused.
async fn rush(constraint: bool) -> (i64, i64) {
    const RUSH: usize = 30;
    let (stage, plan) = Stage::with_tables().await;
    let mut orders = Vec::new();
    for _ in 0..RUSH {
        orders.push(stage.order(0, 1).await.reference);
    }
    // A pause between look and act, as a slow network makes it: the triggers run in the act's statement.
    stage
        .sql(
            "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.2); RETURN NEW; END $$;
             CREATE TRIGGER a_slow BEFORE INSERT ON reservations FOR EACH ROW EXECUTE FUNCTION slow()",
        )
        .await;
    if !constraint {
        stage.sql("ALTER TABLE reserved_tables DROP CONSTRAINT reserved_tables_one_live").await;
    }
    let mut settings = db::DbSettings::new(&stage.database.url(db::Owner::Purchase));
    settings.patience = std::time::Duration::from_secs(60);
    let db = Db::connect(&settings).expect("sound settings");
    let (seated, refused) = (AtomicI64::new(0), AtomicI64::new(0));
    let table = plan.tables[1].table_id.as_str();
    join_all(orders.iter().map(|order| naive(&db, table, order, &seated, &refused))).await;
    let seated = seated.into_inner();
    assert_eq!(stage.count(LIVE).await, seated);
    (seated, refused.into_inner())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_rush_without_engine_and_constraint_seats_several() {
    let (seated, _) = rush(false).await;
    assert!(seated > 1, "the rush is no test: {seated} seated");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_constraint_alone_seats_one() {
    let (seated, refused) = rush(true).await;
    assert_eq!(seated, 1);
    assert!(refused > 0, "nobody came that far");
}
