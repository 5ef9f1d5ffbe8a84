//! Forms of pages.

use std::ops::Deref;

use actix_web::{FromRequest, HttpRequest, dev::Payload, web::Query};
use futures::future::LocalBoxFuture;
use serde::de::DeserializeOwned;

use super::{LIMIT, field_fault, invalid_encoding, text};
use crate::fault::Fault;

/// A URL-encoded form of at most 64 KB, with the same checks as [`ApiJson`](crate::ApiJson).
///
/// Let the fields be `String`s and judge them in the use-case, so that a page can show the form again with what the guest wrote.
/// Fields with generated names: a `HashMap<String, String>`, alone or flattened.
#[derive(Debug, Clone)]
pub struct PageForm<T>(pub T);

impl<T> PageForm<T> {
    /// The value.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> Deref for PageForm<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for PageForm<T> {
    type Error = Fault;
    type Future = LocalBoxFuture<'static, Result<Self, Fault>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let mut payload = payload.take();
        Box::pin(async move {
            let body = read_form(&request, &mut payload).await?;
            parse(&body).map(Self)
        })
    }
}

/// The form's text, known to be decodable.
pub(crate) async fn read_form(request: &HttpRequest, payload: &mut Payload) -> Result<String, Fault> {
    let body = text(request, payload, "application/x-www-form-urlencoded", LIMIT).await?;
    check_escapes(&body)?;
    Ok(body)
}

pub(crate) fn parse<T: DeserializeOwned>(body: &str) -> Result<T, Fault> {
    let query =
        Query::<T>::from_query(body).map_err(|error| field_fault("", &sentence(&error.to_string())))?;
    Ok(query.into_inner())
}

/// actix puts its own words before serde's.
pub(crate) fn sentence(error: &str) -> String {
    error.strip_prefix("Query deserialize error: ").unwrap_or(error).to_owned()
}

/// The raw `name=value` pairs of a form or query string.
pub(crate) fn pairs_of(body: &str) -> impl Iterator<Item = (&str, &str)> {
    body.split('&').filter(|pair| !pair.is_empty()).map(|pair| pair.split_once('=').unwrap_or((pair, "")))
}

/// Percent-escapes must decode to UTF-8 without NUL. The parser behind would replace what it cannot
/// read, and store something that nobody wrote.
pub(crate) fn check_escapes(encoded: &str) -> Result<(), Fault> {
    if !encoded.contains('%') {
        return Ok(());
    }
    let bytes = encoded.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let escape = (bytes[at] == b'%').then(|| bytes.get(at + 1..at + 3).and_then(hex)).flatten();
        decoded.push(escape.unwrap_or(bytes[at]));
        at += if escape.is_some() { 3 } else { 1 };
    }
    if decoded.contains(&0) {
        return Err(invalid_encoding("There is a NUL character."));
    }
    std::str::from_utf8(&decoded).map(|_| ()).map_err(|_| invalid_encoding("This is not UTF-8."))
}

fn hex(digits: &[u8]) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let value = digit(digits[0])? * 16 + digit(digits[1])?;
    u8::try_from(value).ok()
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Buyer {
        name: String,
    }

    #[test]
    fn escapes_must_be_text() {
        assert!(check_escapes("name=Jos%C3%A9+100%").is_ok());
        for bad in ["name=%00", "name=%ff", "name=%c0%af", "name=%ed%a0%80"] {
            assert_eq!(check_escapes(bad).expect_err(bad).code(), "invalid_encoding");
        }
    }

    #[test]
    fn fields_are_checked() {
        assert_eq!(parse::<Buyer>("name=Jos%C3%A9+P").unwrap(), Buyer { name: "José P".into() });
        assert_eq!(parse::<Buyer>("name=a&price=1").unwrap_err().code(), "unknown_field");
        assert_eq!(parse::<Buyer>("name=a&name=b").unwrap_err().code(), "duplicate_parameter");
        assert_eq!(parse::<Buyer>("").unwrap_err().code(), "missing_field");
    }

    #[test]
    fn generated_names_are_a_map() {
        let map = parse::<HashMap<String, String>>("quantity[a]=1&quantity[b]=2").unwrap();
        assert_eq!(map["quantity[b]"], "2");
    }
}
