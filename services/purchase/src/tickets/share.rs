//! A ticket for the guest who comes with it, while it stays its buyer's: their name on it, and a mail with a link to its own
//! page. The buyer can rename it, pass it on and get the money back as before; who passes a ticket on gives all that away.

use chrono::TimeDelta;
use domain::ids::{OrderId, TicketId};
use messages::purchase::v1::mail_asked::About;
use uuid::Uuid;
use web::Fault;

use super::change::{self, Recipient};
use super::store::{self, ShareRow};
use super::{changed, doorstep};
use crate::my::{MAILS_PER_TICKET, WINDOW};
use crate::{Shop, orders};

/// Within it the same ticket for the same guest is the same tap.
const SAME_TAP: TimeDelta = TimeDelta::minutes(1);

/// Shares a ticket. One transaction under the order's and the ticket's row: the count of its mails is exact.
pub(crate) async fn share(
    shop: &Shop,
    order: OrderId,
    ticket: TicketId,
    to: &Recipient,
) -> Result<(), Fault> {
    doorstep::ask(shop, ticket).await?;
    let now = shop.clock.now();
    shop.db
        .transaction(async |conn| {
            let (mut row, reference) = change::changeable(conn, order, ticket, now).await?;
            let before = store::shares_since(conn, ticket, now - WINDOW).await?;
            if before.iter().any(|share| share.is_to(to) && share.shared_at > now - SAME_TAP) {
                return Ok(());
            }
            if before.len() >= MAILS_PER_TICKET {
                return Err(Fault::conflict("shared_often").detail("This ticket was mailed often enough."));
            }
            change::mailbox_takes(conn, to, now).await?;
            let buyer = orders::store::find(conn, order).await?.ok_or_else(Fault::not_found)?;
            if row.holder_name != to.name {
                row.holder_name.clone_from(&to.name);
                row.birth_date = None;
                row.revision += 1;
                row.changed_at = now;
                store::set_holder(conn, &row).await?;
                bus::outbox::add(conn, &changed(&row, &reference), now).await?;
            }
            let id = Uuid::now_v7();
            store::insert_share(conn, &ShareRow::of(id, &row, to, now)).await?;
            let told = change::told(shop, conn, &row, &reference, &buyer.buyer_name).await?;
            let about = About::Shared(told);
            bus::outbox::add(conn, &change::asked(id, to, about, now), now).await?;
            Ok::<_, Fault>(())
        })
        .await
}
