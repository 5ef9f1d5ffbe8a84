//! The places that an exchange takes: who may hold them, and who waits for them.

use messages::marketing_admin::v1::EventVisibility;
use purchase::inventory::OpenLimits;

use super::{BALCONY, CARD, DONE, REGULAR, VIP, id, to_pay};
use crate::stage::Stage;

/// Who has tickets holds no more places of a better type than anybody: otherwise free tickets were the key to a whole stock. Who pays
/// makes room. The control is the run without the limit.
#[tokio::test(flavor = "multi_thread")]
async fn what_exchanges_hold_counts_like_what_orders_hold() {
    for (tickets, second) in [(1, 409), (10_000, 303)] {
        let limits = OpenLimits { orders: 10, tickets, share: 0, addresses: 1 };
        let stage = Stage::open_with(limits).await.exchanges().await;
        let (one, first) = stage.bought(REGULAR, 1).await;
        let (other, later) = stage.bought(REGULAR, 1).await;
        let waits = to_pay(&stage.exchange(&one, &id(&first, 0), VIP).await);
        let answer = stage.exchange(&other, &id(&later, 0), VIP).await;
        assert_eq!(answer.status(), second, "{tickets}");
        stage.pay(&waits, CARD).await;
        stage.until_count(DONE, 1).await;
        if second == 409 {
            to_pay(&stage.exchange(&other, &id(&later, 0), VIP).await);
        }
        stage.audit().await;
    }
}

/// A night that only invited guests see has let its ticket holders in already.
#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_of_a_private_night_is_exchanged() {
    let mut stage = Stage::exchanging().await;
    let (order, paid) = stage.bought(REGULAR, 1).await;
    stage.event.revision += 1;
    (stage.event.visibility, stage.event.access_code) = (EventVisibility::Private.into(), "deck".into());
    stage.publish(&stage.event).await;
    assert_eq!(stage.exchange(&order, &id(&paid, 0), BALCONY).await.status(), 303);
    stage.until_count(DONE, 1).await;
    stage.audit().await;
}
