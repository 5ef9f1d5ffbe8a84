//! Whether a guest's session, whose token is genuine, was ended before its time. marketing-admin tells it by `account.changed`; while
//! it can't, the token is good for what is left of its ten minutes.

use db::Db;
use futures::FutureExt;
use futures::future::BoxFuture;
use web::{EndedGuests, Fault, GuestClaims, Standing};

use super::store;

/// Asks the table of ended sessions.
#[derive(Debug, Clone)]
pub struct EndedHere {
    db: Db,
}

impl EndedHere {
    /// In this database.
    pub const fn new(db: Db) -> Self {
        Self { db }
    }
}

impl EndedGuests for EndedHere {
    fn standing<'a>(&'a self, claims: &'a GuestClaims) -> BoxFuture<'a, Result<Standing, Fault>> {
        async move {
            let mut conn = self.db.conn().await?;
            let ended = store::is_ended(&mut conn, claims.sid.uuid(), claims.sub.uuid()).await?;
            Ok(if ended { Standing::Ended } else { Standing::Live })
        }
        .boxed()
    }
}
