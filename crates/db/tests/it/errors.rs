use db::DbError;
use db::testing::TestDatabase;

use crate::{admin, run};

#[tokio::test]
async fn a_violated_constraint_is_named() {
    let database = TestDatabase::create().await;
    let mut conn = admin(&database).conn().await.unwrap();
    run(&mut conn, "CREATE TABLE parent (id int CONSTRAINT parent_key PRIMARY KEY)").await.unwrap();
    run(
        &mut conn,
        "CREATE TABLE child (parent int CONSTRAINT child_parent REFERENCES parent, n int CONSTRAINT n_positive CHECK (n > 0))",
    )
    .await
    .unwrap();
    run(&mut conn, "INSERT INTO parent VALUES (1)").await.unwrap();

    let unique = run(&mut conn, "INSERT INTO parent VALUES (1)").await.unwrap_err();
    assert!(matches!(&unique, DbError::Unique { constraint } if constraint == "parent_key"), "{unique:?}");
    let check = run(&mut conn, "INSERT INTO child VALUES (1, 0)").await.unwrap_err();
    assert!(matches!(&check, DbError::Check { constraint } if constraint == "n_positive"), "{check:?}");
    let foreign = run(&mut conn, "INSERT INTO child VALUES (2, 1)").await.unwrap_err();
    assert!(
        matches!(&foreign, DbError::ForeignKey { constraint } if constraint == "child_parent"),
        "{foreign:?}"
    );
    assert_eq!(foreign.constraint(), Some("child_parent"));
    let mistake = run(&mut conn, "SELEC 1").await.unwrap_err();
    assert!(matches!(mistake, DbError::Other(_)) && !mistake.is_transient());
}
