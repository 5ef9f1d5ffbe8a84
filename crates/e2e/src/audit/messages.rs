//! What the services tell each other.

use super::{Check, check};

pub(super) const CHECKS: &[Check] = &[
    check(
        "no message waits, and none is parked",
        "select owner || ' ' || subject as wrong from (
           select 'purchase' as owner, subject, sent_at from purchase.outbox
           union all select 'scanner', subject, sent_at from scanner.outbox
           union all select 'marketing_admin', subject, sent_at from marketing_admin.outbox) said
         where sent_at is null",
    ),
    check(
        "no message was given up",
        "select durable || ' ' || message_id as wrong from (
           select durable, message_id, replayed_at from purchase.dead_letters
           union all select durable, message_id, replayed_at from scanner.dead_letters
           union all select durable, message_id, replayed_at from marketing_admin.dead_letters) dead
         where replayed_at is null",
    ),
    // What was noted as missing and has come since is struck off a minute later: it is not missing.
    check(
        "nobody misses anything",
        "select reader || ' ' || subject || ' ' || aggregate as wrong from (
           select 'purchase' as reader, subject, aggregate, revision from purchase.missing
           union all select 'scanner', subject, aggregate, revision from scanner.missing
           union all select 'marketing_admin', subject, aggregate, revision from marketing_admin.missing) noted
         where not exists (
           select from (select message_id, subject, aggregate, revision from purchase.outbox
                        union all select message_id, subject, aggregate, revision from scanner.outbox
                        union all select message_id, subject, aggregate, revision from marketing_admin.outbox) said
           join (select durable, message_id from purchase.inbox
                 union all select durable, message_id from scanner.inbox
                 union all select durable, message_id from marketing_admin.inbox) heard using (message_id)
           where said.subject = noted.subject and said.aggregate = noted.aggregate
             and said.revision >= noted.revision
             and heard.durable = noted.reader || '_' || replace(noted.subject, '.', '_'))",
    ),
    check(
        "each message has acted in each of its readers",
        "select r.durable || ' ' || said.message_id as wrong
         from (select message_id, subject from purchase.outbox
               union all select message_id, subject from scanner.outbox
               union all select message_id, subject from marketing_admin.outbox) said
         join (values ('event.changed', 'purchase_event_changed'), ('event.changed', 'scanner_event_changed'),
                      ('ticket.changed', 'scanner_ticket_changed'),
                      ('order.paid', 'marketing_admin_order_paid'),
                      ('order.paid', 'marketing_admin_order_paid_email'),
                      ('order.refunded', 'marketing_admin_order_refunded'),
                      ('order.refunded', 'marketing_admin_order_refunded_email'),
                      ('order.disputed', 'marketing_admin_order_disputed'),
                      ('order.mail_asked', 'marketing_admin_order_mail_asked'),
                      ('waitlist.changed', 'marketing_admin_waitlist_changed'),
                      ('door.changed', 'marketing_admin_door_changed'),
                      ('ticket.scanned', 'marketing_admin_ticket_scanned')) r (subject, durable) using (subject)
         left join (select durable, message_id from purchase.inbox
                    union all select durable, message_id from scanner.inbox
                    union all select durable, message_id from marketing_admin.inbox) heard
           on heard.durable = r.durable and heard.message_id = said.message_id
         where heard.message_id is null",
    ),
    check(
        "no subject is without a reader that is checked above",
        "select distinct durable as wrong from (
           select durable from purchase.inbox union all select durable from scanner.inbox
           union all select durable from marketing_admin.inbox) heard
         where durable not in ('purchase_event_changed', 'scanner_event_changed', 'scanner_ticket_changed',
           'marketing_admin_order_paid', 'marketing_admin_order_paid_email', 'marketing_admin_order_refunded',
           'marketing_admin_order_refunded_email', 'marketing_admin_order_mail_asked', 'marketing_admin_order_disputed',
           'marketing_admin_waitlist_changed', 'marketing_admin_door_changed', 'marketing_admin_ticket_scanned',
           -- News of minutes: what is lost is said again.
           'purchase_door_changed')",
    ),
    check(
        "what an owner remembers as said is the newest it said",
        "select said.subject || ' ' || said.aggregate as wrong
         from (select subject, aggregate, revision from purchase.said
               union all select subject, aggregate, revision from scanner.said
               union all select subject, aggregate, revision from marketing_admin.said) said
         full join (select subject, aggregate, max(revision) as revision from (
                      select subject, aggregate, revision from purchase.outbox
                      union all select subject, aggregate, revision from scanner.outbox
                      union all select subject, aggregate, revision from marketing_admin.outbox) o
                    group by subject, aggregate) newest using (subject, aggregate)
         where said.revision is distinct from newest.revision",
    ),
];
