//! From where somebody signs in, as the gateway saw it: marketing-admin counts refused sign-ins by it.

use std::{
    convert::Infallible,
    future::{Ready, ready},
    net::IpAddr,
};

use actix_web::{FromRequest, HttpRequest, dev::Payload};

/// The gateway sets it itself and takes away what a stranger wrote there.
const HEADER: &str = "x-envoy-external-address";

/// The network address of the one who asks.
#[derive(Debug, Clone, Copy)]
pub struct ClientAddress(pub Option<IpAddr>);

impl FromRequest for ClientAddress {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let named = request.headers().get(HEADER).and_then(|value| value.to_str().ok());
        let peer = || request.peer_addr().map(|peer| peer.ip());
        ready(Ok(Self(named.and_then(|text| text.trim().parse().ok()).or_else(peer))))
    }
}
