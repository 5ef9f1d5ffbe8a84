//! Mail that guests ask for.

use domain::clock::{Clock, SystemClock};
use messages::purchase::v1::mail_asked::About;
use messages::purchase::v1::{
    Buyer, Found, IssuedTicket, LeftReason, MailAsked, OrdersFound, SaleOpened, TicketLeft, TicketTransferred,
};
use serde_json::Value;
use uuid::Uuid;

use crate::emails::{arrived, event};
use crate::figures::order;
use crate::house::{House, until};

const CODE: &str = "6BFOXN*TS0BI$ZD-PHQ7I9AD66V5B22CH9M9ESI9XBHXK-%69LQOGI";

pub fn asked(to: &str, language: &str, about: About) -> MailAsked {
    MailAsked {
        mail_id: Uuid::now_v7().to_string(),
        recipient: Some(Buyer { name: String::new(), email: to.to_owned(), language: language.to_owned() }),
        about: Some(about),
        asked_at: messages::millis(SystemClock.now()),
    }
}

fn text<'a>(mail: &'a Value, field: &str) -> &'a str {
    mail[field].as_str().expect("text")
}

#[tokio::test(flavor = "multi_thread")]
async fn tickets_asked_for_again_are_the_next_revision_once_per_wish() {
    let house = House::open().await;
    let (id, kind) = event(&house).await;
    let paid = order(&id, &kind, "ana@example.org", 2);
    house.say(&paid).await;
    assert_eq!(arrived(&house, "ana@example.org").await.len(), 1);
    let mut now = paid.clone();
    now.tickets.truncate(1);
    now.tickets[0].holder_name = "Ana Torres".to_owned();
    let wish = asked("ana@example.org", "es", About::Tickets(now.clone()));
    house.say(&wish).await;
    // The same wish, as if the stream had been told it anew.
    house.say(&wish).await;
    until("the second email arrives", async || house.mailbox("ana@example.org").await.len() == 2).await;
    house
        .say(&asked("last@example.org", "en", About::Tickets(order(&id, &kind, "last@example.org", 1))))
        .await;
    arrived(&house, "last@example.org").await;
    let mails = arrived(&house, "ana@example.org").await;
    assert_eq!(mails.len(), 2, "a wish acts once");
    let again = mails.iter().find(|mail| text(mail, "text").contains("Ana Torres")).expect("as it is now");
    assert_eq!(text(again, "subject"), "Tu entrada: Agave Nights");
    assert_eq!(house.count("SELECT max(revision) FROM emails WHERE recipient = 'ana@example.org'").await, 2);
    // The first mail of an order that is asked for before it was told is that order's only one.
    assert_eq!(house.count("SELECT revision FROM emails WHERE recipient = 'last@example.org'").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_mails_the_links_of_each_night() {
    let house = House::open().await;
    let (id, _) = event(&house).await;
    let night = |title: &str, tickets, key: &str| Found {
        order_id: Uuid::now_v7().to_string(),
        reference: "K7MPX2QD".to_owned(),
        event_id: id.clone(),
        event_title: title.to_owned(),
        starts_at: 1_795_813_200_000,
        ends_at: 1_795_842_000_000,
        time_zone: "Europe/Madrid".to_owned(),
        tickets,
        url: format!("http://tickets.maguey.localhost:8080/orders/K7MPX2QD?key={key}"),
        ..Found::default()
    };
    let found =
        OrdersFound { found: vec![night("Agave <Nights>", 2, "abc"), night("Noche de Cumbia", 1, "def")] };
    let wish = asked("ana@example.org", "en", About::Found(found.clone()));
    house.say(&wish).await;
    house.say(&wish).await;
    house.say(&asked("bea@example.org", "es", About::Found(found))).await;
    let spanish = arrived(&house, "bea@example.org").await;
    let mails = arrived(&house, "ana@example.org").await;
    assert_eq!((mails.len(), spanish.len()), (1, 1));
    assert_eq!(text(&mails[0], "subject"), "Your tickets for coming nights");
    assert_eq!(text(&spanish[0], "subject"), "Tus entradas para las próximas noches");
    for part in ["html", "text"] {
        let body = text(&mails[0], part);
        for words in ["key=abc", "key=def", "Noche de Cumbia", "2 tickets", "1 ticket"] {
            assert!(body.contains(words), "{words} in {body}");
        }
    }
    assert!(!text(&mails[0], "html").contains("Agave <Nights>"), "a title is text");
    assert!(mails[0]["attachments"].as_array().is_none_or(Vec::is_empty));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_gets_a_ticket_is_mailed_its_code_and_its_own_link() {
    let house = House::open().await;
    let (id, kind) = event(&house).await;
    let passed = TicketTransferred {
        order_id: Uuid::now_v7().to_string(),
        reference: "K7MPX2QD".to_owned(),
        event_id: id,
        from_name: "Ana\nRuiz".to_owned(),
        ticket: Some(IssuedTicket {
            ticket_id: Uuid::now_v7().to_string(),
            ticket_type_id: kind,
            ticket_type_name: "Early bird".to_owned(),
            holder_name: "Bea".to_owned(),
            code: CODE.to_owned(),
            admit_until: 0,
        }),
        ticket_url: "http://tickets.maguey.localhost:8080/tickets/0198?key=xyz".to_owned(),
    };
    house.say(&asked("bea@example.org", "en", About::Transferred(passed.clone()))).await;
    // Another wish about the same ticket: it was passed on once.
    house.say(&asked("bea@example.org", "en", About::Transferred(passed.clone()))).await;
    house
        .say(&asked(
            "eva@example.org",
            "es",
            About::Tickets(order(&passed.event_id, "x", "eva@example.org", 1)),
        ))
        .await;
    arrived(&house, "eva@example.org").await;
    let mails = arrived(&house, "bea@example.org").await;
    assert_eq!(mails.len(), 1);
    assert_eq!(text(&mails[0], "subject"), "Ana Ruiz passed a ticket on to you: Agave Nights");
    assert!(text(&mails[0], "html").contains("cid:ticket-1") && text(&mails[0], "html").contains("key=xyz"));
    assert!(
        text(&mails[0], "text").contains("key=xyz") && text(&mails[0], "text").contains("Early bird, Bea")
    );
    assert_eq!(mails[0]["attachments"].as_array().map(Vec::len), Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_moves_stands_in_no_mail_and_the_way_to_it_does() {
    let house = House::open().await;
    let (id, kind) = event(&house).await;
    let mut paid = order(&id, &kind, "ana@example.org", 2);
    paid.tickets[1].code = String::new();
    house.say(&paid).await;
    let mixed = arrived(&house, "ana@example.org").await;
    assert_eq!(mixed[0]["attachments"].as_array().map(Vec::len), Some(1), "the other's");
    let mut paid = order(&id, &kind, "bea@example.org", 1);
    paid.tickets[0].code = String::new();
    house.say(&paid).await;
    let moving = arrived(&house, "bea@example.org").await;
    assert!(moving[0]["attachments"].as_array().is_none_or(Vec::is_empty));
    assert!(!text(&moving[0], "html").contains("cid:"));
    for part in ["html", "text"] {
        for mail in [&mixed[0], &moving[0]] {
            let said = text(mail, part);
            assert!(said.contains("en la puerta: el código cambia") && said.contains("key=abc"), "{said}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn with_whom_a_ticket_is_shared_is_mailed_each_time_it_is() {
    let house = House::open().await;
    let (id, kind) = event(&house).await;
    let shared = TicketTransferred {
        order_id: Uuid::now_v7().to_string(),
        reference: "K7MPX2QD".to_owned(),
        event_id: id,
        from_name: "Ana".to_owned(),
        ticket: Some(IssuedTicket {
            ticket_id: Uuid::now_v7().to_string(),
            ticket_type_id: kind,
            ticket_type_name: "Early bird".to_owned(),
            holder_name: "Bea".to_owned(),
            code: CODE.to_owned(),
            admit_until: 0,
        }),
        ticket_url: "http://tickets.maguey.localhost:8080/tickets/0198?key=xyz".to_owned(),
    };
    let wish = asked("bea@example.org", "en", About::Shared(shared.clone()));
    house.say(&wish).await;
    house.say(&wish).await;
    house.say(&asked("carl@example.org", "es", About::Shared(shared))).await;
    let carl = arrived(&house, "carl@example.org").await;
    let bea = arrived(&house, "bea@example.org").await;
    assert_eq!((bea.len(), carl.len()), (1, 1), "a wish acts once, and each wish does");
    assert_eq!(text(&bea[0], "subject"), "Ana has a ticket for you: Agave Nights");
    assert_eq!(text(&carl[0], "subject"), "Ana tiene una entrada para ti: Agave Nights");
    for part in ["html", "text"] {
        assert!(text(&bea[0], part).contains("key=xyz"), "{part}");
        assert!(text(&bea[0], part).contains("bought a ticket for you"), "{part}");
    }
    assert_eq!(bea[0]["attachments"].as_array().map(Vec::len), Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_handed_back_is_mailed_to_its_buyer_with_its_new_code_and_to_who_left_it() {
    let house = House::open().await;
    let (id, kind) = event(&house).await;
    let back = TicketTransferred {
        order_id: Uuid::now_v7().to_string(),
        reference: "K7MPX2QD".to_owned(),
        event_id: id.clone(),
        from_name: "Bea".to_owned(),
        ticket: Some(IssuedTicket {
            ticket_id: Uuid::now_v7().to_string(),
            ticket_type_id: kind,
            ticket_type_name: "Early bird".to_owned(),
            holder_name: "Ana".to_owned(),
            code: CODE.to_owned(),
            admit_until: 0,
        }),
        ticket_url: "http://tickets.maguey.localhost:8080/orders/K7MPX2QD?key=xyz".to_owned(),
    };
    let left = TicketLeft {
        order_id: back.order_id.clone(),
        reference: back.reference.clone(),
        event_id: id,
        ticket_id: Uuid::now_v7().to_string(),
        ticket_type_name: "Early bird".to_owned(),
        reason: LeftReason::HandedBack.into(),
    };
    for (reason, words) in
        [(LeftReason::PassedOn, "its buyer passed it on"), (LeftReason::Voided, "the club has taken")]
    {
        let left = TicketLeft { reason: reason.into(), ..left.clone() };
        let to = format!("{}@example.org", reason.as_str_name().to_lowercase());
        house.say(&asked(&to, "en", About::Left(left))).await;
        let mails = arrived(&house, &to).await;
        assert_eq!(text(&mails[0], "subject"), "Your ticket is no longer valid: Agave Nights");
        assert!(text(&mails[0], "text").contains(words), "{}", text(&mails[0], "text"));
    }
    let told = asked("bea@example.org", "es", About::Left(left));
    house.say(&told).await;
    house.say(&told).await;
    house.say(&asked("ana@example.org", "en", About::HandedBack(back.clone()))).await;
    // Who gave no address at the venue gets no mail.
    house.say(&asked("", "en", About::HandedBack(back))).await;
    let ana = arrived(&house, "ana@example.org").await;
    let bea = arrived(&house, "bea@example.org").await;
    assert_eq!((ana.len(), bea.len()), (1, 1), "a wish acts once");
    assert_eq!(text(&ana[0], "subject"), "Bea gave a ticket back to you: Agave Nights");
    assert_eq!(text(&bea[0], "subject"), "Devolviste una entrada: Agave Nights");
    for part in ["html", "text"] {
        assert!(text(&ana[0], part).contains("key=xyz"), "{part}");
        assert!(text(&ana[0], part).contains("It is yours again"), "{part}");
        assert!(
            text(&bea[0], part).contains("Early bird") && !text(&bea[0], part).contains("key="),
            "{part}"
        );
    }
    assert_eq!(ana[0]["attachments"].as_array().map(Vec::len), Some(1), "the new code");
    assert!(bea[0]["attachments"].as_array().is_none_or(Vec::is_empty));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_waited_for_a_sale_is_mailed_once_with_a_way_to_end_it() {
    let house = House::open().await;
    let (id, _) = event(&house).await;
    let sale = SaleOpened {
        event_id: id,
        page_url: "http://tickets.maguey.localhost:8080/e/agave-nights".to_owned(),
        stop_url: "http://tickets.maguey.localhost:8080/reminders/0198?key=stop".to_owned(),
        ..SaleOpened::default()
    };
    let first = SaleOpened {
        page_url: format!("{}?code=PRE-ABCDEFGHJKLM", sale.page_url),
        presale_code: "PRE-ABCDEFGHJKLM".to_owned(),
        ..sale.clone()
    };
    house.say(&asked("bea@example.org", "en", About::SaleOpened(first))).await;
    let presale = arrived(&house, "bea@example.org").await;
    assert_eq!(text(&presale[0], "subject"), "You are first: Agave Nights");
    for part in ["html", "text"] {
        let body = text(&presale[0], part);
        assert!(
            body.contains("?code=PRE-ABCDEFGHJKLM") && body.contains("good for one order"),
            "{part}: {body}"
        );
        assert!(body.contains("key=stop") && !body.contains("email-"), "{part}: {body}");
    }
    let wish = asked("ana@example.org", "es", About::SaleOpened(sale));
    house.say(&wish).await;
    house.say(&wish).await;
    let mails = arrived(&house, "ana@example.org").await;
    assert_eq!(mails.len(), 1, "a wish acts once");
    assert_eq!(text(&mails[0], "subject"), "Ya a la venta: Agave Nights");
    for part in ["html", "text"] {
        let body = text(&mails[0], part);
        assert!(body.contains("/e/agave-nights") && body.contains("key=stop"), "{part}: {body}");
    }
}
