//! A guest's token is only as alive as its session's row.

use db::Db;
use domain::clock::SharedClock;
use futures::FutureExt;
use futures::future::BoxFuture;
use web::{EndedGuests, Fault, GuestClaims, Standing};

use super::store;

/// Asks the session's row at each request: signing out is final at once, on every replica.
#[derive(Debug)]
pub struct GuestRows {
    /// Where the rows are.
    pub db: Db,
    /// What time it is.
    pub clock: SharedClock,
}

impl EndedGuests for GuestRows {
    fn standing<'a>(&'a self, claims: &'a GuestClaims) -> BoxFuture<'a, Result<Standing, Fault>> {
        async move {
            let mut conn = self.db.conn().await?;
            let live = store::is_live(&mut conn, claims.sid.uuid(), self.clock.now()).await?;
            Ok(if live { Standing::Live } else { Standing::Ended })
        }
        .boxed()
    }
}
