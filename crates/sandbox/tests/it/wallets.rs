//! Apple's push service and Google Wallet as their callers meet them.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::shop;

const PHONE: &str = "a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f90";

/// A token as somebody signed it: the sandbox reads what is in it.
fn signed(claims: &Value) -> String {
    let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
    format!("{}.{}.{}", part(r#"{"alg":"RS256"}"#), part(&claims.to_string()), part("signature"))
}

#[tokio::test]
async fn a_notification_is_kept_and_a_wrong_one_is_named() {
    let shop = shop::open().await;
    let push = async |token: &str, topic: &str| {
        let post = shop.http.post(shop.url(&format!("/3/device/{token}"))).header("apns-topic", topic);
        let answer = post.body("{}").send().await.expect("an answer");
        let status = answer.status().as_u16();
        (status, answer.json::<Value>().await.unwrap_or(Value::Null)["reason"].clone())
    };
    assert_eq!(push(PHONE, "pass.example").await, (200, Value::Null));
    assert_eq!(push("short", "pass.example").await, (400, json!("BadDeviceToken")));
    assert_eq!(push(PHONE, "").await, (400, json!("MissingTopic")));
    shop.fault(json!({"provider": "apple", "action": {"kind": "status", "status": 410}})).await;
    assert_eq!(push(PHONE, "pass.example").await, (410, json!("Unregistered")));
    let state = shop.get("/control/state").await;
    let pushes = state["pushes"].as_array().expect("pushes");
    assert_eq!(pushes.len(), 1);
    assert_eq!((&pushes[0]["token"], &pushes[0]["payload"]), (&json!(PHONE), &json!({})));
}

#[tokio::test]
async fn a_saved_ticket_is_changed_by_who_has_a_token_and_others_are_not_there() {
    let shop = shop::open().await;
    let now = chrono::DateTime::<chrono::Utc>::from(std::time::SystemTime::now()).timestamp();
    let ask = async |until: i64| {
        let claims =
            json!({"iss": "club@example.org", "scope": "wallet", "aud": "token", "iat": now, "exp": until});
        let assertion = signed(&claims);
        let form = [
            ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
            ("assertion", assertion.as_str()),
        ];
        let answer = shop.http.post(shop.url("/token")).form(&form).send().await.expect("an answer");
        (answer.status().as_u16(), answer.json::<Value>().await.expect("JSON"))
    };
    assert_eq!(ask(now - 60).await.0, 400, "too old");
    let (status, granted) = ask(now + 300).await;
    assert_eq!(status, 200);
    let token = granted["access_token"].as_str().expect("a token").to_owned();

    let claims = json!({"payload": {"eventTicketClasses": [{"id": "1.night"}],
        "eventTicketObjects": [{"id": "1.ticket", "state": "ACTIVE", "ticketHolderName": "Ana"}]}});
    let link = format!("https://pay.google.com/gp/v/save/{}", signed(&claims));
    let (status, saved) = shop.post("/control/wallet/save", json!({ "link": link })).await;
    assert_eq!((status, saved["saved"].as_array().map(Vec::len)), (200, Some(2)));

    let change = async |id: &str, token: &str| {
        let call = shop.http.patch(shop.url(&format!("/walletobjects/v1/eventTicketObject/{id}")));
        let call = call.bearer_auth(token).json(&json!({"state": "INACTIVE"}));
        let answer = call.send().await.expect("an answer");
        (answer.status().as_u16(), answer.json::<Value>().await.expect("JSON"))
    };
    assert_eq!(change("1.ticket", "guess").await.0, 401);
    assert_eq!(change("1.other", &token).await.0, 404);
    let (status, changed) = change("1.ticket", &token).await;
    assert_eq!(
        (status, &changed["state"], &changed["ticketHolderName"]),
        (200, &json!("INACTIVE"), &json!("Ana"))
    );
    // The same link again brings back nothing that was.
    shop.post("/control/wallet/save", json!({ "link": link })).await;
    let state = shop.get("/control/state").await;
    assert_eq!(state["wallet"]["eventTicketObject/1.ticket"]["state"], "INACTIVE");
}
