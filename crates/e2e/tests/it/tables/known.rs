//! A party is known at the desk and at the door, whoever was away when it was made, and comes in once.

use super::*;
use futures::future::join_all;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_party_comes_in_once_however_many_of_it_are_scanned_at_once() -> Result<()> {
    let floor = Floor::open(3).await?;
    let guest = Guest::new(&floor.stack)?;
    let (_, order) = floor::take(&guest, &floor.event, floor.tables[0], 5).await?;
    let passes = codes(&order);
    assert_eq!(passes.len(), 5, "{order}");
    floor.door_expects(1).await;
    audit::holds(&floor.stack).await;

    let door = Door::open(&floor.stack, &floor.event).await?;
    let scanned = join_all(passes[..4].iter().map(|pass| door.admits(pass))).await;
    for told in &scanned {
        assert_eq!(told["decision"], "admit", "{told}");
        let party = &told["party"];
        assert_eq!((&party["booker"], &party["of"]), (&json!("Ana Guest"), &json!(5)), "{told}");
    }
    // Who comes in at the same instant does not see the other yet.
    let most = scanned.iter().filter_map(|told| told["party"]["inside"].as_i64()).max();
    assert!(most.is_some_and(|most| (1..=4).contains(&most)), "each says how many are in: {scanned:?}");
    floor.come_to("checked_in", 1).await;
    let told = "select count(*) as sum from scanner.outbox where subject = 'reservation.checked_in'";
    assert_eq!(audit::count(&floor.stack, told).await?, 1, "told once");
    audit::holds(&floor.stack).await;

    // A pass that comes later is one more of the party, and no second arrival.
    let last = door.scan(&passes[4]).await?;
    assert_eq!(last["party"]["inside"], 5, "{last}");
    assert_eq!(audit::count(&floor.stack, told).await?, 1, "and still once");
    // Somebody without a table is of no party.
    let (_, alone) = Guest::new(&floor.stack)?.buy(&floor.event, 1).await?;
    let alone = door.admits(&codes(&alone)[0]).await;
    assert_eq!((&alone["decision"], &alone["party"]), (&json!("admit"), &json!(null)), "{alone}");
    audit::holds(&floor.stack).await;
    Ok(())
}

/// Desk and door are away while a table is booked; both know of it when they come back, and its guests are let in.
#[tokio::test(flavor = "multi_thread")]
async fn who_was_away_when_a_table_was_booked_knows_of_it_afterwards() -> Result<()> {
    let mut floor = Floor::open(3).await?;
    for service in [Service::MarketingAdmin, Service::Scanner] {
        floor.stack.stop(service);
    }
    let guest = Guest::new(&floor.stack)?;
    let (_, order) = floor::take(&guest, &floor.event, floor.tables[1], 2).await?;
    for service in [Service::MarketingAdmin, Service::Scanner] {
        floor.stack.start_service(service).await?;
    }
    floor.door_expects(1).await;
    audit::holds(&floor.stack).await;
    let mails = guest.mails().await?;
    assert_eq!(mails.len(), 1, "the booker has one mail");
    let door = Door::open(&floor.stack, &floor.event).await?;
    assert_eq!(door.admits(&codes(&order)[0]).await["decision"], "admit");
    floor.come_to("checked_in", 1).await;
    audit::holds(&floor.stack).await;
    Ok(())
}

/// The door dies with a party before it, before its entry is committed and after. The phone asks again, and the party has arrived once.
#[tokio::test(flavor = "multi_thread")]
async fn a_party_arrives_once_when_the_door_dies_before_it() -> Result<()> {
    let mut floor = Floor::open(3).await?;
    for (arrived, (point, committed)) in (0..).zip([("S1", 0), ("S2", 1)]) {
        let table = floor.tables[arrived];
        let (_, order) = floor::take(&Guest::new(&floor.stack)?, &floor.event, table, 2).await?;
        floor.door_expects(1).await;
        audit::holds(&floor.stack).await;
        let before = i64::try_from(arrived)?;
        floor.arm(Service::Scanner, point).await?;
        let door = Door::open(&floor.stack, &floor.event).await?;
        let scan = door.body(&codes(&order)[0], &format!("nonce-of-an-answer-lost-at-{point}"));
        let lost = door.post(&scan).await;
        assert!(lost.map_or(true, |answer| !answer.status().is_success()), "the answer is lost at {point}");
        floor.dies(Service::Scanner).await;
        let came = "select count(*) as sum from scanner.party_check_ins";
        assert_eq!(audit::count(&floor.stack, came).await?, before + committed, "{point}");
        floor.stack.start_service(Service::Scanner).await?;
        let again: Value = door.post(&scan).await?.error_for_status()?.json().await?;
        assert_eq!((&again["decision"], &again["party"]["inside"]), (&json!("admit"), &json!(1)), "{again}");
        floor.come_to("checked_in", before + 1).await;
        assert_eq!(audit::count(&floor.stack, came).await?, before + 1, "{point}");
        audit::holds(&floor.stack).await;
    }
    Ok(())
}

/// What a phone decided without the network checks the party in when it is brought.
#[tokio::test(flavor = "multi_thread")]
async fn a_party_that_a_phone_let_in_without_network_has_arrived() -> Result<()> {
    let floor = Floor::open(2).await?;
    let (_, order) = floor::take(&Guest::new(&floor.stack)?, &floor.event, floor.tables[0], 2).await?;
    floor.door_expects(1).await;
    audit::holds(&floor.stack).await;
    let door = Door::open(&floor.stack, &floor.event).await?;
    let codes = codes(&order);
    let brought =
        [door.decided(&codes[0], "first", "admit", "ok"), door.decided(&codes[1], "second", "admit", "ok")];
    for _ in 0..2 {
        door.report(&brought).await?.error_for_status()?;
    }
    floor.come_to("checked_in", 1).await;
    audit::holds(&floor.stack).await;
    Ok(())
}
