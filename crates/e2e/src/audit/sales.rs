//! Places, orders, tickets.

use super::{Check, check};

pub(super) const CHECKS: &[Check] = &[
    check(
        "the counters of the stock are what the orders and the open offers of the line say",
        "select s.id::text as wrong from purchase.stock s left join lateral (
           select coalesce(sum(l.places), 0) as held
           from purchase.order_lines l join purchase.orders o on o.id = l.order_id
           where o.state = 'pending' and s.id = any(l.stock_ids)) waiting on true left join lateral (
           select count(*) as sold from purchase.tickets t join purchase.order_lines l on l.id = t.order_line_id
           where not t.place_freed and s.id = any(l.stock_ids)) issued on true left join lateral (
           select coalesce(sum(w.places), 0) as held from purchase.waitlist w
           where w.state = 'offered' and s.id = any(w.stock_ids)) line on true
         where s.held <> waiting.held + line.held or s.sold <> issued.sold",
    ),
    check(
        "an offer is one order of its own night and guest, of no more than was held for it",
        "select w.id::text as wrong from purchase.waitlist w left join purchase.orders o on o.id = w.order_id
         left join purchase.order_lines l on l.order_id = o.id and l.kind = 'ticket'
         where w.state = 'claimed' group by w.id, o.id
         having o.id is null or o.event_id <> w.event_id or lower(o.buyer_email) <> lower(w.email)
             or sum(l.places) > w.places or bool_or(l.ticket_type_id <> w.ticket_type_id)",
    ),
    check(
        "no offer of the line is open past its time",
        "select id::text as wrong from purchase.waitlist
         where state = 'offered' and offered_until < now() - interval '1 minute'",
    ),
    check(
        "an entry of the guest list is a gift with a ticket for each head, until its cut-off",
        "select g.id::text as wrong from purchase.guest_list g
         left join purchase.orders o on o.id = g.order_id and o.event_id = g.event_id and o.channel = 'comp'
         left join purchase.tickets t on t.order_id = g.order_id group by g.id, o.id
         having o.id is null or g.party <> count(t.id) filter (where not t.place_freed)
             or bool_or(t.admit_until is distinct from g.admit_until)",
    ),
    check(
        "a promoter brings the guests that are on the list, and no more than the allotment",
        "select a.promoter as wrong from purchase.guest_list_allotments a
         left join purchase.guest_list g using (event_id, promoter_key) group by a.event_id, a.promoter_key
         having a.taken <> coalesce(sum(g.party), 0) or a.taken > a.places",
    ),
    check(
        "nobody who left the guest list waits for the door's word",
        "select id::text as wrong from purchase.guest_list where asked_at < now() - interval '1 minute'",
    ),
    check(
        "a ticket is refunded where a refund took it back",
        "select t.id::text as wrong from purchase.tickets t
         left join purchase.refund_tickets b on b.ticket_id = t.id and not b.withdrawn
         left join purchase.refunds r on r.id = b.refund_id and r.state <> 'asked' and r.amount_minor > 0
         where (t.state = 'refunded') <> (r.id is not null)",
    ),
    check(
        "no more is held and sold than there is, and there is what the club wants or has sold already",
        "select id::text as wrong from purchase.stock
         where held + sold > capacity or capacity <> greatest(asked_capacity, held + sold)",
    ),
    check(
        "no more tickets are valid than there are places",
        "select s.id::text as wrong from purchase.stock s
         where (select count(*) from purchase.tickets t
                where t.ticket_type_id = s.id and t.state = 'valid') > s.capacity",
    ),
    check(
        "a paid order has exactly its tickets, any other none that is valid",
        "select o.reference as wrong from purchase.orders o
         join purchase.order_lines l on l.order_id = o.id and l.kind = 'ticket'
         left join purchase.tickets t on t.order_line_id = l.id and t.state <> 'revoked'
         group by o.id, l.id
         having count(t.id) <> case when o.state = 'paid' then l.places else count(t.id) end
             or (o.state <> 'paid' and count(t.id) filter (where t.state = 'valid') > 0)",
    ),
    check(
        "a revoked ticket was passed on, to one that stands in its place",
        "select t.id::text as wrong from purchase.tickets t
         left join purchase.ticket_transfers x on x.from_ticket = t.id left join purchase.tickets n on n.id = x.to_ticket
         where (t.state = 'revoked') <> (x.from_ticket is not null)
            or (x.from_ticket is not null and (n.order_line_id, n.ordinal) is distinct from (t.order_line_id, t.ordinal))",
    ),
    check(
        "a ticket is one of its order's line",
        "select t.id::text as wrong from purchase.tickets t
         join purchase.order_lines l on l.id = t.order_line_id join purchase.orders o on o.id = l.order_id
         left join purchase.ticket_types k on k.id = l.ticket_type_id
         where t.order_id <> o.id or t.event_id <> o.event_id or l.kind <> 'ticket' or t.ordinal > l.places
            -- A pass that is gone stays of the table that its party had then.
            or (t.ticket_type_id <> l.ticket_type_id and not (t.place_freed and k.terms ->> 'kind' = 'table'))",
    ),
    check(
        "what was exchanged is gone with its place, for one ticket of the same night and guest",
        "select x.reference as wrong from purchase.orders x
         left join purchase.tickets t on t.id = x.exchanges left join purchase.orders o on o.id = t.order_id
         where x.exchanges is not null and (o.id is null or o.id = x.id or o.event_id <> x.event_id or o.exchanges is not null
            or lower(o.buyer_email) <> lower(x.buyer_email)
            or (select sum(l.places) from purchase.order_lines l where l.order_id = x.id) <> 1
            or (x.paid_at is not null and (t.state <> 'cancelled' or not t.place_freed)))",
    ),
    check(
        "a promo is taken as often as orders use it",
        "select p.id::text as wrong from purchase.promos p
         where taken <> (select count(*) from purchase.promo_redemptions r join purchase.orders o on o.id = r.order_id
                         where r.promo_id = p.id and r.state <> 'freed' and (r.state = 'held') = (o.state = 'pending'))
            or taken <> (select coalesce(sum(c.taken), 0) from purchase.promo_codes c where c.promo_id = p.id)",
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
