//! The service stays, and what it needs goes away: PostgreSQL in each of the ways in which it can stop, the wires to PostgreSQL,
//! NATS and Stripe. Guests buy all the time. Nobody is told anything but "yes" and "try again", every "yes" is kept, no
//! transaction stays open while another server is waited for, and all goes on by itself when what was away is back.

mod load;

use std::path::Path;
use std::time::Duration;

use db::Owner;
use db::testing::TestDatabase;
use devstack::part::Signal;
use devstack::postgres::{Durability, Postgres};
use devstack::proxy::{Proxy, Wire};
use futures::future::join_all;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::stage::{LOOKS, Order, Stage, Terms, pause};
use load::{Log, buy, guests, rises};

const CARD: &str = "4242424242424242";
const GUESTS: usize = 6;

/// The night, with more places than anybody buys here.
async fn a_large_night(stage: &Stage) {
    let mut event = stage.event.clone();
    event.revision += 1;
    event.ticket_types[0].capacity = 100_000;
    stage.publish(&event).await;
}

/// PostgreSQL as it was left, started again. A child of one that was killed may keep its memory for a moment.
fn start(folder: &Path, port: u16) -> Postgres {
    for _ in 0..300 {
        match Postgres::start(folder, port, Durability::Kept) {
            Ok(postgres) => return postgres,
            Err(error) => eprintln!("once more: {error}"),
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("PostgreSQL does not start again");
}

/// Ends it so, and waits until it is gone.
fn end(postgres: &mut Postgres, how: Signal) {
    match how {
        Signal::Kill => postgres.part().kill(),
        how => postgres.part().signal(how),
    }
    while postgres.part().ended().is_none() {
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Ends PostgreSQL in every way and starts it again, each time once sales go on.
async fn outages(mut postgres: Postgres, folder: &Path, port: u16, log: &Log) -> Postgres {
    for how in [Signal::Int, Signal::Quit, Signal::Kill].repeat(devstack::soak(1, 7)) {
        rises("orders before it stops", 10, || log.acked()).await;
        let ended = tokio::task::spawn_blocking(move || {
            end(&mut postgres, how);
            postgres
        })
        .await
        .expect("it ends");
        rises("guests who are told to try again", 3, || log.refused()).await;
        let folder = folder.to_owned();
        postgres = tokio::task::spawn_blocking(move || start(&folder, port)).await.expect("it starts");
        drop(ended);
    }
    rises("orders after the last time", 10, || log.acked()).await;
    log.end();
    postgres
}

#[tokio::test(flavor = "multi_thread")]
async fn postgresql_stopped_in_every_way_breaks_no_promise() {
    let home = tempfile::tempdir().expect("a folder");
    let folder = home.path().join("postgres");
    let port = devstack::ports::free().expect("a free port");
    let first = folder.clone();
    let postgres = tokio::task::spawn_blocking(move || start(&first, port)).await.expect("it starts");
    let database = TestDatabase::create_in(&postgres.url("postgres")).await;
    let url = database.product_url(Owner::Purchase);
    let stage = Stage::furnished_on(database, &[("DATABASE_URL", url.as_str())], Terms::default()).await;
    a_large_night(&stage).await;
    let log = Log::default();
    let ((), postgres) =
        tokio::join!(guests(&stage, &log, GUESTS), Box::pin(outages(postgres, &folder, port, &log)));
    log.holds(&stage).await;
    let (order, _) = stage.bought(0, 2).await;
    assert_eq!(stage.order_now(&order).await["state"], "paid", "the same process sells and fulfils");
    stage.audit().await;
    drop(stage);
    drop(postgres);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wire_to_postgresql_that_comes_and_goes_breaks_no_promise() {
    let database = TestDatabase::create().await;
    let proxy = Proxy::before(&database.product_url(Owner::Purchase)).await;
    // While the wire is silent each new connection is waited for so long, and the hold engine waits for one after the other.
    let terms = Terms { patience: Duration::from_secs(5), ..Terms::default() };
    let stage = Stage::furnished_on(database, &[("DATABASE_URL", proxy.url.as_str())], terms).await;
    a_large_night(&stage).await;
    let log = Log::default();
    let weather = async {
        for _ in 0..3 {
            rises("orders while the wire is good", 5, || log.acked()).await;
            proxy.is(Wire::Cut);
            rises("guests who are told to try again", 3, || log.refused()).await;
            proxy.is(Wire::Open);
        }
        rises("orders after it flapped", 5, || log.acked()).await;
        proxy.is(Wire::Slow(Duration::from_millis(25)));
        rises("orders on a slow wire", 5, || log.acked()).await;
        // PostgreSQL is frozen: nobody answers, and nobody hangs up but ourselves. The hold engine goes on.
        proxy.is(Wire::Silent);
        rises("guests who are told to try again", 3, || log.refused()).await;
        proxy.is(Wire::Open);
        rises("orders after the thaw", 5, || log.acked()).await;
        // The same, and then the kernel hangs up.
        proxy.is(Wire::Silent);
        stage.until_count(QUIET, 0).await;
        proxy.is(Wire::Cut);
        rises("guests who are told to try again", 3, || log.refused()).await;
        proxy.is(Wire::Open);
        rises("orders at the end", 5, || log.acked()).await;
        log.end();
    };
    tokio::join!(guests(&stage, &log, GUESTS), Box::pin(weather));
    log.holds(&stage).await;
    stage.bought(0, 2).await;
    stage.audit().await;
}

/// Connections of the service on which the server has something to do.
const QUIET: &str = "SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND usename = 'purchase' AND state = 'active'";

/// Everybody whom an outage sent away comes back in one moment. What was to be sold is sold, once, and what Stripe says
/// meanwhile is heard.
#[tokio::test(flavor = "multi_thread")]
async fn all_who_were_sent_away_come_back_at_once() {
    let crowd = devstack::soak(150, 500);
    let database = TestDatabase::create().await;
    let proxy = Proxy::before(&database.product_url(Owner::Purchase)).await;
    let stage =
        Stage::furnished_on(database, &[("DATABASE_URL", proxy.url.as_str())], Terms::default()).await;
    let early = stage.order(0, 2).await;
    let log = Log::default();
    let keys: Vec<String> = (0..crowd).map(|_| Uuid::now_v7().to_string()).collect();
    proxy.is(Wire::Cut);
    let back = async {
        rises("guests who are told to try again", crowd, || log.refused()).await;
        proxy.is(Wire::Open);
        stage.pay(&early, CARD).await;
        stage.until(&early, "paid").await;
    };
    tokio::join!(join_all(keys.iter().map(|key| buy(&stage, &log, key))), Box::pin(back));
    log.holds(&stage).await;
    assert_eq!(
        stage.count("SELECT held + sold FROM stock WHERE asked_capacity = 100").await,
        100,
        "98 of them have a place, and two had one before"
    );
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_nats_everything_is_sold_and_told_later() {
    let nats = devstack::Nats::start_with(crate::stage::keys(), false).await.expect("a NATS server");
    let proxy = Proxy::before(&nats.url("purchase")).await;
    let stage = Stage::with_nats(&proxy.url).await;
    let unsent = "SELECT count(*) FROM outbox WHERE sent_at IS NULL";
    let orders = devstack::soak(1, 20);
    stage.bought(0, 1).await;
    stage.until_count(unsent, 0).await;
    for wire in [Wire::Cut, Wire::Silent] {
        proxy.is(wire);
        for _ in 0..orders {
            stage.bought(0, 2).await;
        }
        stage.bought(1, 1).await;
        assert!(stage.count(unsent).await > 0, "{wire:?}: nobody can have heard");
        let held = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
                      AND usename = 'purchase' AND state = 'idle in transaction'
                      AND state_change < now() - interval '5 seconds'";
        assert_eq!(stage.count(held).await, 0, "{wire:?}: no transaction waits for NATS");
        proxy.is(Wire::Open);
        stage.until_count(unsent, 0).await;
    }
    let sold = "SELECT sum(sold) FROM stock";
    assert_eq!(stage.count(sold).await, 1 + 2 * (2 * orders + 1));
    stage.audit().await;
}

/// Stripe takes the call and says nothing. The guest is answered all the same, nobody else waits, and no transaction does.
#[tokio::test(flavor = "multi_thread")]
async fn stripe_that_says_nothing_holds_up_nobody_else() {
    let stage = Stage::open().await;
    let hang = json!({"provider": "stripe", "method": "POST", "path": "/v1/checkout/sessions", "count": 3,
        "action": {"kind": "hang", "ms": 1500}});
    stage.control("faults", hang).await;
    let wish = stage.wish(0, 1);
    let others = async {
        struck(&stage).await;
        let free = stage.order(1, 1).await;
        assert_eq!(stage.order_now(&free).await["state"], "paid", "who needs no Stripe is served");
        assert!(all_transactions_end(&stage).await, "no transaction waits for Stripe");
    };
    let ((status, body), ()) = tokio::join!(stage.checkout("k", &wish), Box::pin(others));
    assert_eq!((status.as_u16(), &body["code"]), (503, &json!("payment_unavailable")), "{body}");
    let (status, body) = stage.checkout("k", &wish).await;
    assert_eq!(status, 201, "the same key goes on: {body}");
    let order = Order::of(&body);
    stage.pay(&order, CARD).await;
    stage.until(&order, "paid").await;
    assert_eq!(stage.count("SELECT count(*) FROM orders").await, 2);
    stage.audit().await;
}

/// Whether all transactions that are open now and do nothing end within a few looks. One that waits for another server stays
/// through all of them; one of our own that the machine has no time for does not.
async fn all_transactions_end(stage: &Stage) -> bool {
    let now = stage.count("SELECT extract(epoch FROM clock_timestamp()) * 1000000").await;
    let open = format!(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = 'purchase'
            AND state LIKE 'idle in transaction%' AND extract(epoch FROM xact_start) * 1000000 <= {now}"
    );
    for _ in 0..12 {
        if stage.count(&open).await == 0 {
            return true;
        }
        pause().await;
    }
    false
}

/// Waits until a scripted fault has struck.
pub async fn struck(stage: &Stage) {
    for _ in 0..LOOKS {
        let url = format!("{}/control/faults", stage.sandbox.url);
        let faults: Value =
            stage.http.get(url).send().await.expect("the sandbox").json().await.expect("JSON");
        if faults["faults"][0]["struck"].as_u64() > Some(0) {
            return;
        }
        pause().await;
    }
    panic!("the fault never struck");
}
