//! An address as the desk takes it.

use std::fmt;
use std::str::FromStr;

use garde::Validate;

/// A well-formed email address, trimmed and in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email(String);

/// The text is no email address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an email address")]
pub struct NotAnEmail;

#[derive(Validate)]
struct Checked<'a> {
    #[garde(email, length(max = 254))]
    address: &'a str,
}

impl FromStr for Email {
    type Err = NotAnEmail;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let address = text.trim().to_lowercase();
        Checked { address: &address }.validate().map_err(|_| NotAnEmail)?;
        Ok(Self(address))
    }
}

impl Email {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Email;

    #[test]
    fn addresses_are_compared_in_lower_case() {
        let email: Email = "  Ana@Maguey.Example ".parse().expect("an address");
        assert_eq!(email.as_str(), "ana@maguey.example");
        for bad in ["", "ana", "ana@", "@maguey.example", "a b@maguey.example"] {
            assert!(bad.parse::<Email>().is_err(), "{bad}");
        }
    }
}
