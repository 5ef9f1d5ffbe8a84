//! The table: a row per route of the three services, in a file for each. Read it as the answer to "who can do that?".

mod marketing_admin;
mod purchase;
mod scanner;

use super::{Access, Row};
use devstack::Service;

const fn row(service: Service, method: &'static str, path: &'static str, access: Access) -> Row {
    Row { service, method, path, access }
}

/// All of them.
pub fn rows() -> impl Iterator<Item = &'static Row> {
    [purchase::ROWS, scanner::ROWS, marketing_admin::ROWS].into_iter().flatten()
}
