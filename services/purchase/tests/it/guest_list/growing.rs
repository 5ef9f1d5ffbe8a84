//! A party grows within stock and allotment, once however often it is asked for.

use chrono::TimeDelta;
use futures::future::join_all;
use messages::purchase::v1::OrderPaid;
use serde_json::{Value, json};
use tokio::sync::Barrier;

use super::{cut_off, tickets};
use crate::stage::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn a_party_grows_within_stock_and_allotment_and_shrinks_again_as_one() {
    let stage = Stage::open().await;
    stage.allot("DJ", Some(5)).await;
    let (_, entry) = stage.add("ana", &stage.guest(2, "DJ")).await;
    let (status, grown) = stage.stay(&entry, 4).await;
    assert_eq!((status, &grown), (200, &json!({"party": 4, "waiting": false})));
    assert_eq!(stage.stay(&entry, 4).await, (200, grown), "the same again brings nobody twice");
    assert_eq!(stage.sold().await, 4);
    let list = stage.listed().await;
    let one = &list["entries"][0];
    assert_eq!(list["entries"].as_array().map(Vec::len), Some(1), "one line: {list}");
    assert_eq!((&one["id"], &one["party"], &one["wanted"]), (&entry["id"], &json!(4), &json!(4)), "{list}");
    assert_eq!((tickets(&list).len(), one["more_urls"].as_array().map(Vec::len)), (4, Some(1)));
    assert_eq!(list["allotments"][0]["taken"], 4, "the promoter's");
    let paid: OrderPaid = stage.said("order.paid").await;
    assert_eq!((paid.tickets.len(), paid.promoter.as_str()), (2, "DJ"), "the new codes are mailed");
    let cut = cut_off(&stage).timestamp_millis();
    assert!(paid.tickets.iter().all(|ticket| ticket.admit_until == cut), "until the same time");
    let (status, refused) = stage.stay(&entry, 6).await;
    assert_eq!((status, &refused["code"]), (409, &json!("allotment_used")), "{refused}");
    let (status, refused) = stage.stay(&entry, 21).await;
    assert_eq!((status, &refused["errors"][0]["field"]), (422, &json!("party")), "{refused}");
    stage.audit_list().await;

    // Of those who came to it later one is inside: the others go, whichever gift they are of.
    let later = paid.tickets[0].ticket_id.clone();
    stage.door.inside(&later);
    assert_eq!(stage.stay(&entry, 1).await, (200, json!({"party": 1, "waiting": false})));
    assert_eq!(tickets(&stage.listed().await), [later]);
    assert_eq!(stage.stay(&entry, 0).await.1["party"], 1, "nobody inside is put out");
    assert_eq!(stage.sold().await, 1);
    for (action, times) in [("guest_list.added", 1), ("guest_list.grown", 1), ("guest_list.shrunk", 1)] {
        let rows =
            format!("SELECT count(*) FROM audit_log WHERE action = '{action}' AND staff_id IS NOT NULL");
        assert_eq!(stage.count(&rows).await, times, "{action}");
    }
    assert_eq!(stage.stay(&entry, 3).await.1["party"], 3, "and grows again");
    stage.audit_list().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_party_does_not_grow_while_the_door_is_asked_about_it_nor_from_nothing() {
    let stage = Stage::open().await;
    let (_, entry) = stage.add("ana", &stage.guest(2, "")).await;
    stage.door.silent(true);
    assert_eq!(stage.stay(&entry, 1).await.1["waiting"], true);
    for wish in [
        json!({"party": 3}),
        json!({"name": "Bea"}),
        json!({"admit_until": cut_off(&stage) + TimeDelta::hours(1)}),
    ] {
        let (status, refused) = stage.change(&entry, &wish).await;
        assert_eq!((status, &refused["code"]), (409, &json!("still_leaving")), "{wish}: {refused}");
    }
    stage.door.silent(false);
    assert_eq!(stage.stay(&entry, 0).await, (200, json!({"party": 0, "waiting": false})));
    let (status, refused) = stage.stay(&entry, 2).await;
    assert_eq!((status, &refused["code"]), (409, &json!("invalid_state")), "{refused}");
    assert_eq!(stage.sold().await, 0);
    stage.audit_list().await;
}

/// Parties that grow and guests who buy take from one stock, down to the last place.
#[tokio::test(flavor = "multi_thread")]
async fn parties_that_grow_and_the_shop_take_from_one_stock() {
    let stage = Stage::open().await;
    stage.resize(2, 30).await;
    let keys: Vec<String> = (0..10).map(|n| format!("guest-{n}")).collect();
    let guest = stage.guest(1, "");
    let entries: Vec<Value> = join_all(keys.iter().map(|key| stage.add(key, &guest)))
        .await
        .into_iter()
        .map(|(_, entry)| entry)
        .collect();
    let wish = stage.wish(0, 1);
    let grown = join_all(entries.iter().map(|entry| stage.stay(entry, 3)));
    let bought = join_all(keys.iter().map(|key| stage.checkout(key, &wish)));
    let (grown, bought) = tokio::join!(grown, bought);
    let more = 2 * grown.iter().filter(|(status, _)| *status == 200).count();
    let held = bought.iter().filter(|(status, _)| *status == 201).count();
    assert!(10 + more + held <= 30, "{more} + {held}");
    assert!(10 + more + held >= 29, "what is left is too little for two: {more} + {held}");
    for (status, body) in &grown {
        assert!(*status == 200 || (*status == 409 && body["code"] == "sold_out"), "{status} {body}");
    }
    stage.audit_list().await;
}

const AT_ONCE: usize = 8;

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_make_a_party_larger_at_once_one_does() {
    let stage = Stage::open().await;
    let (_, entry) = stage.add("ana", &stage.guest(2, "")).await;
    for (status, body) in join_all((0..AT_ONCE).map(|_| stage.stay(&entry, 4))).await {
        assert_eq!((status, &body["party"]), (200, &json!(4)), "{body}");
    }
    assert_eq!(stage.listed().await["entries"][0]["party"], 4);
    assert_eq!(stage.sold().await, 4);
    stage.audit_list().await;
}

/// The control: who looks at the size, and then brings what is missing under a key of their own, brings too many.
#[tokio::test(flavor = "multi_thread")]
async fn the_same_without_the_common_key_brings_too_many() {
    let stage = Stage::open().await;
    let guest = stage.guest(2, "");
    stage.add("ana", &guest).await;
    let all_have_looked = Barrier::new(AT_ONCE);
    let brought = join_all((0..AT_ONCE).map(|n| {
        let (stage, guest, all_have_looked) = (&stage, &guest, &all_have_looked);
        async move {
            let party = stage.count("SELECT sum(party) FROM guest_list").await;
            all_have_looked.wait().await;
            if party < 4 { stage.add(&format!("naive-{n}"), guest).await.0 } else { 0 }
        }
    }))
    .await;
    assert!(brought.iter().all(|status| *status == 200), "{brought:?}");
    let party = stage.count("SELECT sum(party) FROM guest_list").await;
    assert!(party > 4, "the rush is no test: {party}");
}
