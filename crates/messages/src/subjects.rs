//! Subjects and streams. No service writes a subject as a string of its own.

use crate::{marketing_admin, purchase, scanner};

/// A JetStream stream: the subjects it keeps and the one service that may publish them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stream {
    /// Its name.
    pub name: &'static str,
    /// The subjects it keeps.
    pub subjects: &'static [&'static str],
    /// The service that publishes them (its database role and NATS user).
    pub owner: &'static str,
}

/// What the club says.
pub const CLUB: Stream = Stream {
    name: "CLUB",
    subjects: &["event.>", "promo.>", "floorplan.>", "account.>"],
    owner: "marketing_admin",
};
/// What was sold.
pub const SALES: Stream = Stream {
    name: "SALES",
    subjects: &["order.>", "ticket.changed", "reservation.changed", "stock.>", "waitlist.>"],
    owner: "purchase",
};
/// What happened at the door.
pub const DOOR: Stream = Stream {
    name: "DOOR",
    subjects: &["ticket.scanned", "reservation.checked_in", "door.>"],
    owner: "scanner",
};

/// Every stream.
pub const STREAMS: [Stream; 3] = [CLUB, SALES, DOOR];

/// A message that travels under one subject.
pub trait Subject: prost::Message + Default + 'static {
    /// The subject.
    const SUBJECT: &'static str;
    /// The stream that keeps it.
    const STREAM: Stream;
    /// Id of the thing whose state it carries.
    fn aggregate(&self) -> &str;
    /// The revision of that state; of two messages on one aggregate the higher is the truth.
    fn revision(&self) -> i64;
}

macro_rules! subjects {
    ($($message:ty: $subject:literal in $stream:ident, $aggregate:ident, $revision:expr;)*) => {$(
        impl Subject for $message {
            const SUBJECT: &'static str = $subject;
            const STREAM: Stream = $stream;
            fn aggregate(&self) -> &str { &self.$aggregate }
            fn revision(&self) -> i64 {
                let revision: fn(&Self) -> i64 = $revision;
                revision(self)
            }
        }
    )*
    /// Every subject with the stream that keeps it.
    pub const ALL: &[(&str, Stream)] = &[$(($subject, $stream)),*];
    };
}

subjects! {
    marketing_admin::v1::EventChanged: "event.changed" in CLUB, event_id, |m| m.revision;
    marketing_admin::v1::AccountChanged: "account.changed" in CLUB, account_id, |m| m.revision;
    marketing_admin::v1::PromoChanged: "promo.changed" in CLUB, promo_id, |m| m.revision;
    marketing_admin::v1::FloorPlanChanged: "floorplan.changed" in CLUB, event_id, |m| m.revision;
    purchase::v1::OrderPaid: "order.paid" in SALES, order_id, |m| m.revision;
    purchase::v1::OrderRefunded: "order.refunded" in SALES, refund_id, |m| m.revision;
    purchase::v1::OrderDisputed: "order.disputed" in SALES, dispute_id, |m| m.revision;
    // A wish never changes.
    purchase::v1::MailAsked: "order.mail_asked" in SALES, mail_id, |_| 1;
    purchase::v1::TicketChanged: "ticket.changed" in SALES, ticket_id, |m| m.revision;
    purchase::v1::ReservationChanged: "reservation.changed" in SALES, reservation_id, |m| m.revision;
    purchase::v1::WaitlistChanged: "waitlist.changed" in SALES, waitlist_id, |m| m.revision;
    // A scan changes once at most: when it is undone.
    scanner::v1::TicketScanned: "ticket.scanned" in DOOR, scan_id, |m| 1 + i64::from(m.undone_at > 0);
    // A party checks in once.
    scanner::v1::ReservationCheckedIn: "reservation.checked_in" in DOOR, reservation_id, |_| 1;
    scanner::v1::DoorChanged: "door.changed" in DOOR, event_id, |m| m.revision;
}

#[cfg(test)]
mod tests {
    use super::{ALL, STREAMS};

    fn keeps(pattern: &str, subject: &str) -> bool {
        pattern.strip_suffix('>').map_or(pattern == subject, |prefix| subject.starts_with(prefix))
    }

    #[test]
    fn every_subject_is_kept_by_its_own_stream_and_no_other() {
        for (subject, stream) in ALL {
            let keepers: Vec<_> = STREAMS
                .iter()
                .filter(|s| s.subjects.iter().any(|p| keeps(p, subject)))
                .map(|s| s.name)
                .collect();
            assert_eq!(keepers, [stream.name], "{subject}");
        }
    }
}
