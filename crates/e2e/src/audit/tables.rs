//! Tables and parties, as the ticket office has them.

use super::{Check, check};

pub(super) const CHECKS: &[Check] = &[
    check(
        "a reservation stands where the order that pays for it lets it",
        "select r.id::text as wrong from purchase.reservations r left join purchase.orders o on o.id = r.order_id
         where (r.order_id is not null and o.event_id is distinct from r.event_id)
            or not coalesce(case o.state
                 when 'pending' then r.state = 'pending'
                 when 'paid' then r.state in ('confirmed', 'checked_in', 'closed', 'no_show', 'cancelled')
                 when 'expired' then r.state in ('expired', 'cancelled')
                 when 'refunded' then r.state in ('cancelled', 'no_show', 'checked_in', 'closed')
                 else r.state in ('requested', 'cancelled') end, false)",
    ),
    check(
        "a party has a pass for each of its people and a seat at its tables, and none once it is called off",
        "select r.id::text as wrong from purchase.reservations r left join purchase.orders o on o.id = r.order_id
         left join lateral (select count(*) as passes from purchase.tickets t
                            where t.order_id = r.order_id and not t.place_freed) issued on true
         left join lateral (select coalesce(sum(l.places), 0) as places from purchase.order_lines l
                            where l.order_id = r.order_id and l.kind = 'ticket') ordered on true
         left join lateral (select coalesce(sum(s.capacity), 0) as seats from purchase.reserved_tables x
                            join purchase.stock s on s.id = x.table_id where x.reservation_id = r.id) stand on true
         where case when r.state = 'pending' then ordered.places <> r.party or issued.passes > 0
                    when r.state in ('confirmed', 'checked_in') and o.state = 'paid' then issued.passes <> r.party
                    when r.state in ('expired', 'cancelled', 'no_show') then issued.passes > 0
                    else false end
            or (r.state in ('pending', 'confirmed', 'checked_in') and r.party > stand.seats)",
    ),
    check(
        "a table of a night is one live party's",
        "select event_id || ' ' || table_id as wrong from purchase.reserved_tables
         where live group by event_id, table_id having count(*) > 1",
    ),
    check(
        "a live party has a table of its night, and who is not live has none",
        "select r.id::text as wrong from purchase.reservations r
         left join purchase.reserved_tables x on x.reservation_id = r.id
         left join purchase.ticket_types k on k.id = x.table_id
         group by r.id having count(x.table_id) = 0
            or bool_or(x.live is distinct from (r.state in ('pending', 'confirmed', 'checked_in')))
            or bool_or(x.event_id is distinct from r.event_id or k.event_id is distinct from r.event_id
                       or k.terms ->> 'kind' is distinct from 'table')",
    ),
    check(
        "nobody has places of a table without having reserved it",
        "select s.id::text as wrong from purchase.stock s
         join purchase.ticket_types k on k.id = s.id and k.terms ->> 'kind' = 'table'
         where s.held + s.sold > 0
           and not exists (select from purchase.reserved_tables x join purchase.reservations r on r.id = x.reservation_id
                           where x.table_id = s.id and (x.live or r.state = 'closed'))",
    ),
    check(
        "an order of a table is a reservation",
        "select o.reference as wrong from purchase.orders o
         join purchase.order_lines l on l.order_id = o.id and l.kind = 'ticket'
         join purchase.ticket_types k on k.id = l.ticket_type_id and k.terms ->> 'kind' = 'table'
         left join purchase.reservations r on r.order_id = o.id
         left join purchase.reserved_tables x on x.reservation_id = r.id and x.table_id = l.ticket_type_id
         where r.id is null or (x.table_id is null and r.state in ('pending', 'confirmed', 'checked_in', 'closed'))",
    ),
    check(
        "the deposit that comes off the bill is what its order cost",
        "select r.id::text as wrong from purchase.reservations r join purchase.orders o on o.id = r.order_id
         left join purchase.credit_uses u on u.order_id = o.id and u.state <> 'freed'
         where r.deposit_minor <> o.total_minor + coalesce(u.amount_minor, 0) or r.currency <> o.currency",
    ),
    check(
        "who settled a bill, called a paid party off or gave its table away stands in the audit log",
        "select r.id::text as wrong from purchase.reservations r left join purchase.orders o on o.id = r.order_id
         where case when r.state = 'closed' then 'reservation.closed' when r.state = 'no_show' then 'reservation.released'
                    when r.state = 'cancelled' and o.state = 'paid' then 'reservation.cancelled' end is not null
           and not exists (select from purchase.audit_log l where l.target = r.id::text
                             and l.action = case r.state when 'closed' then 'reservation.closed'
                                              when 'no_show' then 'reservation.released' else 'reservation.cancelled' end)",
    ),
];
