//! A new account: asked for, mailed, confirmed; and what others could try with somebody's address.

use std::sync::Arc;

use chrono::TimeDelta;
use domain::clock::{Clock, FixedClock, SharedClock, SystemClock};
use marketing_admin::identity::upkeep;
use reqwest::{Response, StatusCode};

use crate::guests::{Guest, Guests};
use crate::house::{House, PASSWORD};
use crate::letters::{link, token};

const ANA: &str = "ana@example.org";
const BEA: &str = "bea@example.net";
const OWN: &str = "seven lanterns under the mezcal moon";
const STRANGERS: &str = "nine crows over the old harbour";
const ASKED: &str = "One step to your account";

async fn count(house: &House, from: &str) -> i64 {
    house.count_anywhere(&format!("SELECT count(*) FROM marketing_admin.{from}")).await
}

async fn ask(house: &House, guest: &Guest, password: &str) -> Response {
    let form = [
        ("name", "  Ana   Luz "),
        ("email", guest.email.as_str()),
        ("password", password),
        ("marketing", "yes"),
        ("next", "/account/profile"),
    ];
    guest.form(house, "/account/sign-up", &form).await
}

async fn confirm(house: &House, guest: &Guest, link: &str, password: &str) -> Response {
    let form = [("token", token(link)), ("password", password)];
    guest.form(house, "/account/confirm-email", &form).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_comes_of_the_mailed_link_and_of_nothing_before_it() {
    let house = House::open().await;
    let ana = Guests::nobody(ANA, "192.0.2.20");
    let form = ana.page(&house, "/account/sign-up?next=/account/profile").await;
    assert!(form.contains("name=\"next\" value=\"/account/profile\""), "{form}");
    let asked = ask(&house, &ana, OWN).await;
    assert_eq!(asked.status(), StatusCode::ACCEPTED);
    assert!(asked.text().await.expect("a page").contains("Look at your mail"));
    assert_eq!(count(&house, &format!("accounts WHERE email = '{ANA}'")).await, 0, "not before the link");
    assert_eq!(ana.try_password(&house, OWN).await.status(), StatusCode::UNAUTHORIZED);

    let link = link(&house, ANA, ASKED).await;
    assert!(link.starts_with("/account/confirm-email?token="), "{link}");
    // A program that looks after mail opens the link first: that changes nothing.
    for _ in 0..2 {
        let page = ana.page(&house, &link).await;
        assert!(page.contains("Yes, open my account") && !page.contains("name=\"password\""), "{page}");
    }
    let confirmed = confirm(&house, &ana, &link, "").await;
    assert_eq!(confirmed.status(), StatusCode::SEE_OTHER);
    assert_eq!(confirmed.headers()["location"], "/account/profile");
    assert!(ana.page(&house, "/account").await.contains(ANA), "they are signed in");
    let made = format!("accounts WHERE email = '{ANA}' AND name = 'Ana Luz' AND marketing");
    assert_eq!(count(&house, &made).await, 1);
    assert_eq!(count(&house, "consents WHERE granted AND source = 'sign_up'").await, 1);
    assert_eq!(count(&house, "activity WHERE act = 'signed_up'").await, 1);
    assert!(count(&house, "outbox WHERE subject = 'account.changed'").await > 0, "the others are told");

    // The link is used up, and the password is theirs everywhere.
    assert_eq!(ana.get(&house, &link).await.status(), StatusCode::GONE);
    assert_eq!(confirm(&house, &ana, &link, "").await.status(), StatusCode::GONE);
    let laptop = ana.elsewhere("203.0.113.7");
    assert_eq!(laptop.try_password(&house, OWN).await.status(), StatusCode::SEE_OTHER);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waited_in_a_link_is_gone_once_it_is_used_replaced_or_over() {
    let mut house = House::open().await;
    let (ana, bea) = (Guests::nobody(ANA, "192.0.2.20"), Guests::nobody(BEA, "192.0.2.21"));
    let waits = |email: &str| format!("links WHERE email = '{email}' AND payload::text LIKE '%Ana Luz%'");
    let rows = |email: &str| format!("links WHERE purpose = 'sign_up' AND email = '{email}'");
    assert_eq!(ask(&house, &ana, OWN).await.status(), StatusCode::ACCEPTED);
    assert_eq!(count(&house, &waits(ANA)).await, 1, "until it is used");
    let link = link(&house, ANA, ASKED).await;
    assert_eq!(confirm(&house, &ana, &link, "").await.status(), StatusCode::SEE_OTHER);
    assert!(ana.page(&house, "/account").await.contains("Ana Luz"), "it was taken out first");
    let used = format!("{} AND used_at IS NOT NULL AND payload = '{{}}'", rows(ANA));
    assert_eq!((count(&house, &waits(ANA)).await, count(&house, &used).await), (0, 1));

    // A newer one ends the older, and time the newer.
    for _ in 0..2 {
        assert_eq!(ask(&house, &bea, OWN).await.status(), StatusCode::ACCEPTED);
    }
    assert_eq!((count(&house, &waits(BEA)).await, count(&house, &rows(BEA)).await), (1, 2));
    house.stop().await;
    let clock: SharedClock = Arc::new(FixedClock::at(SystemClock.now() + TimeDelta::hours(25)));
    upkeep::pass(&house.db, &clock).await.expect("a pass");
    assert_eq!((count(&house, &waits(BEA)).await, count(&house, &rows(BEA)).await), (0, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_who_signs_up_with_somebodys_address_has_no_key_to_their_account() {
    let house = House::open().await;
    let stranger = Guests::nobody(ANA, "198.51.100.9");
    assert_eq!(ask(&house, &stranger, STRANGERS).await.status(), StatusCode::ACCEPTED);
    let link = link(&house, ANA, ASKED).await;

    // The owner opens it in their own browser, where the stranger's password is not good.
    let ana = Guests::nobody(ANA, "192.0.2.20");
    let page = ana.page(&house, &link).await;
    assert!(page.contains("name=\"password\""), "the password is chosen anew: {page}");
    let refused = confirm(&house, &ana, &link, "short").await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().await.expect("a page").contains("at least 10 characters"));
    assert_eq!(confirm(&house, &ana, &link, OWN).await.status(), StatusCode::SEE_OTHER);
    let written_to = count(&house, "accounts WHERE marketing").await + count(&house, "consents").await;
    assert_eq!(written_to, 0, "and what the stranger allowed is not her word");

    assert_eq!(stranger.try_password(&house, STRANGERS).await.status(), StatusCode::UNAUTHORIZED);
    let laptop = ana.elsewhere("203.0.113.7");
    assert_eq!(laptop.try_password(&house, OWN).await.status(), StatusCode::SEE_OTHER);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_does_not_tell_whether_an_address_has_an_account() {
    let house = House::open().await;
    Guests::with_account(&house, BEA).await;
    let mut said = Vec::new();
    for email in [ANA, BEA] {
        let answer = ask(&house, &Guests::nobody(email, "192.0.2.20"), STRANGERS).await;
        let cookie = answer.headers().get("set-cookie").is_some();
        let status = answer.status();
        let page = answer.text().await.expect("a page").replace(email, "…");
        said.push((status, cookie, page));
    }
    assert_eq!(said[0], said[1]);
    assert_eq!(said[0].0, StatusCode::ACCEPTED);
    // The mail tells the owner, and nobody else.
    let known = link(&house, BEA, "You have an account already").await;
    assert!(known.starts_with("/account/magic?token="), "{known}");
    assert!(link(&house, ANA, ASKED).await.starts_with("/account/confirm-email?token="));
    assert_eq!(count(&house, &format!("accounts WHERE email = '{BEA}'")).await, 1);
    let owner = Guests::nobody(BEA, "203.0.113.7");
    assert_eq!(owner.try_password(&house, STRANGERS).await.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(owner.try_password(&house, PASSWORD).await.status(), StatusCode::SEE_OTHER);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_address_gets_no_mail() {
    let house = House::open().await;
    let label = "b".repeat(63);
    let long = format!("{}@{label}.{label}.{}.org", "a".repeat(64), "b".repeat(58));
    assert_eq!(long.len(), 255);
    let lines = "ana@example.org\r\nBcc: bea@example.net";
    for path in ["/account/sign-up", "/account/forgot", "/account/magic-link"] {
        for bad in ["\"a b\"@x", lines, "ana@example.org\n", long.as_str(), "ana", ""] {
            let form = [("name", "Ana"), ("email", bad), ("password", OWN)];
            let refused = Guests::nobody("", "192.0.2.20").form(&house, path, &form).await;
            assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY, "{bad:?} at {path}");
            let page = refused.text().await.expect("a page");
            assert!(page.contains("data-problem=\"invalid_email\""), "{bad:?} at {path}: {page}");
        }
    }
    // A name is one line as well, for it may stand in a mail one day.
    let form = [("name", "Ana\u{7}Luz"), ("email", ANA), ("password", OWN)];
    let refused = Guests::nobody(ANA, "192.0.2.21").form(&house, "/account/sign-up", &form).await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(count(&house, "emails").await + count(&house, "links").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_is_good_for_a_day_and_a_newer_one_takes_its_place() {
    let mut house = House::open().await;
    let ana = Guests::nobody(ANA, "192.0.2.20");
    assert_eq!(ask(&house, &ana, STRANGERS).await.status(), StatusCode::ACCEPTED);
    let older = link(&house, ANA, ASKED).await;
    assert_eq!(ask(&house, &ana, OWN).await.status(), StatusCode::ACCEPTED);
    let both = crate::letters::links(&house, ANA, ASKED, 2).await;
    let newer = both.iter().find(|link| **link != older).expect("another link");
    assert_eq!(ana.get(&house, &older).await.status(), StatusCode::GONE);
    assert_eq!(ana.get(&house, newer).await.status(), StatusCode::OK);
    house.stop().await;
    house.start_at(Arc::new(FixedClock::at(SystemClock.now() + TimeDelta::hours(25)))).await;
    assert_eq!(confirm(&house, &ana, newer, "").await.status(), StatusCode::GONE);
    assert_eq!(count(&house, &format!("accounts WHERE email = '{ANA}'")).await, 0);
}
