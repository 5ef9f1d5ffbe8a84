//! One transaction, run again where PostgreSQL asks for it.

use std::cell::Cell;
use std::time::Duration;

use diesel_async::{AnsiTransactionManager, RunQueryDsl, TransactionManager};

use crate::error::asks_for_retry;
use crate::instrument::{COLLIDED, wait_for};
use crate::{Conn, Db, DbError, Keep};

/// How often a transaction that collided is run in all.
const ATTEMPTS: u32 = 4;

/// What [`Db::transaction`] runs: an async closure whose future may move between threads.
///
/// Implemented for every such closure. It exists because Rust cannot yet say `AsyncFn(..)[..]: Send`; diesel-async does the same.
pub trait Work<A, R>: AsyncFn(A) -> R + Fn(A) -> <Self as Work<A, R>>::Fut {
    /// What the closure returns.
    type Fut: Future<Output = R>;
}

impl<F, A, R, Fut> Work<A, R> for F
where
    F: AsyncFn(A) -> R + Fn(A) -> Fut,
    Fut: Future<Output = R>,
{
    type Fut = Fut;
}

impl Db {
    /// Runs `work` in one transaction: committed if it returns `Ok`, rolled back otherwise or when dropped.
    ///
    /// When PostgreSQL reports a serialization failure or a deadlock (40001, 40P01) the whole of `work` runs again after a few
    /// milliseconds, up to three times. So `work` has no effect outside the database and never calls another service.
    #[expect(clippy::manual_async_fn, reason = "an async fn cannot promise that its future is Send")]
    pub fn transaction<'a, T, E, W>(&'a self, work: W) -> impl Future<Output = Result<T, E>> + Send + 'a
    where
        for<'r> W: AsyncFn(&'r mut Conn) -> Result<T, E>
            + Work<&'r mut Conn, Result<T, E>, Fut: Send>
            + Send
            + Sync
            + 'a,
        T: Send + 'a,
        E: From<DbError> + From<diesel::result::Error> + Send + 'a,
    {
        async move {
            let mut conn = self.conn().await?;
            let mut attempt = 1;
            loop {
                let (result, collided) = COLLIDED
                    .scope(Cell::new(false), async {
                        let result = once(&mut conn, &work).await;
                        (result, COLLIDED.with(Cell::get))
                    })
                    .await;
                if result.is_ok() || !collided || attempt == ATTEMPTS {
                    return result;
                }
                tracing::debug!(attempt, "transaction collided, running it again");
                step_aside(attempt).await;
                attempt += 1;
            }
        }
    }
}

/// Lets the statements of this transaction take so long, here and on the server: for what reads whole tables. The next owner of
/// the connection has the usual limits.
pub async fn take_time(conn: &mut Conn, most: Duration) -> Result<(), DbError> {
    diesel::sql_query("SELECT set_config('statement_timeout', $1, true)")
        .bind::<diesel::sql_types::Text, _>(format!("{}ms", most.as_millis()))
        .execute(conn)
        .await?;
    wait_for(conn, most);
    Ok(())
}

/// Has PostgreSQL plan this transaction's statements as look-ups by index, however small the tables were when a connection first
/// planned them. For statements that look up what they are given and are kept prepared: a plan from a quiet evening (reading a
/// table of a few rows is cheapest) or from one estimate too low (a hash over all rows, which computes an index's expression for
/// each of them) is otherwise kept into the rush.
pub async fn look_up(conn: &mut Conn) -> Result<(), DbError> {
    diesel::sql_query(
        "SELECT set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true),
                set_config('enable_mergejoin', 'off', true)",
    )
    .kept()
    .execute(conn)
    .await?;
    Ok(())
}

/// Lets the other transaction through: the victim of a deadlock that starts again at once may take back the very lock
/// that the survivor was about to get, until that one runs into `lock_timeout`.
async fn step_aside(attempt: u32) {
    // Spread by the clock's last digits, so that two victims do not meet again.
    let spread =
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |t| t.subsec_nanos());
    let pause = Duration::from_millis(u64::from(10 * attempt + spread / 1000 % 20));
    #[expect(
        clippy::disallowed_methods,
        reason = "a pause is meant: the other transaction tells nobody when it is done"
    )]
    tokio::time::sleep(pause).await;
}

async fn once<T, E, W>(conn: &mut Conn, work: &W) -> Result<T, E>
where
    for<'r> W:
        AsyncFn(&'r mut Conn) -> Result<T, E> + Work<&'r mut Conn, Result<T, E>, Fut: Send> + Send + Sync,
    T: Send,
    E: From<diesel::result::Error> + Send,
{
    AnsiTransactionManager::begin_transaction(conn).await?;
    match work(conn).await {
        Ok(value) => match AnsiTransactionManager::commit_transaction(conn).await {
            Ok(()) => Ok(value),
            Err(error) => {
                if asks_for_retry(&error) {
                    COLLIDED.with(|collided| collided.set(true));
                }
                Err(error.into())
            }
        },
        Err(error) => {
            // If this fails too, the pool throws the connection away; the first error is the one worth knowing.
            if let Err(rollback) = AnsiTransactionManager::rollback_transaction(conn).await {
                tracing::debug!(%rollback, "rollback failed");
            }
            Err(error)
        }
    }
}
