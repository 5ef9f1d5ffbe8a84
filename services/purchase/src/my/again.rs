//! `POST /orders/{reference}/mail?key=…`: an order's tickets once more to its buyer.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path, Query};
use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use domain::ids::OrderId;
use messages::purchase::v1::mail_asked::About;
use messages::purchase::v1::{Buyer, MailAsked};
use uuid::Uuid;
use web::Fault;
use web::redirect::see_other;

use super::store::{self, Wish};
use super::{MAILS_PER_ORDER, WINDOW};
use crate::orders::store::OrderRow;
use crate::orders::view::{self, OrderQuery};
use crate::{Shop, catalog, orders, reservations, tickets};

/// What became of the wish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    /// The mail is on its way.
    Sent,
    /// This order has had enough mails within the hour.
    TooOften,
    /// There is no ticket to send.
    Nothing,
}

/// Asks for the mail and leads back to the order, which says what became of it.
pub async fn send(
    shop: Data<Shop>,
    reference: Path<String>,
    query: Query<OrderQuery>,
) -> Result<HttpResponse, Fault> {
    let order = view::open(&shop, &reference, &query.key).await?;
    let mail = match ask(&shop, order.key()).await? {
        Asked::Sent => "sent",
        Asked::TooOften => "often",
        Asked::Nothing => return Err(view::closed()),
    };
    let page = shop.links.path_of(order.key(), &order.reference);
    Ok(see_other(&format!("{page}&done={mail}#mail")))
}

async fn ask(shop: &Shop, id: OrderId) -> Result<Asked, DbError> {
    let now = shop.clock.now();
    shop.db
        .transaction(async |conn| {
            // Under the order's lock the count is exact, and its tickets are as they are.
            let Some(order) = orders::store::lock(conn, id).await? else { return Ok(Asked::Nothing) };
            if order.state != "paid" {
                return Ok(Asked::Nothing);
            }
            if store::wishes_of_order(conn, id, now - WINDOW).await? >= MAILS_PER_ORDER {
                return Ok(Asked::TooOften);
            }
            let Some(message) = message(shop, conn, &order, now).await? else { return Ok(Asked::Nothing) };
            let wish: Uuid = message.mail_id.parse().unwrap_or_else(|_| Uuid::now_v7());
            store::insert(conn, &Wish::of_order(wish, &order, now)).await?;
            bus::outbox::add(conn, &message, now).await?;
            Ok(Asked::Sent)
        })
        .await
}

/// The order as its first mail told it, with the tickets that still let somebody in.
pub(crate) async fn message(
    shop: &Shop,
    conn: &mut Conn,
    order: &OrderRow,
    now: DateTime<Utc>,
) -> Result<Option<MailAsked>, DbError> {
    let lines = orders::store::lines(conn, order.key()).await?;
    let mut issued = tickets::store::of_buyer(conn, order.key()).await?;
    issued.retain(|ticket| ticket.state == "valid");
    if issued.is_empty() {
        return Ok(None);
    }
    let rules =
        catalog::store::rules(conn, issued.iter().map(|ticket| ticket.ticket_type_id).collect()).await?;
    let table = reservations::store::deposits(conn, vec![order.id]).await?.remove(&order.id);
    Ok(Some(MailAsked {
        mail_id: Uuid::now_v7().to_string(),
        recipient: Some(Buyer {
            name: order.buyer_name.clone(),
            email: order.buyer_email.clone(),
            language: order.language.clone(),
        }),
        about: Some(About::Tickets(shop.issuer.paid_message(order, &lines, &issued, &rules, table))),
        asked_at: messages::millis(now),
    }))
}
