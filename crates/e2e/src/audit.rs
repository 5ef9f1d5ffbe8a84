//! The checks that run after every fault: what must hold at any quiet point (`reliability`: I1–I6, I8).
//!
//! Each check is a statement that lists what is wrong; nothing listed is right. They look at all three schemas with the
//! owner's eyes, which no service can.

use crate::{
    sandbox,
    wait::{PATIENCE, until},
};
use anyhow::{Context, Result};
use devstack::Stack;
use diesel::{QueryableByName, sql_query, sql_types::Text};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};

/// What is wrong, one line each, by statement.
const CHECKS: &[(&str, &str)] = &[
    (
        "the counters of the stock are what the orders say",
        "select s.ticket_type_id::text as wrong from purchase.stock s left join lateral (
           select coalesce(sum(l.quantity) filter (where o.state = 'pending'), 0) as held,
                  coalesce(sum(l.quantity) filter (where o.state = 'paid'), 0) as sold
           from purchase.order_lines l join purchase.orders o on o.id = l.order_id
           where l.kind = 'ticket' and l.ticket_type_id = s.ticket_type_id) r on true
         where s.held <> r.held or s.sold <> r.sold",
    ),
    (
        "a paid order has exactly its tickets, any other none that is valid",
        "select o.reference as wrong from purchase.orders o
         join purchase.order_lines l on l.order_id = o.id and l.kind = 'ticket'
         left join purchase.tickets t on t.order_line_id = l.id
         group by o.id, l.id
         having count(t.id) <> case when o.state = 'paid' then l.quantity else count(t.id) end
             or (o.state <> 'paid' and count(t.id) filter (where t.state = 'valid') > 0)",
    ),
    (
        "each captured payment stands for a paid order or goes back",
        "select p.payment_intent as wrong from purchase.payments p
         join purchase.orders o on o.id = p.order_id
         left join purchase.refunds r on r.payment_id = p.id and r.state = 'succeeded'
         where (p.purpose = 'order' and o.state <> 'paid' and r.id is null)
            or (p.purpose = 'returned' and r.id is null)",
    ),
    (
        "the ledger sums to zero",
        "select currency || ' ' || sum(amount_minor) as wrong from purchase.ledger_entries
         group by currency having sum(amount_minor) <> 0",
    ),
    (
        "each payment and each refund is booked once",
        "select source || ' ' || source_id as wrong from purchase.ledger_transactions
         group by source, source_id having count(*) <> 1
         union all
         select 'unbooked ' || p.id from purchase.payments p where not exists
           (select from purchase.ledger_transactions t where t.source_id = p.id)",
    ),
    (
        "each paid order has one confirmation, and it was sent",
        "select o.reference as wrong from purchase.orders o
         left join marketing_admin.emails e on e.order_id = o.id and e.template = 'order_paid'
         where o.paid_at is not null group by o.id
         having count(e.id) <> 1 or count(e.id) filter (where e.state = 'sent') <> 1",
    ),
    (
        "the door knows every ticket as it is",
        "select t.id::text as wrong from purchase.tickets t
         left join scanner.admissions a on a.ticket_id = t.id
         where a.ticket_id is null or a.revision <> t.revision or a.status <> t.state",
    ),
    (
        "the owner's figures are what was sold",
        "select coalesce(f.event_id, s.event_id)::text as wrong from marketing_admin.event_figures f
         full join (select event_id, sum(total_minor) as gross, count(*) as orders from purchase.orders
                    where paid_at is not null group by event_id) s on s.event_id = f.event_id
         where coalesce(f.gross_minor, 0) <> coalesce(s.gross, 0) or coalesce(f.orders, 0) <> coalesce(s.orders, 0)",
    ),
    ("no message waits", "select subject as wrong from purchase.outbox where sent_at is null"),
    ("no message was given up", "select subject as wrong from scanner.dead_letters"),
    ("no mail was given up", "select reference as wrong from marketing_admin.emails where state = 'dead'"),
];

#[derive(Debug, QueryableByName)]
struct Wrong {
    #[diesel(sql_type = Text)]
    wrong: String,
}

#[derive(Debug, QueryableByName)]
struct Sum {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    sum: i64,
}

/// Waits until everything holds.
///
/// # Panics
/// With all that is still wrong when a person's patience is at its end.
pub async fn holds(stack: &Stack) {
    let deadline = tokio::time::Instant::now() + PATIENCE;
    let wrong = until("all invariants hold", PATIENCE * 2, || async {
        match faults(stack).await {
            Ok(faults) if faults.is_empty() => Some(Vec::new()),
            Ok(faults) if tokio::time::Instant::now() > deadline => Some(faults),
            Err(fault) if tokio::time::Instant::now() > deadline => Some(vec![format!("{fault:#}")]),
            _ => None,
        }
    })
    .await;
    assert_eq!(wrong, Vec::<String>::new(), "{}", stack.log(devstack::Service::Purchase));
}

/// All that is wrong now.
///
/// # Errors
/// When the database or the sandbox does not answer.
pub async fn faults(stack: &Stack) -> Result<Vec<String>> {
    let mut conn = AsyncPgConnection::establish(&stack.database.admin_url()).await?;
    let mut faults = Vec::new();
    for (name, statement) in CHECKS {
        let wrong: Vec<Wrong> =
            sql_query(*statement).load(&mut conn).await.with_context(|| (*name).to_owned())?;
        faults.extend(wrong.iter().map(|w| format!("{name}: {}", w.wrong)));
    }
    let ours: Sum = sql_query(
        "select coalesce(sum(amount_minor), 0)::bigint as sum from purchase.ledger_entries where account = 'stripe_clearing'",
    )
    .get_result(&mut conn)
    .await?;
    let state = sandbox::state(stack).await?;
    let money = &state["money"]["eur"];
    let theirs = money["captured"].as_i64().unwrap_or(0) - money["refunded"].as_i64().unwrap_or(0);
    if ours.sum != theirs {
        faults.push(format!("the ledger says {} cents, the provider {theirs}", ours.sum));
    }
    Ok(faults)
}

/// Counts rows of a statement `select count(*) as sum …`.
///
/// # Errors
/// When the database refuses it.
pub async fn count(stack: &Stack, statement: &str) -> Result<i64> {
    let mut conn = AsyncPgConnection::establish(&stack.database.admin_url()).await?;
    Ok(sql_query(statement).get_result::<Sum>(&mut conn).await?.sum)
}
