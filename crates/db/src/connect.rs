//! One way to open a connection, whoever asks: the pool, a listener, a migration.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use diesel::{ConnectionError, ConnectionResult};
use diesel_async::{AsyncConnection, AsyncPgConnection};
use tokio_postgres::NoTls;
use tokio_postgres::config::SslMode;
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::DbError;
use crate::instrument::Watch;

/// What the server shall enforce on a connection, so that no bug of ours can hold a lock for long.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Limits {
    /// A request: answered within seconds or not at all.
    Request,
    /// A migration or a tool: waits for locks, is not cut off.
    Tool,
}

impl Limits {
    fn options(self) -> &'static str {
        match self {
            Self::Request => {
                "-c lock_timeout=2000 -c statement_timeout=5000 -c idle_in_transaction_session_timeout=10000"
            }
            Self::Tool => "-c lock_timeout=10000",
        }
    }
}

pub(crate) async fn open(
    url: &str,
    limits: Limits,
    statements: Arc<AtomicU64>,
) -> ConnectionResult<AsyncPgConnection> {
    let config = configure(url, limits)?;
    let mut conn = if config.get_ssl_mode() == SslMode::Require {
        let (client, link) = config.connect(MakeRustlsConnect::new(tls()?)).await.map_err(bad)?;
        AsyncPgConnection::try_from_client_and_connection(client, link).await?
    } else {
        let (client, link) = config.connect(NoTls).await.map_err(bad)?;
        AsyncPgConnection::try_from_client_and_connection(client, link).await?
    };
    conn.set_instrumentation(Watch::new(statements));
    Ok(conn)
}

/// A connection for tools, without a pool.
pub(crate) async fn open_tool(url: &str) -> Result<AsyncPgConnection, DbError> {
    open(url, Limits::Tool, Arc::default()).await.map_err(|e| DbError::Unavailable(e.to_string()))
}

fn configure(url: &str, limits: Limits) -> ConnectionResult<tokio_postgres::Config> {
    let mut config: tokio_postgres::Config = url.parse().map_err(|e: tokio_postgres::Error| {
        // The text of this error never repeats the URL, which holds a password.
        ConnectionError::InvalidConnectionUrl(chain(&e))
    })?;
    if config.get_application_name().is_none() {
        let name = config.get_user().unwrap_or("maguey").to_owned();
        config.application_name(name);
    }
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(Duration::from_secs(3));
    }
    // A peer that vanished without a word is noticed within a minute, not after two hours.
    config.keepalives_idle(Duration::from_secs(30)).tcp_user_timeout(Duration::from_secs(30));
    let options = match config.get_options() {
        Some(own) => format!("{} {own}", limits.options()),
        None => limits.options().to_owned(),
    };
    config.options(options);
    if config.get_ssl_mode() == SslMode::Prefer {
        // TLS only when asked for: "prefer" verifies nothing worth having.
        config.ssl_mode(SslMode::Disable);
    }
    Ok(config)
}

fn tls() -> ConnectionResult<rustls::ClientConfig> {
    let roots: rustls::RootCertStore = webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    Ok(rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|e| ConnectionError::BadConnection(e.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth())
}

fn bad(error: tokio_postgres::Error) -> ConnectionError {
    ConnectionError::BadConnection(chain(&error))
}

/// An error with its causes: tokio-postgres says "db error" and hides the reason one level down.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text
}
