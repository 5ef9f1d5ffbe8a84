//! A service loses all that the others have told it. The comparison with its owners brings everything back, row by row as it was.

use super::*;
use diesel::{QueryableByName, sql_query, sql_types::Text};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use serde_json::json;

/// What the ticket site knows of nights.
const CATALOG: &[&str] = &["stock", "ticket_types", "events"];
/// What the door knows of nights and tickets. Whom it let in is its own.
const DOOR: &[&str] = &["search_words", "admissions", "gates", "ticket_types", "zones", "events"];
/// What the desk knows of sales and of the door, and the figures that it makes of them.
const DESK: &[&str] =
    &["sold_tickets", "orders", "order_refunds", "scans", "event_figures", "ticket_type_figures"];

#[derive(Debug, QueryableByName)]
struct Rows {
    #[diesel(sql_type = Text)]
    rows: String,
}

/// Every row of some tables, as text. When a ticket changed is left out of the door's: where it took one back ahead of the owner's word
/// it has written down its own moment, and the owner tells another. So is when it heard of a night, and in which transaction of its own.
async fn rows(stack: &Stack, schema: &str, tables: &[&str]) -> Result<Vec<String>> {
    let mut conn = AsyncPgConnection::establish(&stack.database.admin_url()).await?;
    let mut all = Vec::new();
    for table in tables {
        let unlike = match (schema, *table) {
            ("scanner", "admissions") => "{changed_at, changed_xid}",
            ("scanner", "events") => "{heard_at}",
            _ => "{}",
        };
        let read = format!(
            "select coalesce(string_agg(line, E'\\n' order by line), '') as rows
             from (select (to_jsonb(t) - '{unlike}'::text[])::text as line from {schema}.{table} t) lines"
        );
        all.push(sql_query(read).get_result::<Rows>(&mut conn).await?.rows);
    }
    Ok(all)
}

/// Empties tables and waits until all is as it was. A comparison is due each minute, and asks for what was missing in the one before
/// as well; here, now.
async fn lost_and_healed(stack: &Stack, schema: &str, tables: &[&str]) -> Result<()> {
    let before = rows(stack, schema, tables).await?;
    for (table, rows) in tables.iter().zip(&before) {
        assert!(!rows.is_empty(), "{schema}.{table} has something to lose");
    }
    let lose: String = tables.iter().map(|table| format!("delete from {schema}.{table};")).collect();
    audit::change(stack, &format!("begin; {lose} commit")).await?;
    let due = format!("update {schema}.missing set ask_at = now()");
    let mut last = Vec::new();
    let deadline = tokio::time::Instant::now() + PATIENCE;
    while last != before && tokio::time::Instant::now() < deadline {
        audit::change(stack, &due).await?;
        // A service that has just lost everything may be busy; it is asked again.
        let _ = stack.magueyctl(&["reconcile"]).await;
        last = rows(stack, schema, tables).await?;
    }
    assert_eq!(last, before, "{schema} has everything back as it was");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_service_was_told_comes_back_row_by_row() -> Result<()> {
    let night = Night::open_now();
    let (stack, _) = on_sale_with(&night).await?;
    audit::holds(&stack).await;
    lost_and_healed(&stack, "purchase", CATALOG).await?;
    let guest = Guest::new(&stack)?;
    let event = guest.event(&night.slug).await;

    let (_, order) = guest.buy(&event, 2).await?;
    let other = Guest::new(&stack)?;
    let (placed, _) = other.buy(&event, 1).await?;
    audit::holds(&stack).await;
    let desk = Desk::sign_in(&stack, StaffRole::Owner).await?;
    let wish = json!({"key": "back", "reason": "a test", "anyway": false});
    let path = format!("/api/v1/orders/{}/refunds", placed.reference);
    desk.post(&path, &wish).await?.error_for_status()?;
    other.order_becomes(&placed, "refunded").await;
    let door = Door::open(&stack, &event).await?;
    let codes = codes(&order);
    assert_eq!(door.admits(&codes[0]).await["decision"], "admit");
    audit::holds(&stack).await;

    lost_and_healed(&stack, "scanner", DOOR).await?;
    assert_eq!(door.scan(&codes[0]).await?["reason"], "already_inside");
    assert_eq!(door.scan(&codes[1]).await?["decision"], "admit");
    audit::holds(&stack).await;

    lost_and_healed(&stack, "marketing_admin", DESK).await?;
    audit::holds(&stack).await;
    assert_eq!(guest.mails().await?.len(), 1, "what is told anew is not mailed anew");
    Ok(())
}
