//! A query that forgets whose account it is about shows a guest nothing of anybody else's.

use db::{Conn, DbError, Seen};
use diesel::QueryableByName;
use diesel::sql_types::BigInt;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::guests::{Guest, Guests};
use crate::house::House;

/// What guests' own pages read, and by what a row is somebody's.
const TABLES: [(&str, &str); 17] = [
    ("accounts", "id"),
    ("activity", "account_id"),
    ("consents", "account_id"),
    ("identities", "account_id"),
    ("passkeys", "account_id"),
    ("staff", "id"),
    ("links", "account_id"),
    ("guest_sessions", "account_id"),
    ("totp", "account_id"),
    ("recovery_codes", "account_id"),
    ("passkey_challenges", "account_id"),
    ("pending_sign_ins", "account_id"),
    ("provider_trips", "account_id"),
    ("phone_codes", "account_id"),
    ("second_steps", "account_id"),
    ("avatars", "account_id"),
    ("emails", "recipient"),
];

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// Rows of each table that a query without a WHERE finds: as the service, or as the guest of an account.
async fn found(house: &House, account: Option<Uuid>) -> Vec<i64> {
    let counted = house.db.transaction(async |conn: &mut Conn| {
        if let Some(key) = account {
            db::as_guest(conn, Seen::Account { key, email: None }).await?;
        }
        let mut all = Vec::new();
        for (table, _) in TABLES {
            let rows: Count =
                diesel::sql_query(format!("SELECT count(*) AS n FROM {table}")).get_result(conn).await?;
            all.push(rows.n);
        }
        Ok::<_, DbError>(all)
    });
    counted.await.expect("counts")
}

/// Rows of each table that are a guest's, as the administrator knows them.
async fn theirs(house: &House, guest: &Guest) -> Vec<i64> {
    let mut all = Vec::new();
    for (table, key) in TABLES {
        let whose = if table == "emails" { guest.email.clone() } else { guest.id.to_string() };
        let sql = format!("SELECT count(*) FROM marketing_admin.{table} WHERE {key} = '{whose}'");
        all.push(house.count_anywhere(&sql).await);
    }
    all
}

/// A guest who is signed in, with something in every table.
async fn somebody(house: &House, email: &str) -> Guest {
    let guest = Guests::sign_up(house, email).await;
    let id = guest.id;
    let hash = format!("sha256(convert_to('{id}', 'UTF8'))");
    house
        .as_admin(&format!(
            "SET search_path = marketing_admin;
             INSERT INTO consents VALUES (gen_random_uuid(), '{id}', 'marketing', true, now(), 'profile');
             INSERT INTO identities VALUES ('google', '{id}', '{id}', '{email}', 'Somebody', now());
             INSERT INTO passkeys (credential_id, account_id, name, passkey, made_at)
               VALUES ({hash}, '{id}', 'A phone', '{{}}', now());
             INSERT INTO links (id, token_hash, purpose, account_id, email, payload, made_at, expires_at)
               VALUES (gen_random_uuid(), {hash}, 'reset', '{id}', '{email}', '{{}}', now(), now() + interval '1 hour');
             INSERT INTO totp (account_id, secret_sealed, made_at) VALUES ('{id}', {hash}, now());
             INSERT INTO recovery_codes (account_id, code_hash, made_at) VALUES ('{id}', {hash}, now());
             INSERT INTO passkey_challenges (id, account_id, kind, state, expires_at)
               VALUES (gen_random_uuid(), '{id}', 'prove', '{{}}', now() + interval '1 hour');
             INSERT INTO pending_sign_ins (token_hash, side, account_id, password, proof, next, made_at, expires_at)
               VALUES ({hash}, 'guests', '{id}', {hash}, 'password', '/account', now(), now() + interval '1 hour');
             INSERT INTO provider_trips (state_hash, provider, nonce, pkce_verifier, next, account_id, made_at, expires_at)
               VALUES ({hash}, 'google', 'n', 'v', '/account', '{id}', now(), now() + interval '1 hour');
             INSERT INTO phone_codes (id, browser, phone, account_id, code_hash, made_at, expires_at)
               VALUES (gen_random_uuid(), gen_random_uuid(), '+34600000001', '{id}', {hash}, now(), now() + interval '1 hour');
             INSERT INTO second_steps VALUES ('{id}', true, now());
             INSERT INTO avatars VALUES ('{id}', {hash}, now());
             INSERT INTO emails (id, template, subject_id, revision, event_id, reference, recipient, language, payload, state,
                                 due_at, give_up_at, created_at, settled_at)
               VALUES (gen_random_uuid(), 'order_paid', gen_random_uuid(), 1, gen_random_uuid(), 'K7MPX2QD', '{email}', 'en', '',
                       'sent', now(), now(), now(), now());"
        ))
        .await;
    guest
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_without_its_where_sees_one_account_as_a_guest_and_all_without() {
    let house = House::open().await;
    let ana = somebody(&house, "ana@example.org").await;
    let bea = somebody(&house, "bea@example.net").await;
    for guest in [&ana, &bea] {
        let (own, all) = (theirs(&house, guest).await, found(&house, None).await);
        let seen = found(&house, Some(guest.id)).await;
        for (at, (table, _)) in TABLES.into_iter().enumerate() {
            assert_eq!(seen[at], own[at], "{table}: what is theirs, and no more");
            assert!(all[at] > own[at], "{table}: the service sees others' too");
            assert_eq!(own[at] > 0, table != "staff", "{table}: there is something to see");
        }
    }
    assert_eq!(found(&house, Some(Uuid::nil())).await, [0; 17], "of no account there is nothing");
    assert!(found(&house, None).await.iter().all(|rows| *rows > 0), "who comes next is the service again");
    for path in
        ["", "/profile", "/sessions", "/activity", "/security", "/password", "/email", "/data", "/delete"]
    {
        ana.page(&house, &format!("/account{path}")).await;
    }
    let file = ana.page(&house, "/account/data/file.json?without_tickets=1").await;
    for own in ["ana@example.org", "K7MPX2QD", "A phone", "+34600000001"] {
        assert!(file.contains(own), "{own} in {file}");
    }
    assert!(!file.contains("bea@example.net"), "{file}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_changes_nothing_and_reads_no_secret() {
    let house = House::open().await;
    let ana = somebody(&house, "ana@example.org").await;
    for statement in [
        "UPDATE accounts SET name = 'x'",
        "DELETE FROM activity",
        "INSERT INTO consents SELECT * FROM consents",
        "SELECT secret_sealed FROM totp",
        "SELECT code_hash FROM recovery_codes",
        "SELECT token_hash FROM links",
        "SELECT csrf FROM guest_sessions",
        "SELECT code_hash FROM phone_codes",
        "SELECT payload FROM emails",
        "SELECT FROM refresh_tokens",
        "SELECT FROM sessions",
        "SELECT FROM members",
        "SELECT FROM audit_log",
        "SELECT FROM outbox",
    ] {
        let refused = house.db.transaction(async |conn: &mut Conn| {
            db::as_guest(conn, Seen::Account { key: ana.id, email: None }).await?;
            diesel::sql_query(statement).execute(conn).await?;
            Ok::<_, DbError>(())
        });
        let refused = refused.await.expect_err(statement).to_string();
        assert!(refused.contains("permission denied"), "{statement}: {refused}");
    }
}

/// Whoever makes a table that belongs to accounts has to say who may see it.
#[tokio::test(flavor = "multi_thread")]
async fn no_table_of_accounts_is_open() {
    let house = House::open().await;
    let of_accounts = "SELECT count(*) FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
                        WHERE k.contype = 'f' AND k.confrelid = 'marketing_admin.accounts'::regclass";
    assert!(house.count_anywhere(of_accounts).await >= 12, "there are some");
    let open = format!("{of_accounts} AND NOT c.relrowsecurity");
    assert_eq!(house.count_anywhere(&open).await, 0);
    let unseen = format!(
        "{of_accounts} AND NOT EXISTS (SELECT FROM pg_policies p
                                        WHERE p.schemaname = 'marketing_admin' AND p.tablename = c.relname AND p.policyname = 'guest')"
    );
    assert_eq!(house.count_anywhere(&unseen).await, 0, "each says whose its rows are");
}
