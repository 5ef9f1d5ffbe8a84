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

fn parse<T: FromStr<Err: Display>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|fault: T::Err| fault.to_string())
}
