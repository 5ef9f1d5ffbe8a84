//! Which fault an error of a lower floor becomes.

use actix_web::http::StatusCode;
use db::DbError;

use super::Fault;

/// A busy or absent database is worth another try; anything else is a mistake of ours,
/// because a use-case translates the constraints that it expects.
impl From<DbError> for Fault {
    fn from(error: DbError) -> Self {
        match error {
            DbError::NotFound => Self::not_found(),
            error if error.is_transient() => Self::unavailable().source(error),
            error => Self::internal(error),
        }
    }
}

impl From<diesel::result::Error> for Fault {
    fn from(error: diesel::result::Error) -> Self {
        DbError::from(error).into()
    }
}

/// An upstream of ours that does not answer is unavailable, not broken.
impl From<reqwest::Error> for Fault {
    fn from(error: reqwest::Error) -> Self {
        let code = if error.is_timeout() { "upstream_timeout" } else { "upstream_unavailable" };
        // The URL may hold a key in its query string.
        Self::new(StatusCode::SERVICE_UNAVAILABLE, code).source(error.without_url())
    }
}

impl From<askama::Error> for Fault {
    fn from(error: askama::Error) -> Self {
        Self::internal(error)
    }
}
