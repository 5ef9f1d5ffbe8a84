//! What is overdue here, for the desk's page *Needs a person*: where each state that is not final is looked for. How long
//! each may last stands in `heal::overdue`, which also answers `GET /internal/v1/overdue`.

use heal::overdue::{Kind, Watched};

/// Everything of this service that must come to an end by itself, or by somebody's hand.
pub const WATCHED: &[Watched] = &[
    Watched {
        kind: Kind::RefundsFailed,
        late: "SELECT o.reference, r.settled_at AS at FROM refunds r JOIN orders o ON o.id = r.order_id
                WHERE r.state = 'failed' AND r.settled_at <= $1",
    },
    Watched {
        kind: Kind::RefundsPending,
        late: "SELECT o.reference, coalesce(r.retried_at, r.created_at) AS at
                 FROM refunds r JOIN orders o ON o.id = r.order_id
                WHERE r.state IN ('asked', 'pending') AND coalesce(r.retried_at, r.created_at) <= $1",
    },
    // Each has a deadline of the bank's, which is the desk's to show.
    Watched {
        kind: Kind::Disputes,
        late: "SELECT o.reference, d.opened_at AS at FROM disputes d JOIN orders o ON o.id = d.order_id
                WHERE d.status IN ('needs_response', 'warning_needs_response') AND d.opened_at <= $1",
    },
    Watched {
        kind: Kind::Quarantine,
        late: "SELECT coalesce(o.reference, q.object_id) AS reference, q.noted_at AS at
                 FROM quarantine q LEFT JOIN orders o ON o.id = q.order_id
                WHERE q.resolved_at IS NULL AND q.noted_at <= $1",
    },
    Watched {
        kind: Kind::WebhooksWaiting,
        late: "SELECT id AS reference, received_at AS at FROM webhook_events WHERE state = 'waiting' AND received_at <= $1",
    },
    Watched {
        kind: Kind::OrdersPastHold,
        // Slow money has a deadline of its own: no method that could ever be offered takes two weeks.
        late: "SELECT reference, held_until AS at FROM orders o WHERE state = 'pending' AND held_until <= $1
                  AND NOT EXISTS (SELECT FROM attempts a WHERE a.order_id = o.id AND a.state = 'open' AND a.processing
                                     AND a.created_at > $1 - interval '14 days')",
    },
    Watched {
        kind: Kind::OffersPastTime,
        late: "SELECT e.slug AS reference, w.offered_until AS at FROM waitlist w JOIN events e ON e.id = w.event_id
                WHERE w.state = 'offered' AND w.offered_until <= $1",
    },
    Watched {
        kind: Kind::GuestsLeaving,
        late: "SELECT o.reference, g.asked_at AS at FROM guest_list g JOIN orders o ON o.id = g.order_id
                WHERE g.asked_at <= $1",
    },
    Watched {
        kind: Kind::CancellationsOpen,
        late: "SELECT e.slug AS reference, coalesce(c.reopened_at, c.started_at) AS at
                 FROM cancellations c JOIN events e ON e.id = c.event_id
                WHERE c.finished_at IS NULL AND coalesce(c.reopened_at, c.started_at) <= $1",
    },
    // With why, where it is known: no guest stands in it.
    Watched {
        kind: Kind::NewDatesUntold,
        late: "SELECT e.slug || coalesce(': ' || m.problem, '') AS reference, m.started_at AS at
                 FROM new_dates m JOIN events e ON e.id = m.event_id
                WHERE (m.finished_at IS NULL OR NOT m.list_followed) AND m.started_at <= $1",
    },
    // Nobody is at it, or each who tried has learned nothing: a try renews the lease.
    Watched {
        kind: Kind::AttemptsUnknown,
        late: "SELECT o.reference, a.created_at AS at FROM attempts a JOIN orders o ON o.id = a.order_id
                WHERE a.state = 'open' AND a.session_id IS NULL
                  AND (a.lease_until <= $1 OR a.created_at <= $1 - interval '10 minutes')",
    },
];
