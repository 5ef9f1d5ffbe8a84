//! Requests for tables on the board: a host says yes or no, and whoever asked is told by email.

use super::mails::{letter, says};
use super::*;

/// Somebody asks for table 12.
fn request(event: &str, id: Uuid, revision: i64, state: &str, change: &str) -> ReservationChanged {
    let mut message = told(event, id, "", revision, state);
    message.order_reference = String::new();
    message.change = change.to_owned();
    message.asked = true;
    message
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_answers_a_request_on_the_board() {
    let id = Uuid::now_v7();
    let night = Night::with(200, view(id, 1)).await;
    night.hears(&request(&night.event, id, 1, "requested", "asked")).await;
    let page = night.see(VERA, "").await;
    assert!(page.contains("Asked for") && page.contains(&format!("{id}/approve")), "{page}");
    assert!(!page.contains(&format!("{id}/cancel")), "what nobody has is not called off");
    let (status, location, _) = night.send(VERA, id, "approve", &[("note", " Welcome ")]).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    assert!(location.contains("done=approve"), "{location}");
    let (status, ..) = night.send(VERA, id, "decline", &[("note", "")]).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let heard = night.heard();
    assert_eq!(heard[0].0, format!("/internal/v1/reservations/{id}/approve"));
    assert_eq!(heard[0].2, json!({"note": "Welcome"}));
    assert_eq!(heard[1].0, format!("/internal/v1/reservations/{id}/decline"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_board_says_that_the_table_is_another_party_s_by_now() {
    let taken = json!({"code": "sold_out", "errors": [{"field": "table", "code": "sold_out"}]});
    let night = Night::with(409, taken).await;
    let id = Uuid::now_v7();
    night.hears(&request(&night.event, id, 1, "requested", "asked")).await;
    let (status, _, page) = night.send(VERA, id, "approve", &[("note", "Welcome")]).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(page.contains("somebody else has that table by now") && page.contains("Welcome"), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_asked_is_told_yes_no_and_too_late() {
    let night = Night::with(200, json!({})).await;
    let (yes, no) = (Uuid::now_v7(), Uuid::now_v7());
    night.hears(&request(&night.event, yes, 1, "requested", "asked")).await;
    night.hears(&request(&night.event, no, 1, "requested", "asked")).await;
    let mut held = request(&night.event, yes, 2, "pending", "approve");
    held.order_id = Uuid::now_v7().to_string();
    held.order_reference = "K7MPX2QD".to_owned();
    held.order_url = "http://tickets.maguey.localhost:8080/orders/K7MPX2QD?key=abc".to_owned();
    held.note = "Ask for Marta".to_owned();
    night.hears(&held).await;
    let mail = letter(&night.house, "Your table 12 is held: Agave Nights").await;
    says(&mail, &["orders/K7MPX2QD?key=abc", "Ask for Marta", "Pay until"]);

    let mut declined = request(&night.event, no, 2, "cancelled", "decline");
    declined.note = "The room is private that night".to_owned();
    night.hears(&declined).await;
    let mail = letter(&night.house, "No table this time: Agave Nights").await;
    says(&mail, &["The room is private that night", "Nothing was charged"]);

    let mut lapsed = held.clone();
    (lapsed.revision, lapsed.state, lapsed.change) = (3, "expired".to_owned(), "expire".to_owned());
    night.hears(&lapsed).await;
    letter(&night.house, "Your table 12 is free again: Agave Nights").await;
    // What was booked at once and ran out, and what its guest withdrew, is no news.
    let other = Uuid::now_v7();
    night.hears(&told(&night.event, other, &Uuid::now_v7().to_string(), 1, "expired")).await;
    night.hears(&request(&night.event, Uuid::now_v7(), 2, "cancelled", "cancel")).await;
    let count = "SELECT count(*) FROM emails WHERE template LIKE 'table%'";
    assert_eq!(night.house.count(count).await, 3);
}
