//! Those through whom guests sign in, breached passwords and SMS, as their callers meet them.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::shop::{self, Shop};

/// SHA-256 of it, base64url, is the challenge below (RFC 7636, appendix B).
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const BACK: &str = "http://club.example/back";

/// Sends somebody to a provider; gives the code that they bring back.
async fn code(shop: &Shop, path: &str) -> String {
    let question = [
        ("client_id", "club"),
        ("redirect_uri", BACK),
        ("response_type", "code"),
        ("scope", "openid email"),
        ("state", "s"),
        ("nonce", "n"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    let answer = shop.http.get(shop.url(path)).query(&question).send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let back = reqwest::Url::parse(answer.headers()["location"].to_str().expect("text")).expect("a URL");
    assert!(back.as_str().starts_with(BACK), "{back}");
    let part =
        |name: &str| back.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    assert_eq!(part("state").as_deref(), Some("s"));
    part("code").expect("a code")
}

async fn exchange(shop: &Shop, path: &str, code: &str, verifier: &str) -> (u16, Value) {
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", BACK),
        ("client_id", "club"),
        ("client_secret", "secret"),
        ("code_verifier", verifier),
    ];
    let answer = shop.http.post(shop.url(path)).form(&form).send().await.expect("an answer");
    (answer.status().as_u16(), answer.json().await.expect("JSON"))
}

async fn person(shop: &Shop, provider: &str, person: Value) {
    let put = shop.http.put(shop.url(&format!("/control/people/{provider}"))).json(&person);
    assert_eq!(put.send().await.expect("an answer").status(), StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn a_code_is_good_once_and_with_what_was_promised() {
    let shop = shop::open().await;
    let discovered = shop.get("/google/.well-known/openid-configuration").await;
    assert_eq!(discovered["issuer"], json!(shop.url("/google")));
    let (auth, token) = ("/google/o/oauth2/v2/auth", "/google/token");
    assert!(
        shop.text(&format!("{auth}?client_id=club&redirect_uri={BACK}&response_type=code&scope=openid"))
            .await
            .contains("Who are you?")
    );
    person(&shop, "google", json!({"sub": "7", "email": "ana@example.org", "verified": true, "name": "Ana"}))
        .await;
    let given = code(&shop, auth).await;
    let other = "a-verifier-that-nobody-promised-and-that-is-long-enough";
    assert_eq!(exchange(&shop, token, &given, other).await.0, 400);
    let (status, granted) = exchange(&shop, token, &given, VERIFIER).await;
    assert_eq!(status, 200, "{granted}");
    assert_eq!(exchange(&shop, token, &given, VERIFIER).await.0, 400, "used");
    let parts: Vec<&str> = granted["id_token"].as_str().expect("a token").split('.').collect();
    let read = |part: &str| -> Value {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).expect("base64")).expect("JSON")
    };
    let claims = read(parts[1]);
    assert_eq!(
        (&claims["sub"], &claims["nonce"], &claims["aud"]),
        (&json!("7"), &json!("n"), &json!("club"))
    );
    let keys = shop.get("/google/oauth2/v3/certs").await;
    assert_eq!(keys["keys"][0]["kid"], read(parts[0])["kid"]);
    assert_eq!(URL_SAFE_NO_PAD.decode(keys["keys"][0]["n"].as_str().expect("n")).expect("base64").len(), 256);
    // Apple's secret is a signed one.
    person(&shop, "apple", json!({"sub": "a"})).await;
    assert_eq!(exchange(&shop, "/apple/auth/token", "any", VERIFIER).await.0, 401);
}

#[tokio::test]
async fn profiles_are_told_to_who_has_the_token() {
    let shop = shop::open().await;
    let ana = json!({"sub": "4711", "email": "ana@example.org", "verified": false, "name": "Ana"});
    person(&shop, "github", ana.clone()).await;
    person(&shop, "facebook", ana).await;
    let ask = async |path: &str, token: &str| -> Value {
        let answer = shop.http.get(shop.url(path)).bearer_auth(token).send().await.expect("an answer");
        answer.json().await.expect("JSON")
    };
    let given = code(&shop, "/github/login/oauth/authorize").await;
    let granted = exchange(&shop, "/github/login/oauth/access_token", &given, VERIFIER).await.1;
    let token = granted["access_token"].as_str().expect("a token");
    assert_eq!(ask("/github/user", token).await["id"], json!(4711));
    let emails = ask("/github/user/emails", token).await;
    let primary = emails.as_array().expect("a list").iter().find(|one| one["primary"] == json!(true));
    assert_eq!(primary.expect("one")["verified"], json!(false));
    assert_eq!(ask("/github/user", "another").await["message"], json!("Bad credentials"));
    let given = code(&shop, "/facebook/dialog/oauth").await;
    let granted = exchange(&shop, "/facebook/oauth/access_token", &given, VERIFIER).await.1;
    let token = granted["access_token"].as_str().expect("a token");
    let me = ask("/facebook/me?fields=id,name,email", token).await;
    assert_eq!(me, json!({"id": "4711", "name": "Ana", "email": "ana@example.org"}));
}

#[tokio::test]
async fn breached_passwords_are_found_by_five_digits() {
    let shop = shop::open().await;
    // SHA-1 of `password1234`.
    let (prefix, rest) = ("E6B6A", "FBD6D76BB5D2041542D7D2E3FAC5BB05593");
    let plain = shop.text(&format!("/breaches/range/{prefix}")).await;
    assert_eq!(plain, format!("{rest}:1234"));
    assert_eq!(shop.text("/breaches/range/00000").await, "");
    let padded = shop.http.get(shop.url(&format!("/breaches/range/{prefix}"))).header("add-padding", "true");
    let padded = padded.send().await.expect("an answer").text().await.expect("text");
    assert!(padded.lines().count() > 20 && padded.lines().any(|line| line.ends_with(":0")), "{padded}");
    let bad = shop.http.get(shop.url("/breaches/range/xyz")).send().await.expect("an answer");
    assert_eq!(bad.status(), StatusCode::BAD_REQUEST);
    shop.fault(json!({"provider": "breaches", "action": {"kind": "status", "status": 503}})).await;
    let down = shop.http.get(shop.url("/breaches/range/00000")).send().await.expect("an answer");
    assert_eq!(down.status(), StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn an_sms_is_kept_and_a_wrong_number_is_named() {
    let shop = shop::open().await;
    let send = async |to: &str, token: &str| {
        let post = shop.http.post(shop.url("/2010-04-01/Accounts/AC1/Messages.json"));
        let form = [("To", to), ("From", "+34600000000"), ("Body", "123456 is your code")];
        let answer = post.basic_auth("AC1", Some(token)).form(&form).send().await.expect("an answer");
        let status = answer.status().as_u16();
        (status, answer.json::<Value>().await.expect("JSON")["code"].clone())
    };
    assert_eq!(send("+34600000001", "secret").await.0, 201);
    assert_eq!(send("+15005550001", "secret").await, (400, json!(21211)));
    assert_eq!(send("+34600000001", "").await, (401, json!(20003)));
    shop.fault(json!({"provider": "twilio", "action": {"kind": "status", "status": 429}})).await;
    assert_eq!(send("+34600000001", "secret").await, (429, json!(20429)));
    let texts = shop.get("/texts.json?to=%2B34600000001").await;
    assert_eq!(texts.as_array().expect("a list").len(), 1);
    assert_eq!(texts[0]["body"], json!("123456 is your code"));
    assert!(shop.text("/texts").await.contains("123456 is your code"));
}
