//! The owner's figures, the guests' mail, the audit log.

use super::{Check, check};

pub(super) const CHECKS: &[Check] = &[
    check(
        "each paid order has one confirmation, and it was sent",
        "select o.reference as wrong from purchase.orders o
         left join marketing_admin.emails e on e.order_id = o.id and e.template = 'order_paid' and e.revision = 1
         where o.paid_at is not null and o.buyer_email <> '' group by o.id
         having count(e.id) <> 1 or count(e.id) filter (where e.state = 'sent') <> 1",
    ),
    check(
        "each refund was mailed once",
        "select r.id::text as wrong from purchase.refunds r join purchase.orders o on o.id = r.order_id
         left join marketing_admin.emails e on e.subject_id = r.id and e.template = 'order_refunded'
         where r.state = 'succeeded' and o.buyer_email <> '' group by r.id
         having count(e.id) <> 1 or count(e.id) filter (where e.state = 'sent') <> 1",
    ),
    check(
        "who held a ticket that went back was told so, once",
        "select t.id::text as wrong from purchase.tickets t
         join purchase.ticket_transfers x on x.to_ticket = t.id and not x.to_buyer
         join purchase.refund_tickets rt on rt.ticket_id = t.id
         join purchase.refunds r on r.id = rt.refund_id and r.state = 'succeeded'
         left join marketing_admin.emails e on e.subject_id = t.id and e.template = 'ticket_gone'
         group by t.id having count(e.id) <> 1",
    ),
    check(
        "with whom a ticket was shared was told that it went back, once",
        "select s.id::text as wrong
         from (select distinct on (ticket_id) * from purchase.ticket_shares order by ticket_id, shared_at desc, id desc) s
         join purchase.tickets t on t.id = s.ticket_id
         join purchase.orders o on o.id = t.order_id and lower(o.buyer_email) <> lower(s.to_email)
         join purchase.refund_tickets rt on rt.ticket_id = t.id
         join purchase.refunds r on r.id = rt.refund_id and r.state = 'succeeded'
         left join marketing_admin.emails e on e.subject_id = s.id and e.template = 'ticket_gone'
         group by s.id having count(e.id) <> 1",
    ),
    check(
        "no mail waits or was given up",
        "select reference || ' ' || state as wrong from marketing_admin.emails where state <> 'sent'",
    ),
    check(
        "each mail was tried until it was sent, once",
        "select e.reference as wrong from marketing_admin.emails e
         left join marketing_admin.email_attempts a on a.email_id = e.id and a.outcome = 'sent'
         where e.state = 'sent' group by e.id having count(a.attempt) <> 1 or e.provider_id is null",
    ),
    check(
        "the mail provider has each mail once, and no other",
        "select coalesce(e.id::text, theirs.key, 'without a key') as wrong
         from (select id from marketing_admin.emails where state = 'sent') e
         full join (select key, count(*) as copies
                    from jsonb_to_recordset(current_setting('audit.provider')::jsonb -> 'mails') as m (key text)
                    group by key) theirs on theirs.key = e.id::text
         where e.id is null or theirs.copies is distinct from 1",
    ),
    check(
        "the desk has every paid order as it was paid",
        "select coalesce(o.reference, d.reference) as wrong
         from (select * from purchase.orders where paid_at is not null) o
         full join marketing_admin.orders d on d.id = o.id
         where o.total_minor is distinct from d.total_minor or o.event_id is distinct from d.event_id
            or o.currency is distinct from d.currency or o.channel is distinct from d.channel",
    ),
    check(
        "the desk has every sold ticket",
        "select coalesce(t.id, d.id)::text as wrong
         from (select * from purchase.tickets n
               where not exists (select from purchase.ticket_transfers x where x.to_ticket = n.id)) t
         full join marketing_admin.sold_tickets d on d.id = t.id
         where (t.order_id is distinct from d.order_id or t.ticket_type_id is distinct from d.ticket_type_id)
           -- A party's passes move to another table, and more are added, without being sold again.
           and not exists (select from purchase.reservations r
                           where r.order_id = t.order_id and coalesce(d.order_id, t.order_id) = t.order_id)",
    ),
    check(
        "the desk knows of every ticket that was passed on whose order it is",
        "select coalesce(t.id, d.ticket_id)::text as wrong
         from (select n.id, n.order_id from purchase.ticket_transfers x join purchase.tickets n on n.id = x.to_ticket) t
         full join marketing_admin.passed_on_tickets d on d.ticket_id = t.id
         where t.order_id is distinct from d.order_id",
    ),
    check(
        "the desk has every refund",
        "select coalesce(r.id, d.id)::text as wrong
         from (select * from purchase.refunds where state in ('succeeded', 'settled_otherwise') and amount_minor > credit_minor) r
         full join (select * from marketing_admin.order_refunds where amount_minor > 0) d on d.id = r.id
         where r.amount_minor - r.credit_minor is distinct from d.amount_minor or r.order_id is distinct from d.order_id",
    ),
    check(
        "the desk has every dispute as it stands",
        "select coalesce(r.id, d.id)::text as wrong from purchase.disputes r
         full join marketing_admin.order_disputes d on d.id = r.id
         where r.revision is distinct from d.revision or r.status is distinct from d.status
            or r.taken_minor is distinct from d.taken_minor or r.answer_by is distinct from d.answer_by",
    ),
    check(
        "the desk has every scan as the door answered it",
        "select coalesce(s.id, d.id)::text as wrong from scanner.scans s
         full join marketing_admin.scans d on d.id = s.id
         left join scanner.undos u on u.scan_id = s.id
         where (s.decision = 'admit' and s.direction = 'entry' and u.scan_id is null) is distinct from d.admitted
            or (u.scan_id is not null) is distinct from (d.undone_at is not null)
            or (s.direction = 'exit') is distinct from d.is_exit or s.reason is distinct from d.reason
            or s.event_id is distinct from d.event_id",
    ),
    check(
        "the owner's figures are what was sold",
        "select coalesce(f.event_id, s.event_id)::text as wrong from marketing_admin.event_figures f
         full join (select event_id, sum(total_minor) as gross, count(*) as orders from purchase.orders
                    where paid_at is not null group by event_id) s on s.event_id = f.event_id
         where coalesce(f.gross_minor, 0) <> coalesce(s.gross, 0) or coalesce(f.orders, 0) <> coalesce(s.orders, 0)",
    ),
    check(
        "the owner's figures are the door's",
        "select coalesce(f.event_id, s.event_id)::text as wrong from marketing_admin.event_figures f
         full join (select c.event_id, count(*) filter (where c.decision = 'admit' and c.direction = 'entry'
                                                        and u.scan_id is null) as admitted,
                           count(*) filter (where c.decision = 'deny' and c.direction = 'entry') as refused
                    from scanner.scans c left join scanner.undos u on u.scan_id = c.id
                    group by c.event_id) s on s.event_id = f.event_id
         left join scanner.occupancy o on o.event_id = coalesce(f.event_id, s.event_id)
         where coalesce(f.admitted, 0) <> coalesce(s.admitted, 0) or coalesce(f.refused, 0) <> coalesce(s.refused, 0)
            or coalesce(f.inside, 0) <> coalesce(o.inside, 0)",
    ),
    check(
        "the owner's figures are their own rows, counted again",
        "select f.event_id::text as wrong from marketing_admin.event_figures f where
           f.tickets_sold <> (select count(*) from marketing_admin.sold_tickets t where t.event_id = f.event_id)
           or f.tickets_returned <> (select count(*) from marketing_admin.sold_tickets t
                                     where t.event_id = f.event_id and t.returned)
           or f.refunded_minor <> (select coalesce(sum(r.amount_minor), 0) from marketing_admin.order_refunds r
                                   where r.event_id = f.event_id and r.takes_revenue)
           or f.disputed_minor <> (select coalesce(sum(d.taken_minor), 0) from marketing_admin.order_disputes d
                                   where d.event_id = f.event_id)
         union all
         select f.ticket_type_id::text from marketing_admin.ticket_type_figures f
         where f.sold <> (select count(*) from marketing_admin.sold_tickets t
                          where t.ticket_type_id = f.ticket_type_id and not t.returned)",
    ),
    check(
        "who was hired, what was made and what was put on sale stands in the audit log",
        "select act.action || ' ' || act.target as wrong from (
           select 'staff.put' as action, id::text as target from marketing_admin.staff
           union all select 'session.opened', id::text from marketing_admin.sessions
           union all select 'event.created', id::text from marketing_admin.events
           union all select 'event.published', id::text from marketing_admin.events
             where published_at is not null) act
         where not exists (select from marketing_admin.audit_log l
                           where l.action = act.action and l.target = act.target)",
    ),
];
