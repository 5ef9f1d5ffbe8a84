//! A new password by mail or by form, and a new address.

use std::sync::Arc;

use chrono::TimeDelta;
use domain::clock::{Clock, FixedClock, SystemClock};
use reqwest::{Response, StatusCode};

use crate::guests::{Guest, Guests};
use crate::house::{House, PASSWORD};
use crate::letters::{letter, link, links, token};

const ANA: &str = "ana@example.org";
const BEA: &str = "bea@example.net";
const NOBODY: &str = "nobody@example.org";
const NEW: &str = "seven lanterns under the mezcal moon";
const OTHER: &str = "nine crows over the old harbour";
const MAILED: &str = "Choose a new password";

async fn count(house: &House, from: &str) -> i64 {
    house.count_anywhere(&format!("SELECT count(*) FROM marketing_admin.{from}")).await
}

async fn ask(house: &House, email: &str) -> Response {
    Guests::nobody(email, "192.0.2.20").form(house, "/account/forgot", &[("email", email)]).await
}

async fn choose(house: &House, guest: &Guest, link: &str, password: &str) -> Response {
    guest.form(house, "/account/reset", &[("token", token(link)), ("password", password)]).await
}

async fn signs_in(house: &House, guest: &Guest, password: &str) -> bool {
    let answer = guest.elsewhere("203.0.113.99").try_password(house, password).await;
    answer.status() == StatusCode::SEE_OTHER
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_password_ends_every_session_and_opens_none() {
    let house = House::open().await;
    let ana = Guests::sign_up(&house, ANA).await;
    // An open link to sign in is worth as much as a session.
    let form = [("email", ANA)];
    ana.elsewhere("192.0.2.20").form(&house, "/account/magic-link", &form).await;
    let magic = link(&house, ANA, "Your link to sign in").await;

    assert_eq!(ask(&house, ANA).await.status(), StatusCode::ACCEPTED);
    let link = link(&house, ANA, MAILED).await;
    let phone = ana.elsewhere("203.0.113.7");
    assert!(phone.page(&house, &link).await.contains("name=\"password\""));
    let short = choose(&house, &phone, &link, "short").await;
    assert_eq!(short.status(), StatusCode::UNPROCESSABLE_ENTITY, "and the link is still good");
    let chosen = choose(&house, &phone, &link, NEW).await;
    assert_eq!(chosen.status(), StatusCode::SEE_OTHER);
    assert_eq!(chosen.headers()["location"], "/account/sign-in?reset=1");
    assert!(phone.cookie("__Secure-maguey_guest").is_none(), "nobody is signed in by it");
    assert!(phone.page(&house, "/account/sign-in?reset=1").await.contains("Your new password is set"));

    assert_eq!(ana.get(&house, "/account").await.status(), StatusCode::SEE_OTHER, "signed out");
    assert_eq!(count(&house, "guest_sessions WHERE ended_at IS NULL").await, 0);
    assert_eq!(phone.get(&house, &magic).await.status(), StatusCode::GONE);
    assert_eq!(choose(&house, &phone, &link, OTHER).await.status(), StatusCode::GONE, "once");
    assert!(!signs_in(&house, &ana, PASSWORD).await && !signs_in(&house, &ana, OTHER).await);
    assert!(signs_in(&house, &ana, NEW).await);
    letter(&house, ANA, "Your password was changed", 1).await;
    let acts = format!("activity WHERE account_id = '{}' AND act = 'password_reset'", ana.id);
    assert_eq!(count(&house, &acts).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn asking_tells_nobody_whether_there_is_an_account() {
    let house = House::open().await;
    Guests::with_account(&house, ANA).await;
    let mut said = Vec::new();
    for email in [ANA, NOBODY] {
        let answer = ask(&house, email).await;
        let status = answer.status();
        said.push((status, answer.text().await.expect("a page").replace(email, "…")));
    }
    assert_eq!(said[0], said[1]);
    assert_eq!(said[0].0, StatusCode::ACCEPTED);
    assert_eq!(link(&house, NOBODY, "No account with this address").await, "/account/sign-up");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_link_is_open_at_a_time_for_half_an_hour() {
    let mut house = House::open().await;
    let ana = Guests::with_account(&house, ANA).await;
    ask(&house, ANA).await;
    let older = link(&house, ANA, MAILED).await;
    ask(&house, ANA).await;
    let both = links(&house, ANA, MAILED, 2).await;
    let newer = both.iter().find(|link| **link != older).expect("another link");
    assert_eq!(choose(&house, &ana, &older, NEW).await.status(), StatusCode::GONE);
    assert_eq!(ana.get(&house, newer).await.status(), StatusCode::OK);
    let stored = format!("links WHERE payload::text LIKE '%{0}%' OR email LIKE '%{0}%'", token(newer));
    assert_eq!(count(&house, &stored).await, 0, "the token is in the mail alone");
    house.stop().await;
    house.start_at(Arc::new(FixedClock::at(SystemClock.now() + TimeDelta::minutes(31)))).await;
    assert_eq!(choose(&house, &ana, newer, NEW).await.status(), StatusCode::GONE);
    assert!(signs_in(&house, &ana, PASSWORD).await, "the password is as it was");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forged_host_leads_nobody_astray() {
    let house = House::open().await;
    Guests::with_account(&house, ANA).await;
    let request = house.http.post(house.url("/account/forgot")).form(&[("email", ANA)]);
    let request = request
        .header("x-forwarded-host", "evil.example")
        .header("forwarded", "host=evil.example")
        .header("x-original-host", "evil.example");
    let answer = Guests::nobody(ANA, "198.51.100.9").send(request).await;
    assert_eq!(answer.status(), StatusCode::ACCEPTED);
    let letter = letter(&house, ANA, MAILED, 1).await;
    assert!(letter.contains("http://maguey.localhost:8080/account/reset?token="), "{letter}");
    assert!(!letter.contains("evil.example"), "{letter}");

    // The host itself: refused, or of no consequence.
    let request = house.http.post(house.url("/account/forgot")).form(&[("email", ANA)]);
    let answer = Guests::nobody(ANA, "198.51.100.9").send(request.header("host", "evil.example")).await;
    if answer.status() == StatusCode::ACCEPTED {
        let both = links(&house, ANA, MAILED, 2).await;
        assert!(both.iter().all(|link| link.starts_with("/account/reset?token=")), "{both:?}");
    } else {
        assert!(answer.status().is_client_error(), "{}", answer.status());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_signed_in_changes_the_password_and_stays_here_alone() {
    let mut house = House::open().await;
    let ana = Guests::sign_up(&house, ANA).await;
    let laptop = ana.elsewhere("203.0.113.7");
    laptop.sign_in(&house).await;
    let easy = ana.submit(&house, "/account/password", "/account/password", &[("password", "short")]).await;
    assert_eq!(easy.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let changed = ana.submit(&house, "/account/password", "/account/password", &[("password", NEW)]).await;
    assert_eq!(changed.status(), StatusCode::SEE_OTHER);
    assert!(ana.page(&house, "/account").await.contains(ANA), "this browser stays");
    assert_eq!(laptop.get(&house, "/account").await.status(), StatusCode::SEE_OTHER, "the other does not");
    assert!(!signs_in(&house, &ana, PASSWORD).await && signs_in(&house, &ana, NEW).await);
    letter(&house, ANA, "Your password was changed", 1).await;

    // Without the form's token nothing happens; nor for who proved too long ago who they are.
    let bare = ana.form(&house, "/account/password", &[("password", OTHER)]).await;
    assert_eq!(bare.status(), StatusCode::FORBIDDEN);
    let csrf = ana.csrf(&house, "/account/password").await;
    house.stop().await;
    house.start_at(Arc::new(FixedClock::at(SystemClock.now() + TimeDelta::minutes(11)))).await;
    ana.form(&house, "/account/password", &[("csrf", csrf.as_str()), ("password", OTHER)]).await;
    assert!(!signs_in(&house, &ana, OTHER).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_address_is_proven_before_it_counts_and_the_old_one_is_told() {
    let house = House::open().await;
    let ana = Guests::sign_up(&house, ANA).await;
    let asked = ana.submit(&house, "/account/email", "/account/email", &[("email", "ana@new.example")]).await;
    assert_eq!(asked.status(), StatusCode::ACCEPTED);
    assert_eq!(count(&house, "accounts WHERE email = 'ana@new.example'").await, 0, "not before the link");
    let link = link(&house, "ana@new.example", "Is this your new address?").await;

    // The link is hers: in nobody else's hands does it open anything.
    let bea = Guests::sign_up(&house, BEA).await;
    assert_eq!(bea.get(&house, &link).await.status(), StatusCode::GONE);
    let form = [("token", token(&link))];
    let stolen = bea.submit(&house, "/account/profile", "/account/new-email", &form).await;
    assert_eq!(stolen.status(), StatusCode::GONE);

    let confirmed = ana.submit(&house, &link, "/account/new-email", &form).await;
    assert_eq!(confirmed.status(), StatusCode::SEE_OTHER);
    let hers = format!("accounts WHERE id = '{}' AND email = 'ana@new.example'", ana.id);
    assert_eq!(count(&house, &hers).await, 1);
    letter(&house, ANA, "Your account has another address now", 1).await;
    assert!(!signs_in(&house, &ana, PASSWORD).await, "the old address signs in no more");
    let form = [("email", "ana@new.example"), ("password", PASSWORD)];
    let renewed = ana.elsewhere("203.0.113.7").form(&house, "/account/sign-in", &form).await;
    assert_eq!(renewed.status(), StatusCode::SEE_OTHER);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_of_somebody_elses_is_not_taken_over() {
    let house = House::open().await;
    let ana = Guests::sign_up(&house, ANA).await;
    Guests::with_account(&house, BEA).await;
    let asked = ana.submit(&house, "/account/email", "/account/email", &[("email", BEA)]).await;
    assert_eq!(asked.status(), StatusCode::ACCEPTED, "as for any other address");
    letter(&house, BEA, "This address has an account already", 1).await;
    let same = ana.submit(&house, "/account/email", "/account/email", &[("email", " ANA@example.org")]).await;
    assert_eq!(same.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(count(&house, &format!("accounts WHERE id = '{}' AND email = '{ANA}'", ana.id)).await, 1);
}
