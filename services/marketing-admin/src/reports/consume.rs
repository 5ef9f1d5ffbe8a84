//! From messages to rows. Runs inside the inbox transaction: a message acts once or not at all.

use bus::{Delivery, HandleError, Outcome};
use db::Conn;
use domain::order::Channel;
use messages::instant;
use messages::purchase::v1::{OrderPaid, OrderRefunded, RefundReason, SaleChannel};
use messages::scanner::v1::{DoorChanged, TicketScanned};
use uuid::Uuid;

use crate::reports::store::{self, DoorState, PaidOrder, Refund, Scan, SoldTicket};

/// An order was paid: its money and tickets count.
pub async fn order_paid(
    conn: &mut Conn,
    message: OrderPaid,
    delivery: Delivery,
) -> Result<Outcome, HandleError> {
    let tickets = message.tickets.iter().map(|ticket| {
        Ok(SoldTicket { id: id(&ticket.ticket_id)?, ticket_type: id(&ticket.ticket_type_id)? })
    });
    let order = PaidOrder {
        id: id(&message.order_id)?,
        revision: message.revision,
        reference: message.reference.clone(),
        event: id(&message.event_id)?,
        currency: message.currency.clone(),
        total_minor: message.total_minor,
        promo: if message.promo_id.is_empty() { None } else { Some(id(&message.promo_id)?) },
        promo_code: message.promo_code.clone(),
        promoter: message.promoter.clone(),
        channel: channel(message.channel()),
        paid_at: instant(message.paid_at).unwrap_or(delivery.published_at),
        tickets: tickets.collect::<Result<_, HandleError>>()?,
    };
    outcome(store::add_paid(conn, &order).await?)
}

const fn channel(channel: SaleChannel) -> Channel {
    match channel {
        SaleChannel::Unspecified | SaleChannel::Online => Channel::Online,
        SaleChannel::CashAtVenue => Channel::CashAtVenue,
        SaleChannel::CardAtVenue => Channel::CardAtVenue,
        SaleChannel::Comp => Channel::Comp,
    }
}

/// Money went back: it and the tickets it took back no longer count.
pub async fn order_refunded(
    conn: &mut Conn,
    message: OrderRefunded,
    delivery: Delivery,
) -> Result<Outcome, HandleError> {
    let reason = message.reason();
    let refund = Refund {
        id: id(&message.refund_id)?,
        order: id(&message.order_id)?,
        revision: message.revision,
        event: id(&message.event_id)?,
        currency: message.currency.clone(),
        amount_minor: message.amount_minor,
        reason: reason.as_str_name().to_lowercase(),
        takes_revenue: was_revenue(reason),
        tickets: message.ticket_ids.iter().map(|ticket| id(ticket)).collect::<Result<_, _>>()?,
        refunded_at: instant(message.refunded_at).unwrap_or(delivery.published_at),
    };
    outcome(store::add_refund(conn, &refund).await?)
}

/// Guests were scanned at the door: all that has arrived at once, for they all count on one row of figures.
pub async fn tickets_scanned(
    conn: &mut Conn,
    messages: Vec<(TicketScanned, Delivery)>,
) -> Result<Vec<Outcome>, HandleError> {
    let scans =
        messages.iter().map(|(message, delivery)| scan(message, delivery)).collect::<Result<Vec<_>, _>>()?;
    // Removed as they are met: of a scan that was said twice and came twice at once, the second is known.
    let mut added = store::add_scans(conn, &scans).await?;
    scans.iter().map(|scan| outcome(added.remove(&scan.id))).collect()
}

/// The door of a night stands otherwise than before.
pub async fn door_changed(
    conn: &mut Conn,
    message: DoorChanged,
    delivery: Delivery,
) -> Result<Outcome, HandleError> {
    let state = DoorState {
        event: id(&message.event_id)?,
        revision: message.revision,
        inside: message.inside,
        inside_revision: message.inside_revision,
        limit: (message.limit > 0).then_some(message.limit),
        conflicts_open: message.conflicts_open,
        devices_seen: message.devices_seen,
        devices_silent: message.devices_silent,
        queue_length: message.queue_length,
        changed_at: instant(message.changed_at).unwrap_or(delivery.published_at),
    };
    outcome(store::put_door(conn, &state).await?)
}

/// What `direction` says of a scan out of the house; an older sender says nothing and means one into it.
const EXIT: &str = "exit";

fn scan(message: &TicketScanned, delivery: &Delivery) -> Result<Scan, HandleError> {
    Ok(Scan {
        id: id(&message.scan_id)?,
        event: id(&message.event_id)?,
        gate: id(&message.gate_id)?,
        gate_name: message.gate_name.clone(),
        ticket: if message.ticket_id.is_empty() { None } else { Some(id(&message.ticket_id)?) },
        // Who goes out does not arrive, whatever the answer; and who was let in by mistake has not come.
        admitted: message.decision == "admit" && message.direction != EXIT && message.undone_at == 0,
        exit: message.direction == EXIT,
        reason: message.reason.clone(),
        scanned_at: instant(message.scanned_at).unwrap_or(delivery.published_at),
        inside_after: message.inside_after,
        inside_revision: message.inside_revision,
        undone_at: if message.undone_at == 0 { None } else { instant(message.undone_at) },
    })
}

/// Money that came too late, twice, in the wrong amount or for a night that is off went straight back and was never counted as earned.
const fn was_revenue(reason: RefundReason) -> bool {
    !matches!(
        reason,
        RefundReason::LatePayment
            | RefundReason::LateExchange
            | RefundReason::SecondPayment
            | RefundReason::AmountMismatch
            | RefundReason::EventOffSale
    )
}

#[expect(clippy::unnecessary_wraps, reason = "the last expression of handlers that can fail before it")]
const fn outcome(changed: bool) -> Result<Outcome, HandleError> {
    Ok(if changed { Outcome::Applied } else { Outcome::Stale })
}

fn id(text: &str) -> Result<Uuid, HandleError> {
    text.parse().map_err(|_| HandleError::never(format!("not an id: {text:?}")))
}
