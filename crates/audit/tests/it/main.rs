//! The audit log against a real PostgreSQL, in all three schemas.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking, as tests do")]

mod chain;
mod witness;

use audit::Actor;
use chrono::DateTime;
use db::testing::TestDatabase;
use db::{Conn, Db, DbError, DbSettings, Owner};
use diesel::QueryableByName;
use diesel::sql_types::{Jsonb, Nullable, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use serde_json::{Value, json};
use uuid::Uuid;

#[derive(Debug, PartialEq, QueryableByName)]
struct Row {
    #[diesel(sql_type = Nullable<SqlUuid>)]
    staff_id: Option<Uuid>,
    #[diesel(sql_type = Text)]
    actor: String,
    #[diesel(sql_type = Text)]
    action: String,
    #[diesel(sql_type = Text)]
    target: String,
    #[diesel(sql_type = Text)]
    request_id: String,
    #[diesel(sql_type = Nullable<Text>)]
    reason: Option<String>,
    #[diesel(sql_type = Jsonb)]
    detail: Value,
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

async fn rows(conn: &mut Conn) -> Vec<Row> {
    diesel::sql_query("SELECT * FROM audit_log ORDER BY id").load(conn).await.unwrap()
}

fn somebody() -> Actor {
    Actor::person(Uuid::from_u128(7), "owner", "request-0001").because(" a guest asked ")
}

const CHANGES: [&str; 3] =
    ["UPDATE audit_log SET actor = 'nobody'", "DELETE FROM audit_log", "TRUNCATE audit_log"];

#[tokio::test]
async fn what_was_done_stands_as_it_was_said_in_every_schema() {
    let database = TestDatabase::create().await;
    for owner in Owner::ALL {
        let mut conn = database.db(owner).conn().await.unwrap();
        let detail = json!({"state": "cancelled"});
        audit::record(&mut conn, &somebody(), "ticket.voided", "t1", detail.clone(), DateTime::UNIX_EPOCH)
            .await
            .unwrap();
        let row = Row {
            staff_id: Some(Uuid::from_u128(7)),
            actor: "owner".into(),
            action: "ticket.voided".into(),
            target: "t1".into(),
            request_id: "request-0001".into(),
            reason: Some("a guest asked".into()),
            detail,
        };
        assert_eq!(rows(&mut conn).await, [row], "{owner}");
    }
}

#[tokio::test]
async fn an_act_that_is_rolled_back_leaves_no_row() {
    let database = TestDatabase::create().await;
    let db = database.db(Owner::Purchase);
    let undone = db
        .transaction(async |conn| {
            audit::record(conn, &somebody(), "ticket.voided", "t1", json!({}), DateTime::UNIX_EPOCH).await?;
            Err::<(), _>(DbError::NotFound)
        })
        .await;
    assert!(undone.is_err());
    assert_eq!(rows(&mut db.conn().await.unwrap()).await, []);
}

#[tokio::test]
async fn no_service_can_change_a_row_and_not_even_the_owner_of_the_table() {
    let database = TestDatabase::create().await;
    for owner in Owner::ALL {
        let mut conn = database.db(owner).conn().await.unwrap();
        audit::record(&mut conn, &somebody(), "staff.put", "s1", json!({}), DateTime::UNIX_EPOCH)
            .await
            .unwrap();
        for change in CHANGES {
            let refused = diesel::sql_query(change).execute(&mut conn).await.expect_err(change).to_string();
            assert!(refused.contains("permission denied"), "{owner}: {change}: {refused}");
        }
        let mut admin = Db::connect(&DbSettings::new(&database.admin_url())).unwrap().conn().await.unwrap();
        for change in CHANGES {
            let change = change.replace("audit_log", &format!("{owner}.audit_log"));
            let refused =
                diesel::sql_query(&change).execute(&mut admin).await.expect_err(&change).to_string();
            assert!(refused.contains("append-only"), "{owner}: {change}: {refused}");
        }
        assert_eq!(rows(&mut conn).await.len(), 1, "{owner}");
    }
}
