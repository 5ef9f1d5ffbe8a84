//! What runs beside the requests: the relay, the consumers of `event.changed` and `promo.changed` and their comparison with the owner, the workers that bring money and places to their end, and those that number receipts and look for guests' tickets.

use std::sync::Arc;
use std::time::Duration;

use bus::{Bus, Consumer, Delivery, HandleError, Outcome};
use chrono::TimeDelta;
use db::{Conn, DbError};
use messages::marketing_admin::v1::{EventChanged, PromoChanged};
use messages::subjects;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use web::Context;

use crate::catalog::consume::{self, Applied, NotApplied};
use crate::catalog::live::Live;
use crate::my::search;
use crate::orders::answers;
use crate::payments::{inbox, store, sweep};
use crate::receipts::number;
use crate::{
    Shop, cancellations, credits, disputes, guest_list, my, new_dates, payouts, presales, promos,
    reconciliation, refunds, reminders, tickets, waiting_room, waitlist, wallets,
};

/// How long a webhook's body is kept once it was worked off.
const KEEP_BODIES: TimeDelta = TimeDelta::days(30);

/// Starts everything; it ends when the context is shut down.
pub(crate) fn start(shop: &Arc<Shop>, bus: &Bus, context: &Context, round: Duration) {
    let (db, clock, stop) = (shop.db.clone(), context.clock.clone(), context.shutdown.clone());
    context.spawn(bus::relay::run(db.clone(), bus.clone(), subjects::SALES, clock.clone(), stop.clone()));
    let events = Consumer::<EventChanged>::new("purchase_event_changed");
    context.spawn(events.run(db.clone(), bus.clone(), clock.clone(), stop.clone(), take));
    let promos = Consumer::<PromoChanged>::new("purchase_promo_changed");
    context.spawn(promos.run(db, bus.clone(), clock, stop.clone(), take_promo));

    context.spawn(shop.projections.clone().keep_whole(stop.clone()));

    let worker = shop.clone();
    context.spawn(rounds(
        "inbox",
        round,
        stop.clone(),
        shop.clone(),
        |s| &s.bells.inbox,
        async move || db::urgently(Box::pin(inbox::work(&worker))).await,
    ));
    let worker = shop.clone();
    context.spawn(rounds(
        "refunds",
        round,
        stop.clone(),
        shop.clone(),
        |s| &s.bells.refunds,
        async move || refunds::make::work(&worker).await,
    ));
    let worker = shop.clone();
    context.spawn(rounds(
        "late words of the door",
        round,
        stop.clone(),
        shop.clone(),
        |s| &s.bells.never,
        async move || refunds::late_word::work(&worker).await,
    ));
    let worker = shop.clone();
    context.spawn(rounds(
        "sweep",
        round,
        stop.clone(),
        shop.clone(),
        |s| &s.bells.sweep,
        async move || sweep::work(&worker).await,
    ));
    let worker = shop.clone();
    context.spawn(rounds(
        "cancellations",
        round,
        stop.clone(),
        shop.clone(),
        |s| &s.bells.cancellations,
        async move || cancellations::work::work(&worker).await,
    ));
    let worker = shop.clone();
    context.spawn(rounds(
        "new dates",
        round,
        stop.clone(),
        shop.clone(),
        |s| &s.bells.never,
        async move || new_dates::work::work(&worker).await,
    ));
    let worker = shop.clone();
    context.spawn(rounds(
        "reconciliation",
        round,
        stop.clone(),
        shop.clone(),
        |s| &s.bells.reconciliation,
        async move || reconciliation::work::work(&worker).await,
    ));
    let worker = shop.clone();
    context.spawn(rounds(
        "marks of disputes",
        round,
        stop.clone(),
        shop.clone(),
        |s| &s.bells.marks,
        async move || disputes::marks::work(&worker).await,
    ));
    let worker = shop.clone();
    context.spawn(rounds(
        "payouts",
        round,
        stop.clone(),
        shop.clone(),
        |s| &s.bells.payouts,
        async move || payouts::work::work(&worker).await,
    ));
    let worker = shop.clone();
    context.spawn(rounds(
        "receipts",
        round,
        stop.clone(),
        shop.clone(),
        |s| &s.bells.never,
        async move || number::work(&worker).await,
    ));
    let worker = shop.clone();
    context.spawn(rounds(
        "searches",
        round,
        stop.clone(),
        shop.clone(),
        |s| &s.bells.searches,
        async move || search::work(&worker).await,
    ));
    context.spawn(Live::run(shop.clone(), stop.clone()));
    let worker = shop.clone();
    context.spawn(rounds(
        "reminders",
        round,
        stop.clone(),
        shop.clone(),
        |s| &s.bells.never,
        async move || reminders::work::work(&worker).await,
    ));
    let worker = shop.clone();
    context.spawn(rounds(
        "presales",
        round,
        stop.clone(),
        shop.clone(),
        |s| &s.bells.never,
        async move || presales::work::work(&worker).await,
    ));
    context.spawn(waitlist::offers::listen(shop.clone(), stop.clone()));
    let worker = shop.clone();
    context.spawn(rounds(
        "waitlist",
        round,
        stop.clone(),
        shop.clone(),
        |s| &s.line,
        async move || waitlist::offers::work(&worker).await,
    ));
    let worker = shop.clone();
    context.spawn(rounds(
        "places in line",
        waiting_room::EVERY,
        stop.clone(),
        shop.clone(),
        |s| &s.rooms.bell,
        async move || waiting_room::numbers::work(&worker).await,
    ));
    let worker = shop.clone();
    context.spawn(rounds(
        "waiting rooms",
        round.min(waiting_room::EVERY),
        stop.clone(),
        shop.clone(),
        |s| &s.bells.never,
        async move || waiting_room::work::work(&worker).await,
    ));
    let worker = shop.clone();
    context.spawn(rounds(
        "guest list",
        round,
        stop.clone(),
        shop.clone(),
        |s| &s.bells.never,
        async move || guest_list::leave::work(&worker).await,
    ));
    let worker = shop.clone();
    context.spawn(rounds(
        "credits",
        round,
        stop.clone(),
        shop.clone(),
        |s| &s.bells.never,
        async move || credits::lapse::work(&worker).await,
    ));
    let worker = shop.clone();
    context.spawn(rounds(
        "passes in wallets",
        round,
        stop.clone(),
        shop.clone(),
        |s| &s.bells.never,
        async move || wallets::notice::work(&worker).await,
    ));
    let worker = shop.clone();
    context.spawn(rounds(
        "wallets",
        round,
        stop.clone(),
        shop.clone(),
        |s| &s.bells.never,
        async move || wallets::tell::work(&worker).await,
    ));
    let keeper = shop.clone();
    context.spawn(rounds(
        "forgetting",
        Duration::from_secs(3600),
        stop,
        shop.clone(),
        |s| &s.bells.never,
        async move || {
            let (now, mut conn) = (keeper.clock.now(), keeper.db.conn().await?);
            my::store::forget(&mut conn, now - my::KEPT).await?;
            waiting_room::store::forget(&mut conn, now - waiting_room::KEPT).await?;
            answers::forget(&mut conn, now - my::KEPT).await?;
            reminders::store::forget(&mut conn, now - my::KEPT).await?;
            tickets::store::forget_shares(&mut conn, now - my::KEPT).await?;
            wallets::store::forget(&mut conn, now - my::KEPT).await?;
            disputes::store::marks::forget(&mut conn, now, now - disputes::marks::KEPT).await?;
            store::forget_bodies(&mut conn, now - KEEP_BODIES).await.map(|_| 0)
        },
    ));
}

async fn take(conn: &mut Conn, message: EventChanged, delivery: Delivery) -> Result<Outcome, HandleError> {
    outcome(consume::apply(conn, &message, delivery.published_at).await)
}

async fn take_promo(
    conn: &mut Conn,
    message: PromoChanged,
    delivery: Delivery,
) -> Result<Outcome, HandleError> {
    outcome(promos::consume::apply(conn, &message, delivery.published_at).await)
}

fn outcome(applied: Result<Applied, NotApplied>) -> Result<Outcome, HandleError> {
    match applied {
        Ok(Applied::New) => Ok(Outcome::Applied),
        Ok(Applied::Stale) => Ok(Outcome::Stale),
        Err(NotApplied::Db(error)) => Err(error.into()),
        Err(never @ (NotApplied::Unreadable(_) | NotApplied::Foreign(..))) => Err(HandleError::never(never)),
    }
}

/// Works in rounds: when the bell rings, when the time has come, and again at once while there was something to do.
async fn rounds<Work>(
    name: &'static str,
    every: Duration,
    stop: CancellationToken,
    shop: Arc<Shop>,
    bell: fn(&Shop) -> &Notify,
    work: Work,
) where
    Work: AsyncFn() -> Result<usize, DbError>,
{
    let mut clock = tokio::time::interval(every);
    clock.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = bell(&shop).notified() => {}
            _ = clock.tick() => {}
        }
        loop {
            match work().await {
                Ok(done) if done > 0 && !stop.is_cancelled() => {}
                Ok(_) => break,
                Err(error) => {
                    tracing::warn!(%error, worker = name, "a round failed; the next one tries again");
                    break;
                }
            }
        }
    }
}
