//! Forms of a plan: larger than others, with or without a picture.

use std::collections::HashMap;

use actix_web::dev::Payload;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::Bytes;
use actix_web::{FromRequest, HttpRequest};
use futures::future::LocalBoxFuture;
use web::can::Anything;
use web::{CsrfForm, Fault, UploadForm};

/// As much as the gateway lets through.
const MOST: usize = 8 * 1024 * 1024;

/// A form with the right token in its field `csrf`: as `multipart/form-data`, in which a plan of two hundred tables and a picture have
/// room, or URL-encoded. Who sends it, the handler asks with a [`Member`](crate::staff::Member) before it.
#[derive(Debug)]
pub struct Sent {
    /// The fields without the token.
    pub fields: HashMap<String, String>,
    /// The picture, if one was chosen.
    pub file: Option<Bytes>,
}

impl Sent {
    /// A field's text; empty for one that was not sent.
    pub fn field(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", |text| text.trim())
    }
}

impl FromRequest for Sent {
    type Error = Fault;
    type Future = LocalBoxFuture<'static, Result<Self, Fault>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        if kind.is_some_and(|kind| kind.trim_start().to_ascii_lowercase().starts_with("multipart/")) {
            let sent = UploadForm::<Anything, MOST>::from_request(request, payload);
            return Box::pin(async move {
                let UploadForm { fields, file, .. } = sent.await?;
                Ok(Self { fields, file })
            });
        }
        let sent = CsrfForm::<HashMap<String, String>, Anything>::from_request(request, payload);
        Box::pin(async move { Ok(Self { fields: sent.await?.form, file: None }) })
    }
}
