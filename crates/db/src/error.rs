//! What PostgreSQL and the pool refuse, sorted by what the caller can do about it.

use diesel::result::{DatabaseErrorKind, Error as DieselError};

use crate::instrument::was_given_up;

/// Why the database did not do what it was asked, sorted by what the caller can do about it.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// Not reachable, or the connection broke: try again later.
    #[error("the database is unavailable: {0}")]
    Unavailable(String),
    /// No connection was free, or a lock or a statement took too long. Of a statement that PostgreSQL did not answer at all nobody
    /// knows what became, as with [`DbError::Unavailable`].
    #[error("the database took too long: {0}")]
    Timeout(String),
    /// Another row has this key already.
    #[error("a row with this key exists already ({constraint})")]
    Unique {
        /// The constraint's name.
        constraint: String,
    },
    /// A CHECK or exclusion constraint, thus an invariant of ours, refused the row.
    #[error("the row breaks the rule {constraint}")]
    Check {
        /// The constraint's name.
        constraint: String,
    },
    /// The row points to a row that does not exist, or is still pointed to.
    #[error("the row's reference is broken ({constraint})")]
    ForeignKey {
        /// The constraint's name.
        constraint: String,
    },
    /// Two transactions stood in each other's way. [`Db::transaction`](crate::Db::transaction) has retried already.
    #[error("the transaction collided with another: {0}")]
    Conflict(String),
    /// There is no such row.
    #[error("no such row")]
    NotFound,
    /// A mistake of ours: SQL, types, permissions.
    #[error(transparent)]
    Other(DieselError),
}

impl DbError {
    /// The violated constraint's name, if that is what happened.
    pub fn constraint(&self) -> Option<&str> {
        match self {
            Self::Unique { constraint } | Self::Check { constraint } | Self::ForeignKey { constraint } => {
                Some(constraint)
            }
            _ => None,
        }
    }

    /// Whether the same call may succeed in a moment without anything being changed.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Unavailable(_) | Self::Timeout(_) | Self::Conflict(_))
    }
}

impl From<DieselError> for DbError {
    fn from(error: DieselError) -> Self {
        let DieselError::DatabaseError(kind, info) = &error else {
            return match error {
                DieselError::NotFound => Self::NotFound,
                DieselError::BrokenTransactionManager => Self::Unavailable(error.to_string()),
                _ => Self::Other(error),
            };
        };
        let message = info.message().to_owned();
        let constraint = || info.constraint_name().unwrap_or_default().to_owned();
        match kind {
            DatabaseErrorKind::UniqueViolation => Self::Unique { constraint: constraint() },
            DatabaseErrorKind::ForeignKeyViolation | DatabaseErrorKind::RestrictViolation => {
                Self::ForeignKey { constraint: constraint() }
            }
            DatabaseErrorKind::CheckViolation | DatabaseErrorKind::ExclusionViolation => {
                Self::Check { constraint: constraint() }
            }
            DatabaseErrorKind::SerializationFailure => Self::Conflict(message),
            DatabaseErrorKind::UnableToSendCommand | DatabaseErrorKind::ClosedConnection
                if was_given_up() =>
            {
                Self::Timeout("PostgreSQL does not answer".to_owned())
            }
            DatabaseErrorKind::UnableToSendCommand | DatabaseErrorKind::ClosedConnection => {
                Self::Unavailable(message)
            }
            // Diesel keeps no SQLSTATE for the rest; these texts are PostgreSQL's own (lc_messages C or en).
            _ if message == DEADLOCK => Self::Conflict(message),
            _ if message.starts_with("canceling statement due to") => Self::Timeout(message),
            _ if message.starts_with("terminating connection")
                || message.starts_with("the database system is") =>
            {
                Self::Unavailable(message)
            }
            _ => Self::Other(error),
        }
    }
}

const DEADLOCK: &str = "deadlock detected";

/// Whether PostgreSQL asks for the whole transaction to be run again (40001, 40P01).
pub(crate) fn asks_for_retry(error: &DieselError) -> bool {
    match error {
        DieselError::DatabaseError(DatabaseErrorKind::SerializationFailure, _) => true,
        DieselError::DatabaseError(_, info) => info.message() == DEADLOCK,
        _ => false,
    }
}
