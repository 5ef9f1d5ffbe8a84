//! The books cannot be bent, not even by us.

use crate::stage::Stage;
use db::DbError;
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};

async fn paid() -> Stage {
    let stage = Stage::open().await;
    let order = stage.order(0, 1).await;
    stage.pay(&order, "4242424242424242").await;
    stage.until(&order, "paid").await;
    stage
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_that_does_not_sum_to_zero_is_refused() {
    let stage = paid().await;
    let db = stage.purchase.clone();
    for entries in [
        "",
        "INSERT INTO ledger_entries VALUES (t, 0, 'stripe_clearing', 'EUR', 5);",
        "INSERT INTO ledger_entries VALUES (t, 0, 'stripe_clearing', 'EUR', 5), (t, 1, 'ticket_revenue', 'USD', -5);",
    ] {
        let mut conn = db.conn().await.expect("a connection");
        let refused = conn
            .batch_execute(&format!(
                "DO $$ DECLARE t uuid := gen_random_uuid(); BEGIN
                   INSERT INTO ledger_transactions SELECT t, 'refund', gen_random_uuid(), o.id, now() FROM orders o; {entries}
                 END $$"
            ))
            .await;
        let error = DbError::from(refused.expect_err("unbalanced"));
        assert!(matches!(error, DbError::Check { .. }), "{entries}: {error:?}");
    }
    assert_eq!(stage.count("SELECT count(*) FROM ledger_transactions").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_booked_stays_booked() {
    let stage = paid().await;
    let (service, admin) = (stage.purchase.clone(), stage.admin.clone());
    for change in [
        "UPDATE ledger_entries SET amount_minor = 1",
        "DELETE FROM ledger_entries",
        "TRUNCATE ledger_entries",
        "UPDATE ledger_transactions SET booked_at = now()",
        "DELETE FROM ledger_transactions",
    ] {
        let mut conn = service.conn().await.expect("a connection");
        let refused = diesel::sql_query(change).execute(&mut *conn).await.expect_err(change);
        assert!(refused.to_string().contains("permission denied"), "{change}: {refused}");
        // The trigger stands behind the grant: a stronger role meets it too.
        let mut conn = admin.conn().await.expect("a connection");
        let refused =
            conn.batch_execute(&format!("SET search_path = purchase; {change}")).await.expect_err(change);
        assert!(refused.to_string().contains("append-only"), "{change}: {refused}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_booked_twice() {
    let stage = paid().await;
    let mut conn = stage.admin.conn().await.expect("a connection");
    let again = "SET search_path = purchase; INSERT INTO ledger_transactions
        SELECT gen_random_uuid(), source, source_id, order_id, now() FROM ledger_transactions";
    let error = DbError::from(conn.batch_execute(again).await.expect_err("twice"));
    assert_eq!(error.constraint(), Some("ledger_transactions_source"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_services_role_is_refused_elsewhere() {
    let stage = Stage::open().await;
    let db = stage.purchase.clone();
    for forbidden in [
        "SELECT count(*) FROM scanner.outbox",
        "SELECT count(*) FROM marketing_admin.outbox",
        "DELETE FROM orders",
        "DELETE FROM tickets",
        "UPDATE ticket_transfers SET to_email = 'eve@example.org'",
        "DELETE FROM ticket_transfers",
        "UPDATE ticket_shares SET to_email = 'eve@example.org'",
        "TRUNCATE ticket_shares",
        "CREATE TABLE purchase.mine (id int)",
    ] {
        let mut conn = db.conn().await.expect("a connection");
        let refused = diesel::sql_query(forbidden).execute(&mut *conn).await.expect_err(forbidden);
        assert!(refused.to_string().contains("permission denied"), "{forbidden}: {refused}");
    }
}
