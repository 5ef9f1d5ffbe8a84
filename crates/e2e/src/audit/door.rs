//! What the door knows, and whom it let in.

use super::{Check, check};

pub(super) const CHECKS: &[Check] = &[
    check(
        "the door knows every ticket as it is",
        "select coalesce(t.id, a.ticket_id)::text as wrong from purchase.tickets t
         full join scanner.admissions a on a.ticket_id = t.id
         where a.revision is distinct from t.revision or a.status is distinct from t.state
            or a.event_id is distinct from t.event_id or a.zone_id is distinct from t.zone_id
            or a.admit_until is distinct from t.admit_until or a.buyer_email_hash is distinct from t.buyer_email_hash",
    ),
    check(
        "ticket site and door know every night as the desk has it",
        "select e.slug as wrong from marketing_admin.events e
         left join purchase.events sold on sold.id = e.id left join scanner.events scanned on scanned.id = e.id
         where sold.revision is distinct from e.revision or scanned.revision is distinct from e.revision
            or sold.status is distinct from e.status or scanned.status is distinct from e.status",
    ),
    check(
        "a ticket has one primary entry in a zone",
        "select ticket_id || ' in ' || zone_id as wrong from scanner.entries
         where is_primary and annulled_at is null group by ticket_id, zone_id, nth having count(*) > 1
         union select ticket_id || ' inside ' || zone_id from scanner.entries
         where is_primary and annulled_at is null and left_at is null group by ticket_id, zone_id having count(*) > 1",
    ),
    check(
        "each admission is an entry, and no entry is without one",
        "select coalesce(s.id, e.scan_id)::text as wrong
         from (select * from scanner.scans where decision = 'admit' and direction = 'entry') s
         full join scanner.entries e on e.scan_id = s.id
         where s.id is null or e.scan_id is null or e.ticket_id <> s.ticket_id or e.zone_id <> s.zone_id
            or e.event_id <> s.event_id or e.gate_id <> s.gate_id",
    ),
    // What a phone did without the network is a fact: of that the door must say that it should not have been.
    check(
        "nobody entered without a ticket for that night and zone",
        "select e.scan_id::text as wrong from scanner.entries e
         left join scanner.admissions a using (ticket_id) left join scanner.scans s on s.id = e.scan_id
         where not e.forced and (a.event_id is distinct from e.event_id or a.zone_id is distinct from e.zone_id)
            and not (e.offline and s.judged in ('wrong_event', 'wrong_gate', 'unknown'))",
    ),
    check(
        "nobody came in after the ticket's own cut-off",
        "select e.scan_id::text as wrong from scanner.entries e
         join scanner.admissions a using (ticket_id) left join scanner.scans s on s.id = e.scan_id
         where e.admitted_at >= a.admit_until and e.nth = 1 and not e.forced
            and not (e.offline and s.judged is distinct from 'ok')",
    ),
    check(
        "nobody came in with a ticket whose money went back, unless staff were told",
        "select t.id::text as wrong from purchase.tickets t join scanner.entries e on e.ticket_id = t.id and e.annulled_at is null
         left join purchase.refund_tickets b on b.ticket_id = t.id and not b.withdrawn
         left join purchase.refunds r on r.id = b.refund_id
         where t.state = 'refunded' and b.inside is not true and r.reason is distinct from 'night_cancelled'
            and not exists (select from scanner.scans s where s.id = e.scan_id and e.offline and s.judged = 'refunded')",
    ),
    check(
        "as many are inside as entered",
        "select coalesce(o.event_id, e.event_id)::text as wrong from scanner.occupancy o
         full join (select event_id, count(*) as entered, count(*) filter (where left_at is null) as stayed
                    from scanner.entries where annulled_at is null group by event_id) e on e.event_id = o.event_id
         left join (select event_id, sum(by) as counted from scanner.counts group by event_id) c on c.event_id = o.event_id
         where coalesce(o.inside, 0) <> coalesce(e.stayed, 0) + coalesce(c.counted, 0) + coalesce(o.uncounted, 0)
            or coalesce(o.revision, 0) < coalesce(e.entered, 0)",
    ),
    check(
        "who was let out had come in",
        "select s.id::text as wrong from scanner.scans s left join scanner.undos u on u.scan_id = s.id
         where s.decision = 'admit' and s.direction = 'exit' and u.scan_id is null
            and not exists (select from scanner.entries e where e.ticket_id = s.ticket_id and e.zone_id = s.zone_id)
            and not (s.offline and s.judged is distinct from 'ok')",
    ),
    check(
        "of those who came in with one right the first has it",
        "select e.scan_id::text as wrong from scanner.entries e join scanner.entries f using (ticket_id, zone_id, nth)
         where f.is_primary and f.annulled_at is null and not e.is_primary and not e.forced and e.annulled_at is null
            and (e.admitted_at, e.scan_id) < (f.admitted_at, f.scan_id)",
    ),
    check(
        "who was let in against the rule stands in the audit log",
        "select e.scan_id::text as wrong from scanner.entries e
         where e.forced and not exists (select from scanner.audit_log l
                                        where l.action = 'scan.overridden' and l.detail ->> 'scan' = e.scan_id::text)",
    ),
    check(
        "what the door undid counts nowhere",
        "select u.scan_id::text as wrong from scanner.undos u
         left join marketing_admin.scans s on s.id = u.scan_id
         left join scanner.entries e on e.scan_id = u.scan_id and e.annulled_at is null
         where s.undone_at is null or s.admitted or e.scan_id is not null",
    ),
    check(
        "a phone's word is one scan",
        "select device || ' ' || nonce as wrong from scanner.scans group by device, nonce having count(*) > 1",
    ),
    check(
        "every scan was told, and nothing that was none",
        "select coalesce(s.id::text, o.aggregate) as wrong from scanner.scans s
         full join (select distinct aggregate from scanner.outbox where subject = 'ticket.scanned') o
           on o.aggregate = s.id::text
         where s.id is null or o.aggregate is null",
    ),
];
