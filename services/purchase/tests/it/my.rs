//! Mail that guests ask for: their tickets again, and a search for them that gives nothing away.

use diesel_async::RunQueryDsl;
use futures::future::join_all;
use messages::purchase::v1::MailAsked;
use messages::purchase::v1::mail_asked::About;
use prost::Message;
use reqwest::{Response, StatusCode};
use serde_json::json;

use crate::stage::{PUBLIC_URL, Stage};

impl Stage {
    /// Sends a form of our own page.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Response {
        let post = self.http.post(self.url(path)).header("origin", PUBLIC_URL).form(fields);
        post.send().await.expect("an answer")
    }

    /// The same, from a network.
    async fn search(&self, email: &str, network: &str) -> Response {
        let post = self.http.post(self.url("/my")).header("origin", PUBLIC_URL);
        let post = post.header("x-envoy-external-address", network).form(&[("email", email)]);
        post.send().await.expect("an answer")
    }

    /// The mails that were asked for, in order.
    pub async fn mails(&self) -> Vec<MailAsked> {
        #[derive(diesel::QueryableByName)]
        struct Said {
            #[diesel(sql_type = diesel::sql_types::Binary)]
            payload: Vec<u8>,
        }
        let mut conn = self.purchase.conn().await.expect("a connection");
        let said: Vec<Said> = diesel::sql_query(
            "SELECT payload FROM outbox WHERE subject = 'order.mail_asked' ORDER BY message_id",
        )
        .load(&mut *conn)
        .await
        .expect("the outbox");
        said.iter().map(|said| MailAsked::decode(&*said.payload).expect("a message")).collect()
    }

    /// Waits until every search was answered.
    async fn searched(&self) {
        self.until_count("SELECT count(*) FROM mail_wishes WHERE done_at IS NULL", 0).await;
    }
}

fn location(answer: &Response) -> &str {
    answer.headers()["location"].to_str().expect("text")
}

const SAID: &str = "SELECT count(*) FROM outbox WHERE subject = 'order.mail_asked'";

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_has_the_mail_sent_again_a_few_times_an_hour() {
    let stage = Stage::open().await;
    let (order, paid) = stage.bought(0, 2).await;
    let page = stage.get(&order.page).await.text().await.expect("a page");
    assert!(page.contains("/mail?key="), "the page has a button");
    let first = stage.post(&order.file("mail"), &[]).await;
    assert_eq!(
        (first.status(), location(&first)),
        (StatusCode::SEE_OTHER, format!("{}&done=sent#mail", order.page).as_str())
    );
    let said = stage.get(location(&first)).await.text().await.expect("a page");
    assert!(said.contains("on its way") && said.contains("ana@example.org"), "{said}");
    let mails = stage.mails().await;
    assert_eq!(mails[0].recipient.as_ref().map(|to| to.email.as_str()), Some("ana@example.org"));
    let Some(About::Tickets(again)) = &mails[0].about else { panic!("tickets: {:?}", mails[0].about) };
    assert_eq!((again.tickets.len(), again.total_minor), (2, 4200));

    // A ticket that was taken back is not sent.
    let void = format!("/internal/v1/tickets/{}/void", paid["tickets"][0]["id"].as_str().expect("an id"));
    stage.inside("magueyctl", &void, Some(json!({"reason": "lost"}))).await;
    stage.post(&order.file("mail"), &[]).await;
    let mails = stage.mails().await;
    let Some(About::Tickets(again)) = &mails[1].about else { panic!("tickets") };
    assert_eq!(again.tickets.len(), 1);
    assert_eq!(again.tickets[0].ticket_id, paid["tickets"][1]["id"].as_str().expect("an id"));

    stage.post(&order.file("mail"), &[]).await;
    let fourth = stage.post(&order.file("mail"), &[]).await;
    assert!(location(&fourth).contains("done=often"), "{}", location(&fourth));
    assert!(stage.get(location(&fourth)).await.text().await.expect("a page").contains("a few times already"));
    assert_eq!(stage.count(SAID).await, 3);
    stage.sql("UPDATE mail_wishes SET asked_at = asked_at - interval '61 minutes'").await;
    assert!(location(&stage.post(&order.file("mail"), &[]).await).contains("done=sent"), "an hour later");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hasty_guest_gets_no_more_mails_than_a_patient_one() {
    let stage = Stage::open().await;
    let (order, _) = stage.bought(0, 1).await;
    let path = order.file("mail");
    let answers = join_all((0..12).map(|_| stage.post(&path, &[]))).await;
    let sent = answers.iter().filter(|answer| location(answer).contains("done=sent")).count();
    assert_eq!((sent, stage.count(SAID).await), (3, 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_asks_for_another_s_mail_nor_for_one_without_tickets() {
    let stage = Stage::open().await;
    let (order, _) = stage.bought(0, 1).await;
    assert_eq!(stage.post(&(order.file("mail") + "x"), &[]).await.status(), 404);
    let pending = stage.order(0, 1).await;
    assert_eq!(stage.post(&pending.file("mail"), &[]).await.status(), 404);
    let foreign = stage.http.post(stage.url(&order.file("mail"))).header("origin", "https://evil.example");
    assert_eq!(foreign.send().await.expect("an answer").status(), 403, "only from our own page");
    assert_eq!(stage.count(SAID).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_is_answered_alike_for_everybody_and_mailed_to_whom_it_belongs() {
    let stage = Stage::open().await;
    let (order, _) = stage.bought(0, 2).await;
    let mut seen = Vec::new();
    for email in ["ANA@example.org", "nobody@example.org"] {
        let answer = stage.search(email, "192.0.2.1").await;
        let mut headers: Vec<String> = answer.headers().keys().map(ToString::to_string).collect();
        headers.sort();
        let (status, to) = (answer.status(), location(&answer).to_owned());
        let shown = stage.get(&to).await.text().await.expect("a page");
        seen.push((status, to, headers, shown));
    }
    assert_eq!(seen[0], seen[1], "known or unknown, the answer is the same");
    assert!(seen[0].3.contains("Check your email"), "{}", seen[0].3);
    stage.searched().await;
    let mails = stage.mails().await;
    assert_eq!(mails.len(), 1);
    let to = mails[0].recipient.as_ref().expect("a recipient");
    assert_eq!((to.email.as_str(), to.language.as_str()), ("ana@example.org", "en"));
    let Some(About::Found(found)) = &mails[0].about else { panic!("found: {:?}", mails[0].about) };
    assert_eq!(found.found.len(), 1);
    assert_eq!(
        (found.found[0].tickets, found.found[0].url.as_str()),
        (2, format!("{PUBLIC_URL}{}", order.page).as_str())
    );
    assert_eq!(found.found[0].event_title, stage.event.title);
}

/// The request itself looks for nothing: what it takes cannot depend on what there is.
#[tokio::test(flavor = "multi_thread")]
async fn a_search_does_the_same_work_for_everybody() {
    let stage = Stage::open().await;
    stage.bought(0, 1).await;
    // Whoever looked for orders while answering would find no table.
    stage.sql("ALTER TABLE orders RENAME TO away").await;
    for email in ["ana@example.org", "nobody@example.org"] {
        assert_eq!(stage.search(email, "192.0.2.1").await.status(), 303, "{email}");
    }
    stage.sql("ALTER TABLE away RENAME TO orders").await;
    stage.searched().await;
    assert_eq!(stage.count(SAID).await, 1, "and is answered once there is an answer");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mailbox_gets_three_mails_an_hour_and_a_carriers_guests_find_their_tickets() {
    let stage = Stage::open().await;
    stage.bought(0, 1).await;
    for network in 1..=5 {
        let answer = stage.search("ana@example.org", &format!("192.0.2.{network}")).await;
        assert_eq!(answer.status(), 303, "the answer stays the same");
    }
    stage.searched().await;
    assert_eq!(stage.count(SAID).await, 3);
    for n in 0..15 {
        let answer = stage.search(&format!("guest{n}@example.org"), "198.51.100.7").await;
        assert_eq!(answer.status(), 303, "{n}");
    }
    stage
        .sql(
            "INSERT INTO mail_wishes (id, guest, network, language, asked_at, done_at, mailed)
             SELECT gen_random_uuid(), 'crowd' || n, '198.51.100.7', 'en', now(), now(), false FROM generate_series(1, 285) n",
        )
        .await;
    let answer = stage.search("ana@example.org", "198.51.100.7").await;
    assert_eq!(answer.status(), 429);
    assert_eq!(stage.search("ana@example.org", "198.51.100.8").await.status(), 303, "others go on");
}

#[tokio::test(flavor = "multi_thread")]
async fn nights_that_are_over_and_orders_that_are_not_paid_are_not_mailed() {
    let stage = Stage::open().await;
    stage.order(0, 1).await;
    stage.search("ana@example.org", "192.0.2.1").await;
    stage.searched().await;
    assert_eq!(stage.count(SAID).await, 0, "not paid");
    stage.bought(0, 1).await;
    stage
        .sql("UPDATE events SET starts_at = now() - interval '9 hours', ends_at = now() - interval '1 hour'")
        .await;
    stage.search("ana@example.org", "192.0.2.1").await;
    stage.searched().await;
    assert_eq!(stage.count(SAID).await, 0, "over");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_address_is_said_beside_the_field() {
    let stage = Stage::open().await;
    let answer = stage.post("/my", &[("email", "ana@\"><b>")]).await;
    assert_eq!(answer.status(), 422);
    let html = answer.text().await.expect("a page");
    assert!(html.contains("aria-invalid=\"true\"") && !html.contains("\"><b>"), "{html}");
    let spanish = stage.get("/my?lang=es").await.text().await.expect("a page");
    assert!(spanish.contains("Encontrar mis entradas"), "{spanish}");
    assert_eq!(stage.count("SELECT count(*) FROM mail_wishes").await, 0);
}
