//! JSON for programs.

use std::ops::Deref;

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use futures::future::LocalBoxFuture;
use serde::de::DeserializeOwned;

use super::{LIMIT, field_fault, invalid_encoding, text};
use crate::fault::Fault;

/// A JSON body of at most `MAX` bytes (64 KB where nothing is said).
///
/// The type should be `#[serde(deny_unknown_fields)]`, so that a field we do not know is refused:
/// 422 `unknown_field`. Also 400 `invalid_json`, 400 `invalid_encoding`, 413 `payload_too_large`, 415
/// `unsupported_media_type` or `unsupported_encoding`, 422 `missing_field`, 422 `invalid_value` with the field's path.
#[derive(Debug, Clone)]
pub struct ApiJson<T, const MAX: usize = LIMIT>(pub T);

impl<T, const MAX: usize> ApiJson<T, MAX> {
    /// The value.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T, const MAX: usize> Deref for ApiJson<T, MAX> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: DeserializeOwned + 'static, const MAX: usize> FromRequest for ApiJson<T, MAX> {
    type Error = Fault;
    type Future = LocalBoxFuture<'static, Result<Self, Fault>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let mut payload = payload.take();
        Box::pin(async move {
            let body = text(&request, &mut payload, "application/json", MAX).await?;
            parse(&body).map(Self)
        })
    }
}

/// Reads JSON text as strictly as a request body.
pub(crate) fn parse<T: DeserializeOwned>(body: &str) -> Result<T, Fault> {
    if escapes_nul(body) {
        return Err(invalid_encoding("The body holds a NUL character."));
    }
    let mut reader = serde_json::Deserializer::from_str(body);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        malformed(body).unwrap_or_else(|| fault(&error.path().to_string(), error.inner()))
    })?;
    reader.end().map_err(|error| fault("", &error))?;
    Ok(value)
}

/// The reading stops at the first wrong field, which says nothing about the text behind it.
/// Text that is no JSON at all is called so, however its beginning looks.
fn malformed(body: &str) -> Option<Fault> {
    serde_json::from_str::<serde_json::Value>(body).err().map(|error| fault("", &error))
}

fn fault(path: &str, error: &serde_json::Error) -> Fault {
    let message = without_place(error);
    // A lone half of a surrogate pair is text that no UTF-8 can hold.
    if message.contains("surrogate") || message.contains("unexpected end of hex escape") {
        return invalid_encoding("The body holds half of a surrogate pair.");
    }
    if !error.is_data() || message.starts_with("duplicate field") {
        return Fault::bad_request("invalid_json")
            .detail(format!("The body is not JSON we can read: {error}."));
    }
    field_fault(path, &message)
}

/// serde_json appends where in the text it was; the path says it better.
fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rfind(" at line ").map_or(text.as_str(), |at| &text[..at]).to_owned()
}

/// Whether a string in the JSON text escapes a NUL: `\u0000` behind an even number of backslashes.
fn escapes_nul(body: &str) -> bool {
    let bytes = body.as_bytes();
    let mut at = 0;
    while at + 1 < bytes.len() {
        if bytes[at] != b'\\' {
            at += 1;
            continue;
        }
        if bytes[at + 1..].starts_with(b"u0000") {
            return true;
        }
        at += 2;
    }
    false
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Item {
        #[expect(dead_code, reason = "only its reading is tested")]
        quantity: u32,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Order {
        #[expect(dead_code, reason = "only its reading is tested")]
        name: String,
        #[expect(dead_code, reason = "only its reading is tested")]
        items: Vec<Item>,
    }

    fn refused(body: &str) -> (u16, &'static str, Vec<String>) {
        let fault = parse::<Order>(body).expect_err(body);
        let fields = fault.fields().iter().map(|field| field.field.clone()).collect();
        (fault.status().as_u16(), fault.code(), fields)
    }

    #[test]
    fn a_good_body_is_read() {
        assert!(parse::<Order>(r#"{"name":"Ana \\u0000","items":[{"quantity":2}]} "#).is_ok());
    }

    #[test]
    fn every_malformed_body_has_its_code() {
        let deep = format!("{{\"name\":{}{}}}", "[".repeat(10_000), "]".repeat(10_000));
        for body in
            ["", "{", "[1,", r#"{"name":"a","items":[]} x"#, r#"{"name":"a","name":"b","items":[]}"#, &deep]
        {
            assert_eq!(refused(body), (400, "invalid_json", vec![]), "{}", &body[..body.len().min(40)]);
        }
        for body in [
            r#"{"name":"\u0000","items":[]}"#,
            r#"{"name":"\\\u0000","items":[]}"#,
            r#"{"name":"\ud800","items":[]}"#,
            r#"{"name":"\udc00x","items":[]}"#,
        ] {
            assert_eq!(refused(body), (400, "invalid_encoding", vec![]), "{body}");
        }
    }

    #[test]
    fn a_wrong_field_is_named() {
        let field = |code, path: &str| (422, code, vec![path.to_owned()]);
        assert_eq!(refused(r#"{"name":"a","items":[],"price":1}"#), field("unknown_field", "price"));
        assert_eq!(
            refused(r#"{"name":"a","items":[{"quantity":1,"price":1}]}"#),
            field("unknown_field", "items[0].price")
        );
        assert_eq!(refused(r#"{"items":[]}"#), field("missing_field", "name"));
        assert_eq!(refused(r#"{"name":"a","items":[{}]}"#), field("missing_field", "items[0].quantity"));
        for quantity in ["-1", "1.5", "\"2\"", "1e3", "9223372036854775808", "null"] {
            let body = format!(r#"{{"name":"a","items":[{{"quantity":{quantity}}}]}}"#);
            assert_eq!(refused(&body), field("invalid_value", "items[0].quantity"), "{quantity}");
        }
    }
}
