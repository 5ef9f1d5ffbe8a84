//! A night gets a new date: its tickets stay good, and everybody who holds some is written to once.

use std::collections::BTreeMap;

use domain::clock::{Clock, SystemClock};
use messages::marketing_admin::v1::{EventChanged, EventNewDate, EventStatus};
use messages::purchase::v1::mail_asked::About;
use messages::purchase::v1::{NewDate, OrderRefunded};
use serde_json::json;
use uuid::Uuid;

use crate::overdue::overdue;
use crate::stage::{Order, Stage, friday};

const WEEK: i64 = 7 * 24 * 3_600_000;

fn a_week_later(event: &EventChanged, revision: i64, id: Uuid) -> EventChanged {
    let now = SystemClock.now().timestamp_millis();
    EventChanged {
        revision,
        starts_at: event.starts_at + WEEK,
        ends_at: event.ends_at + WEEK,
        entry_from: event.entry_from + WEEK,
        entry_until: event.entry_until + WEEK,
        changed_at: now,
        new_date: Some(EventNewDate {
            new_date_id: id.to_string(),
            from_starts_at: event.starts_at,
            note: "The roof leaks.".into(),
            given_at: now,
        }),
        ..event.clone()
    }
}

impl Stage {
    fn another_date(&self, revision: i64, id: Uuid) -> EventChanged {
        a_week_later(&self.event, revision, id)
    }

    async fn all_told(&self, dates: i64) {
        self.until_count("SELECT count(*) FROM new_dates WHERE finished_at IS NOT NULL", dates).await;
    }

    /// What each address was told, and how often.
    async fn told_of_dates(&self) -> BTreeMap<String, Vec<NewDate>> {
        let mut told: BTreeMap<String, Vec<NewDate>> = BTreeMap::new();
        for mail in self.mails().await {
            let to = mail.recipient.map(|to| to.email).unwrap_or_default();
            if let Some(About::NewDate(moved)) = mail.about {
                told.entry(to).or_default().push(moved);
            }
        }
        told
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_who_holds_tickets_is_told_once_of_all_they_hold() {
    let stage = Stage::open().await;
    let (first, _) = stage.bought(0, 2).await;
    let (second, paid) = stage.bought(1, 1).await;
    let ticket = paid["tickets"][0]["id"].as_str().expect("an id");
    let to = second.file(&format!("tickets/{ticket}/transfer"));
    assert_eq!(stage.post(&to, &[("name", "Bea"), ("email", "bea@example.org")]).await.status(), 303);
    // An order that nobody has paid, and one that is given back.
    let waits = stage.order(0, 1).await;
    let id = Uuid::now_v7();
    let moved = stage.another_date(2, id);
    stage.publish(&moved).await;
    stage.all_told(1).await;

    let told = stage.told_of_dates().await;
    assert_eq!(told.keys().map(String::as_str).collect::<Vec<_>>(), ["ana@example.org", "bea@example.org"]);
    assert!(told.values().all(|mails| mails.len() == 1), "once each: {told:?}");
    let ana = &told["ana@example.org"][0];
    assert_eq!((ana.from_starts_at, ana.note.as_str()), (stage.event.starts_at, "The roof leaks."));
    let held: Vec<_> = ana.found.iter().map(|found| (found.reference.clone(), found.tickets)).collect();
    assert_eq!(held, [(first.reference.clone(), 2)], "what was passed on is the friend's");
    assert_eq!(ana.found[0].starts_at, moved.starts_at, "the new date");
    let bea = &told["bea@example.org"][0].found[0];
    assert!(bea.url.contains("/tickets/"), "the friend's own page");
    assert_eq!((ana.found[0].paid, ana.found[0].given), (true, false), "the money is the buyer's");
    assert_eq!((bea.paid, bea.given), (false, true));
    assert!(!held.iter().any(|(reference, _)| *reference == waits.reference));

    let page = stage.get(&first.page).await.text().await.expect("a page");
    assert!(
        page.contains("New date: ") && page.contains("(was ") && page.contains("The roof leaks."),
        "{page}"
    );
    assert!(page.contains("Your tickets stay good for it"), "{page}");
    let spanish = stage.get(&format!("{}&lang=es", first.page)).await.text().await.expect("a page");
    assert!(spanish.contains("Nueva fecha: ") && spanish.contains("(antes "), "{spanish}");

    // The same news again, another change of the night, and what was bought on the new date: nobody is told twice.
    stage.publish(&moved).await;
    stage.publish(&EventChanged { revision: 3, title: "Renamed".into(), ..stage.another_date(3, id) }).await;
    let (later, _) = stage.bought(0, 1).await;
    let page = stage.get(&later.page).await.text().await.expect("a page");
    assert!(!page.contains("New date: "), "who bought the new date knows no other: {page}");
    assert_eq!(stage.count("SELECT count(*) FROM new_dates").await, 1);
    assert_eq!(stage.told_of_dates().await, told);

    // Tickets are as good as before, and their page has the new date.
    let now = stage.order_now(&first).await;
    assert!(now["tickets"].as_array().expect("tickets").iter().all(|ticket| ticket["state"] == "valid"));
    let starts = chrono::DateTime::from_timestamp_millis(moved.starts_at).expect("a time");
    assert_eq!(now["event"]["starts_at"].as_str().and_then(|at| at.parse().ok()), Some(starts));
    stage.audit().await;
}

/// An exchange that cost nothing, of a ticket that a credit had paid: its buyer has money in it all the same.
#[tokio::test(flavor = "multi_thread")]
async fn who_paid_by_a_credit_what_was_exchanged_is_told_as_one_who_paid() {
    let stage = Stage::open().await;
    let (left, _) = stage.bought(0, 1).await;
    assert_eq!(stage.give_back(&left, "credit", json!({"as_credit": true})).await.0, 200);
    stage.all_succeeded(1).await;
    let mut wish = stage.wish(0, 1);
    wish["promo"] = json!(stage.said::<OrderRefunded>("order.refunded").await.credit_code);
    let (status, body) = stage.checkout("by-credit", &wish).await;
    assert_eq!(status, 201, "{body}");
    let paid = stage.until(&Order::of(&body), "paid").await;
    let ticket = paid["tickets"][0]["id"].as_str().expect("an id");
    let (second, _) = stage.bought(1, 1).await;
    let exchanged =
        format!("UPDATE orders SET exchanges = '{ticket}' WHERE reference = '{}'", second.reference);
    stage.sql(&exchanged).await;
    stage.publish(&stage.another_date(2, Uuid::now_v7())).await;
    stage.all_told(1).await;
    let told = stage.told_of_dates().await;
    let found = told["ana@example.org"][0].found.iter().find(|found| found.reference == second.reference);
    assert!(found.expect("the free one").paid, "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_date_is_another_mail_and_a_night_that_is_off_tells_of_none() {
    let stage = Stage::open().await;
    stage.bought(0, 1).await;
    stage.publish(&stage.another_date(2, Uuid::now_v7())).await;
    stage.all_told(1).await;
    stage.publish(&stage.another_date(3, Uuid::now_v7())).await;
    stage.all_told(2).await;
    assert_eq!(stage.told_of_dates().await["ana@example.org"].len(), 2);
    let off = EventChanged { status: EventStatus::Cancelled.into(), ..stage.another_date(4, Uuid::now_v7()) };
    stage.publish(&off).await;
    stage.until_count("SELECT count(*) FROM cancellations WHERE finished_at IS NOT NULL", 1).await;
    assert_eq!(stage.count("SELECT count(*) FROM new_dates").await, 2);
    assert_eq!(stage.told_of_dates().await["ana@example.org"].len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_holders_are_told_round_by_round_each_once() {
    let stage = Stage::open().await;
    let (order, _) = stage.bought(0, 1).await;
    // Copies of the one order under other addresses, more than a round takes.
    stage
        .sql(&format!(
            "WITH copies AS (
               INSERT INTO orders (id, reference, event_id, state, buyer_name, buyer_email, language, currency, total_minor,
                                   held_until, created_at, paid_at, next_check_at)
               SELECT gen_random_uuid(), 'C' || n, o.event_id, 'paid', 'Guest', 'guest' || n || '@example.org', 'es', o.currency,
                      o.total_minor, o.held_until, o.created_at, o.paid_at, o.next_check_at
                 FROM orders o, generate_series(1, 250) n WHERE o.reference = '{}' RETURNING id),
             lines AS (
               INSERT INTO order_lines SELECT gen_random_uuid(), c.id, l.position, l.kind, l.ticket_type_id, l.label, l.quantity,
                      l.places, l.unit_minor, l.total_minor, l.tax_minor, l.tax_basis_points, l.absorbed_fee_minor, l.stock_ids
                 FROM order_lines l JOIN orders o ON o.id = l.order_id, copies c WHERE o.reference = '{0}' AND l.kind = 'ticket'
               RETURNING id, order_id)
             INSERT INTO tickets (id, order_id, order_line_id, ordinal, event_id, ticket_type_id, type_name, zone_id, holder_name,
                                  attention, state, issued_at, changed_at)
             SELECT gen_random_uuid(), l.order_id, l.id, 1, t.event_id, t.ticket_type_id, t.type_name, t.zone_id, 'Guest', '',
                    'valid', t.issued_at, t.changed_at
               FROM lines l, (SELECT * FROM tickets LIMIT 1) t",
            order.reference
        ))
        .await;
    stage.publish(&stage.another_date(2, Uuid::now_v7())).await;
    stage.all_told(1).await;
    let told = stage.told_of_dates().await;
    assert_eq!(told.len(), 251);
    assert!(told.values().all(|mails| mails.len() == 1));
    assert_eq!(stage.count("SELECT mailed FROM new_dates").await, 251);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_night_called_off_and_put_away_before_we_heard_gives_all_money_back() {
    let stage = Stage::open().await;
    let (order, _) = stage.bought(0, 1).await;
    let away = EventChanged {
        revision: 5,
        status: EventStatus::Archived.into(),
        cancelled_at: stage.event.changed_at,
        ..stage.event.clone()
    };
    stage.publish(&away).await;
    stage.until(&order, "refunded").await;
    stage.until_count("SELECT count(*) FROM refunds WHERE state = 'succeeded'", 1).await;
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_date_that_changes_in_silence_is_told_to_who_holds_tickets_all_the_same() {
    let stage = Stage::open().await;
    let silent = |revision: i64, weeks: i64| EventChanged {
        revision,
        new_date: None,
        starts_at: stage.event.starts_at + weeks * WEEK,
        ends_at: stage.event.ends_at + weeks * WEEK,
        ..stage.event.clone()
    };
    // Nobody holds a ticket: it is the club's own matter.
    stage.publish(&silent(2, 1)).await;
    assert_eq!(stage.count("SELECT count(*) FROM new_dates").await, 0);
    stage.bought(0, 1).await;
    stage.publish(&silent(3, 2)).await;
    stage.all_told(1).await;
    let told = stage.told_of_dates().await;
    let ana = &told["ana@example.org"];
    assert_eq!(
        (ana.len(), ana[0].from_starts_at),
        (1, silent(2, 1).starts_at),
        "when it was to begin before"
    );
    assert_eq!(ana[0].found[0].starts_at, silent(3, 2).starts_at);
    // Nothing of the beginning changes any more: nobody is told twice.
    stage.publish(&EventChanged { title: "Renamed".into(), ..silent(4, 2) }).await;
    assert_eq!(stage.count("SELECT count(*) FROM new_dates").await, 1);
}

/// New dates that a person is told of.
async fn untold(stage: &Stage) -> Vec<String> {
    let named = overdue(stage).await.into_iter().filter(|(kind, _, _)| kind == "new_dates_untold");
    named.flat_map(|(_, _, references)| references).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_night_that_cannot_be_gone_on_with_keeps_no_other_from_being_told_and_is_named_with_why() {
    let stage = Stage::open().await;
    stage.bought(0, 1).await;
    let saturday = EventChanged { slug: "saturday-night".to_owned(), ..friday() };
    stage.publish(&saturday).await;
    // Whatever the worker writes down about this one is refused: first that its list is followed, then that it is told.
    stage
        .sql(&format!(
            "CREATE FUNCTION spoiled() RETURNS trigger LANGUAGE plpgsql AS $$
             BEGIN RAISE EXCEPTION 'this night is spoiled'; END $$;
             CREATE TRIGGER spoiled BEFORE UPDATE ON new_dates FOR EACH ROW
               WHEN (NEW.event_id = '{}' AND (NEW.list_followed OR NEW.finished_at IS NOT NULL)) EXECUTE FUNCTION spoiled()",
            saturday.event_id
        ))
        .await;
    stage.publish(&a_week_later(&saturday, 2, Uuid::now_v7())).await;
    stage.until_count("SELECT count(*) FROM new_dates WHERE problem LIKE '%spoiled%'", 1).await;

    // The one behind it goes its way.
    stage.publish(&stage.another_date(2, Uuid::now_v7())).await;
    stage.all_told(1).await;
    assert_eq!(stage.told_of_dates().await["ana@example.org"].len(), 1);
    assert!(untold(&stage).await.is_empty(), "it has a quarter of an hour");
    stage.sql("UPDATE new_dates SET started_at = started_at - interval '1 hour'").await;
    assert_eq!(untold(&stage).await, ["saturday-night: this night is spoiled"]);

    // Somebody mends it: it goes on by itself, and nobody hears of it any more.
    stage.sql("DROP TRIGGER spoiled ON new_dates; UPDATE new_dates SET next_try_at = now()").await;
    stage.all_told(2).await;
    assert!(untold(&stage).await.is_empty());
    assert_eq!(stage.count("SELECT count(*) FROM new_dates WHERE problem IS NOT NULL").await, 0);
    assert_eq!(stage.told_of_dates().await["ana@example.org"].len(), 1, "nobody is told twice");
}
