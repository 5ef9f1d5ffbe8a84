//! Forgets guests who asked for it, as soon as nothing stands in the way.

use audit::Actor;
use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use serde_json::json;
use uuid::Uuid;

use super::store;

/// Tickets of one round: each reads the scans of its night.
pub const MOST: i64 = 20;

/// One round, within its transaction; of how many tickets the guests were forgotten. What is kept is on record with its reason, once for
/// each.
pub async fn round(conn: &mut Conn, now: DateTime<Utc>) -> Result<usize, DbError> {
    let actor = Actor::named("scanner", Uuid::now_v7());
    // Taken with their consent, and no evidence of anything: nothing holds these.
    store::erase_photos(conn).await?;
    for kept in store::hold(conn).await? {
        let detail = json!({"because_of": kept.held_for, "which": kept.held_by});
        audit::record(conn, &actor, "guest.kept", &kept.ticket_id.to_string(), detail, now).await?;
    }
    let mut forgotten = 0;
    for ticket in store::free(conn, MOST).await? {
        if let Some(gone) = store::forget(conn, ticket, now).await? {
            audit::record(conn, &actor, "guest.forgotten", &ticket.to_string(), gone, now).await?;
            forgotten += 1;
        }
    }
    Ok(forgotten)
}
