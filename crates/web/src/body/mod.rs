//! Request bodies, read with the same care whoever sends them.
//!
//! A body is limited while it is read, never decompressed, strict UTF-8 without NUL (PostgreSQL cannot store one),
//! and refused with a code that says which of these it was.

mod form;
mod json;
mod parts;
mod raw;

use actix_web::{HttpRequest, dev::Payload, http::StatusCode, http::header, web::BytesMut};
use futures::StreamExt;

use crate::fault::Fault;

pub use form::PageForm;
pub(crate) use form::{check_escapes, pairs_of, parse as parse_form, read_form, sentence};
pub use json::ApiJson;
pub(crate) use parts::{boundary, parts};
pub use raw::RawBody;

/// The largest body where nothing else is said.
pub const LIMIT: usize = 64 * 1024;

/// Reads a whole body of the given media type as text.
///
/// 413 `payload_too_large`, 415 `unsupported_encoding`, 415 `unsupported_media_type`, 400 `invalid_encoding`.
pub async fn text(
    request: &HttpRequest,
    payload: &mut Payload,
    media_type: &str,
    limit: usize,
) -> Result<String, Fault> {
    if media_type_of(request) != media_type {
        return Err(Fault::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type")
            .detail(format!("Send this request as {media_type}.")));
    }
    let bytes = bytes(request, payload, limit).await?;
    let text = String::from_utf8(bytes.to_vec()).map_err(|_| invalid_encoding("The body is not UTF-8."))?;
    if text.contains('\0') { Err(invalid_encoding("The body holds a NUL character.")) } else { Ok(text) }
}

/// Reads a whole body of any type.
pub async fn bytes(request: &HttpRequest, payload: &mut Payload, limit: usize) -> Result<BytesMut, Fault> {
    let encoding = request.headers().get(header::CONTENT_ENCODING);
    if encoding.is_some_and(|value| !value.as_bytes().eq_ignore_ascii_case(b"identity")) {
        return Err(Fault::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_encoding")
            .detail("Send the body without Content-Encoding."));
    }
    let too_large = || {
        Fault::new(StatusCode::PAYLOAD_TOO_LARGE, "payload_too_large")
            .detail(format!("The body may have {limit} bytes at most."))
    };
    let announced = request.headers().get(header::CONTENT_LENGTH);
    let announced = announced.and_then(|value| value.to_str().ok()?.parse::<usize>().ok()).unwrap_or(0);
    if announced > limit {
        return Err(too_large());
    }
    let mut body = BytesMut::with_capacity(announced);
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| Fault::bad_request("bad_request").detail("The body broke off."))?;
        if body.len() + chunk.len() > limit {
            return Err(too_large());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

pub(crate) fn invalid_encoding(detail: &str) -> Fault {
    Fault::bad_request("invalid_encoding").detail(detail)
}

/// The media type without its parameters, in lower case.
pub(crate) fn media_type_of(request: &HttpRequest) -> String {
    let value = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    value.and_then(|value| value.split(';').next()).unwrap_or_default().trim().to_ascii_lowercase()
}

/// What serde says about a field, as a code that clients can rely on.
///
/// serde keeps no kinds, only sentences; these beginnings are part of its documented provided constructors.
pub(crate) fn field_fault(path: &str, message: &str) -> Fault {
    let named = quoted(message).unwrap_or_default();
    if message.starts_with("unknown field") {
        return Fault::invalid("unknown_field")
            .field(join(path, named), "unknown_field")
            .detail(message.to_owned());
    }
    if message.starts_with("duplicate field") {
        return Fault::bad_request("duplicate_parameter").field(join(path, named), "duplicate_parameter");
    }
    if message.starts_with("missing field") {
        return Fault::invalid("missing_field")
            .field(join(path, named), "missing_field")
            .detail(message.to_owned());
    }
    Fault::invalid("invalid_value").field(path, "invalid_value").detail(message.to_owned())
}

/// The text between the first backticks.
fn quoted(message: &str) -> Option<&str> {
    message.split('`').nth(1)
}

/// serde reports an unknown field with its own path, a missing one with its parent's.
fn join(path: &str, name: &str) -> String {
    match path {
        "" | "." | "?" => name.to_owned(),
        path if path == name || path.ends_with(&format!(".{name}")) => path.to_owned(),
        path => format!("{path}.{name}"),
    }
}
