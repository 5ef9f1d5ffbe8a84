//! A scan has found a ticket good and has not written its entry when its guest gives it back. The door's lock keeps the two apart:
//! who is let in keeps no money. And the proof that the races of `refunds.rs` can fail: without the lock both succeed.

use super::*;
use chrono::TimeDelta;
use diesel_async::SimpleAsyncConnection;
use domain::clock::{Clock, SystemClock};

/// Entries wait for a word of the test before they are written, longer than a service waits for a lock.
const HESITATE: &str = "
    create function scanner.hesitate() returns trigger language plpgsql set lock_timeout = 0 as
      $$ begin perform pg_catalog.pg_advisory_xact_lock_shared(4242); return new; end $$;
    create trigger hesitate before insert on scanner.entries for each row execute function scanner.hesitate()";

/// Entries that wait for the test's word.
const HESITATES: &str =
    "select count(*) as sum from pg_locks where locktype = 'advisory' and objid = 4242 and not granted
    and database = (select oid from pg_database where datname = current_database())";
/// Whoever waits for another lock of that kind: purchase's question, behind the scan.
const ASKS: &str =
    "select count(*) as sum from pg_locks where locktype = 'advisory' and objid <> 4242 and not granted
    and database = (select oid from pg_database where datname = current_database())";
/// Codes that went bad because their money goes back.
const WENT_BAD: &str = "select count(*) as sum from scanner.admissions where status = 'refunded'";

#[tokio::test(flavor = "multi_thread")]
async fn without_the_doors_lock_a_guest_is_inside_and_has_the_money() -> Result<()> {
    // Early entry: the door admits already, and the time for giving back is not over.
    let starts_at = SystemClock.now() + TimeDelta::minutes(30);
    let night = Night { starts_at, gives_back_until: Some(starts_at), ..Night::open_now() };
    let (mut stack, event) = on_sale_with(&night).await?;
    let door = Door::open(&stack, &event).await?;
    audit::change(&stack, HESITATE).await?;
    let guarded = Box::pin(one_moment(&stack, &event, &door, ASKS)).await?;
    assert_eq!(guarded, (true, false), "inside, and the money stays");
    audit::holds(&stack).await;

    stack.database.without_advisory_locks().await;
    // Connections that stand keep the functions that they have found.
    stack.stop(Service::Scanner);
    stack.start_service(Service::Scanner).await?;
    let unguarded = Box::pin(one_moment(&stack, &event, &door, WENT_BAD)).await?;
    assert_eq!(unguarded, (true, true), "the moment is no test");
    until("the audit names it", PATIENCE, || async {
        let faults = audit::faults(&stack).await.ok()?;
        faults.iter().any(|fault| fault.starts_with("nobody came in with a ticket whose money")).then_some(())
    })
    .await;
    Ok(())
}

/// Says whether the guest came in, and whether the money goes. The entry is written once `asked` counts anything.
async fn one_moment(stack: &Stack, event: &Value, door: &Door, asked: &str) -> Result<(bool, bool)> {
    let guest = Guest::new(stack)?;
    let (placed, order) = guest.buy(event, 1).await?;
    let ticket = order["tickets"][0]["id"].as_str().unwrap_or_default();
    counts(stack, &format!("select count(*) as sum from scanner.admissions where ticket_id = '{ticket}'"))
        .await;
    let mut test = audit::open(stack).await?;
    test.batch_execute("select pg_catalog.pg_advisory_lock(4242)").await?;
    let code = codes(&order).remove(0);
    let back = async {
        counts(stack, HESITATES).await;
        guest.give_back(&placed).await
    };
    let word = async {
        counts(stack, asked).await;
        test.batch_execute("select pg_catalog.pg_advisory_unlock(4242)").await
    };
    let (scan, back, word) = tokio::join!(door.scan(&code), back, word);
    word?;
    Ok((scan?["decision"] == "admit", back?))
}

/// Waits until a statement counts something.
async fn counts(stack: &Stack, statement: &str) {
    until(statement, PATIENCE, || async {
        let found = audit::count(stack, statement).await.ok()?;
        (found > 0).then_some(())
    })
    .await;
}
