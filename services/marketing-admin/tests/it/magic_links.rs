//! Signing in by a mailed link.

use std::sync::Arc;

use chrono::TimeDelta;
use domain::clock::{Clock, FixedClock, SystemClock};
use futures::future::join_all;
use reqwest::{Response, StatusCode};

use crate::guests::{Guest, Guests};
use crate::house::House;
use crate::letters::{link, links, token};

const ANA: &str = "ana@example.org";
const NOBODY: &str = "nobody@example.org";
const MAILED: &str = "Your link to sign in";

async fn ask(house: &House, email: &str, next: &str) -> Response {
    let form = [("email", email), ("password", "left over from a manager"), ("next", next)];
    Guests::nobody(email, "192.0.2.20").form(house, "/account/magic-link", &form).await
}

async fn press(house: &House, guest: &Guest, link: &str) -> Response {
    guest.form(house, "/account/magic", &[("token", token(link))]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mailed_link_signs_in_once_wherever_it_is_opened() {
    let house = House::open().await;
    let ana = Guests::with_account(&house, ANA).await;
    assert_eq!(ask(&house, ANA, "/account/activity").await.status(), StatusCode::ACCEPTED);
    let link = link(&house, ANA, MAILED).await;
    let phone = ana.elsewhere("203.0.113.7");
    // Looking is not pressing.
    for _ in 0..2 {
        assert!(phone.page(&house, &link).await.contains(ANA), "whose account it is, is said");
    }
    assert_eq!(phone.get(&house, "/account").await.status(), StatusCode::SEE_OTHER, "not signed in yet");
    let pressed = press(&house, &phone, &link).await;
    assert_eq!(pressed.status(), StatusCode::SEE_OTHER);
    assert_eq!(pressed.headers()["location"], "/account/activity");
    assert!(phone.page(&house, "/account").await.contains(ANA));
    let again = press(&house, &ana.elsewhere("198.51.100.9"), &link).await;
    assert_eq!(again.status(), StatusCode::GONE);
    assert_eq!(phone.get(&house, &link).await.status(), StatusCode::GONE);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_ten_who_press_at_once_one_is_let_in() {
    let house = House::open().await;
    let ana = Guests::with_account(&house, ANA).await;
    ask(&house, ANA, "").await;
    let link = link(&house, ANA, MAILED).await;
    let browsers: Vec<Guest> = (0..10).map(|_| ana.elsewhere("203.0.113.7")).collect();
    let answers = join_all(browsers.iter().map(|browser| press(&house, browser, &link))).await;
    let let_in = answers.iter().filter(|answer| answer.status() == StatusCode::SEE_OTHER).count();
    let gone = answers.iter().filter(|answer| answer.status() == StatusCode::GONE).count();
    assert_eq!((let_in, gone), (1, 9));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_address_is_answered_alike_and_shown_the_way_to_an_account() {
    let house = House::open().await;
    Guests::with_account(&house, ANA).await;
    let mut said = Vec::new();
    for email in [ANA, NOBODY] {
        let answer = ask(&house, email, "").await;
        let status = answer.status();
        said.push((status, answer.text().await.expect("a page").replace(email, "…")));
    }
    assert_eq!(said[0], said[1]);
    assert_eq!(link(&house, NOBODY, "No account with this address yet").await, "/account/sign-up");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_link_ends_the_older_and_none_lives_longer_than_a_quarter_of_an_hour() {
    let mut house = House::open().await;
    let ana = Guests::with_account(&house, ANA).await;
    ask(&house, ANA, "").await;
    let older = link(&house, ANA, MAILED).await;
    ask(&house, ANA, "").await;
    let both = links(&house, ANA, MAILED, 2).await;
    let newer = both.iter().find(|link| **link != older).expect("another link");
    assert_eq!(press(&house, &ana, &older).await.status(), StatusCode::GONE);
    house.stop().await;
    house.start_at(Arc::new(FixedClock::at(SystemClock.now() + TimeDelta::minutes(16)))).await;
    assert_eq!(ana.get(&house, newer).await.status(), StatusCode::GONE);
    assert_eq!(press(&house, &ana, newer).await.status(), StatusCode::GONE);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_never_a_link_opens_nothing() {
    let house = House::open().await;
    let ana = Guests::with_account(&house, ANA).await;
    for made_up in ["", "x", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "%27%20OR%201%3D1"] {
        for page in ["magic", "reset", "confirm-email"] {
            let path = format!("/account/{page}?token={made_up}");
            assert_eq!(ana.get(&house, &path).await.status(), StatusCode::GONE, "{path}");
        }
    }
    // A link is good for what it was made for alone.
    ask(&house, ANA, "").await;
    let link = link(&house, ANA, MAILED).await;
    for page in ["reset", "confirm-email"] {
        let path = format!("/account/{page}?token={}", token(&link));
        assert_eq!(ana.get(&house, &path).await.status(), StatusCode::GONE, "{path}");
    }
    assert_eq!(press(&house, &ana, &link).await.status(), StatusCode::SEE_OTHER);
}
