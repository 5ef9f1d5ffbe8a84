//! `ticket.changed` → admissions.

use bus::{Delivery, HandleError, Outcome};
use db::Conn;
use domain::admission::TicketStatus;
use messages::{
    instant,
    purchase::v1::{TicketChanged, TicketState},
};
use uuid::Uuid;

use super::store::{self, AdmissionRow};
use crate::bans;
use crate::guests;
use crate::search;

/// Takes one ticket's state in. An older one than the one held changes nothing.
pub async fn apply(conn: &mut Conn, message: TicketChanged, _: Delivery) -> Result<Outcome, HandleError> {
    let row = row(message).map_err(HandleError::never)?;
    let loses = guests::heard::loses(conn, &row).await?;
    if !store::put(conn, &row).await? {
        return Ok(Outcome::Stale);
    }
    if let Some(known_as) = loses {
        guests::heard::note(conn, &row, &known_as).await?;
    }
    search::store::remember(conn, &row).await?;
    bans::flag(conn, std::slice::from_ref(&row.name_key)).await?;
    Ok(Outcome::Applied)
}

fn row(message: TicketChanged) -> Result<AdmissionRow, String> {
    let status = match message.state() {
        TicketState::Valid => TicketStatus::Valid,
        TicketState::Cancelled => TicketStatus::Cancelled,
        TicketState::Refunded => TicketStatus::Refunded,
        TicketState::Revoked => TicketStatus::Revoked,
        TicketState::Blocked => TicketStatus::Blocked,
        TicketState::Disputed => TicketStatus::Disputed,
        TicketState::Unspecified => return Err("the ticket has no state".to_owned()),
    };
    Ok(AdmissionRow {
        name_key: bans::name_key(&message.holder_name),
        ticket_id: uuid("ticket_id", &message.ticket_id)?,
        revision: message.revision,
        event_id: uuid("event_id", &message.event_id)?,
        ticket_type_id: uuid("ticket_type_id", &message.ticket_type_id)?,
        type_name: message.ticket_type_name,
        zone_id: uuid("zone_id", &message.zone_id)?,
        holder_name: message.holder_name,
        order_reference: message.order_reference,
        buyer_email_hash: message.buyer_email_hash,
        status: status.code().to_owned(),
        attention: message.attention,
        changed_at: instant(message.changed_at).ok_or("changed_at is not an instant")?,
        admit_until: match message.admit_until {
            0 => None,
            millis => Some(instant(millis).ok_or("admit_until is not an instant")?),
        },
        birth_date: match message.birth_date.as_str() {
            "" => None,
            born => Some(born.parse().map_err(|_| "birth_date is not a date")?),
        },
    })
}

fn uuid(field: &str, text: &str) -> Result<Uuid, String> {
    text.parse().map_err(|_| format!("{field} is not a UUID"))
}
