//! Whether a password was in a breach: asked of a list by the first five digits of its SHA-1 (the k-anonymity range API of Have I
//! Been Pwned, v3), so that nobody learns it. While the list is away, a list that travels with the program stands in: zxcvbn's
//! thirty thousand most used passwords, and its measure of how soon one would be guessed.

use std::time::Duration;

use sha1::{Digest, Sha1};
use zxcvbn::Score;
use zxcvbn::matching::patterns::MatchPattern;

/// How long the list may take: somebody waits for a form.
const PATIENCE: Duration = Duration::from_secs(2);
/// What everybody knows of the club.
const CLUB: [&str; 2] = ["maguey", "club"];

/// What a password is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It will do.
    Good,
    /// Thieves have it on their lists.
    Breached,
    /// Whoever knows a little of its owner guesses it.
    Easy,
}

/// The list of breached passwords.
#[derive(Debug, Clone)]
pub struct Breaches {
    base: reqwest::Url,
    client: reqwest::Client,
}

impl Breaches {
    /// The list at this address, which answers `range/{five digits}`.
    pub fn at(base: reqwest::Url) -> Self {
        Self { base, client: web::client::client_with(PATIENCE) }
    }

    /// What a password is worth; `context` is what everybody knows of its owner.
    pub async fn judge(&self, password: &str, context: &[&str]) -> Verdict {
        let easy = guessed(password, context);
        match self.listed(password).await {
            Ok(true) => Verdict::Breached,
            Ok(false) => easy.map_or(Verdict::Good, |_| Verdict::Easy),
            Err(error) => {
                tracing::warn!(%error, "the list of breached passwords is away; the bundled one stands in");
                easy.unwrap_or(Verdict::Good)
            }
        }
    }

    async fn listed(&self, password: &str) -> Result<bool, reqwest::Error> {
        let digest = hex::encode_upper(Sha1::digest(password.as_bytes()));
        let (prefix, rest) = digest.split_at(5);
        let url = format!("{}/range/{prefix}", self.base.as_str().trim_end_matches('/'));
        // Padding: how long the answer is says nothing of what was asked.
        let answer = self.client.get(url).header("Add-Padding", "true").send().await?.error_for_status()?;
        Ok(holds(&answer.text().await?, rest))
    }
}

/// Whether a range holds a digest; padding counts zero times.
fn holds(range: &str, rest: &str) -> bool {
    range.lines().filter_map(|line| line.trim().split_once(':')).any(|(digest, count)| {
        digest.eq_ignore_ascii_case(rest) && count.trim().parse::<u64>().is_ok_and(|count| count > 0)
    })
}

/// What the bundled list says against a password, if anything.
fn guessed(password: &str, context: &[&str]) -> Option<Verdict> {
    let parts = context.iter().flat_map(|text| text.split(|c: char| !c.is_alphanumeric()));
    let known: Vec<&str> = parts.filter(|part| part.chars().count() > 2).chain(CLUB).collect();
    // One's address, or the most of it, with or without something behind.
    let plain = password.to_lowercase();
    let is_of = |text: &&str| {
        let text = text.to_lowercase();
        text.chars().count() > 5 && (plain.contains(&text) || text.contains(&plain))
    };
    if context.iter().any(is_of) {
        return Some(Verdict::Easy);
    }
    let worth = zxcvbn::zxcvbn(password, &known);
    let whole = match worth.sequence() {
        [one] => matches!(&one.pattern, MatchPattern::Dictionary(_)),
        _ => false,
    };
    match (whole, worth.score()) {
        (true, _) => Some(Verdict::Breached),
        (false, Score::Zero | Score::One) => Some(Verdict::Easy),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Verdict, guessed, holds};

    #[test]
    fn a_range_names_the_rest_of_the_digest() {
        let range = "0018A45C4D1DEF81644B54AB7F969B88D65:1\r\n00D4F6E8FA6EECAD2A3AA415EEC418D38EC:0\r\n";
        assert!(holds(range, "0018A45C4D1DEF81644B54AB7F969B88D65"));
        assert!(!holds(range, "00D4F6E8FA6EECAD2A3AA415EEC418D38EC"), "padding");
        assert!(!holds("", "0018A45C4D1DEF81644B54AB7F969B88D65"));
    }

    #[test]
    fn what_everybody_uses_or_knows_is_no_password() {
        assert!(guessed("1234567890", &[]).is_some());
        assert_eq!(guessed("basketball", &[]), Some(Verdict::Breached));
        assert!(guessed("ana.luz@example", &["ana.luz@example.org"]).is_some());
        assert_eq!(guessed("nine blue tables at dawn", &["ana@example.org"]), None);
    }
}
