//! Who comes first is let in first, a place is one before its night alone, and a turn ends.

use chrono::TimeDelta;
use serde_json::json;

use super::{Guest, ROOM, ask, hot, let_in, until_page};
use crate::stage::{LOOKS, pause};

#[tokio::test(flavor = "multi_thread")]
async fn guests_are_let_in_in_their_order_and_at_the_clubs_rate() {
    let (stage, clock) = hot("2").await;
    let mut guests = Vec::new();
    for before in ["You’re next", "1 person is ahead of you", "2 people", "3 people", "4 people"] {
        let mut guest = Guest::joins(&stage).await;
        let place = guest.place(&stage).await;
        assert!(place["before"].as_str().is_some_and(|text| text.starts_with(before)), "{before}: {place}");
        guests.push(guest);
    }
    for round in [[0, 1], [2, 3]] {
        clock.advance(TimeDelta::seconds(1));
        for guest in round {
            guests[guest].until_admitted(&stage).await;
        }
        assert_eq!(guests[round[1] + 1].place(&stage).await["admitted"], false, "two a second, no more");
    }
    assert_eq!(stage.count("SELECT admitted FROM waiting_rooms").await, 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_survives_reloading_and_says_an_honest_wait() {
    let (stage, _) = hot("1").await;
    let mut first = Guest::joins(&stage).await;
    stage.sql("UPDATE waiting_rooms SET handed_out = handed_out + 150").await;
    let mut guest = Guest::joins(&stage).await;
    let cookie = guest.cookie.clone();
    let html = guest.get(&stage, ROOM, "text/html").await.text().await.expect("a page");
    assert!(html.contains("151 people are ahead of you") && html.contains("About 3 minutes"), "{html}");
    assert!(html.contains("http-equiv=\"refresh\""), "without a script it loads itself anew: {html}");
    let spanish =
        guest.get(&stage, &format!("{ROOM}?lang=es"), "text/html").await.text().await.expect("a page");
    assert!(spanish.contains("Hay 151 personas antes que tú"), "{spanish}");
    assert_eq!(guest.cookie, cookie, "it is the same place");
    assert!(
        first.place(&stage).await["wait"].as_str().is_some_and(|wait| wait.contains("Less than a minute"))
    );
    assert_eq!(first.get(&stage, "/e/nowhere/waiting-room", "text/html").await.status(), 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn forged_places_and_those_of_other_nights_are_worth_nothing() {
    let (stage, clock) = hot("1").await;
    let token = let_in(&stage, &clock).await;
    let (base, wish) = (stage.url(""), stage.wish(0, 1));
    let flipped = |at: usize| {
        let letter = if token.as_bytes()[at] == b'A' { "B" } else { "A" };
        format!("{}{letter}{}", &token[..at], &token[at + 1..])
    };
    for (n, forged) in [flipped(10), flipped(40), String::new(), "x".repeat(64)].iter().enumerate() {
        let (status, body) = ask(&stage, &base, &format!("forged-{n}"), &wish, Some(forged)).await;
        assert_eq!(status, 429, "{forged}: {body}");
    }
    // The same place before a night of its own: it was not signed for that.
    let mut saturday = crate::stage::friday();
    saturday.slug = "saturday-night".into();
    stage.publish(&saturday).await;
    let open = format!(
        "INSERT INTO waiting_rooms (event_id, handed_out, admitted, reckoned_at, counted_from, open_since)
         SELECT id, 10, 10, reckoned_at, counted_from, open_since
           FROM events CROSS JOIN waiting_rooms WHERE id = '{}'",
        saturday.event_id
    );
    stage.sql(&open).await;
    let other = json!({
        "event": "saturday-night",
        "items": [{"ticket_type": saturday.ticket_types[0].ticket_type_id, "quantity": 1}],
        "buyer": {"name": "Ana López", "email": "ana@example.org"},
    });
    for _ in 0..LOOKS {
        let (status, body) =
            ask(&stage, &base, &uuid::Uuid::now_v7().to_string(), &other, Some(&token)).await;
        if status == 429 {
            assert!(body["place"]["number"].as_i64().is_some_and(|number| number > 10), "{body}");
            assert_eq!(ask(&stage, &base, "good", &wish, Some(&token)).await.0, 201, "the true one is good");
            return;
        }
        pause().await;
    }
    panic!("this process never heard that the other night's room is open");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_turn_that_nobody_uses_is_over() {
    let (stage, clock) = hot("1").await;
    let mut guest = Guest::joins(&stage).await;
    stage.sql("UPDATE waiting_rooms SET handed_out = handed_out + 1000").await;
    clock.advance(TimeDelta::seconds(20));
    guest.until_admitted(&stage).await;
    stage.until_count("SELECT jsonb_array_length(marks) FROM waiting_rooms", 2).await;
    clock.advance(TimeDelta::minutes(11));
    stage.until_count("SELECT count(*) FROM waiting_rooms WHERE lapsed >= 1", 1).await;
    let cookie = guest.cookie.clone();
    for _ in 0..LOOKS {
        if guest.place(&stage).await["admitted"] == false {
            assert_ne!(guest.cookie, cookie, "at the end of the line");
            assert_eq!(guest.sends_the_form(&stage).await, ROOM);
            return;
        }
        pause().await;
    }
    panic!("the turn was never over");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_before_which_nobody_waits_closes() {
    let (stage, clock) = hot("50").await;
    clock.advance(TimeDelta::seconds(61));
    until_page(&stage, false).await;
    stage.order(0, 1).await;
    let mut guest = Guest { base: stage.url(""), cookie: String::new() };
    assert_eq!(guest.place(&stage).await["admitted"], true, "who still asks is led on");
}
