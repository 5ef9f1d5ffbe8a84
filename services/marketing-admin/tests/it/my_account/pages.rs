//! Profile and consent, what happened, and being asked again who one is.

use std::sync::Arc;

use chrono::TimeDelta;
use domain::clock::{Clock, FixedClock, SystemClock};
use marketing_admin::identity::upkeep;
use reqwest::StatusCode;

use super::{ANA, BEA, clock, count, of_account};
use crate::guests::{Guest, Guests};
use crate::house::House;

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
