//! From messages to emails that wait to be sent.

use bus::{Delivery, HandleError, Outcome};
use chrono::{DateTime, Utc};
use db::Conn;
use domain::language::Language;
use messages::purchase::v1::{
    Buyer, LostTicket, OrderPaid, OrderRefunded, RefundReason, SettledHow, WaitlistChanged, WaitlistState,
};
use prost::Message;
use uuid::Uuid;

use crate::notifications::store::{self, NewEmail, Template};
use crate::reservations::store as reservations;

/// The tickets of a paid order go to its buyer.
pub async fn order_paid(
    conn: &mut Conn,
    message: OrderPaid,
    delivery: Delivery,
) -> Result<Outcome, HandleError> {
    let order = id(&message.order_id)?;
    // The mails about a table lead there too.
    if message.table.is_some() {
        reservations::note_order(conn, order, &message.order_url).await?;
    }
    let email = NewEmail {
        template: Template::OrderPaid,
        about: order,
        order: Some(order),
        event: Some(id(&message.event_id)?),
        reference: message.reference.clone(),
        payload: message.encode_to_vec(),
        traceparent: telemetry::propagation::inject(),
    };
    add(conn, email, message.buyer.as_ref(), delivery.published_at).await
}

/// Who gets money back is told so, and who held one of its tickets that theirs is good no more.
pub async fn order_refunded(
    conn: &mut Conn,
    message: OrderRefunded,
    delivery: Delivery,
) -> Result<Outcome, HandleError> {
    // The new ticket's mail says it: no money goes back.
    if message.reason() == RefundReason::Exchanged {
        return Ok(Outcome::Ignored);
    }
    let refund = id(&message.refund_id)?;
    let email = NewEmail {
        template: Template::OrderRefunded,
        // What a bank sent back was told once, and is told again as it comes otherwise.
        about: match message.settled_how() {
            SettledHow::Unspecified => refund,
            SettledHow::Cash | SettledHow::BankTransfer => Uuid::new_v5(&refund, b"settled otherwise"),
        },
        order: Some(id(&message.order_id)?),
        event: Some(id(&message.event_id)?),
        reference: message.reference.clone(),
        payload: message.encode_to_vec(),
        traceparent: telemetry::propagation::inject(),
    };
    let mut outcome = add(conn, email, message.buyer.as_ref(), delivery.published_at).await?;
    for lost in &message.lost {
        let told = add(conn, gone(&message, lost)?, lost.holder.as_ref(), delivery.published_at).await?;
        if told == Outcome::Applied {
            outcome = told;
        }
    }
    Ok(outcome)
}

/// What the holder of a ticket that was passed on, or shared, is told: of that ticket, and nothing of the order it was bought with.
fn gone(message: &OrderRefunded, lost: &LostTicket) -> Result<NewEmail, HandleError> {
    let about = OrderRefunded {
        event_id: message.event_id.clone(),
        reason: message.reason,
        lost: vec![lost.clone()],
        ..OrderRefunded::default()
    };
    Ok(NewEmail {
        template: Template::TicketGone,
        // A ticket may be shared after it was handed back: each guest is told of their own.
        about: id(if lost.share_id.is_empty() { &lost.ticket_id } else { &lost.share_id })?,
        order: Some(id(&message.order_id)?),
        event: Some(id(&message.event_id)?),
        reference: message.reference.clone(),
        payload: about.encode_to_vec(),
        traceparent: telemetry::propagation::inject(),
    })
}

/// Who joined a line gets the address of their place in it; who is offered places, that of the offer.
pub async fn waitlist_changed(
    conn: &mut Conn,
    message: WaitlistChanged,
    delivery: Delivery,
) -> Result<Outcome, HandleError> {
    let template = match message.state() {
        WaitlistState::Waiting => Template::WaitlistJoined,
        WaitlistState::Offered => Template::WaitlistOffered,
        WaitlistState::Unspecified => return Ok(Outcome::Ignored),
    };
    let email = NewEmail {
        template,
        about: id(&message.waitlist_id)?,
        order: None,
        event: Some(id(&message.event_id)?),
        reference: "waitlist".to_owned(),
        payload: message.encode_to_vec(),
        traceparent: telemetry::propagation::inject(),
    };
    add(conn, email, message.guest.as_ref(), delivery.published_at).await
}

async fn add(
    conn: &mut Conn,
    email: NewEmail,
    buyer: Option<&Buyer>,
    now: DateTime<Utc>,
) -> Result<Outcome, HandleError> {
    let buyer = buyer.ok_or_else(|| HandleError::never("an order without a buyer"))?;
    // Sold at the venue to somebody who gave no address.
    if buyer.email.is_empty() {
        return Ok(Outcome::Ignored);
    }
    let language = buyer.language.parse::<Language>().unwrap_or_default();
    let added = store::add(conn, &email, &buyer.email, language, now).await?;
    Ok(if added { Outcome::Applied } else { Outcome::Stale })
}

pub(super) fn id(text: &str) -> Result<Uuid, HandleError> {
    text.parse().map_err(|_| HandleError::never(format!("not an id: {text:?}")))
}
