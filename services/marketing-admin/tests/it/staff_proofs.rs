//! The staff prove who they are: at the sign-in, and afresh for what can't be taken back.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use domain::clock::{Clock, FixedClock, SystemClock};
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::house::{House, PASSWORD, app, body};
use crate::identity::field;
use crate::orders::{desk, order};

const MAX: &str = "max@club.test";

/// The code of somebody's app at a time of the test's own.
fn code_at(house: &House, email: &str, at: DateTime<Utc>) -> String {
    let secret = house.app(email).expect("an app").totp.expect("a secret");
    let second = u64::try_from(at.timestamp()).expect("after 1970");
    devstack::staff::code_of(&secret, second / 30).expect("a code")
}

/// Signs in as the door does, for itself.
async fn at_the_door(house: &House, wanted: Value) -> Response {
    let request = house.http.post(house.internal("/internal/v1/sessions")).json(&wanted);
    house.as_service("scanner", request).send().await.expect("an answer")
}

/// The pair that an answer sets under this name.
pub fn set(answer: &Response, name: &str) -> String {
    let cookies = answer.headers().get_all("set-cookie").iter();
    let mut cookies = cookies.filter_map(|cookie| cookie.to_str().ok());
    let cookie = cookies.find(|cookie| cookie.starts_with(name)).expect("the cookie");
    for part in ["HttpOnly", "Secure", "Path=/"] {
        assert!(cookie.contains(part), "{part} in {cookie}");
    }
    assert!(!cookie.to_lowercase().contains("domain="), "host only");
    cookie.split(';').next().expect("a pair").to_owned()
}

fn place(answer: &Response) -> &str {
    answer.headers()["location"].to_str().expect("text")
}

/// A house whose clock the test moves; Max has signed in at its time. Gives the clock and his token.
async fn by_the_clock(house: &mut House) -> (Arc<FixedClock>, String) {
    house.stop().await;
    let clock = Arc::new(FixedClock::at(SystemClock.now()));
    house.start_at(clock.clone()).await;
    let token = house.token(MAX).await;
    (clock, token)
}

#[tokio::test(flavor = "multi_thread")]
async fn who_needs_a_second_factor_and_has_none_reaches_nothing_but_its_set_up() {
    let house = House::open().await;
    house.put_staff_with("nora@club.test", "manager", PASSWORD, None).await;
    let form = [("email", "nora@club.test"), ("password", PASSWORD), ("next", "/admin/orders")];
    let answer = house.submit("/admin/sign-in", "", &form).await;
    assert_eq!((answer.status(), place(&answer)), (StatusCode::SEE_OTHER, "/admin/security"));
    let cookie = set(&answer, "__Host-maguey_staff=");
    for path in ["/admin", "/admin/orders", "/admin/events/new", "/admin/box-office", "/admin/exports/ledger"]
    {
        let page = house.page(path, &cookie).await;
        assert_eq!((page.status(), place(&page)), (StatusCode::SEE_OTHER, "/admin/security"), "{path}");
    }
    let token = house.new_token("nora@club.test").await;
    let refused = house.get("/api/v1/events", &token).await;
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    assert_eq!(body(refused).await["code"], "second_factor_missing");
    let wanted = json!({"email": "nora@club.test", "password": PASSWORD, "audience": "scanner"});
    assert_eq!(body(at_the_door(&house, wanted).await).await["code"], "second_factor_missing");

    // She sets up an app, and is in.
    let page = house.page("/admin/security", &cookie).await.text().await.expect("a page");
    let csrf = field(&page, "csrf");
    let page = house.submit("/admin/security/app", &cookie, &[("csrf", &csrf)]).await;
    let page = page.text().await.expect("a page");
    let secret = field(&page, "secret");
    assert!(page.contains("class=\"qr\""), "{page}");
    let wrong = [("csrf", csrf.as_str()), ("secret", secret.as_str()), ("code", "12345")];
    let again = house.submit("/admin/security/app/confirm", &cookie, &wrong).await;
    assert_eq!(again.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let second = u64::try_from(SystemClock.now().timestamp()).expect("after 1970");
    let code = devstack::staff::code_of(&secret, second / 30).expect("a code");
    let right = [("csrf", csrf.as_str()), ("secret", secret.as_str()), ("code", code.as_str())];
    let done = house.submit("/admin/security/app/confirm", &cookie, &right).await;
    assert!(done.status().is_success() || done.status().is_redirection(), "{}", done.status());
    let better = set(&done, "__Host-maguey_staff=");
    assert_eq!(house.page("/admin/events", &better).await.status(), StatusCode::OK);
    // Should it have been somebody who knew her password: she hears of it.
    let told = "SELECT count(*) FROM emails WHERE recipient = 'nora@club.test' AND template = 'account'";
    assert_eq!(house.count(told).await, 1);
    let again = json!({"email": "nora@club.test", "password": PASSWORD, "code": code});
    let again = house.http.post(house.url("/api/v1/session")).json(&again).send().await.expect("an answer");
    assert_eq!(again.status(), StatusCode::UNAUTHORIZED, "the code that set it up is used as well");
    let before = house.page("/admin/security", &cookie).await;
    assert!(place(&before).starts_with("/admin/sign-in"), "the session that could do nothing is over");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_alone_is_asked_for_the_code_and_a_code_is_good_once() {
    let house = House::open().await;
    let post = async |wanted: Value| {
        let request = house.http.post(house.url("/api/v1/session")).json(&wanted);
        request.send().await.expect("an answer")
    };
    let alone = post(json!({"email": MAX, "password": PASSWORD})).await;
    assert_eq!(alone.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(body(alone).await["code"], "code_needed");
    let wrong = post(json!({"email": MAX, "password": PASSWORD, "code": "12345"})).await;
    assert_eq!(body(wrong).await["code"], "invalid_credentials");
    let stranger = post(json!({"email": MAX, "password": "a long enough guess"})).await;
    assert_eq!(body(stranger).await["code"], "invalid_credentials", "nobody else hears of a second factor");

    let wanted = house.app(MAX).expect("an app").sign_in().await.expect("a code");
    let in_time = post(wanted.clone()).await;
    assert_eq!(in_time.status(), StatusCode::OK);
    let token = body(in_time).await["token"].as_str().expect("a token").to_owned();
    assert_eq!(house.get("/api/v1/events", &token).await.status(), StatusCode::OK);
    assert_eq!(body(post(wanted).await).await["code"], "invalid_credentials", "its code was used");
    let proved = "SELECT count(*) FROM audit_log WHERE action = 'session.opened' AND actor = 'manager'
                    AND detail ->> 'second_factor' = 'code'";
    assert_eq!(house.count(proved).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_gives_the_code_on_a_page_of_its_own() {
    let house = House::open().await;
    let form = [("email", MAX), ("password", PASSWORD), ("next", "/admin/events")];
    let answer = house.submit("/admin/sign-in", "", &form).await;
    assert_eq!((answer.status(), place(&answer)), (StatusCode::SEE_OTHER, "/admin/sign-in/second-factor"));
    let pending = set(&answer, "__Host-maguey_staff_pending=");
    let page = house.page("/admin/sign-in/second-factor", &pending).await;
    assert_eq!(page.status(), StatusCode::OK);
    assert!(page.text().await.expect("a page").contains("name=\"code\""));
    assert_eq!(
        house.page("/admin/events", &pending).await.status(),
        StatusCode::SEE_OTHER,
        "half a sign-in is none"
    );
    let wrong = house.submit("/admin/sign-in/second-factor", &pending, &[("code", "12345")]).await;
    assert_eq!(wrong.status(), StatusCode::UNAUTHORIZED);
    let code = house.app(MAX).expect("an app").code().await.expect("a clock").expect("a code");
    let done = house.submit("/admin/sign-in/second-factor", &pending, &[("code", &code)]).await;
    assert_eq!((done.status(), place(&done)), (StatusCode::SEE_OTHER, "/admin/events"));
    let cookie = set(&done, "__Host-maguey_staff=");
    assert_eq!(house.page("/admin/events", &cookie).await.status(), StatusCode::OK);
    let over = house.page("/admin/sign-in/second-factor", &pending).await;
    assert_eq!(place(&over), "/admin/sign-in", "it is good for one session");

    // Five codes, and the password is asked for again.
    let pending = set(&house.submit("/admin/sign-in", "", &form).await, "__Host-maguey_staff_pending=");
    for _ in 0..5 {
        let wrong = house.submit("/admin/sign-in/second-factor", &pending, &[("code", "12345")]).await;
        assert_eq!(wrong.status(), StatusCode::UNAUTHORIZED);
    }
    let over = house.submit("/admin/sign-in/second-factor", &pending, &[("code", "12345")]).await;
    assert_eq!((over.status(), place(&over)), (StatusCode::SEE_OTHER, "/admin/sign-in"));
}

#[tokio::test(flavor = "multi_thread")]
async fn door_staff_need_no_factor_and_an_enrolled_phone_is_one() {
    let house = House::open().await;
    let wanted = |email: &str, device: bool| json!({"email": email, "password": PASSWORD, "audience": "scanner", "device": device});
    assert_eq!(at_the_door(&house, wanted("dora@club.test", false)).await.status(), StatusCode::OK);
    let elsewhere = at_the_door(&house, wanted(MAX, false)).await;
    assert_eq!(elsewhere.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(body(elsewhere).await["code"], "code_needed");
    assert_eq!(at_the_door(&house, wanted(MAX, true)).await.status(), StatusCode::OK, "on the club's phone");
    // Who has set one up is asked for it, whatever the role.
    house.put_staff_with("dora@club.test", "door_staff", PASSWORD, app("", "", "").totp).await;
    assert_eq!(body(at_the_door(&house, wanted("dora@club.test", false)).await).await["code"], "code_needed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_refund_takes_a_fresh_code_and_loses_nothing_of_the_form() {
    let large = json!({"order": {"total_minor": 30_000}, "left_minor": 30_000});
    let (mut house, _site, heard) = desk(order(large)).await;
    let (clock, _) = by_the_clock(&mut house).await;
    let cookie = house.cookie(MAX).await;
    let page = house.page("/admin/orders/K7MPX2QD", &cookie).await.text().await.expect("a page");
    let (csrf, key) = (field(&page, "csrf"), field(&page, "key"));
    let form = |amount: &'static str| {
        vec![
            ("csrf", csrf.clone()),
            ("key", key.clone()),
            ("scope", "amount".to_owned()),
            ("amount", amount.to_owned()),
            ("reason", "The sound failed".to_owned()),
        ]
    };
    let submit = async |form: Vec<(&'static str, String)>| {
        let form: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        house.submit("/admin/orders/K7MPX2QD/refunds", &cookie, &form).await
    };
    clock.advance(TimeDelta::minutes(6));
    assert_eq!(
        submit(form("200.00")).await.status(),
        StatusCode::SEE_OTHER,
        "up to the limit nothing is asked"
    );
    assert_eq!(heard.lock().expect("no panic").len(), 1);

    let asked = submit(form("200.01")).await;
    assert_eq!(asked.status(), StatusCode::FORBIDDEN);
    let page = asked.text().await.expect("a page");
    assert_eq!(
        (field(&page, "amount"), field(&page, "reason")),
        ("200.01".into(), "The sound failed".into())
    );
    assert!(page.contains("name=\"second_factor\""), "{page}");
    assert_eq!(heard.lock().expect("no panic").len(), 1, "nothing has happened yet");
    let mut wrong = form("200.01");
    wrong.push(("second_factor", "12345".to_owned()));
    assert_eq!(submit(wrong).await.status(), StatusCode::FORBIDDEN);
    let mut right = form("200.01");
    right.push(("second_factor", code_at(&house, MAX, clock.now())));
    assert_eq!(submit(right).await.status(), StatusCode::SEE_OTHER);
    let wish = heard.lock().expect("no panic").remove(1);
    assert_eq!((&wish["amount_minor"], &wish["reason"]), (&json!(20_001), &json!("The sound failed")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_s_large_refund_takes_a_fresh_code_too() {
    let large = json!({"order": {"total_minor": 30_000}, "left_minor": 30_000});
    let (mut house, _site, heard) = desk(order(large)).await;
    let (clock, token) = by_the_clock(&mut house).await;
    let wish =
        |amount: i64| json!({"key": Uuid::now_v7(), "amount_minor": amount, "reason": "The sound failed"});
    let path = "/api/v1/orders/K7MPX2QD/refunds";
    clock.advance(TimeDelta::minutes(4));
    assert_eq!(house.post(path, &token, wish(30_000)).await.status(), StatusCode::OK, "the sign-in is fresh");
    clock.advance(TimeDelta::minutes(2));
    assert_eq!(house.post(path, &token, wish(20_000)).await.status(), StatusCode::OK, "up to the limit");
    let refused = house.post(path, &token, wish(20_001)).await;
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    assert_eq!(body(refused).await["code"], "proof_needed");
    assert_eq!(heard.lock().expect("no panic").len(), 2);

    let proof = json!({"code": code_at(&house, MAX, clock.now())});
    let proved = house.post("/api/v1/session/proof", &token, proof.clone()).await;
    assert_eq!(proved.status(), StatusCode::OK);
    let fresh = body(proved).await["token"].as_str().expect("a token").to_owned();
    assert_eq!(house.post(path, &fresh, wish(20_001)).await.status(), StatusCode::OK);
    let twice = house.post("/api/v1/session/proof", &token, proof).await;
    assert_eq!(twice.status(), StatusCode::UNAUTHORIZED, "a code is good once");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_guests_leaves_the_house_within_five_minutes_of_a_proof() {
    let mut house = House::open().await;
    let (clock, _) = by_the_clock(&mut house).await;
    let cookie = house.cookie(MAX).await;
    let path = format!("/admin/exports/guests?event={}&format=csv", Uuid::now_v7());
    // No such night: whoever hears that was let through.
    assert_eq!(house.page(&path, &cookie).await.status(), StatusCode::NOT_FOUND);
    clock.advance(TimeDelta::minutes(5));
    let led = house.page(&path, &cookie).await;
    assert_eq!(led.status(), StatusCode::SEE_OTHER);
    assert!(place(&led).starts_with("/admin/prove?next=/admin/exports/guests"), "{}", place(&led));
    let page = house.page(place(&led), &cookie).await.text().await.expect("a page");
    let (csrf, next) =
        (field(&page, "csrf"), field(&page, "next").replace("&amp;", "&").replace("&#38;", "&"));
    assert_eq!(next, path);
    let code = code_at(&house, MAX, clock.now());
    let form = [("csrf", csrf.as_str()), ("next", next.as_str()), ("code", code.as_str())];
    let proved = house.submit("/admin/prove", &cookie, &form).await;
    assert_eq!(proved.status(), StatusCode::OK, "a file is linked to, not led to");
    let fresh = set(&proved, "__Host-maguey_staff=");
    assert_eq!(house.page(&path, &fresh).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(
        house.page(&path, &cookie).await.status(),
        StatusCode::SEE_OTHER,
        "the old token proves nothing"
    );
    clock.advance(TimeDelta::minutes(5));
    assert_eq!(house.page(&path, &fresh).await.status(), StatusCode::SEE_OTHER, "and it passes");
    // Nobody is led to another site.
    let form = [("csrf", csrf.as_str()), ("next", "https://evil.example/"), ("code", "12345")];
    let page = house.submit("/admin/prove", &cookie, &form).await.text().await.expect("a page");
    assert_eq!(field(&page, "next"), "/admin");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_nobody_uses_for_two_hours_is_over_and_one_in_use_after_twelve() {
    let mut house = House::open().await;
    let (clock, token) = by_the_clock(&mut house).await;
    for _ in 0..6 {
        clock.advance(TimeDelta::minutes(119));
        assert_eq!(house.get("/api/v1/events", &token).await.status(), StatusCode::OK);
    }
    clock.advance(TimeDelta::minutes(10));
    let over = house.get("/api/v1/events", &token).await;
    assert_eq!(body(over).await["code"], "token_expired", "twelve hours and not longer");

    let mut house = House::open().await;
    let (clock, token) = by_the_clock(&mut house).await;
    clock.advance(TimeDelta::minutes(121));
    let idle = house.get("/api/v1/events", &token).await;
    assert_eq!(body(idle).await["code"], "session_ended");
}
