//! Resend through resend-rs, and the mailbox.

use resend_rs::types::{CreateAttachment, CreateEmailBaseOptions};
use resend_rs::{ConfigBuilder, Resend};
use serde_json::json;

use crate::shop::{self, Shop};

fn client(shop: &Shop) -> Resend {
    let url = shop.sandbox.url.parse().expect("a URL");
    Resend::with_config(ConfigBuilder::new("re_test").base_url(url).client(shop.http.clone()).build())
}

fn letter(subject: &str) -> CreateEmailBaseOptions {
    CreateEmailBaseOptions::new("Maguey <door@maguey.example>", ["Ana <ana@example.org>"], subject)
        .with_html("<h1>Hola</h1><img alt=\"QR\" src=\"cid:qr1\">")
        .with_text("Hola")
        .with_attachment(
            CreateAttachment::from_content(b"PNG".to_vec())
                .with_filename("qr.png")
                .with_content_type("image/png")
                .with_content_id("qr1"),
        )
        .with_attachment(CreateAttachment::from_content(b"%PDF".to_vec()).with_filename("ticket.pdf"))
}

#[tokio::test]
async fn an_email_is_accepted_once_per_key_and_lies_in_the_mailbox() {
    let shop = shop::open().await;
    let resend = client(&shop);
    let send = async |subject: &str| resend.emails.send(letter(subject).with_idempotency_key("mail-1")).await;
    let first = send("Your tickets").await.expect("accepted");
    assert_eq!(send("Your tickets").await.expect("the same").id, first.id);
    let other = send("Other words").await.expect_err("refused");
    assert!(matches!(&other, resend_rs::Error::Resend(error) if error.status_code == 409), "{other:?}");
    assert_eq!(resend.emails.get(&first.id).await.expect("found").subject, "Your tickets");

    let inbox = shop.get("/mailbox.json?to=ANA@example.org").await;
    assert_eq!(inbox.as_array().map(Vec::len), Some(1));
    assert_eq!(inbox[0]["idempotency_key"], "mail-1");
    assert_eq!(inbox[0]["attachments"][1]["content"], "JVBERg==");
    assert_eq!(shop.get("/mailbox.json?to=other@example.org").await, json!([]));

    let id = first.id.to_string();
    assert!(shop.text("/mailbox").await.contains("Your tickets"));
    assert!(shop.text(&format!("/mailbox/{id}")).await.contains("ticket.pdf"));
    let body = shop.text(&format!("/mailbox/{id}/html")).await;
    assert!(body.contains(&format!("/mailbox/{id}/attachments/0")), "{body}");
    assert_eq!(shop.text(&format!("/mailbox/{id}/attachments/0")).await, "PNG");
}

#[tokio::test]
async fn a_batch_is_accepted_whole_or_not_at_all() {
    let shop = shop::open().await;
    let resend = client(&shop);
    let plain = |to: &str| CreateEmailBaseOptions::new("a@maguey.example", [to], "Hi").with_text("x");
    let sent =
        resend.batch.send(vec![plain("a@example.org"), plain("b@example.org")]).await.expect("accepted");
    assert_eq!(sent.len(), 2);
    assert!(resend.batch.send(vec![plain("c@example.org"), plain("nobody")]).await.is_err());
    assert_eq!(shop.get("/control/state").await["emails_accepted"], 2);
}

#[tokio::test]
async fn resend_refuses_and_fails_as_it_does() {
    let shop = shop::open().await;
    let resend = client(&shop);
    for (action, is) in [
        (json!({"kind": "status", "status": 429}), "RateLimit"),
        (json!({"kind": "status", "status": 500}), "Resend"),
        (json!({"kind": "status", "status": 502, "body": "<h1>Bad gateway</h1>"}), "Parse"),
        (json!({"kind": "lost"}), "Http"),
    ] {
        shop.fault(json!({"provider": "resend", "path": "/emails", "action": action})).await;
        let fault = resend.emails.send(letter("Hi").with_idempotency_key("k")).await.expect_err("fails");
        assert!(format!("{fault:?}").starts_with(is), "{fault:?}");
    }
    resend.emails.send(letter("Hi").with_idempotency_key("k")).await.expect("accepted");
    assert_eq!(shop.get("/control/state").await["emails_accepted"], 1);
    let answer = shop.http.post(shop.url("/emails")).json(&json!({})).send().await.expect("an answer");
    assert_eq!(answer.status(), 401);
}
