//! With whom a ticket is shared hears of what becomes of it, and is forgotten after the night.

use std::sync::Arc;

use diesel_async::RunQueryDsl;
use domain::clock::{SharedClock, SystemClock};
use messages::marketing_admin::v1::{EventChanged, EventNewDate, EventStatus};
use messages::purchase::v1::mail_asked::About;
use messages::purchase::v1::{LeftReason, LostTicket, OrderRefunded};
use prost::Message;
use serde_json::json;
use uuid::Uuid;

use super::id;
use crate::stage::{Order, Stage, friday};

impl Stage {
    /// An order of three: the first ticket is shared with Bea (after Eve, mistyped), the second with its buyer's own address.
    async fn shared_with_bea(&self) -> (Order, [String; 3]) {
        let (order, paid) = self.bought(0, 3).await;
        let tickets = [id(&paid, 0), id(&paid, 1), id(&paid, 2)];
        for (ticket, name, email) in [
            (&tickets[0], "Eve", "eve@example.org"),
            (&tickets[0], "Bea", "bea@example.org"),
            (&tickets[1], "Ana", "ANA@example.org"),
        ] {
            assert_eq!(self.send_guests(&order, "share", &[(ticket, name, email)]).await.0, 303);
        }
        (order, tickets)
    }

    /// Whom the refunds told that they had lost a ticket.
    async fn lost(&self) -> Vec<LostTicket> {
        #[derive(diesel::QueryableByName)]
        struct Said {
            #[diesel(sql_type = diesel::sql_types::Binary)]
            payload: Vec<u8>,
        }
        let mut conn = self.purchase.conn().await.expect("a connection");
        let said: Vec<Said> =
            diesel::sql_query("SELECT payload FROM outbox WHERE subject = 'order.refunded'")
                .load(&mut *conn)
                .await
                .expect("the outbox");
        let refunds = said.iter().map(|said| OrderRefunded::decode(&*said.payload).expect("a message"));
        refunds.flat_map(|refund| refund.lost).collect()
    }

    /// Who was told that they have a ticket no longer, and why.
    async fn left(&self) -> Vec<(String, LeftReason)> {
        let mails = self.mails().await.into_iter();
        let left = mails.filter_map(|mail| match mail.about {
            Some(About::Left(left)) => Some((mail.recipient?.email, left.reason())),
            _ => None,
        });
        left.collect()
    }
}

fn to(lost: &LostTicket) -> (&str, &str) {
    (lost.ticket_id.as_str(), lost.holder.as_ref().map(|holder| holder.email.as_str()).unwrap_or_default())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_that_goes_back_is_told_to_the_guest_named_last() {
    let stage = Stage::open().await;
    let (order, tickets) = stage.shared_with_bea().await;
    let path = format!("/internal/v1/orders/{}/refunds", order.reference);
    let asked = json!({"key": "two", "reason": "ill", "tickets": [tickets[0], tickets[1]]});
    assert_eq!(stage.inside("marketing-admin", &path, Some(asked)).await.0, 200);
    stage.until_count("SELECT count(*) FROM refunds WHERE state = 'succeeded'", 1).await;
    let lost = stage.lost().await;
    assert_eq!(
        lost.iter().map(to).collect::<Vec<_>>(),
        [(tickets[0].as_str(), "bea@example.org")],
        "{lost:?}"
    );
    assert!(!lost[0].share_id.is_empty(), "it was never hers: {lost:?}");
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_night_that_is_off_is_told_to_guests_too() {
    let stage = Stage::open().await;
    let (order, tickets) = stage.shared_with_bea().await;
    let off = EventChanged { revision: 2, status: EventStatus::Cancelled.into(), ..stage.event.clone() };
    stage.publish(&off).await;
    stage.until(&order, "refunded").await;
    stage.until_count("SELECT count(*) FROM refunds WHERE state = 'succeeded'", 1).await;
    let lost = stage.lost().await;
    assert_eq!(lost.iter().map(to).collect::<Vec<_>>(), [(tickets[0].as_str(), "bea@example.org")]);
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_date_is_told_to_guests_with_the_link_to_their_ticket() {
    let stage = Stage::open().await;
    let (order, tickets) = stage.shared_with_bea().await;
    let day = 86_400_000;
    let new_date = EventNewDate {
        new_date_id: Uuid::now_v7().to_string(),
        from_starts_at: stage.event.starts_at,
        note: String::new(),
        given_at: stage.event.changed_at + 1,
    };
    let another = EventChanged {
        revision: 2,
        starts_at: stage.event.starts_at + day,
        ends_at: stage.event.ends_at + day,
        entry_from: stage.event.entry_from + day,
        entry_until: stage.event.entry_until + day,
        changed_at: stage.event.changed_at + 1,
        new_date: Some(new_date),
        ..stage.event.clone()
    };
    stage.publish(&another).await;
    stage.until_count("SELECT count(*) FROM new_dates WHERE finished_at IS NOT NULL", 1).await;
    let mut told = Vec::new();
    for mail in stage.mails().await {
        if let (Some(About::NewDate(new_date)), Some(to)) = (mail.about, mail.recipient) {
            told.extend(new_date.found.into_iter().map(|found| (to.email.clone(), found)));
        }
    }
    let who: Vec<&str> = told.iter().map(|(to, _)| to.as_str()).collect();
    assert_eq!(who, ["ana@example.org", "bea@example.org"], "the buyer, once, and the guest");
    assert!(told[0].1.url.contains(&order.reference) && told[0].1.tickets == 3);
    assert!(told[1].1.url.contains(&tickets[0]) && told[1].1.tickets == 1, "her own ticket's page");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_passed_on_or_voided_is_told_to_who_had_it() {
    let stage = Stage::open().await;
    let (order, tickets) = stage.shared_with_bea().await;
    let transfer = |ticket: &str| order.file(&format!("tickets/{ticket}/transfer"));
    let dan = [("name", "Dan"), ("email", "dan@example.org")];
    assert_eq!(stage.post(&transfer(&tickets[0]), &dan).await.status(), 303);
    assert_eq!(stage.left().await, [("bea@example.org".to_owned(), LeftReason::PassedOn)]);
    // To the guest with whom it was shared it only becomes theirs.
    assert_eq!(stage.send_guests(&order, "share", &[(&tickets[2], "Carl", "carl@example.org")]).await.0, 303);
    let carl = [("name", "Carl"), ("email", "Carl@example.org")];
    assert_eq!(stage.post(&transfer(&tickets[2]), &carl).await.status(), 303);
    assert_eq!(stage.left().await.len(), 1);

    let passed = "SELECT count(*) FROM tickets t JOIN ticket_transfers x ON x.to_ticket = t.id WHERE t.state = 'valid'";
    assert_eq!(stage.count(passed).await, 2);
    let dans = stage.dans_ticket().await;
    let void = format!("/internal/v1/tickets/{dans}/void");
    for _ in 0..2 {
        let (status, answer) =
            stage.inside("marketing-admin", &void, Some(json!({"reason": "resold"}))).await;
        assert_eq!(status, 200, "{answer}");
    }
    assert_eq!(stage.left().await[1..], [("dan@example.org".to_owned(), LeftReason::Voided)], "once");
    stage.audit().await;
}

impl Stage {
    async fn dans_ticket(&self) -> Uuid {
        let mails = self.mails().await;
        let found = mails.iter().find_map(|mail| match &mail.about {
            Some(About::Transferred(passed)) => {
                passed.ticket.as_ref().filter(|ticket| ticket.holder_name == "Dan")?.ticket_id.parse().ok()
            }
            _ => None,
        });
        found.expect("Dan's ticket")
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn guests_are_forgotten_once_their_night_is_over_and_no_sooner() {
    let stage = Stage::open().await;
    stage.shared_with_bea().await;
    let mut other = friday();
    other.slug = "saturday".into();
    stage.publish(&other).await;
    let wish = json!({
        "event": "saturday",
        "items": [{"ticket_type": other.ticket_types[1].ticket_type_id, "quantity": 1}],
        "buyer": {"name": "Ana López", "email": "ana@example.org"},
    });
    let (status, body) = stage.checkout("saturday", &wish).await;
    assert_eq!(status, 201, "{body}");
    let order = Order::of(&body);
    let paid = stage.until(&order, "paid").await;
    let ticket = id(&paid, 0);
    assert_eq!(stage.send_guests(&order, "share", &[(&ticket, "Carl", "carl@example.org")]).await.0, 303);
    assert_eq!(stage.count("SELECT count(*) FROM ticket_shares").await, 4);
    let over =
        "UPDATE events SET starts_at = starts_at - interval '4 days', ends_at = ends_at - interval '4 days',
        entry_from = entry_from - interval '4 days' WHERE slug = 'friday-night'";
    stage.sql(over).await;
    // A process that begins has a look at what is to be forgotten.
    let clock: SharedClock = Arc::new(SystemClock);
    let _beside = stage.replica(&[], clock).await;
    stage.until_count("SELECT count(*) FROM ticket_shares", 1).await;
    let carl = "SELECT count(*) FROM ticket_shares WHERE to_email = 'carl@example.org'";
    assert_eq!(stage.count(carl).await, 1, "his night is to come");
}
