//! What whoever booked is written about their table, beside the mail with the passes: that something about it is otherwise, that it is
//! theirs no more, and the day before that it waits for them. A mail is a row in the transaction of what it tells of.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use domain::language::Language;
use domain::reservation::ReservationState as State;
use messages::millis;
use messages::purchase::v1::{Buyer, Preordered, ReservationChanged, ReservedTable};
use prost::Message;
use uuid::Uuid;

use super::is_erased;
use super::store::{self, Reservation};
use crate::notifications::store::{self as emails, NewEmail, Template};

/// What can be otherwise about a table, as a mail's stored message names it in `change`, with blanks between.
const PARTS: [&str; 4] = ["table", "party", "host", "arrival"];

/// Writes to whoever booked, if they have to know of this change.
pub(super) async fn of_change(
    conn: &mut Conn,
    before: Option<&Reservation>,
    after: &Reservation,
    mut message: ReservationChanged,
    at: DateTime<Utc>,
) -> Result<(), DbError> {
    // Only said again, or said of somebody who asked to be forgotten: there is nobody to tell anything new.
    if matches!(message.change.as_str(), "" | "erased") {
        return Ok(());
    }
    let url = store::order_url(conn, after.order_id).await?;
    let (template, about) = match after.state() {
        Some(State::Confirmed) => {
            message.change = otherwise(before, after, &message.change);
            if message.change.is_empty() {
                return Ok(());
            }
            (Template::TableChanged, Uuid::new_v5(&after.id, &after.revision.to_be_bytes()))
        }
        // Of a table that was never theirs there is nothing to tell; of a night that is off they hear otherwise.
        Some(State::Cancelled) if had_it(before, url.as_deref()) => {
            if store::night_is_off(conn, after.event_id).await? {
                return Ok(());
            }
            (Template::TableCancelled, after.id)
        }
        // What was asked for is answered; what was booked at once says on its own page how it stands.
        Some(State::Pending) if message.asked && message.change == "approve" => {
            (Template::TableApproved, after.id)
        }
        Some(State::Cancelled) if message.asked && message.change == "decline" => {
            (Template::TableDeclined, after.id)
        }
        Some(State::Expired) if message.asked && message.change == "expire" => {
            (Template::TableLapsed, after.id)
        }
        Some(State::NoShow) => (Template::TableReleased, after.id),
        _ => return Ok(()),
    };
    // A table that was just approved has no order that was paid: its message says where that is done.
    if let Some(url) = url {
        message.order_url = url;
    }
    write(conn, template, about, after, &message, at).await
}

/// Whether the table was this party's: as the desk last knew it, or because the passes were issued.
fn had_it(before: Option<&Reservation>, url: Option<&str>) -> bool {
    url.is_some() || before.is_some_and(|before| before.state() == Some(State::Confirmed))
}

/// Which [`PARTS`] are otherwise than whoever booked knows them. Where the desk knows nothing of before, as the message says.
fn otherwise(before: Option<&Reservation>, after: &Reservation, change: &str) -> String {
    let differs = match before {
        Some(before) if before.state() == Some(State::Confirmed) => {
            let tables =
                |row: &Reservation| row.tables().into_iter().map(|table| table.id).collect::<Vec<_>>();
            [
                tables(before) != tables(after),
                before.party != after.party,
                before.host != after.host,
                before.arrives_at != after.arrives_at,
            ]
        }
        // What it was like before it was paid for stands in no mail.
        Some(_) => [false; 4],
        None => [
            matches!(change, "moved" | "swapped" | "merged"),
            matches!(change, "grown" | "shrunk" | "party"),
            change == "host",
            false,
        ],
    };
    let parts = PARTS.iter().zip(differs).filter(|(_, differs)| *differs).map(|(part, _)| *part);
    parts.collect::<Vec<_>>().join(" ")
}

/// Writes the reminder of a reservation.
pub(super) async fn remind(conn: &mut Conn, row: &Reservation, now: DateTime<Utc>) -> Result<(), DbError> {
    let url = store::order_url(conn, row.order_id).await?;
    let message = ReservationChanged { order_url: url.unwrap_or_default(), ..told(row) };
    write(conn, Template::TableReminder, row.id, row, &message, now).await
}

async fn write(
    conn: &mut Conn,
    template: Template,
    about: Uuid,
    row: &Reservation,
    message: &ReservationChanged,
    at: DateTime<Utc>,
) -> Result<(), DbError> {
    if row.booker_email.is_empty() || is_erased(&row.booker_email) {
        return Ok(());
    }
    let email = NewEmail {
        template,
        about,
        order: row.order_id,
        event: Some(row.event_id),
        reference: row.order_reference.clone(),
        payload: message.encode_to_vec(),
        traceparent: telemetry::propagation::inject(),
    };
    let language = row.language.parse::<Language>().unwrap_or_default();
    emails::add(conn, &email, &row.booker_email, language, at).await.map(drop)
}

/// The message that says what the row says, as far as a mail needs it.
fn told(row: &Reservation) -> ReservationChanged {
    let tables = row.tables().into_iter();
    let preorder = row.preorder().into_iter();
    ReservationChanged {
        reservation_id: row.id.to_string(),
        revision: row.revision,
        event_id: row.event_id.to_string(),
        order_reference: row.order_reference.clone(),
        state: row.state.clone(),
        tables: tables
            .map(|table| ReservedTable {
                table_id: table.id.to_string(),
                label: table.label,
                seats: table.seats,
            })
            .collect(),
        party: row.party,
        booker: Some(Buyer {
            name: row.booker_name.clone(),
            email: row.booker_email.clone(),
            language: row.language.clone(),
        }),
        arrives_at: millis(row.arrives_at),
        occasion: row.occasion.clone(),
        host: row.host.clone(),
        currency: row.currency.clone(),
        minimum_minor: row.minimum_minor,
        deposit_minor: row.deposit_minor,
        spent_minor: row.spent_minor,
        balance_minor: row.balance_minor,
        preorder: preorder
            .map(|item| Preordered {
                bottle_id: String::new(),
                name: item.name,
                quantity: item.quantity,
                price_minor: item.price_minor,
            })
            .collect(),
        ..ReservationChanged::default()
    }
}

#[cfg(test)]
mod tests {
    use super::otherwise;
    use crate::reservations::store::Reservation;
    use chrono::DateTime;
    use serde_json::json;
    use uuid::Uuid;

    fn row(state: &str) -> Reservation {
        Reservation {
            id: Uuid::nil(),
            revision: 1,
            event_id: Uuid::nil(),
            order_id: None,
            order_reference: String::new(),
            state: state.to_owned(),
            tables: json!([{"id": Uuid::nil(), "label": "Table 12", "seats": 8}]),
            party: 6,
            booker_name: String::new(),
            booker_email: String::new(),
            language: String::new(),
            arrives_at: DateTime::UNIX_EPOCH,
            occasion: String::new(),
            wish: String::new(),
            host: String::new(),
            promoter: String::new(),
            preorder: json!([]),
            currency: "EUR".to_owned(),
            minimum_minor: 0,
            deposit_minor: 0,
            spent_minor: 0,
            balance_minor: 0,
            made_at: DateTime::UNIX_EPOCH,
            changed_at: DateTime::UNIX_EPOCH,
            held_until: None,
        }
    }

    #[test]
    fn what_changed_is_what_differs_from_what_the_booker_knows() {
        let (before, mut after) = (row("confirmed"), row("confirmed"));
        assert_eq!(otherwise(Some(&before), &after, "tab"), "");
        after.host = "Marta".to_owned();
        after.tables = json!([{"id": Uuid::from_u128(7), "label": "Table 14", "seats": 8}]);
        assert_eq!(otherwise(Some(&before), &after, "host"), "table host", "also what came in between");
        assert_eq!(
            otherwise(Some(&row("pending")), &after, "confirm"),
            "",
            "the mail with the passes says it"
        );
        assert_eq!(otherwise(None, &after, "moved"), "table");
        assert_eq!(otherwise(None, &after, "confirm"), "");
    }
}
