//! Whether money is real. What is sold in test mode looks like a ticket and is none, so the two never mix: other keys sign it,
//! and neither mode's door lets the other's tickets in.

use std::str::FromStr;

/// The first id of keys that sign test tickets; those below sign real ones. The id stands in the code, so that a door which holds
/// only the keys of its own mode can still say what it looks at.
pub const FIRST_TEST_KEY: u8 = 128;

/// Whether money is real.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mode {
    /// Guests pay, and come in.
    Live,
    /// Staff try things out: test cards, test tickets.
    Test,
}

impl Mode {
    /// Its name in the environment.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Test => "test",
        }
    }

    /// Whether nothing is real.
    pub const fn is_test(self) -> bool {
        matches!(self, Self::Test)
    }

    /// Whose tickets a key signs, by its id.
    pub const fn of_key(id: u8) -> Self {
        if id >= FIRST_TEST_KEY { Self::Test } else { Self::Live }
    }
}

impl FromStr for Mode {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "live" => Ok(Self::Live),
            "test" => Ok(Self::Test),
            _ => Err("expected live or test"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_belongs_to_one_mode() {
        for (id, mode) in [(0, Mode::Live), (127, Mode::Live), (128, Mode::Test), (255, Mode::Test)] {
            assert_eq!(Mode::of_key(id), mode, "{id}");
        }
        assert_eq!("test".parse(), Ok(Mode::Test));
        assert!("Test".parse::<Mode>().is_err());
    }
}
