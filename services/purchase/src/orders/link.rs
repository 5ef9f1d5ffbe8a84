//! The addresses of orders, and of tickets that were passed on. Whoever has one is the guest: its key is an HMAC over the id,
//! so it can't be guessed and nothing is stored.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::ids::{OrderId, TicketId};
use domain::order::OrderReference;
use hmac::{Hmac, KeyInit, Mac};
use settings::Secret;
use sha2::Sha256;
use uuid::Uuid;

/// Bytes of the HMAC that stand in the address: 192 bits.
const KEY_BYTES: usize = 24;

/// Makes and checks orders' addresses.
#[derive(Clone)]
pub struct OrderLinks {
    secret: Secret,
    base: Arc<str>,
}

impl std::fmt::Debug for OrderLinks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OrderLinks").field("base", &self.base).finish_non_exhaustive()
    }
}

impl OrderLinks {
    /// Links below the ticket site's public URL.
    pub fn new(secret: Secret, public_url: &str) -> Self {
        Self { secret, base: public_url.trim_end_matches('/').into() }
    }

    /// The key that opens an order's page.
    pub fn key(&self, order: OrderId) -> String {
        URL_SAFE_NO_PAD.encode(&self.mac(order).finalize().into_bytes()[..KEY_BYTES])
    }

    /// Whether a key opens an order, in constant time.
    pub fn opens(&self, order: OrderId, key: &str) -> bool {
        let Ok(key) = URL_SAFE_NO_PAD.decode(key) else { return false };
        key.len() == KEY_BYTES && self.mac(order).verify_truncated_left(&key).is_ok()
    }

    /// The order's page, absolute.
    pub fn url(&self, order: OrderId, reference: &OrderReference) -> String {
        self.url_of(order, reference.as_str())
    }

    /// The same, for a reference as stored.
    pub fn url_of(&self, order: OrderId, reference: &str) -> String {
        format!("{}{}", self.base, self.path_of(order, reference))
    }

    /// A page of the site that is nobody's own, absolute.
    pub(crate) fn site(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// The order's page, from the site's root.
    pub fn path_of(&self, order: OrderId, reference: &str) -> String {
        format!("/orders/{reference}?key={}", self.key(order))
    }

    /// The key that opens the page of one ticket: for somebody it was passed on to. It opens nothing else.
    pub fn ticket_key(&self, ticket: TicketId) -> String {
        URL_SAFE_NO_PAD.encode(&self.ticket_mac(ticket).finalize().into_bytes()[..KEY_BYTES])
    }

    /// Whether a key opens a ticket, in constant time.
    pub fn opens_ticket(&self, ticket: TicketId, key: &str) -> bool {
        let Ok(key) = URL_SAFE_NO_PAD.decode(key) else { return false };
        key.len() == KEY_BYTES && self.ticket_mac(ticket).verify_truncated_left(&key).is_ok()
    }

    /// The ticket's own page, absolute.
    pub fn ticket_url(&self, ticket: TicketId) -> String {
        format!("{}{}", self.base, self.ticket_path(ticket))
    }

    /// The ticket's own page, from the site's root.
    pub fn ticket_path(&self, ticket: TicketId) -> String {
        format!("/tickets/{ticket}?key={}", self.ticket_key(ticket))
    }

    /// The key that opens the page of a request for a table. It opens nothing else.
    pub fn request_key(&self, reservation: Uuid) -> String {
        let mac = self.mac_of(b"maguey-request-link", reservation);
        URL_SAFE_NO_PAD.encode(&mac.finalize().into_bytes()[..KEY_BYTES])
    }

    /// Whether a key opens a request for a table, in constant time.
    pub fn opens_request(&self, reservation: Uuid, key: &str) -> bool {
        let Ok(key) = URL_SAFE_NO_PAD.decode(key) else { return false };
        let mac = self.mac_of(b"maguey-request-link", reservation);
        key.len() == KEY_BYTES && mac.verify_truncated_left(&key).is_ok()
    }

    /// The page of a request for a table, from the site's root.
    pub fn request_path(&self, reservation: Uuid) -> String {
        format!("/reservations/{reservation}?key={}", self.request_key(reservation))
    }

    fn mac(&self, order: OrderId) -> Hmac<Sha256> {
        self.mac_of(b"maguey-order-link", order.uuid())
    }

    fn ticket_mac(&self, ticket: TicketId) -> Hmac<Sha256> {
        self.mac_of(b"maguey-ticket-link", ticket.uuid())
    }

    fn mac_of(&self, kind: &[u8], id: Uuid) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.secret.expose().as_bytes())
            .expect("HMAC takes a key of any length");
        mac.update(kind);
        mac.update(id.as_bytes());
        mac
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_s_key_opens_that_ticket_and_no_order() {
        let links = OrderLinks::new(Secret::new("a secret for this test"), "https://tickets.example.org");
        let (ticket, other) = (TicketId::generate(), TicketId::generate());
        let key = links.ticket_key(ticket);
        assert!(links.opens_ticket(ticket, &key));
        assert!(!links.opens_ticket(other, &key));
        let namesake = OrderId::from_uuid(ticket.uuid());
        assert!(!links.opens(namesake, &key) && !links.opens_ticket(ticket, &links.key(namesake)));
        assert!(links.ticket_url(ticket).starts_with("https://tickets.example.org/tickets/"));
    }

    #[test]
    fn a_key_opens_its_own_order_and_no_other() {
        let links = OrderLinks::new(Secret::new("a secret for this test"), "https://tickets.example.org/");
        let (mine, other) = (OrderId::generate(), OrderId::generate());
        let key = links.key(mine);
        assert_eq!(key.len(), 32);
        assert!(links.opens(mine, &key));
        assert!(!links.opens(other, &key));
        assert!(!links.opens(mine, &key[..31]));
        assert!(!links.opens(mine, ""));
        assert!(!links.opens(mine, "not base64 at all!"));
        let stranger = OrderLinks::new(Secret::new("another secret"), "https://tickets.example.org");
        assert!(!stranger.opens(mine, &key));
        assert!(
            links.url_of(mine, "ABCD2345").starts_with("https://tickets.example.org/orders/ABCD2345?key=")
        );
    }
}
