//! `order.disputed` → what is gone of a night's money, and until when the club may answer.

use bus::{Delivery, HandleError, Outcome};
use db::Conn;
use messages::instant;
use messages::purchase::v1::{DisputeStatus, OrderDisputed};
use uuid::Uuid;

use super::store::{self, Disputed};

/// Takes a dispute's newest state in; an older one than the one held changes nothing.
pub async fn order_disputed(
    conn: &mut Conn,
    message: OrderDisputed,
    delivery: Delivery,
) -> Result<Outcome, HandleError> {
    let opened_at = instant(message.opened_at).unwrap_or(delivery.published_at);
    let dispute = Disputed {
        id: id(&message.dispute_id)?,
        order: id(&message.order_id)?,
        event: id(&message.event_id)?,
        revision: message.revision,
        status: status(message.status()).to_owned(),
        answer_by: instant(message.answer_by),
        opened_at,
        changed_at: instant(message.changed_at).unwrap_or(opened_at),
        reference: message.reference,
        stripe_dispute: message.stripe_dispute,
        currency: message.currency,
        amount_minor: message.amount_minor,
        taken_minor: message.taken_minor,
        fees_minor: message.fees_minor,
        reason: message.reason,
    };
    Ok(if store::put(conn, &dispute).await? { Outcome::Applied } else { Outcome::Stale })
}

/// As `domain::dispute::DisputeStatus` calls it.
const fn status(status: DisputeStatus) -> &'static str {
    match status {
        DisputeStatus::WarningNeedsResponse => "warning_needs_response",
        DisputeStatus::WarningUnderReview => "warning_under_review",
        DisputeStatus::WarningClosed => "warning_closed",
        // A status that a newer ticket site knows: somebody should look.
        DisputeStatus::NeedsResponse | DisputeStatus::Unspecified => "needs_response",
        DisputeStatus::UnderReview => "under_review",
        DisputeStatus::Won => "won",
        DisputeStatus::Lost => "lost",
        DisputeStatus::Prevented => "prevented",
    }
}

fn id(text: &str) -> Result<Uuid, HandleError> {
    text.parse().map_err(|_| HandleError::never(format!("not an id: {text:?}")))
}
