//! `LISTEN`: notifications of a channel over a connection of its own, which is made again whenever it breaks.

use std::sync::Arc;
use std::time::Duration;

use diesel_async::RunQueryDsl;
use futures::StreamExt;
use settings::Secret;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::connect::{self, Limits};
use crate::{Conn, DbError};

/// Why a [`Listener`] woke.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wake {
    /// Somebody sent `NOTIFY` with this payload.
    Notified(String),
    /// The connection was (re-)made: notifications may have been missed, so look for yourself.
    Connected,
}

/// Receives the notifications of one channel; reconnects for as long as it lives.
#[derive(Debug)]
pub struct Listener {
    wakes: mpsc::Receiver<Wake>,
    task: JoinHandle<()>,
}

impl Listener {
    pub(crate) fn start(url: Secret, channel: &str) -> Self {
        let (sender, wakes) = mpsc::channel(256);
        let task = tokio::spawn(keep_listening(url, channel.to_owned(), sender));
        Self { wakes, task }
    }

    /// The next wake-up. Cancel-safe.
    pub async fn next(&mut self) -> Wake {
        match self.wakes.recv().await {
            Some(wake) => wake,
            // The task ends only with the runtime.
            None => std::future::pending().await,
        }
    }

    /// Drops what has queued up: for a caller who is about to look at everything anyway.
    pub fn drain(&mut self) {
        while self.wakes.try_recv().is_ok() {}
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn keep_listening(url: Secret, channel: String, wakes: mpsc::Sender<Wake>) {
    let mut pause = Duration::from_millis(100);
    loop {
        match listen_once(&url, &channel, &wakes).await {
            Ok(()) => return,
            Err(Interrupted { error, was_connected }) => {
                if was_connected {
                    pause = Duration::from_millis(100);
                }
                tracing::warn!(channel, %error, retry_ms = pause.as_millis() as u64, "lost the notifications");
            }
        }
        #[expect(
            clippy::disallowed_methods,
            reason = "the pause between two attempts to reach a server that is away"
        )]
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(Duration::from_secs(5));
    }
}

struct Interrupted {
    error: DbError,
    was_connected: bool,
}

/// Listens until the connection breaks; `Ok` when nobody wants to know any more.
async fn listen_once(url: &Secret, channel: &str, wakes: &mpsc::Sender<Wake>) -> Result<(), Interrupted> {
    let mut conn = subscribe(url.expose(), channel)
        .await
        .map_err(|error| Interrupted { error, was_connected: false })?;
    let broken = |error| Interrupted { error, was_connected: true };
    if wakes.send(Wake::Connected).await.is_err() {
        return Ok(());
    }
    let mut notifications = std::pin::pin!(conn.notifications_stream());
    while let Some(notification) = notifications.next().await {
        let notification = notification.map_err(|e| broken(e.into()))?;
        if wakes.send(Wake::Notified(notification.payload)).await.is_err() {
            return Ok(());
        }
    }
    Err(broken(DbError::Unavailable("the connection was closed".to_owned())))
}

async fn subscribe(url: &str, channel: &str) -> Result<Conn, DbError> {
    let mut conn = connect::open(url, Limits::Tool, Arc::default())
        .await
        .map_err(|e| DbError::Unavailable(e.to_string()))?;
    let quoted = channel.replace('"', "\"\"");
    diesel::sql_query(format!("LISTEN \"{quoted}\"")).execute(&mut conn).await?;
    Ok(conn)
}
