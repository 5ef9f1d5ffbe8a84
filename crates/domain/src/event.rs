//! What a night is: its status, its address on the web, what its owner may enter, and when its tickets are on sale.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

pub mod companion;
pub mod draft;
pub mod guest_price;
pub mod new_date;
pub mod question;
pub mod terms;

/// Where an event stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventStatus {
    /// Being prepared; only staff see it.
    Draft,
    /// On sale.
    Published,
    /// Will not take place.
    Cancelled,
    /// Over, kept for the books.
    Archived,
}

/// A step that the event's status does not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an event that is {from} cannot be {to}")]
pub struct IllegalStatus {
    /// The status it has.
    pub from: &'static str,
    /// The status that was asked for.
    pub to: &'static str,
}

impl EventStatus {
    /// Every status.
    pub const ALL: [Self; 4] = [Self::Draft, Self::Published, Self::Cancelled, Self::Archived];

    /// Its name in SQL and JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Published => "published",
            Self::Cancelled => "cancelled",
            Self::Archived => "archived",
        }
    }
    /// The status with that name.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.code() == code)
    }
    /// Puts a draft on sale.
    pub fn publish(self) -> Result<Self, IllegalStatus> {
        match self {
            Self::Draft => Ok(Self::Published),
            Self::Published | Self::Cancelled | Self::Archived => Err(self.illegal(Self::Published)),
        }
    }
    /// Calls a draft or a published night off.
    pub fn cancel(self) -> Result<Self, IllegalStatus> {
        match self {
            Self::Draft | Self::Published => Ok(Self::Cancelled),
            Self::Cancelled | Self::Archived => Err(self.illegal(Self::Cancelled)),
        }
    }
    /// Archives a night that is over or was called off.
    pub fn archive(self, over: bool) -> Result<Self, IllegalStatus> {
        match self {
            Self::Published if over => Ok(Self::Archived),
            Self::Cancelled => Ok(Self::Archived),
            Self::Draft | Self::Published | Self::Archived => Err(self.illegal(Self::Archived)),
        }
    }
    const fn illegal(self, to: Self) -> IllegalStatus {
        IllegalStatus { from: self.code(), to: to.code() }
    }
}

/// An event's part of its address: lower-case letters, digits and single hyphens, 1 to 80 characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Slug(String);

/// The text can't stand in an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a slug has 1 to 80 lower-case letters, digits and single hyphens between them")]
pub struct BadSlug;

const LONGEST_SLUG: usize = 80;

impl Slug {
    /// Makes a slug of a title: letters lose their accents, everything else becomes a hyphen. `night` if nothing is left.
    pub fn from_title(title: &str) -> Self {
        let mut slug = String::new();
        for part in title.chars().flat_map(plain) {
            match part {
                Some(c) if slug.len() < LONGEST_SLUG => slug.push(c),
                None if !slug.is_empty() && !slug.ends_with('-') && slug.len() < LONGEST_SLUG - 1 => {
                    slug.push('-')
                }
                _ => {}
            }
        }
        let slug = slug.trim_matches('-');
        Self(if slug.is_empty() { "night".into() } else { slug.into() })
    }
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn plain(c: char) -> impl Iterator<Item = Option<char>> {
    let base = match c {
        'á' | 'à' | 'ä' | 'â' | 'ã' | 'Á' | 'À' | 'Ä' | 'Â' | 'Ã' => 'a',
        'é' | 'è' | 'ë' | 'ê' | 'É' | 'È' | 'Ë' | 'Ê' => 'e',
        'í' | 'ì' | 'ï' | 'î' | 'Í' | 'Ì' | 'Ï' | 'Î' => 'i',
        'ó' | 'ò' | 'ö' | 'ô' | 'õ' | 'ø' | 'Ó' | 'Ò' | 'Ö' | 'Ô' | 'Õ' | 'Ø' => 'o',
        'ú' | 'ù' | 'ü' | 'û' | 'Ú' | 'Ù' | 'Ü' | 'Û' => 'u',
        'ñ' | 'Ñ' => 'n',
        'ç' | 'Ç' => 'c',
        other => other,
    };
    let letter = base.is_ascii_alphanumeric().then(|| base.to_ascii_lowercase());
    // An apostrophe joins; anything else that is no letter parts.
    (!matches!(c, '\'' | '’')).then_some(letter).into_iter()
}

impl FromStr for Slug {
    type Err = BadSlug;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fits = (1..=LONGEST_SLUG).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !text.starts_with('-')
            && !text.ends_with('-')
            && !text.contains("--");
        if fits { Ok(Self(text.into())) } else { Err(BadSlug) }
    }
}
impl TryFrom<String> for Slug {
    type Error = BadSlug;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}
impl From<Slug> for String {
    fn from(slug: Slug) -> Self {
        slug.0
    }
}
impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether a ticket type can be bought at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SaleState {
    /// Not yet.
    NotYet {
        /// When the sale opens.
        opens: DateTime<Utc>,
    },
    /// Now.
    Open,
    /// No longer.
    Closed,
}

impl SaleState {
    /// The state at `now` of a sale from `from` (or always) until `until`.
    pub fn at(from: Option<DateTime<Utc>>, until: DateTime<Utc>, now: DateTime<Utc>) -> Self {
        match from {
            _ if now >= until => Self::Closed,
            Some(opens) if now < opens => Self::NotYet { opens },
            _ => Self::Open,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn titles_become_addresses() {
        for (title, slug) in [
            ("Friday Night", "friday-night"),
            ("  Noche de Niños — vol. 3 ", "noche-de-ninos-vol-3"),
            ("Don't stop", "dont-stop"),
            ("★★★", "night"),
        ] {
            assert_eq!(Slug::from_title(title).as_str(), slug);
        }
    }

    #[test]
    fn an_event_goes_on_sale_once_and_never_comes_back() {
        assert_eq!(EventStatus::Draft.publish(), Ok(EventStatus::Published));
        assert!(EventStatus::Published.publish().is_err());
        assert!(EventStatus::Cancelled.publish().is_err());
        assert!(EventStatus::Archived.publish().is_err());
        assert_eq!(EventStatus::Cancelled.archive(false), Ok(EventStatus::Archived));
        assert_eq!(EventStatus::Published.archive(true), Ok(EventStatus::Archived));
        assert!(EventStatus::Published.archive(false).is_err(), "guests are still to come");
        assert!(EventStatus::Draft.archive(true).is_err());
        assert!(EventStatus::Archived.archive(true).is_err());
    }

    #[test]
    fn a_sale_admits_its_first_instant_and_not_its_last() {
        let at = |s| DateTime::<Utc>::from_timestamp(s, 0).expect("in range");
        assert_eq!(SaleState::at(Some(at(10)), at(20), at(9)), SaleState::NotYet { opens: at(10) });
        assert_eq!(SaleState::at(Some(at(10)), at(20), at(10)), SaleState::Open);
        assert_eq!(SaleState::at(None, at(20), at(20)), SaleState::Closed);
    }

    proptest! {
        #[test]
        fn every_title_gives_a_lawful_slug(title in ".{0,200}") {
            let slug = Slug::from_title(&title);
            prop_assert_eq!(slug.as_str().parse::<Slug>(), Ok(slug.clone()));
        }
    }
}
