//! The owners: a role and a schema each.

use std::fmt;
use std::str::FromStr;

/// A service as the database sees it: one role and one schema, both of this name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Owner {
    /// Sells.
    Purchase,
    /// Admits.
    Scanner,
    /// Shows and tells.
    MarketingAdmin,
}

impl Owner {
    /// All of them, in the order in which they are migrated.
    pub const ALL: [Self; 3] = [Self::Purchase, Self::Scanner, Self::MarketingAdmin];

    /// The name of the role and of the schema.
    pub fn name(self) -> &'static str {
        match self {
            Self::Purchase => "purchase",
            Self::Scanner => "scanner",
            Self::MarketingAdmin => "marketing_admin",
        }
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Owner {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wanted = text.replace('-', "_");
        Self::ALL
            .into_iter()
            .find(|owner| owner.name() == wanted)
            .ok_or_else(|| format!("\"{text}\" is none of purchase, scanner, marketing_admin"))
    }
}
