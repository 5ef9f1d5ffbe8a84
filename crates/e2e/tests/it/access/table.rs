//! The table: a row per route of the three services. Read it as the answer to "who can do that?".

use super::{
    Access::{Callers, Everybody, Holds, Staff},
    Row,
};
use devstack::Service::{self, MarketingAdmin, Purchase, Scanner};
use domain::permission::Permission as P;

const fn row(service: Service, method: &'static str, path: &'static str, access: super::Access) -> Row {
    Row { service, method, path, access }
}

pub const ROWS: &[Row] = &[
    // The ticket site. A guest is known by the order's key, not by a sign-in.
    row(Purchase, "GET", "/", Everybody),
    row(Purchase, "GET", "/e/{slug}", Everybody),
    row(Purchase, "POST", "/e/{slug}", Everybody),
    row(Purchase, "GET", "/e/{slug}/poster.svg", Everybody),
    row(Purchase, "GET", "/orders/{reference}", Everybody),
    row(Purchase, "POST", "/orders/{reference}/pay", Everybody),
    row(Purchase, "GET", "/assets/{file}", Everybody),
    row(Purchase, "GET", "/api/openapi.json", Everybody),
    row(Purchase, "GET", "/api/v1/events", Everybody),
    row(Purchase, "GET", "/api/v1/events/{slug}", Everybody),
    row(Purchase, "POST", "/api/v1/checkouts", Everybody),
    row(Purchase, "GET", "/api/v1/orders/{reference}", Everybody),
    row(Purchase, "POST", "/webhooks/stripe", Everybody),
    row(
        Purchase,
        "GET",
        "/internal/v1/digest/{subject}",
        Callers(&["scanner", "marketing-admin", "magueyctl"]),
    ),
    row(
        Purchase,
        "POST",
        "/internal/v1/resend/{subject}",
        Callers(&["scanner", "marketing-admin", "magueyctl"]),
    ),
    row(Purchase, "POST", "/internal/v1/reconcile", Callers(&["magueyctl"])),
    row(Purchase, "GET", "/internal/v1/dead-letters", Callers(&["marketing-admin", "magueyctl"])),
    row(Purchase, "POST", "/internal/v1/dead-letters/replay", Callers(&["marketing-admin", "magueyctl"])),
    row(
        Purchase,
        "POST",
        "/internal/v1/dead-letters/{letter}/replay",
        Callers(&["marketing-admin", "magueyctl"]),
    ),
    row(Purchase, "POST", "/internal/v1/tickets/{id}/void", Callers(&["marketing-admin", "magueyctl"])),
    // The door.
    row(Scanner, "GET", "/", Holds(P::DoorScan)),
    row(Scanner, "GET", "/sign-in", Everybody),
    row(Scanner, "POST", "/sign-in", Everybody),
    row(Scanner, "POST", "/sign-out", Staff),
    row(Scanner, "GET", "/assets/{file}", Everybody),
    row(Scanner, "GET", "/api/openapi.json", Everybody),
    row(Scanner, "POST", "/api/v1/session", Everybody),
    row(Scanner, "DELETE", "/api/v1/session", Staff),
    row(Scanner, "GET", "/api/v1/events", Holds(P::DoorScan)),
    row(Scanner, "GET", "/api/v1/events/{event}/occupancy", Holds(P::DoorScan)),
    row(Scanner, "POST", "/api/v1/scans", Holds(P::DoorScan)),
    row(Scanner, "GET", "/internal/v1/digest/{subject}", Callers(&["marketing-admin", "magueyctl"])),
    row(Scanner, "POST", "/internal/v1/resend/{subject}", Callers(&["marketing-admin", "magueyctl"])),
    row(Scanner, "POST", "/internal/v1/reconcile", Callers(&["magueyctl"])),
    row(Scanner, "GET", "/internal/v1/dead-letters", Callers(&["marketing-admin", "magueyctl"])),
    row(Scanner, "POST", "/internal/v1/dead-letters/replay", Callers(&["marketing-admin", "magueyctl"])),
    row(
        Scanner,
        "POST",
        "/internal/v1/dead-letters/{letter}/replay",
        Callers(&["marketing-admin", "magueyctl"]),
    ),
    // The club's site.
    row(MarketingAdmin, "GET", "/", Everybody),
    row(MarketingAdmin, "GET", "/events/{slug}", Everybody),
    row(MarketingAdmin, "GET", "/posters/{file}", Everybody),
    row(MarketingAdmin, "GET", "/assets/{file}", Everybody),
    // The desk, for programs.
    row(MarketingAdmin, "GET", "/api/openapi.json", Everybody),
    row(MarketingAdmin, "POST", "/api/v1/session", Everybody),
    row(MarketingAdmin, "DELETE", "/api/v1/session", Staff),
    row(MarketingAdmin, "POST", "/api/v1/venues", Holds(P::EventsWrite)),
    row(MarketingAdmin, "GET", "/api/v1/events", Holds(P::EventsRead)),
    row(MarketingAdmin, "POST", "/api/v1/events", Holds(P::EventsWrite)),
    row(MarketingAdmin, "GET", "/api/v1/events/{event}", Holds(P::EventsRead)),
    row(MarketingAdmin, "PUT", "/api/v1/events/{event}", Holds(P::EventsWrite)),
    row(MarketingAdmin, "POST", "/api/v1/events/{event}/publish", Holds(P::EventsPublish)),
    row(MarketingAdmin, "GET", "/api/v1/figures", Holds(P::FiguresRead)),
    row(MarketingAdmin, "GET", "/api/v1/figures/stream", Holds(P::FiguresRead)),
    // The desk, for people.
    // Door staff who sign in at the desk are shown the way to the door.
    row(MarketingAdmin, "GET", "/admin", Staff),
    row(MarketingAdmin, "GET", "/admin/sign-in", Everybody),
    row(MarketingAdmin, "POST", "/admin/sign-in", Everybody),
    row(MarketingAdmin, "POST", "/admin/sign-out", Staff),
    row(MarketingAdmin, "GET", "/admin/events", Holds(P::EventsRead)),
    row(MarketingAdmin, "POST", "/admin/events", Holds(P::EventsWrite)),
    row(MarketingAdmin, "GET", "/admin/events/new", Holds(P::EventsWrite)),
    row(MarketingAdmin, "GET", "/admin/events/{event}", Holds(P::EventsWrite)),
    row(MarketingAdmin, "POST", "/admin/events/{event}", Holds(P::EventsWrite)),
    row(MarketingAdmin, "GET", "/admin/events/{event}/publish", Holds(P::EventsPublish)),
    row(MarketingAdmin, "POST", "/admin/events/{event}/publish", Holds(P::EventsPublish)),
    row(MarketingAdmin, "GET", "/admin/emails", Holds(P::EmailsRead)),
    row(MarketingAdmin, "POST", "/admin/emails/{email}/send", Holds(P::EmailsRetry)),
    row(MarketingAdmin, "GET", "/admin/dead-letters", Holds(P::DeadLettersRead)),
    row(MarketingAdmin, "POST", "/admin/dead-letters/{service}/replay", Holds(P::DeadLettersReplay)),
    row(MarketingAdmin, "POST", "/admin/dead-letters/{service}/{letter}/replay", Holds(P::DeadLettersReplay)),
    row(MarketingAdmin, "POST", "/internal/v1/sessions", Callers(&["scanner"])),
    row(MarketingAdmin, "GET", "/internal/v1/sessions/ended", Callers(&["scanner"])),
    row(MarketingAdmin, "POST", "/internal/v1/staff", Callers(&["magueyctl"])),
    row(
        MarketingAdmin,
        "GET",
        "/internal/v1/digest/{subject}",
        Callers(&["purchase", "scanner", "magueyctl"]),
    ),
    row(
        MarketingAdmin,
        "POST",
        "/internal/v1/resend/{subject}",
        Callers(&["purchase", "scanner", "magueyctl"]),
    ),
    row(MarketingAdmin, "POST", "/internal/v1/reconcile", Callers(&["magueyctl"])),
];
