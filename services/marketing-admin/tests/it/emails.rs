//! Emails: one per order, whatever goes wrong on the way.

use std::sync::Arc;

use chrono::TimeDelta;
use domain::clock::{Clock, FixedClock, SharedClock, SystemClock};
use marketing_admin::notifications::{clear, store};
use messages::purchase::v1::{Buyer, LostTicket, OrderRefunded, RefundReason, SaleChannel, SettledHow};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::figures::{order, refund};
use crate::house::{House, until};
use crate::identity::field;

pub async fn event(house: &House) -> (String, String) {
    let token = house.token("olga@club.test").await;
    let event = house.published(&token, "Agave Nights").await;
    let text = |value: &Value| value.as_str().expect("an id").to_owned();
    (text(&event["id"]), text(&event["ticket_types"][0]["id"]))
}

pub async fn arrived(house: &House, to: &str) -> Vec<Value> {
    until("the email arrives", async || !house.mailbox(to).await.is_empty()).await;
    until("its fate is noted", async || {
        house.count("SELECT count(*) FROM emails WHERE state = 'waiting'").await == 0
    })
    .await;
    house.mailbox(to).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_told_twice_is_one_email_with_every_code() {
    let house = House::open().await;
    let (id, kind) = event(&house).await;
    let paid = order(&id, &kind, "ana@example.org", 2);
    house.say(&paid).await;
    house.say(&paid).await;
    house.say(&order(&id, &kind, "last@example.org", 1)).await;
    arrived(&house, "last@example.org").await;
    let mails = arrived(&house, "ana@example.org").await;
    assert_eq!(mails.len(), 1);
    let mail = &mails[0];
    assert_eq!(mail["subject"], "Tus 2 entradas: Agave Nights");
    let html = mail["html"].as_str().expect("html");
    let pictures = mail["attachments"].as_array().expect("attachments");
    assert_eq!(pictures.len(), 2);
    for picture in pictures {
        assert!(html.contains(&format!("cid:{}", picture["content_id"].as_str().expect("cid"))));
        assert_eq!(picture["content_type"], "image/png");
    }
    assert!(
        html.contains("K7MPX2QD?key=abc")
            && mail["text"].as_str().expect("text").contains("K7MPX2QD?key=abc")
    );
    assert_eq!(mail["reply_to"], json!(["hola@maguey.localhost"]), "an answer reaches the club");
    for said in ["html", "text"] {
        assert!(mail[said].as_str().expect("text").contains("escribe a hola@maguey.localhost"), "{mail}");
    }
    assert_eq!(house.count("SELECT count(*) FROM emails").await, 2);
    let key =
        house.count("SELECT count(*) FROM emails WHERE provider_id IS NOT NULL AND state = 'sent'").await;
    assert_eq!(key, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn trouble_at_the_provider_delays_and_never_doubles() {
    let house = House::open().await;
    let (id, kind) = event(&house).await;
    let script =
        |action: Value| json!({"provider": "resend", "path": "/emails", "count": 1, "action": action});
    house.fault(script(json!({"kind": "status", "status": 500}))).await;
    house.fault(script(json!({"kind": "status", "status": 429, "retry_after": 1}))).await;
    // The provider takes it and the answer is lost: as if we had died in between.
    house.fault(script(json!({"kind": "lost"}))).await;
    house.say(&order(&id, &kind, "ana@example.org", 1)).await;
    assert_eq!(arrived(&house, "ana@example.org").await.len(), 1);
    assert_eq!(house.count("SELECT attempts FROM emails").await, 4);
    let outcomes =
        house.count("SELECT count(*) FROM email_attempts WHERE outcome = 'retry' AND error <> ''").await;
    assert_eq!(outcomes, 3, "each failed try is on record");
}

#[tokio::test(flavor = "multi_thread")]
async fn in_test_mode_the_clubs_own_people_are_mailed_and_nobody_else() {
    let mut house = House::unopened().await;
    house.variables.push(("TEST_MAIL_TO", "@club.test".to_owned()));
    house.move_in().await;
    let (id, kind) = event(&house).await;
    house.say(&order(&id, &kind, "ana@example.org", 1)).await;
    house.say(&order(&id, &kind, "nuria@club.test", 1)).await;
    let mails = arrived(&house, "nuria@club.test").await;
    assert_eq!(mails.len(), 1);
    for part in ["html", "text"] {
        let said = mails[0][part].as_str().expect("text");
        assert!(said.contains("TEST") && said.contains("Nada en este correo es de verdad"), "{said}");
    }
    until("what is not for staff is kept back", async || {
        house
            .count("SELECT count(*) FROM emails WHERE state = 'withheld' AND recipient = 'ana@example.org'")
            .await
            == 1
    })
    .await;
    assert!(house.mailbox("ana@example.org").await.is_empty());

    let cookie = house.cookie("max@club.test").await;
    let log = house.page("/admin/emails?state=withheld", &cookie).await.text().await.expect("a page");
    assert!(log.contains("ana@example.org") && log.contains("Not sent: test mode"), "{log}");
    assert!(!log.contains("nuria@club.test"), "{log}");
    assert!(log.contains("Test data: no money here is real."), "the desk says what its figures are");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sender_that_died_after_the_provider_said_yes_sends_nothing_twice() {
    let mut house = House::open().await;
    let (id, kind) = event(&house).await;
    house.say(&order(&id, &kind, "ana@example.org", 1)).await;
    arrived(&house, "ana@example.org").await;
    house.stop().await;
    // What the database holds when a process dies before it notes the answer.
    let mut conn = house.db.conn().await.expect("a connection");
    let forget =
        "UPDATE emails SET state = 'waiting', settled_at = NULL, provider_id = NULL, lease_until = due_at";
    diesel_async::RunQueryDsl::execute(diesel::sql_query(forget), &mut conn).await.expect("forgotten");
    drop(conn);
    house.start().await;
    assert_eq!(arrived(&house, "ana@example.org").await.len(), 1);
    assert_eq!(house.count("SELECT count(*) FROM emails WHERE state = 'sent' AND attempts = 2").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_address_is_dead_at_once_and_staff_send_it_again() {
    let house = House::open().await;
    let (id, kind) = event(&house).await;
    let refusal = json!({"statusCode": 422, "name": "validation_error", "message": "Invalid `to` field."});
    let action = json!({"kind": "status", "status": 422, "body": refusal});
    house.fault(json!({"provider": "resend", "path": "/emails", "count": 1, "action": action})).await;
    house.say(&order(&id, &kind, "ana@example.org", 1)).await;
    until("it is given up", async || {
        house.count("SELECT count(*) FROM emails WHERE state = 'dead'").await == 1
    })
    .await;
    assert!(house.mailbox("ana@example.org").await.is_empty());

    let cookie = house.cookie("max@club.test").await;
    let page = house.page("/admin/emails?state=dead", &cookie).await.text().await.expect("a page");
    assert!(page.contains("ana@example.org") && page.contains("validation_error"), "{page}");
    let at = page.find("/admin/emails/").and_then(|_| page.find("/send\"")).expect("a button");
    let path = &page[page[..at].rfind('"').expect("a quote") + 1..at + 5];
    let answer = house.submit(path, &cookie, &[("csrf", &field(&page, "csrf"))]).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    assert_eq!(arrived(&house, "ana@example.org").await.len(), 1);
    assert_eq!(house.count("SELECT count(*) FROM audit_log WHERE action = 'email.sent_again'").await, 1);
    assert_eq!(house.count("SELECT revision FROM emails WHERE state = 'sent'").await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn money_on_its_way_back_is_told() {
    let house = House::open().await;
    let (id, kind) = event(&house).await;
    let paid = order(&id, &kind, "ana@example.org", 1);
    house.say(&refund(&paid, RefundReason::SecondPayment)).await;
    let mails = arrived(&house, "ana@example.org").await;
    assert_eq!(mails.len(), 1);
    assert!(mails[0]["subject"].as_str().expect("a subject").contains("15,88"), "{}", mails[0]["subject"]);
    assert!(mails[0]["text"].as_str().expect("text").contains("se pagó dos veces"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_holds_a_ticket_that_goes_is_told_once_and_nothing_of_the_money() {
    let house = House::open().await;
    let (id, kind) = event(&house).await;
    let paid = order(&id, &kind, "ana@example.org", 1);
    let lost = LostTicket {
        ticket_id: uuid::Uuid::now_v7().to_string(),
        ticket_type_name: "Early bird".to_owned(),
        holder: Some(Buyer {
            name: "Bea Ruiz".to_owned(),
            email: "bea@example.org".to_owned(),
            language: "en".to_owned(),
        }),
        share_id: String::new(),
    };
    let back = OrderRefunded { lost: vec![lost], ..refund(&paid, RefundReason::Staff) };
    house.say(&back).await;
    house.say(&back).await;
    let mails = arrived(&house, "bea@example.org").await;
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0]["subject"], "Your ticket is no longer valid: Agave Nights");
    let text = mails[0]["text"].as_str().expect("text");
    assert!(text.contains("was given back") && text.contains("Early bird"), "{text}");
    assert!(!text.contains("15.88") && !text.contains("K7MPX2QD"), "it is not their order: {text}");
    let theirs = arrived(&house, "ana@example.org").await;
    assert!(theirs[0]["text"].as_str().expect("text").contains("15,88"), "{theirs:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn with_whom_a_ticket_was_shared_is_told_that_it_goes_each_of_their_own() {
    let house = House::open().await;
    let (id, kind) = event(&house).await;
    let paid = order(&id, &kind, "ana@example.org", 1);
    let lost = |email: &str, language: &str| LostTicket {
        ticket_id: uuid::Uuid::now_v7().to_string(),
        ticket_type_name: "Early bird".to_owned(),
        holder: Some(Buyer {
            name: "Bea Ruiz".to_owned(),
            email: email.to_owned(),
            language: language.to_owned(),
        }),
        share_id: uuid::Uuid::now_v7().to_string(),
    };
    let (bea, carl) = (lost("bea@example.org", "en"), lost("carl@example.org", "es"));
    // Another guest of Bea's ticket, as if it had been shared once more and gone again.
    let dora = LostTicket { ticket_id: bea.ticket_id.clone(), ..lost("dora@example.org", "en") };
    let back = OrderRefunded { lost: vec![bea, dora], ..refund(&paid, RefundReason::Guest) };
    house.say(&back).await;
    house.say(&back).await;
    let off = OrderRefunded { lost: vec![carl], ..refund(&paid, RefundReason::NightCancelled) };
    house.say(&off).await;
    for (who, subject, words) in [
        (
            "bea@example.org",
            "Your ticket is no longer valid: Agave Nights",
            "that was bought for you was given back",
        ),
        (
            "dora@example.org",
            "Your ticket is no longer valid: Agave Nights",
            "that was bought for you was given back",
        ),
        ("carl@example.org", "Cancelada: Agave Nights", "que compraron para ti"),
    ] {
        let mails = arrived(&house, who).await;
        assert_eq!((mails.len(), &mails[0]["subject"]), (1, &subject.into()));
        let text = mails[0]["text"].as_str().expect("text");
        assert!(text.contains(words) && !text.contains("15.88") && !text.contains("K7MPX2QD"), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_paid_at_the_venue_is_told_to_wait_there() {
    let house = House::open().await;
    let (id, kind) = event(&house).await;
    let paid = order(&id, &kind, "ana@example.org", 1);
    let at_venue = OrderRefunded {
        amount_minor: 0,
        due_at_venue_minor: 1588,
        channel: SaleChannel::CashAtVenue.into(),
        ..refund(&paid, RefundReason::NightCancelled)
    };
    house.say(&at_venue).await;
    let mails = arrived(&house, "ana@example.org").await;
    assert_eq!(mails[0]["subject"], "Cancelada: Agave Nights");
    for part in ["text", "html"] {
        let said = mails[0][part].as_str().expect("text");
        assert!(said.contains("15,88") && said.contains("Pagaste allí"), "{said}");
        assert!(!said.contains("tarjeta"), "no card has anything to do with it: {said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_paid_too_late_is_offered_the_waitlist_where_the_night_has_one() {
    let house = House::open().await;
    let (id, kind) = event(&house).await;
    let (late, over) = (order(&id, &kind, "ana@example.org", 1), order(&id, &kind, "bea@example.org", 1));
    let url = "https://tickets.maguey.localhost/orders/K7MPX2QD?key=abc#waitlist";
    let offered = OrderRefunded { waitlist_url: url.to_owned(), ..refund(&late, RefundReason::LatePayment) };
    house.say(&offered).await;
    let night = "https://tickets.maguey.localhost/e/agave-nights";
    let elsewhere =
        OrderRefunded { instead_url: night.to_owned(), ..refund(&over, RefundReason::LatePayment) };
    house.say(&elsewhere).await;
    let with = arrived(&house, "ana@example.org").await;
    let without = arrived(&house, "bea@example.org").await;
    for part in ["text", "html"] {
        let (said, other) = (with[0][part].as_str().expect("text"), without[0][part].as_str().expect("text"));
        assert!(said.contains("K7MPX2QD?key=abc#waitlist") && said.contains("lista de espera"), "{said}");
        assert!(!said.contains("Ver entradas"), "{said}");
        assert!(!other.contains("lista de espera"), "{other}");
        assert!(other.contains(night) && other.contains("Ver entradas"), "{other}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_paid_too_late_for_an_exchange_is_not_told_of_places_that_are_gone() {
    let house = House::open().await;
    let (id, kind) = event(&house).await;
    let late = order(&id, &kind, "ana@example.org", 1);
    house.say(&refund(&late, RefundReason::LateExchange)).await;
    let mails = arrived(&house, "ana@example.org").await;
    for part in ["text", "html"] {
        let said = mails[0][part].as_str().expect("text");
        assert!(said.contains("ya no se podía cambiar") && said.contains("15,88"), "{said}");
        assert!(!said.contains("plazas") && !said.contains("lista de espera"), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_handed_back_at_the_venue_is_not_called_on_its_way() {
    let house = House::open().await;
    let (id, kind) = event(&house).await;
    let paid = order(&id, &kind, "ana@example.org", 1);
    let handed =
        OrderRefunded { channel: SaleChannel::CardAtVenue.into(), ..refund(&paid, RefundReason::Staff) };
    house.say(&handed).await;
    let mails = arrived(&house, "ana@example.org").await;
    let subject = mails[0]["subject"].as_str().expect("a subject");
    assert!(subject.contains("15,88") && subject.contains("en la sala"), "{subject}");
    for part in ["text", "html"] {
        let said = mails[0][part].as_str().expect("text");
        assert!(said.contains("Devuelto en la sala") && !said.contains("Tu banco"), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_bank_sent_back_and_the_club_paid_itself_is_a_second_mail_and_one_refund() {
    let house = House::open().await;
    let (id, kind) = event(&house).await;
    let paid = order(&id, &kind, "ana@example.org", 1);
    house.say(&paid).await;
    let back = refund(&paid, RefundReason::Staff);
    house.say(&back).await;
    let otherwise =
        OrderRefunded { revision: 4, settled_how: SettledHow::BankTransfer.into(), ..back.clone() };
    house.say(&otherwise).await;
    house.say(&otherwise).await;
    until("both mails are sent", async || {
        house.count("SELECT count(*) FROM emails WHERE template = 'order_refunded' AND state = 'sent'").await
            == 2
    })
    .await;
    let mails = arrived(&house, "ana@example.org").await;
    let said = |word: &str| {
        mails.iter().filter(|mail| mail["text"].as_str().is_some_and(|text| text.contains(word))).count()
    };
    assert_eq!(said("transferencia"), 1, "{mails:?}");
    assert_eq!(said("tu banco no lo aceptó"), 1, "{mails:?}");
    until("it is counted", async || house.count("SELECT count(*) FROM order_refunds").await == 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_email_said_is_forgotten_after_a_month() {
    let house = House::open().await;
    let (id, kind) = event(&house).await;
    house.say(&order(&id, &kind, "ana@example.org", 1)).await;
    arrived(&house, "ana@example.org").await;
    let kept = "SELECT count(*) FROM emails WHERE octet_length(payload) > 0";
    let now = SystemClock.now();
    for (days, left) in [(29, 1), (31, 0)] {
        let clock: SharedClock = Arc::new(FixedClock::at(now + TimeDelta::days(days)));
        clear::pass(&house.db, &clock).await.expect("cleared");
        assert_eq!(house.count(kept).await, left, "after {days} days");
    }
    let mut conn = house.db.conn().await.expect("a connection");
    let log = store::log(&mut conn, None, "").await.expect("the log");
    assert!(log.len() == 1 && !log[0].again, "it is still on record, and cannot be sent again");
    assert_eq!(store::copy(&mut conn, log[0].id, now).await.expect("no copy"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credit_is_mailed_with_its_code_and_one_that_returns_without() {
    let house = House::open().await;
    let (id, kind) = event(&house).await;
    let paid = order(&id, &kind, "ana@example.org", 1);
    let given = OrderRefunded {
        amount_minor: 0,
        credit_minor: 1588,
        credit_code: "CR-AAAA-BBBB-CCCC-DDDD".to_owned(),
        credit_until: messages::millis("2027-11-27T12:00:00Z".parse().expect("an instant")),
        ..refund(&paid, RefundReason::Staff)
    };
    house.say(&given).await;
    let mails = arrived(&house, "ana@example.org").await;
    let subject = mails[0]["subject"].as_str().expect("a subject");
    assert!(subject.contains("15,88") && subject.contains("saldo"), "{subject}");
    for part in ["text", "html"] {
        let said = mails[0][part].as_str().expect("text");
        assert!(said.contains("CR-AAAA-BBBB-CCCC-DDDD") && said.contains("15,88"), "{said}");
        assert!(said.contains("27 de noviembre de 2027"), "the year is said: {said}");
        assert!(!said.contains("tarjeta"), "no card has anything to do with it: {said}");
    }
    let other = order(&id, &kind, "bea@example.org", 1);
    let back = OrderRefunded { amount_minor: 0, credit_minor: 1588, ..refund(&other, RefundReason::Staff) };
    house.say(&back).await;
    let mails = arrived(&house, "bea@example.org").await;
    let said = mails[0]["text"].as_str().expect("text");
    assert!(said.contains("Vuelve al saldo") && !said.contains("CR-"), "{said}");
}
