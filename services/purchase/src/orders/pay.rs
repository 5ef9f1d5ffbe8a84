//! `POST /orders/{reference}/pay?key=…`: on to the payment page, the same one while it lives.
//!
//! An order that ran out, or is paid, is led to its own page (303), which says how it stands and what now. It is the form of a page and no
//! part of the API: a guest whose time is up in another tab has done nothing wrong, and a 409 would be a page that knows less.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path, Query};
use web::Fault;
use web::redirect::see_other;

use super::view::{self, OrderQuery};
use crate::Shop;
use crate::checkout::place::closed;
use crate::payments::resume::{self, Next};

/// Leads on.
pub async fn pay(
    shop: Data<Shop>,
    reference: Path<String>,
    query: Query<OrderQuery>,
) -> Result<HttpResponse, Fault> {
    let order = view::open(&shop, &reference, &query.key).await?;
    Ok(match resume::resume(&shop, order.key()).await? {
        Next::PayAt(url) => see_other(&url),
        // The order's page says how it stands; where the payment page could not be opened, that the places stay held, that
        // nothing was charged, and offers to try again.
        Next::Look | Next::Busy | Next::Unavailable => {
            see_other(&shop.links.path_of(order.key(), &order.reference))
        }
        Next::Closed => return Err(closed()),
    })
}
