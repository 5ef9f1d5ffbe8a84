//! However many want a table at once, and whatever dies meanwhile: one party has it, whole, and what it paid is what is booked.

use super::*;
use futures::future::join_all;

/// Many, for one table and at once.
const MANY: usize = 20;

#[tokio::test(flavor = "multi_thread")]
async fn of_twenty_parties_that_want_a_table_at_once_one_has_it() -> Result<()> {
    let floor = Floor::open(3).await?;
    let guests = (0..MANY).map(|_| Guest::new(&floor.stack)).collect::<Result<Vec<_>>>()?;
    let asked = guests.iter().map(|guest| {
        let body = floor::wish(&floor.event, floor.tables[0], 4, &guest.email);
        async move {
            let answer = guest.ask_for_table(&body, &Uuid::new_v4().to_string()).await?;
            if answer.status() == StatusCode::CREATED {
                let held = e2e::guest::placed(&answer.json().await?)?;
                guest.pay(&held, card::GOOD).await?;
                guest.order_becomes(&held, "paid").await;
                return anyhow::Ok(true);
            }
            assert_eq!(refused(answer).await?, (StatusCode::CONFLICT, "sold_out".to_owned()));
            Ok(false)
        }
    });
    let fates = join_all(asked).await.into_iter().collect::<Result<Vec<_>>>()?;
    assert_eq!(fates.iter().filter(|got_it| **got_it).count(), 1, "one party");
    floor.come_to("confirmed", 1).await;
    let seen = floor::seen(&floor.stack, &floor.slug, 1).await;
    assert_eq!((floor::states(&seen, "taken"), floor::states(&seen, "kept")), (1, 1), "{seen}");
    audit::holds(&floor.stack).await;
    Ok(())
}

/// What the club keeps, what has too few seats, and what is another night's is nobody's.
#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_can_not_be_had_is_refused_and_nothing_is_held() -> Result<()> {
    let floor = Floor::open(3).await?;
    let guest = Guest::new(&floor.stack)?;
    for (table, party) in [(floor.tables[2], 4), (floor.tables[0], floor::SEATS + 1), (Uuid::now_v7(), 4)] {
        let body = floor::wish(&floor.event, table, party, &guest.email);
        let answer = guest.ask_for_table(&body, &Uuid::new_v4().to_string()).await?;
        assert!(answer.status().is_client_error(), "{table} for {party}: {}", answer.status());
        refused(answer).await?;
    }
    // A table is no ticket: the checkout of tickets does not know it.
    let ticket = serde_json::json!({
        "event": floor.event["id"],
        "items": [{"ticket_type": floor.tables[0], "quantity": 1}],
        "buyer": {"name": "Ana Guest", "email": guest.email},
    });
    let answer = guest.ask_with(&ticket, &Uuid::new_v4().to_string()).await?;
    assert!(answer.status().is_client_error(), "{}", answer.status());
    assert_eq!(audit::count(&floor.stack, "select count(*) as sum from purchase.reservations").await?, 0);
    floor::seen(&floor.stack, &floor.slug, 2).await;
    audit::holds(&floor.stack).await;
    Ok(())
}

/// The ticket office dies on the way from the wish to the passes, at each of its points; the guest asks again under the same key.
#[tokio::test(flavor = "multi_thread")]
async fn a_table_is_booked_once_whatever_dies_on_the_way() -> Result<()> {
    let points = ["P1", "P2", "P6", "P7"];
    let mut floor = Floor::open(points.len() + 1).await?;
    for (point, table) in points.into_iter().zip(floor.tables.clone()) {
        floor.arm(Service::Purchase, point).await?;
        let guest = Guest::new(&floor.stack)?;
        let booking = tokio::spawn({
            let (guest, event) = (guest.clone(), floor.event.clone());
            async move { floor::take(&guest, &event, table, 3).await }
        });
        floor.dies(Service::Purchase).await;
        floor.stack.start_service(Service::Purchase).await?;
        let (_, order) = booking.await??;
        assert_eq!(codes(&order).len(), 3, "a pass for each, {point}: {order}");
    }
    floor.come_to("confirmed", i64::try_from(points.len())?).await;
    let orders = "select count(*) as sum from purchase.orders";
    assert_eq!(audit::count(&floor.stack, orders).await?, i64::try_from(points.len())?, "one order each");
    audit::holds(&floor.stack).await;
    Ok(())
}
