//! Places, orders, tickets.

use super::{Check, check};

pub(super) const CHECKS: &[Check] = &[
    check(
        "the counters of the stock are what the orders say",
        "select s.ticket_type_id::text as wrong from purchase.stock s left join lateral (
           select coalesce(sum(l.quantity) filter (where o.state = 'pending'), 0) as held,
                  coalesce(sum(l.quantity) filter (where o.state = 'paid'), 0) as sold
           from purchase.order_lines l join purchase.orders o on o.id = l.order_id
           where l.kind = 'ticket' and l.ticket_type_id = s.ticket_type_id) r on true
         where s.held <> r.held or s.sold <> r.sold",
    ),
    check(
        "no more is held and sold than there is, and there is what the club wants or has sold already",
        "select ticket_type_id::text as wrong from purchase.stock
         where held + sold > capacity or capacity <> greatest(asked_capacity, held + sold)",
    ),
    check(
        "no more tickets are valid than there are places",
        "select s.ticket_type_id::text as wrong from purchase.stock s
         where (select count(*) from purchase.tickets t
                where t.ticket_type_id = s.ticket_type_id and t.state = 'valid') > s.capacity",
    ),
    check(
        "a paid order has exactly its tickets, any other none that is valid",
        "select o.reference as wrong from purchase.orders o
         join purchase.order_lines l on l.order_id = o.id and l.kind = 'ticket'
         left join purchase.tickets t on t.order_line_id = l.id
         group by o.id, l.id
         having count(t.id) <> case when o.state = 'paid' then l.quantity else count(t.id) end
             or (o.state <> 'paid' and count(t.id) filter (where t.state = 'valid') > 0)",
    ),
    check(
        "a ticket is one of its order's line",
        "select t.id::text as wrong from purchase.tickets t
         join purchase.order_lines l on l.id = t.order_line_id join purchase.orders o on o.id = l.order_id
         where t.order_id <> o.id or t.event_id <> o.event_id or l.kind <> 'ticket'
            or t.ticket_type_id <> l.ticket_type_id or t.ordinal > l.quantity",
    ),
    check(
        "an order costs what its lines cost",
        "select o.reference as wrong from purchase.orders o
         where o.total_minor <> (select sum(l.total_minor) from purchase.order_lines l where l.order_id = o.id)",
    ),
    check(
        "a key stands for an order, and every order was asked for with one",
        "select o.reference as wrong from purchase.orders o
         left join purchase.checkout_requests r on r.order_id = o.id group by o.id having count(r.key) <> 1",
    ),
];
