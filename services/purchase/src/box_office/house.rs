//! How full the house is, as the door last said (`door.changed`). Whoever pays at the door wants to come in now: the sale stops by
//! the people inside, and not by tickets alone. The door itself keeps the limit exactly; here nobody pays for a place that they
//! would wait for.
//!
//! The word is news of minutes and no record: the door says it again every two minutes as long as a night with a limit is on, and
//! what is older than [`BELIEVED`] stops nobody.

use bus::{Delivery, HandleError, Outcome};
use chrono::{DateTime, TimeDelta, Utc};
use db::{Conn, DbError};
use messages::instant;
use messages::scanner::v1::DoorChanged;
use uuid::Uuid;

use super::store::{self, Word};

/// How long the door's word is believed.
const BELIEVED: TimeDelta = TimeDelta::minutes(5);

/// People inside, and how many may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, diesel::QueryableByName)]
pub struct House {
    /// So many are.
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    pub inside: i64,
    /// So many may be.
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    pub limit: i64,
}

impl House {
    /// How many more may come in.
    pub const fn room(self) -> i64 {
        let room = self.limit - self.inside;
        if room < 0 { 0 } else { room }
    }
}

/// Takes the door's newest word in.
pub async fn apply(
    conn: &mut Conn,
    message: DoorChanged,
    delivery: Delivery,
) -> Result<Outcome, HandleError> {
    let event: Uuid = message.event_id.parse().map_err(HandleError::never)?;
    let word = Word {
        event,
        revision: message.revision,
        inside: message.inside,
        limit: (message.limit > 0).then_some(message.limit),
        said_at: instant(message.changed_at).unwrap_or(delivery.published_at),
    };
    Ok(if store::put_word(conn, &word).await? { Outcome::Applied } else { Outcome::Stale })
}

/// How full the house is for who buys at the door of a night now; none where nobody is to be stopped: its doors are not open, it has
/// no limit, or the door has said nothing for a while.
pub(super) async fn at_the_door(
    conn: &mut Conn,
    event: Uuid,
    now: DateTime<Utc>,
) -> Result<Option<House>, DbError> {
    store::house(conn, event, now, now - BELIEVED).await
}
