//! A guest's own pages: profile and consent, what happened, the file with everything, and being erased for good.

use std::collections::HashMap;
use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::web::{Path, Query};
use chrono::TimeDelta;
use domain::clock::{Clock, FixedClock, SharedClock, SystemClock};
use marketing_admin::identity::upkeep;
use reqwest::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;
use web::{ApiJson, App, Context, Running, ServiceCaller, callers};

use crate::guests::{Guest, Guests};
use crate::house::{House, body, until};

const ANA: &str = "ana@example.org";
const BEA: &str = "bea@example.net";
/// A ticket of Ana's that is nobody else's.
const TICKET: &str = "0199f3a2-6f0e-7c40-8a57-6f1c9a1f0b77";

fn clock() -> SharedClock {
    Arc::new(SystemClock)
}

async fn count(house: &House, from: &str) -> i64 {
    house.count_anywhere(&format!("SELECT count(*) FROM marketing_admin.{from}")).await
}

async fn of_account(house: &House, table: &str, guest: &Guest, and: &str) -> i64 {
    count(house, &format!("{table} WHERE account_id = '{}'{and}", guest.id)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_sees_and_changes_who_they_are() {
    let house = House::open().await;
    let ana = Guests::sign_up(&house, ANA).await;
    let home = ana.page(&house, "/account").await;
    for said in ["Ana Luz", ANA, ">AL</text>", "http://tickets.maguey.localhost:8080/my", "/account/security"]
    {
        assert!(home.contains(said), "{said} in {home}");
    }
    let form = [("name", "  Ana   Sol "), ("language", "es")];
    let saved = ana.submit(&house, "/account/profile", "/account/profile", &form).await;
    assert_eq!(saved.status(), StatusCode::SEE_OTHER);
    assert_eq!(saved.headers()["location"], "/account/profile?done=saved");
    let page = ana.page(&house, "/account/profile?done=saved").await;
    assert!(page.contains("Ana Sol") && page.contains("Guardado."), "in their language at once: {page}");
    let stored = format!("accounts WHERE id = '{}' AND name = 'Ana Sol' AND language = 'es'", ana.id);
    assert_eq!(count(&house, &stored).await, 1);
    assert_eq!(of_account(&house, "activity", &ana, " AND act = 'profile_changed'").await, 1);
    let told = format!("outbox WHERE subject = 'account.changed' AND aggregate = '{}'", ana.id);
    let before = count(&house, &told).await;
    assert!(before > 0, "the other services are told");

    // Saying the same again changes nothing and tells nobody; no name is no name.
    ana.submit(&house, "/account/profile", "/account/profile", &form).await;
    assert_eq!(count(&house, &told).await, before);
    let empty = [("name", "   "), ("language", "es")];
    let refused = ana.submit(&house, "/account/profile", "/account/profile", &empty).await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().await.expect("a page").contains("Escribe tu nombre."));
    assert_eq!(count(&house, &stored).await, 1);

    let nobody = house.http.get(house.url("/account/profile")).header("accept", "text/html");
    let nobody = nobody.send().await.expect("an answer");
    assert_eq!(nobody.status(), StatusCode::SEE_OTHER, "strangers are led to the sign-in");
}

#[tokio::test(flavor = "multi_thread")]
async fn unsubscribing_is_one_click_and_every_word_is_kept() {
    let house = House::open().await;
    let ana = Guests::sign_up(&house, ANA).await;
    let say = async |granted: &str| {
        let answer =
            ana.submit(&house, "/account/profile", "/account/marketing", &[("granted", granted)]).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    };
    let may = format!("accounts WHERE id = '{}' AND marketing", ana.id);
    assert_eq!(count(&house, &may).await, 0, "nobody is written to who did not say so");
    say("yes").await;
    assert_eq!(count(&house, &may).await, 1);
    say("no").await;
    say("no").await;
    assert_eq!(count(&house, &may).await, 0);
    assert_eq!(of_account(&house, "consents", &ana, " AND granted").await, 1);
    assert_eq!(of_account(&house, "consents", &ana, " AND NOT granted").await, 1, "once, however often");
    let page = ana.page(&house, "/account/profile").await;
    assert!(page.contains("you said yes.") && page.contains("you unsubscribed."), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happened_is_told_with_device_and_place_page_by_page() {
    let house = House::open().await;
    let ana = Guests::sign_up(&house, ANA).await;
    let first = ana.page(&house, "/account/activity").await;
    for said in ["Signed in", "Safari, iPhone", "192.0.2.10"] {
        assert!(first.contains(said), "{said} in {first}");
    }
    let rows = format!(
        "INSERT INTO marketing_admin.activity (id, account_id, at, act, detail, address, agent)
         SELECT ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, '{}', now() - interval '1 day', 'signed_out',
                '{{}}', '203.0.113.' || n, ''
           FROM generate_series(1, 30) n",
        ana.id
    );
    house.as_admin(&rows).await;
    let bea = Guests::sign_up(&house, BEA).await;
    let (mut seen, mut path) = (String::new(), "/account/activity".to_owned());
    for _ in 0..5 {
        let page = ana.page(&house, &path).await;
        assert!(page.matches("<time").count() <= 25, "{page}");
        seen.push_str(&page);
        let Some((before, _)) = page.split_once("\" rel=\"next\"") else { break };
        path = before.rsplit('"').next().expect("an address").replace("&#38;", "&");
    }
    for number in 1..=30 {
        assert_eq!(seen.matches(&format!("203.0.113.{number}<")).count(), 1, "number {number} once");
    }
    assert!(!bea.page(&house, "/account/activity").await.contains("203.0.113."), "each their own");
    // After a year it is forgotten.
    house
        .as_admin(
            "UPDATE marketing_admin.activity SET at = now() - interval '366 days' WHERE act = 'signed_out'",
        )
        .await;
    upkeep::pass(&house.db, &clock()).await.expect("a pass");
    assert_eq!(of_account(&house, "activity", &ana, " AND act = 'signed_out'").await, 0);
    assert!(of_account(&house, "activity", &ana, "").await > 0);
}

/// The ticket site, as far as it tells what it holds about somebody.
async fn ticket_site(house: &House) -> Running {
    let app = App::new(house.neighbour("purchase"), Context::default()).internal(|routes| {
        routes.get(
            "/internal/v1/people/{account}",
            |_: ServiceCaller<callers::Desk>, account: Path<Uuid>, asked: Query<HashMap<String, String>>| {
                let email = asked.get("email").cloned().unwrap_or_default();
                let tickets =
                    json!([{"id": TICKET, "holder": "Ana"}, {"id": null, "holder": "Somebody else"}]);
                let of = account.to_string();
                let order = json!({"reference": "K7MPX2QD", "email": email, "of": of, "tickets": tickets});
                let said = HttpResponse::Ok().json(json!({"orders": [order]}));
                async move { said }
            },
        );
    });
    web::boot::start(app).await.expect("free ports")
}

/// The door, as far as it tells what it holds beside some tickets.
async fn door(house: &House) -> Running {
    let app = App::new(house.neighbour("scanner"), Context::default()).internal(|routes| {
        routes.post("/internal/v1/held", |_: ServiceCaller<callers::Desk>, asked: ApiJson<Value>| {
            let said = HttpResponse::Ok().json(json!({"scans": [{"of": asked["tickets"]}]}));
            async move { said }
        });
    });
    web::boot::start(app).await.expect("free ports")
}

/// Emails as the senders leave them: one that was sent, and one that waits.
async fn emails_to(house: &House, email: &str) {
    for (state, settled) in [("sent", "now()"), ("waiting", "NULL")] {
        house
            .as_admin(&format!(
                "INSERT INTO marketing_admin.emails (id, template, subject_id, revision, event_id, reference, recipient,
                        language, payload, state, attempts, due_at, give_up_at, created_at, settled_at)
                 VALUES (gen_random_uuid(), 'order_paid', gen_random_uuid(), 1, gen_random_uuid(), 'K7MPX2QD', '{email}', 'en',
                         convert_to('to {email}', 'UTF8'), '{state}', 1, now() + interval '1 hour',
                         now() + interval '1 day', now(), {settled})"
            ))
            .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_file_holds_all_of_theirs_and_nothing_of_anybody_else() {
    let mut house = House::unopened().await;
    let site = ticket_site(&house).await;
    house.purchase_url = format!("http://{}", site.internal);
    let gate = door(&house).await;
    house.scanner_url = format!("http://{}", gate.internal);
    house.move_in().await;
    let ana = Guests::sign_up(&house, ANA).await;
    let bea = Guests::sign_up(&house, BEA).await;
    for guest in [&ana, &bea] {
        emails_to(&house, &guest.email).await;
        let yes = [("granted", "yes")];
        guest.submit(&house, "/account/profile", "/account/marketing", &yes).await;
    }
    assert!(ana.page(&house, "/account/data").await.contains("/account/data/file.json"));
    let answer = ana.get(&house, "/account/data/file.json").await;
    assert_eq!(answer.status(), StatusCode::OK);
    let named = answer.headers()["content-disposition"].to_str().expect("text").to_owned();
    assert!(named.starts_with("attachment; filename=\"maguey-"), "{named}");
    assert_eq!(answer.headers()["cache-control"], "no-store");
    let text = answer.text().await.expect("a file");
    let file: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(file["account"]["email"], ANA);
    assert_eq!(file["account"]["id"], json!(ana.id));
    assert_eq!(file["account"]["has_password"], true);
    assert_eq!(file["consents"][0]["granted"], true);
    let acts = file["activity"].as_array().expect("acts");
    assert!(acts.iter().any(|act| act["act"] == "signed_in" && act["address"] == "192.0.2.10"), "{acts:?}");
    let mails = file["emails"].as_array().expect("mails");
    assert_eq!(mails.iter().filter(|mail| mail["reference"] == "K7MPX2QD").count(), 2, "{mails:?}");
    assert!(mails.iter().all(|mail| mail["subject"].as_str().is_some_and(|subject| !subject.is_empty())));
    // Whatever else belongs to an account: sessions, passkeys, linked accounts.
    assert!(!text.contains("secret") && !text.contains("hash"), "{text}");
    assert!(file["further"].as_object().is_some_and(|tables| !tables.is_empty()), "{text}");
    let order = &file["ticket_site"]["orders"][0];
    assert_eq!((&order["email"], &order["of"]), (&json!(ANA), &json!(ana.id)));
    for foreign in [BEA.to_owned(), bea.id.to_string(), "$argon2id$".to_owned()] {
        assert!(!text.contains(&foreign), "{foreign} in {text}");
    }
    assert_eq!(of_account(&house, "activity", &ana, " AND act = 'data_exported'").await, 1);

    assert_eq!(file["door"]["scans"][0]["of"], json!([TICKET]), "the door is asked for their tickets alone");
    // Nobody waits for the door: the file says that it is missing.
    gate.stop().await;
    let rest: Value = ana.get(&house, "/account/data/file.json").await.json().await.expect("JSON");
    assert_eq!(rest["ticket_site"]["orders"][0]["email"], ANA);
    assert!(rest["door"]["missing"].as_str().is_some_and(|told| told.starts_with("The door did not answer")));

    // While the ticket site is away the page says so; the rest can be had, and says what it lacks.
    site.stop().await;
    let away = ana.get(&house, "/account/data/file.json").await;
    assert_eq!(away.status(), StatusCode::BAD_GATEWAY);
    assert!(away.text().await.expect("a page").contains("The ticket site does not answer right now"));
    let rest = ana.get(&house, "/account/data/file.json?without_tickets=1").await;
    let rest: Value = rest.json().await.expect("JSON");
    assert_eq!(rest["account"]["email"], ANA);
    assert!(
        rest["ticket_site"]["missing"].as_str().is_some_and(|told| told.contains("Ask for the file again"))
    );
}

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

/// Where a page leads in the end, past the refreshing of a token on the way.
async fn led_to(house: &House, guest: &Guest, path: &str) -> String {
    let mut path = path.to_owned();
    for _ in 0..4 {
        let answer = guest.get(house, &path).await;
        let Some(to) = answer.headers().get("location") else { break };
        path = to.to_str().expect("text").to_owned();
        if path.starts_with("/account/confirm") {
            break;
        }
    }
    path
}

#[tokio::test(flavor = "multi_thread")]
async fn who_signed_in_a_while_ago_proves_first_who_they_are() {
    let mut house = House::open().await;
    let ana = Guests::sign_up(&house, ANA).await;
    let csrf = ana.csrf(&house, "/account/delete").await;
    house.stop().await;
    house.start_at(Arc::new(FixedClock::at(SystemClock.now() + TimeDelta::minutes(11)))).await;
    for path in ["/account/delete", "/account/data", "/account/data/file.json"] {
        let to = led_to(&house, &ana, path).await;
        assert!(to.starts_with("/account/confirm?next=/account/d"), "{path} led to {to}");
    }
    assert!(ana.page(&house, "/account").await.contains(ANA), "the rest is theirs all the same");
    let form = [("csrf", csrf.as_str()), ("typed", ANA)];
    ana.send(house.http.post(house.url("/account/delete")).form(&form)).await;
    assert_eq!(count(&house, &format!("accounts WHERE email = '{ANA}'")).await, 1, "nothing is erased");
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
