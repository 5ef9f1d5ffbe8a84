//! From a guest's wish for mail to the email.

use bus::{Delivery, HandleError, Outcome};
use chrono::{DateTime, Utc};
use db::Conn;
use domain::language::Language;
use messages::purchase::v1::mail_asked::About;
use messages::purchase::v1::{
    MailAsked, NewDate, OrderPaid, OrdersFound, SaleOpened, TableFreed, TicketLeft, TicketTransferred,
};
use prost::Message;
use uuid::Uuid;

use crate::notifications::consume::id;
use crate::notifications::store::{self, NewEmail, Template};
use crate::reports;

/// Writes the email of a wish down, once.
pub async fn mail_asked(
    conn: &mut Conn,
    message: MailAsked,
    delivery: Delivery,
) -> Result<Outcome, HandleError> {
    let wish = id(&message.mail_id)?;
    // Whom it greets stands in the message alone.
    let whole = message.encode_to_vec();
    let to = message.recipient.ok_or_else(|| HandleError::never("a mail for nobody"))?;
    let language = to.language.parse().unwrap_or_default();
    let now = delivery.published_at;
    let added = match message.about {
        Some(About::Tickets(order)) => again(conn, wish, &order, &to.email, language, now).await?,
        Some(About::Found(found)) => {
            store::add(conn, &search(wish, &found)?, &to.email, language, now).await?
        }
        Some(About::Transferred(ticket)) => {
            note_passed_on(conn, &ticket).await?;
            store::add(conn, &passed_on(&ticket)?, &to.email, language, now).await?
        }
        Some(About::NewDate(night)) => {
            store::add(conn, &new_date(wish, &night, whole)?, &to.email, language, now).await?
        }
        Some(About::Shared(ticket)) => {
            // A ticket may be shared again: each wish is a mail.
            let email = NewEmail { template: Template::TicketShared, about: wish, ..passed_on(&ticket)? };
            store::add(conn, &email, &to.email, language, now).await?
        }
        Some(About::HandedBack(ticket)) => {
            note_passed_on(conn, &ticket).await?;
            // Sold at the venue to somebody who gave no address.
            if to.email.is_empty() {
                return Ok(Outcome::Applied);
            }
            let email = NewEmail { template: Template::TicketHandedBack, ..passed_on(&ticket)? };
            store::add(conn, &email, &to.email, language, now).await?
        }
        Some(About::Left(ticket)) => {
            store::add(conn, &left(wish, &ticket, whole)?, &to.email, language, now).await?
        }
        Some(About::TableFreed(table)) => {
            store::add(conn, &freed(wish, &table, whole)?, &to.email, language, now).await?
        }
        Some(About::SaleOpened(sale)) => {
            store::add(conn, &reminder(wish, &sale)?, &to.email, language, now).await?
        }
        None => return Err(HandleError::never("a mail about nothing that is known here")),
    };
    Ok(if added { Outcome::Applied } else { Outcome::Stale })
}

/// The tickets of an order once more: the next revision of its first email.
async fn again(
    conn: &mut Conn,
    wish: Uuid,
    order: &OrderPaid,
    to: &str,
    language: Language,
    now: DateTime<Utc>,
) -> Result<bool, HandleError> {
    let about = id(&order.order_id)?;
    let email = NewEmail {
        template: Template::OrderPaid,
        about,
        order: Some(about),
        event: Some(id(&order.event_id)?),
        reference: order.reference.clone(),
        payload: order.encode_to_vec(),
        traceparent: telemetry::propagation::inject(),
    };
    Ok(store::add_again(conn, &email, wish, to, language, now).await?)
}

/// Filed under the next night.
fn search(wish: Uuid, found: &OrdersFound) -> Result<NewEmail, HandleError> {
    let first = found.found.first().ok_or_else(|| HandleError::never("a search that found nothing"))?;
    Ok(NewEmail {
        template: Template::TicketsFound,
        about: wish,
        order: Some(id(&first.order_id)?),
        event: Some(id(&first.event_id)?),
        reference: first.reference.clone(),
        payload: found.encode_to_vec(),
        traceparent: telemetry::propagation::inject(),
    })
}

/// A night's new date, for one address: filed under the first of what it holds.
fn new_date(wish: Uuid, night: &NewDate, payload: Vec<u8>) -> Result<NewEmail, HandleError> {
    let first = night.found.first().ok_or_else(|| HandleError::never("a new date for nobody"))?;
    Ok(NewEmail {
        template: Template::NewDate,
        about: wish,
        order: Some(id(&first.order_id)?),
        event: Some(id(&first.event_id)?),
        reference: first.reference.clone(),
        payload,
        traceparent: telemetry::propagation::inject(),
    })
}

fn reminder(wish: Uuid, sale: &SaleOpened) -> Result<NewEmail, HandleError> {
    Ok(NewEmail {
        template: Template::SaleOpened,
        about: wish,
        order: None,
        event: Some(id(&sale.event_id)?),
        reference: "reminder".to_owned(),
        payload: sale.encode_to_vec(),
        traceparent: telemetry::propagation::inject(),
    })
}

fn freed(wish: Uuid, table: &TableFreed, payload: Vec<u8>) -> Result<NewEmail, HandleError> {
    Ok(NewEmail {
        template: Template::TableFreed,
        about: wish,
        order: None,
        event: Some(id(&table.event_id)?),
        reference: "table-waitlist".to_owned(),
        payload,
        traceparent: telemetry::propagation::inject(),
    })
}

/// The figures of who came follow the ticket to whom holds it now.
async fn note_passed_on(conn: &mut Conn, message: &TicketTransferred) -> Result<(), HandleError> {
    let ticket = message.ticket.as_ref().ok_or_else(|| HandleError::never("no ticket was passed on"))?;
    Ok(reports::store::put_passed_on(conn, id(&ticket.ticket_id)?, id(&message.order_id)?).await?)
}

fn passed_on(message: &TicketTransferred) -> Result<NewEmail, HandleError> {
    let ticket = message.ticket.as_ref().ok_or_else(|| HandleError::never("no ticket was passed on"))?;
    Ok(NewEmail {
        template: Template::TicketTransferred,
        about: id(&ticket.ticket_id)?,
        order: Some(id(&message.order_id)?),
        event: Some(id(&message.event_id)?),
        reference: message.reference.clone(),
        payload: message.encode_to_vec(),
        traceparent: telemetry::propagation::inject(),
    })
}

fn left(wish: Uuid, ticket: &TicketLeft, payload: Vec<u8>) -> Result<NewEmail, HandleError> {
    Ok(NewEmail {
        template: Template::TicketLeft,
        about: wish,
        order: Some(id(&ticket.order_id)?),
        event: Some(id(&ticket.event_id)?),
        reference: ticket.reference.clone(),
        payload,
        traceparent: telemetry::propagation::inject(),
    })
}
