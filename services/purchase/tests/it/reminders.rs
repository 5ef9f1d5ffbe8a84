//! *Tell me when the sale begins.*

mod presale;
mod race;

use diesel_async::SimpleAsyncConnection;
use messages::marketing_admin::v1::EventChanged;
use messages::purchase::v1::SaleOpened;
use messages::purchase::v1::mail_asked::About;
use reqwest::Response;

use crate::stage::{LOOKS, PUBLIC_URL, Stage, pause};

const SAID: &str = "SELECT count(*) FROM outbox WHERE subject = 'order.mail_asked'";
const WAITING: &str = "SELECT count(*) FROM sale_reminders WHERE mailed_at IS NULL";
const ASK: &str = "/e/friday-night/reminder";

/// The stage's night, of which every sale begins so many milliseconds from now.
fn opening(stage: &Stage, revision: i64, millis: i64) -> EventChanged {
    let now = chrono::DateTime::<chrono::Utc>::from(std::time::SystemTime::now()).timestamp_millis();
    let mut event = stage.event.clone();
    event.revision = revision;
    for kind in &mut event.ticket_types {
        kind.sale_from = now + millis;
    }
    event
}

/// Waits until the night's page offers to remind guests, or no longer does: what it shows may be half a second old.
async fn until_offered(stage: &Stage, offered: bool) {
    for _ in 0..LOOKS {
        let page = stage.get("/e/friday-night").await.text().await.expect("a page");
        if page.contains("/reminder\"") == offered {
            return;
        }
        pause().await;
    }
    panic!("the page never changed its mind about reminders: {offered}");
}

/// A night whose sale begins in an hour; its page knows.
async fn not_yet() -> Stage {
    let stage = Stage::open().await;
    stage.publish(&opening(&stage, 2, 3_600_000)).await;
    until_offered(&stage, true).await;
    stage
}

async fn ask(stage: &Stage, email: &str) -> Response {
    stage.post(ASK, &[("email", email)]).await
}

impl Stage {
    /// The reminders that were mailed, with their addresses.
    async fn reminded(&self) -> Vec<(String, SaleOpened)> {
        let mails = self.mails().await.into_iter();
        let reminders = mails.filter_map(|mail| match mail.about {
            Some(About::SaleOpened(sale)) => Some((mail.recipient?.email, sale)),
            _ => None,
        });
        reminders.collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asked_is_mailed_once_when_the_sale_begins_and_not_before() {
    let stage = not_yet().await;
    for email in ["ana@example.org", "bea@example.org", "ANA@example.org", "ana@example.org"] {
        let answer = ask(&stage, email).await;
        assert_eq!(answer.status(), 303, "{email}");
        let to = answer.headers()["location"].to_str().expect("text").to_owned();
        assert_eq!(to, "/e/friday-night?reminded=1#reminder", "the same answer for all");
    }
    let said = stage.get("/e/friday-night?reminded=1").await.text().await.expect("a page");
    assert!(said.contains("Written down") && !said.contains("ana@example.org"), "{said}");
    assert_eq!(stage.count(WAITING).await, 2, "one per address, however it is written");
    // A sale that is moved moves the mail.
    stage.publish(&opening(&stage, 3, 7_200_000)).await;
    assert_eq!(stage.count(SAID).await, 0);
    stage.publish(&opening(&stage, 4, -1000)).await;
    stage.until_count(WAITING, 0).await;
    let reminded = stage.reminded().await;
    let mut to: Vec<&str> = reminded.iter().map(|(to, _)| to.as_str()).collect();
    to.sort_unstable();
    assert_eq!(to, ["ana@example.org", "bea@example.org"]);
    assert_eq!(reminded[0].1.page_url, format!("{PUBLIC_URL}/e/friday-night"));
    // The next sale of the same night brings no second mail: a later reminder shows that the worker has looked.
    stage.sql("INSERT INTO sale_reminders SELECT gen_random_uuid(), event_id, 'carl@example.org', 'carl@example.org', 'en', NULL, now(), NULL FROM sale_reminders LIMIT 1").await;
    stage.until_count(WAITING, 0).await;
    assert_eq!(stage.reminded().await.len(), 3);
    until_offered(&stage, false).await;
    let late = ask(&stage, "dora@example.org").await;
    assert_eq!(late.headers()["location"], "/e/friday-night", "it is on sale: the page is what they want");
    assert_eq!(stage.count("SELECT count(*) FROM sale_reminders").await, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_process_works_at_another_passes_by() {
    let stage = not_yet().await;
    for email in ["ana@example.org", "bea@example.org"] {
        ask(&stage, email).await;
    }
    let mut other = stage.admin.conn().await.expect("a connection");
    let lock = "BEGIN; SELECT FROM purchase.sale_reminders WHERE guest = 'ana@example.org' FOR UPDATE";
    other.batch_execute(lock).await.expect("locked");
    stage.publish(&opening(&stage, 3, -1000)).await;
    stage.until_count(SAID, 1).await;
    assert_eq!(stage.reminded().await[0].0, "bea@example.org");
    other.batch_execute("COMMIT").await.expect("let go");
    stage.until_count(WAITING, 0).await;
    assert_eq!(stage.count(SAID).await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_night_that_is_called_off_or_hidden_reminds_nobody() {
    let stage = not_yet().await;
    ask(&stage, "ana@example.org").await;
    let mut hidden = opening(&stage, 3, -1000);
    for kind in &mut hidden.ticket_types {
        kind.access_code = "friends-26".into();
    }
    stage.publish(&hidden).await;
    let mut off = opening(&stage, 4, -1000);
    off.status = messages::marketing_admin::v1::EventStatus::Cancelled.into();
    stage.publish(&off).await;
    // Another night shows that the worker has looked.
    let mut saturday = opening(&stage, 1, 3_600_000);
    saturday.event_id = uuid::Uuid::now_v7().to_string();
    saturday.slug = "saturday".into();
    for kind in &mut saturday.ticket_types {
        kind.ticket_type_id = uuid::Uuid::now_v7().to_string();
    }
    stage.publish(&saturday).await;
    assert_eq!(stage.post("/e/saturday/reminder", &[("email", "bea@example.org")]).await.status(), 303);
    saturday.revision = 2;
    saturday.ticket_types[0].sale_from = 0;
    stage.publish(&saturday).await;
    stage.until_count(SAID, 1).await;
    assert_eq!(stage.reminded().await[0].0, "bea@example.org");
    assert_eq!(stage.count(WAITING).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_link_ends_all_reminders_to_the_address() {
    let stage = not_yet().await;
    for email in ["ana@example.org", "bea@example.org"] {
        ask(&stage, email).await;
    }
    stage.publish(&opening(&stage, 3, -1000)).await;
    stage.until_count(SAID, 2).await;
    let reminded = stage.reminded().await;
    let (_, ana) = reminded.iter().find(|(to, _)| to == "ana@example.org").expect("a mail");
    let link = ana.stop_url.strip_prefix(PUBLIC_URL).expect("our own URL").to_owned();
    let page = stage.get(&link).await;
    assert_eq!(page.headers()["cache-control"], "no-store");
    assert!(page.text().await.expect("a page").contains("Stop the reminders"));
    let rows = "SELECT count(*) FROM sale_reminders";
    assert_eq!(stage.count(rows).await, 2, "a mail program that opens the link ends nothing");
    let stop = link.replacen('?', "/stop?", 1);
    assert_eq!(stage.post(&(stop.clone() + "x"), &[]).await.status(), 404);
    for _ in 0..2 {
        let answer = stage.post(&stop, &[]).await;
        assert_eq!(answer.status(), 303);
        let to = answer.headers()["location"].to_str().expect("text").to_owned();
        assert!(stage.get(&to).await.text().await.expect("a page").contains("No more reminders"));
    }
    assert_eq!(stage.count(rows).await, 1, "the other address stays");
}

#[tokio::test(flavor = "multi_thread")]
async fn asking_is_limited_by_network_and_a_bad_address_is_said_to_be() {
    let stage = not_yet().await;
    let bad = ask(&stage, "ana@").await;
    assert_eq!(bad.status(), 422);
    let bad = bad.text().await.expect("a page");
    assert!(bad.contains("reminder-email-error") && bad.contains("value=\"ana@\""), "{bad}");
    for n in 0..15 {
        let answer = ask(&stage, &format!("guest{n}@example.org")).await;
        assert_eq!(answer.status(), 303, "{n}: a carrier's guests are one address");
    }
    stage
        .sql(
            "INSERT INTO sale_reminders (id, event_id, guest, email, language, network, asked_at)
             SELECT gen_random_uuid(), event_id, 'crowd' || n, 'crowd' || n, language, network, asked_at
               FROM (SELECT * FROM sale_reminders LIMIT 1) one, generate_series(1, 285) n",
        )
        .await;
    assert_eq!(ask(&stage, "late@example.org").await.status(), 429);
    assert_eq!(stage.count(WAITING).await, 300);
    assert_eq!(stage.post("/e/no-such-night/reminder", &[("email", "ana@example.org")]).await.status(), 404);
}
