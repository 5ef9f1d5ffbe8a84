//! Club credit: money that a guest leaves with the club instead of taking it back, and spends on other nights. Whoever knows its code
//! spends it, in parts or at once; it pays, and takes nothing off a price.

use crate::{
    money::Currency,
    promo::{ALPHABET, PromoCode, PromoRefusal},
};
use chrono::{DateTime, Utc};

/// What every code begins with.
const PREFIX: &str = "CR";

/// A credit as its code names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credit {
    /// Of its amounts, as ISO 4217 calls it.
    pub currency: String,
    /// What is left of it, minor units.
    pub balance_minor: i64,
    /// First instant at which it is no longer good.
    pub expires_at: DateTime<Utc>,
}

impl Credit {
    /// Whether it pays for something in this currency now. Who asks knows its code, so the answer may say why not.
    pub fn admits(&self, currency: Currency, now: DateTime<Utc>) -> Result<(), PromoRefusal> {
        if self.expires_at <= now {
            return Err(PromoRefusal::Expired);
        }
        if self.currency != currency.code() {
            return Err(PromoRefusal::NotForThese);
        }
        if self.balance_minor <= 0 { Err(PromoRefusal::Exhausted) } else { Ok(()) }
    }
}

/// A code of random bytes, some 79 bits: it is money, and stands in the same field as a promo's.
pub fn code(bytes: [u8; 16]) -> PromoCode {
    let mut number = u128::from_be_bytes(bytes);
    let mut text = PREFIX.to_owned();
    for place in 0..16 {
        if place % 4 == 0 {
            text.push('-');
        }
        text.push(char::from(ALPHABET[(number % ALPHABET.len() as u128) as usize]));
        number /= ALPHABET.len() as u128;
    }
    PromoCode::of_alphabet(text)
}

/// What two spellings of a code share: people leave the hyphens out.
pub fn plain(code: &PromoCode) -> String {
    code.as_str().chars().filter(|letter| *letter != '-').collect()
}

/// How an order calls the credit that it spends: enough for whoever has the code, and of no use to others.
pub fn tail(code: &PromoCode) -> String {
    let plain = plain(code);
    format!("…{}", &plain[plain.len().saturating_sub(4)..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;
    use proptest::prelude::*;

    #[test]
    fn a_credit_pays_in_its_currency_until_it_is_spent_or_over() {
        let now = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
        let some =
            Credit { currency: "EUR".into(), balance_minor: 1, expires_at: now + TimeDelta::seconds(1) };
        assert_eq!(some.admits(Currency::Eur, now), Ok(()));
        assert_eq!(some.admits(Currency::Eur, now + TimeDelta::seconds(1)), Err(PromoRefusal::Expired));
        let spent = Credit { balance_minor: 0, ..some.clone() };
        assert_eq!(spent.admits(Currency::Eur, now), Err(PromoRefusal::Exhausted));
        let other = Credit { currency: "XXX".into(), ..some };
        assert_eq!(other.admits(Currency::Eur, now), Err(PromoRefusal::NotForThese));
    }

    proptest! {
        #[test]
        fn a_code_is_read_as_people_type_it(bytes in any::<[u8; 16]>()) {
            let made = code(bytes);
            prop_assert!(made.as_str().starts_with("CR-") && made.as_str().len() == 22, "{}", made);
            let typed: PromoCode = format!(" {} ", made.as_str().to_lowercase()).parse().expect("a code");
            prop_assert_eq!(&typed, &made);
            let short: PromoCode = plain(&made).parse().expect("a code");
            prop_assert_eq!(plain(&short), plain(&made));
            prop_assert!(tail(&made).ends_with(&made.as_str()[18..]));
        }
    }
}
