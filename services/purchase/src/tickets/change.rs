//! What a guest changes of a ticket: the name on it, or whose it is. Until the doors open ([`domain::ticket`]).
//!
//! Both take the order's row first and then the ticket's, as everything does that takes tickets back: an order that is
//! being refunded has no ticket that slips away meanwhile, and of two who pass one ticket on the second finds it gone.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use domain::admission::TicketStatus;
use domain::event::EventStatus;
use domain::ids::{OrderId, TicketId};
use domain::language::Language;
use domain::ticket::{Fixed, may_change};
use messages::purchase::v1::mail_asked::About;
use messages::purchase::v1::{Buyer, MailAsked, TicketTransferred};
use uuid::Uuid;
use web::Fault;

use super::issue::email_hash;
use super::store::{self, TicketRow, TransferRow};
use super::{changed, doorstep, left};
use crate::my::{TICKETS_PER_MAILBOX, WINDOW};
use crate::{Shop, catalog, guest_list, orders, refunds};

/// Who gets a ticket.
#[derive(Debug, Clone)]
pub(crate) struct Recipient {
    pub name: String,
    pub email: String,
    pub language: Language,
}

/// Puts another name on a ticket. The door hears of it.
pub(crate) async fn rename(shop: &Shop, order: OrderId, ticket: TicketId, name: &str) -> Result<(), Fault> {
    doorstep::ask(shop, ticket).await?;
    let now = shop.clock.now();
    shop.db
        .transaction(async |conn| {
            let (mut row, reference) = changeable(conn, order, ticket, now).await?;
            if row.holder_name == name {
                return Ok(());
            }
            name.clone_into(&mut row.holder_name);
            // It was the other person's.
            row.birth_date = None;
            row.revision += 1;
            row.changed_at = now;
            store::set_holder(conn, &row).await?;
            bus::outbox::add(conn, &changed(&row, &reference), now).await?;
            Ok::<_, Fault>(())
        })
        .await
}

/// Passes a ticket on: the old one is revoked, a new one stands in its place, and its holder gets a mail with a link to it
/// alone. One transaction ([`replace`]).
pub(crate) async fn transfer(
    shop: &Shop,
    order: OrderId,
    ticket: TicketId,
    to: &Recipient,
) -> Result<(), Fault> {
    doorstep::ask(shop, ticket).await?;
    let now = shop.clock.now();
    shop.db
        .transaction(async |conn| {
            let (mut old, reference) = changeable(conn, order, ticket, now).await?;
            mailbox_takes(conn, to, now).await?;
            let new = replace(conn, &mut old, &reference, (to, false), now).await?;
            let about = About::Transferred(told(shop, conn, &new, &reference, &old.holder_name).await?);
            bus::outbox::add(conn, &asked(Uuid::now_v7(), to, about, now), now).await?;
            left::passed_on(conn, &old, &reference, to, now).await?;
            Ok::<_, Fault>(())
        })
        .await?;
    tracing::info!(%ticket, "ticket passed on");
    Ok(())
}

/// Revokes a ticket and puts another in its place, for somebody else; whether for the order's buyer. The door hears of both. There is
/// always exactly one ticket that opens it.
pub(super) async fn replace(
    conn: &mut Conn,
    old: &mut TicketRow,
    reference: &str,
    (to, to_buyer): (&Recipient, bool),
    now: DateTime<Utc>,
) -> Result<TicketRow, Fault> {
    let new = TicketRow {
        id: TicketId::generate().uuid(),
        holder_name: to.name.clone(),
        revision: 1,
        issued_at: now,
        changed_at: now,
        place_freed: false,
        // What is known of one person is not told of another.
        disputed_before: false,
        buyer_email_hash: email_hash(old.event_id, &to.email),
        birth_date: None,
        ..old.clone()
    };
    "revoked".clone_into(&mut old.state);
    // Its place is the new one's: the stock counts it once.
    old.place_freed = true;
    old.revision += 1;
    old.changed_at = now;
    store::set_state(conn, old).await?;
    store::insert(conn, std::slice::from_ref(&new)).await?;
    let transfer = TransferRow {
        from_ticket: old.id,
        to_ticket: new.id,
        to_name: to.name.clone(),
        to_email: to.email.clone(),
        to_language: to.language.code().to_owned(),
        to_buyer,
        transferred_at: now,
    };
    store::insert_transfer(conn, &transfer).await?;
    bus::outbox::add_all(conn, &[changed(old, reference), changed(&new, reference)], now).await?;
    Ok(new)
}

/// The ticket and its order's reference, both rows locked, if a guest may still change it. The caller has asked the door before
/// ([`doorstep::ask`]).
pub(super) async fn changeable(
    conn: &mut Conn,
    order: OrderId,
    ticket: TicketId,
    now: DateTime<Utc>,
) -> Result<(TicketRow, String), Fault> {
    let order = orders::store::lock(conn, order).await?.ok_or_else(Fault::not_found)?;
    let (row, reference) = store::lock(conn, ticket).await?.ok_or_else(Fault::not_found)?;
    let event = catalog::store::event(conn, order.event_id).await?.ok_or_else(Fault::not_found)?;
    // What a refund takes back is spoken for, also while the door has not answered; so is a place on the guest list.
    let going =
        refunds::store::takes(conn, ticket).await? || guest_list::store::shrinks(conn, order.key()).await?;
    if row.order_id != order.id || order.state != "paid" || going {
        return Err(fixed(Fixed::NotValid));
    }
    // The tables' CHECKs know the same words.
    let status = TicketStatus::from_code(&row.state).unwrap_or(TicketStatus::Blocked);
    let night = EventStatus::from_code(&event.status).unwrap_or(EventStatus::Archived);
    may_change(status, night, event.entry_from, now).map_err(fixed)?;
    match doorstep::fixed(conn, &event, ticket).await? {
        Some(why) => Err(fixed(why)),
        None => Ok((row, reference)),
    }
}

/// Whether an address may get one more mail with a ticket: a stranger's mailbox is not to be filled with them. Orders that send at
/// the same instant do not see each other: then it is a few more.
pub(super) async fn mailbox_takes(conn: &mut Conn, to: &Recipient, now: DateTime<Utc>) -> Result<(), Fault> {
    if store::mailed_to(conn, &to.email, now - WINDOW).await? >= TICKETS_PER_MAILBOX {
        return Err(Fault::conflict("mailed_often").detail("This address was mailed enough tickets for now."));
    }
    Ok(())
}

/// Why a ticket stays as it is, for who wanted it otherwise.
pub(crate) fn fixed(why: Fixed) -> Fault {
    let code = match why {
        Fixed::NotValid | Fixed::NightOff => "ticket_fixed",
        Fixed::DoorsOpen => "doors_open",
        Fixed::Inside => "guest_inside",
        Fixed::DoorSilent => "door_silent",
    };
    Fault::conflict(code).detail(why.to_string())
}

/// The mail about a ticket, for whom it goes to.
pub(super) fn asked(id: Uuid, to: &Recipient, about: About, now: DateTime<Utc>) -> MailAsked {
    MailAsked {
        mail_id: id.to_string(),
        recipient: Some(Buyer {
            name: to.name.clone(),
            email: to.email.clone(),
            language: to.language.code().to_owned(),
        }),
        about: Some(about),
        asked_at: messages::millis(now),
    }
}

/// A ticket with the link to its own page, and who it comes from.
pub(super) async fn told(
    shop: &Shop,
    conn: &mut Conn,
    ticket: &TicketRow,
    reference: &str,
    from: &str,
) -> Result<TicketTransferred, DbError> {
    let rules = catalog::store::rules(conn, vec![ticket.ticket_type_id]).await?;
    Ok(TicketTransferred {
        order_id: ticket.order_id.to_string(),
        reference: reference.to_owned(),
        event_id: ticket.event_id.to_string(),
        from_name: from.to_owned(),
        ticket: Some(shop.issuer.issued(ticket, &rules)),
        ticket_url: shop.links.ticket_url(TicketId::from_uuid(ticket.id)),
    })
}

/// Whether a page offers to change a ticket, as far as it knows.
pub(crate) fn offered(state: &str, night: &str, doors: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    let (status, night) = (TicketStatus::from_code(state), EventStatus::from_code(night));
    status.zip(night).is_some_and(|(status, night)| may_change(status, night, doors, now).is_ok())
}
