//! Deposits that come after the hold has ended: the table where it is free, the money back where it is not.

use super::*;
use e2e::guest::Placed;
use serde_json::json;

/// As after a restored backup: the hold has ended here, and everywhere, while its payment page lives on.
const ENDED: &str = "
    update purchase.attempts set state = 'dead', settled_at = now()
     where order_id in (select id from purchase.orders where state = 'pending');
    update purchase.stock set held = 0
     where id in (select x.table_id from purchase.reserved_tables x join purchase.reservations r on r.id = x.reservation_id
                  where r.state = 'pending');
    update purchase.orders set state = 'expired', expired_at = now() where state = 'pending';
    update purchase.reservations set state = 'expired' where state = 'pending';
    update marketing_admin.reservations set state = 'expired' where state = 'pending';
    update scanner.parties set state = 'expired' where state = 'pending'";

/// A guest whose hold of a table has ended, and who can still pay.
async fn too_slow(floor: &Floor, table: Uuid) -> Result<(Guest, Placed)> {
    let guest = Guest::new(&floor.stack)?;
    let held = floor::book(&guest, &floor.event, table, 4).await;
    // All have heard of it before it is changed behind their backs.
    audit::holds(&floor.stack).await;
    audit::change(&floor.stack, ENDED).await?;
    Ok((guest, held))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_deposit_gets_the_table_where_nobody_else_has_it_and_goes_back_where_somebody_has()
-> Result<()> {
    let floor = Floor::open(3).await?;
    let (late, held) = too_slow(&floor, floor.tables[0]).await?;
    let (_, theirs) = floor::take(&Guest::new(&floor.stack)?, &floor.event, floor.tables[0], 2).await?;
    late.pay(&held, card::GOOD).await?;
    let refunded = late.order_becomes(&held, "refunded").await;
    assert_eq!(refunded["refunds"][0]["reason"], "late_payment", "{refunded}");
    assert_eq!(codes(&refunded).len(), 0, "money back, no passes");
    assert_eq!(codes(&theirs).len(), 2);
    floor.come_to("confirmed", 1).await;
    audit::holds(&floor.stack).await;

    let (lucky, held) = too_slow(&floor, floor.tables[1]).await?;
    lucky.pay(&held, card::GOOD).await?;
    let order = lucky.order_becomes(&held, "paid").await;
    assert_eq!(codes(&order).len(), 4, "the table was still free: {order}");
    floor.come_to("confirmed", 2).await;
    let seen = floor::seen(&floor.stack, &floor.slug, 0).await;
    assert_eq!((floor::states(&seen, "taken"), floor::states(&seen, "kept")), (2, 1), "{seen}");
    audit::holds(&floor.stack).await;
    Ok(())
}

/// The card is declined and the hold ends: the table is free for the next, and the first hears nothing of a table.
#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_nobody_paid_for_is_free_again_for_one_party() -> Result<()> {
    let floor = Floor::open(2).await?;
    let slow = Guest::new(&floor.stack)?;
    let held = floor::book(&slow, &floor.event, floor.tables[0], 2).await;
    slow.pay(&held, card::DECLINED).await?;
    let over = "update purchase.orders set held_until = now() - interval '1 minute', next_check_at = now()
                where state = 'pending'";
    audit::change(&floor.stack, over).await?;
    slow.order_becomes(&held, "expired").await;
    floor.come_to("expired", 1).await;
    floor::seen(&floor.stack, &floor.slug, 1).await;
    let next = Guest::new(&floor.stack)?;
    let (_, order) = floor::take(&next, &floor.event, floor.tables[0], 3).await?;
    assert_eq!((codes(&order).len(), &order["state"]), (3, &json!("paid")), "{order}");
    audit::holds(&floor.stack).await;
    assert_eq!(slow.mails().await?.len(), 0, "who did not pay has no mail");
    Ok(())
}
