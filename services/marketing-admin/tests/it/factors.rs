//! A guest's second factors: set up in a browser, asked for at the sign-in, each code good once.

use std::time::{SystemTime, UNIX_EPOCH};

use reqwest::header::LOCATION;
use reqwest::{Response, StatusCode};
use serde_json::json;
use totp_rs::{Builder, Secret};

use crate::guests::{Guest, Guests};
use crate::house::{House, PASSWORD};

pub const SECURITY: &str = "/account/security";
pub const SECOND: &str = "/account/second-factor";

/// The text between two others.
pub fn between<'a>(page: &'a str, before: &str, after: &str) -> &'a str {
    let at = page.find(before).unwrap_or_else(|| panic!("{before} in {page}")) + before.len();
    let rest = &page[at..];
    &rest[..rest.find(after).expect("an end")]
}

/// What the phone shows, a step of 30 seconds away from now.
fn code(secret: &str, steps: i64) -> String {
    let secret = Secret::try_from_base32(secret).expect("base32");
    let app = Builder::new().with_secret(secret).build().expect("an app");
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs();
    let at = now.checked_add_signed(steps * 30).expect("an instant");
    app.generate(at).to_string()
}

pub fn leads_to(answer: &Response) -> &str {
    answer.headers().get(LOCATION).map_or("", |value| value.to_str().expect("text"))
}

/// The ten recovery codes that a page shows.
pub fn recovery_codes(page: &str) -> Vec<String> {
    let list = between(page, "data-recovery-codes>", "</ul>");
    let codes =
        list.split("</code>").filter_map(|part| part.rsplit_once('>')).map(|(_, code)| code.to_owned());
    let codes: Vec<String> = codes.filter(|code| code.len() == 19).collect();
    assert_eq!(codes.len(), 10);
    codes
}

/// A row of a passkey: enough to be counted, and to sign nobody in.
pub async fn with_passkey(house: &House, guest: &Guest, number: u8) {
    house
        .as_admin(&format!(
            "INSERT INTO marketing_admin.passkeys (credential_id, account_id, name, passkey, made_at)
             VALUES ('\\x{number:02x}', '{}', 'Phone', '{{}}', now())",
            guest.id
        ))
        .await;
}

/// An app set up by the pages; its secret, and the recovery codes.
pub async fn with_app(house: &House, guest: &Guest) -> (String, Vec<String>) {
    let begun = guest.submit(house, SECURITY, "/account/security/totp", &[]).await;
    assert_eq!(leads_to(&begun), "/account/security/totp");
    let page = guest.page(house, "/account/security/totp").await;
    let secret = between(&page, "data-secret=\"", "\"").to_owned();
    let shown = code(&secret, 0);
    let sent = [("code", shown.as_str())];
    let confirmed =
        guest.submit(house, "/account/security/totp", "/account/security/totp/confirm", &sent).await;
    assert_eq!(confirmed.status(), StatusCode::OK);
    let page = confirmed.text().await.expect("a page");
    let codes = recovery_codes(&page);
    // The code of now was used up; nobody here waits half a minute for the next.
    let anew = format!("UPDATE marketing_admin.totp SET last_step = 0 WHERE account_id = '{}'", guest.id);
    house.as_admin(&anew).await;
    (secret, codes)
}

/// Another browser of theirs, where the password was right and a second factor is asked for.
pub async fn half_way(house: &House, guest: &Guest, address: &str) -> Guest {
    let browser = guest.elsewhere(address);
    let answer = browser.try_password(house, PASSWORD).await;
    assert_eq!((answer.status(), leads_to(&answer)), (StatusCode::SEE_OTHER, SECOND));
    assert_eq!(browser.get(house, SECURITY).await.status(), StatusCode::SEE_OTHER, "not signed in yet");
    browser
}

pub async fn send(house: &House, browser: &Guest, code: &str) -> Response {
    browser.send(house.http.post(house.url(SECOND)).form(&[("code", code)])).await
}

pub async fn is_in(house: &House, browser: &Guest) -> bool {
    browser.get(house, SECURITY).await.status() == StatusCode::OK
}

#[tokio::test]
async fn an_app_is_set_up_and_its_code_opens_the_sign_in() {
    let house = House::open().await;
    let ana = Guests::sign_up(&house, "ana@guests.test").await;
    let (secret, _) = with_app(&house, &ana).await;
    assert!(ana.page(&house, SECURITY).await.contains("10 recovery codes left"));

    let browser = half_way(&house, &ana, "192.0.2.31").await;
    let wrong = send(&house, &browser, "000000").await;
    assert_eq!(wrong.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!is_in(&house, &browser).await);
    let right = send(&house, &browser, &code(&secret, 0)).await;
    assert_eq!(right.status(), StatusCode::SEE_OTHER);
    assert!(is_in(&house, &browser).await);

    // The secret is not in the table, and the owner was told.
    let plain = Secret::try_from_base32(&secret).expect("base32");
    let plain: String = plain.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    let readable = format!(
        "SELECT count(*) FROM totp WHERE position('\\x{plain}'::bytea IN secret_sealed) > 0 OR octet_length(secret_sealed) < 49"
    );
    assert_eq!(house.count(&readable).await, 0);
    let told =
        format!("SELECT count(*) FROM activity WHERE account_id = '{}' AND act = 'factor_added'", ana.id);
    assert_eq!(house.count(&told).await, 1);
    assert!(house.count("SELECT count(*) FROM emails WHERE recipient = 'ana@guests.test'").await >= 1);
}

#[tokio::test]
async fn a_code_is_good_once_even_twice_at_the_same_instant() {
    let house = House::open().await;
    let ana = Guests::sign_up(&house, "ana@guests.test").await;
    let (secret, _) = with_app(&house, &ana).await;
    let one = half_way(&house, &ana, "192.0.2.41").await;
    let other = half_way(&house, &ana, "198.51.100.41").await;
    let shown = code(&secret, 0);
    let (first, second) = tokio::join!(send(&house, &one, &shown), send(&house, &other, &shown));
    let opened = [first.status(), second.status()];
    assert_eq!(
        opened.iter().filter(|status| **status == StatusCode::SEE_OTHER).count(),
        1,
        "{opened:?}: one of the two is in"
    );
    let late = half_way(&house, &ana, "203.0.113.41").await;
    assert_eq!(send(&house, &late, &shown).await.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!is_in(&house, &late).await);
    // The next one is.
    assert_eq!(send(&house, &late, &code(&secret, 1)).await.status(), StatusCode::SEE_OTHER);
    assert!(is_in(&house, &late).await);
}

#[tokio::test]
async fn a_recovery_code_opens_once() {
    let house = House::open().await;
    let ana = Guests::sign_up(&house, "ana@guests.test").await;
    let (_, codes) = with_app(&house, &ana).await;
    let lost = half_way(&house, &ana, "192.0.2.51").await;
    // However it is typed.
    let typed = codes[0].to_uppercase().replace('-', " ");
    assert_eq!(send(&house, &lost, &typed).await.status(), StatusCode::SEE_OTHER);
    assert!(lost.page(&house, SECURITY).await.contains("9 recovery codes left"));
    let again = half_way(&house, &ana, "198.51.100.51").await;
    assert_eq!(send(&house, &again, &codes[0]).await.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(send(&house, &again, &codes[1]).await.status(), StatusCode::SEE_OTHER);

    // New ones take the place of all.
    let renewed = lost.submit(&house, SECURITY, "/account/security/recovery-codes", &[]).await;
    assert_eq!(renewed.status(), StatusCode::OK);
    let late = half_way(&house, &ana, "203.0.113.51").await;
    assert_eq!(send(&house, &late, &codes[2]).await.status(), StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn five_wrong_codes_end_the_sign_in_that_was_under_way() {
    let house = House::open().await;
    let ana = Guests::sign_up(&house, "ana@guests.test").await;
    let (_, codes) = with_app(&house, &ana).await;
    let thief = half_way(&house, &ana, "203.0.113.61").await;
    for _ in 0..4 {
        assert_eq!(send(&house, &thief, "000000").await.status(), StatusCode::UNPROCESSABLE_ENTITY);
    }
    let fifth = send(&house, &thief, "000000").await;
    assert_eq!(leads_to(&fifth), "/account/sign-in");
    let right = send(&house, &thief, &codes[0]).await;
    assert_eq!(leads_to(&right), "/account/sign-in", "a right one comes too late");
    assert!(!is_in(&house, &thief).await);
    // Its owner is not locked out by that.
    let owner = half_way(&house, &ana, "192.0.2.61").await;
    assert_eq!(send(&house, &owner, &codes[0]).await.status(), StatusCode::SEE_OTHER);
    assert!(is_in(&house, &owner).await);
}

#[tokio::test]
async fn a_secret_moved_to_another_account_opens_nothing() {
    let house = House::open().await;
    let ana = Guests::sign_up(&house, "ana@guests.test").await;
    let eve = Guests::sign_up(&house, "eve@guests.test").await;
    let (_, _) = with_app(&house, &ana).await;
    let (eves, _) = with_app(&house, &eve).await;
    house
        .as_admin(&format!(
            "UPDATE marketing_admin.totp SET last_step = 0,
                    secret_sealed = (SELECT secret_sealed FROM marketing_admin.totp WHERE account_id = '{}')
              WHERE account_id = '{}'",
            eve.id, ana.id
        ))
        .await;
    let thief = half_way(&house, &ana, "203.0.113.71").await;
    assert_eq!(send(&house, &thief, &code(&eves, 0)).await.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!is_in(&house, &thief).await);
    // The control: at home it still is good.
    let own = half_way(&house, &eve, "192.0.2.71").await;
    assert_eq!(send(&house, &own, &code(&eves, 0)).await.status(), StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn another_password_ends_a_sign_in_under_way() {
    let house = House::open().await;
    let ana = Guests::sign_up(&house, "ana@guests.test").await;
    let (_, codes) = with_app(&house, &ana).await;
    let thief = half_way(&house, &ana, "203.0.113.81").await;
    house
        .as_admin(&format!(
            "UPDATE marketing_admin.accounts SET password_hash = NULL WHERE id = '{}'",
            ana.id
        ))
        .await;
    assert_eq!(leads_to(&send(&house, &thief, &codes[0]).await), "/account/sign-in");
}

#[tokio::test]
async fn who_works_here_is_asked_for_the_passkey_on_the_guests_side_too() {
    let house = House::open().await;
    let ana = Guests::with_account(&house, "ana@guests.test").await;
    with_passkey(&house, &ana, 1).await;
    ana.sign_in(&house).await;
    ana.page(&house, "/account").await;
    let staff = format!(
        "INSERT INTO marketing_admin.staff (id, role, created_at, changed_at) VALUES ('{}', 'manager', now(), now())",
        ana.id
    );
    house.as_admin(&staff).await;
    let thief = ana.elsewhere("203.0.113.82");
    let asked = thief.try_password(&house, PASSWORD).await;
    assert_eq!(leads_to(&asked), "/account/second-factor");
    assert_eq!(thief.cookie("__Secure-maguey_guest"), None, "and is not in");
}

#[tokio::test]
async fn wrong_codes_from_many_networks_are_counted_together() {
    let house = House::open().await;
    let ana = Guests::sign_up(&house, "ana@guests.test").await;
    let (secret, recovery) = with_app(&house, &ana).await;
    for network in 1..=4 {
        let browser = half_way(&house, &ana, &format!("2001:db8:{network}::9")).await;
        for _ in 0..5 {
            send(&house, &browser, "000000").await;
        }
    }
    // One network more helps nobody: not even the right code is looked at for a while.
    let next = half_way(&house, &ana, "2001:db8:5::9").await;
    let late = send(&house, &next, &code(&secret, 0)).await;
    assert_eq!(late.status(), StatusCode::TOO_MANY_REQUESTS);
    assert!(late.headers().contains_key("retry-after"));
    // Nobody guesses a recovery code, so her own opens all the same.
    assert_eq!(send(&house, &next, &recovery[0]).await.status(), StatusCode::SEE_OTHER);
    assert!(is_in(&house, &next).await);
}

#[tokio::test]
async fn right_codes_use_up_nothing() {
    let house = House::open().await;
    let ana = Guests::sign_up(&house, "ana@guests.test").await;
    let (secret, _) = with_app(&house, &ana).await;
    let browser = half_way(&house, &ana, "198.51.100.95").await;
    assert_eq!(send(&house, &browser, &code(&secret, 0)).await.status(), StatusCode::SEE_OTHER);
    let begun = "SELECT count(*) FROM allowances WHERE whole_at > now() + interval '9 minutes 30 seconds'";
    assert_eq!(house.count(begun).await, 0, "the wait after a wrong code would be ten minutes");
}

#[tokio::test]
async fn who_switches_the_app_off_signs_in_with_the_password_alone() {
    let house = House::open().await;
    let ana = Guests::sign_up(&house, "ana@guests.test").await;
    with_app(&house, &ana).await;
    let off = ana.submit(&house, SECURITY, "/account/security/totp/remove", &[]).await;
    assert_eq!(leads_to(&off), "/account/security?done=app-off");
    let browser = ana.elsewhere("192.0.2.91");
    browser.sign_in(&house).await;
    assert!(is_in(&house, &browser).await);
    let left = format!("SELECT count(*) FROM recovery_codes WHERE account_id = '{}'", ana.id);
    assert_eq!(house.count(&left).await, 0, "codes of nothing");
}

#[tokio::test]
async fn a_passkey_that_is_none_signs_nobody_in_and_its_challenge_is_good_once() {
    let house = House::open().await;
    let ana = Guests::with_account(&house, "ana@guests.test").await;
    let ask = || house.http.post(house.url("/account/passkey/options")).json(&json!({}));
    let asked: serde_json::Value = ana.send(ask()).await.json().await.expect("JSON");
    assert_eq!(asked["options"]["publicKey"]["userVerification"], "required");
    assert_eq!(asked["options"]["publicKey"]["rpId"], "maguey.localhost");
    let forged = json!({"challenge": asked["challenge"], "credential": {"id": "AAAA", "rawId": "AAAA", "type": "public-key",
        "response": {"clientDataJSON": "AAAA", "authenticatorData": "AAAA", "signature": "AAAA"}}});
    let answer = ana.send(house.http.post(house.url("/account/passkey/finish")).json(&forged)).await;
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(house.count("SELECT count(*) FROM passkey_challenges").await, 0, "it was used up");
}

#[tokio::test]
async fn a_sign_in_given_up_half_way_keeps_nobody_elses_passkey_out() {
    let house = House::open().await;
    let ana = Guests::sign_up(&house, "ana@guests.test").await;
    with_app(&house, &ana).await;
    let browser = half_way(&house, &ana, "192.0.2.61").await;
    let ask = |path: &str| house.http.post(house.url(path)).json(&json!({}));
    let asked = browser.send(ask("/account/passkey/options")).await;
    assert_eq!(asked.status(), StatusCode::OK, "whoever is at this browser now may use theirs");
    let asked: serde_json::Value = asked.json().await.expect("JSON");
    assert!(asked["options"]["publicKey"]["allowCredentials"].as_array().is_none_or(Vec::is_empty));
    let second = browser.send(ask("/account/passkey/options?second=true")).await;
    assert_eq!(second.status(), StatusCode::CONFLICT, "ana has none that could be her second factor");
}
