//! Every ticket of an order to the guest it is for, in one form.

use futures::future::join_all;
use messages::purchase::v1::TicketTransferred;
use messages::purchase::v1::mail_asked::About;
use serde_json::Value;

use crate::stage::{Order, PUBLIC_URL, Stage};

mod gone;

const SAID: &str = "SELECT count(*) FROM outbox WHERE subject = 'order.mail_asked'";

fn id(paid: &Value, at: usize) -> String {
    paid["tickets"][at]["id"].as_str().expect("an id").to_owned()
}

/// The form's fields: how, and for each ticket a name and an address.
fn fields(how: &str, rows: &[(&str, &str, &str)]) -> Vec<(String, String)> {
    let mut fields = vec![("how".to_owned(), how.to_owned())];
    for (ticket, name, email) in rows {
        fields.push((format!("name-{ticket}"), (*name).to_owned()));
        fields.push((format!("email-{ticket}"), (*email).to_owned()));
    }
    fields
}

impl Stage {
    async fn send_guests(&self, order: &Order, how: &str, rows: &[(&str, &str, &str)]) -> (u16, String) {
        let fields = fields(how, rows);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        let answer = self.post(&order.file("guests"), &fields).await;
        let status = answer.status().as_u16();
        let to = answer.headers().get("location").map(|to| to.to_str().expect("text").to_owned());
        (status, to.unwrap_or(answer.text().await.expect("a page")))
    }

    /// The tickets that were mailed as shared, with the addresses.
    async fn shared(&self) -> Vec<(String, TicketTransferred)> {
        let mails = self.mails().await.into_iter();
        let shared = mails.filter_map(|mail| match mail.about {
            Some(About::Shared(ticket)) => Some((mail.recipient?.email, ticket)),
            _ => None,
        });
        shared.collect()
    }

    async fn reads(&self, path: &str) -> String {
        self.get(path).await.text().await.expect("a page")
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_form_gives_every_guest_a_mail_and_a_page_of_their_own_and_the_buyer_keeps_the_tickets() {
    let stage = Stage::open().await;
    let (order, paid) = stage.bought(0, 3).await;
    let (first, second, third) = (id(&paid, 0), id(&paid, 1), id(&paid, 2));
    assert!(stage.reads(&order.page).await.contains("/guests?key="), "the order’s page leads there");
    let form = stage.reads(&order.file("guests")).await;
    assert!(form.contains(&format!("email-{third}")), "{form}");
    let rows = [
        (&*first, " Bea Ruiz ", "bea@example.org"),
        (&*second, "Carl", "carl@example.org"),
        (&*third, "", ""),
    ];
    let (status, to) = stage.send_guests(&order, "share", &rows).await;
    assert_eq!(status, 303, "{to}");
    let said = stage.reads(&to).await;
    assert!(said.contains("on their way") && said.contains("Sent to Bea Ruiz (bea@example.org)"), "{said}");

    let shared = stage.shared().await;
    let to: Vec<&str> = shared.iter().map(|(to, _)| to.as_str()).collect();
    assert_eq!(to, ["bea@example.org", "carl@example.org"], "every guest, and not the first alone");
    let (_, mail) = &shared[0];
    let ticket = mail.ticket.clone().expect("a ticket");
    assert_eq!((mail.from_name.as_str(), ticket.holder_name.as_str()), ("Ana López", "Bea Ruiz"));
    assert_eq!(Value::from(ticket.code.clone()), paid["tickets"][0]["code"], "it is the same ticket");
    let now = stage.order_now(&order).await;
    let holders: Vec<&str> =
        now["tickets"].as_array().expect("tickets").iter().filter_map(|t| t["holder"].as_str()).collect();
    assert_eq!(holders, ["Bea Ruiz", "Carl", "Ana López"]);
    assert_eq!(stage.reads(&order.page).await.matches("class=\"qr\"").count(), 3, "the buyer has them all");

    // The guest sees that ticket, and can neither rename it nor pass it on.
    let link = mail.ticket_url.strip_prefix(PUBLIC_URL).expect("our own URL").to_owned();
    let page = stage.reads(&link).await;
    assert!(page.contains("Bea Ruiz") && page.contains("class=\"qr\""), "{page}");
    for none in ["ana@example.org", "carl@example.org", "/transfer?key=", "/name?key=", "receipt.pdf"] {
        assert!(!page.contains(none), "{none} is none of the guest’s business");
    }
    let to_eve = [("name", "Eve"), ("email", "eve@example.org")];
    for (what, fields) in [("transfer", &to_eve[..]), ("name", &to_eve[..1])] {
        let path = link.replacen('?', &format!("/{what}?"), 1);
        assert_eq!(stage.post(&path, fields).await.status(), 404, "{what} by a guest");
    }
    assert_eq!(stage.get(&link.replacen('?', "/ticket.pdf?", 1)).await.status(), 200);

    // What the buyer passes on is gone from the guest's page, and to whom stays between the two.
    let pass = order.file(&format!("tickets/{first}/transfer"));
    assert_eq!(stage.post(&pass, &[("name", "Dan"), ("email", "dan@example.org")]).await.status(), 303);
    let gone = stage.reads(&link).await;
    assert!(!gone.contains("class=\"qr\"") && !gone.contains("dan@example.org"), "{gone}");
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_is_wrong_says_so_and_keeps_no_other_from_being_sent() {
    let stage = Stage::open().await;
    let (order, paid) = stage.bought(0, 3).await;
    let (first, second, third) = (id(&paid, 0), id(&paid, 1), id(&paid, 2));
    let rows =
        [(&*first, "Bea", "bea@example.org"), (&*second, "Carl", "carl@"), (&*third, "", "dora@example.org")];
    let (status, page) = stage.send_guests(&order, "share", &rows).await;
    assert_eq!(status, 422);
    assert!(page.contains("One ticket is on its way."), "{page}");
    assert!(page.contains(&format!("id=\"email-{second}-error\"")), "{page}");
    assert!(page.contains(&format!("id=\"name-{third}-error\"")), "{page}");
    assert!(!page.contains(&format!("email-{first}-error")), "the first was fine: {page}");
    assert!(page.contains("value=\"carl@\"") && page.contains("value=\"dora@example.org\""), "{page}");
    assert!(!page.contains("value=\"bea@example.org\""), "what went out is not sent once more: {page}");
    assert_eq!(stage.shared().await.len(), 1);
    let (status, page) = stage.send_guests(&order, "share", &[(&first, "", "")]).await;
    assert_eq!(status, 422);
    assert!(page.contains("at least one guest"), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn passed_on_in_one_go_every_ticket_is_its_guest_s_alone() {
    let stage = Stage::open().await;
    let (order, paid) = stage.bought(0, 2).await;
    let (first, second) = (id(&paid, 0), id(&paid, 1));
    let rows = [(&*first, "Bea", "bea@example.org"), (&*second, "Carl", "carl@example.org")];
    let (status, to) = stage.send_guests(&order, "transfer", &rows).await;
    assert_eq!(status, 303, "{to}");
    assert!(stage.reads(&to).await.contains("None of your tickets can be sent any more"));
    assert_eq!((stage.mails().await.len(), stage.shared().await.len()), (2, 0));
    let live = "SELECT count(*) FROM tickets WHERE state = 'valid'";
    let revoked = "SELECT count(*) FROM tickets WHERE state = 'revoked'";
    assert_eq!((stage.count(live).await, stage.count(revoked).await), (2, 2));
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_is_mailed_a_few_times_an_hour_and_a_double_tap_mails_once() {
    let stage = Stage::open().await;
    let (order, paid) = stage.bought(0, 2).await;
    let ticket = id(&paid, 0);
    let rows = [(&*ticket, "Bea", "bea@example.org")];
    let taps = join_all((0..6).map(|_| stage.send_guests(&order, "share", &rows))).await;
    assert!(taps.iter().all(|(status, _)| *status == 303), "{taps:?}");
    assert_eq!(stage.count(SAID).await, 1, "one tap, however often");
    for (name, status) in [("Carl", 303), ("Dora", 303), ("Eva", 422)] {
        let (answered, page) = stage.send_guests(&order, "share", &[(&ticket, name, "x@example.org")]).await;
        assert_eq!(answered, status, "{name}: {page}");
        assert_eq!(status == 422, page.contains("mailed a few times already"), "{page}");
    }
    assert_eq!(stage.count(SAID).await, 3);
    let other = id(&paid, 1);
    assert_eq!(stage.send_guests(&order, "share", &[(&other, "Eva", "eva@example.org")]).await.0, 303);
    stage.sql("UPDATE ticket_shares SET shared_at = shared_at - interval '61 minutes'").await;
    assert_eq!(stage.send_guests(&order, "share", &rows).await.0, 303, "an hour later");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_s_mailbox_is_filled_with_tickets() {
    let stage = Stage::open().await;
    let (order, paid) = stage.bought(0, 2).await;
    let (first, second) = (id(&paid, 0), id(&paid, 1));
    // As if others had sent her thirty within the hour.
    let many = format!(
        "INSERT INTO ticket_shares (id, ticket_id, to_name, to_email, to_language, shared_at)
         SELECT gen_random_uuid(), '{second}', 'Bea', 'Bea@Example.org', 'en', now() FROM generate_series(1, 30)"
    );
    stage.sql(&many).await;
    for how in ["share", "transfer"] {
        let (status, page) = stage.send_guests(&order, how, &[(&first, "Bea", "bea@example.org")]).await;
        assert_eq!((status, page.contains("was sent many tickets")), (422, true), "{how}: {page}");
    }
    assert_eq!(stage.count(SAID).await, 0);
    assert_eq!(stage.send_guests(&order, "share", &[(&first, "Carl", "carl@example.org")]).await.0, 303);
    stage.sql("UPDATE ticket_shares SET shared_at = shared_at - interval '61 minutes'").await;
    assert_eq!(stage.send_guests(&order, "transfer", &[(&first, "Bea", "bea@example.org")]).await.0, 303);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_form_is_behind_the_order_s_key_and_for_tickets_that_let_somebody_in() {
    let stage = Stage::open().await;
    let (order, paid) = stage.bought(0, 1).await;
    let page = stage.get(&order.file("guests")).await;
    assert_eq!(page.headers()["cache-control"], "no-store");
    assert_eq!(stage.get(&(order.file("guests") + "x")).await.status(), 404);
    let pending = stage.order(0, 1).await;
    assert_eq!(stage.get(&pending.file("guests")).await.status(), 404);
    let (other, _) = stage.bought(0, 1).await;
    let foreign = id(&paid, 0);
    let (status, _) = stage.send_guests(&other, "transfer", &[(&foreign, "Eve", "eve@example.org")]).await;
    assert_eq!(status, 422, "another order’s ticket is no row of this one");
    assert!(stage.mails().await.is_empty());
    let mut open = stage.event.clone();
    let now = chrono::DateTime::<chrono::Utc>::from(std::time::SystemTime::now()).timestamp_millis();
    (open.revision, open.entry_from) = (2, now - 1000);
    stage.publish(&open).await;
    stage.send_guests(&order, "share", &[(&foreign, "Bea", "bea@example.org")]).await;
    assert!(stage.mails().await.is_empty(), "from the doors on tickets stay as they are");
}
