//! Sessions that end before their time.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use uuid::Uuid;

use super::store;

/// Ends an account's sessions, but perhaps one; how many were open. Whoever calls it tells the other services.
pub async fn all(
    conn: &mut Conn,
    account: Uuid,
    but: Option<Uuid>,
    why: &'static str,
    now: DateTime<Utc>,
) -> Result<usize, DbError> {
    store::end_all(conn, account, but, why, now).await
}
