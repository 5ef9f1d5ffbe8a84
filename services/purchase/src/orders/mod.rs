//! The guest's own view of one order. There is no account yet: whoever has the order's address, whose key is an HMAC
//! ([`link`]), is the guest; without it there is nothing to see and nothing to guess ([`view`]).
//!
//! [`page`] says in words how the order stands ([`situation`]) and what that means for the money, which comes first where some went back ([`headline`]), asks Stripe itself when the guest comes
//! back from paying, and shows the tickets and what was paid ([`history`]); [`api`] says the same as JSON; [`pay`] leads back to the payment page.
//! [`poster`] is the night's art on the tickets, [`answers`] what the guest was asked.
//!
//! Staff see it through the desk: [`search`] finds orders, [`record`] is all of one.

pub mod answers;
pub mod api;
mod credit;
mod headline;
mod history;
pub mod link;
mod moved;
pub mod page;
pub mod pay;
pub mod poster;
pub mod record;
pub mod search;
mod situation;
pub(crate) mod store;
pub mod view;

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, HeaderValue, REFERRER_POLICY};
use db::DbError;
use domain::money::{Currency, Money};
use domain::quote::Quote;

use self::store::{LineRow, OrderRow};

/// A step that the domain refused although the row is locked and its state was just read: a mistake of ours.
pub(crate) fn illegal(step: domain::order::IllegalStep) -> DbError {
    DbError::Other(diesel::result::Error::QueryBuilderError(Box::new(step)))
}

/// Nobody keeps what is shown of an order, and no other site learns its address.
pub(crate) fn private(mut response: HttpResponse) -> HttpResponse {
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

/// The price an order was held at.
pub(crate) fn quote_of(order: &OrderRow, lines: &[LineRow]) -> Result<Quote, DbError> {
    let currency: Currency = order.currency.parse().map_err(|_| DbError::NotFound)?;
    Ok(Quote {
        currency,
        lines: lines.iter().map(LineRow::quoted).collect(),
        total: Money::new(order.total_minor, currency),
    })
}
