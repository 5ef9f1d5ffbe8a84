//! Who audits the audit: each of its checks is shown a wrong row, and names it.

mod tables;

use anyhow::{Context, Result};
use devstack::{Service, Stack, StackOptions, StaffRole};
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use e2e::{
    audit,
    desk::{Desk, Night},
    door::Door,
    guest::{Guest, codes},
};

/// A party in line for what was bought, in a state.
macro_rules! in_line {
    ($state:literal) => {
        concat!(
            "insert into purchase.waitlist (id, event_id, ticket_type_id, state, name, email, language, party, places,
                                            joined_at, offered_at, offered_until, stock_ids, order_id, settled_at)
             select gen_random_uuid(), o.event_id, l.ticket_type_id, ",
            $state,
            ", 'Ana', gen_random_uuid() || '@example.org', 'en', 1, 1, now() - interval '1 hour', now(),
               now() + interval '1 hour', l.stock_ids, case when ",
            $state,
            " = 'claimed' then o.id end, case when ",
            $state,
            " = 'claimed' then now() end
             from purchase.orders o join purchase.order_lines l on l.order_id = o.id and l.kind = 'ticket';"
        )
    };
}

/// A guest list entry of two for what was bought, of whom the door was asked at a time.
macro_rules! listed {
    ($asked:literal) => {
        concat!(
            "insert into purchase.guest_list (id, event_id, order_id, note, party, wanted, admit_until, added_at, asked_at, next_try_at)
             select gen_random_uuid(), event_id, id, '', 2, 1, now(), now(), ",
            $asked,
            ", ",
            $asked,
            " from purchase.orders"
        )
    };
}

/// A refund of a scope and an amount of what was paid, which nobody else has heard of: made at the provider, unless its state is
/// another.
macro_rules! refund {
    ($id:literal, $scope:literal, $amount:literal) => {
        refund!($id, $scope, $amount, "'succeeded'", "'re_1'", "now()")
    };
    ($id:literal, $scope:literal, $amount:literal, $state:literal, $at_stripe:literal, $settled:literal) => {
        concat!(
            "insert into purchase.refunds (id, payment_id, order_id, scope, amount_minor, currency, reason, state, stripe_refund,
                                           next_try_at, created_at, settled_at)
             select ",
            $id,
            ", id, order_id, ",
            $scope,
            ", ",
            $amount,
            ", currency, 'staff', ",
            $state,
            ", ",
            $at_stripe,
            ", now(), now(), ",
            $settled,
            " from purchase.payments;"
        )
    };
}

/// The second ticket went back, after somebody else got it in a way.
macro_rules! went_back_after {
    ($way:literal) => {
        concat!(
            $way,
            refund!("order_id", "'tickets'", "amount_minor / 2"),
            "insert into purchase.refund_tickets (refund_id, ticket_id)
             select order_id, id from purchase.tickets where ordinal = 2"
        )
    };
}

/// A mistake for each check, by the check's name.
const MISTAKES: &[(&str, &str)] = &[
    (
        "the counters of the stock are what the orders and the open offers of the line say",
        // The offer's places were not taken.
        in_line!("'offered'"),
    ),
    (
        "an offer is one order of its own night and guest, of no more than was held for it",
        concat!(in_line!("'claimed'"), "update purchase.waitlist set email = 'else@example.org'"),
    ),
    (
        "no offer of the line is open past its time",
        concat!(in_line!("'offered'"), "update purchase.waitlist set offered_at = now() - interval '2 hours',
                offered_until = now() - interval '1 hour'"),
    ),
    (
        "an entry of the guest list is a gift with a ticket for each head, until its cut-off",
        listed!("null"),
    ),
    (
        "a promoter brings the guests that are on the list, and no more than the allotment",
        "insert into purchase.guest_list_allotments (event_id, promoter_key, promoter, taken)
         values (gen_random_uuid(), 'dj', 'DJ', 3)",
    ),
    (
        "nobody who left the guest list waits for the door's word",
        listed!("now() - interval '1 hour'"),
    ),
    (
        "no more is held and sold than there is, and there is what the club wants or has sold already",
        "alter table purchase.stock drop constraint stock_never_oversold;
         update purchase.stock set asked_capacity = 1, capacity = 1",
    ),
    (
        "no more tickets are valid than there are places",
        "alter table purchase.stock drop constraint stock_never_oversold;
         update purchase.stock set asked_capacity = 1, capacity = 1",
    ),
    (
        "a paid order has exactly its tickets, any other none that is valid",
        "delete from purchase.tickets where ordinal = 2",
    ),
    (
        "a revoked ticket was passed on, to one that stands in its place",
        "update purchase.tickets set state = 'revoked' where ordinal = 2",
    ),
    ("a ticket is one of its order's line", "update purchase.tickets set ordinal = 3 where ordinal = 2"),
    (
        "what was exchanged is gone with its place, for one ticket of the same night and guest",
        "update purchase.orders set exchanges = (select id from purchase.tickets where ordinal = 1)",
    ),
    (
        "what pays for a ticket that another was exchanged for is not given back before that one",
        concat!(
            "update purchase.orders set exchanges = (select id from purchase.tickets where ordinal = 1);",
            refund!("gen_random_uuid()", "'amount'", "amount_minor")
        ),
    ),
    (
        "a promo is taken as often as orders use it",
        "insert into purchase.promos (id, revision, off, currency, ticket_type_ids, minimum_minor, single_use, promoter,
                                      active, taken, changed_at)
         values (gen_random_uuid(), 1, '{\"minor\": 1}', 'EUR', '{}', 0, false, '', true, 1, now())",
    ),
    ("an order costs what its lines cost", "update purchase.orders set total_minor = total_minor - 1"),
    ("a key stands for an order, and every order was asked for with one", "delete from purchase.checkout_requests"),
    (
        "what staff settled otherwise is booked once, nothing of it at the provider, and stands in the audit log",
        "insert into purchase.refunds (id, order_id, scope, amount_minor, currency, reason, state, settled_how, next_try_at,
                                       created_at, settled_at)
         select gen_random_uuid(), id, 'order', 100, currency, 'staff', 'settled_otherwise', 'cash', now(), now(), now()
         from purchase.orders",
    ),
    (
        "each captured payment stands for a paid order or goes back",
        "update purchase.payments set purpose = 'returned'",
    ),
    (
        "a paid order was paid once, and what it costs",
        "update purchase.payments set amount_minor = amount_minor - 1",
    ),
    (
        "what staff took at the venue is booked once, where they have it",
        "update purchase.orders set channel = 'cash_at_venue'",
    ),
    (
        "what staff sold and gave away stands in the audit log",
        "update purchase.orders set channel = 'card_at_venue'",
    ),
    ("money that became no order goes back whole, and of none more than was paid", GIVEN_BACK),
    ("a ticket is refunded where a refund took it back", "update purchase.tickets set state = 'refunded'"),
    (
        "nobody came in with a ticket whose money went back, unless staff were told",
        "update purchase.tickets set state = 'refunded'",
    ),
    (
        "no refund waits or was refused",
        refund!("gen_random_uuid()", "'payment'", "amount_minor", "'pending'", "null", "null"),
    ),
    (
        "no attempt to pay is open for an order that is settled",
        "update purchase.attempts set state = 'open', settled_at = null",
    ),
    ("no webhook waits", "update purchase.webhook_events set state = 'waiting'"),
    (
        "nothing waits for a person",
        "insert into purchase.quarantine (id, kind, object_id, note, noted_at)
         values (gen_random_uuid(), 'dispute', 'dp_1', 'a guest disputes', now())",
    ),
    ("the provider's payments are ours, and so is what it gave back", "update purchase.payments set payment_intent = 'pi_1'"),
    ("the ledger sums to zero", "update purchase.ledger_entries set amount_minor = amount_minor + 1 where position = 0"),
    (
        "each transaction of the ledger sums to zero",
        "delete from purchase.ledger_entries where position > 0",
    ),
    ("each payment and each refund is booked once", "delete from purchase.ledger_transactions"),
    (
        "what is booked is what was paid and given back",
        "update purchase.ledger_entries set amount_minor = amount_minor * 2",
    ),
    (
        "what was handed back at the venue is booked where it came from, and nothing of it at the provider",
        "insert into purchase.refunds (id, order_id, scope, amount_minor, currency, reason, state, next_try_at, created_at, settled_at)
         select gen_random_uuid(), id, 'order', total_minor, currency, 'staff', 'succeeded', now(), now(), now()
         from purchase.orders",
    ),
    (
        "what is left of all credits is what the books owe, and of each what its orders leave",
        "update purchase.ledger_entries set account = 'credits' where position = 0",
    ),
    ("the ledger holds what the provider holds", "update purchase.ledger_entries set amount_minor = amount_minor * 2"),
    ("the provider's disputes are ours, as they stand there", DISPUTED),
    ("what a dispute moved is booked, each movement once", DISPUTED),
    ("tickets are frozen while a bank has their money, and no others", "update purchase.tickets set state = 'disputed'"),
    (
        "what was given away is booked beside what was earned",
        "alter table purchase.orders drop constraint orders_comps_cost_nothing; update purchase.orders set channel = 'comp'",
    ),
    (
        "what is compared with the provider is what the ledger and the provider's lists say",
        "update purchase.order_books set ledger_minor = ledger_minor + 1",
    ),
    ("guests are owed nothing", "update purchase.ledger_entries set account = 'owed_to_guests' where position > 0"),
    (
        "what was earned is what the orders cost less what went back",
        "update purchase.ledger_entries set account = 'owed_to_guests' where position > 0",
    ),
    (
        "no message waits, and none is parked",
        "update scanner.outbox set sent_at = null, stream_sequence = null, failed_at = now(), error = 'too large'",
    ),
    (
        "no message was given up",
        "insert into marketing_admin.dead_letters
           (durable, message_id, subject, payload, published_at, error, attempts, died_at)
         values ('marketing_admin_order_paid', gen_random_uuid(), 'order.paid', '', now(), 'no id', 8, now())",
    ),
    (
        "nobody misses anything",
        "insert into scanner.missing (subject, aggregate, revision, ask_at) values ('ticket.changed', 't', 1, now())",
    ),
    (
        "each message has acted in each of its readers",
        "delete from marketing_admin.inbox where durable = 'marketing_admin_order_paid_email'",
    ),
    (
        "no subject is without a reader that is checked above",
        "update scanner.inbox set durable = 'scanner_stock_changed' where durable = 'scanner_event_changed'",
    ),
    ("what an owner remembers as said is the newest it said", "update purchase.said set revision = revision + 1"),
    ("the door knows every ticket as it is", "update scanner.admissions set status = 'blocked'"),
    (
        "ticket site and door know every night as the desk has it",
        "update scanner.events set revision = revision - 1",
    ),
    (
        "a ticket has one primary entry in a zone",
        "drop index scanner.entries_once;
         insert into scanner.entries (scan_id, ticket_id, zone_id, event_id, gate_id, gate_name, admitted_at)
         select gen_random_uuid(), ticket_id, zone_id, event_id, gate_id, gate_name, admitted_at from scanner.entries",
    ),
    ("each admission is an entry, and no entry is without one", "delete from scanner.entries"),
    (
        "nobody came in after the ticket's own cut-off",
        "update scanner.admissions set admit_until = now() - interval '1 day'",
    ),
    ("nobody entered without a ticket for that night and zone", "update scanner.entries set zone_id = gen_random_uuid()"),
    ("as many are inside as entered", "update scanner.occupancy set inside = inside + 1"),
    ("who was let out had come in", "update scanner.scans set direction = 'exit', zone_id = gen_random_uuid()"),
    (
        "of those who came in with one right the first has it",
        "insert into scanner.entries (scan_id, ticket_id, zone_id, event_id, gate_id, gate_name, admitted_at, is_primary)
         select gen_random_uuid(), ticket_id, zone_id, event_id, gate_id, gate_name, admitted_at - interval '1 minute', false
         from scanner.entries",
    ),
    ("who was let in against the rule stands in the audit log", "update scanner.entries set forced = true"),
    (
        "what the door undid counts nowhere",
        "insert into scanner.undos (scan_id, event_id, ticket_id, inside, reason, device, staff_id, at)
         select id, event_id, ticket_id, -1, 'by mistake', device, staff_id, now() from scanner.scans where ticket_id is not null",
    ),
    (
        "a phone's word is one scan",
        "alter table scanner.scans drop constraint scans_once; update scanner.scans set nonce = 'n'",
    ),
    (
        "every scan was told, and nothing that was none",
        "delete from scanner.outbox where aggregate = (select min(aggregate) from scanner.outbox)",
    ),
    (
        "each paid order has one confirmation, and it was sent",
        "delete from marketing_admin.emails where template = 'order_paid'",
    ),
    ("each refund was mailed once", GIVEN_BACK),
    ("who held a ticket that went back was told so, once", FRIENDS_GAVE_BACK),
    ("with whom a ticket was shared was told that it went back, once", SHARED_WENT_BACK),
    (
        "no mail waits or was given up",
        "update marketing_admin.emails set state = 'dead'",
    ),
    (
        "the desk knows of every ticket that was passed on whose order it is",
        "insert into marketing_admin.passed_on_tickets values (gen_random_uuid(), gen_random_uuid())",
    ),
    ("each mail was tried until it was sent, once", "delete from marketing_admin.email_attempts"),
    ("the mail provider has each mail once, and no other", "delete from marketing_admin.emails"),
    ("the desk has every paid order as it was paid", "update marketing_admin.orders set total_minor = total_minor + 1"),
    ("the desk has every sold ticket", "delete from marketing_admin.sold_tickets"),
    ("the desk has every refund", GIVEN_BACK),
    ("the desk has every dispute as it stands", DISPUTED),
    ("the desk has every scan as the door answered it", "update marketing_admin.scans set admitted = not admitted"),
    ("the owner's figures are what was sold", "update marketing_admin.event_figures set gross_minor = gross_minor + 1"),
    ("the owner's figures are the door's", "update marketing_admin.event_figures set inside = inside + 1"),
    (
        "the owner's figures are their own rows, counted again",
        "update marketing_admin.ticket_type_figures set sold = sold + 1",
    ),
    (
        "who was hired, what was made and what was put on sale stands in the audit log",
        "delete from marketing_admin.audit_log where action = 'event.published'",
    ),
];

/// Half of a payment went back, and nobody else has heard of it.
const GIVEN_BACK: &str = refund!("gen_random_uuid()", "'payment'", "amount_minor / 2");

/// A ticket that was passed on went back, and its holder has not heard of it.
const FRIENDS_GAVE_BACK: &str = went_back_after!(
    "
    insert into purchase.ticket_transfers (from_ticket, to_ticket, to_name, to_email, to_language, transferred_at)
    select gen_random_uuid(), id, 'Bea', 'bea@example.org', 'en', now() from purchase.tickets where ordinal = 2;"
);

/// A ticket that was shared went back, and its guest has not heard of it.
const SHARED_WENT_BACK: &str = went_back_after!(
    "
    insert into purchase.ticket_shares (id, ticket_id, to_name, to_email, to_language, shared_at)
    select gen_random_uuid(), id, 'Bea', 'bea@example.org', 'en', now() from purchase.tickets where ordinal = 2;"
);

/// A bank took a payment back, and nobody else has heard of it.
const DISPUTED: &str = "
    insert into purchase.disputes (id, stripe_dispute, payment_id, order_id, status, reason, currency, amount_minor, movements,
                                   taken_minor, fees_minor, opened_at, noted_at, changed_at)
    select gen_random_uuid(), 'dp_1', id, order_id, 'needs_response', 'fraudulent', currency, amount_minor, 1, amount_minor, 1500,
           now(), now(), now() from purchase.payments";

/// All mistakes.
fn mistakes() -> impl Iterator<Item = &'static (&'static str, &'static str)> {
    MISTAKES.iter().chain(tables::MISTAKES)
}

/// Makes a mistake that no constraint, trigger or grant of the schema lets happen, has the check look, and takes it back.
async fn names_it(conn: &mut AsyncPgConnection, check: &audit::Check, mistake: &str) -> Result<Vec<String>> {
    conn.batch_execute("begin; set local session_replication_role = replica").await?;
    conn.batch_execute(mistake).await.context(check.name)?;
    let wrong = audit::wrong(conn, check).await?;
    conn.batch_execute("rollback").await?;
    Ok(wrong)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_check_names_the_mistake_it_is_there_for() -> Result<()> {
    let mut stack = Stack::start(StackOptions::default()).await?;
    let night = Night::open_now();
    Desk::sign_in(&stack, StaffRole::Owner).await?.publish(&night).await?;
    let guest = Guest::new(&stack)?;
    let event = guest.event(&night.slug).await;
    let (_, order) = guest.buy(&event, 2).await?;
    audit::holds(&stack).await;
    let door = Door::open(&stack, &event).await?;
    door.scan(&codes(&order)[0]).await?;
    door.scan(&codes(&order)[0]).await?;
    audit::holds(&stack).await;
    // Nobody mends what is planted.
    Service::ALL.into_iter().for_each(|service| stack.stop(service));

    let mut conn = audit::open(&stack).await?;
    let mut blind = Vec::new();
    for check in audit::checks() {
        let mistake = mistakes().find(|(name, _)| *name == check.name);
        let (_, mistake) = mistake.with_context(|| format!("no mistake is planted for: {}", check.name))?;
        if names_it(&mut conn, check, mistake).await?.is_empty() {
            blind.push(check.name);
        }
        assert_eq!(audit::wrong(&mut conn, check).await?, Vec::<String>::new(), "taken back: {}", check.name);
    }
    assert_eq!(blind, Vec::<&str>::new(), "these looked away");
    assert_eq!(audit::checks().count(), mistakes().count(), "each mistake belongs to a check");
    Ok(())
}
