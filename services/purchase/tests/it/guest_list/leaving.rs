//! Who leaves the list leaves the place to others, unless already inside.

use messages::purchase::v1::{OrderRefunded, RefundReason};
use serde_json::json;

use super::{order_of, tickets};
use crate::stage::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn who_is_taken_off_has_a_bad_code_and_the_place_goes_to_the_line() {
    let stage = Stage::open().await;
    stage.resize(2, 3).await;
    let (_, entry) = stage.add("ana", &stage.guest(3, "DJ")).await;
    stage.join("bea@example.org", 2).await;
    let before = tickets(&stage.listed().await);
    let (status, left) = stage.stay(&entry, 1).await;
    assert_eq!((status, &left), (200, &json!({"party": 1, "waiting": false})));
    stage.until_state("bea@example.org", "offered").await;
    let after = tickets(&stage.listed().await);
    assert_eq!(after.len(), 1);
    assert!(before.contains(&after[0]));
    let told: OrderRefunded = stage.said("order.refunded").await;
    assert_eq!((told.reason(), told.amount_minor, told.ticket_ids.len()), (RefundReason::GuestList, 0, 2));
    assert!(told.ticket_ids.iter().all(|id| before.contains(id) && !after.contains(id)));
    let bad = "SELECT count(*) FROM tickets WHERE state = 'cancelled' AND revision = 2 AND place_freed";
    assert_eq!(stage.count(bad).await, 2);
    let heard = "SELECT count(*) FROM outbox WHERE subject = 'ticket.changed' AND revision = 2";
    assert_eq!(stage.count(heard).await, 2, "the door hears of each");
    stage.audit_list().await;

    // The same again changes nothing; what is offered to the line is nobody else's.
    assert_eq!(stage.stay(&entry, 1).await, (200, left));
    let (status, body) = stage.stay(&entry, 2).await;
    assert_eq!((status, &body["code"]), (409, &json!("sold_out")));
    assert_eq!(stage.stay(&entry, 0).await.1["party"], 0);
    assert_eq!(stage.stay(&entry, 0).await.1["party"], 0, "a double click");
    assert_eq!(stage.listed().await["entries"], json!([]));
    let order = order_of(&entry);
    assert_eq!(stage.order_now(&order).await["state"], "refunded");
    let html = stage.get(&order.page).await.text().await.expect("a page");
    assert!(
        html.contains("No longer valid")
            && html.contains("cost nothing")
            && !html.contains("Your money goes back"),
        "{html}"
    );
    for (action, times) in [("guest_list.shrunk", 1), ("guest_list.removed", 1)] {
        let rows = format!(
            "SELECT count(*) FROM audit_log WHERE action = '{action}' AND target = '{}'",
            order.reference
        );
        assert_eq!(stage.count(&rows).await, times, "{action}");
    }
    assert_eq!(stage.stay(&json!({"id": uuid::Uuid::now_v7()}), 0).await.0, 404);
    stage.audit_list().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_inside_stays_and_the_others_go() {
    let stage = Stage::open().await;
    let (_, entry) = stage.add("ana", &stage.guest(4, "DJ")).await;
    let all = tickets(&stage.listed().await);
    let ordinals = "SELECT count(*) FROM tickets WHERE ordinal = 4 AND state = 'valid'";
    assert_eq!(stage.count(ordinals).await, 1);
    // Two of them have come in.
    stage.door.inside(&all[0]);
    stage.door.inside(&all[2]);
    let (status, left) = stage.stay(&entry, 3).await;
    assert_eq!((status, &left["party"]), (200, &json!(3)), "{left}");
    let (status, left) = stage.stay(&entry, 0).await;
    assert_eq!((status, &left), (200, &json!({"party": 2, "waiting": false})), "nobody inside is put out");
    let mut inside = vec![all[0].clone(), all[2].clone()];
    let mut stay = tickets(&stage.listed().await);
    inside.sort();
    stay.sort();
    assert_eq!(stay, inside);
    assert_eq!(stage.sold().await, 2);
    assert_eq!(stage.order_now(&order_of(&entry)).await["state"], "paid");
    stage.audit_list().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_door_is_asked_again_and_nothing_is_given_twice_meanwhile() {
    let stage = Stage::open().await;
    let (_, entry) = stage.add("ana", &stage.guest(2, "DJ")).await;
    stage.door.silent(true);
    let (status, left) = stage.stay(&entry, 1).await;
    assert_eq!((status, &left), (200, &json!({"party": 2, "waiting": true})));
    let list = stage.listed().await;
    assert_eq!((&list["entries"][0]["party"], &list["entries"][0]["wanted"]), (&json!(2), &json!(1)));
    assert_eq!(stage.sold().await, 2, "the places are theirs until the door says who is inside");
    // What is spoken for can't slip away to somebody else.
    let ticket = tickets(&list).remove(0);
    let order = order_of(&entry);
    let name = order.page.replacen('?', &format!("/tickets/{ticket}/name?"), 1);
    let renamed = stage.send(&name, &[("name", "Bea")]).await;
    assert_eq!(renamed.status(), 409, "{renamed:?}");
    stage.audit_list().await;

    stage.door.silent(false);
    stage.sql("UPDATE guest_list SET next_try_at = now()").await;
    stage.until_count("SELECT count(*) FROM guest_list WHERE asked_at IS NULL AND party = 1", 1).await;
    assert_eq!(stage.sold().await, 1);
    stage.audit_list().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_on_the_list_is_taken_off_there_and_not_given_back() {
    let stage = Stage::open().await;
    let (_, entry) = stage.add("ana", &stage.guest(2, "DJ")).await;
    let order = order_of(&entry);
    let (status, refused) = stage.give_back(&order, "all", json!({})).await;
    assert_eq!((status, &refused["code"]), (409, &json!("invalid_state")), "{refused}");
    assert!(refused["detail"].as_str().is_some_and(|why| why.contains("guest list")), "{refused}");
    let path = format!("/internal/v1/orders/{}", order.reference);
    assert_eq!(stage.inside("marketing-admin", &path, None).await.1["guest_list"], true);
    stage.audit_list().await;
}
