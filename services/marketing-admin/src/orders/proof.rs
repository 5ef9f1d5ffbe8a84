//! Which refunds take a second factor given lately.

use internal_api::purchase::orders::OrderRecord;

use super::till::RefundRequest;
use crate::Desk;

/// Whether this refund, with what went back of the order before, is worth more than the club's limit: many small ones are one
/// large one.
pub fn is_needed(desk: &Desk, record: &OrderRecord, asked: &RefundRequest) -> bool {
    let gone = (record.order.total_minor - record.left_minor).max(0);
    worth(record, asked).saturating_add(gone) > desk.refund_proof_above
}

/// What would go back at most: what is asked for, what was paid for the tickets, or all that is left.
fn worth(record: &OrderRecord, asked: &RefundRequest) -> i64 {
    if let Some(amount) = asked.amount_minor {
        return amount;
    }
    let Some(wanted) = &asked.tickets else { return record.left_minor };
    let tickets = record.tickets.iter().filter(|ticket| wanted.contains(&ticket.id));
    tickets.fold(0, |sum: i64, ticket| sum.saturating_add(ticket.paid_minor))
}
