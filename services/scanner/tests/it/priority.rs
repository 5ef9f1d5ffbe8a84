//! When everything asks at once, a guest at the door still comes in.

use domain::permission::Role;

use crate::house::{House, code_of};

/// Scans a good ticket while ordinary work holds every connection that it may.
async fn scan_in_a_rush(reserved: usize) -> (u16, String) {
    let house = House::open_keeping(reserved).await;
    let ticket = house.ticket().await;
    let mut held = Vec::new();
    for _ in 0..8 - reserved {
        held.push(house.pool.conn().await.expect("a connection"));
    }
    let answer = house.scan(&house.token(Role::DoorStaff), &house.scan_of(&code_of(&ticket))).await;
    drop(held);
    answer
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scan_is_answered_while_everything_else_waits() {
    let (status, said) = scan_in_a_rush(2).await;
    assert_eq!(status, 200, "{said}");
    assert!(said.contains("\"admit\""), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_connections_of_its_own_a_scan_would_wait_with_everybody() {
    let (status, said) = scan_in_a_rush(0).await;
    assert_eq!(status, 503, "{said}");
}
