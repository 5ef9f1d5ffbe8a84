//! The types that a variable may have.

use crate::{Environment, Secret};
use std::{fmt::Display, net::SocketAddr, path::PathBuf, str::FromStr};

/// A type that a variable may have.
pub trait Value: Sized {
    /// Reads the variable's text; the error says what was expected and never repeats the text, which may be secret.
    fn read(text: &str) -> Result<Self, String>;
    /// What stands in after a fault, until `finish` reports it. Never seen by the program.
    fn placeholder() -> Self;
}

macro_rules! by_from_str {
    ($($type:ty = $placeholder:expr),* $(,)?) => {$(
        impl Value for $type {
            fn read(text: &str) -> Result<Self, String> { parse(text) }
            fn placeholder() -> Self { $placeholder }
        }
    )*};
}

by_from_str! {
    String = String::new(),
    Secret = Secret::new(""),
    Environment = Environment::Production,
    domain::mode::Mode = Self::Live,
    PathBuf = PathBuf::new(),
    SocketAddr = SocketAddr::from(([0, 0, 0, 0], 0)),
    chrono_tz::Tz = chrono_tz::UTC,
    domain::ticket_code::KeyRing = Self::default(),
    bool = false,
    f64 = 0.0,
    u8 = 0, u16 = 0, u32 = 0, u64 = 0, usize = 0, i64 = 0,
}

/// Several values with commas between; at least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List<T>(pub Vec<T>);

impl<T: Value> Value for List<T> {
    fn read(text: &str) -> Result<Self, String> {
        text.split(',').map(|part| T::read(part.trim())).collect::<Result<_, _>>().map(Self)
    }
    fn placeholder() -> Self {
        Self(Vec::new())
    }
}

/// An address people write to. Only letters that a `mailto:` link takes as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmailAddress(String);

impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> Self {
        address.0
    }
}

impl Value for EmailAddress {
    fn read(text: &str) -> Result<Self, String> {
        let plain = |part: &str| {
            !part.is_empty()
                && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._+-".contains(&byte))
        };
        match text.split_once('@') {
            Some((user, host)) if plain(user) && plain(host) && host.contains('.') => {
                Ok(Self(text.to_owned()))
            }
            _ => Err("is not an email address, such as hello@yourclub.com".to_owned()),
        }
    }
    fn placeholder() -> Self {
        Self(String::new())
    }
}

fn parse<T: FromStr<Err: Display>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|fault: T::Err| fault.to_string())
}

#[cfg(test)]
mod tests {
    use super::{EmailAddress, Value};

    #[test]
    fn an_address_is_one_that_a_link_can_carry() {
        let address = EmailAddress::read("hola+web@club.example").map(String::from);
        assert_eq!(address.as_deref(), Ok("hola+web@club.example"));
        for bad in [
            "",
            "hola",
            "@club.example",
            "hola@",
            "hola@club",
            "a b@club.example",
            "Club <a@b.c>",
            "a@b.c?x=y",
        ] {
            assert!(EmailAddress::read(bad).is_err(), "{bad}");
        }
    }
}
