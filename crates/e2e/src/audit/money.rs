//! Payments, refunds, the ledger, and what the provider says of them.

use super::{Check, check};

pub(super) const CHECKS: &[Check] = &[
    check(
        "each captured payment stands for a paid order or goes back",
        "select p.payment_intent as wrong from purchase.payments p
         join purchase.orders o on o.id = p.order_id
         left join purchase.refunds r on (r.payment_id = p.id or (r.order_id = p.order_id and r.as_credit))
           and r.state in ('succeeded', 'settled_otherwise')
         where (p.purpose = 'order' and o.state <> 'paid' and r.id is null)
            or (p.purpose = 'returned' and r.id is null)",
    ),
    check(
        "a paid order was paid once, and what it costs",
        "select o.reference as wrong from purchase.orders o
         left join purchase.payments p on p.order_id = o.id and p.purpose = 'order'
         where o.state = 'paid' and o.total_minor > 0 and o.channel = 'online'
         group by o.id having count(p.id) <> 1 or sum(p.amount_minor) <> o.total_minor
             or min(p.currency) <> o.currency",
    ),
    check(
        "what staff took at the venue is booked once, where they have it",
        "select o.reference as wrong from purchase.orders o
         left join purchase.ledger_transactions t on t.source = 'venue_sale' and t.source_id = o.id
         left join purchase.ledger_entries e on e.transaction_id = t.id and e.account = o.channel
         where o.channel in ('cash_at_venue', 'card_at_venue') and o.total_minor > 0
         group by o.id having count(distinct t.id) <> 1 or coalesce(sum(e.amount_minor), 0) <> o.total_minor",
    ),
    check(
        "what staff sold and gave away stands in the audit log",
        "select o.reference as wrong from purchase.orders o
         left join purchase.guest_list g on g.order_id = o.id and o.channel = 'comp'
         where o.channel <> 'online' and not exists (
           select from purchase.audit_log l where l.target = o.reference and l.staff_id is not null
             and l.action = case when g.party_of is not null then 'guest_list.grown'
                                 when g.id is not null then 'guest_list.added' when o.channel = 'comp' then 'comp.issued'
                                 else 'box_office.sold' end
             and (l.action <> 'comp.issued' or l.reason is not null))",
    ),
    check(
        "money that became no order goes back whole, and of none more than was paid",
        "select r.id::text as wrong from purchase.refunds r join purchase.payments p on p.id = r.payment_id
         where r.currency <> p.currency or r.order_id <> p.order_id or (r.scope = 'payment') <> (p.purpose = 'returned')
            or (r.scope = 'payment' and r.amount_minor <> p.amount_minor)
         union all
         select p.id::text from purchase.payments p
         left join purchase.refunds r on r.payment_id = p.id and r.state <> 'withdrawn'
         group by p.id having coalesce(sum(r.amount_minor - r.credit_minor), 0) <> p.refunded_minor or p.refunded_minor > p.amount_minor",
    ),
    check(
        "no refund waits or was refused",
        "select id::text || ' ' || state as wrong from purchase.refunds
         where state not in ('succeeded', 'withdrawn', 'settled_otherwise')",
    ),
    check(
        "no attempt to pay is open for an order that is settled",
        "select o.reference as wrong from purchase.attempts a join purchase.orders o on o.id = a.order_id
         where a.state = 'open' and o.state <> 'pending'",
    ),
    check("no webhook waits", "select id as wrong from purchase.webhook_events where state = 'waiting'"),
    check(
        "nothing waits for a person",
        "select kind || ' ' || object_id as wrong from purchase.quarantine where resolved_at is null",
    ),
    check(
        "the provider's payments are ours, and so is what it gave back",
        "select coalesce(theirs.payment_intent, ours.payment_intent) as wrong
         from jsonb_to_recordset(current_setting('audit.provider')::jsonb -> 'payments')
           as theirs (payment_intent text, amount bigint, refunded bigint)
         full join (select p.payment_intent, p.amount_minor, coalesce(sum(r.amount_minor - r.credit_minor), 0) as refunded
                    from purchase.payments p
                    left join purchase.refunds r on r.payment_id = p.id and r.state = 'succeeded'
                    group by p.id) ours on ours.payment_intent = theirs.payment_intent
         where ours.amount_minor is distinct from theirs.amount or ours.refunded is distinct from theirs.refunded",
    ),
    check(
        "the ledger sums to zero",
        "select currency || ' ' || sum(amount_minor) as wrong from purchase.ledger_entries
         group by currency having sum(amount_minor) <> 0",
    ),
    check(
        "each transaction of the ledger sums to zero",
        "select t.source || ' ' || t.source_id as wrong from purchase.ledger_transactions t
         left join purchase.ledger_entries e on e.transaction_id = t.id
         group by t.id having coalesce(sum(e.amount_minor), -1) <> 0 or count(distinct e.currency) <> 1",
    ),
    check(
        "each payment and each refund is booked once",
        "select source || ' ' || source_id as wrong from purchase.ledger_transactions
         group by source, source_id having count(*) <> 1
         union all
         select 'unbooked ' || moved.id from (
           select 'payment' as source, id from purchase.payments
           union all select 'refund', id from purchase.refunds where state = 'succeeded' and amount_minor > 0) moved
         where not exists (select from purchase.ledger_transactions t
                           where t.source = moved.source and t.source_id = moved.id)",
    ),
    check(
        "what is booked is what was paid and given back",
        "select t.source || ' ' || t.source_id as wrong from purchase.ledger_transactions t
         join (select 'payment' as source, id, amount_minor from purchase.payments
               union all select 'refund', id, credit_minor - amount_minor from purchase.refunds where payment_id is not null) moved
           on moved.source = t.source and moved.id = t.source_id
         left join purchase.ledger_entries e on e.transaction_id = t.id and e.account = 'stripe_clearing'
         group by t.id, moved.amount_minor having coalesce(sum(e.amount_minor), 0) <> moved.amount_minor",
    ),
    check(
        "what was handed back at the venue is booked where it came from, and nothing of it at the provider",
        "select r.id::text as wrong from purchase.refunds r join purchase.orders o on o.id = r.order_id
         left join purchase.ledger_transactions t on t.source = 'refund' and t.source_id = r.id
         left join purchase.ledger_entries e on e.transaction_id = t.id and e.account = o.channel
         where r.payment_id is null and r.state = 'succeeded' and r.credit_minor = 0
         group by r.id, o.total_minor
         having coalesce(sum(e.amount_minor), 0) <> -r.amount_minor or (o.total_minor = 0 and r.amount_minor > 0)",
    ),
    check(
        "what staff settled otherwise is booked once, nothing of it at the provider, and stands in the audit log",
        "select r.id::text as wrong from purchase.refunds r
         left join purchase.ledger_transactions t on t.source = 'refund_otherwise' and t.source_id = r.id
         left join purchase.ledger_entries e on e.transaction_id = t.id
           and e.account = case r.settled_how when 'cash' then 'cash_at_venue' else 'bank_transfer' end
         where r.state = 'settled_otherwise'
         group by r.id having count(distinct t.id) <> 1 or coalesce(sum(e.amount_minor), 0) <> r.credit_minor - r.amount_minor
             or not exists (select from purchase.audit_log l where l.action = 'refund.settled_otherwise'
                              and l.target = r.id::text and l.reason is not null)",
    ),
    check(
        "what is left of all credits is what the books owe, and of each what its orders leave",
        "select 'books' as wrong from (select
           coalesce((select sum(balance_minor) from purchase.credits), 0)
           + coalesce((select sum(amount_minor) from purchase.credit_uses where state = 'held'), 0)
           + coalesce((select sum(amount_minor) from purchase.ledger_entries where account = 'credits'), 0) as differs) d
         where differs <> 0
         union all
         select 'lapsed' from (select coalesce((select sum(lapsed_minor) from purchase.credits), 0)
           + coalesce((select sum(amount_minor) from purchase.ledger_entries where account = 'lapsed_credits'), 0) as differs) l
         where differs <> 0
         union all
         select c.id::text from purchase.credits c
         left join purchase.credit_uses u on u.credit_id = c.id and u.state <> 'freed'
         group by c.id having c.amount_minor - c.balance_minor - c.lapsed_minor <> coalesce(sum(u.amount_minor - u.returned_minor), 0)",
    ),
    check(
        "the ledger holds what the provider holds",
        "select 'ledger ' || coalesce(ours.amount, 0) || ', provider ' || coalesce(theirs.amount, 0) as wrong
         from (select e.currency, sum(e.amount_minor) as amount from purchase.ledger_entries e
               join purchase.ledger_transactions t on t.id = e.transaction_id
               where e.account = 'stripe_clearing' and t.order_id is not null group by e.currency) ours
         full join (select currency, captured - refunded - disputed - dispute_fees as amount
                    from jsonb_to_recordset(current_setting('audit.provider')::jsonb -> 'money')
                      as m (currency text, captured bigint, refunded bigint, disputed bigint, dispute_fees bigint)) theirs
           using (currency)
         where coalesce(ours.amount, 0) <> coalesce(theirs.amount, 0)",
    ),
    check(
        "the provider's disputes are ours, as they stand there",
        "select coalesce(theirs.id, ours.stripe_dispute) as wrong
         from jsonb_to_recordset(current_setting('audit.provider')::jsonb -> 'disputes')
           as theirs (id text, status text, amount bigint, net bigint)
         full join purchase.disputes ours on ours.stripe_dispute = theirs.id
         where ours.status is distinct from theirs.status or ours.amount_minor is distinct from theirs.amount
            or -(ours.taken_minor + ours.fees_minor) is distinct from theirs.net",
    ),
    check(
        "what a dispute moved is booked, each movement once",
        "select coalesce(d.order_id, b.order_id)::text as wrong
         from (select order_id, sum(movements) as moved, sum(taken_minor + fees_minor) as gone
               from purchase.disputes group by order_id) d
         full join (select t.order_id, count(distinct t.id) as moved, -sum(e.amount_minor) as gone
                    from purchase.ledger_transactions t
                    join purchase.ledger_entries e on e.transaction_id = t.id and e.account = 'stripe_clearing'
                    where t.source = 'dispute' group by t.order_id) b on b.order_id = d.order_id
         where coalesce(d.moved, 0) <> coalesce(b.moved, 0) or coalesce(d.gone, 0) <> coalesce(b.gone, 0)",
    ),
    check(
        "tickets are frozen while a bank has their money, and no others",
        "select t.id::text as wrong from purchase.tickets t
         left join (with taken as (
                      select d.order_id from purchase.disputes d
                      join purchase.payments p on p.id = d.payment_id and p.purpose = 'order'
                      where d.status in ('needs_response', 'under_review', 'lost', 'prevented'))
                    select order_id from taken
                    union select x.id from taken join purchase.tickets first on first.order_id = taken.order_id
                    join purchase.orders x on x.exchanges = first.id and x.paid_at is not null) held
           on held.order_id = t.order_id
         where (t.state = 'disputed' and held.order_id is null) or (t.state = 'valid' and held.order_id is not null)",
    ),
    check(
        "what pays for a ticket that another was exchanged for is not given back before that one",
        "select o.reference as wrong from purchase.orders o
         left join purchase.credit_uses u on u.order_id = o.id and u.state = 'used'
         where o.total_minor + coalesce(u.amount_minor, 0) > 0
           and exists (select from purchase.tickets t join purchase.order_lines l on l.id = t.order_line_id and l.unit_minor > 0
                       join purchase.orders x on x.exchanges = t.id and x.paid_at is not null
                       join purchase.tickets n on n.order_id = x.id and n.state in ('valid', 'blocked', 'disputed')
                       where t.order_id = o.id)
           and o.total_minor + coalesce(u.amount_minor, 0) <= (select coalesce(sum(r.amount_minor), 0) from purchase.refunds r
                                 where r.order_id = o.id and r.scope <> 'payment' and r.state <> 'withdrawn'
                                   and r.reason not in ('night_cancelled', 'at_stripe'))",
    ),
    check(
        "what was given away is booked beside what was earned",
        "select o.reference as wrong from purchase.orders o
         join purchase.order_lines l on l.order_id = o.id and l.kind = 'ticket'
         join purchase.ticket_types k on k.id = l.ticket_type_id and k.price_minor > 0
         left join purchase.ledger_transactions t on t.source = 'comp' and t.source_id = o.id
         where o.channel = 'comp' and t.id is null
         union all
         select t.source_id::text from purchase.ledger_transactions t
         join purchase.ledger_entries e on e.transaction_id = t.id
         where (t.source = 'comp') <> (e.account in ('comps', 'revenue_comps'))",
    ),
    check(
        "what is compared with the provider is what the ledger and the provider's lists say",
        "select order_id || ' ' || currency as wrong from (
           select order_id, currency, ledger_minor, stripe_minor from purchase.order_books
           union all select t.order_id, e.currency, -e.amount_minor, 0 from purchase.ledger_entries e
             join purchase.ledger_transactions t on t.id = e.transaction_id
             where e.account = 'stripe_clearing' and t.order_id is not null
           union all select order_id, currency, 0, -amount_minor from purchase.stripe_movements
             where order_id is not null) sides
         group by order_id, currency having sum(ledger_minor) <> 0 or sum(stripe_minor) <> 0",
    ),
    check(
        "guests are owed nothing",
        "select currency || ' ' || sum(amount_minor) as wrong from purchase.ledger_entries
         where account = 'owed_to_guests' group by currency having sum(amount_minor) <> 0",
    ),
    check(
        "what was earned is what the orders cost less what went back",
        "select 'ledger ' || earned.amount || ', orders ' || cost.amount || ', back ' || back.amount as wrong
         from (select coalesce(-sum(amount_minor), 0) as amount from purchase.ledger_entries
               where account in ('ticket_revenue', 'service_fees', 'tax', 'refunds')) earned,
              (select coalesce(sum(o.total_minor + coalesce(u.amount_minor, 0)), 0) as amount from purchase.orders o
               left join purchase.credit_uses u on u.order_id = o.id where o.paid_at is not null) cost,
              (select coalesce(sum(amount_minor), 0) as amount from purchase.refunds
               where scope <> 'payment' and state in ('succeeded', 'settled_otherwise')) back
         where earned.amount <> cost.amount - back.amount",
    ),
];
