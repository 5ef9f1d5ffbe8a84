//! Signing in by a code sent to one's phone, and numbers of accounts.

use std::sync::Arc;

use domain::clock::SystemClock;
use marketing_admin::identity::sms::SmsSettings;
use reqwest::header::LOCATION;
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};

use crate::guests::{Guest, Guests};
use crate::house::House;

const ANA: &str = "ana@example.org";
const NUMBER: &str = "+34600000001";

/// A house that sends SMS.
async fn house() -> House {
    house_with(&[]).await
}

/// The same with more said in its environment.
async fn house_with(more: &[(&'static str, &str)]) -> House {
    let mut house = House::unopened().await;
    house.variables = vec![
        ("TWILIO_URL", house.sandbox.url.clone()),
        ("TWILIO_ACCOUNT_SID", "ACtest".to_owned()),
        ("TWILIO_AUTH_TOKEN", "secret".to_owned()),
        ("TWILIO_FROM", "+34600000000".to_owned()),
    ];
    house.variables.extend(more.iter().map(|(name, value)| (*name, (*value).to_owned())));
    house.move_in().await;
    house
}

/// What was sent to a number, oldest first.
async fn texts(house: &House, to: &str) -> Vec<String> {
    let url = format!("{}/texts.json", house.sandbox.url);
    let answer = house.http.get(url).query(&[("to", to)]).send().await.expect("an answer");
    let list: Vec<Value> = answer.json().await.expect("JSON");
    list.iter().map(|text| text["body"].as_str().expect("a text").to_owned()).collect()
}

/// The code that was sent last.
async fn last_code(house: &House, to: &str) -> String {
    let text = texts(house, to).await.pop().expect("an SMS");
    let code: String = text.chars().take(6).collect();
    assert!(code.bytes().all(|digit| digit.is_ascii_digit()), "{text}");
    assert!(text.ends_with(&format!("#{code}")), "browsers can read it: {text}");
    code
}

async fn ask(house: &House, guest: &Guest, phone: &str) -> Response {
    let form = [("phone", phone), ("next", "/account/profile")];
    guest.send(house.http.post(house.url("/account/phone")).form(&form)).await
}

async fn type_code(house: &House, guest: &Guest, code: &str) -> Response {
    let form = [("code", code), ("next", "/account/profile")];
    guest.send(house.http.post(house.url("/account/phone/code")).form(&form)).await
}

async fn browser(house: &House, number: u8) -> Guest {
    let guest = Guests::with_account(house, &format!("nobody-{number}@example.net")).await;
    guest.elsewhere(&format!("198.51.{number}.1"))
}

async fn count(house: &House, from: &str) -> i64 {
    house.count_anywhere(&format!("SELECT count(*) FROM marketing_admin.{from}")).await
}

/// Another code than this.
fn wrong(code: &str) -> &'static str {
    if code == "000000" { "111111" } else { "000000" }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_signs_in_and_makes_an_account_once() {
    let house = house().await;
    let first = browser(&house, 1).await;
    assert_eq!(ask(&house, &first, "600 000 001").await.status(), StatusCode::OK);
    let code = last_code(&house, NUMBER).await;
    let second = browser(&house, 2).await;
    assert_eq!(
        type_code(&house, &second, &code).await.status(),
        StatusCode::UNPROCESSABLE_ENTITY,
        "another browser"
    );
    let done = type_code(&house, &first, &code).await;
    assert_eq!(
        (done.status(), done.headers()[LOCATION].as_bytes()),
        (StatusCode::SEE_OTHER, &b"/account/profile"[..])
    );
    assert_eq!(count(&house, &format!("accounts WHERE phone = '{NUMBER}' AND email IS NULL")).await, 1);
    assert!(first.page(&house, "/account").await.contains(NUMBER));

    ask(&house, &second, NUMBER).await;
    let code = last_code(&house, NUMBER).await;
    assert_eq!(type_code(&house, &second, &code).await.status(), StatusCode::SEE_OTHER);
    assert_eq!(count(&house, &format!("accounts WHERE phone = '{NUMBER}'")).await, 1);
    assert_eq!(count(&house, "phone_codes WHERE used_at IS NULL").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn five_wrong_codes_end_it() {
    let house = house().await;
    let ana = browser(&house, 1).await;
    ask(&house, &ana, NUMBER).await;
    let code = last_code(&house, NUMBER).await;
    for _ in 0..5 {
        let refused = type_code(&house, &ana, wrong(&code)).await;
        assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert_eq!(type_code(&house, &ana, &code).await.status(), StatusCode::UNPROCESSABLE_ENTITY, "too late");
    assert_eq!(count(&house, &format!("accounts WHERE phone = '{NUMBER}'")).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_else_asks_for_a_code_to_a_number_ends_none_that_its_owner_waits_for() {
    let house = house().await;
    let (ana, stranger) = (browser(&house, 1).await, browser(&house, 2).await);
    ask(&house, &ana, NUMBER).await;
    let hers = last_code(&house, NUMBER).await;
    for _ in 0..2 {
        assert_eq!(ask(&house, &stranger, NUMBER).await.status(), StatusCode::OK);
    }
    assert_eq!(texts(&house, NUMBER).await.len(), 3);
    let refused = type_code(&house, &stranger, &hers).await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY, "it is good in her browser alone");
    for _ in 0..5 {
        type_code(&house, &stranger, "12").await;
    }
    assert_eq!(type_code(&house, &ana, &hers).await.status(), StatusCode::SEE_OTHER);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_three_codes_to_a_number_are_good_and_each_once() {
    let house = house().await;
    let ana = browser(&house, 1).await;
    ask(&house, &ana, NUMBER).await;
    let older = last_code(&house, NUMBER).await;
    ask(&house, &ana, NUMBER).await;
    let newer = last_code(&house, NUMBER).await;
    let waiting = ana.cookie("__Host-maguey_phone").expect("waiting");
    // The browser's cookie goes with the first that fits, so both are sent with the one it has now.
    let both = futures::future::join(type_code(&house, &ana, &newer), type_code(&house, &ana, &newer)).await;
    let mut statuses = [both.0.status().as_u16(), both.1.status().as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, if older == newer { [303, 303] } else { [303, 422] });
    let used = format!("phone_codes WHERE browser = '{waiting}' AND used_at IS NOT NULL");
    assert_eq!(count(&house, &used).await, if older == newer { 2 } else { 1 });

    let bea = browser(&house, 2).await;
    let other = "+34600000002";
    for _ in 0..2 {
        ask(&house, &bea, other).await;
    }
    let first: String = texts(&house, other).await[0].chars().take(6).collect();
    assert_eq!(type_code(&house, &bea, &first).await.status(), StatusCode::SEE_OTHER, "the slower SMS");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_code_is_a_try_at_every_code_that_it_could_have_been() {
    let house = house().await;
    let ana = browser(&house, 1).await;
    for _ in 0..2 {
        ask(&house, &ana, NUMBER).await;
    }
    for _ in 0..5 {
        assert_eq!(type_code(&house, &ana, "12").await.status(), StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert_eq!(count(&house, "phone_codes WHERE tries = 5").await, 2);
    for text in texts(&house, NUMBER).await {
        let code: String = text.chars().take(6).collect();
        assert_eq!(
            type_code(&house, &ana, &code).await.status(),
            StatusCode::UNPROCESSABLE_ENTITY,
            "too late"
        );
    }
    ask(&house, &ana, NUMBER).await;
    let anew = last_code(&house, NUMBER).await;
    assert_eq!(type_code(&house, &ana, &anew).await.status(), StatusCode::SEE_OTHER, "a new one is good");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_learns_whether_a_number_has_an_account_or_can_be_reached() {
    let house = house().await;
    let ana = Guests::with_account(&house, ANA).await;
    house
        .as_admin(&format!("UPDATE marketing_admin.accounts SET phone = '{NUMBER}' WHERE id = '{}'", ana.id))
        .await;
    let stranger = browser(&house, 1).await;
    let known = ask(&house, &stranger, NUMBER).await;
    let unknown = ask(&house, &stranger, "+34611000001").await;
    assert_eq!(known.status(), unknown.status());
    let page = known.text().await.expect("a page");
    assert_eq!(page, unknown.text().await.expect("a page"));
    house.fault(json!({"provider": "twilio", "count": 2, "action": {"kind": "status", "status": 500}})).await;
    let away = ask(&house, &stranger, "+34622000001").await;
    assert_eq!(away.text().await.expect("a page"), page, "nor that nothing was sent");
    assert!(texts(&house, "+34622000001").await.is_empty());

    let wrong = ask(&house, &stranger, "912 345 678").await;
    assert_eq!(wrong.status(), StatusCode::UNPROCESSABLE_ENTITY, "no mobile number");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_sms_that_was_lost_is_sent_once_more() {
    let house = house().await;
    let ana = browser(&house, 1).await;
    house.fault(json!({"provider": "twilio", "count": 1, "action": {"kind": "status", "status": 503}})).await;
    ask(&house, &ana, NUMBER).await;
    let code = last_code(&house, NUMBER).await;
    assert_eq!(type_code(&house, &ana, &code).await.status(), StatusCode::SEE_OTHER);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_flooded_with_sms() {
    let house = house().await;
    for number in 1..=5 {
        let stranger = browser(&house, number).await;
        assert_eq!(ask(&house, &stranger, NUMBER).await.status(), StatusCode::OK, "from {number} networks");
    }
    assert_eq!(texts(&house, NUMBER).await.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_club_sends_so_many_an_hour_and_then_names_the_other_ways() {
    let house = house_with(&[("SMS_PER_HOUR", "2")]).await;
    for number in 1..=2 {
        let guest = browser(&house, number).await;
        assert_eq!(ask(&house, &guest, &format!("+3460000000{number}")).await.status(), StatusCode::OK);
    }
    // At another replica, from another network, to another number: it is the club's allowance.
    let other = house.replica_at(Arc::new(SystemClock)).await;
    for number in 3..=8 {
        let guest = browser(&house, number).await;
        let request = house.http.post(format!("http://{}/account/phone", other.public));
        let late = guest.send(request.form(&[("phone", "+34600000003")])).await;
        assert_eq!(late.status(), StatusCode::TOO_MANY_REQUESTS);
        let wait: u64 = late.headers()["retry-after"].to_str().expect("text").parse().expect("seconds");
        assert!((1..=1800).contains(&wait), "{wait}");
        let page = late.text().await.expect("a page");
        assert!(page.contains("can’t be sent right now") && page.contains("a mailed link"), "{page}");
        assert!(page.contains("value=\"+34600000003\""), "what they typed stays: {page}");
    }
    other.stop().await;
    assert!(texts(&house, "+34600000003").await.is_empty());
    assert_eq!(count(&house, "phone_codes WHERE phone = '+34600000003'").await, 0);

    // Who asked while nothing was sent has lost nothing by it.
    house
        .as_admin("DELETE FROM marketing_admin.allowances WHERE whole_at > now() + interval '40 minutes'")
        .await;
    let guest = browser(&house, 9).await;
    assert_eq!(ask(&house, &guest, "+34600000003").await.status(), StatusCode::OK);
    assert_eq!(texts(&house, "+34600000003").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_go_to_the_countries_that_are_served() {
    let house = house_with(&[("SMS_COUNTRIES", "es, PT")]).await;
    let guest = browser(&house, 1).await;
    assert_eq!(ask(&house, &guest, NUMBER).await.status(), StatusCode::OK);
    let refused = ask(&house, &guest, "+491701234567").await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let page = refused.text().await.expect("a page");
    assert!(page.contains("no codes to numbers of this country"), "{page}");
    assert!(texts(&house, "+491701234567").await.is_empty());

    let ana = Guests::sign_up(&house, ANA).await;
    let here = "/account/security/phone";
    let refused = ana.submit(&house, here, here, &[("phone", "+491701234567")]).await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY, "nor to add one");
}

#[test]
fn what_is_no_country_and_no_number_keeps_the_service_from_starting() {
    for (name, value, faulty) in [
        ("SMS_COUNTRIES", "ES,Spain", true),
        ("SMS_COUNTRIES", "es, pt,", false),
        ("SMS_PER_HOUR", "0", true),
        ("SMS_PER_HOUR", "3601", true),
        ("SMS_PER_HOUR", "3600", false),
    ] {
        let mut reader = settings::Reader::from_pairs([("MAGUEY_ENV", "local"), (name, value)]);
        let read = SmsSettings::read(&mut reader);
        assert_eq!(reader.finish(read).is_err(), faulty, "{name}={value}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_is_added_to_an_account_and_removed() {
    let house = house().await;
    let ana = Guests::sign_up(&house, ANA).await;
    let here = "/account/security/phone";
    let asked = ana.submit(&house, here, here, &[("phone", "600000001")]).await;
    assert_eq!(asked.status(), StatusCode::OK);
    let code = last_code(&house, NUMBER).await;
    // A code that adds a number signs nobody in.
    assert_eq!(type_code(&house, &ana, &code).await.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let add = "/account/security/phone/code";
    let refused = ana.submit(&house, here, add, &[("code", wrong(&code))]).await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let added = ana.submit(&house, here, add, &[("code", &code)]).await;
    assert_eq!(added.headers()[LOCATION], "/account/security?done=phone-added");
    let mine = format!("accounts WHERE id = '{}' AND phone = '{NUMBER}'", ana.id);
    assert_eq!(count(&house, &mine).await, 1);
    assert!(ana.page(&house, here).await.contains(NUMBER));

    // Somebody else's number, even if they can read its messages, stays where it is.
    let bea = Guests::sign_up(&house, "bea@example.net").await;
    bea.submit(&house, here, here, &[("phone", NUMBER)]).await;
    let code = last_code(&house, NUMBER).await;
    let refused = bea.submit(&house, here, add, &[("code", &code)]).await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(count(&house, &mine).await, 1);

    let removed = ana.submit(&house, here, "/account/security/phone/remove", &[]).await;
    assert_eq!(removed.headers()[LOCATION], "/account/security?done=phone-removed");
    assert_eq!(count(&house, &mine).await, 0);
    for act in ["phone_added", "phone_removed"] {
        let noted = format!("activity WHERE account_id = '{}' AND act = '{act}'", ana.id);
        assert_eq!(count(&house, &noted).await, 1, "{act}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_way_in_stays() {
    let house = house().await;
    let ana = browser(&house, 1).await;
    ask(&house, &ana, NUMBER).await;
    type_code(&house, &ana, &last_code(&house, NUMBER).await).await;
    let refused = ana.submit(&house, "/account/profile", "/account/security/phone/remove", &[]).await;
    assert_eq!(refused.status(), StatusCode::CONFLICT);
    assert_eq!(count(&house, &format!("accounts WHERE phone = '{NUMBER}'")).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn passkeys_are_another_way_in_once_one_may_be_lost() {
    let house = house().await;
    let ana = browser(&house, 2).await;
    ask(&house, &ana, NUMBER).await;
    type_code(&house, &ana, &last_code(&house, NUMBER).await).await;
    let add = async |number: u8| {
        let row = format!(
            "INSERT INTO marketing_admin.passkeys (credential_id, account_id, name, passkey, made_at)
             SELECT '\\x{number:02x}', id, 'Phone', '{{}}', now() FROM marketing_admin.accounts
              WHERE phone = '{NUMBER}' OR id IN (SELECT account_id FROM marketing_admin.passkeys)"
        );
        house.as_admin(&row).await;
    };
    let remove = async |what: &str| {
        ana.submit(&house, "/account/profile", &format!("/account/security/{what}/remove"), &[]).await
    };
    add(1).await;
    assert_eq!(remove("phone").await.status(), StatusCode::CONFLICT, "one passkey may be lost");
    assert_eq!(
        remove("passkeys/AQ").await.headers()[LOCATION],
        "/account/security?done=removed",
        "the phone stays"
    );
    add(1).await;
    add(2).await;
    assert_eq!(remove("phone").await.headers()[LOCATION], "/account/security?done=phone-removed");
    // Of the last two, neither goes before there is another one.
    assert_eq!(remove("passkeys/AQ").await.status(), StatusCode::CONFLICT);
    assert_eq!(count(&house, "passkeys").await, 2);
    add(3).await;
    assert_eq!(remove("passkeys/AQ").await.headers()[LOCATION], "/account/security?done=removed");
}
