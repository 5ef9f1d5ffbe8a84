//! What the build script found in `/migrations`.

use crate::Owner;

include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// One migration.
#[derive(Debug)]
pub(crate) struct Step {
    /// The folder's name, `0001_messaging`.
    pub name: &'static str,
    pub up: &'static str,
    pub down: &'static str,
    /// False where `metadata.toml` says `run_in_transaction = false`.
    pub in_transaction: bool,
}

impl Step {
    /// What the migrations table stores: the digits before the first underscore, as diesel does.
    pub fn version(&self) -> &'static str {
        self.name.split('_').next().unwrap_or(self.name)
    }
}

pub(crate) fn steps(owner: Owner) -> &'static [Step] {
    match owner {
        Owner::Purchase => PURCHASE,
        Owner::Scanner => SCANNER,
        Owner::MarketingAdmin => MARKETING_ADMIN,
    }
}

/// The names of a schema's migrations, in order.
pub fn names(owner: Owner) -> impl Iterator<Item = &'static str> {
    steps(owner).iter().map(|step| step.name)
}
