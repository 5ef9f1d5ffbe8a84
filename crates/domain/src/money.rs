//! Money: integer minor units and a currency. Never a float, never a bare number.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// A currency the club may sell in (ISO 4217).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Currency {
    /// Euro.
    Eur,
    /// United States dollar.
    Usd,
    /// Pound sterling.
    Gbp,
    /// Mexican peso.
    Mxn,
}

/// The text is not the code of a currency that the club sells in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a currency the club sells in")]
pub struct UnknownCurrency;

impl Currency {
    /// Every currency.
    pub const ALL: [Self; 4] = [Self::Eur, Self::Usd, Self::Gbp, Self::Mxn];

    /// ISO 4217 code, upper case.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Eur => "EUR",
            Self::Usd => "USD",
            Self::Gbp => "GBP",
            Self::Mxn => "MXN",
        }
    }

    /// Decimal places of the minor unit (ISO 4217).
    pub const fn exponent(self) -> u32 {
        match self {
            Self::Eur | Self::Usd | Self::Gbp | Self::Mxn => 2,
        }
    }

    /// The smallest sum that a card is charged, minor units. Stripe refuses less, in the currency that it pays out in too:
    /// <https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts>.
    pub const fn least_charge(self) -> i64 {
        match self {
            Self::Eur | Self::Usd => 50,
            Self::Gbp => 30,
            Self::Mxn => 1_000,
        }
    }
}

impl Currency {
    /// What a person wrote, `15`, `15.5` or `15,50`, in minor units. `None` where it is no amount.
    pub fn read_minor(self, text: &str) -> Option<i64> {
        let text = text.trim().replace(',', ".");
        let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let places = self.exponent() as usize;
        if whole.is_empty() || whole.len() > 12 || part.len() > places || !digits(whole) || !digits(part) {
            return None;
        }
        format!("{whole}{part:0<places$}").parse().ok()
    }

    /// An amount as a person would write it into a field: `15.50`.
    pub fn write_minor(self, minor: i64) -> String {
        let (unit, places) = (10_i64.pow(self.exponent()), self.exponent() as usize);
        format!("{}.{:0places$}", minor / unit, minor % unit)
    }
}

impl FromStr for Currency {
    type Err = UnknownCurrency;
    /// Reads a code in either case; Stripe writes it in lower case.
    fn from_str(code: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|c| c.code().eq_ignore_ascii_case(code)).ok_or(UnknownCurrency)
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// An amount in minor units (cents) of one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Money {
    minor: i64,
    currency: Currency,
}

/// A sum that has no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// The amounts are in different currencies.
    #[error("amounts of different currencies cannot be added")]
    CurrencyMismatch,
    /// The result does not fit.
    #[error("the amount is too large")]
    Overflow,
}

impl Money {
    /// `minor` units (cents) of `currency`.
    pub const fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }
    /// Nothing, in `currency`.
    pub const fn zero(currency: Currency) -> Self {
        Self::new(0, currency)
    }
    /// The amount in minor units.
    pub const fn minor(self) -> i64 {
        self.minor
    }
    /// The currency.
    pub const fn currency(self) -> Currency {
        self.currency
    }
    /// Whether it can be paid: it is nothing, or at least what a card is charged.
    pub const fn is_payable(self) -> bool {
        self.minor == 0 || self.minor >= self.currency.least_charge()
    }
    /// Whether nothing is owed.
    pub const fn is_zero(self) -> bool {
        self.minor == 0
    }

    /// The sum of two amounts of one currency.
    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        self.with(self.minor.checked_add(other.minor))
    }
    /// The difference of two amounts of one currency.
    pub fn checked_sub(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        self.with(self.minor.checked_sub(other.minor))
    }
    /// The amount taken `times` times.
    pub fn checked_mul(self, times: u32) -> Result<Self, MoneyError> {
        self.with(self.minor.checked_mul(i64::from(times)))
    }

    fn same_currency(self, other: Self) -> Result<(), MoneyError> {
        if self.currency == other.currency { Ok(()) } else { Err(MoneyError::CurrencyMismatch) }
    }
    fn with(self, minor: Option<i64>) -> Result<Self, MoneyError> {
        minor.map(|minor| Self { minor, ..self }).ok_or(MoneyError::Overflow)
    }
}

impl fmt::Display for Money {
    /// Plain form for logs: `24.50 EUR`. Pages use `ui::format::money`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = 10_u64.pow(self.currency.exponent());
        let (sign, amount) = (if self.minor < 0 { "-" } else { "" }, self.minor.unsigned_abs());
        let width = self.currency.exponent() as usize;
        write!(f, "{sign}{}.{:0width$} {}", amount / unit, amount % unit, self.currency)
    }
}

#[cfg(test)]
mod tests {
    use super::{Currency, Money, MoneyError};

    #[test]
    fn amounts_add_only_within_a_currency_and_never_wrap() {
        let eur = |minor| Money::new(minor, Currency::Eur);
        assert_eq!(eur(150).checked_add(eur(75)), Ok(eur(225)));
        assert_eq!(eur(1).checked_add(Money::new(1, Currency::Usd)), Err(MoneyError::CurrencyMismatch));
        assert_eq!(eur(i64::MAX).checked_add(eur(1)), Err(MoneyError::Overflow));
        assert_eq!(eur(i64::MAX / 2).checked_mul(3), Err(MoneyError::Overflow));
    }

    #[test]
    fn a_sum_below_the_smallest_charge_of_its_currency_cannot_be_paid() {
        for (currency, least) in
            [(Currency::Eur, 50), (Currency::Usd, 50), (Currency::Gbp, 30), (Currency::Mxn, 1_000)]
        {
            for (minor, payable) in [(0, true), (1, false), (least - 1, false), (least, true), (-1, false)] {
                assert_eq!(Money::new(minor, currency).is_payable(), payable, "{minor} {currency}");
            }
        }
    }

    #[test]
    fn an_amount_that_a_person_wrote_is_read_to_the_cent_or_not_at_all() {
        for (text, minor) in [("15", 1500), (" 15.5 ", 1550), ("15,50", 1550), ("0", 0), ("0.05", 5)] {
            assert_eq!(Currency::Eur.read_minor(text), Some(minor), "{text}");
            let written = Currency::Eur.write_minor(minor);
            assert_eq!(Currency::Eur.read_minor(&written), Some(minor), "{written}");
        }
        for bad in ["", " ", "-1", "1.505", "1e3", "1.2.3", "1.000,00", "€5", "9999999999999"] {
            assert_eq!(Currency::Eur.read_minor(bad), None, "{bad}");
        }
    }

    #[test]
    fn money_is_written_with_its_currency() {
        assert_eq!(Money::new(2450, Currency::Eur).to_string(), "24.50 EUR");
        assert_eq!(Money::new(-5, Currency::Usd).to_string(), "-0.05 USD");
        let json = serde_json::to_string(&Money::new(2450, Currency::Eur)).expect("plain data");
        assert_eq!(json, r#"{"minor":2450,"currency":"EUR"}"#);
    }
}
