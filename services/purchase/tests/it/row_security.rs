//! A query that forgets whose order it is for shows a guest nothing of anybody else's.

use db::{Conn, DbError, Seen};
use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use reqwest::StatusCode;
use uuid::Uuid;

use crate::stage::Stage;

/// What a guest's page reads. How many rows there are, with no word of whose.
const TABLES: [&str; 9] = [
    "orders",
    "order_lines",
    "order_answers",
    "attempts",
    "payments",
    "refunds",
    "tickets",
    "ticket_transfers",
    "account_orders",
];

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

#[derive(QueryableByName)]
struct Key {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

fn of(table: &str) -> usize {
    TABLES.iter().position(|each| *each == table).expect("a table")
}

async fn count(conn: &mut Conn, table: &str) -> Result<i64, DbError> {
    let all: Count = diesel::sql_query(format!("SELECT count(*) AS n FROM {table}")).get_result(conn).await?;
    Ok(all.n)
}

async fn key(stage: &Stage, reference: &str) -> Uuid {
    let mut conn = stage.purchase.conn().await.expect("a connection");
    let found: Key = diesel::sql_query("SELECT id FROM orders WHERE reference = $1")
        .bind::<Text, _>(reference)
        .get_result(&mut *conn)
        .await
        .expect("the order");
    found.id
}

/// Rows of each table that a query without a WHERE finds: as the service, or as a guest who sees `seen`.
async fn found(stage: &Stage, seen: Option<Seen<'_>>) -> Vec<i64> {
    let counted = stage.purchase.transaction(async |conn: &mut Conn| {
        if let Some(seen) = seen {
            db::as_guest(conn, seen).await?;
        }
        let mut all = Vec::new();
        for table in TABLES {
            all.push(count(conn, table).await?);
        }
        Ok::<_, DbError>(all)
    });
    counted.await.expect("counts")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_without_its_where_sees_one_order_as_a_guest_and_all_without() {
    let stage = Stage::quiet().await;
    let (first, second) = (stage.order(1, 2).await, stage.order(1, 3).await);

    let control = found(&stage, None).await;
    assert_eq!((control[of("orders")], control[of("tickets")]), (2, 5), "the service sees both");
    for (order, places) in [(&first, 2), (&second, 3)] {
        let own = found(&stage, Some(Seen::Order(key(&stage, &order.reference).await))).await;
        assert_eq!((own[of("orders")], own[of("tickets")]), (1, places), "{}", order.reference);
        assert!(own[of("order_lines")] < control[of("order_lines")], "{own:?} of {control:?}");
    }
    assert_eq!(found(&stage, Some(Seen::Order(Uuid::nil()))).await, [0; 9], "of no order there is nothing");
    assert_eq!(found(&stage, None).await, control, "who has the connection next is the service again");
    for order in [&first, &second] {
        assert_eq!(stage.get(&order.page).await.status(), StatusCode::OK, "each has their page");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_shows_a_reference_and_no_key_yet_sees_that_orders_row_and_nothing_of_it() {
    let stage = Stage::quiet().await;
    let (first, _) = (stage.order(1, 2).await, stage.order(1, 3).await);
    let seen = found(&stage, Some(Seen::Reference(&first.reference))).await;
    assert_eq!((seen[of("orders")], seen.iter().sum::<i64>()), (1, 1), "{seen:?}");
    assert_eq!(found(&stage, Some(Seen::Reference("NOBODYS0"))).await, [0; 9]);
    assert_eq!(stage.get(&first.page).await.status(), StatusCode::OK);
    assert_eq!(stage.get(&format!("{}x", first.page)).await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_without_its_where_sees_a_guests_own_orders_and_what_was_passed_on_to_them() {
    let stage = Stage::quiet().await;
    let (bought, addressed, _) = (stage.order(1, 1).await, stage.order(1, 2).await, stage.order(1, 3).await);
    let (claimed, of_bea) = (key(&stage, &bought.reference).await, key(&stage, &addressed.reference).await);
    let account = Uuid::now_v7();
    // Bea bought one signed in and one with her address; Cleo has one of that one's tickets. The third is neither's.
    stage
        .sql(&format!(
            "INSERT INTO account_orders VALUES ('{claimed}', '{account}', now());
             INSERT INTO account_orders SELECT id, gen_random_uuid(), now() FROM orders WHERE id NOT IN ('{claimed}', '{of_bea}');
             UPDATE orders SET buyer_email = 'Bea@example.org' WHERE id = '{of_bea}';
             INSERT INTO ticket_transfers (from_ticket, to_ticket, to_name, to_email, to_language, transferred_at)
               SELECT min(id::text)::uuid, max(id::text)::uuid, 'Cleo', 'cleo@example.org', 'en', now()
                 FROM tickets WHERE order_id = '{of_bea}'"
        ))
        .await;
    let shown = async |key: Uuid, email: Option<&'static str>| {
        let seen = found(&stage, Some(Seen::Account { key, email })).await;
        ["orders", "tickets", "ticket_transfers", "account_orders"].map(|table| seen[of(table)])
    };
    let control = found(&stage, None).await;
    assert_eq!(
        ["orders", "tickets", "ticket_transfers", "account_orders"].map(|table| control[of(table)]),
        [3, 6, 1, 2],
        "the service sees all of it"
    );
    assert_eq!(shown(account, None).await, [1, 1, 0, 1], "bought signed in");
    assert_eq!(shown(account, Some("bea@example.org")).await, [2, 3, 1, 1], "and with the address");
    assert_eq!(shown(Uuid::now_v7(), Some("bea@example.org")).await, [1, 2, 1, 0], "with the address alone");
    assert_eq!(
        shown(Uuid::now_v7(), Some("cleo@example.org")).await,
        [0, 1, 1, 0],
        "one ticket, and no order"
    );
    assert_eq!(shown(Uuid::now_v7(), Some("nobody@example.org")).await, [0; 4]);
    let all = found(&stage, Some(Seen::Account { key: account, email: Some("bea@example.org") })).await;
    assert!(all[of("order_lines")] > 0 && all[of("order_lines")] < control[of("order_lines")], "{all:?}");
    assert_eq!(all[of("payments")], 0, "what no page of theirs shows is not seen");
    // The address in a line and a reminder of the sale.
    stage
        .sql(&format!(
            "INSERT INTO waitlist (id, event_id, ticket_type_id, state, name, email, language, party, places, joined_at)
               SELECT gen_random_uuid(), '{night}', '{kind}', 'waiting', 'x', who, 'en', 1, 1, now()
                 FROM unnest(ARRAY['Bea@example.org', 'ana@example.org']) who;
             INSERT INTO sale_reminders (id, event_id, guest, email, language, asked_at)
               SELECT gen_random_uuid(), '{night}', lower(who), who, 'en', now()
                 FROM unnest(ARRAY['Bea@example.org', 'ana@example.org']) who",
            night = stage.event.event_id,
            kind = stage.kind(0),
        ))
        .await;
    for (email, rows) in [("bea@example.org", 1), ("nobody@example.org", 0)] {
        let counted = stage.purchase.transaction(async |conn: &mut Conn| {
            db::as_guest(conn, Seen::Account { key: account, email: Some(email) }).await?;
            Ok::<_, DbError>((count(conn, "waitlist").await?, count(conn, "sale_reminders").await?))
        });
        assert_eq!(counted.await.expect("counts"), (rows, rows), "{email}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_who_is_nobody_sees_nothing() {
    let stage = Stage::quiet().await;
    stage.order(1, 2).await;
    let nothing = stage.purchase.transaction(async |conn: &mut Conn| {
        diesel::sql_query("SET LOCAL ROLE purchase_guest").execute(conn).await?;
        count(conn, "orders").await
    });
    assert_eq!(nothing.await.expect("a count"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_changes_nothing_and_reads_nothing_else() {
    let stage = Stage::quiet().await;
    let order = key(&stage, &stage.order(1, 2).await.reference).await;
    for statement in [
        "UPDATE orders SET buyer_name = 'x'",
        "DELETE FROM tickets",
        "INSERT INTO ticket_transfers SELECT * FROM ticket_transfers",
        "SELECT FROM audit_log",
        "SELECT FROM ledger_entries",
        "SELECT FROM accounts",
        "SELECT FROM outbox",
    ] {
        let refused = stage.purchase.transaction(async |conn: &mut Conn| {
            db::as_guest(conn, Seen::Order(order)).await?;
            diesel::sql_query(statement).execute(conn).await?;
            Ok::<_, DbError>(())
        });
        let refused = refused.await.expect_err(statement).to_string();
        assert!(refused.contains("permission denied"), "{statement}: {refused}");
    }
}
