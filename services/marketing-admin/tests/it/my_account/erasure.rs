//! Being erased for good, also over a restore.

use marketing_admin::identity::upkeep;
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{ANA, BEA, clock, count, emails_to, of_account};
use crate::guests::{Guest, Guests};
use crate::house::{House, body, until};

/// Says where the schema still holds a text, in any table and column, and fails if it does.
async fn nowhere(house: &House, needle: &str) {
    house
        .as_admin(&format!(
            "DO $$
             DECLARE place record; rows bigint; found text := '';
             BEGIN
               FOR place IN
                 SELECT c.table_name AS t, c.column_name AS c, c.data_type AS kind
                   FROM information_schema.columns c
                   JOIN information_schema.tables t ON t.table_schema = c.table_schema AND t.table_name = c.table_name
                  WHERE c.table_schema = 'marketing_admin' AND t.table_type = 'BASE TABLE'
                    AND c.data_type IN ('text', 'character varying', 'json', 'jsonb', 'bytea', 'ARRAY')
               LOOP
                 EXECUTE format('SELECT count(*) FROM marketing_admin.%I WHERE position(%L IN lower(%s)) > 0', place.t,
                   lower('{needle}'), CASE place.kind WHEN 'bytea' THEN format('encode(%I, ''escape'')', place.c)
                                            ELSE format('%I::text', place.c) END) INTO rows;
                 IF rows > 0 THEN found := found || format(' %s.%s (%s)', place.t, place.c, rows); END IF;
               END LOOP;
               IF found <> '' THEN RAISE EXCEPTION 'still there:%', found; END IF;
             END $$"
        ))
        .await;
}

/// Fails if any row still belongs to an account: whatever points to `accounts`, but who once worked here did so.
async fn unnamed(house: &House, guest: &Guest) {
    house
        .as_admin(&format!(
            "DO $$
             DECLARE place record; rows bigint; found text := '';
             BEGIN
               FOR place IN
                 SELECT k.conrelid::regclass::text AS t, a.attname AS c
                   FROM pg_constraint k JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
                  WHERE k.contype = 'f' AND k.confrelid = 'marketing_admin.accounts'::regclass
                    AND k.conrelid <> 'marketing_admin.staff'::regclass
               LOOP
                 EXECUTE format('SELECT count(*) FROM %s WHERE %I = %L', place.t, place.c, '{}') INTO rows;
                 IF rows > 0 THEN found := found || format(' %s.%s (%s)', place.t, place.c, rows); END IF;
               END LOOP;
               IF found <> '' THEN RAISE EXCEPTION 'still theirs:%', found; END IF;
             END $$",
            guest.id
        ))
        .await;
}

/// Erases somebody by their own page.
async fn delete(house: &House, guest: &Guest) {
    let typed = [("typed", guest.email.as_str())];
    let answer = guest.submit(house, "/account/delete", "/account/delete", &typed).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert!(answer.text().await.expect("a page").contains("Your account is deleted"));
}

/// Until mails and messages have left; then what is forgotten late is forgotten.
async fn settle(house: &House) {
    until("mails and messages have left", async || {
        count(house, "emails WHERE state = 'waiting' AND due_at <= now()").await == 0
            && count(house, "outbox WHERE sent_at IS NULL").await == 0
    })
    .await;
    upkeep::pass(&house.db, &clock()).await.expect("a pass");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_deletes_their_account_leaves_no_trace_in_any_table() {
    let house = House::open().await;
    let ana = Guests::sign_up(&house, ANA).await;
    let bea = Guests::sign_up(&house, BEA).await;
    let laptop = ana.elsewhere("203.0.113.5");
    laptop.sign_in(&house).await;
    for guest in [&ana, &bea] {
        emails_to(&house, &guest.email).await;
        guest.submit(&house, "/account/profile", "/account/marketing", &[("granted", "yes")]).await;
    }
    let wrong = [("typed", "ana@example.com")];
    let refused = ana.submit(&house, "/account/delete", "/account/delete", &wrong).await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(count(&house, &format!("accounts WHERE email = '{ANA}'")).await, 1, "nothing has happened");

    delete(&house, &ana).await;
    let farewell = |mail: &Value| mail["subject"] == "Your account is deleted";
    until("the last mail arrives", async || house.mailbox(ANA).await.iter().any(farewell)).await;
    assert_eq!(house.mailbox(ANA).await.iter().filter(|mail| farewell(mail)).count(), 1);
    assert_eq!(
        count(&house, "emails WHERE state = 'withheld' AND recipient = 'erased'").await,
        1,
        "none is sent later"
    );
    settle(&house).await;
    nowhere(&house, ANA).await;
    unnamed(&house, &ana).await;
    let bare =
        format!("accounts WHERE id = '{}' AND erased_at IS NOT NULL AND email IS NULL AND name = ''", ana.id);
    assert_eq!(count(&house, &bare).await, 1);
    for table in ["activity", "consents"] {
        assert_eq!(of_account(&house, table, &ana, "").await, 0, "{table}");
        assert!(of_account(&house, table, &bea, "").await > 0, "{table} of others stays");
    }
    assert_eq!(of_account(&house, "erasures", &ana, " AND octet_length(email_hash) = 48").await, 1);

    let cookie = house.cookie("max@club.test").await;
    let log = house.page("/admin/emails", &cookie).await.text().await.expect("a page");
    assert!(
        log.contains("Somebody whose account is deleted") && log.contains("Not sent: account deleted"),
        "{log}"
    );

    for browser in [&ana, &laptop] {
        assert_ne!(browser.get(&house, "/account/profile").await.status(), StatusCode::OK, "signed out");
    }
    let again = laptop.elsewhere("203.0.113.6").try_password(&house, crate::house::PASSWORD).await;
    assert_ne!(again.status(), StatusCode::SEE_OTHER, "there is no such account");
    assert!(bea.page(&house, "/account").await.contains(BEA), "others notice nothing");
    // The address is free: whoever has it may begin anew.
    Guests::sign_up(&house, ANA).await;
}

/// A message that the desk gave up on; `says` is SQL of its content.
async fn dead(house: &House, aggregate: &str, says: &str) {
    house
        .as_admin(&format!(
            "INSERT INTO marketing_admin.dead_letters
                    (durable, message_id, subject, aggregate, payload, published_at, error, attempts, died_at)
             VALUES ('marketing_admin_order_paid', gen_random_uuid(), 'order.paid', '{aggregate}', {says}, now(), 'no such row', 8, now())"
        ))
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn letters_that_name_who_deleted_their_account_are_empty_and_those_of_others_are_not() {
    let house = House::open().await;
    let ana = Guests::sign_up(&house, ANA).await;
    // As protobuf writes a text: field, length, text.
    let named = |email: &str| {
        format!(
            "decode('22{:02x}', 'hex') || convert_to('{email}', 'UTF8') || decode('2801', 'hex')",
            email.len()
        )
    };
    for theirs in [ANA, "Ana@Example.org"] {
        dead(&house, "an order", &named(theirs)).await;
    }
    dead(&house, &ana.id.to_string(), "'their account'").await;
    for other in [BEA, "mariana@example.org", "ana@example.org.mx"] {
        dead(&house, "an order", &named(other)).await;
    }
    delete(&house, &ana).await;
    let empty = "dead_letters WHERE payload = '' AND error = 'erased' AND replayed_at IS NOT NULL";
    assert_eq!(count(&house, empty).await, 3);
    let whole = "dead_letters WHERE payload <> '' AND error = 'no such row' AND replayed_at IS NULL";
    assert_eq!(count(&house, whole).await, 3);
}

/// What the restore of an older backup does to somebody who was erased.
async fn bring_back(house: &House, guest: &Guest) {
    let Guest { id, email, .. } = guest;
    house
        .as_admin(&format!(
            "UPDATE marketing_admin.accounts SET email = '{email}', name = 'Ana Luz', erased_at = NULL WHERE id = '{id}';
             INSERT INTO marketing_admin.consents (id, account_id, kind, granted, at, source)
             VALUES (gen_random_uuid(), '{id}', 'marketing', true, now(), 'profile')"
        ))
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_erased_stays_erased_over_a_restore() {
    let house = House::open().await;
    let ana = Guests::sign_up(&house, ANA).await;
    delete(&house, &ana).await;
    settle(&house).await;

    // The list survived: the task finds who came back.
    bring_back(&house, &ana).await;
    let done = upkeep::pass(&house.db, &clock()).await.expect("a pass");
    assert_eq!(done.erased, 1);
    settle(&house).await;
    nowhere(&house, ANA).await;
    assert_eq!(of_account(&house, "consents", &ana, "").await, 0);
    assert_eq!(of_account(&house, "erasures", &ana, " AND reapplied_at IS NOT NULL").await, 1);
    assert_eq!(upkeep::pass(&house.db, &clock()).await.expect("a pass").erased, 0, "once");

    // The list is older than the deletion too: the operator carries it over.
    let list = || house.http.get(house.internal("/internal/v1/erasures"));
    let foreign = house.as_service("scanner", list()).send().await.expect("an answer");
    assert_eq!(foreign.status(), StatusCode::FORBIDDEN);
    let list = house.as_service("magueyctl", list()).send().await.expect("an answer");
    let list: Value = body(list).await;
    assert_eq!(list["erasures"][0]["account"], json!(ana.id));
    assert!(!list.to_string().contains(ANA));
    bring_back(&house, &ana).await;
    house.as_admin("DELETE FROM marketing_admin.erasures").await;
    let told = house.http.post(house.internal("/internal/v1/erasures")).json(&list);
    let told = house.as_service("magueyctl", told).send().await.expect("an answer");
    assert_eq!(told.status(), StatusCode::OK);
    assert_eq!(body(told).await, json!({"added": 1, "erased": 1}));
    settle(&house).await;
    nowhere(&house, ANA).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_works_here_is_told_whom_to_ask() {
    let house = House::open().await;
    let ana = Guests::sign_up(&house, ANA).await;
    let csrf = ana.csrf(&house, "/account/delete").await;
    house
        .as_admin(&format!(
            "INSERT INTO marketing_admin.staff (id, role, created_at, changed_at) VALUES ('{}', 'manager', now(), now())",
            ana.id
        ))
        .await;
    let page = ana.page(&house, "/account/delete").await;
    assert!(
        page.contains("Ask the owner to take you off the staff first.") && !page.contains("name=\"typed\"")
    );
    let form = [("csrf", csrf.as_str()), ("typed", ANA)];
    let refused = ana.send(house.http.post(house.url("/account/delete")).form(&form)).await;
    assert_eq!(refused.status(), StatusCode::CONFLICT);
    assert_eq!(count(&house, &format!("accounts WHERE email = '{ANA}'")).await, 1);
}
