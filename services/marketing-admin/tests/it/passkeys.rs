//! Passkeys over HTTP: what is asked for, by which page, how often, and whom an answer lets in.

use reqwest::header::RETRY_AFTER;
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};

use crate::authenticator::Authenticator;
use crate::factors::{SECURITY, half_way, is_in, recovery_codes, with_passkey};
use crate::guests::{Guest, Guests};
use crate::house::{House, PASSWORD, body};
use crate::identity::field;
use crate::staff_proofs::set;

/// What no authenticator says.
fn forged(challenge: &Value, csrf: &str) -> Value {
    json!({"challenge": challenge, "csrf": csrf, "credential": {"id": "AAAA", "rawId": "AAAA", "type": "public-key",
        "response": {"clientDataJSON": "AAAA", "authenticatorData": "AAAA", "signature": "AAAA"}}})
}

/// What a script sends at the desk, with these cookies.
async fn at_the_desk(house: &House, path: &str, cookie: &str, sent: &Value) -> Response {
    let request = house.http.post(house.url(path)).header("origin", "http://maguey.localhost:8080");
    request.header("cookie", cookie).json(sent).send().await.expect("an answer")
}

/// A passkey of somebody who works here, added as the desk's script does.
async fn of_staff(house: &House, email: &str) -> Authenticator {
    let cookie = house.cookie(email).await;
    let csrf = field(&house.page("/admin/security", &cookie).await.text().await.expect("a page"), "csrf");
    let asked = at_the_desk(house, "/admin/security/passkey/options", &cookie, &json!({})).await;
    let asked = body(asked).await;
    let mut new = Authenticator::new();
    let told =
        json!({"challenge": asked["challenge"], "credential": new.made(&asked["options"]), "csrf": csrf});
    let added = at_the_desk(house, "/admin/security/passkey", &cookie, &told).await;
    assert_eq!(added.status(), StatusCode::OK, "{}", added.text().await.unwrap_or_default());
    new
}

/// Answers in a guest's browser with an authenticator; `second`: on the page for the second factor.
async fn answer(house: &House, browser: &Guest, with: &Authenticator, second: &str) -> Response {
    let asked = browser.ask(house, &format!("/account/passkey/options{second}")).await;
    let told = json!({"challenge": asked["challenge"], "credential": with.answered(&asked["options"])});
    browser.send(house.http.post(house.url(&format!("/account/passkey/finish{second}"))).json(&told)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passkey_is_enough_by_itself_and_completes_a_password_where_it_is_asked_for() {
    let house = House::open().await;
    let ana = Guests::sign_up(&house, "ana@guests.test").await;
    let eve = Guests::sign_up(&house, "eve@guests.test").await;
    let anas = Authenticator::of_guest(&house, &ana).await;
    let eves = Authenticator::of_guest(&house, &eve).await;
    let chosen = ana.submit(&house, SECURITY, "/account/security/second-step", &[("asked", "yes")]).await;
    recovery_codes(&chosen.text().await.expect("a page"));

    let alone = ana.elsewhere("192.0.2.141");
    let entered = answer(&house, &alone, &anas, "").await;
    assert_eq!(entered.status(), StatusCode::OK, "nothing more is asked of who shows a passkey");
    assert!(is_in(&house, &alone).await);

    let half = half_way(&house, &ana, "198.51.100.141").await;
    let strangers = answer(&house, &half, &eves, "?second=true").await;
    assert_eq!(strangers.status(), StatusCode::UNAUTHORIZED, "after her password only her passkey counts");
    assert!(!is_in(&house, &half).await);
    let own = answer(&house, &half, &anas, "?second=true").await;
    assert_eq!(own.status(), StatusCode::OK);
    assert!(is_in(&house, &half).await);
    assert_eq!(half.cookie("__Host-maguey_pending"), None, "and the sign-in under way is over");

    // A browser in which ana gave up half way lets eve in by hers.
    let shared = half_way(&house, &ana, "203.0.113.141").await;
    assert_eq!(answer(&house, &shared, &eves, "").await.status(), StatusCode::OK);
    assert!(shared.page(&house, "/account").await.contains("eve@guests.test"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_given_up_at_the_desk_ties_nobody_elses_passkey() {
    let house = House::open().await;
    let olgas = of_staff(&house, "olga@club.test").await;
    let nothing = json!({});
    let form = [("email", "max@club.test"), ("password", PASSWORD), ("next", "")];
    let half = house.submit("/admin/sign-in", "", &form).await;
    let pending = set(&half, "__Host-maguey_staff_pending=");
    // Max has an app and no passkey: the page for his second factor has none to ask for.
    let second = at_the_desk(&house, "/admin/sign-in/passkey/options?second=true", &pending, &nothing).await;
    assert_eq!(second.status(), StatusCode::CONFLICT);
    // Whoever comes to the sign-in next is asked for theirs.
    let fresh = at_the_desk(&house, "/admin/sign-in/passkey/options", &pending, &nothing).await;
    assert_eq!(fresh.status(), StatusCode::OK);
    let asked = body(fresh).await;
    assert!(asked["options"]["publicKey"]["allowCredentials"].as_array().is_none_or(Vec::is_empty));
    // Olga has one. It is none after Max's password, and opens the desk to her on the page where nobody has typed one.
    let told = |asked: &Value| json!({"challenge": asked["challenge"], "credential": olgas.answered(&asked["options"])});
    let wrong = at_the_desk(&house, "/admin/sign-in/passkey?second=true", &pending, &told(&asked)).await;
    assert_eq!(wrong.status(), StatusCode::UNAUTHORIZED);
    let asked = body(at_the_desk(&house, "/admin/sign-in/passkey/options", &pending, &nothing).await).await;
    let right = at_the_desk(&house, "/admin/sign-in/passkey", &pending, &told(&asked)).await;
    assert_eq!(right.status(), StatusCode::OK);
    let cookie = set(&right, "__Host-maguey_staff=");
    assert_eq!(house.page("/admin/events", &cookie).await.status(), StatusCode::OK);
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
