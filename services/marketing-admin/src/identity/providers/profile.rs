//! Who somebody is, as a provider says it.

use serde::{Deserialize, Serialize};

use super::Provider;
use crate::identity::email::Email;
use crate::identity::names;

/// As long as the tables take it.
const LONGEST_SUBJECT: usize = 255;

/// What we keep of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// The provider's key for them.
    pub subject: String,
    /// In lower case.
    pub email: Option<String>,
    /// Whether the provider says that it has proven the address.
    pub verified: bool,
    /// May be empty.
    pub name: String,
}

impl Profile {
    /// What a provider said, cut to what fits; none without a key.
    pub fn new(
        provider: Provider,
        subject: &str,
        email: Option<&str>,
        verified: bool,
        name: &str,
    ) -> Option<Self> {
        if subject.is_empty() || subject.len() > LONGEST_SUBJECT {
            return None;
        }
        let email: Option<Email> = email.and_then(|email| email.parse().ok());
        Some(Self {
            subject: subject.to_owned(),
            // Facebook takes addresses that nobody has proven, and does not say which.
            verified: verified && email.is_some() && provider != Provider::Facebook,
            email: email.map(|email| email.as_str().to_owned()),
            name: tidy(name),
        })
    }
}

/// A name on one line, as long as the table takes it.
pub fn tidy(name: &str) -> String {
    names::tidy(name).chars().filter(|letter| !letter.is_control()).take(names::LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::{Profile, Provider};

    #[test]
    fn only_who_proves_addresses_is_believed() {
        let of =
            |provider, email| Profile::new(provider, "7", email, true, " Ana \n Luz ").expect("a profile");
        let google = of(Provider::Google, Some("Ana@Example.org"));
        assert_eq!((google.email.as_deref(), google.verified), (Some("ana@example.org"), true));
        assert_eq!(google.name, "Ana Luz");
        assert!(!of(Provider::Facebook, Some("ana@example.org")).verified);
        assert!(!of(Provider::Google, None).verified);
        assert!(!of(Provider::Google, Some("no address")).verified);
        assert!(Profile::new(Provider::Google, "", None, false, "").is_none());
    }
}
