//! Who may be written to. In test mode that is the club's own people: whoever typed an address into a test is not mailed for it.

use domain::mode::Mode;
use settings::{List, Reader};

/// Whom emails are sent to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Audience {
    /// Everybody.
    Everybody,
    /// These addresses (`ana@yourclub.com`), and everybody at these domains (`@yourclub.com`), in lower case.
    Only(Vec<String>),
}

impl Audience {
    /// Reads `TEST_MAIL_TO`. `sandbox`: what is sent reaches nobody anyway, so that without the variable all of it may go.
    pub(crate) fn read(reader: &mut Reader, mode: Mode, sandbox: bool) -> Self {
        const NAME: &str = "TEST_MAIL_TO";
        const PURPOSE: &str =
            "who is mailed in test mode: addresses, and domains as @yourclub.com, with commas between";
        let named: Option<List<String>> = reader.optional(NAME, PURPOSE);
        let named =
            named.map(|list| list.0.iter().map(|entry| entry.to_ascii_lowercase()).collect::<Vec<_>>());
        if let Some(entries) = &named
            && entries.iter().any(|entry| entry.trim_end_matches('@') != entry || !entry.contains('@'))
        {
            reader.fault(NAME, PURPOSE, "holds something that is neither an address nor a domain after @");
        }
        match (mode, named) {
            (Mode::Live, _) => Self::Everybody,
            (Mode::Test, Some(entries)) => Self::Only(entries),
            (Mode::Test, None) if sandbox => Self::Everybody,
            (Mode::Test, None) => Self::Only(Vec::new()),
        }
    }

    /// Whether an address may be written to.
    pub fn includes(&self, address: &str) -> bool {
        let Self::Only(entries) = self else { return true };
        let address = address.trim().to_ascii_lowercase();
        let domain = address.rsplit_once('@').map(|(_, domain)| domain).unwrap_or_default();
        entries.iter().any(|entry| match entry.strip_prefix('@') {
            Some(wanted) => wanted == domain,
            None => *entry == address,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(mode: Mode, sandbox: bool, named: &str) -> Audience {
        let mut reader = Reader::from_pairs([("TEST_MAIL_TO", named)]);
        let audience = Audience::read(&mut reader, mode, sandbox);
        reader.finish(audience).expect("well-formed")
    }

    #[test]
    fn test_mode_writes_to_the_clubs_own_people_alone() {
        let own = read(Mode::Test, false, "Ana@example.org, @yourclub.com");
        for (address, may) in [
            ("ana@example.org", true),
            ("ANA@EXAMPLE.ORG", true),
            ("bea@example.org", false),
            ("anyone@yourclub.com", true),
            ("anyone@notyourclub.com", false),
            ("anyone@yourclub.com.example.org", false),
            ("\"@yourclub.com\"@example.org", false),
        ] {
            assert_eq!(own.includes(address), may, "{address}");
        }
        assert!(
            !read(Mode::Test, false, "").includes("ana@example.org"),
            "a real provider, and nobody named"
        );
        assert!(read(Mode::Test, true, "").includes("ana@example.org"), "the sandbox writes to nobody");
        assert!(read(Mode::Live, false, "@yourclub.com").includes("ana@example.org"));
    }

    #[test]
    fn what_is_no_address_is_a_fault() {
        for bad in ["yourclub.com", "ana@", "@"] {
            let mut reader = Reader::from_pairs([("TEST_MAIL_TO", bad)]);
            let audience = Audience::read(&mut reader, Mode::Test, false);
            assert!(reader.finish(audience).is_err(), "{bad}");
        }
    }
}
