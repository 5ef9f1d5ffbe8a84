//! Signing in through Google, Apple, Facebook and GitHub, as a browser goes there and comes back.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::LOCATION;
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};

use crate::guests::{Guest, Guests};
use crate::house::{House, until};
use crate::identity::field;

const SITE: &str = "http://maguey.localhost:8080";
const ANA: &str = "ana@example.org";

/// A house whose guests may come through all four.
async fn house() -> House {
    let mut house = House::unopened().await;
    let at = |path: &str| format!("{}/{path}", house.sandbox.url);
    let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new());
    let key = STANDARD.encode(key.expect("a key").as_ref());
    let mut variables = vec![
        ("GOOGLE_URL", at("google")),
        ("APPLE_URL", at("apple")),
        ("FACEBOOK_URL", at("facebook")),
        ("FACEBOOK_API_URL", at("facebook")),
        ("GITHUB_URL", at("github")),
        ("GITHUB_API_URL", at("github")),
        ("APPLE_PRIVATE_KEY", format!("-----BEGIN PRIVATE KEY-----\\n{key}\\n-----END PRIVATE KEY-----")),
    ];
    for name in [
        "GOOGLE_CLIENT_ID",
        "GOOGLE_CLIENT_SECRET",
        "APPLE_CLIENT_ID",
        "APPLE_TEAM_ID",
        "APPLE_KEY_ID",
        "FACEBOOK_CLIENT_ID",
        "FACEBOOK_CLIENT_SECRET",
        "GITHUB_CLIENT_ID",
        "GITHUB_CLIENT_SECRET",
    ] {
        variables.push((name, "maguey".to_owned()));
    }
    house.variables = variables;
    house.move_in().await;
    house
}

/// Who answers at a provider from now on.
async fn person(house: &House, provider: &str, person: Value) {
    let url = format!("{}/control/people/{provider}", house.sandbox.url);
    let answer = house.http.put(url).json(&person).send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::NO_CONTENT, "{}", answer.text().await.unwrap_or_default());
}

fn location(answer: &Response) -> String {
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    answer.headers()[LOCATION].to_str().expect("text").to_owned()
}

/// Sets out, and lets the provider's page lead back: the path on our site with code and state.
async fn way_back(house: &House, guest: &Guest, start: &str) -> String {
    let there = location(&guest.get(house, start).await);
    assert!(there.starts_with(&house.sandbox.url), "{there}");
    for part in ["code_challenge_method=S256", "state=", "nonce=", "response_type=code"] {
        assert!(there.contains(part), "{part} in {there}");
    }
    let back = location(&house.http.get(&there).send().await.expect("an answer"));
    back.strip_prefix(SITE).expect("our own site").to_owned()
}

/// There and back.
async fn through(house: &House, guest: &Guest, provider: &str) -> Response {
    let back = way_back(house, guest, &format!("/account/with/{provider}")).await;
    guest.get(house, &back).await
}

/// A browser in which nobody is signed in.
async fn browser(house: &House, number: u8) -> Guest {
    let guest = Guests::with_account(house, &format!("nobody-{number}@example.net")).await;
    guest.elsewhere(&format!("198.51.100.{number}"))
}

async fn count(house: &House, from: &str) -> i64 {
    house.count_anywhere(&format!("SELECT count(*) FROM marketing_admin.{from}")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proven_address_becomes_an_account_once() {
    let house = house().await;
    let google = json!({"sub": "g-1", "email": "Ana@Example.org", "verified": true, "name": "Ana Luz"});
    person(&house, "google", google).await;
    let first = browser(&house, 1).await;
    assert_eq!(location(&through(&house, &first, "google").await), "/account");
    let home = first.page(&house, "/account").await;
    assert!(home.contains("Ana Luz") && home.contains(ANA), "{home}");
    let second = browser(&house, 2).await;
    assert_eq!(location(&through(&house, &second, "google").await), "/account");
    assert_eq!(count(&house, &format!("accounts WHERE email = '{ANA}'")).await, 1);
    assert_eq!(count(&house, "identities WHERE provider = 'google' AND subject = 'g-1'").await, 1);
    assert_eq!(count(&house, "provider_trips").await, 0, "trips end with coming back");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_of_an_account_is_linked_by_its_owner_alone() {
    let house = house().await;
    let ana = Guests::with_account(&house, ANA).await;
    person(&house, "google", json!({"sub": "g-1", "email": ANA, "verified": true, "name": "Ana"})).await;
    let known = through(&house, &ana, "google").await;
    assert_eq!(known.status(), StatusCode::OK);
    let page = known.text().await.expect("a page");
    assert!(page.contains("/account/sign-in?next=/account/with/google/link"), "{page}");
    assert_eq!(count(&house, "identities").await, 0);
    assert_eq!(ana.get(&house, "/account/with/google/link").await.status(), StatusCode::SEE_OTHER);

    ana.sign_in(&house).await;
    let path = "/account/with/google/link";
    let done = ana.submit(&house, path, path, &[]).await;
    assert_eq!(location(&done), "/account");
    assert_eq!(count(&house, &format!("identities WHERE account_id = '{}'", ana.id)).await, 1);
    let linked = format!("activity WHERE account_id = '{}' AND act = 'provider_linked'", ana.id);
    assert_eq!(count(&house, &linked).await, 1);
    assert_eq!(ana.get(&house, path).await.status(), StatusCode::GONE, "good once");

    let elsewhere = ana.elsewhere("203.0.113.7");
    assert_eq!(location(&through(&house, &elsewhere, "google").await), "/account");
    assert!(elsewhere.page(&house, "/account").await.contains(ANA));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_nobody_has_proven_is_proven_by_mail_in_the_same_browser() {
    let house = house().await;
    person(&house, "facebook", json!({"sub": "77", "email": ANA, "verified": true, "name": "Ana Luz"})).await;
    let ana = browser(&house, 1).await;
    let asked = through(&house, &ana, "facebook").await;
    assert_eq!(asked.status(), StatusCode::OK, "a page that says to look at the mail");
    assert_eq!(count(&house, &format!("accounts WHERE email = '{ANA}'")).await, 0);
    until("the mail is there", async || !house.mailbox(ANA).await.is_empty()).await;
    let mail = house.mailbox(ANA).await.remove(0);
    let text = mail["text"].as_str().expect("a text");
    let from = text.find("/account/with/facebook/prove?token=").expect("a link");
    let link: String = text[from..].chars().take_while(|letter| letter.is_ascii_graphic()).collect();

    // Whoever merely got a mail links nothing of theirs to a stranger's account elsewhere.
    let other = browser(&house, 2).await;
    assert_eq!(other.get(&house, &link).await.status(), StatusCode::CONFLICT);
    let page = ana.page(&house, &link).await;
    let token = field(&page, "token");
    let send = async |guest: &Guest| {
        let form = [("token", token.as_str())];
        guest.send(house.http.post(house.url("/account/with/facebook/prove")).form(&form)).await
    };
    assert_eq!(send(&other).await.status(), StatusCode::GONE);
    assert_eq!(location(&send(&ana).await), "/account");
    assert_eq!(send(&ana).await.status(), StatusCode::GONE, "good once");
    assert!(ana.page(&house, "/account").await.contains(ANA));
    assert_eq!(count(&house, "identities WHERE provider = 'facebook' AND subject = '77'").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_way_back_is_good_once_and_in_one_browser() {
    let house = house().await;
    person(&house, "google", json!({"sub": "g-1", "email": ANA, "verified": true})).await;
    let (ana, thief) = (browser(&house, 1).await, browser(&house, 2).await);
    let back = way_back(&house, &ana, "/account/with/google").await;
    assert_eq!(thief.get(&house, &back).await.status(), StatusCode::BAD_REQUEST, "another browser");
    assert_eq!(count(&house, &format!("accounts WHERE email = '{ANA}'")).await, 0);
    // Of several at once one gets it.
    let both = futures::future::join(ana.get(&house, &back), ana.get(&house, &back)).await;
    let mut statuses = [both.0.status().as_u16(), both.1.status().as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 400]);

    person(&house, "google", json!({"sub": "g-1", "denies": true})).await;
    let cancelled = through(&house, &thief, "google").await;
    assert_eq!(cancelled.status(), StatusCode::BAD_REQUEST);
    assert!(cancelled.text().await.expect("a page").contains("changed your mind"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_is_away_is_said_to_be() {
    let house = house().await;
    let ana = browser(&house, 1).await;
    let down = json!({"provider": "identity", "path": "/google/*", "count": 1, "action": {"kind": "status", "status": 503}});
    house.fault(down).await;
    assert_eq!(ana.get(&house, "/account/with/google").await.status(), StatusCode::BAD_GATEWAY);
    person(&house, "google", json!({"sub": "g-1", "email": ANA, "verified": true})).await;
    assert_eq!(location(&through(&house, &ana, "google").await), "/account", "and works once it is back");
    assert_eq!(ana.get(&house, "/account/with/nobody").await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_way_in_is_added_and_removed_on_the_security_page() {
    let house = house().await;
    let ana = Guests::sign_up(&house, ANA).await;
    person(&house, "github", json!({"sub": "4711", "email": "luz@example.net", "verified": true})).await;
    let back = way_back(&house, &ana, "/account/with/github?link=1").await;
    let added = ana.get(&house, &back).await;
    assert_eq!(location(&added), "/account/security?done=linked");
    let mine = format!("identities WHERE account_id = '{}' AND subject = '4711'", ana.id);
    assert_eq!(count(&house, &mine).await, 1, "whatever address GitHub knows");

    // What leads into one account leads into no other.
    let bea = Guests::sign_up(&house, "bea@example.net").await;
    let back = way_back(&house, &bea, "/account/with/github?link=1").await;
    assert_eq!(bea.get(&house, &back).await.status(), StatusCode::CONFLICT);
    assert_eq!(count(&house, &mine).await, 1);

    let remove = "/account/security/providers/github/remove";
    assert_eq!(
        location(&ana.submit(&house, "/account/profile", remove, &[]).await),
        "/account/security?done=unlinked"
    );
    assert_eq!(count(&house, "identities").await, 0);
    // The last way in stays: without an address and a password there is nothing else.
    let back = way_back(&house, &ana, "/account/with/github?link=1").await;
    ana.get(&house, &back).await;
    let bare = format!(
        "UPDATE marketing_admin.accounts SET email = NULL, password_hash = NULL WHERE id = '{}'",
        ana.id
    );
    house.as_admin(&bare).await;
    let refused = ana.submit(&house, "/account/profile", remove, &[]).await;
    assert_eq!(refused.status(), StatusCode::CONFLICT);
    assert_eq!(count(&house, &mine).await, 1);
    // Two passkeys are another one.
    crate::factors::with_passkey(&house, &ana, 1).await;
    crate::factors::with_passkey(&house, &ana, 2).await;
    let unlinked = ana.submit(&house, "/account/profile", remove, &[]).await;
    assert_eq!(location(&unlinked), "/account/security?done=unlinked");
    assert_eq!(count(&house, &mine).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_signed_in_adds_nothing() {
    let house = house().await;
    let nobody = browser(&house, 1).await;
    let answer = nobody.get(&house, "/account/with/google?link=1").await;
    assert!(location(&answer).starts_with("/account/confirm?next="), "they prove who they are first");
    assert_eq!(count(&house, "provider_trips").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn apple_answers_by_a_form_across_sites() {
    let house = house().await;
    let apple =
        json!({"sub": "a-1", "email": "x7@privaterelay.appleid.com", "verified": true, "name": "Ana Luz"});
    person(&house, "apple", apple).await;
    let ana = browser(&house, 1).await;
    let there = location(&ana.get(&house, "/account/with/apple").await);
    assert!(there.contains("response_mode=form_post"), "{there}");
    let page = house.http.get(&there).send().await.expect("an answer").text().await.expect("a page");
    let (code, state) = (field(&page, "code"), field(&page, "state"));
    let user = json!({"name": {"firstName": "Ana", "lastName": "Luz"}}).to_string();
    let form = [("code", code.as_str()), ("state", state.as_str()), ("user", user.as_str())];
    // As a browser sends it: from elsewhere, and without our cookies.
    let post = house.http.post(house.url("/account/with/apple/callback")).form(&form);
    let post = post.header("origin", "https://appleid.apple.com").header("sec-fetch-site", "cross-site");
    let back = location(&post.send().await.expect("an answer"));
    let back = back.strip_prefix(SITE).expect("our own site");
    assert_eq!(location(&ana.get(&house, back).await), "/account");
    assert!(ana.page(&house, "/account").await.contains("Ana Luz"));

    // Only this one path takes forms of other sites.
    let other = house.http.post(house.url("/account/with/google/callback")).form(&form);
    let other = other.header("origin", "https://accounts.google.com").send().await.expect("an answer");
    assert_eq!(other.status(), StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_configured_is_not_there() {
    let house = House::open().await;
    let nobody = browser(&house, 1).await;
    for path in ["/account/with/google", "/account/with/apple/callback?code=1&state=2", "/account/phone"] {
        assert_eq!(nobody.get(&house, path).await.status(), StatusCode::NOT_FOUND, "{path}");
    }
}
