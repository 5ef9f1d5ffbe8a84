//! A friend who can't come hands the ticket back to who bought it.

use futures::future::join_all;
use messages::marketing_admin::v1::RefundPolicy;
use messages::purchase::v1::mail_asked::About;
use messages::purchase::v1::{LeftReason, TicketState};
use serde_json::{Value, json};

use super::{LIVE, TO_BEA, TO_CARL, below, id};
use crate::papers::words;
use crate::stage::{Order, PUBLIC_URL, Stage};

impl Stage {
    /// An order of so many tickets whose first one is Bea's, and the path of her page.
    async fn passed_to_bea(&self, quantity: u32) -> (Order, Value, String) {
        let (order, paid) = self.bought(0, quantity).await;
        self.post(&order.ticket(&id(&paid, 0), "transfer"), &TO_BEA).await;
        (order, paid, self.link().await)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_handed_back_is_its_buyer_s_with_a_new_code_and_both_are_told() {
    let stage = Stage::open().await;
    let (order, paid, bea) = stage.passed_to_bea(2).await;
    let page = stage.page(&bea).await;
    assert!(page.contains("/hand-back?key=") && page.contains("goes to them"), "{page}");
    assert_eq!(stage.post(&below(&bea, "hand-back"), &[]).await.status(), 303);
    let gone = stage.page(&bea).await;
    assert!(gone.contains("You gave this ticket back") && !gone.contains("class=\"qr\""), "{gone}");
    assert!(!gone.contains("ana@example.org") && !gone.contains("/hand-back?key="), "{gone}");

    let mails = stage.mails().await;
    assert_eq!(mails.len(), 3, "Bea's ticket, that she left it, and that it is back");
    let to = |at: usize| mails[at].recipient.clone().expect("somebody").email;
    assert_eq!((to(1), to(2)), ("bea@example.org".to_owned(), "ana@example.org".to_owned()));
    let Some(About::Left(left)) = &mails[1].about else { panic!("left") };
    assert_eq!(left.reason(), LeftReason::HandedBack);
    let Some(About::HandedBack(back)) = &mails[2].about else { panic!("handed back") };
    let new = back.ticket.clone().expect("a ticket");
    assert_eq!(back.from_name, "Bea Ruiz");
    assert_eq!(back.ticket_url, format!("{PUBLIC_URL}{}", order.page), "its page is the order's");
    assert_ne!(Value::from(new.code.clone()), paid["tickets"][0]["code"], "the first code stays bad");

    // The door: Bea's is revoked, the new one lets in.
    assert_eq!(stage.told(&left.ticket_id).await.state(), TicketState::Revoked);
    let come = stage.told(&new.ticket_id).await;
    assert_eq!((come.state(), come.holder_name.as_str()), (TicketState::Valid, "Ana López"));

    // The buyer has two tickets again, and no trace of three.
    let now = stage.order_now(&order).await;
    let tickets = now["tickets"].as_array().expect("tickets");
    assert_eq!(tickets.len(), 2, "{now}");
    assert!(tickets.iter().all(|ticket| ticket["state"] == "valid"), "{now}");
    assert!(tickets.iter().any(|ticket| ticket["code"] == new.code.as_str()), "{now}");
    assert!(!stage.page(&order.page).await.contains("Passed on to"));
    assert_eq!(words(&stage.get(&order.file("tickets.pdf")).await.bytes().await.expect("bytes")).len(), 2);
    assert_eq!(stage.count("SELECT sum(sold) FROM stock").await, 2, "a place is counted once");
    stage.audit().await;

    // It can be found, mailed and passed on again, and it comes back again.
    stage.post("/my", &[("email", "ana@example.org")]).await;
    stage.until_count("SELECT count(*) FROM mail_wishes WHERE mailed", 1).await;
    let Some(About::Found(found)) = stage.mails().await.pop().expect("a mail").about else { panic!("found") };
    assert_eq!((found.found.len(), found.found[0].tickets), (1, 2), "{found:?}");
    assert_eq!(stage.post(&order.ticket(&new.ticket_id, "transfer"), &TO_CARL).await.status(), 303);
    let carl = stage.link().await;
    assert!(stage.page(&order.page).await.contains("Passed on to Carl"));
    assert_eq!(stage.post(&below(&carl, "hand-back"), &[]).await.status(), 303);
    let now = stage.order_now(&order).await;
    let good = now["tickets"].as_array().expect("tickets").iter().filter(|ticket| ticket["state"] == "valid");
    assert_eq!((good.count(), now["tickets"].as_array().map(Vec::len)), (2, Some(2)), "{now}");
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn from_the_second_friend_too_it_goes_to_the_buyer_who_gets_the_money() {
    let mut stage = Stage::open().await;
    let soon =
        chrono::DateTime::<chrono::Utc>::from(std::time::SystemTime::now()) + chrono::TimeDelta::hours(2);
    stage.event.revision = 2;
    stage.event.refunds =
        Some(RefundPolicy { self_service_until: soon.timestamp_millis(), keeps_fees: false });
    stage.publish(&stage.event).await;
    let (order, paid, bea) = stage.passed_to_bea(1).await;
    stage.post(&below(&bea, "transfer"), &TO_CARL).await;
    let carl = stage.link().await;
    assert_eq!(stage.post(&below(&bea, "hand-back"), &[]).await.status(), 409, "it is Carl's");
    assert_eq!(stage.get(&below(&carl, "refund")).await.status(), 404, "no friend gets the money");
    assert_eq!(stage.post(&below(&carl, "hand-back"), &[]).await.status(), 303);
    let mails = stage.mails().await;
    let recipients: Vec<&str> =
        mails.iter().filter_map(|mail| Some(mail.recipient.as_ref()?.email.as_str())).collect();
    assert_eq!(recipients[2..], ["carl@example.org", "ana@example.org"]);

    let page = stage.page(&order.file("refund")).await;
    let hidden = |name: &str| {
        let rest = page.split(&format!("name=\"{name}\" value=\"")).nth(1).expect("a field");
        rest.split('"').next().unwrap_or_default().to_owned()
    };
    let (once, sum, tickets) = (hidden("once"), hidden("sum"), hidden("tickets"));
    assert_eq!(sum, "2100");
    let fields = [("once", once.as_str()), ("sum", sum.as_str()), ("tickets", tickets.as_str())];
    assert_eq!(stage.post(&order.file("refund"), &fields).await.status(), 303);
    stage.until(&order, "refunded").await;
    stage.until_count("SELECT count(*) FROM refunds WHERE state = 'succeeded'", 1).await;
    let told = stage.told_back().await;
    assert_eq!(told.ticket_ids, [id(&paid, 0)], "who counts sales knows the ticket that was sold");
    assert!(told.lost.is_empty(), "nobody else had it: {told:?}");
    assert_eq!(stage.count("SELECT sum(sold) FROM stock").await, 0);
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_hold_it_hands_nothing_back() {
    let stage = Stage::open().await;
    let (order, paid, bea) = stage.passed_to_bea(2).await;
    assert_eq!(stage.post(&(below(&bea, "hand-back") + "x"), &[]).await.status(), 404, "a wrong key");
    let forged =
        stage.http.post(stage.url(&below(&bea, "hand-back"))).header("origin", "https://evil.example");
    assert_eq!(forged.send().await.expect("an answer").status(), 403);
    // With whom a ticket is shared, it is not theirs.
    let shared = id(&paid, 1);
    let (name, email) = (format!("name-{shared}"), format!("email-{shared}"));
    let fields = [("how", "share"), (&*name, "Dora"), (&*email, "dora@example.org")];
    assert_eq!(stage.post(&order.file("guests"), &fields).await.status(), 303);
    let Some(About::Shared(told)) = stage.mails().await.pop().expect("a mail").about else {
        panic!("shared")
    };
    let dora = told.ticket_url.strip_prefix(PUBLIC_URL).expect("our own URL").to_owned();
    assert!(!stage.page(&dora).await.contains("/hand-back?key="));
    assert_eq!(stage.post(&below(&dora, "hand-back"), &[]).await.status(), 404);
    // While a refund waits for the door, nothing moves; nor once it is back.
    stage.door.silent(true);
    let path = format!("/internal/v1/orders/{}/refunds", order.reference);
    let asked = json!({"key": "all", "reason": "the guest is ill"});
    assert_eq!(stage.inside("marketing-admin", &path, Some(asked)).await.1["state"], "asked");
    assert_eq!(stage.post(&below(&bea, "hand-back"), &[]).await.status(), 409);
    stage.door.silent(false);
    stage.until(&order, "refunded").await;
    assert_eq!(stage.count(LIVE).await, 0);
    assert_eq!(stage.post(&below(&bea, "hand-back"), &[]).await.status(), 409);
    stage.until_count("SELECT count(*) FROM refunds WHERE state = 'succeeded'", 1).await;
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_taps_that_hand_it_back_one_does() {
    let stage = Stage::open().await;
    let (order, _, bea) = stage.passed_to_bea(1).await;
    let path = below(&bea, "hand-back");
    let answers = join_all((0..10).map(|_| stage.post(&path, &[]))).await;
    let back = answers.iter().filter(|answer| answer.status() == 303).count();
    let refused = answers.iter().filter(|answer| answer.status() == 409).count();
    assert_eq!((back, refused), (1, 9));
    assert_eq!((stage.count(LIVE).await, stage.mails().await.len()), (1, 3));
    assert_eq!(stage.order_now(&order).await["tickets"][0]["state"], "valid");
    stage.audit().await;
}
