//! From where somebody asks, as the gateway saw it.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};

/// The gateway sets it itself and takes away what a stranger wrote there.
const HEADER: &str = "x-envoy-external-address";
/// What one customer of a network has: counting single addresses of it would count nothing.
const HOME: u128 = u128::MAX << 64;
/// What a customer of a provider is given at most, and may take addresses from at will.
const SITE: u128 = u128::MAX << 80;
/// The same of IPv4.
const NEIGHBOURS: u32 = u32::MAX << 8;

/// A client's network address: IPv4 as it is, IPv6 by its /64. What one guest may do only so often is counted by it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ClientAddress(String);

impl ClientAddress {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address that another service passes on; whatever is no address is one and the same.
    pub fn passed_on(text: Option<&str>) -> Self {
        Self::of(text.and_then(|text| text.trim().parse().ok()))
    }

    /// The network that it is in.
    pub fn network(&self) -> ClientNetwork {
        ClientNetwork(match self.0.parse() {
            Ok(IpAddr::V4(address)) => Ipv4Addr::from_bits(address.to_bits() & NEIGHBOURS).to_string(),
            Ok(IpAddr::V6(address)) => Ipv6Addr::from_bits(address.to_bits() & SITE).to_string(),
            Err(_) => self.0.clone(),
        })
    }

    /// From where a request comes.
    pub fn of_request(request: &HttpRequest) -> Self {
        let named = request.headers().get(HEADER).and_then(|value| value.to_str().ok());
        let peer = || request.peer_addr().map(|peer| peer.ip());
        Self::of(named.and_then(|text| text.trim().parse().ok()).or_else(peer))
    }

    fn of(address: Option<IpAddr>) -> Self {
        Self(match address.map(|address| address.to_canonical()) {
            Some(IpAddr::V6(address)) => Ipv6Addr::from_bits(address.to_bits() & HOME).to_string(),
            Some(IpAddr::V4(address)) => address.to_string(),
            None => "unknown".to_owned(),
        })
    }
}

/// A client's network: IPv4 by its /24, IPv6 by its /48. Who has many addresses mostly has them side by side, so what is given away
/// only so often is counted by it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ClientNetwork(String);

impl ClientNetwork {
    /// The text: its first address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromRequest for ClientAddress {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self::of_request(request)))
    }
}

#[cfg(test)]
mod tests {
    use super::ClientAddress;

    #[test]
    fn a_home_is_one_address() {
        let of = |text: &str| ClientAddress::passed_on(Some(text));
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), of("2001:db8:1:2::9"));
        assert_ne!(of("2001:db8:1:2::9"), of("2001:db8:1:3::9"));
        assert_eq!(of("::ffff:192.0.2.7"), of("192.0.2.7"));
        assert_ne!(of("192.0.2.7"), of("192.0.2.8"));
        assert_eq!(of("nonsense"), ClientAddress::passed_on(None));
    }

    #[test]
    fn neighbours_are_one_network() {
        let of = |text: &str| ClientAddress::passed_on(Some(text)).network();
        assert_eq!(of("192.0.2.7"), of("192.0.2.200"));
        assert_ne!(of("192.0.2.7"), of("192.0.3.7"));
        assert_eq!(of("2001:db8:1:2::9"), of("2001:db8:1:ffff::1"));
        assert_ne!(of("2001:db8:1:2::9"), of("2001:db8:2:2::9"));
        assert_eq!(of("nonsense"), of("more nonsense"));
        assert_eq!(of("192.0.2.7").as_str(), "192.0.2.0");
        assert_eq!(of("2001:db8:1:2::9").as_str(), "2001:db8:1::");
    }
}
