//! The name on a ticket, and whose it is.

mod taken_back;
mod too_late;

use db::{Db, DbSettings};
use diesel_async::RunQueryDsl;
use futures::future::join_all;
use messages::purchase::v1::mail_asked::About;
use messages::purchase::v1::{TicketChanged, TicketState};
use prost::Message;
use serde_json::Value;
use tokio::sync::Barrier;
use uuid::Uuid;

use crate::papers::words;
use crate::stage::{Order, PUBLIC_URL, Stage};

mod back;

const TO_BEA: [(&str, &str); 2] = [("name", "Bea Ruiz"), ("email", "bea@example.org")];
const TO_CARL: [(&str, &str); 2] = [("name", "Carl"), ("email", "carl@example.org")];

fn id(paid: &Value, at: usize) -> String {
    paid["tickets"][at]["id"].as_str().expect("an id").to_owned()
}

impl Order {
    fn ticket(&self, id: &str, what: &str) -> String {
        self.file(&format!("tickets/{id}/{what}"))
    }
}

impl Stage {
    /// What the door was last told of a ticket.
    async fn told(&self, ticket: &str) -> TicketChanged {
        #[derive(diesel::QueryableByName)]
        struct Said {
            #[diesel(sql_type = diesel::sql_types::Binary)]
            payload: Vec<u8>,
        }
        let mut conn = self.purchase.conn().await.expect("a connection");
        let sql = format!(
            "SELECT payload FROM outbox WHERE subject = 'ticket.changed' AND aggregate = '{ticket}' ORDER BY revision DESC LIMIT 1"
        );
        let said: Said = diesel::sql_query(sql).get_result(&mut *conn).await.expect("said");
        TicketChanged::decode(&*said.payload).expect("a message")
    }

    /// The path of the page that the last mail leads to.
    async fn link(&self) -> String {
        let mails = self.mails().await;
        let Some(About::Transferred(passed)) = &mails.last().expect("a mail").about else {
            panic!("passed on")
        };
        passed.ticket_url.strip_prefix(PUBLIC_URL).expect("our own URL").to_owned()
    }

    async fn page(&self, path: &str) -> String {
        self.get(path).await.text().await.expect("a page")
    }
}

/// The address of something below a ticket's own page.
fn below(link: &str, what: &str) -> String {
    link.replacen('?', &format!("/{what}?"), 1)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_corrects_a_name_and_the_door_knows() {
    let stage = Stage::open().await;
    let (order, paid) = stage.bought(0, 2).await;
    let (first, second) = (id(&paid, 0), id(&paid, 1));
    let answer = stage.post(&order.ticket(&first, "name"), &[("name", " Ana Torres ")]).await;
    assert_eq!(answer.status(), 303);
    let to = answer.headers()["location"].to_str().expect("text").to_owned();
    let page = stage.page(&to).await;
    assert!(page.contains("Ana Torres") && page.contains("The name is changed"), "{page}");
    let told = stage.told(&first).await;
    assert_eq!(
        (told.holder_name.as_str(), told.revision, told.state()),
        ("Ana Torres", 2, TicketState::Valid)
    );
    assert_eq!(stage.told(&second).await.revision, 1, "the other ticket stays");
    let now = stage.order_now(&order).await;
    assert_eq!(
        (&now["tickets"][0]["holder"], &now["tickets"][0]["code"]),
        (&"Ana Torres".into(), &paid["tickets"][0]["code"])
    );

    stage.post(&order.ticket(&first, "name"), &[("name", "Ana Torres")]).await;
    assert_eq!(stage.told(&first).await.revision, 2, "the same name is no change");
    for bad in ["", "  ", &"x".repeat(101)] {
        assert_eq!(
            stage.post(&order.ticket(&first, "name"), &[("name", bad)]).await.status(),
            422,
            "{bad:?}"
        );
    }
    assert_eq!(stage.post(&(order.ticket(&first, "name") + "x"), &[("name", "Eve")]).await.status(), 404);
    let (other, _) = stage.bought(0, 1).await;
    assert_eq!(stage.post(&other.ticket(&first, "name"), &[("name", "Eve")]).await.status(), 404);
    assert_eq!(stage.told(&first).await.holder_name, "Ana Torres");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_passed_on_is_the_friend_s_alone() {
    let stage = Stage::open().await;
    let (order, paid) = stage.bought(0, 2).await;
    let old = id(&paid, 0);
    let answer = stage.post(&order.ticket(&old, "transfer"), &TO_BEA).await;
    assert_eq!(answer.status(), 303, "{}", answer.text().await.expect("text"));
    let mails = stage.mails().await;
    let Some(About::Transferred(passed)) = &mails[0].about else { panic!("passed on") };
    let new = passed.ticket.clone().expect("a ticket");
    assert_eq!(mails[0].recipient.as_ref().map(|to| to.email.as_str()), Some("bea@example.org"));
    assert_eq!((passed.from_name.as_str(), new.holder_name.as_str()), ("Ana López", "Bea Ruiz"));
    assert_ne!(Value::from(new.code.clone()), paid["tickets"][0]["code"]);

    // The door: the old code is revoked, the new one lets in.
    let (gone, come) = (stage.told(&old).await, stage.told(&new.ticket_id).await);
    assert_eq!((gone.state(), gone.revision), (TicketState::Revoked, 2));
    assert_eq!((come.state(), come.revision, come.holder_name.as_str()), (TicketState::Valid, 1, "Bea Ruiz"));
    assert_eq!((come.zone_id, come.order_reference), (gone.zone_id, order.reference.clone()));

    // The buyer sees that it is gone, and nothing of what came in its place.
    let page = stage.page(&order.page).await;
    assert!(page.contains("Passed on to Bea Ruiz (bea@example.org)"), "{page}");
    assert!(!page.contains(&new.code) && !page.contains(&new.ticket_id), "the friend's code is the friend's");
    assert_eq!(page.matches("class=\"qr\"").count(), 1);
    let now = stage.order_now(&order).await;
    assert_eq!(now["tickets"].as_array().map(Vec::len), Some(2));
    let passed_on = now["tickets"].as_array().expect("tickets").iter().find(|t| t["id"] == old.as_str());
    let passed_on = passed_on.expect("the old one");
    assert_eq!(
        (&passed_on["state"], &passed_on["code"], &passed_on["passed_on_to"]),
        (&"revoked".into(), &Value::Null, &"Bea Ruiz".into())
    );
    assert_eq!(words(&stage.get(&order.file("tickets.pdf")).await.bytes().await.expect("bytes")).len(), 1);
    for what in ["ticket.pdf", "name", "transfer"] {
        let path = order.ticket(&new.ticket_id, what);
        let status = if what == "ticket.pdf" {
            stage.get(&path).await.status()
        } else {
            stage.post(&path, &TO_CARL[..1]).await.status()
        };
        assert!(status == 404 || status == 422, "{what} of the new ticket by the old key: {status}");
    }
    assert_eq!(stage.get(&order.ticket(&old, "ticket.pdf")).await.status(), 404);

    // The friend sees the ticket, and nothing of the order.
    let link = stage.link().await;
    let answer = stage.get(&link).await;
    assert_eq!(answer.headers()["cache-control"], "no-store");
    assert_eq!(answer.headers()["referrer-policy"], "no-referrer");
    let page = answer.text().await.expect("a page");
    assert!(page.contains(&new.code) && page.contains("Bea Ruiz"), "{page}");
    for secret in ["ana@example.org", "21.00", "42.00", "receipt.pdf"] {
        assert!(!page.contains(secret), "{secret} is none of the friend's business");
    }
    let key = order.page.split("key=").nth(1).expect("a key");
    assert!(!page.contains(key), "nor is the order's key");
    let pdf = words(&stage.get(&below(&link, "ticket.pdf")).await.bytes().await.expect("bytes")).concat();
    assert!(pdf.contains("BeaRuiz") && !pdf.contains("21.00"), "without the price: {pdf}");
    assert_eq!(stage.get(&below(&link, "calendar.ics")).await.status(), 200);
    for file in ["", "ticket.pdf", "calendar.ics"] {
        let path = if file.is_empty() { link.clone() } else { below(&link, file) };
        assert_eq!(stage.get(&(path + "x")).await.status(), 404, "{file} with a wrong key");
    }
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_friend_renames_it_passes_it_on_again_and_finds_it_by_mail() {
    let stage = Stage::open().await;
    let (order, paid) = stage.bought(0, 1).await;
    let old = id(&paid, 0);
    stage.post(&order.ticket(&old, "transfer"), &TO_BEA).await;
    let bea = stage.link().await;
    assert_eq!(stage.post(&below(&bea, "name"), &[("name", "Beatriz Ruiz")]).await.status(), 303);
    assert!(stage.page(&bea).await.contains("Beatriz Ruiz"));

    stage.post("/my", &[("email", "BEA@example.org")]).await;
    stage.until_count("SELECT count(*) FROM mail_wishes WHERE mailed", 1).await;
    let mails = stage.mails().await;
    let Some(About::Found(found)) = &mails[1].about else { panic!("found") };
    assert_eq!(found.found.len(), 1);
    assert_eq!(
        (found.found[0].url.as_str(), found.found[0].tickets),
        (format!("{PUBLIC_URL}{bea}").as_str(), 1)
    );

    assert_eq!(stage.post(&below(&bea, "transfer"), &TO_CARL).await.status(), 303);
    let carl = stage.link().await;
    let (gone, here) = (stage.page(&bea).await, stage.page(&carl).await);
    assert!(
        gone.contains("Passed on to Carl (carl@example.org)") && !gone.contains("class=\"qr\""),
        "{gone}"
    );
    assert!(here.contains("class=\"qr\"") && here.contains("Carl"), "{here}");
    assert_eq!(stage.get(&below(&bea, "ticket.pdf")).await.status(), 404);
    assert_eq!(stage.post(&below(&bea, "transfer"), &TO_BEA).await.status(), 409, "it is Carl's now");
    assert!(
        stage.page(&order.page).await.contains("Passed on to Bea Ruiz"),
        "the buyer knows the friend alone"
    );
    let live = "SELECT count(*) FROM tickets WHERE state = 'valid'";
    assert_eq!((stage.count(live).await, stage.count("SELECT count(*) FROM tickets").await), (1, 3));

    // The buyer has none left to be mailed.
    assert_eq!(stage.post(&order.file("mail"), &[]).await.status(), 404);
    stage.audit().await;
}

const LIVE: &str = "SELECT count(*) FROM tickets WHERE state = 'valid'";

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_pass_one_ticket_on_one_succeeds() {
    let stage = Stage::open().await;
    let (order, paid) = stage.bought(0, 1).await;
    let path = order.ticket(&id(&paid, 0), "transfer");
    let answers = join_all((0..10).map(|_| stage.post(&path, &TO_BEA))).await;
    let passed = answers.iter().filter(|answer| answer.status() == 303).count();
    let refused = answers.iter().filter(|answer| answer.status() == 409).count();
    assert_eq!((passed, refused), (1, 9));
    assert_eq!((stage.count(LIVE).await, stage.mails().await.len()), (1, 1));
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_without_the_row_s_lock_makes_tickets() {
    let stage = Stage::open().await;
    let (_, paid) = stage.bought(0, 1).await;
    stage.sql("DROP INDEX tickets_once_per_place").await;
    let mut settings = DbSettings::new(&stage.database.admin_url());
    settings.max_connections = 20;
    settings.patience = std::time::Duration::from_secs(60);
    let db = Db::connect(&settings).expect("sound settings");
    let ticket = id(&paid, 0);
    let all_have_looked = Barrier::new(10);
    join_all((0..10).map(|_| naive(&db, &ticket, &all_have_looked))).await;
    let live = stage.count(LIVE).await;
    assert!(live > 1, "the race is no test: look, then write left {live} ticket");
}

/// Look, then write: what the lock is there to prevent. All look before the first writes, as may happen to any.
async fn naive(db: &Db, ticket: &str, all_have_looked: &Barrier) {
    #[derive(diesel::QueryableByName)]
    struct State {
        #[diesel(sql_type = diesel::sql_types::Text)]
        state: String,
    }
    let mut conn = db.conn().await.expect("a connection");
    let look = format!("SELECT state FROM purchase.tickets WHERE id = '{ticket}'");
    let found: State = diesel::sql_query(look).get_result(&mut *conn).await.expect("a row");
    all_have_looked.wait().await;
    if found.state != "valid" {
        return;
    }
    let columns = "order_id, order_line_id, ordinal, event_id, ticket_type_id, type_name, zone_id, holder_name, attention, revision, issued_at, changed_at";
    let write = [
        format!("UPDATE purchase.tickets SET state = 'revoked' WHERE id = '{ticket}'"),
        format!(
            "INSERT INTO purchase.tickets (id, state, {columns}) SELECT '{}', 'valid', {columns} FROM purchase.tickets WHERE id = '{ticket}'",
            Uuid::now_v7()
        ),
    ];
    for sql in write {
        diesel::sql_query(sql).execute(&mut *conn).await.expect("written");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_index_alone_refuses_a_second_live_ticket_for_a_place() {
    let stage = Stage::open().await;
    stage.bought(0, 1).await;
    let columns = "order_id, order_line_id, ordinal, event_id, ticket_type_id, type_name, zone_id, holder_name, attention, revision, issued_at, changed_at";
    let copy = |state: &str| {
        format!(
            "INSERT INTO purchase.tickets (id, state, {columns}) SELECT gen_random_uuid(), '{state}', {columns} FROM purchase.tickets LIMIT 1"
        )
    };
    let mut conn = stage.admin.conn().await.expect("a connection");
    for state in ["valid", "cancelled", "refunded", "blocked", "disputed"] {
        let refused = diesel::sql_query(copy(state)).execute(&mut *conn).await.expect_err(state);
        assert_eq!(db::DbError::from(refused).constraint(), Some("tickets_once_per_place"), "{state}");
    }
    diesel::sql_query(copy("revoked")).execute(&mut *conn).await.expect("what was passed on may be many");
}
