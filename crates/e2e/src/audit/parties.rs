//! Tables and parties between the services: what the desk drew, what door and desk know of who is expected, who came.

use super::{Check, check};

pub(super) const CHECKS: &[Check] = &[
    check(
        "the ticket site has every night's floor plan as the desk drew it",
        "select coalesce(n.event_id, p.event_id)::text as wrong from marketing_admin.night_plans n
         full join purchase.floor_plans p on p.event_id = n.event_id
         where n.revision is distinct from p.revision
            or coalesce((n.night ->> 'open')::boolean, false) is distinct from p.open",
    ),
    check(
        "each table that the desk offers is on sale, and none that it keeps",
        "select coalesce(k.id::text, offered.id::text) as wrong
         from (select n.event_id, (o ->> 'table')::uuid as id from marketing_admin.night_plans n
               join purchase.events e on e.id = n.event_id, jsonb_array_elements(n.night -> 'offers') o
               where not coalesce((o ->> 'blocked')::boolean, false)) offered
         full join (select * from purchase.ticket_types where terms ->> 'kind' = 'table' and not withdrawn) k
           on k.id = offered.id
         where k.event_id is distinct from offered.event_id",
    ),
    check(
        "the desk has every party as it stands",
        "select coalesce(r.id, d.id)::text as wrong from purchase.reservations r
         full join marketing_admin.reservations d on d.id = r.id
         where r.revision is distinct from d.revision or r.state is distinct from d.state
            or r.event_id is distinct from d.event_id or r.party is distinct from d.party
            or r.spent_minor is distinct from d.spent_minor",
    ),
    check(
        "the door has every party as it stands",
        "select coalesce(r.id, d.reservation_id)::text as wrong from purchase.reservations r
         full join scanner.parties d on d.reservation_id = r.id left join purchase.orders o on o.id = r.order_id
         where r.revision is distinct from d.revision or r.state is distinct from d.state
            or r.event_id is distinct from d.event_id or r.party is distinct from d.people
            or coalesce(o.reference, '') is distinct from d.order_reference",
    ),
    check(
        "a party is in since its first guest came in, by an entry of its own",
        "select c.reservation_id::text as wrong from scanner.party_check_ins c
         left join scanner.scans s on s.id = c.scan_id left join scanner.admissions a on a.ticket_id = s.ticket_id
         left join purchase.reservations r on r.id = c.reservation_id left join purchase.orders o on o.id = r.order_id
         where o.id is null or s.decision is distinct from 'admit' or s.direction is distinct from 'entry'
            or s.event_id is distinct from c.event_id or a.order_reference is distinct from o.reference
         union
         select r.id::text from scanner.entries e join scanner.admissions a on a.ticket_id = e.ticket_id
         join purchase.orders o on o.reference = a.order_reference join purchase.reservations r on r.order_id = o.id
         left join scanner.party_check_ins c on c.reservation_id = r.id
         where e.annulled_at is null and not e.forced and c.reservation_id is null
           and r.state in ('confirmed', 'checked_in', 'closed')",
    ),
    check(
        "the ticket office knows of each party that came in, and of no other",
        "select coalesce(r.id, c.reservation_id)::text as wrong
         from (select * from purchase.reservations where checked_in_at is not null) r
         full join scanner.party_check_ins c on c.reservation_id = r.id
         left join purchase.reservations gone on gone.id = c.reservation_id and gone.state in ('cancelled', 'no_show')
         where (r.id is null and gone.id is null) or c.reservation_id is null",
    ),
    check(
        "a party's arrival was told once",
        "select coalesce(c.reservation_id::text, said.aggregate) as wrong from scanner.party_check_ins c
         full join (select aggregate, count(*) as times from scanner.outbox
                    where subject = 'reservation.checked_in' group by aggregate) said
           on said.aggregate = c.reservation_id::text
         where c.reservation_id is null or said.times is distinct from 1",
    ),
    check(
        "who let guests book the tables of a night stands in the audit log",
        "select n.event_id::text as wrong from marketing_admin.night_plans n
         where n.opened_at is not null
           and not exists (select from marketing_admin.audit_log l
                           where l.action = 'tables.opened' and l.target = n.event_id::text)",
    ),
];
