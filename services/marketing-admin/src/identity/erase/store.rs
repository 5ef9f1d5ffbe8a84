//! SQL of erasing: what goes, what is bared, what is remembered of it.

use chrono::{DateTime, Utc};
use db::{Conn, DbError, Keep};
use diesel::sql_types::{Binary, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

/// What stands in an email's row in the place of who got it.
pub const NOBODY: &str = "erased";
/// Salt and digest.
pub const HASH: usize = 48;

/// A statement for each table whose rows are an account's own (`$1`), and for each that refers to such rows: from the leaves to the
/// root, so that no reference breaks. A new table is among them without anybody's doing.
const OWN: &str = "
    WITH RECURSIVE own AS (
      SELECT k.conrelid AS place, format('%I = $1', a.attname) AS which, 1 AS depth
        FROM pg_constraint k JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
       WHERE k.contype = 'f' AND k.confrelid = 'accounts'::regclass AND cardinality(k.conkey) = 1
         AND a.attname IN ('account_id', 'account')
      UNION ALL
      SELECT k.conrelid, format('%I IN (SELECT %I FROM %s WHERE %s)', a.attname, b.attname, own.place::regclass, own.which),
             own.depth + 1
        FROM own
        JOIN pg_constraint k ON k.contype = 'f' AND k.confrelid = own.place AND k.conrelid <> own.place
             AND cardinality(k.conkey) = 1
        JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
        JOIN pg_attribute b ON b.attrelid = k.confrelid AND b.attnum = k.confkey[1]
       WHERE own.depth < 8)
    SELECT format('DELETE FROM %s WHERE %s', place::regclass, which) AS statement FROM own ORDER BY depth DESC, place";

#[derive(diesel::QueryableByName)]
struct Statement {
    #[diesel(sql_type = Text)]
    statement: String,
}

/// Takes away all that belongs to an account. Who once worked here does no longer.
pub async fn forget(conn: &mut Conn, account: Uuid, now: DateTime<Utc>) -> Result<(), DbError> {
    let statements: Vec<Statement> = diesel::sql_query(OWN).kept().load(conn).await?;
    for Statement { statement } in statements {
        diesel::sql_query(statement).bind::<SqlUuid, _>(account).execute(conn).await?;
    }
    diesel::sql_query("UPDATE staff SET disabled_at = $2 WHERE id = $1 AND disabled_at IS NULL")
        .bind::<SqlUuid, _>(account)
        .bind::<Timestamptz, _>(now)
        .kept()
        .execute(conn)
        .await?;
    Ok(())
}

/// Statements that take away what is known by the address (`$1`) alone.
const FORGET_ADDRESS: &[&str] = &[
    "DELETE FROM links WHERE lower(email) = lower($1)",
    "DELETE FROM table_orders WHERE order_id IN (SELECT order_id FROM reservations WHERE lower(booker_email) = lower($1))",
    "UPDATE reservations SET booker_name = '', booker_email = '', occasion = '', wish = '' WHERE lower(booker_email) = lower($1)",
];

/// Takes away what is known by the address alone.
pub async fn forget_address(conn: &mut Conn, email: &str) -> Result<(), DbError> {
    for statement in FORGET_ADDRESS {
        diesel::sql_query(*statement).bind::<Text, _>(email).kept().execute(conn).await?;
    }
    Ok(())
}

/// Keeps back what still waits for this address, and forgets who got the rest, what it said and what the provider said of it.
/// When which kind of mail left, and how often it was tried, stays.
pub async fn withhold(conn: &mut Conn, email: &str, now: DateTime<Utc>) -> Result<(), DbError> {
    diesel::sql_query(
        "UPDATE email_attempts SET error = 'erased' WHERE error IS NOT NULL
            AND email_id IN (SELECT id FROM emails WHERE lower(recipient) = lower($1))",
    )
    .bind::<Text, _>(email)
    .kept()
    .execute(conn)
    .await?;
    diesel::sql_query(
        "UPDATE emails SET recipient = $2, payload = '', lease_until = NULL,
                last_error = CASE WHEN last_error IS NULL THEN NULL ELSE 'erased' END,
                state = CASE WHEN state = 'waiting' THEN 'withheld' ELSE state END,
                settled_at = coalesce(settled_at, $3)
          WHERE lower(recipient) = lower($1)",
    )
    .bind::<Text, _>(email)
    .bind::<Text, _>(NOBODY)
    .bind::<Timestamptz, _>(now)
    .kept()
    .execute(conn)
    .await?;
    Ok(())
}

/// Bares the row.
pub async fn bare(conn: &mut Conn, account: Uuid, now: DateTime<Utc>) -> Result<(), DbError> {
    diesel::sql_query(
        "UPDATE accounts SET email = NULL, phone = NULL, name = '', password_hash = NULL, marketing = false,
                erased_at = $2, changed_at = $2
          WHERE id = $1",
    )
    .bind::<SqlUuid, _>(account)
    .bind::<Timestamptz, _>(now)
    .kept()
    .execute(conn)
    .await?;
    Ok(())
}

/// Remembers that it was erased; once more, if a restore had brought it back.
pub async fn remember(
    conn: &mut Conn,
    account: Uuid,
    email_hash: Option<Vec<u8>>,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    diesel::sql_query(
        "INSERT INTO erasures (account_id, email_hash, erased_at) VALUES ($1, $2, $3)
         ON CONFLICT (account_id) DO UPDATE SET reapplied_at = excluded.erased_at",
    )
    .bind::<SqlUuid, _>(account)
    .bind::<Nullable<Binary>, _>(email_hash)
    .bind::<Timestamptz, _>(now)
    .kept()
    .execute(conn)
    .await?;
    Ok(())
}

/// What earlier messages said of the account is forgotten here; the newest one, which says that it is erased, stays for whoever
/// has to be told again. What NATS has not taken yet goes first, and is forgotten in a later pass; what it can never take goes at once.
pub async fn forget_messages(conn: &mut Conn, account: Uuid) -> Result<(), DbError> {
    diesel::sql_query(
        "DELETE FROM outbox
          WHERE subject = 'account.changed' AND aggregate = $1 AND failed_at IS NOT NULL
            AND revision < (SELECT revision FROM accounts WHERE id = $2)",
    )
    .bind::<Text, _>(account.to_string())
    .bind::<SqlUuid, _>(account)
    .kept()
    .execute(conn)
    .await?;
    diesel::sql_query(
        "UPDATE outbox SET payload = NULL
          WHERE subject = 'account.changed' AND aggregate = $1 AND sent_at IS NOT NULL AND payload IS NOT NULL
            AND revision < (SELECT revision FROM accounts WHERE id = $2)",
    )
    .bind::<Text, _>(account.to_string())
    .bind::<SqlUuid, _>(account)
    .kept()
    .execute(conn)
    .await?;
    Ok(())
}

/// Names the farewell, so that its recipient is forgotten once it has left: the one email that this address still has.
pub async fn remember_farewell(conn: &mut Conn, account: Uuid, email: &str) -> Result<(), DbError> {
    diesel::sql_query(
        "UPDATE erasures SET last_mail = (SELECT id FROM emails WHERE lower(recipient) = lower($2)
                                           ORDER BY created_at DESC LIMIT 1)
          WHERE account_id = $1",
    )
    .bind::<SqlUuid, _>(account)
    .bind::<Text, _>(email)
    .kept()
    .execute(conn)
    .await?;
    Ok(())
}

/// What messages of erased accounts said that waited for NATS when they were erased; gives how many.
pub async fn forget_late_messages(conn: &mut Conn) -> Result<usize, DbError> {
    Ok(diesel::sql_query(
        "UPDATE outbox SET payload = NULL
           FROM erasures JOIN accounts ON accounts.id = erasures.account_id
          WHERE outbox.subject = 'account.changed' AND outbox.aggregate = erasures.account_id::text
            AND outbox.revision < accounts.revision AND outbox.sent_at IS NOT NULL AND outbox.payload IS NOT NULL",
    )
    .kept()
    .execute(conn)
    .await?)
}

/// Forgets who got the farewells that are settled; gives how many.
pub async fn forget_farewells(conn: &mut Conn) -> Result<usize, DbError> {
    diesel::sql_query(
        "UPDATE email_attempts SET error = 'erased' WHERE error IS NOT NULL AND email_id IN (
           SELECT emails.id FROM erasures JOIN emails ON emails.id = erasures.last_mail WHERE emails.state <> 'waiting')",
    )
    .kept()
    .execute(conn)
    .await?;
    Ok(diesel::sql_query(
        "WITH settled AS (
           UPDATE emails SET recipient = $1, payload = '', last_error = CASE WHEN last_error IS NULL THEN NULL ELSE 'erased' END
            WHERE state <> 'waiting' AND id IN (SELECT last_mail FROM erasures WHERE last_mail IS NOT NULL)
           RETURNING id)
         UPDATE erasures SET last_mail = NULL WHERE last_mail IN (SELECT id FROM settled)",
    )
    .bind::<Text, _>(NOBODY)
    .kept()
    .execute(conn)
    .await?)
}

#[derive(diesel::QueryableByName)]
struct Key {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// Accounts that were erased and are not bare: a restore brought them back.
pub async fn brought_back(conn: &mut Conn) -> Result<Vec<Uuid>, DbError> {
    let keys: Vec<Key> = diesel::sql_query(
        "SELECT accounts.id FROM erasures JOIN accounts ON accounts.id = erasures.account_id
          WHERE accounts.erased_at IS NULL ORDER BY accounts.id",
    )
    .kept()
    .load(conn)
    .await?;
    Ok(keys.into_iter().map(|key| key.id).collect())
}

/// An erasure as it is remembered.
#[derive(Debug, Clone, diesel::QueryableByName)]
#[expect(missing_docs, reason = "columns; described in the migration")]
pub struct ErasureRow {
    #[diesel(sql_type = SqlUuid)]
    pub account_id: Uuid,
    #[diesel(sql_type = Nullable<Binary>)]
    pub email_hash: Option<Vec<u8>>,
    #[diesel(sql_type = Timestamptz)]
    pub erased_at: DateTime<Utc>,
}

/// All that were erased, oldest first.
pub async fn all(conn: &mut Conn) -> Result<Vec<ErasureRow>, DbError> {
    Ok(diesel::sql_query(
        "SELECT account_id, email_hash, erased_at FROM erasures ORDER BY erased_at, account_id",
    )
    .kept()
    .load(conn)
    .await?)
}

/// Takes in an erasure that is not known here; gives 1 if it was not.
pub async fn take_in(conn: &mut Conn, row: &ErasureRow) -> Result<usize, DbError> {
    Ok(diesel::sql_query(
        "INSERT INTO erasures (account_id, email_hash, erased_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
    )
    .bind::<SqlUuid, _>(row.account_id)
    .bind::<Nullable<Binary>, _>(row.email_hash.as_deref())
    .bind::<Timestamptz, _>(row.erased_at)
    .kept()
    .execute(conn)
    .await?)
}

#[derive(diesel::QueryableByName)]
struct Works {
    #[diesel(sql_type = diesel::sql_types::Bool)]
    works: bool,
}

/// Whether somebody works here.
pub async fn works_here(conn: &mut Conn, account: Uuid) -> Result<bool, DbError> {
    let row: Works =
        diesel::sql_query("SELECT EXISTS (SELECT FROM staff WHERE id = $1 AND disabled_at IS NULL) AS works")
            .bind::<SqlUuid, _>(account)
            .kept()
            .get_result(conn)
            .await?;
    Ok(row.works)
}
