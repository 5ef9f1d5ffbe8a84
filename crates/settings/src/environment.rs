//! `MAGUEY_ENV`: what kind of place this is.

use std::str::FromStr;

/// What kind of place the program runs in (`MAGUEY_ENV`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Environment {
    /// A developer's machine.
    Local,
    /// The test-suite.
    Test,
    /// Guests and their money.
    Production,
}

impl FromStr for Environment {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "local" => Ok(Self::Local),
            "test" => Ok(Self::Test),
            "production" => Ok(Self::Production),
            _ => Err("expected local, test or production"),
        }
    }
}
