//! Forms that may bring a file.

use std::collections::HashMap;

use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    http::{StatusCode, header},
    web::Bytes,
};
use futures::future::LocalBoxFuture;
use subtle::ConstantTimeEq;

use crate::{body, can::Can, csrf, fault::Fault, guest::Guest, staff::Staff};

/// A form of at most `MAX` bytes with at most one file, guarded as a [`CsrfForm`](crate::CsrfForm) is: by the token in its field
/// `csrf`. For forms with `enctype="multipart/form-data"`.
///
/// Also 413 `payload_too_large`, 415 `unsupported_media_type`, 400 `duplicate_parameter`. What the file is, its bytes must say: its
/// name and type, which the sender chose, are not kept.
#[derive(Debug)]
pub struct UploadForm<P, const MAX: usize> {
    /// The fields without the token.
    pub fields: HashMap<String, String>,
    /// The file, if one was chosen.
    pub file: Option<Bytes>,
    /// Who sent it.
    pub staff: Staff<P>,
}

impl<P, const MAX: usize> UploadForm<P, MAX> {
    /// A field's text; empty for one that was not sent.
    pub fn field(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", String::as_str)
    }
}

impl<P: Can, const MAX: usize> FromRequest for UploadForm<P, MAX> {
    type Error = Fault;
    type Future = LocalBoxFuture<'static, Result<Self, Fault>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let staff = Staff::<P>::from_request(request, payload);
        let request = request.clone();
        let mut payload = payload.take();
        Box::pin(async move {
            let staff = staff.await?;
            let Uploaded { fields, file } = sent(&request, &mut payload, MAX, staff.csrf_token()).await?;
            Ok(Self { fields, file, staff })
        })
    }
}

/// The same of a signed-in guest, as a [`GuestForm`](crate::GuestForm) is guarded. Who sends it is known whatever is wrong with the rest,
/// so that a page can say it to them in words.
#[derive(Debug)]
pub struct GuestUpload<const MAX: usize> {
    /// Who sent it.
    pub guest: Guest,
    /// What was sent, or what is wrong with it.
    pub sent: Result<Uploaded, Fault>,
}

/// What came with the right token.
#[derive(Debug)]
pub struct Uploaded {
    /// The fields without the token.
    pub fields: HashMap<String, String>,
    /// The file, if one was chosen.
    pub file: Option<Bytes>,
}

impl<const MAX: usize> FromRequest for GuestUpload<MAX> {
    type Error = Fault;
    type Future = LocalBoxFuture<'static, Result<Self, Fault>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let guest = Guest::from_request(request, payload);
        let request = request.clone();
        let mut payload = payload.take();
        Box::pin(async move {
            let guest = guest.await?;
            let sent = sent(&request, &mut payload, MAX, guest.csrf_token()).await;
            Ok(Self { guest, sent })
        })
    }
}

/// What was sent, if the right token is with it.
async fn sent(
    request: &HttpRequest,
    payload: &mut Payload,
    most: usize,
    expected: &str,
) -> Result<Uploaded, Fault> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let boundary = kind.and_then(body::boundary).ok_or_else(|| {
        Fault::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type")
            .detail("Send this request as multipart/form-data.")
    })?;
    let bytes = body::bytes(request, payload, most).await?.freeze();
    let (mut fields, file) = read(&bytes, boundary)?;
    let token = fields.remove(csrf::FIELD).unwrap_or_default();
    if !bool::from(token.as_bytes().ct_eq(expected.as_bytes())) {
        return Err(csrf::wrong_token());
    }
    Ok(Uploaded { fields, file })
}

fn read(bytes: &Bytes, boundary: &str) -> Result<(HashMap<String, String>, Option<Bytes>), Fault> {
    let (mut fields, mut file) = (HashMap::new(), None);
    for part in body::parts(bytes, boundary)? {
        let twice = Fault::bad_request("duplicate_parameter").field(part.name.clone(), "duplicate_parameter");
        if part.is_file {
            // A browser sends an empty file where none was chosen.
            if !part.content.is_empty() && file.replace(bytes.slice_ref(part.content)).is_some() {
                return Err(twice);
            }
            continue;
        }
        let text =
            std::str::from_utf8(part.content).map_err(|_| body::invalid_encoding("A field is not UTF-8."))?;
        if text.contains('\0') {
            return Err(body::invalid_encoding("A field holds a NUL character."));
        }
        if fields.insert(part.name, text.to_owned()).is_some() {
            return Err(twice);
        }
    }
    Ok((fields, file))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(parts: &[(&str, &str)]) -> Bytes {
        let part = |(head, content): &(&str, &str)| {
            format!("--b\r\nContent-Disposition: form-data; {head}\r\n\r\n{content}\r\n")
        };
        Bytes::from(parts.iter().map(part).collect::<String>() + "--b--\r\n")
    }

    #[test]
    fn an_empty_file_is_none_and_nothing_may_come_twice() {
        let (text, none) = (("name=\"text\"", "a"), ("name=\"photo\"; filename=\"\"", ""));
        let (fields, file) = read(&form(&[text, none]), "b").expect("a form");
        assert_eq!((fields["text"].as_str(), file), ("a", None));
        let photo = ("name=\"photo\"; filename=\"a.jpg\"", "jpeg");
        let (_, file) = read(&form(&[text, photo]), "b").expect("a form");
        assert_eq!(file.as_deref(), Some(&b"jpeg"[..]));
        for twice in [[text, text], [photo, photo]] {
            assert_eq!(read(&form(&twice), "b").expect_err("twice").code(), "duplicate_parameter");
        }
    }
}
