//! Which refunds take a second factor given lately.

use internal_api::purchase::orders::OrderRecord;

use super::till::RefundRequest;
use crate::Desk;

/// Whether this refund, with what went back of the order before, is worth more than the club's limit: many small ones are one
/// large one. A refund of tickets counts as all that is left, so that no price has to be worked out here a second time.
pub fn is_needed(desk: &Desk, record: &OrderRecord, asked: &RefundRequest) -> bool {
    let gone = (record.order.total_minor - record.left_minor).max(0);
    let now = asked.amount_minor.unwrap_or(record.left_minor);
    now.saturating_add(gone) > desk.refund_proof_above
}
