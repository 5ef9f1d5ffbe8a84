//! One way to open a connection, whoever asks: the pool, a listener, a migration.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use diesel::{ConnectionError, ConnectionResult};
use diesel_async::{AsyncConnection, AsyncPgConnection};
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use tokio_postgres::config::SslMode;
use tokio_postgres::tls::TlsStream;
use tokio_postgres::{Client, Connection, NoTls, Socket};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::DbError;
use crate::instrument::Watch;
use crate::pulse::Line;

/// What the server shall enforce on a connection, so that no bug of ours can hold a lock for long.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Limits {
    /// A request: answered within seconds or not at all. A server that does not even say so is waited for no longer than `answer`.
    Request {
        /// Longer than the server's own limits.
        answer: Duration,
    },
    /// A migration or a tool: waits for locks, is not cut off.
    Tool,
}

impl Limits {
    fn options(self) -> &'static str {
        match self {
            // `DbSettings::answer` is longer than the second of these.
            // No statement here is worth compiling, and PostgreSQL would spend up to two seconds of a core on it wherever it guesses a
            // high cost (`enable_sort=off` in the digests is such a guess).
            Self::Request { .. } => {
                "-c jit=off -c lock_timeout=2000 -c statement_timeout=5000 -c idle_in_transaction_session_timeout=10000"
            }
            Self::Tool => "-c jit=off -c lock_timeout=10000",
        }
    }
}

pub(crate) async fn open(
    url: &str,
    limits: Limits,
    statements: Arc<AtomicU64>,
) -> ConnectionResult<AsyncPgConnection> {
    let (url, authority) = understood(url);
    let config = configure(&url, limits)?;
    if config.get_ssl_mode() == SslMode::Require {
        let tls = MakeRustlsConnect::new(tls(authority.as_deref())?);
        let (client, link) = config.connect(tls).await.map_err(bad)?;
        join(client, link, limits, statements).await
    } else {
        let (client, link) = config.connect(NoTls).await.map_err(bad)?;
        join(client, link, limits, statements).await
    }
}

async fn join<S>(
    client: Client,
    link: Connection<Socket, S>,
    limits: Limits,
    statements: Arc<AtomicU64>,
) -> ConnectionResult<AsyncPgConnection>
where
    S: TlsStream + Unpin + Send + 'static,
{
    let (mut conn, line) = match limits {
        Limits::Tool => (AsyncPgConnection::try_from_client_and_connection(client, link).await?, None),
        Limits::Request { answer } => {
            // Kept here until the connection stands: who stops waiting for it hangs up.
            let line = Line::keep(link, answer);
            (AsyncPgConnection::try_from(client).await?, Some(line))
        }
    };
    conn.set_instrumentation(Watch::new(statements, line));
    Ok(conn)
}

/// A connection for tools, without a pool.
pub(crate) async fn open_tool(url: &str) -> Result<AsyncPgConnection, DbError> {
    open(url, Limits::Tool, Arc::default()).await.map_err(|e| DbError::Unavailable(e.to_string()))
}

/// Whether connections of this URL are encrypted, to a server whose certificate is verified.
pub(crate) fn is_encrypted(url: &str) -> bool {
    parsed(url).is_ok_and(|config| config.get_ssl_mode() == SslMode::Require)
}

/// The URL's parts, as far as the driver knows them.
pub(crate) fn parsed(url: &str) -> Result<tokio_postgres::Config, tokio_postgres::Error> {
    understood(url).0.parse()
}

/// A URL as every PostgreSQL tool reads it, in the words that our driver knows, and the file with the authority that signs the
/// server's certificate (`sslrootcert`). We verify certificate and name whenever TLS is asked for, so `verify-ca` and
/// `verify-full` are `require`.
fn understood(url: &str) -> (String, Option<PathBuf>) {
    let Some((base, query)) = url.split_once('?') else { return (url.to_owned(), None) };
    let (mut kept, mut authority) = (Vec::new(), None);
    for pair in query.split('&') {
        match pair.split_once('=') {
            Some(("sslrootcert", file)) => authority = Some(PathBuf::from(file)),
            Some(("sslmode", "verify-ca" | "verify-full")) => kept.push("sslmode=require"),
            _ => kept.push(pair),
        }
    }
    let kept = kept.join("&");
    (if kept.is_empty() { base.to_owned() } else { format!("{base}?{kept}") }, authority)
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

fn tls(authority: Option<&Path>) -> ConnectionResult<rustls::ClientConfig> {
    let roots = match authority {
        Some(file) => roots_in(file)?,
        None => webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect(),
    };
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    Ok(rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|e| ConnectionError::BadConnection(e.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth())
}

fn roots_in(file: &Path) -> ConnectionResult<RootCertStore> {
    let unusable = |error: &dyn std::fmt::Display| {
        ConnectionError::BadConnection(format!("sslrootcert {}: {error}", file.display()))
    };
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(file).map_err(|error| unusable(&error))? {
        let certificate = certificate.map_err(|error| unusable(&error))?;
        roots.add(certificate).map_err(|error| unusable(&error))?;
    }
    if roots.is_empty() { Err(unusable(&"no certificate in it")) } else { Ok(roots) }
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

#[cfg(test)]
mod tests {
    use super::{Path, PathBuf, is_encrypted, roots_in, understood};

    #[test]
    fn a_url_may_ask_for_tls_in_every_word_that_postgresql_has_for_it() {
        let own = "postgres://u:p@h/db?sslmode=verify-full&sslrootcert=/etc/ca.crt&application_name=x";
        let (url, authority) = understood(own);
        assert_eq!(url, "postgres://u:p@h/db?sslmode=require&application_name=x");
        assert_eq!(authority, Some(PathBuf::from("/etc/ca.crt")));
        for (query, encrypted) in [
            ("?sslmode=require", true),
            ("?sslmode=verify-ca&sslrootcert=/etc/ca.crt", true),
            ("?sslmode=verify-full", true),
            ("?sslmode=prefer", false),
            ("?sslmode=disable", false),
            ("?sslrootcert=/etc/ca.crt", false),
            ("", false),
        ] {
            assert_eq!(is_encrypted(&format!("postgres://u:p@h/db{query}")), encrypted, "{query}");
        }
    }

    #[test]
    fn an_authority_that_is_not_there_is_named() {
        let error = roots_in(Path::new("/nowhere/ca.crt")).expect_err("no such file");
        assert!(error.to_string().contains("/nowhere/ca.crt"), "{error}");
    }
}
