//! Guests give tickets back by themselves: what comes back is said first, the door is asked, and it happens once.

use chrono::TimeDelta;
use futures::future::join_all;
use messages::marketing_admin::v1::{EventChanged, RefundPolicy};
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};

use crate::stage::Stage;

mod again;
mod part;

/// The form of a page that asks whether to give back.
#[derive(Debug, Clone)]
struct Form {
    once: String,
    sum: String,
    tickets: String,
}

impl Form {
    fn of(page: &str) -> Self {
        let hidden = |name: &str| {
            let rest = page.split(&format!("name=\"{name}\" value=\"")).nth(1);
            rest.unwrap_or_else(|| panic!("no {name}: {page}"))
                .split('"')
                .next()
                .unwrap_or_default()
                .to_owned()
        };
        Self { once: hidden("once"), sum: hidden("sum"), tickets: hidden("tickets") }
    }

    fn fields(&self) -> [(&str, &str); 3] {
        [("once", &self.once), ("sum", &self.sum), ("tickets", &self.tickets)]
    }
}

impl Stage {
    /// Guests may give back until so long from now. A later call has a higher revision.
    async fn give_back_until(&self, time: TimeDelta, keeps_fees: bool, revision: i64) {
        let now = chrono::DateTime::<chrono::Utc>::from(std::time::SystemTime::now());
        let refunds = RefundPolicy { self_service_until: (now + time).timestamp_millis(), keeps_fees };
        self.publish(&EventChanged {
            revision,
            refunds: Some(refunds),
            changed_at: now.timestamp_millis(),
            ..self.event.clone()
        })
        .await;
    }

    async fn text(&self, path: &str) -> String {
        self.get(path).await.text().await.expect("a page")
    }

    async fn refunds(&self, state: &str) -> i64 {
        self.count(&format!("SELECT count(*) FROM refunds WHERE reason = 'guest' AND state = '{state}'"))
            .await
    }

    async fn given_back(&self, refunds: i64) {
        let done = "SELECT count(*) FROM refunds WHERE reason = 'guest' AND state = 'succeeded'";
        self.until_count(done, refunds).await;
    }
}

fn id(order: &Value, at: usize) -> String {
    order["tickets"][at]["id"].as_str().expect("an id").to_owned()
}

fn location(answer: &Response) -> &str {
    answer.headers()["location"].to_str().expect("text")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_reads_what_comes_back_and_gives_one_ticket_back() {
    let stage = Stage::open().await;
    let (order, bought) = stage.bought(0, 2).await;
    assert!(!stage.text(&order.page).await.contains("/refund?key="), "the night does not offer it");
    stage.give_back_until(TimeDelta::hours(2), true, 2).await;
    let page = stage.text(&order.page).await;
    assert_eq!(page.matches("/refund?key=").count(), 3, "each ticket, and both: {page}");
    // What few guests need is folded away, once for each ticket and once for the order; codes and files stand above.
    assert_eq!(page.matches("<details class=\"ticket__more").count(), 2, "{page}");
    let (above, below) = page.split_once("id=\"more\"").expect("the order's fold");
    assert!(above.contains("tickets.pdf?key=") && above.contains("calendar.ics?key="), "{above}");
    assert!(below.contains("/mail?key=") && below.contains("/refund?key="), "{below}");

    let path = order.file(&format!("tickets/{}/refund", id(&bought, 0)));
    let asked = stage.text(&path).await;
    assert!(
        asked.contains("20.00") && asked.contains("The service fee of") && asked.contains("1.00"),
        "{asked}"
    );
    assert!(asked.contains("card you paid with") && asked.contains("5 to 10 days"), "{asked}");
    assert_eq!(stage.count("SELECT count(*) FROM refunds").await, 0, "reading is not giving");

    let answer = stage.post(&path, &Form::of(&asked).fields()).await;
    assert_eq!((answer.status(), location(&answer)), (StatusCode::SEE_OTHER, order.page.as_str()));
    stage.given_back(1).await;
    let now = stage.order_now(&order).await;
    assert_eq!(
        (&now["state"], &now["tickets"][0]["state"], &now["tickets"][1]["state"]),
        (&json!("paid"), &json!("refunded"), &json!("valid"))
    );
    assert_eq!(now["refunds"][0]["amount"]["minor"], 2000, "the club keeps the fee");
    let page = stage.text(&order.page).await;
    assert!(page.contains("was returned"), "{page}");
    let title = page.replace('\u{a0}', " ");
    assert!(title.contains("<h1>You’re in</h1>"), "one short line: {page}");
    let (_, body) = title.split_once("<h1>").expect("a heading");
    assert!(
        body.contains("<span>20.00 € went back to your card</span>"),
        "what moved stands beside it: {page}"
    );
    let place = |what: &str| body.find(what).unwrap_or_else(|| panic!("{what}: {page}"));
    assert!(
        place("class=\"ticket__code\"") < place("class=\"ticket__gone\""),
        "the code comes first: {page}"
    );
    assert!(place("id=\"gone\"") < place("class=\"ticket__gone\""), "what is gone is folded: {page}");
    assert_eq!(page.matches("/refund?key=").count(), 1, "one ticket is left: {page}");
    assert_eq!(stage.count("SELECT sum(sold) FROM stock").await, 1, "its place is free");
    let row = "SELECT count(*) FROM audit_log WHERE action = 'refund.asked' AND actor = 'guest' AND staff_id IS NULL";
    assert_eq!(stage.count(row).await, 1);
    let told = "SELECT count(*) FROM outbox WHERE subject = 'order.refunded'";
    assert_eq!(stage.count(told).await, 1, "the mail is told");
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_double_click_and_two_tabs_give_back_once() {
    let stage = Stage::open().await;
    stage.give_back_until(TimeDelta::hours(2), false, 2).await;
    let (order, _) = stage.bought(0, 2).await;
    let path = order.file("refund");
    let (tab, other) = (Form::of(&stage.text(&path).await), Form::of(&stage.text(&path).await));
    assert_ne!(tab.once, other.once);
    let forms: Vec<Form> = (0..8).map(|n| if n % 2 == 0 { tab.clone() } else { other.clone() }).collect();
    let fields: Vec<_> = forms.iter().map(Form::fields).collect();
    let answers = join_all(fields.iter().map(|fields| stage.post(&path, fields))).await;
    for answer in &answers {
        assert_eq!((answer.status(), location(answer)), (StatusCode::SEE_OTHER, order.page.as_str()));
    }
    stage.until(&order, "refunded").await;
    stage.given_back(1).await;
    assert_eq!(stage.count("SELECT count(*) FROM refunds").await, 1);
    assert_eq!(stage.count("SELECT sum(amount_minor) FROM refunds").await, 4200, "everything, and once");
    // Much later the same form still says what it said.
    assert_eq!(location(&stage.post(&path, &tab.fields()).await), order.page);
    assert_eq!(stage.count("SELECT count(*) FROM refunds").await, 1);
    let page = stage.text(&order.page).await;
    assert!(page.contains("returned in full") && !page.contains("/refund?key="), "{page}");
    stage.audit().await;

    // The control run: without what makes a ticket go back once, it goes back twice.
    let twice = "INSERT INTO refund_tickets (refund_id, ticket_id)
        SELECT gen.id, t.ticket_id FROM refund_tickets t CROSS JOIN gen";
    let copy = "WITH gen AS (INSERT INTO refunds (id, payment_id, order_id, scope, amount_minor, currency, reason, state, next_try_at, created_at)
        SELECT gen_random_uuid(), payment_id, order_id, scope, 1, currency, reason, 'pending', now() + interval '1 hour', now()
          FROM refunds LIMIT 1 RETURNING id)";
    let mut conn = stage.purchase.conn().await.expect("a connection");
    let refused =
        diesel_async::SimpleAsyncConnection::batch_execute(&mut *conn, &format!("{copy} {twice}")).await;
    assert!(refused.is_err_and(|error| error.to_string().contains("refund_tickets_once")));
    stage.sql("DROP INDEX refund_tickets_once").await;
    stage.sql(&format!("{copy} {twice}")).await;
    let double =
        "SELECT count(*) FROM (SELECT ticket_id FROM refund_tickets GROUP BY 1 HAVING count(*) > 1) AS d";
    assert_eq!(stage.count(double).await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_deadline_the_club_is_asked() {
    let stage = Stage::open().await;
    stage.give_back_until(TimeDelta::hours(2), false, 2).await;
    let (order, _) = stage.bought(0, 1).await;
    let path = order.file("refund");
    let read_before = Form::of(&stage.text(&path).await);
    stage.give_back_until(-TimeDelta::seconds(1), false, 3).await;
    let page = stage.text(&order.page).await;
    assert!(page.contains("could be given back here") && !page.contains("/refund?key="), "{page}");
    for answer in [stage.get(&path).await, stage.post(&path, &read_before.fields()).await] {
        assert_eq!(answer.status(), StatusCode::CONFLICT);
        let page = answer.text().await.expect("a page");
        assert!(page.contains("is over") && page.contains("ask the club"), "{page}");
    }
    assert_eq!(stage.count("SELECT count(*) FROM refunds").await, 0);
    assert_eq!(stage.order_now(&order).await["tickets"][0]["state"], "valid");
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_inside_keeps_the_ticket_and_reads_why() {
    let stage = Stage::open().await;
    stage.give_back_until(TimeDelta::hours(2), false, 2).await;
    let (order, bought) = stage.bought(0, 2).await;
    stage.door.inside(&id(&bought, 0));
    let path = order.file("refund");
    let answer = stage.post(&path, &Form::of(&stage.text(&path).await).fields()).await;
    assert_eq!(location(&answer), format!("{}&done=inside", order.page));
    let page = stage.text(location(&answer)).await;
    assert!(page.contains("Somebody is inside") && page.contains("no money moves"), "{page}");
    assert_eq!((stage.refunds("withdrawn").await, stage.count("SELECT count(*) FROM refunds").await), (1, 1));
    let now = stage.order_now(&order).await;
    assert_eq!(
        (&now["state"], &now["tickets"][0]["state"], &now["tickets"][1]["state"]),
        (&json!("paid"), &json!("valid"), &json!("valid"))
    );
    stage.audit().await;
    // The other one still goes.
    let path = order.file(&format!("tickets/{}/refund", id(&bought, 1)));
    stage.post(&path, &Form::of(&stage.text(&path).await).fields()).await;
    stage.given_back(1).await;
    assert_eq!(stage.count("SELECT sum(sold) FROM stock").await, 1);
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_door_is_waited_for_and_the_page_says_so() {
    let stage = Stage::open().await;
    stage.give_back_until(TimeDelta::hours(2), false, 2).await;
    let (order, bought) = stage.bought(0, 2).await;
    let one = order.file(&format!("tickets/{}/refund", id(&bought, 0)));
    let form = Form::of(&stage.text(&one).await);
    stage.door.silent(true);
    let answer = stage.post(&one, &form.fields()).await;
    assert_eq!((answer.status(), location(&answer)), (StatusCode::SEE_OTHER, order.page.as_str()));
    let page = stage.text(&order.page).await;
    assert!(page.contains("As soon as the door says") && page.contains("21.00"), "{page}");
    assert!(!page.contains("/refund?key="), "nothing else goes back meanwhile: {page}");
    assert_eq!(location(&stage.get(&one).await), order.page, "the order's page says how it stands");
    // The deadline does not stop what was asked for before it.
    stage.give_back_until(-TimeDelta::seconds(1), false, 3).await;
    stage.door.silent(false);
    stage.sql("UPDATE refunds SET next_try_at = now()").await;
    stage.given_back(1).await;
    assert_eq!(stage.order_now(&order).await["tickets"][0]["state"], "refunded");
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_gives_back_what_is_another_s() {
    let stage = Stage::open().await;
    stage.give_back_until(TimeDelta::hours(2), false, 2).await;
    let (mine, _) = stage.bought(0, 1).await;
    let (theirs, bought) = stage.bought(0, 1).await;
    let form = Form::of(&stage.text(&mine.file("refund")).await);
    let stolen = Form { tickets: id(&bought, 0), ..form.clone() };
    let below_mine = mine.file(&format!("tickets/{}/refund", id(&bought, 0)));
    assert_eq!(stage.get(&below_mine).await.status(), 404);
    assert_eq!(location(&stage.post(&below_mine, &stolen.fields()).await), mine.page);
    assert_eq!(location(&stage.post(&mine.file("refund"), &stolen.fields()).await), mine.page);
    let wrong_key = theirs.file("refund") + "x";
    assert_eq!(stage.get(&wrong_key).await.status(), 404);
    assert_eq!(stage.post(&wrong_key, &stolen.fields()).await.status(), 404);
    let forged = stage.http.post(stage.url(&mine.file("refund"))).header("origin", "https://evil.example");
    assert_eq!(forged.form(&form.fields()).send().await.expect("an answer").status(), 403);
    for bad in [Form { sum: "all".into(), ..form.clone() }, Form { once: "1".into(), ..form.clone() }] {
        let answer = stage.post(&mine.file("refund"), &bad.fields()).await;
        assert!(location(&answer).ends_with("&done=changed"), "{}", location(&answer));
    }
    assert_eq!(stage.count("SELECT count(*) FROM refunds").await, 0);
    assert_eq!(stage.order_now(&theirs).await["tickets"][0]["state"], "valid");
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_passed_on_is_the_friend_s_and_does_not_go_back_by_a_click() {
    let stage = Stage::open().await;
    stage.give_back_until(TimeDelta::hours(2), false, 2).await;
    let (order, bought) = stage.bought(0, 2).await;
    let (passed, kept) = (id(&bought, 0), id(&bought, 1));
    let to_bea = [("name", "Bea Ruiz"), ("email", "bea@example.org")];
    stage.post(&order.file(&format!("tickets/{passed}/transfer")), &to_bea).await;
    let form = Form::of(&stage.text(&order.file("refund")).await);
    assert_eq!((form.tickets.as_str(), form.sum.as_str()), (kept.as_str(), "2100"));
    assert_eq!(stage.get(&order.file(&format!("tickets/{passed}/refund"))).await.status(), 404);
    stage.post(&order.file("refund"), &form.fields()).await;
    stage.given_back(1).await;
    assert_eq!(stage.order_now(&order).await["state"], "paid", "the friend's ticket is good");
    assert_eq!(stage.count("SELECT count(*) FROM tickets WHERE state = 'valid'").await, 1);
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_amount_than_was_read_is_shown_once_more() {
    let stage = Stage::open().await;
    stage.give_back_until(TimeDelta::hours(2), false, 2).await;
    let (order, _) = stage.bought(0, 2).await;
    let path = order.file("refund");
    let form = Form::of(&stage.text(&path).await);
    let some = json!({"key": "some", "reason": "a stain", "amount_minor": 3000});
    let refunds = format!("/internal/v1/orders/{}/refunds", order.reference);
    assert_eq!(stage.inside("marketing-admin", &refunds, Some(some)).await.0, 200);
    let answer = stage.post(&path, &form.fields()).await;
    assert!(location(&answer).ends_with("&done=changed"), "{}", location(&answer));
    assert_eq!(stage.refunds("asked").await + stage.refunds("succeeded").await, 0);
    let again = stage.text(location(&answer)).await;
    assert!(again.contains("Something has changed") && again.contains("12.00"), "{again}");
    stage.post(&path, &Form::of(&again).fields()).await;
    stage.given_back(1).await;
    assert_eq!(stage.count("SELECT sum(amount_minor) FROM refunds").await, 4200);
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cost_nothing_goes_back_for_nothing() {
    let stage = Stage::open().await;
    stage.give_back_until(TimeDelta::hours(2), true, 2).await;
    let (order, _) = stage.bought(1, 2).await;
    let path = order.file("refund");
    let page = stage.text(&path).await;
    assert!(page.contains("no money comes back"), "{page}");
    stage.post(&path, &Form::of(&page).fields()).await;
    let now = stage.until(&order, "refunded").await;
    assert_eq!(now["tickets"][0]["state"], "cancelled");
    stage.given_back(1).await;
    assert_eq!(stage.count("SELECT count(*) FROM ledger_transactions").await, 0);
    assert_eq!(stage.count("SELECT sum(sold) FROM stock").await, 0);
    let page = stage.text(&order.page).await;
    assert!(page.contains("No longer valid") && page.contains("cost nothing"), "{page}");
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_bank_has_taken_back_is_asked_of_the_club_until_it_is_won() {
    let stage = Stage::open().await;
    stage.give_back_until(TimeDelta::hours(2), false, 2).await;
    let (order, _) = stage.bought(0, 1).await;
    let path = order.file("refund");
    let read_before = Form::of(&stage.text(&path).await);
    let dispute = stage.dispute(&order, json!({})).await;
    stage.until_disputed(&dispute, "needs_response").await;
    assert!(!stage.text(&order.page).await.contains("/refund?key="), "it is not offered");
    for answer in [stage.get(&path).await, stage.post(&path, &read_before.fields()).await] {
        assert_eq!(answer.status(), StatusCode::CONFLICT);
        let page = answer.text().await.expect("a page");
        assert!(page.contains("a bank has the payment") && page.contains("Ask the club"), "{page}");
    }
    assert_eq!(stage.count("SELECT count(*) FROM refunds").await, 0);
    stage.audit().await;

    stage.dispute_goes(&dispute, "won").await;
    stage.until_disputed(&dispute, "won").await;
    stage.post(&path, &Form::of(&stage.text(&path).await).fields()).await;
    stage.until(&order, "refunded").await;
    stage.given_back(1).await;
    stage.audit().await;
}
