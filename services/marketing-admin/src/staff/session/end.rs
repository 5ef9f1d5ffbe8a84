//! What ends all that one of the staff signed in with: a new password, another role, other nights, a suspension, a wish to.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use uuid::Uuid;

use crate::identity::factors::pending::{self, Side};
use crate::staff::{pin, store};

/// What there was to end.
#[derive(Debug, Clone, Copy)]
pub struct Ended {
    /// So many sessions, at the desk and at the door.
    pub sessions: usize,
    /// Whether they had a PIN.
    pub pin: bool,
}

/// Ends every session of somebody, their PIN, and a sign-in that waits for its second factor. The door hears of it within seconds.
pub async fn all(conn: &mut Conn, staff: Uuid, now: DateTime<Utc>) -> Result<Ended, DbError> {
    let sessions = store::end_sessions(conn, staff, now).await?;
    let pin = pin::store::end(conn, staff).await?;
    pending::end_of(conn, Side::Staff, staff).await?;
    Ok(Ended { sessions, pin })
}
