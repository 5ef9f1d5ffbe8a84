//! The owner's files, through the gateway: desk and ticket site mean the same by a row, and the rows are the ledger.

use anyhow::{Context, Result};
use devstack::{Stack, StackOptions, StaffRole};
use e2e::{
    audit,
    desk::{Desk, Night},
    guest::Guest,
};

/// The amounts in a column of a file whose cells hold no commas, in cents.
fn cents(file: &str, column: &str) -> Result<Vec<i64>> {
    let mut lines = file.trim_start_matches('\u{feff}').lines();
    let names = lines.next().context("a first line")?;
    let at = names.split(',').position(|name| name.trim_matches('"') == column).context("the column")?;
    let cell = |line: &str| -> Result<i64> {
        let amount = line.split(',').nth(at).context("a cell")?;
        Ok(amount.replace('.', "").parse()?)
    };
    lines.map(cell).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_files_of_a_night_are_its_ledger() -> Result<()> {
    let stack = Stack::start(StackOptions::default()).await?;
    let desk = Desk::sign_in(&stack, StaffRole::Owner).await?;
    let night = Night::open_now();
    let made = desk.publish(&night).await?;
    let id = made["id"].as_str().context("an id")?;
    let guest = Guest::new(&stack)?;
    let event = guest.event(&night.slug).await;
    guest.buy(&event, 2).await?;
    guest.buy(&event, 1).await?;
    let client = stack.client()?;
    let file = async |path: &str| {
        let call = client.get(format!("{}{path}", stack.urls.marketing)).bearer_auth(desk.token());
        let answer = call.header("accept-language", "en").send().await?.error_for_status()?;
        Ok::<_, anyhow::Error>(answer.bytes().await?)
    };
    let csv = async |what: &str| {
        let bytes = file(&format!("/admin/exports/{what}?event={id}&format=csv")).await?;
        Ok::<_, anyhow::Error>(String::from_utf8(bytes.to_vec())?)
    };
    // Of orders: what Stripe keeps and pays out is none of a night's movements.
    let ledger = "select sum(e.amount_minor)::bigint as sum from purchase.ledger_entries e
        join purchase.ledger_transactions t on t.id = e.transaction_id
        where e.account = 'stripe_clearing' and t.order_id is not null";
    let ledger = audit::count(&stack, ledger).await?;
    assert_eq!(cents(&csv("payments").await?, "Amount")?.iter().sum::<i64>(), ledger);
    assert_eq!(cents(&csv("orders").await?, "Taken")?.iter().sum::<i64>(), ledger);
    assert_eq!(cents(&csv("ledger").await?, "Amount")?.iter().sum::<i64>(), 0, "double entry");
    assert_eq!(csv("guests").await?.lines().count(), 1 + 3, "a row for each guest");
    for what in ["orders", "guests", "ledger", "payments", "promoters"] {
        let sheet = file(&format!("/admin/exports/{what}?event={id}&format=xlsx")).await?;
        assert!(sheet.starts_with(b"PK"), "{what} is a sheet");
    }
    let on_record = "select count(*) as sum from marketing_admin.audit_log where action like '%.exported'";
    assert_eq!(audit::count(&stack, on_record).await?, 9);
    Ok(())
}
