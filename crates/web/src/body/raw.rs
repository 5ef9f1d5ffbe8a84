//! Bytes as they came, for what is signed byte by byte.

use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    web::{Bytes, BytesMut},
};
use futures::future::LocalBoxFuture;

use super::{LIMIT, bytes};
use crate::fault::Fault;

/// The raw body, of at most `MAX` bytes: a webhook's signature is over exactly these.
/// 413 `payload_too_large`, 415 `unsupported_encoding`; the media type is the handler's business.
#[derive(Debug, Clone)]
pub struct RawBody<const MAX: usize = LIMIT>(pub Bytes);

impl<const MAX: usize> FromRequest for RawBody<MAX> {
    type Error = Fault;
    type Future = LocalBoxFuture<'static, Result<Self, Fault>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let mut payload = payload.take();
        Box::pin(async move { bytes(&request, &mut payload, MAX).await.map(BytesMut::freeze).map(Self) })
    }
}
