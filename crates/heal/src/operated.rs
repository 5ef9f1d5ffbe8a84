//! What every service lends to the handlers of this crate.

use db::Db;
use domain::clock::SharedClock;

/// A service as its operator sees it: the handlers here find it as `Data<Self>`.
pub trait Operated: 'static {
    /// Its schema.
    fn db(&self) -> &Db;
    /// Its time.
    fn clock(&self) -> &SharedClock;
}
