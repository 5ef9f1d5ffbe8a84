//! What the ticket site does with what it hears of guests' accounts: sessions that ended, and people who asked to be forgotten.

use bus::Delivery;
use domain::clock::{Clock, SystemClock};
use domain::ids::MessageId;
use messages::Subject;
use messages::marketing_admin::v1::{AccountChanged, EndedGuestSession};
use uuid::Uuid;

use crate::stage::Stage;

const ANA: &str = "ana@example.com";

impl Stage {
    /// Takes over what marketing-admin tells of an account, as the consumer would.
    pub async fn account(&self, message: &AccountChanged) {
        let delivery = Delivery {
            id: MessageId::generate(),
            subject: AccountChanged::SUBJECT.to_owned(),
            published_at: SystemClock.now(),
            attempt: 1,
        };
        let taken = self.purchase.transaction(async |conn| {
            purchase::accounts::consume::apply(conn, message.clone(), delivery.clone()).await
        });
        taken.await.expect("a sound account");
    }
}

pub fn told(account: Uuid, revision: i64) -> AccountChanged {
    AccountChanged {
        account_id: account.to_string(),
        revision,
        email: ANA.to_owned(),
        name: "Ana".to_owned(),
        language: "en".to_owned(),
        ..AccountChanged::default()
    }
}

pub fn erased(account: Uuid, revision: i64) -> AccountChanged {
    AccountChanged { email: String::new(), name: String::new(), erased: true, ..told(account, revision) }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_word_of_an_account_changes_nothing_and_an_ended_session_stays_ended() {
    let stage = Stage::open().await;
    let (account, session) = (Uuid::now_v7(), Uuid::now_v7());
    stage.account(&told(account, 5)).await;
    stage
        .until_count(&format!("SELECT count(*) FROM accounts WHERE email = '{ANA}' AND revision = 5"), 1)
        .await;
    let late = EndedGuestSession { session_id: session.to_string(), ended_at: 1_700_000_000_000 };
    let older = AccountChanged { email: "old@example.com".to_owned(), ended: vec![late], ..told(account, 4) };
    stage.account(&older).await;
    stage
        .until_count(&format!("SELECT count(*) FROM ended_guest_sessions WHERE session_id = '{session}'"), 1)
        .await;
    assert_eq!(stage.count(&format!("SELECT count(*) FROM accounts WHERE email = '{ANA}'")).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asked_to_be_forgotten_is_once_nothing_of_theirs_needs_them_and_the_books_stay() {
    let stage = Stage::open().await;
    let (order, _) = stage.bought(0, 2).await;
    let key = format!("SELECT id FROM orders WHERE reference = '{}'", order.reference);
    stage
        .sql(&format!("UPDATE orders SET buyer_email = '{ANA}', buyer_name = 'Ana Luz' WHERE id = ({key})"))
        .await;
    let account = Uuid::now_v7();
    stage.account(&told(account, 1)).await;
    stage.until_count(&format!("SELECT count(*) FROM accounts WHERE email = '{ANA}'"), 1).await;
    stage.account(&erased(account, 2)).await;
    stage.until_count(&format!("SELECT count(*) FROM erasures_open WHERE account_id = '{account}'"), 1).await;
    // The night is to come: its guest still gets in, and gets money back if it is called off.
    assert_eq!(stage.count(&format!("SELECT count(*) FROM orders WHERE buyer_email = '{ANA}'")).await, 1);
    let money = format!("SELECT total_minor FROM orders WHERE id = ({key})");
    let total = stage.count(&money).await;

    stage
        .sql("UPDATE events SET starts_at = now() - interval '2 days', ends_at = now() - interval '1 day'")
        .await;
    stage
        .until_count("SELECT count(*) FROM orders WHERE buyer_email LIKE 'erased-%' AND buyer_name = ''", 1)
        .await;
    stage.until_count("SELECT count(*) FROM erasures_open", 0).await;
    assert_eq!(stage.count("SELECT count(*) FROM tickets WHERE holder_name <> ''").await, 0);
    assert_eq!(stage.count(&money).await, total, "the books stay");
    assert_eq!(
        stage
            .count(&format!("SELECT count(*) FROM purchase.buyers_archived WHERE buyer_email = '{ANA}'"))
            .await,
        1,
        "for the accountant alone"
    );
    let nameless = "SELECT count(*) FROM outbox WHERE subject = 'ticket.changed' AND created_at > now() - interval '1 minute'";
    assert!(stage.count(nameless).await >= 2, "the door hears of it");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_same_address_buys_after_it_was_forgotten_stays() {
    let stage = Stage::open().await;
    let ((before, _), (after, _)) = (stage.bought(0, 1).await, stage.bought(0, 1).await);
    stage.sql(&format!("UPDATE orders SET buyer_email = '{ANA}', buyer_name = 'Ana Luz'")).await;
    let earlier = "created_at = created_at - interval '2 hours'";
    stage.sql(&format!("UPDATE orders SET {earlier} WHERE reference = '{}'", before.reference)).await;
    let account = Uuid::now_v7();
    stage.account(&told(account, 1)).await;
    stage.account(&erased(account, 2)).await;
    stage.sql("UPDATE erasures_open SET asked_at = asked_at - interval '1 hour'").await;
    stage
        .sql("UPDATE events SET starts_at = now() - interval '2 days', ends_at = now() - interval '1 day'")
        .await;
    stage.until_count("SELECT count(*) FROM orders WHERE buyer_email LIKE 'erased-%'", 1).await;
    stage.until_count("SELECT count(*) FROM erasures_open", 0).await;
    let hers = format!("SELECT count(*) FROM orders WHERE reference = '{}'", after.reference);
    assert_eq!(stage.count(&format!("{hers} AND buyer_email = '{ANA}' AND buyer_name = 'Ana Luz'")).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn letters_that_name_who_asked_to_be_forgotten_are_empty_and_those_of_others_are_not() {
    let stage = Stage::open().await;
    let (account, other) = (Uuid::now_v7(), Uuid::now_v7());
    stage.account(&told(account, 1)).await;
    let dead = async |durable: &str, aggregate: String, says: &str| {
        stage
            .sql(&format!(
                "INSERT INTO dead_letters (durable, message_id, subject, aggregate, payload, published_at, error, attempts, died_at)
                 VALUES ('{durable}', gen_random_uuid(), 'account.changed', '{aggregate}', {says}, now(), 'no such row', 8, now())"
            ))
            .await;
    };
    dead("purchase_account_changed", account.to_string(), "'an older address'").await;
    let named = format!("decode('22{:02x}', 'hex') || convert_to('{ANA}', 'UTF8')", ANA.len());
    dead("purchase_outbox", "an order".to_owned(), &named).await;
    dead("purchase_account_changed", other.to_string(), "'another account'").await;
    stage.account(&erased(account, 2)).await;
    let empty = "SELECT count(*) FROM dead_letters WHERE payload = '' AND error = 'erased' AND replayed_at IS NOT NULL";
    stage.until_count(empty, 2).await;
    assert_eq!(stage.count("SELECT count(*) FROM dead_letters WHERE replayed_at IS NULL").await, 1);
}
