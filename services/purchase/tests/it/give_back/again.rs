//! Who gave tickets back may buy as many again, and not one more, however many they try for at once.

use std::time::Duration;

use chrono::TimeDelta;
use db::{Db, DbSettings};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use futures::future::join_all;
use serde_json::json;
use tokio::sync::Barrier;
use uuid::Uuid;

use super::{Form, id};
use crate::stage::Stage;

/// What one guest may have.
const MOST: i64 = 3;
const TRIES: usize = 12;
/// What is held and what did not go back.
const HAS: &str = "SELECT (SELECT coalesce(sum(l.places), 0) FROM purchase.orders o JOIN purchase.order_lines l ON l.order_id = o.id
        WHERE o.state = 'pending' AND l.kind = 'ticket')
    + (SELECT count(*) FROM purchase.tickets WHERE state = 'valid') AS n";

async fn stage() -> Stage {
    let mut stage = Stage::open().await;
    stage.event.ticket_types[0].max_per_guest = MOST;
    stage.give_back_until(TimeDelta::hours(2), false, 2).await;
    stage
}

impl Stage {
    /// How many of several orders of one ticket each, placed at once by one guest, are held; the others are told why not.
    async fn held_of_many(&self) -> usize {
        let wish = self.wish(0, 1);
        let keys: Vec<String> = (0..TRIES).map(|_| Uuid::now_v7().to_string()).collect();
        let answers = join_all(keys.iter().map(|key| self.checkout(key, &wish))).await;
        for (status, body) in &answers {
            assert!(*status == 201 || body["code"] == "limit_exceeded", "{status} {body}");
        }
        answers.iter().filter(|(status, _)| *status == 201).count()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn as_many_as_went_back_are_bought_again_while_they_go_and_after() {
    let stage = stage().await;
    let (order, bought) = stage.bought(0, 3).await;
    assert_eq!(stage.held_of_many().await, 0, "three of three");
    let path = order.file(&format!("tickets/{}/refund", id(&bought, 0)));
    let form = Form::of(&stage.text(&path).await);
    let fields = form.fields();
    let (held, _) = tokio::join!(stage.held_of_many(), stage.post(&path, &fields));
    stage.until_count("SELECT count(*) FROM tickets WHERE state = 'refunded'", 1).await;
    assert_eq!(held + stage.held_of_many().await, 1, "one went back, and one is bought");
    assert_eq!(stage.count(HAS).await, MOST);
    stage.given_back(1).await;
    stage.audit().await;

    // A ticket that was passed on was bought by its buyer all the same, and so was one that staff voided.
    let to_bea = [("name", "Bea Ruiz"), ("email", "bea@example.org")];
    stage.post(&order.file(&format!("tickets/{}/transfer", id(&bought, 1))), &to_bea).await;
    let void = format!("/internal/v1/tickets/{}/void", id(&bought, 2));
    let voided = stage.inside("marketing-admin", &void, Some(json!({"reason": "resold"}))).await;
    assert_eq!(voided.0, 200, "{}", voided.1);
    assert_eq!(stage.held_of_many().await, 0);
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_stock_s_locks_the_guest_has_more_than_that() {
    let stage = stage().await;
    let (order, bought) = stage.bought(0, 3).await;
    let path = order.file(&format!("tickets/{}/refund", id(&bought, 0)));
    stage.post(&path, &Form::of(&stage.text(&path).await).fields()).await;
    assert_eq!(stage.count(HAS).await, MOST - 1);
    let mut settings = DbSettings::new(&stage.database.admin_url());
    settings.max_connections = 20;
    settings.patience = Duration::from_secs(20);
    let db = Db::connect(&settings).expect("sound settings");
    let all = Barrier::new(TRIES);
    join_all((0..TRIES).map(|_| naive(&db, &all))).await;
    let has = stage.count(HAS).await;
    assert!(has > MOST, "the rush is no test: who looks before locking gave the guest {has} of {MOST}");
}

/// Counts, then holds a place: what the hold engine is there to prevent.
async fn naive(db: &Db, all: &Barrier) {
    #[derive(diesel::QueryableByName)]
    struct Has {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        n: i64,
    }
    let mut conn = db.conn().await.expect("a connection");
    let has: Has = diesel::sql_query(HAS).get_result(&mut *conn).await.expect("a count");
    all.wait().await;
    if has.n < MOST {
        let order = Uuid::now_v7();
        let hold = format!(
            "INSERT INTO purchase.orders SELECT (jsonb_populate_record(o, jsonb_build_object('id', '{order}',
               'reference', '{order}', 'state', 'pending', 'paid_at', null, 'next_check_at', now() + interval '1 hour'))).*
               FROM purchase.orders o WHERE o.state = 'paid' AND o.paid_at IS NOT NULL LIMIT 1;
             INSERT INTO purchase.order_lines SELECT (jsonb_populate_record(l, jsonb_build_object('id', gen_random_uuid(),
               'order_id', '{order}', 'places', 1, 'quantity', 1, 'total_minor', l.unit_minor))).*
               FROM purchase.order_lines l JOIN purchase.orders o ON o.id = l.order_id
              WHERE o.state = 'paid' AND l.kind = 'ticket' LIMIT 1;"
        );
        conn.batch_execute(&hold).await.expect("held");
    }
}
