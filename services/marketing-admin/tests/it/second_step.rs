//! A passkey as second factor of a guest: asked for as its owner chose, and by itself once one that is lost shuts nobody out.

use reqwest::StatusCode;

use crate::factors::{SECOND, SECURITY, half_way, is_in, leads_to, recovery_codes, send, with_passkey};
use crate::guests::{Guest, Guests};
use crate::house::{House, PASSWORD};

const STEP: &str = "/account/security/second-step";

async fn choose(house: &House, guest: &Guest, asked: &str) -> reqwest::Response {
    guest.submit(house, SECURITY, STEP, &[("asked", asked)]).await
}

async fn acts(house: &House, guest: &Guest, act: &str) -> i64 {
    let acts = format!("SELECT count(*) FROM activity WHERE account_id = '{}' AND act = '{act}'", guest.id);
    house.count(&acts).await
}

#[tokio::test]
async fn who_has_two_passkeys_is_asked_for_one_after_the_password_until_they_choose_otherwise() {
    let house = House::open().await;
    let ana = Guests::sign_up(&house, "ana@guests.test").await;
    with_passkey(&house, &ana, 1).await;
    let first = ana.elsewhere("192.0.2.101");
    first.sign_in(&house).await;
    assert!(is_in(&house, &first).await, "one alone may be lost: nobody is shut out unasked");
    assert!(first.page(&house, SECURITY).await.contains("Ask for my passkey or a code"));

    with_passkey(&house, &ana, 2).await;
    let second = half_way(&house, &ana, "198.51.100.101").await;
    let page = second.page(&house, SECOND).await;
    assert!(page.contains("asks for your passkey as well"), "{page}");
    assert!(page.contains("data-passkey=\"get\"") && !page.contains("name=\"code\""), "{page}");

    assert_eq!(leads_to(&choose(&house, &ana, "no").await), "/account/security?done=step-off");
    let third = ana.elsewhere("203.0.113.101");
    third.sign_in(&house).await;
    assert!(is_in(&house, &third).await);
    assert_eq!(leads_to(&choose(&house, &ana, "yes").await), "/account/security?done=step-on");
    half_way(&house, &ana, "192.0.2.102").await;
    assert_eq!(acts(&house, &ana, "second_step_off").await, 1);
    assert_eq!(acts(&house, &ana, "second_step_on").await, 1, "and is told of it");
}

#[tokio::test]
async fn who_chooses_the_step_with_one_passkey_gets_codes_that_complete_it() {
    let house = House::open().await;
    let ana = Guests::sign_up(&house, "ana@guests.test").await;
    with_passkey(&house, &ana, 1).await;
    let chosen = choose(&house, &ana, "yes").await;
    assert_eq!(chosen.status(), StatusCode::OK);
    let codes = recovery_codes(&chosen.text().await.expect("a page"));
    let lost = half_way(&house, &ana, "192.0.2.111").await;
    assert!(lost.page(&house, SECOND).await.contains("your passkey or a code as well"));
    assert_eq!(send(&house, &lost, "000000").await.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!is_in(&house, &lost).await);
    assert_eq!(send(&house, &lost, &codes[0]).await.status(), StatusCode::SEE_OTHER);
    assert!(lost.page(&house, SECURITY).await.contains("9 recovery codes left"));
    // Chosen again, the codes that are left stay good.
    assert_eq!(leads_to(&choose(&house, &lost, "no").await), "/account/security?done=step-off");
    assert_eq!(leads_to(&choose(&house, &lost, "yes").await), "/account/security?done=step-on");
    let again = half_way(&house, &ana, "198.51.100.111").await;
    assert_eq!(send(&house, &again, &codes[1]).await.status(), StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn recovery_codes_switch_the_step_on_for_who_did_not_choose() {
    let house = House::open().await;
    let ana = Guests::sign_up(&house, "ana@guests.test").await;
    with_passkey(&house, &ana, 1).await;
    let made = ana.submit(&house, SECURITY, "/account/security/recovery-codes", &[]).await;
    assert_eq!(made.status(), StatusCode::OK);
    half_way(&house, &ana, "192.0.2.121").await;
}

#[tokio::test]
async fn who_is_asked_for_a_passkey_proves_afresh_with_no_password() {
    const CONFIRM: &str = "/account/confirm";
    let house = House::open().await;
    let ana = Guests::sign_up(&house, "ana@guests.test").await;
    let afresh = async || {
        let csrf = ana.csrf(&house, SECURITY).await;
        let form = [("csrf", csrf.as_str()), ("password", PASSWORD), ("next", SECURITY)];
        ana.send(house.http.post(house.url(CONFIRM)).form(&form)).await.status()
    };
    with_passkey(&house, &ana, 1).await;
    assert_eq!(afresh().await, StatusCode::SEE_OTHER, "nobody asks her for the one passkey");
    with_passkey(&house, &ana, 2).await;
    assert_eq!(afresh().await, StatusCode::UNPROCESSABLE_ENTITY, "a password adds no passkey of a thief's");
    let page = ana.page(&house, CONFIRM).await;
    assert!(page.contains("data-passkey=\"get\"") && !page.contains("name=\"password\""), "{page}");
    assert_eq!(leads_to(&choose(&house, &ana, "no").await), "/account/security?done=step-off");
    assert_eq!(afresh().await, StatusCode::SEE_OTHER);

    // Whoever works here is asked for it whatever they chose.
    let staff = format!(
        "INSERT INTO marketing_admin.staff (id, role, created_at, changed_at) VALUES ('{}', 'manager', now(), now())",
        ana.id
    );
    house.as_admin(&staff).await;
    assert_eq!(afresh().await, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn without_a_passkey_there_is_nothing_to_choose() {
    let house = House::open().await;
    let ana = Guests::sign_up(&house, "ana@guests.test").await;
    let csrf = ana.csrf(&house, SECURITY).await;
    let form = [("csrf", csrf.as_str()), ("asked", "yes")];
    let refused = ana.send(house.http.post(house.url(STEP)).form(&form)).await;
    assert_eq!(refused.status(), StatusCode::CONFLICT);
    let free = ana.elsewhere("192.0.2.131");
    assert_eq!(leads_to(&free.try_password(&house, PASSWORD).await), "/account");
}
