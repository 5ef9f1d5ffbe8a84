//! A ticket that was passed on, handed back to who bought it: the pass-on undone. The buyer gets a code of their own again, and with
//! it what a buyer can do: pass it on to somebody else, or give it back for the money, which was theirs all along.

use domain::ids::{OrderId, TicketId};
use domain::language::Language;
use messages::purchase::v1::mail_asked::About;
use messages::purchase::v1::{LeftReason, TicketTransferred};
use uuid::Uuid;
use web::Fault;

use super::change::{self, Recipient};
use super::{doorstep, left, store};
use crate::{Shop, orders};

/// Hands a ticket back, and has both hear of it. One transaction under the order's and the ticket's row, as the pass-on was: 404 for
/// what is its buyer's, and what [`change::changeable`] says. However often it went from friend to friend, it goes to the buyer.
pub(crate) async fn hand_back(shop: &Shop, order: OrderId, ticket: TicketId) -> Result<(), Fault> {
    doorstep::ask(shop, ticket).await?;
    let now = shop.clock.now();
    shop.db
        .transaction(async |conn| {
            let (mut old, reference) = change::changeable(conn, order, ticket, now).await?;
            let passed = store::passed_on(conn, ticket).await?.ok_or_else(Fault::not_found)?;
            let bought = orders::store::find(conn, order).await?.ok_or_else(Fault::not_found)?;
            let (buyer, friend) = (
                Recipient { language: bought.language(), name: bought.buyer_name, email: bought.buyer_email },
                Recipient {
                    name: old.holder_name.clone(),
                    email: passed.to_email,
                    language: passed.to_language.parse::<Language>().unwrap_or_default(),
                },
            );
            let new = change::replace(conn, &mut old, &reference, (&buyer, true), now).await?;
            let left = left::mail(&old, &reference, LeftReason::HandedBack, &friend, now);
            bus::outbox::add(conn, &left, now).await?;
            // Also where the buyer gave no address at the venue: who counts who came hears of the new ticket by it.
            let back = TicketTransferred {
                ticket_url: shop.links.url_of(order, &reference),
                ..change::told(shop, conn, &new, &reference, &friend.name).await?
            };
            let back = change::asked(Uuid::now_v7(), &buyer, About::HandedBack(back), now);
            bus::outbox::add(conn, &back, now).await?;
            Ok::<_, Fault>(())
        })
        .await?;
    tracing::info!(%ticket, "ticket handed back to its buyer");
    Ok(())
}
