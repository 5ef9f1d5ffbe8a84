//! What the owner and the operator do when something has not settled itself: see it, mend it, and be on record.

use crate::journeys::club::Club;
use anyhow::{Context, Result};
use devstack::{Service, Stack, StackOptions};
use diesel_async::{AsyncConnection, AsyncPgConnection, SimpleAsyncConnection};
use e2e::{
    audit,
    browser::{Browser, DESK, PHONE},
    wait::{PATIENCE, until},
};

/// As the operator of the database, which no service can be.
async fn sql(stack: &Stack, sql: &str) -> Result<()> {
    AsyncPgConnection::establish(&stack.database.admin_url())
        .await?
        .batch_execute(sql)
        .await
        .context(sql.to_owned())
}

async fn count(stack: &Stack, from: &str) -> i64 {
    audit::count(stack, &format!("select count(*) as sum from {from}")).await.unwrap_or(-1)
}

/// A message of NATS's that the door could not read: bytes that are none.
const DEAD: &str = "insert into scanner.dead_letters (durable, message_id, subject, payload, published_at, error, attempts, died_at)
     values ('scanner_ticket_changed', gen_random_uuid(), 'ticket.changed', '\\xff', now(), 'no such zone', 8, now() - interval '10 minutes')";

#[tokio::test(flavor = "multi_thread")]
async fn the_owner_finds_what_is_stuck_and_has_it_handled_again() -> Result<()> {
    let mut club = Club::open().await?;
    sql(&club.stack, DEAD).await?;
    sql(
        &club.stack,
        "insert into purchase.quarantine (id, kind, object_id, amount_minor, currency, note, noted_at)
         values (gen_random_uuid(), 'dispute', 'dp_1TestOfADispute', 4200, 'EUR', 'a dispute', now() - interval '2 hours')",
    )
    .await?;
    let browser = Browser::open(PHONE).await?;
    club.sign_in_at_desk(&browser).await?;
    club.see_dashboard(&browser).await?;
    // A neighbour that takes its time is left out at first and told of as soon as it answers.
    until("both matters are told", PATIENCE, || async {
        browser.text("#overdue").await.ok().filter(|line| line.contains("2 matters need a person"))
    })
    .await;
    club.picture(&browser, "overdue-line-phone").await?;
    browser.click("#overdue a").await?;
    browser.see("[data-kind=dead-letters]").await?;
    club.picture(&browser, "overdue-phone").await?;
    browser.resize(DESK).await?;
    club.picture(&browser, "overdue-desk").await?;
    browser.click("[data-kind=dead-letters] a").await?;
    browser.see("[data-service=scanner]").await?;
    club.picture(&browser, "dead-letters-desk").await?;
    browser.click("[data-service=scanner] button").await?;
    browser.see(".notice--good").await?;
    // The door's consumer tries again, in vain: it is no message. The letter is back with the consumer's own reason.
    until("the door has tried again", PATIENCE, || async {
        let tried = "scanner.dead_letters where attempts = 9 and replay_asked_at is null and error like 'unreadable%'";
        (count(&club.stack, tried).await == 1).then_some(())
    })
    .await;
    let row = "scanner.audit_log a join marketing_admin.staff s on s.id = a.staff_id
                where a.action = 'dead_letter.replayed' and a.actor = 'marketing-admin' and s.role = 'owner'";
    assert_eq!(count(&club.stack, row).await, 1, "the door knows who it was");

    club.stack.stop(Service::Purchase);
    browser.go(&format!("{}/admin/overdue", club.stack.urls.marketing)).await?;
    let said = browser.text("main").await?;
    assert!(
        said.contains("The ticket site can’t be asked right now") && said.contains("1 message is stuck"),
        "{said}"
    );
    club.picture(&browser, "overdue-away-desk").await?;
    browser.resize(PHONE).await?;
    browser.go(&format!("{}/admin/dead-letters", club.stack.urls.marketing)).await?;
    let said = browser.text("main").await?;
    assert!(
        said.contains("The ticket site can’t be asked right now") && said.contains("A change of a ticket"),
        "{said}"
    );
    club.picture(&browser, "dead-letters-away-phone").await?;
    browser.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_written_anew_by_who_owns_the_database_is_named_by_what_another_service_kept() -> Result<()> {
    let mut stack = Stack::start(StackOptions::default()).await?;
    let id = "00000000-0000-7000-8000-000000000001";
    sql(
        &stack,
        &format!(
            "insert into purchase.quarantine (id, kind, object_id, amount_minor, currency, note, noted_at)
             values ('{id}', 'dispute', 'dp_1', 4200, 'EUR', 'a dispute', now())"
        ),
    )
    .await?;
    stack.magueyctl(&["quarantine", "resolve", id, "--reason", "evidence sent"]).await?;
    let linked = async |stack: &Stack| {
        until("the act is linked", PATIENCE, || async {
            (count(stack, "purchase.audit_links").await > 0).then_some(())
        })
        .await;
    };
    linked(&stack).await;
    // It asks when it starts, and every hour.
    stack.stop(Service::MarketingAdmin);
    stack.start_until_ready(Service::MarketingAdmin).await?;
    until("the desk has heard of it", PATIENCE, || async {
        let kept = "marketing_admin.witnessed_heads where service = 'purchase'";
        (count(&stack, kept).await > 0).then_some(())
    })
    .await;
    let verify = ["audit", "verify", "--service", "purchase"];
    let said = stack.magueyctl(&verify).await?;
    assert!(said.contains("purchase: GOOD") && said.contains("heads that marketing_admin keeps"), "{said}");
    assert!(!said.contains("compared with 0 heads"), "{said}");

    let anew = "set session_replication_role = replica;
        update purchase.audit_log set reason = 'none';
        truncate purchase.audit_links;
        reset session_replication_role";
    sql(&stack, anew).await?;
    // The service itself links it all again: each link fits the one before.
    linked(&stack).await;
    assert!(stack.magueyctl(&verify).await.is_err(), "it was written anew, so it exits 1");
    let unheard = "set session_replication_role = replica;
        truncate marketing_admin.witnessed_heads;
        reset session_replication_role";
    sql(&stack, unheard).await?;
    stack.magueyctl(&verify).await.context("without a witness nobody sees it")?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_operator_does_is_on_record_where_it_was_done() -> Result<()> {
    let mut stack = Stack::start(StackOptions::default()).await?;
    let said = stack.magueyctl(&["refunds", "list"]).await?;
    assert!(said.contains("no refund waits"), "{said}");
    sql(
        &stack,
        "insert into purchase.quarantine (id, kind, object_id, amount_minor, currency, note, noted_at)
         values ('00000000-0000-7000-8000-000000000001', 'dispute', 'dp_1', 4200, 'EUR', 'a dispute', now())",
    )
    .await?;
    let open = stack.magueyctl(&["quarantine", "list"]).await;
    assert!(open.is_err(), "there is something to look at, so it exits 1");
    let id = "00000000-0000-7000-8000-000000000001";
    stack.magueyctl(&["quarantine", "resolve", id, "--reason", "evidence sent"]).await?;
    stack.magueyctl(&["quarantine", "list"]).await?;
    let row = "purchase.audit_log where action = 'quarantine.resolved' and actor = 'magueyctl' and reason = 'evidence sent'";
    assert_eq!(count(&stack, row).await, 1);
    let refused = stack.magueyctl(&["refunds", "retry", id, "--reason", "none such"]).await;
    assert!(refused.is_err_and(|error| error.to_string().contains("404")));
    let settle = ["refunds", "settle", id, "--how", "bank-transfer", "--reason", "none such"];
    let refused = stack.magueyctl(&settle).await;
    assert!(refused.is_err_and(|error| error.to_string().contains("404")));

    // The operator's way to dead letters works while the service is down.
    stack.stop(Service::Scanner);
    sql(&stack, DEAD).await?;
    let id = audit::count(&stack, "select max(id) as sum from scanner.dead_letters").await?.to_string();
    let again = ["dead-letters", "replay", "--service", "scanner", &id, "--reason", "zone made"];
    let said = stack.magueyctl(&again).await?;
    assert!(said.contains("1 will be tried again by scanner"), "{said}");
    assert_eq!(count(&stack, "scanner.dead_letters where replay_asked_at is not null").await, 1);
    let row = format!(
        "scanner.audit_log where action = 'dead_letter.replayed' and actor = 'magueyctl' and target = '{id}' and reason = 'zone made'"
    );
    assert_eq!(count(&stack, &row).await, 1);
    assert_eq!(count(&stack, "scanner.audit_log where action = 'dead_letter.replayed'").await, 1);
    Ok(())
}
