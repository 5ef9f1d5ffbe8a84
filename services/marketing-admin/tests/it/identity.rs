//! Sign-in, sessions, permissions, CSRF, the audit log.

use diesel_async::SimpleAsyncConnection;
use reqwest::StatusCode;
use serde_json::json;

use crate::guests::Guests;
use crate::house::{House, PASSWORD, body, event, until};

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_and_an_unknown_address_are_one_answer() {
    let house = House::open().await;
    let mut answers = Vec::new();
    for (email, password) in [
        ("olga@club.test", "not the password"),
        ("nobody@club.test", PASSWORD),
        ("", ""),
        ("olga@club.test", ""),
    ] {
        let answer = house.sign_in(email, password).await;
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{email:?}");
        let mut problem = body(answer).await;
        problem["request_id"] = json!(null);
        answers.push(problem);
    }
    assert!(answers.iter().all(|answer| answer == &answers[0]), "{answers:?}");
    assert_eq!(answers[0]["code"], "invalid_credentials");
    let refused = house.count("SELECT count(*) FROM audit_log WHERE action = 'session.refused'").await;
    assert_eq!(refused, 4, "every refusal is on record");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_typed_for_an_address_does_not_stay_in_the_audit_log() {
    let house = House::open().await;
    // A password in the wrong field, twice, and another one; then somebody's own address.
    for typed in ["My Secret Words", "my secret words ", "other secret words", "Olga@club.test"] {
        let answer = house.sign_in_from("192.0.2.66", typed, "not the password").await;
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{typed}");
    }
    let rows = "SELECT count(*) FROM audit_log WHERE action = 'session.refused'";
    for typed in ["secret", "club.test"] {
        let found = format!("{rows} AND (target || actor || detail::text) ILIKE '%{typed}%'");
        assert_eq!(house.count(&found).await, 0, "{typed}");
    }
    let unknown = "SELECT count(DISTINCT target) FROM audit_log
                    WHERE action = 'session.refused' AND target ~ '^unknown:[0-9a-f]{32}$'
                      AND detail ->> 'network' = '192.0.2.0'";
    assert_eq!(house.count(unknown).await, 2, "equal ones are told to be equal");
    let hers = "SELECT count(*) FROM audit_log JOIN members ON members.id::text = target
                 WHERE action = 'session.refused' AND members.email = 'olga@club.test'";
    assert_eq!(house.count(hers).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_at_an_address_that_is_nobodys_is_stopped_alike() {
    let house = House::open().await;
    for _ in 0..10 {
        let guess = house.sign_in_from("192.0.2.66", "nobody@club.test", "guess").await;
        assert_eq!(guess.status(), StatusCode::UNAUTHORIZED);
    }
    let next = house.sign_in_from("192.0.2.66", "nobody@club.test", "guess").await;
    assert_eq!(next.status(), StatusCode::TOO_MANY_REQUESTS, "so nobody learns who has an account");
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_is_stopped_for_who_guesses_and_nobody_else() {
    let house = House::open().await;
    for _ in 0..10 {
        let guess = house.sign_in_from("192.0.2.66", "olga@club.test", "guess").await;
        assert_eq!(guess.status(), StatusCode::UNAUTHORIZED);
    }
    let answer = house.sign_in_from("192.0.2.66", "olga@club.test", PASSWORD).await;
    assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS);
    assert!(answer.headers().contains_key("retry-after"));
    let max = house.sign_in_from("192.0.2.66", "max@club.test", PASSWORD).await;
    assert_eq!(body(max).await["code"], "code_needed", "others may: the password was right");
    let olga = house.sign_in_from("198.51.100.7", "olga@club.test", PASSWORD).await;
    assert_eq!(body(olga).await["code"], "code_needed", "she herself may, from where she is");

    let wanted = json!({"email": "olga@club.test", "password": PASSWORD, "audience": "scanner", "address": "192.0.2.66"});
    let request = house.http.post(house.internal("/internal/v1/sessions")).json(&wanted);
    let at_the_door = house.as_service("scanner", request).send().await.expect("an answer");
    assert_eq!(at_the_door.status(), StatusCode::TOO_MANY_REQUESTS, "the door passes on who asks");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_network_of_ipv6_is_one_who_guesses() {
    let house = House::open().await;
    for part in 1..=10 {
        let guess = house.sign_in_from(&format!("2001:db8:7:{part}::1"), "olga@club.test", "guess").await;
        assert_eq!(guess.status(), StatusCode::UNAUTHORIZED);
    }
    let next = house.sign_in_from("2001:db8:7:11::1", "olga@club.test", PASSWORD).await;
    assert_eq!(next.status(), StatusCode::TOO_MANY_REQUESTS);
    let olga = house.sign_in_from("2001:db8:8:1::1", "olga@club.test", PASSWORD).await;
    assert_eq!(body(olga).await["code"], "code_needed", "she herself may, from her own network");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_sign_in_is_a_new_session_and_signing_out_is_final() {
    let house = House::open().await;
    let (first, second) = (house.new_token("max@club.test").await, house.new_token("max@club.test").await);
    assert_ne!(first, second);
    let out =
        house.http.delete(house.url("/api/v1/session")).bearer_auth(&first).send().await.expect("an answer");
    assert_eq!(out.status(), StatusCode::NO_CONTENT);
    let after = house.get("/api/v1/events", &first).await;
    assert_eq!(after.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(body(after).await["code"], "session_ended");
    assert_eq!(house.get("/api/v1/events", &second).await.status(), StatusCode::OK, "the other one lives");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_password_or_role_ends_every_session() {
    let house = House::open().await;
    let token = house.token("max@club.test").await;
    house.put_staff("max@club.test", "door_staff", PASSWORD).await;
    let after = house.get("/api/v1/events", &token).await;
    assert_eq!(body(after).await["code"], "session_ended");
    let token = house.token("max@club.test").await;
    assert_eq!(house.get("/api/v1/events", &token).await.status(), StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operators_new_password_ends_what_is_open_at_the_guests_side_too() {
    let house = House::open().await;
    let ana = Guests::sign_up(&house, "ana@guests.test").await;
    ana.form(&house, "/account/magic-link", &[("email", "ana@guests.test")]).await;
    assert_eq!(house.count("SELECT count(*) FROM links WHERE used_at IS NULL").await, 1);
    house.put_staff("ana@guests.test", "door_staff", "nine crows over the old harbour").await;
    assert_eq!(ana.get(&house, "/account").await.status(), StatusCode::SEE_OTHER, "signed out");
    assert_eq!(house.count("SELECT count(*) FROM guest_sessions WHERE ended_at IS NULL").await, 0);
    assert_eq!(house.count("SELECT count(*) FROM links WHERE used_at IS NULL").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_is_told_so_and_noted() {
    let house = House::open().await;
    let nobody = house.http.get(house.url("/api/v1/events")).send().await.expect("an answer");
    assert_eq!(nobody.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(body(nobody).await["code"], "token_missing");
    let door = house.token("dora@club.test").await;
    for path in
        ["/api/v1/events", "/api/v1/figures", "/admin/emails", "/admin/dead-letters", "/admin/events/new"]
    {
        assert_eq!(house.get(path, &door).await.status(), StatusCode::FORBIDDEN, "{path}");
    }
    assert_eq!(house.post("/api/v1/events", &door, event("Mine")).await.status(), StatusCode::FORBIDDEN);
    for path in
        ["/api/v1/events", "/api/v1/venues", "/admin/events", "/admin/dead-letters/purchase/17/replay"]
    {
        let request = house.http.post(house.url(path)).bearer_auth(&door);
        let bodiless =
            request.header("origin", "http://maguey.localhost:8080").send().await.expect("an answer");
        assert_eq!(bodiless.status(), StatusCode::FORBIDDEN, "{path}: before anything else is looked at");
    }
    until("each is on record", async || {
        house.count("SELECT count(*) FROM audit_log WHERE action = 'access.denied'").await == 10
    })
    .await;
    assert_eq!(house.count("SELECT count(*) FROM events").await, 0);
    let who = "SELECT count(*) FROM audit_log JOIN members AS staff ON staff.id = staff_id
                WHERE action = 'access.denied' AND actor = 'door_staff' AND staff.email = 'dora@club.test'
                  AND detail ->> 'permission' IS NOT NULL";
    assert_eq!(house.count(who).await, 10);
    let request = house.http.post(house.internal("/internal/v1/staff")).json(&json!({}));
    let service = house.as_service("scanner", request).send().await.expect("an answer");
    assert_eq!(service.status(), StatusCode::FORBIDDEN);
    until("a service's attempt too", async || {
        let denied = "SELECT count(*) FROM audit_log WHERE action = 'access.denied' AND actor = 'scanner'
                        AND target = '/internal/v1/staff' AND staff_id IS NULL";
        house.count(denied).await == 1
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disabled_account_is_out_everywhere_until_it_is_made_again() {
    let house = House::open().await;
    let token = house.token("dora@club.test").await;
    let wanted = json!({"email": "dora@club.test", "password": PASSWORD, "audience": "scanner"});
    let request = house.http.post(house.internal("/internal/v1/sessions")).json(&wanted);
    assert_eq!(
        house.as_service("scanner", request).send().await.expect("an answer").status(),
        StatusCode::OK
    );
    assert_eq!(ended(&house, "").await, [] as [serde_json::Value; 0]);

    let disable = json!({"email": "Dora@club.test", "disabled": true});
    let request = house.http.post(house.internal("/internal/v1/staff")).json(&disable);
    let answer = house.as_service("magueyctl", request).send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(body(answer).await["disabled"], true);
    assert_eq!(house.sign_in("dora@club.test", PASSWORD).await.status(), StatusCode::UNAUTHORIZED);
    let after = house.http.delete(house.url("/api/v1/session")).bearer_auth(&token).send().await;
    assert_eq!(body(after.expect("an answer")).await["code"], "session_ended");
    let told = ended(&house, "").await;
    assert!(
        told.len() == 1 && told[0]["session"].is_string() && told[0]["expires_at"].is_string(),
        "{told:?}"
    );
    assert_eq!(ended(&house, "?since=2999-01-01T00:00:00Z").await.len(), 0);
    assert_eq!(ended(&house, "?since=2000-01-01T00:00:00Z").await, told);

    let nobody = json!({"email": "nobody@club.test", "disabled": true});
    let request = house.http.post(house.internal("/internal/v1/staff")).json(&nobody);
    let answer = house.as_service("magueyctl", request).send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    house.put_staff("dora@club.test", "door_staff", PASSWORD).await;
    assert_eq!(house.sign_in("dora@club.test", PASSWORD).await.status(), StatusCode::OK);
}

/// What scanner hears of its sessions that ended early.
async fn ended(house: &House, query: &str) -> Vec<serde_json::Value> {
    let request = house.http.get(house.internal(&format!("/internal/v1/sessions/ended{query}")));
    let answer = house.as_service("scanner", request).send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::OK);
    answer.json().await.expect("a list")
}

/// Takes the account out of use and its sessions away, in a transaction that is not over yet.
async fn disabling(house: &House) -> db::Connection {
    let mut conn = house.db.conn().await.expect("a connection");
    let disable = "BEGIN; UPDATE staff SET disabled_at = now() FROM accounts
         WHERE accounts.id = staff.id AND email = 'dora@club.test';
        UPDATE sessions SET ended_at = now() WHERE ended_at IS NULL";
    conn.batch_execute(disable).await.expect("disabled");
    conn
}

#[tokio::test(flavor = "multi_thread")]
async fn who_signs_in_while_the_account_is_disabled_gets_no_session() {
    let house = House::open().await;
    let mut operator = disabling(&house).await;
    let (answer, ()) = tokio::join!(house.sign_in("dora@club.test", PASSWORD), async {
        until("the sign-in waits for what becomes of the account", async || {
            let waiting = "SELECT count(*) FROM pg_stat_activity
                WHERE datname = current_database() AND wait_event_type = 'Lock'";
            house.count(waiting).await >= 1
        })
        .await;
        operator.batch_execute("COMMIT").await.expect("committed");
    });
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    let alive = "SELECT count(*) FROM sessions JOIN members AS staff ON staff.id = staff_id
        WHERE email = 'dora@club.test' AND ended_at IS NULL";
    assert_eq!(house.count(alive).await, 0);
}

/// The control run: without a second look at the account its session outlives it.
#[tokio::test(flavor = "multi_thread")]
async fn without_a_second_look_a_session_outlives_its_account() {
    let house = House::open().await;
    let mut operator = disabling(&house).await;
    let naive = "INSERT INTO sessions (id, staff_id, audience, created_at, expires_at)
        SELECT gen_random_uuid(), id, 'scanner', now(), now() + interval '1 hour' FROM members WHERE email = 'dora@club.test'";
    house.db.conn().await.expect("a connection").batch_execute(naive).await.expect("nothing waits");
    operator.batch_execute("COMMIT").await.expect("committed");
    let alive = "SELECT count(*) FROM sessions JOIN members AS staff ON staff.id = staff_id
        WHERE disabled_at IS NOT NULL AND ended_at IS NULL";
    assert_eq!(house.count(alive).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_service_opens_sessions_for_itself_alone() {
    let house = House::open().await;
    let ask = |audience: &str| {
        let wanted = json!({"email": "dora@club.test", "password": PASSWORD, "audience": audience});
        house.http.post(house.internal("/internal/v1/sessions")).json(&wanted)
    };
    let opened = house.as_service("scanner", ask("scanner")).send().await.expect("an answer");
    assert_eq!(opened.status(), StatusCode::OK);
    let opened = body(opened).await;
    assert_eq!(opened["staff"]["role"], "door_staff");
    let token = opened["token"].as_str().expect("a token");
    let here = house.get("/api/v1/figures", token).await;
    assert_eq!(body(here).await["code"], "token_invalid", "it is not for this service");

    let foreign = house.as_service("scanner", ask("marketing-admin")).send().await.expect("an answer");
    assert_eq!(foreign.status(), StatusCode::FORBIDDEN);
    let other = house.as_service("magueyctl", ask("magueyctl")).send().await.expect("an answer");
    assert_eq!(other.status(), StatusCode::FORBIDDEN);
    assert_eq!(ask("scanner").send().await.expect("an answer").status(), StatusCode::UNAUTHORIZED);
    let outside = house.http.post(house.url("/internal/v1/sessions")).send().await.expect("an answer");
    assert_eq!(outside.status(), StatusCode::NOT_FOUND, "the public listener does not know it");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_needs_its_token_and_its_origin() {
    let house = House::open().await;
    let token = house.token("olga@club.test").await;
    let made = body(house.post("/api/v1/events", &token, event("Agave")).await).await;
    let path = format!("/admin/events/{}/publish", made["id"].as_str().expect("an id"));
    let cookie = house.cookie("olga@club.test").await;

    let without = house.submit(&path, &cookie, &[]).await;
    assert_eq!(without.status(), StatusCode::FORBIDDEN);
    let wrong = house.submit(&path, &cookie, &[("csrf", "guess")]).await;
    assert_eq!(wrong.status(), StatusCode::FORBIDDEN);
    let page = house.page(&path, &cookie).await.text().await.expect("a page");
    let csrf = field(&page, "csrf");
    let foreign =
        house.http.post(house.url(&path)).header("cookie", &cookie).header("origin", "https://evil.example");
    let foreign = foreign.form(&[("csrf", csrf.as_str())]).send().await.expect("an answer");
    assert_eq!(foreign.status(), StatusCode::FORBIDDEN);
    assert_eq!(house.count("SELECT count(*) FROM events WHERE status = 'published'").await, 0);

    let right = house.submit(&path, &cookie, &[("csrf", &csrf)]).await;
    assert_eq!(right.status(), StatusCode::SEE_OTHER);
    assert_eq!(house.count("SELECT count(*) FROM events WHERE status = 'published'").await, 1);

    let out = house.submit("/admin/sign-out", &cookie, &[("csrf", &csrf)]).await;
    assert_eq!(out.headers()["location"], "/admin/sign-in");
    let after = house.page("/admin/events", &cookie).await;
    assert_eq!(after.status(), StatusCode::SEE_OTHER);
    assert_eq!(after.headers()["location"], "/admin/sign-in?next=/admin/events");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_audit_log_takes_no_second_thoughts() {
    let house = House::open().await;
    let _ = house.token("olga@club.test").await;
    let mut conn = house.db.conn().await.expect("a connection");
    for sql in ["UPDATE audit_log SET actor = 'nobody'", "DELETE FROM audit_log", "TRUNCATE audit_log"] {
        let done = diesel_async::RunQueryDsl::execute(diesel::sql_query(sql), &mut conn).await;
        assert!(done.is_err(), "{sql}");
    }
}

/// The value of a hidden field of a page.
pub fn field(page: &str, name: &str) -> String {
    let at = page.find(&format!("name=\"{name}\" value=\"")).unwrap_or_else(|| panic!("{name} in {page}"));
    let rest = &page[at + name.len() + 15..];
    rest[..rest.find('"').expect("an end")].to_owned()
}
