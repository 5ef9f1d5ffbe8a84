//! One database is of one mode. A ticket's code is signed whenever it is shown, by the key of the process that shows it: what a test
//! card bought would let its guest in, once the same database served real guests. So the first process that works on a database writes
//! its mode down, and one of the other mode neither starts nor becomes ready.

mod store;

use std::time::Duration;

use chrono::{DateTime, Utc};
use db::{Db, DbError};
use domain::mode::Mode;

/// A database that is away is no reason not to start: then it is asked before the service is ready.
const PATIENCE: Duration = Duration::from_secs(2);

/// Why a process must not work on a database.
#[derive(Debug, thiserror::Error)]
pub enum Unfit {
    /// It was first used in the other mode.
    #[error(
        "MAGUEY_MODE is {}, and this database was first used in {theirs} mode: take one of its own, so that what was sold there stays there",
        .ours.code()
    )]
    OtherMode {
        /// The process's.
        ours: Mode,
        /// The database's.
        theirs: String,
    },
    /// It does not say.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Writes the mode down where there is none yet, and refuses a database of the other one.
pub async fn settle(db: &Db, ours: Mode, now: DateTime<Utc>) -> Result<(), Unfit> {
    let theirs = store::first(&mut *db.conn().await?, ours.code(), now).await?;
    if theirs == ours.code() { Ok(()) } else { Err(Unfit::OtherMode { ours, theirs }) }
}

/// The same at the start: whether it is settled. Where the database does not answer it is not, and the service starts.
pub(crate) async fn at_start(db: &Db, ours: Mode, now: DateTime<Utc>) -> Result<bool, Unfit> {
    match tokio::time::timeout(PATIENCE, settle(db, ours, now)).await {
        Ok(Ok(())) => Ok(true),
        Ok(Err(Unfit::Db(error))) => {
            tracing::warn!(%error, "the database does not say of which mode it is; it is asked again");
            Ok(false)
        }
        Ok(Err(other)) => Err(other),
        Err(_) => {
            tracing::warn!("the database does not say in time of which mode it is; it is asked again");
            Ok(false)
        }
    }
}
