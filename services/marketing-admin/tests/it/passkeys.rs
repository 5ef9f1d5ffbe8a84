//! Passkeys over HTTP, as far as no authenticator is needed: what is asked for, by which page, and how often.

use reqwest::header::RETRY_AFTER;
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};

use crate::factors::with_passkey;
use crate::guests::Guests;
use crate::house::{House, PASSWORD, body};
use crate::staff_proofs::set;

/// What no authenticator says.
fn forged(challenge: &Value, csrf: &str) -> Value {
    json!({"challenge": challenge, "csrf": csrf, "credential": {"id": "AAAA", "rawId": "AAAA", "type": "public-key",
        "response": {"clientDataJSON": "AAAA", "authenticatorData": "AAAA", "signature": "AAAA"}}})
}

/// A script's question at the desk, with these cookies.
async fn ask(house: &House, path: &str, cookie: &str) -> Response {
    let request = house.http.post(house.url(path)).header("origin", "http://maguey.localhost:8080");
    request.header("cookie", cookie).json(&json!({})).send().await.expect("an answer")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_given_up_at_the_desk_ties_nobody_elses_passkey() {
    let house = House::open().await;
    let form = [("email", "max@club.test"), ("password", PASSWORD), ("next", "")];
    let half = house.submit("/admin/sign-in", "", &form).await;
    let pending = set(&half, "__Host-maguey_staff_pending=");
    // Max has an app and no passkey: the page for his second factor has none to ask for.
    let second = ask(&house, "/admin/sign-in/passkey/options?second=true", &pending).await;
    assert_eq!(second.status(), StatusCode::CONFLICT);
    // Whoever comes to the sign-in next is asked for theirs.
    let fresh = ask(&house, "/admin/sign-in/passkey/options", &pending).await;
    assert_eq!(fresh.status(), StatusCode::OK);
    let asked = body(fresh).await;
    assert!(asked["options"]["publicKey"]["allowCredentials"].as_array().is_none_or(Vec::is_empty));
    // And a password begins another sign-in, in the place of the one before.
    let form = [("email", "olga@club.test"), ("password", PASSWORD), ("next", "")];
    let anew = house.submit("/admin/sign-in", &pending, &form).await;
    assert_eq!(anew.headers()["location"], "/admin/sign-in/second-factor");
    let over = house.page("/admin/sign-in/second-factor", &pending).await;
    assert_eq!(over.headers()["location"], "/admin/sign-in", "the one given up is over");
}

#[tokio::test(flavor = "multi_thread")]
async fn both_sign_ins_offer_passkeys_beside_the_address() {
    let house = House::open().await;
    for (path, finish) in
        [("/account/sign-in", "/account/passkey/finish"), ("/admin/sign-in", "/admin/sign-in/passkey")]
    {
        let page = house.page(path, "").await.text().await.expect("a page");
        assert!(page.contains("autocomplete=\"username webauthn\""), "{page}");
        assert!(page.contains("data-conditional"), "{page}");
        assert!(page.contains(&format!("data-finish=\"{finish}\"")), "{page}");
        assert!(page.contains("/assets/passkey."), "{page}");
        assert!(!page.contains("<script>"), "no script stands in the page itself");
    }
    let script = house.page("/assets/passkey.js", "").await.text().await.expect("a script");
    assert!(
        script.contains("isConditionalMediationAvailable") && script.contains("mediation: \"conditional\"")
    );
}

#[tokio::test]
async fn proving_by_passkey_is_tried_so_often_and_no_more() {
    let house = House::open().await;
    let ana = Guests::sign_up(&house, "ana@guests.test").await;
    with_passkey(&house, &ana, 1).await;
    let csrf = ana.csrf(&house, "/account/profile").await;
    let finish = async |csrf: &str| {
        let answer = forged(&json!("01890a5d-ac96-774b-bcce-b302099a8057"), csrf);
        ana.send(house.http.post(house.url("/account/confirm/passkey/finish")).json(&answer)).await
    };
    assert_eq!(finish("of another page").await.status(), StatusCode::FORBIDDEN);
    for _ in 0..10 {
        assert_eq!(finish(&csrf).await.status(), StatusCode::UNAUTHORIZED);
    }
    let late = finish(&csrf).await;
    assert_eq!(late.status(), StatusCode::TOO_MANY_REQUESTS);
    assert!(late.headers().contains_key(RETRY_AFTER));
    // Somebody else at the same address is not kept waiting.
    let bea = Guests::sign_up(&house, "bea@guests.test").await;
    let bea = (bea.csrf(&house, "/account/profile").await, bea);
    let answer = forged(&json!("01890a5d-ac96-774b-bcce-b302099a8057"), &bea.0);
    let answer =
        bea.1.send(house.http.post(house.url("/account/confirm/passkey/finish")).json(&answer)).await;
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
}
