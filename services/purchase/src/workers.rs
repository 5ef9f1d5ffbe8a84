//! What runs beside the requests: the relay, the consumers of `event.changed`, `floorplan.changed`, `promo.changed` and `account.changed` and their comparison with the owner, the keys of guests' sessions, those of `door.changed` and `reservation.checked_in`, the workers that bring money and places to their end, and those that number receipts and look for guests' tickets.

use std::sync::Arc;
use std::time::Duration;

use bus::{Bus, Consumer, Delivery, HandleError, Outcome};
use chrono::TimeDelta;
use db::{Conn, DbError};
use messages::marketing_admin::v1::{AccountChanged, EventChanged, FloorPlanChanged, PromoChanged};
use messages::scanner::v1::{DoorChanged, ReservationCheckedIn};
use messages::subjects;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use web::Context;

use crate::box_office::house;
use crate::catalog::consume::{self, Applied, NotApplied};
use crate::catalog::live::Live;
use crate::my::search;
use crate::orders::store::answers;
use crate::payments::{inbox, store, sweep};
use crate::receipts::number;
use crate::reservations::{check_in, hours, release, work_store};
use crate::{
    Shop, accounts, cancellations, credits, disputes, guest_list, my, new_dates, payouts, presales, promos,
    reconciliation, refunds, reminders, tables, tickets, waiting_room, waitlist, wallets,
};

/// How long a webhook's body is kept once it was worked off.
const KEEP_BODIES: TimeDelta = TimeDelta::days(30);

/// Starts everything; it ends when the context is shut down.
pub(crate) fn start(shop: &Arc<Shop>, bus: &Bus, context: &Context, round: Duration) {
    let (db, clock, stop) = (shop.db.clone(), context.clock.clone(), context.shutdown.clone());
    context.spawn(bus::relay::run(db.clone(), bus.clone(), subjects::SALES, clock.clone(), stop.clone()));
    let events = Consumer::<EventChanged>::new("purchase_event_changed");
    context.spawn(events.run(db.clone(), bus.clone(), clock.clone(), stop.clone(), take));
    let plans = Consumer::<FloorPlanChanged>::new("purchase_floorplan_changed");
    context.spawn(plans.run(db.clone(), bus.clone(), clock.clone(), stop.clone(), take_plan));
    let promos = Consumer::<PromoChanged>::new("purchase_promo_changed");
    context.spawn(promos.run(db.clone(), bus.clone(), clock.clone(), stop.clone(), take_promo));
    let accounts = Consumer::<AccountChanged>::new("purchase_account_changed");
    context.spawn(accounts.run(
        db.clone(),
        bus.clone(),
        clock.clone(),
        stop.clone(),
        accounts::consume::apply,
    ));
    let (keys, owner) = (shop.guest_keys.clone(), shop.marketing_admin.clone());
    context.spawn(accounts::keys::keep(keys, db.clone(), owner, clock.clone(), stop.clone()));
    // News of minutes, which the door says again: nothing to compare.
    let doors = Consumer::<DoorChanged>::new("purchase_door_changed");
    context.spawn(doors.run(db.clone(), bus.clone(), clock.clone(), stop.clone(), house::apply));
    let parties = Consumer::<ReservationCheckedIn>::new("purchase_reservation_checked_in");
    context.spawn(parties.run(db, bus.clone(), clock, stop.clone(), check_in::apply));

    context.spawn(shop.projections.clone().keep_whole(stop.clone()));

    // A macro and no function: a spawned future has to be Send, which no bound says of an `AsyncFn`'s.
    macro_rules! worker {
        ($name:literal, $every:expr, $($bell:ident).+, $work:path) => {{
            let (worker, stop) = (shop.clone(), stop.clone());
            context.spawn(rounds(
                $name,
                $every,
                stop,
                shop.clone(),
                |s| &s.$($bell).+,
                async move || $work(&worker).await,
            ));
        }};
    }
    let worker = shop.clone();
    context.spawn(rounds(
        "inbox",
        round,
        stop.clone(),
        shop.clone(),
        |s| &s.bells.inbox,
        async move || db::urgently(Box::pin(inbox::work(&worker))).await,
    ));
    worker!("refunds", round, bells.refunds, refunds::make::work);
    worker!("late words of the door", round, bells.never, refunds::late_word::work);
    worker!("sweep", round, bells.sweep, sweep::work);
    worker!("cancellations", round, bells.cancellations, cancellations::work::work);
    worker!("new dates", round, bells.never, new_dates::work::work);
    worker!("reconciliation", round, bells.reconciliation, reconciliation::work::work);
    worker!("marks of disputes", round, bells.marks, disputes::marks::work);
    worker!("payouts", round, bells.payouts, payouts::work::work);
    worker!("receipts", round, bells.never, number::work);
    worker!("searches", round, bells.searches, search::work);
    context.spawn(Live::run(shop.clone(), stop.clone()));
    context.spawn(tables::live::run(shop.clone(), stop.clone()));
    worker!("who waits for tables", round, bells.never, tables::line::tell::work);
    worker!("reminders", round, bells.never, reminders::work::work);
    worker!("presales", round, bells.never, presales::work::work);
    context.spawn(waitlist::offers::listen(shop.clone(), stop.clone()));
    worker!("waitlist", round, line, waitlist::offers::work);
    worker!("places in line", waiting_room::EVERY, rooms.bell, waiting_room::numbers::work);
    worker!("waiting rooms", round.min(waiting_room::EVERY), bells.never, waiting_room::work::work);
    worker!("guest list", round, bells.never, guest_list::leave::work);
    worker!("party hours", round, bells.never, hours::work);
    worker!("late parties", round, bells.never, release::work);
    worker!("erasures", round, bells.never, accounts::erase::work);
    worker!("credits", round, bells.never, credits::lapse::work);
    worker!("passes in wallets", round, bells.never, wallets::notice::work);
    worker!("wallets", round, bells.never, wallets::tell::work);
    forgetting(shop, context, stop);
}

/// Forgets what has been kept long enough, once an hour.
fn forgetting(shop: &Arc<Shop>, context: &Context, stop: CancellationToken) {
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
            work_store::forget(&mut conn, now - my::KEPT).await?;
            tables::line::store::forget(&mut conn, now - my::KEPT).await?;
            wallets::store::forget(&mut conn, now - my::KEPT).await?;
            accounts::store::forget(&mut conn, now - my::KEPT).await?;
            disputes::store::marks::forget(&mut conn, now, now - disputes::marks::KEPT).await?;
            store::forget_bodies(&mut conn, now - KEEP_BODIES).await.map(|_| 0)
        },
    ));
}

async fn take(conn: &mut Conn, message: EventChanged, delivery: Delivery) -> Result<Outcome, HandleError> {
    outcome(consume::apply(conn, &message, delivery.published_at).await)
}

async fn take_plan(
    conn: &mut Conn,
    message: FloorPlanChanged,
    delivery: Delivery,
) -> Result<Outcome, HandleError> {
    outcome(tables::consume::apply(conn, &message, delivery.published_at).await)
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
