//! Why a table could not be booked, for whoever wished for it: the same refusals as at checkout, of the fields of a booking.

use web::Fault;

use crate::checkout::place;
use crate::inventory::Refusal;

/// The fault of a booking that could not be granted.
pub(crate) fn refused(refusal: &Refusal) -> Fault {
    match refusal {
        Refusal::UnknownTicketType { .. } => Fault::invalid("unknown_table")
            .field("table", "unknown_table")
            .message("booking-error-unknown-table", &[])
            .detail("The night has no such table, or it is not to be had."),
        Refusal::SaleClosed { .. } => Fault::conflict("not_on_sale")
            .field("table", "closed")
            .message("booking-error-closed", &[])
            .detail("This table can't be booked now."),
        Refusal::SoldOut { .. } => Fault::conflict("sold_out")
            .field("table", "sold_out")
            .message("booking-error-taken", &[])
            .detail("Another party has this table."),
        Refusal::LimitExceeded { most, .. } => Fault::conflict("limit_exceeded")
            .field("party", "limit_exceeded")
            .message("booking-error-party", &[("most", &most.to_string())])
            .detail(format!("At most {most} at this table.")),
        Refusal::Arrival => Fault::invalid("invalid_arrival")
            .field("arrives_at", "invalid_arrival")
            .message("booking-error-arrival", &[])
            .detail("From when the doors open until the night ends."),
        Refusal::UnknownBottle { at } => Fault::invalid("unknown_bottle")
            .field(format!("preorder[{at}].bottle"), "unknown_bottle")
            .message("booking-error-bottle", &[])
            .detail("It is not on the night's menu."),
        Refusal::TooManyOpen => Fault::conflict("too_many_open")
            .message("booking-error-too-many-open", &[])
            .detail("Too much waits for payment already: pay for it, or let it run out."),
        other => place::refused(other),
    }
}
