//! What every service lends to the handlers of this crate.

use db::Db;
use domain::clock::SharedClock;

use crate::overdue::Watched;

/// A service as its operator sees it: the handlers here find it as `Data<Self>`.
pub trait Operated: 'static {
    /// Its schema.
    fn db(&self) -> &Db;
    /// Its time.
    fn clock(&self) -> &SharedClock;
    /// What of its own must come to an end; its messages are watched anyway.
    fn watched(&self) -> &'static [Watched] {
        &[]
    }
}
