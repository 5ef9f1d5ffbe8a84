//! What a restarted sandbox still knows, and where it does not start.

use sandbox::Config;
use serde_json::json;
use settings::Environment;

use crate::receiver::{self, SECRET};
use crate::shop::{self, OK};

#[tokio::test]
async fn a_restarted_sandbox_knows_its_payments_keys_and_mail() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = Config { state_file: Some(folder.path().join("deep/state.json")), ..Config::default() };
    let shop = shop::open_with(config.clone()).await;
    let session = shop.session_with_key("k").await.expect("a session");
    shop.press_pay(&session, OK).await;
    let mail = json!({"from": "a@maguey.example", "to": "b@example.org", "subject": "S", "text": "T"});
    shop.http.post(shop.url("/emails")).bearer_auth("re_x").json(&mail).send().await.expect("accepted");
    let before = shop.get("/control/state").await;
    shop.sandbox.stop().await;

    let shop = shop::open_with(config).await;
    let after = shop.get("/control/state").await;
    for part in ["sessions", "payments", "money", "emails_accepted", "events"] {
        assert_eq!(before[part], after[part]);
    }
    assert_eq!(shop.session_with_key("k").await.expect("the same").id, session.id);
}

#[tokio::test]
async fn webhooks_left_behind_are_delivered_after_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let receiver = receiver::start(0);
    let config = Config { state_file: Some(folder.path().join("state.json")), ..Config::default() };
    let shop = shop::open_with(config.clone()).await;
    // Port 9 is nobody's: the first attempt fails and the retry waits.
    shop.sandbox.deliver_to("http://127.0.0.1:9/hook", &[SECRET]);
    let session = shop.session().await;
    shop.press_pay(&session, OK).await;
    shop.sandbox.stop().await;
    let endpoint = Config {
        webhook_url: Some(receiver.url.clone()),
        webhook_secrets: vec![SECRET.to_owned()],
        ..config
    };
    let _shop = shop::open_with(endpoint).await;
    receiver.until(|seen| seen.of("checkout.session.completed").len() == 1).await;
}

#[tokio::test]
async fn production_a_busy_port_and_a_broken_file_are_refused() {
    let production = Config { environment: Environment::Production, ..Config::default() };
    assert!(sandbox::start(production).await.is_err());
    let shop = shop::open().await;
    let busy = Config { listen: shop.sandbox.address, ..Config::default() };
    let fault = sandbox::start(busy).await.expect_err("busy");
    assert!(fault.to_string().contains("cannot listen"), "{fault}");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("state.json");
    std::fs::write(&path, "not JSON").expect("written");
    let broken = Config { state_file: Some(path), ..Config::default() };
    assert!(sandbox::start(broken).await.is_err());
}
