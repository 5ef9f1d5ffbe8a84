//! Guests' sessions: begun anew at each sign-in, renewed by tokens that are good once, ended for good.

use std::sync::Arc;

use chrono::TimeDelta;
use domain::clock::{Clock, FixedClock, SharedClock, SystemClock};
use reqwest::header::LOCATION;
use reqwest::{Response, StatusCode};
use serde_json::Value;

use crate::guests::{Guest, Guests};
use crate::house::{House, body};

const TOKEN: &str = "__Secure-maguey_guest";
const REFRESH: &str = "__Host-maguey_refresh";

/// A house whose clock the test moves.
async fn with_a_clock() -> (House, Arc<FixedClock>) {
    let mut house = House::unopened().await;
    let clock = Arc::new(FixedClock::at(SystemClock.now()));
    let shared: SharedClock = clock.clone();
    house.move_in().await;
    house.start_at(shared).await;
    (house, clock)
}

fn leads_to(answer: &Response) -> &str {
    answer.headers().get(LOCATION).and_then(|to| to.to_str().ok()).unwrap_or_default()
}

/// Asks for the sessions page with a token and refresh token of the test's choosing.
async fn with_cookies(house: &House, cookies: &str) -> Response {
    let request = house.http.get(house.url("/account/sessions")).header("accept", "text/html");
    request.header("cookie", cookies).send().await.expect("an answer")
}

#[tokio::test]
async fn each_sign_in_is_a_new_session_and_signing_out_is_final() {
    let house = House::open().await;
    let ana = Guests::sign_up(&house, "ana@example.org").await;
    let first = ana.cookie(TOKEN).expect("a token");
    ana.sign_in(&house).await;
    let second = ana.cookie(TOKEN).expect("a token");
    assert_ne!(first, second);
    let gone = ana.submit(&house, "/account/sessions", "/account/sign-out", &[]).await;
    assert_eq!((gone.status(), leads_to(&gone)), (StatusCode::SEE_OTHER, "/account/sign-in"));
    assert_eq!((ana.cookie(TOKEN), ana.cookie(REFRESH)), (None, None), "the browser keeps nothing");
    // A copy of the token opens nothing either.
    let request = house
        .http
        .get(house.url("/account/sessions"))
        .header("accept", "application/json")
        .header("cookie", format!("{TOKEN}={second}"));
    let answer = request.send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(body(answer).await["code"], "session_ended");
    assert!(with_cookies(&house, &format!("{TOKEN}={first}")).await.status().is_success(), "the other lives");
}

#[tokio::test]
async fn a_form_that_was_open_for_long_is_not_lost() {
    let (house, clock) = with_a_clock().await;
    let ana = Guests::sign_up(&house, "ana@example.org").await;
    let csrf = ana.csrf(&house, "/account/profile").await;
    let before = ana.cookie(TOKEN);
    clock.advance(TimeDelta::minutes(30));
    let form = [("csrf", csrf.as_str()), ("name", "Ana Sol"), ("language", "en")];
    let answer = ana.send(house.http.post(house.url("/account/profile")).form(&form)).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER, "saved");
    assert_ne!(ana.cookie(TOKEN), before, "and renewed on the way");
    assert!(ana.page(&house, "/account/profile").await.contains("Ana Sol"));
}

#[tokio::test]
async fn a_refresh_token_that_is_used_again_later_ends_its_session() {
    let (house, clock) = with_a_clock().await;
    let ana = Guests::sign_up(&house, "ana@example.org").await;
    let stolen = ana.cookie(REFRESH).expect("a refresh token");
    clock.advance(TimeDelta::minutes(11));
    ana.page(&house, "/account").await;
    assert_ne!(ana.cookie(REFRESH).as_deref(), Some(stolen.as_str()), "its successor");
    // Another tab that renewed at the same time gets in.
    clock.advance(TimeDelta::seconds(5));
    let tab = renewed_by(&house, &stolen).await;
    assert_eq!(leads_to(&tab), "/account/sessions");
    clock.advance(TimeDelta::minutes(1));
    let thief = renewed_by(&house, &stolen).await;
    assert!(leads_to(&thief).starts_with("/account/sign-in"), "{}", leads_to(&thief));
    // Who was robbed signs in again, and reads why.
    let answer = ana.get(&house, "/account/sessions").await;
    assert!(leads_to(&answer).starts_with("/account/refresh"), "{}", answer.status());
    crate::house::until("the guest is told", async || {
        house.mailbox("ana@example.org").await.iter().any(|mail| mail.to_string().contains("session"))
    })
    .await;
}

async fn renewed_by(house: &House, refresh: &str) -> Response {
    let url = house.url("/account/refresh?next=/account/sessions");
    house.http.get(url).header("cookie", format!("{REFRESH}={refresh}")).send().await.expect("an answer")
}

#[tokio::test]
async fn a_guest_sees_where_they_are_signed_in_and_ends_the_others() {
    let house = House::open().await;
    let phone = Guests::sign_up(&house, "ana@example.org").await;
    let desk = phone.elsewhere("198.51.100.9");
    desk.sign_in(&house).await;
    let page = phone.page(&house, "/account/sessions").await;
    assert!(page.contains("198.51.100.9") && page.contains("192.0.2.10"), "both are there");
    phone.submit(&house, "/account/sessions", "/account/sessions/end-others", &[]).await;
    assert!(!phone.page(&house, "/account/sessions").await.contains("198.51.100.9"));
    let out = desk.get(&house, "/account/sessions").await;
    assert!(leads_to(&out).starts_with("/account/refresh"), "{}", leads_to(&out));
    let out = renewed_by(&house, &desk.cookie(REFRESH).expect("a refresh token")).await;
    assert!(leads_to(&out).starts_with("/account/sign-in"));
}

#[tokio::test]
async fn nobody_ends_a_session_of_somebody_else() {
    let house = House::open().await;
    let ana = Guests::sign_up(&house, "ana@example.org").await;
    let eve = Guests::sign_up(&house, "eve@example.org").await;
    let session = session_of(&ana);
    let path = format!("/account/sessions/{session}/end");
    assert_eq!(eve.submit(&house, "/account/sessions", &path, &[]).await.status(), StatusCode::NOT_FOUND);
    ana.page(&house, "/account/sessions").await;
}

fn session_of(guest: &Guest) -> String {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    let token = guest.cookie(TOKEN).expect("a token");
    let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).expect("claims")).expect("base64");
    let claims: Value = serde_json::from_slice(&claims).expect("JSON");
    claims["sid"].as_str().expect("a session").to_owned()
}

#[tokio::test]
async fn a_refresh_leads_to_our_own_sites_alone() {
    let house = House::open().await;
    let ana = Guests::sign_up(&house, "ana@example.org").await;
    for bad in
        ["//evil.example", "%5C%5Cevil", "https:evil", "/%2f%2fevil", "https%3A%2F%2Fevil.example%2Fmy"]
    {
        let answer = ana.get(&house, &format!("/account/refresh?next={bad}")).await;
        assert_eq!(leads_to(&answer), "/account", "{bad}");
    }
}

#[tokio::test]
async fn a_new_key_is_told_of_before_it_signs_and_an_old_one_stays_good_until_it_is_retired() {
    let (house, clock) = with_a_clock().await;
    house.put_staff("olga@club.test", "owner", crate::house::PASSWORD).await;
    let ana = Guests::sign_up(&house, "ana@example.org").await;
    let kids = async || -> Vec<String> {
        let answer = house.http.get(house.url("/.well-known/jwks.json")).send().await.expect("an answer");
        let keys = body(answer).await["keys"].as_array().cloned().unwrap_or_default();
        keys.iter().map(|key| key["kid"].as_str().expect("a kid").to_owned()).collect()
    };
    let first = kids().await;
    assert_eq!(first.len(), 1);
    let cookie = house.cookie("olga@club.test").await;
    clock.advance(TimeDelta::minutes(4));
    let post = async |path: &str| {
        let page = house.page("/admin/keys", &cookie).await.text().await.expect("a page");
        let csrf = crate::identity::field(&page, "csrf");
        assert_eq!(house.submit(path, &cookie, &[("csrf", &csrf)]).await.status(), StatusCode::SEE_OTHER);
    };
    post("/admin/keys").await;
    assert_eq!(kids().await.len(), 2, "both are told of");
    ana.sign_in(&house).await;
    assert_eq!(kid_of(&ana), first[0], "the new one does not sign yet");
    ana.page(&house, "/account/sessions").await;
    post(&format!("/admin/keys/{}/retire", first[0])).await;
    let answer = ana.get(&house, "/account/sessions").await;
    assert!(leads_to(&answer).starts_with("/account/refresh"), "what it signed is believed no more");
    ana.get(&house, "/account/refresh?next=/account/sessions").await;
    assert_ne!(kid_of(&ana), first[0]);
    ana.page(&house, "/account/sessions").await;
}

fn kid_of(guest: &Guest) -> String {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    let token = guest.cookie(TOKEN).expect("a token");
    let header = URL_SAFE_NO_PAD.decode(token.split('.').next().expect("a header")).expect("base64");
    let header: Value = serde_json::from_slice(&header).expect("JSON");
    header["kid"].as_str().expect("a kid").to_owned()
}
