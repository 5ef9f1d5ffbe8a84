//! Who may, and for how long.

use diesel_async::SimpleAsyncConnection;
use domain::permission::{Permission, Role};
use serde_json::{Value, json};
use web::session::{COOKIE, Claims};

use crate::heal::until;
use crate::house::{CODE, House, ORIGIN, PASSWORD, service_token, token};

async fn sign_in(house: &House, password: &str) -> (u16, Value) {
    let request = house.http.post(house.url("/api/v1/session"));
    let response =
        request.json(&json!({"email": "door@club.test", "password": password})).send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

fn events(house: &House, token: &str) -> reqwest::RequestBuilder {
    house.http.get(house.url("/api/v1/events")).bearer_auth(token)
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_kills_the_token() {
    let house = House::open().await;
    let (status, session) = sign_in(&house, PASSWORD).await;
    assert_eq!((status, session["staff"]["role"].as_str()), (200, Some("door_staff")));
    let token = session["token"].as_str().unwrap();
    assert_eq!(House::code(events(&house, token)).await.0, 200);

    let sign_out = house.http.delete(house.url("/api/v1/session")).bearer_auth(token);
    assert_eq!(sign_out.send().await.unwrap().status(), 204);
    let staff = session["staff"]["id"].as_str().unwrap();
    let row = format!(
        "select count(*) from audit_log where action = 'session.ended' and actor = 'door_staff' and staff_id = '{staff}'"
    );
    assert_eq!(house.count(&row).await, 1);
    assert_eq!(house.count("select count(*) from audit_log").await, 1);
    assert_eq!(House::code(events(&house, token)).await, (401, "session_ended".into()));
    let (status, text) = house.scan(token, &house.scan_of("x")).await;
    assert!(status == 401 && text.contains("session_ended"), "{text}");
}

/// Another replica took the sign-out: the list in memory does not know yet, the scan's own statement does.
#[tokio::test(flavor = "multi_thread")]
async fn a_session_ended_elsewhere_scans_nothing() {
    let house = House::open().await;
    let claims = house.claims(Role::DoorStaff);
    house.answer(&token(&claims), &house.scan_of("x")).await;
    let mut conn = house.db.conn().await.unwrap();
    scanner::sessions::store::end(&mut conn, claims.sid, house.now(), claims.expires_at()).await.unwrap();
    let (status, text) = house.scan(&token(&claims), &house.scan_of("y")).await;
    assert!(status == 401 && text.contains("session_ended"), "{status} {text}");
}

/// A disabled account, a new password: marketing-admin knows, and the door asks.
#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_the_desk_ended_is_dead_at_the_door() {
    let house = House::open().await;
    let claims = house.claims(Role::DoorStaff);
    house.answer(&token(&claims), &house.scan_of("x")).await;
    house.desk_ends(&claims);
    assert_eq!(house.learn_ended().await, 1);
    // The scan's own statement knows that it has ended; the list in memory says within seconds that somebody else ended it.
    let (status, text) = house.scan(&token(&claims), &house.scan_of("y")).await;
    assert!(
        status == 401 && (text.contains("session_ended") || text.contains("token_revoked")),
        "{status} {text}"
    );
    until("the token is called revoked", async || {
        House::code(events(&house, &token(&claims))).await == (401, "token_revoked".into())
    })
    .await;
    assert_eq!(house.learn_ended().await, 1, "hearing it twice changes nothing");
}

/// Nobody tells the door: it asks by itself.
#[tokio::test(flavor = "multi_thread")]
async fn the_phone_of_a_suspended_member_scans_nothing_within_the_stated_time() {
    let house = House::open().await;
    let claims = house.claims(Role::DoorStaff);
    let token = token(&claims);
    house.answer(&token, &house.scan_of("x")).await;
    let suspended = tokio::time::Instant::now();
    house.desk_ends(&claims);
    until("its scans are refused", async || house.scan(&token, &house.scan_of("y")).await.0 == 401).await;
    until("its pages are refused", async || House::code(events(&house, &token)).await.0 == 401).await;
    let waited = suspended.elapsed();
    assert!(waited <= scanner::sessions::revoked::WITHIN, "{waited:?}");
    let other = house.token(Role::DoorStaff);
    assert_eq!(house.scan(&other, &house.scan_of("z")).await.0, 200, "others go on");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_and_an_absent_desk_are_told_apart() {
    let house = House::open().await;
    let (status, problem) = sign_in(&house, "guess").await;
    assert_eq!((status, problem["code"].as_str()), (401, Some("invalid_credentials")));

    let good = house.token(Role::DoorStaff);
    let House { desk, running, http, .. } = house;
    desk.stop().await;
    let url = |path: &str| format!("http://{}{path}", running.public);
    let body = json!({"email": "door@club.test", "password": PASSWORD});
    let away = House::code(http.post(url("/api/v1/session")).json(&body)).await;
    assert_eq!(away, (503, "sign_in_unavailable".into()));
    let events = House::code(http.get(url("/api/v1/events")).bearer_auth(good)).await;
    assert_eq!(events.0, 200, "who is signed in goes on working");
}

/// On a phone that is not the club's: the password, and the code of who has one. (On one that is, the PINs' tests sign the owner in
/// without.)
#[tokio::test(flavor = "multi_thread")]
async fn another_phone_is_asked_for_the_code_of_a_second_factor() {
    let house = House::open().await;
    let submit = async |code: &str| {
        let mut form = vec![("email", "owner@club.test"), ("password", PASSWORD), ("next", "/live")];
        if !code.is_empty() {
            form.push(("code", code));
        }
        let request = house.http.post(house.url("/sign-in")).header("origin", ORIGIN).form(&form);
        request.send().await.unwrap()
    };
    let shown = house.http.get(house.url("/sign-in")).send().await.unwrap().text().await.unwrap();
    assert!(!shown.contains("name=\"code\""), "nobody is asked before");
    for (code, said) in
        [("", "This account has a second factor."), ("123456", "Email and password don’t match.")]
    {
        let asked = submit(code).await;
        assert_eq!(asked.status(), 401);
        let page = asked.text().await.unwrap();
        assert!(page.contains(said) && page.contains("name=\"code\""), "{page}");
        assert!(page.contains("value=\"owner@club.test\""), "the address is kept: {page}");
    }
    let entered = submit(CODE).await;
    assert_eq!((entered.status().as_u16(), entered.headers()["location"].to_str().unwrap()), (303, "/live"));

    let body = json!({"email": "owner@club.test", "password": PASSWORD});
    let program = House::code(house.http.post(house.url("/api/v1/session")).json(&body)).await;
    assert_eq!(program, (401, "code_needed".into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_live_token_for_this_door_is_believed() {
    let house = House::open().await;
    let mine = house.claims(Role::DoorStaff);
    let for_the_desk = Claims { aud: "marketing-admin".into(), ..mine.clone() };
    assert_eq!(House::code(events(&house, &token(&for_the_desk))).await, (401, "token_invalid".into()));
    let over = Claims { exp: mine.iat - 3600, iat: mine.iat - 7200, ..mine };
    assert_eq!(House::code(events(&house, &token(&over))).await, (401, "token_expired".into()));
    assert_eq!(House::code(events(&house, "a.b.c")).await, (401, "token_invalid".into()));
    let nobody = house.http.get(house.url("/api/v1/events"));
    assert_eq!(House::code(nobody).await, (401, "token_missing".into()));
    for role in Role::ALL {
        let right = if role.may(Permission::DoorScan) { 200 } else { 403 };
        assert_eq!(House::code(events(&house, &house.token(role))).await.0, right, "{role:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_forms_session_is_in_a_cookie_that_no_script_reads() {
    let house = House::open().await;
    let form = |password: &str| {
        let form = format!("email=door%40club.test&password={}&next=%2F", password.replace(' ', "+"));
        let request = house.http.post(house.url("/sign-in")).header("origin", ORIGIN).body(form);
        request.header("content-type", "application/x-www-form-urlencoded")
    };
    let refused = form("guess").send().await.unwrap();
    assert_eq!(refused.status(), 401);
    assert!(refused.text().await.unwrap().contains("Email and password don’t match."));
    let foreign = form(PASSWORD).header("sec-fetch-site", "cross-site").send().await.unwrap();
    assert_eq!(foreign.status(), 403);

    let welcome = form(PASSWORD).send().await.unwrap();
    assert_eq!((welcome.status().as_u16(), welcome.headers()["location"].to_str().unwrap()), (303, "/"));
    let cookie = welcome.headers()["set-cookie"].to_str().unwrap().to_owned();
    assert!(
        cookie.starts_with(COOKIE) && cookie.contains("HttpOnly") && cookie.contains("Secure"),
        "{cookie}"
    );
    assert!(cookie.contains("Path=/") && !cookie.contains("Domain"), "{cookie}");

    let jar = cookie.split(';').next().unwrap().to_owned();
    let page = house.http.get(house.url("/")).header("cookie", &jar).send().await.unwrap();
    assert_eq!(page.status(), 200);
    let out = house.http.post(house.url("/sign-out")).header("cookie", &jar).header("origin", ORIGIN);
    assert_eq!(out.send().await.unwrap().headers()["location"], "/sign-in");
    let page = house.http.get(house.url("/")).header("cookie", &jar).send().await.unwrap();
    assert_eq!(page.headers()["location"], "/sign-in?next=/");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_done_at_the_door_is_on_record_and_stays_there() {
    let house = House::open().await;
    let url = format!("http://{}/internal/v1/reconcile", house.running.internal);
    let call = |name: &str| {
        let request = house.http.post(&url).bearer_auth(service_token(name, house.now()));
        House::code(request.json(&json!({})))
    };
    assert_eq!(call("marketing-admin").await.0, 403, "for the operator alone");
    assert_eq!(call("magueyctl").await.0, 503, "the owners do not answer here");
    until("the refused attempt is on record", async || {
        let denied =
            "select count(*) from audit_log where action = 'access.denied' and actor = 'marketing-admin'
                        and target = '/internal/v1/reconcile'";
        house.count(denied).await == 1
    })
    .await;
    let asked =
        "select count(*) from audit_log where action = 'projections.compared' and actor = 'magueyctl'";
    assert_eq!(house.count(asked).await, 1);
    let mut conn = house.db.conn().await.unwrap();
    for sql in ["update audit_log set actor = 'nobody'", "delete from audit_log", "truncate audit_log"] {
        let refused = conn.batch_execute(sql).await.unwrap_err().to_string();
        assert!(refused.contains("permission denied"), "{sql}: {refused}");
    }
}
