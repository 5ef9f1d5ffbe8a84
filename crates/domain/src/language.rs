//! The languages a guest or a member of staff may read.

use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// A language of the pages, the mails and the door's sentences.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// English.
    #[default]
    En,
    /// Spanish.
    Es,
}

/// The text names no language that we speak.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a language of ours")]
pub struct UnknownLanguage;

impl Language {
    /// Every language, English first.
    pub const ALL: [Self; 2] = [Self::En, Self::Es];

    /// ISO 639-1 code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Es => "es",
        }
    }

    /// The reader's best language by an `Accept-Language` header (RFC 9110, 12.5.4); `None` if we speak none of them.
    pub fn from_accept_language(header: &str) -> Option<Self> {
        header
            .split(',')
            .filter_map(|range| {
                let mut parts = range.split(';');
                let language = parts.next()?.trim().parse::<Self>().ok()?;
                let weight = parts
                    .find_map(|p| p.trim().strip_prefix("q=").map(|q| q.parse::<f32>().unwrap_or(0.0)))
                    .unwrap_or(1.0);
                (weight > 0.0).then_some((language, weight))
            })
            .fold(None, |best: Option<(Self, f32)>, next| match best {
                Some(found) if found.1 >= next.1 => Some(found),
                _ => Some(next),
            })
            .map(|(language, _)| language)
    }
}

impl FromStr for Language {
    type Err = UnknownLanguage;
    /// Reads a tag such as `es` or `es-MX`; the region is not ours to tell apart.
    fn from_str(tag: &str) -> Result<Self, Self::Err> {
        match tag.split('-').next().unwrap_or_default().to_ascii_lowercase().as_str() {
            "en" => Ok(Self::En),
            "es" => Ok(Self::Es),
            _ => Err(UnknownLanguage),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Language;

    #[test]
    fn the_heaviest_language_that_we_speak_wins() {
        let best = Language::from_accept_language;
        assert_eq!(best("es-MX,es;q=0.9,en;q=0.8"), Some(Language::Es));
        assert_eq!(best("de, en;q=0.4, es;q=0.6"), Some(Language::Es));
        assert_eq!(best("fr;q=0.9"), None);
        assert_eq!(best("es;q=0, en"), Some(Language::En));
        assert_eq!(best(""), None);
    }
}
