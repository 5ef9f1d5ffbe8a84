//! The mails about a table: what they say, how often, and to whom none goes.

use super::*;

/// The only mail with this in its subject, once it has arrived.
pub async fn letter(house: &House, subject: &str) -> Value {
    let arrived = async || -> Vec<Value> {
        let mails = house.mailbox("ana@example.org").await;
        mails
            .into_iter()
            .filter(|mail| mail["subject"].as_str().is_some_and(|said| said == subject))
            .collect()
    };
    until(&format!("“{subject}” arrives"), async || !arrived().await.is_empty()).await;
    let mut mails = arrived().await;
    assert_eq!(mails.len(), 1, "{subject}");
    mails.remove(0)
}

pub fn says(mail: &Value, words: &[&str]) {
    for part in ["html", "text"] {
        let text = mail[part].as_str().expect("text");
        for word in words {
            assert!(text.contains(word), "{word} in {part}: {text}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_mail_about_a_table_has_the_booker_s_code_and_the_way_to_invite() {
    let night = Night::with(200, json!({})).await;
    let paid = paid(&night.event);
    night.house.say(&paid).await;
    night.house.say(&paid).await;
    let mail = letter(&night.house, "Your table 12: Agave Nights").await;
    let guests = "http://tickets.maguey.localhost:8080/orders/K7MPX2QD/guests?key=abc";
    let words = ["Table 12", "Marta", "Birthday", "500.00", "400.00", "7 more passes", guests, "00:30"];
    says(&mail, &words);
    let pictures = mail["attachments"].as_array().expect("attachments");
    assert_eq!(pictures.len(), 1, "their own pass alone: each guest gets theirs by name");
    let cid = format!("cid:{}", pictures[0]["content_id"].as_str().expect("an id"));
    assert!(mail["html"].as_str().expect("html").contains(&cid));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_booked_hears_what_is_otherwise_about_their_table_once() {
    let night = Night::with(200, json!({})).await;
    let (id, paid) = (Uuid::now_v7(), paid(&night.event));
    night.hears(&told(&night.event, id, &paid.order_id, 1, "pending")).await;
    night.hears(&told(&night.event, id, &paid.order_id, 2, "confirmed")).await;
    night.house.say(&paid).await;
    letter(&night.house, "Your table 12: Agave Nights").await;

    let mut moved = told(&night.event, id, &paid.order_id, 3, "confirmed");
    moved.change = "moved".to_owned();
    moved.tables = vec![table(14, 10)];
    night.hears(&moved).await;
    night.house.say(&moved).await;
    let mail = letter(&night.house, "Changed: your table 14 at Agave Nights").await;
    says(&mail, &["You have table 14 now.", "orders/K7MPX2QD?key=abc", "2 × Mezcal"]);

    let mut spent = moved.clone();
    (spent.revision, spent.spent_minor, spent.change) = (4, 9_000, "tab".to_owned());
    night.hears(&spent).await;
    let mut off = spent.clone();
    (off.revision, off.state, off.change) = (5, "cancelled".to_owned(), "cancel".to_owned());
    night.hears(&off).await;
    let mail = letter(&night.house, "Cancelled: your table 14 at Agave Nights").await;
    says(&mail, &["its passes let nobody in"]);
    let count = "SELECT count(*) FROM emails WHERE template LIKE 'table%'";
    assert_eq!(night.house.count(count).await, 2, "what is on the tab is no news");

    // What was never theirs is not taken from them.
    let never = Uuid::now_v7();
    night.hears(&told(&night.event, never, &Uuid::now_v7().to_string(), 1, "pending")).await;
    night.hears(&told(&night.event, never, &Uuid::now_v7().to_string(), 2, "cancelled")).await;
    assert_eq!(night.house.count(count).await, 2);

    let late = Uuid::now_v7();
    night.hears(&told(&night.event, late, &Uuid::now_v7().to_string(), 2, "confirmed")).await;
    night.hears(&told(&night.event, late, &Uuid::now_v7().to_string(), 3, "no_show")).await;
    letter(&night.house, "Your table 12 was given away: Agave Nights").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_booked_is_reminded_once_within_the_last_day() {
    let night = Night::with(200, json!({})).await;
    let (id, paid) = (Uuid::now_v7(), paid(&night.event));
    let now = SystemClock.now();
    let mut soon = told(&night.event, id, &paid.order_id, 2, "confirmed");
    soon.arrives_at = millis(now + TimeDelta::hours(23));
    night.hears(&soon).await;
    night.house.say(&paid).await;
    letter(&night.house, "Your table 12: Agave Nights").await;
    // Booked within the day: they know it well.
    let mut just = told(&night.event, Uuid::now_v7(), &paid.order_id, 2, "confirmed");
    (just.arrives_at, just.made_at) = (millis(now + TimeDelta::hours(23)), millis(now));
    night.hears(&just).await;
    let at = |at: DateTime<Utc>| -> SharedClock { Arc::new(FixedClock::at(at)) };
    let too_soon = remind::pass(&night.house.db, &at(now - TimeDelta::hours(2))).await;
    assert_eq!(too_soon.expect("looked"), 0);
    // The service looks on its own, too: whoever comes first, it is one mail.
    let (one, other) = (at(now), at(now));
    let (first, second) =
        tokio::join!(remind::pass(&night.house.db, &one), remind::pass(&night.house.db, &other));
    assert!(first.expect("looked") + second.expect("looked") <= 1);
    let mail = letter(&night.house, "Soon: your table 12 at Agave Nights").await;
    says(&mail, &["your table waits for you", "orders/K7MPX2QD?key=abc", "2 × Mezcal"]);
    let reminders = "SELECT count(*) FROM emails WHERE template = 'table_reminder'";
    assert_eq!(night.house.count(reminders).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_only_said_again_or_of_who_was_forgotten_is_not_mailed_and_leaves_no_way_to_the_order() {
    let night = Night::with(200, json!({})).await;
    let paid = paid(&night.event);
    night.house.say(&paid).await;
    letter(&night.house, "Your table 12: Agave Nights").await;
    let (id, mails) = (Uuid::now_v7(), "SELECT count(*) FROM emails WHERE template LIKE 'table%'");
    night.hears(&told(&night.event, id, &paid.order_id, 2, "confirmed")).await;
    let mut again = told(&night.event, id, &paid.order_id, 3, "no_show");
    again.change = String::new();
    night.hears(&again).await;
    assert_eq!(night.house.count(mails).await, 0, "only said again");

    let order = format!("SELECT count(*) FROM table_orders WHERE order_id = '{}'", paid.order_id);
    assert_eq!(night.house.count(&order).await, 1);
    let mut erased = told(&night.event, id, &paid.order_id, 4, "confirmed");
    let nobody = format!("erased-{}@erased.invalid", paid.order_id);
    erased.booker = Some(Buyer { email: nobody, language: "en".to_owned(), ..Buyer::default() });
    (erased.change, erased.tables) = ("erased".to_owned(), vec![table(14, 10)]);
    night.hears(&erased).await;
    assert_eq!(night.house.count(&order).await, 0, "its address has the key in it");
    let mut later = erased.clone();
    (later.revision, later.change, later.host) = (5, "host".to_owned(), "Marta".to_owned());
    night.hears(&later).await;
    assert_eq!(night.house.count(mails).await, 0, "nobody is there to be told");

    let mut conn = night.house.db.conn().await.expect("a connection");
    let key = paid.order_id.parse().expect("an id");
    store::note_order(&mut conn, key, &paid.order_url).await.expect("noted");
    assert_eq!(night.house.count(&order).await, 0, "nor does it come back when it is said again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_s_bill_is_in_the_reader_s_language_and_a_larger_party_hears_of_its_passes() {
    let night = Night::with(200, json!({})).await;
    let mut paid = paid(&night.event);
    paid.lines = vec![OrderLine {
        kind: LineKind::Ticket.into(),
        label: "Table 12".to_owned(),
        quantity: 8,
        total_minor: 10_000,
        ..OrderLine::default()
    }];
    if let Some(buyer) = &mut paid.buyer {
        "es".clone_into(&mut buyer.language);
    }
    night.house.say(&paid).await;
    let mail = letter(&night.house, "Tu mesa 12: Agave Nights").await;
    says(&mail, &["Mesa 12"]);
    assert!(!mail["text"].as_str().expect("text").contains("Table"), "{mail}");

    let id = Uuid::now_v7();
    night.hears(&told(&night.event, id, &paid.order_id, 2, "confirmed")).await;
    let mut grown = told(&night.event, id, &paid.order_id, 3, "confirmed");
    (grown.party, grown.change) = (9, "grown".to_owned());
    night.hears(&grown).await;
    let mail = letter(&night.house, "Changed: your table 12 at Agave Nights").await;
    says(&mail, &["for 9 people now", "The passes of your party are on"]);
    assert!(!mail["text"].as_str().expect("text").contains("stay as they are"), "{mail}");
}
