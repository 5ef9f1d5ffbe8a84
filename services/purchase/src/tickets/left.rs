//! Who had a ticket and has it no longer, where no money goes back whose refund would tell them.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use domain::language::Language;
use messages::purchase::v1::mail_asked::About;
use messages::purchase::v1::{LeftReason, MailAsked, TicketLeft};
use uuid::Uuid;

use super::change::{self, Recipient};
use super::store::{self, TicketRow};

/// Has the guest written to with whom a ticket was shared that its buyer passes on; not where it goes to them.
pub(super) async fn passed_on(
    conn: &mut Conn,
    ticket: &TicketRow,
    reference: &str,
    to: &Recipient,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let theirs = to.email.to_lowercase();
    let guests = shared_with(conn, ticket).await?.into_iter();
    for guest in guests.filter(|guest| guest.email.to_lowercase() != theirs) {
        let mail = mail(ticket, reference, LeftReason::PassedOn, &guest, now);
        bus::outbox::add(conn, &mail, now).await?;
    }
    Ok(())
}

/// Has those written to who had a ticket that staff have voided, beside its buyer: by being passed on, or shared.
pub(super) async fn voided(
    conn: &mut Conn,
    ticket: &TicketRow,
    reference: &str,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let mut guests = shared_with(conn, ticket).await?;
    let passed = store::passed_on(conn, ticket.id.into()).await?;
    guests.extend(passed.map(|passed| {
        let language = passed.to_language.parse::<Language>().unwrap_or_default();
        Recipient { name: ticket.holder_name.clone(), email: passed.to_email, language }
    }));
    for guest in guests {
        let mail = mail(ticket, reference, LeftReason::Voided, &guest, now);
        bus::outbox::add(conn, &mail, now).await?;
    }
    Ok(())
}

/// The mail to one of them.
pub(super) fn mail(
    ticket: &TicketRow,
    reference: &str,
    reason: LeftReason,
    to: &Recipient,
    now: DateTime<Utc>,
) -> MailAsked {
    let about = TicketLeft {
        order_id: ticket.order_id.to_string(),
        reference: reference.to_owned(),
        event_id: ticket.event_id.to_string(),
        ticket_id: ticket.id.to_string(),
        ticket_type_name: ticket.type_name.clone(),
        reason: reason.into(),
    };
    change::asked(Uuid::now_v7(), to, About::Left(about), now)
}

async fn shared_with(conn: &mut Conn, ticket: &TicketRow) -> Result<Vec<Recipient>, DbError> {
    let rows = store::shared_with(conn, vec![ticket.id]).await?.into_iter();
    let guest = |row: store::SharedWith| Recipient {
        name: row.to_name,
        email: row.to_email,
        language: row.to_language.parse::<Language>().unwrap_or_default(),
    };
    Ok(rows.map(guest).collect())
}
