//! A server that is frozen: its kernel takes what we send, nobody answers, and nobody hangs up.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use db::testing::TestDatabase;
use db::{Conn, Db, DbError, Keep};
use diesel_async::RunQueryDsl;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::{Number, admin, number, run};

/// Longer than any wait here should last, on any machine.
const SOON: Duration = Duration::from_secs(60);

/// A wire to the server that stops carrying anything while it is frozen.
struct Wire {
    url: String,
    frozen: watch::Sender<bool>,
    /// Freezes behind the next that the server says.
    midway: Arc<AtomicBool>,
    door: JoinHandle<()>,
}

impl Wire {
    async fn to(url: &str) -> Self {
        let (start, rest) = url.rsplit_once('@').expect("a user in the URL");
        let end = rest.find('/').unwrap_or(rest.len());
        let server: SocketAddr = rest[..end].parse().expect("an address in the URL");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let here = listener.local_addr().expect("an address");
        let (frozen, midway) = (watch::Sender::new(false), Arc::new(AtomicBool::new(false)));
        let (thaw, armed) = (frozen.clone(), midway.clone());
        let door = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(carry(client, server, thaw.clone(), armed.clone()));
            }
        });
        Self { url: format!("{start}@{here}{}", &rest[end..]), frozen, midway, door }
    }

    fn is_frozen(&self, frozen: bool) {
        self.frozen.send_replace(frozen);
    }

    /// A pool whose statements are waited for two seconds.
    fn pool(&self) -> Db {
        let mut settings = db::DbSettings::new(&self.url);
        settings.answer = Duration::from_secs(2);
        settings.max_connections = 1;
        settings.patience = Duration::from_secs(30);
        Db::connect(&settings).unwrap()
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.door.abort();
    }
}

async fn carry(client: TcpStream, server: SocketAddr, frozen: watch::Sender<bool>, midway: Arc<AtomicBool>) {
    let Ok(server) = TcpStream::connect(server).await else { return };
    let ((from_client, to_client), (from_server, to_server)) = (client.into_split(), server.into_split());
    let never = Arc::default();
    tokio::join!(pump(from_client, to_server, &frozen, never), pump(from_server, to_client, &frozen, midway));
}

async fn pump(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    frozen: &watch::Sender<bool>,
    midway: Arc<AtomicBool>,
) {
    let mut bytes = vec![0; 1024];
    let mut state = frozen.subscribe();
    loop {
        let Ok(read @ 1..) = from.read(&mut bytes).await else { return };
        if state.wait_for(|frozen| !frozen).await.is_err() {
            return;
        }
        if to.write_all(&bytes[..read]).await.is_err() {
            return;
        }
        if midway.swap(false, Ordering::Relaxed) {
            frozen.send_replace(true);
        }
    }
}

#[tokio::test]
async fn a_server_that_takes_all_and_answers_nothing_is_given_up() {
    let database = TestDatabase::create().await;
    let wire = Wire::to(&database.admin_url()).await;
    let pool = wire.pool();
    let mut conn = pool.conn().await.unwrap();
    let pid = "SELECT pg_backend_pid()::bigint AS value";
    let before = number(&mut conn, pid).await;
    wire.is_frozen(true);
    let told = timeout(SOON, run(&mut conn, "SELECT 1")).await.expect("the wait ends");
    assert!(matches!(told, Err(DbError::Timeout(_))), "{told:?}");
    let again = timeout(SOON, run(&mut conn, "SELECT 1")).await.expect("nobody listens there any more");
    assert!(matches!(again, Err(DbError::Timeout(_))), "{again:?}");
    drop(conn);
    wire.is_frozen(false);
    let mut conn = pool.conn().await.unwrap();
    assert_ne!(number(&mut conn, pid).await, before, "the pool made another");
}

/// The answer has begun and its rows stay away: the driver has told of the answer by then.
#[tokio::test]
async fn a_server_that_freezes_midway_through_an_answer_is_given_up() {
    let database = TestDatabase::create().await;
    let wire = Wire::to(&database.admin_url()).await;
    let pool = wire.pool();
    let mut conn = pool.conn().await.unwrap();
    let rows = "SELECT length(repeat('x', 100))::bigint + n AS value FROM generate_series(1, 100000) n";
    // The statement is prepared by then: the next that the server says is the answer.
    let kept = diesel::sql_query(rows).kept();
    let whole: Vec<Number> = kept.clone().load(&mut conn).await.unwrap();
    assert_eq!(whole.len(), 100_000);
    wire.midway.store(true, Ordering::Relaxed);
    let told: Result<Vec<Number>, _> = timeout(SOON, kept.load(&mut conn)).await.expect("the wait ends");
    let told = told.map_err(DbError::from);
    assert!(matches!(told, Err(DbError::Timeout(_) | DbError::Unavailable(_))), "{told:?}");
    drop(conn);
    wire.is_frozen(false);
    pool.conn().await.unwrap();
}

/// Our hanging up decides nothing: what was sent may take effect yet.
#[tokio::test]
async fn a_commit_that_nobody_answers_is_no_yes_and_no_no() {
    let database = TestDatabase::create().await;
    let wire = Wire::to(&database.admin_url()).await;
    let (pool, other) = (wire.pool(), admin(&database));
    let mut look = other.conn().await.unwrap();
    run(&mut look, "CREATE TABLE kept (n int)").await.unwrap();
    let work = pool.transaction(async |conn: &mut Conn| {
        run(conn, "INSERT INTO kept VALUES (1)").await?;
        wire.is_frozen(true);
        Ok::<_, DbError>(())
    });
    let told = timeout(SOON, work).await.expect("the wait ends");
    assert!(matches!(told, Err(DbError::Timeout(_))), "{told:?}");
    let kept = "SELECT count(*) AS value FROM kept";
    assert_eq!(number(&mut look, kept).await, 0, "the COMMIT lies on the wire");
    wire.is_frozen(false);
    for _ in 0..600 {
        if number(&mut look, kept).await == 1 {
            break;
        }
        run(&mut look, "SELECT pg_sleep(0.05)").await.unwrap();
    }
    assert_eq!(number(&mut look, kept).await, 1, "it arrived after all");
    run(&mut pool.conn().await.unwrap(), "SELECT 1").await.expect("the pool is as good as before");
}

#[tokio::test]
async fn who_needs_time_has_it_and_the_next_has_not() {
    let database = TestDatabase::create().await;
    let wire = Wire::to(&database.admin_url()).await;
    let pool = wire.pool();
    pool.transaction(async |conn: &mut Conn| {
        db::take_time(conn, Duration::from_secs(20)).await?;
        run(conn, "SELECT pg_sleep(4)").await
    })
    .await
    .expect("twenty seconds are granted");
    let told = run(&mut pool.conn().await.unwrap(), "SELECT pg_sleep(4)").await;
    assert!(matches!(told, Err(DbError::Timeout(_))), "{told:?}");
}

/// The statement of a guest who went away is not waited for, and whoever has the connection next is not held to its time.
#[tokio::test]
async fn a_wait_that_was_given_up_hurts_nobody_else() {
    let database = TestDatabase::create().await;
    let wire = Wire::to(&database.admin_url()).await;
    let pool = wire.pool();
    let mut conn = pool.conn().await.unwrap();
    let left = timeout(Duration::from_millis(50), run(&mut conn, "SELECT pg_sleep(0.5)")).await;
    assert!(left.is_err(), "the guest is gone before the answer");
    drop(conn);
    let begun = std::time::Instant::now();
    // Well past the time at which the first statement would have been overdue.
    while begun.elapsed() < Duration::from_secs(4) {
        run(&mut pool.conn().await.unwrap(), "SELECT pg_sleep(0.1)").await.expect("an answer");
    }
}
