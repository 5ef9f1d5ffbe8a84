//! Guests sign in with address and password; who guesses learns nothing.

use std::time::Duration;

use diesel_async::SimpleAsyncConnection;
use reqwest::StatusCode;
use tokio::time::Instant;

use crate::guests::Guests;
use crate::house::{House, PASSWORD, until};
use crate::identity::field;

const ANA: &str = "ana@example.org";
const NOBODY: &str = "nobody@example.org";

async fn count(house: &House, from: &str) -> i64 {
    house.count_anywhere(&format!("SELECT count(*) FROM marketing_admin.{from}")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_and_an_unknown_address_are_answered_alike() {
    let house = House::open().await;
    let ana = Guests::with_account(&house, ANA).await;
    let mut said = Vec::new();
    for email in [ANA, NOBODY] {
        let form = [("email", email), ("password", "not her password")];
        let answer = Guests::nobody(email, "198.51.100.9").form(&house, "/account/sign-in", &form).await;
        let cookie = answer.headers().get("set-cookie").is_some();
        let status = answer.status();
        said.push((status, cookie, answer.text().await.expect("a page").replace(email, "…")));
    }
    assert_eq!(said[0], said[1]);
    let (status, cookie, page) = &said[0];
    assert_eq!((*status, *cookie), (StatusCode::UNAUTHORIZED, false));
    assert!(page.contains("data-problem=\"invalid_credentials\""), "{page}");
    // Its owner can read that somebody tried.
    let tried = format!("activity WHERE account_id = '{}' AND act = 'sign_in_refused'", ana.id);
    until("the try is written down", async || count(&house, &tried).await == 1).await;
    ana.sign_in(&house).await;
    let log = ana.page(&house, "/account/activity").await;
    assert!(log.contains("198.51.100.9"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_address_takes_as_long_as_a_wrong_password() {
    let house = House::open().await;
    Guests::with_account(&house, ANA).await;
    let mut times = [Vec::new(), Vec::new()];
    for number in 0..25 {
        for (times, email) in times.iter_mut().zip([ANA, NOBODY]) {
            let browser = Guests::nobody(email, &format!("100.{number}.0.1"));
            let begun = Instant::now();
            let answer = browser.try_password(&house, "not her password").await;
            times.push(begun.elapsed());
            assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
        }
    }
    // Without the hash it would be a tenth. What is left beside it is the machine's own unrest.
    let [known, unknown] = times.map(|mut times| {
        times.sort();
        times[times.len() / 2]
    });
    let unrest = Duration::from_millis(5);
    assert!(known < unknown * 2 + unrest && unknown < known * 2 + unrest, "{known:?} and {unknown:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_leads_where_it_was_wanted_and_to_nobody_elses_site() {
    let house = House::open().await;
    let ana = Guests::with_account(&house, ANA).await;
    let tickets = "http://tickets.maguey.localhost:8080/my";
    for (next, leads) in [
        ("/account/activity", "/account/activity"),
        (tickets, tickets),
        ("", "/account"),
        ("https://evil.example/", "/account"),
        ("//evil.example/", "/account"),
        ("/\\evil.example", "/account"),
    ] {
        let form = [("email", " Ana@Example.org "), ("password", PASSWORD), ("next", next)];
        let answer = ana.elsewhere("192.0.2.10").form(&house, "/account/sign-in", &form).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{next:?}");
        assert_eq!(answer.headers()["location"], leads, "{next:?}");
    }
    let page = ana.elsewhere("192.0.2.10").page(&house, "/account/sign-in?next=//evil.example/").await;
    assert_eq!(field(&page, "next"), "/account");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_has_every_way_in_and_speaks_spanish() {
    let house = House::open().await;
    let page = Guests::nobody("", "192.0.2.20").page(&house, "/account/sign-in").await;
    for way in [
        "action=\"/account/sign-in\"",
        "formaction=\"/account/magic-link\"",
        "href=\"/account/forgot\"",
        "href=\"/account/sign-up?next=",
    ] {
        assert!(page.contains(way), "{way} in {page}");
    }
    for path in ["/account/sign-in", "/account/sign-up", "/account/forgot"] {
        let page = Guests::nobody("", "192.0.2.20").page(&house, &format!("{path}?lang=es")).await;
        assert!(page.contains("Tus noches, tus entradas, una sola puerta."), "{page}");
        assert!(!page.contains("sign_in-"), "a text is missing: {page}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_of_another_site_signs_nobody_in() {
    let house = House::open().await;
    Guests::with_account(&house, ANA).await;
    let form = [("email", ANA), ("password", PASSWORD)];
    let request = house.http.post(house.url("/account/sign-in")).header("origin", "https://evil.example");
    let answer = request.form(&form).send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    assert!(answer.headers().get("set-cookie").is_none());
}

/// Gives Ana another password and ends her sessions, in a transaction that is not over yet.
async fn resetting(house: &House) -> db::Connection {
    let mut conn = house.db.conn().await.expect("a connection");
    let reset = format!(
        "BEGIN; UPDATE accounts SET password_hash = '$argon2id$another' WHERE email = '{ANA}';
         UPDATE guest_sessions SET ended_at = now(), ended_why = 'password_reset' WHERE ended_at IS NULL"
    );
    conn.batch_execute(&reset).await.expect("reset");
    conn
}

#[tokio::test(flavor = "multi_thread")]
async fn who_signs_in_with_the_old_password_while_it_is_changed_gets_no_session() {
    let house = House::open().await;
    let ana = Guests::with_account(&house, ANA).await;
    let mut owner = resetting(&house).await;
    let (answer, ()) = tokio::join!(ana.try_password(&house, PASSWORD), async {
        until("the sign-in waits for what becomes of the password", async || {
            let waiting = "SELECT count(*) FROM pg_stat_activity
                WHERE datname = current_database() AND wait_event_type = 'Lock'";
            house.count(waiting).await >= 1
        })
        .await;
        owner.batch_execute("COMMIT").await.expect("committed");
    });
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    assert!(answer.text().await.expect("a page").contains("name=\"password\""), "as for any wrong password");
    assert_eq!(count(&house, "guest_sessions WHERE ended_at IS NULL").await, 0);
}

/// The control run: without a second look at the account the session outlives the password that opened it.
#[tokio::test(flavor = "multi_thread")]
async fn without_a_second_look_a_session_outlives_the_password() {
    let house = House::open().await;
    let ana = Guests::with_account(&house, ANA).await;
    let mut owner = resetting(&house).await;
    let naive = format!(
        "INSERT INTO guest_sessions (id, account_id, proof, second_factor, created_at, seen_at, expires_at, address, agent,
                                     proved_at, csrf)
         VALUES (gen_random_uuid(), '{}', 'password', false, now(), now(), now() + interval '1 day', '', '', now(),
                 'twenty letters at least')",
        ana.id
    );
    house.db.conn().await.expect("a connection").batch_execute(&naive).await.expect("nothing waits");
    owner.batch_execute("COMMIT").await.expect("committed");
    assert_eq!(count(&house, "guest_sessions WHERE ended_at IS NULL").await, 1);
}
