//! What an incident is about.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What an incident is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Not let in for another reason than the ticket: dress, drink, behaviour.
    Refused,
    /// Thrown out.
    Ejection,
    /// Somebody ill or hurt.
    Medical,
    /// Something stolen.
    Theft,
    /// A fight.
    Fight,
    /// Something broken.
    Damage,
    /// Anything else.
    Other,
}

impl Kind {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 7] =
        [Self::Refused, Self::Ejection, Self::Medical, Self::Theft, Self::Fight, Self::Damage, Self::Other];

    /// The word for programs.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Ejection => "ejection",
            Self::Medical => "medical",
            Self::Theft => "theft",
            Self::Fight => "fight",
            Self::Damage => "damage",
            Self::Other => "other",
        }
    }

    /// The kind of this word.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}
