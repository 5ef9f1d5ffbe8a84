//! From a wish to free places: what the door's word means for an entry of which fewer are to stay. Called by the request that
//! wishes, and by the worker for an entry whose request died or whose door was silent.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use db::{Conn, DbError};
use domain::guest_list::{Head, MOST_GUESTS, who_goes};
use domain::ids::GuestEntryId;
use messages::purchase::v1::{Buyer, OrderRefunded, RefundReason, SettledHow};
use uuid::Uuid;

use super::store::{self, EntryRow};
use crate::orders::store::OrderRow;
use crate::refunds::Word;
use crate::tickets::store::{self as tickets, TicketRow};
use crate::tickets::{changed, channel_of};
use crate::{Shop, inventory, orders};

/// How long an entry is nobody else's: longer than a door is waited for, so often as one round asks.
pub(super) const CLAIM: TimeDelta = TimeDelta::seconds(30);
/// Between two questions to a silent door.
const ASK_AGAIN: TimeDelta = TimeDelta::seconds(3);
/// Entries of one round.
const AT_ONCE: i64 = 20;

/// Goes on with all entries whose turn has come; says how many there were.
pub(crate) async fn work(shop: &Shop) -> Result<usize, DbError> {
    let now = shop.clock.now();
    let due = store::due(&mut *shop.db.conn().await?, now, now + CLAIM, AT_ONCE).await?;
    for id in &due {
        if let Err(error) = settle(shop, *id).await {
            tracing::warn!(%error, entry = %id, "an entry of the guest list waits for its next turn");
        }
    }
    Ok(due.len())
}

/// Asks the door and takes back what nobody came in with. Each answer tells of somebody inside whom we did not know, or ends it.
pub(super) async fn settle(shop: &Shop, id: GuestEntryId) -> Result<(), DbError> {
    let mut inside = BTreeSet::new();
    for _ in 0..=MOST_GUESTS {
        let Some((entry, going)) = look(shop, id, &inside).await? else { return Ok(()) };
        if !going.is_empty() {
            match shop.doors.take_off(entry.event_id, &going).await {
                Word::Revoked(_) => {}
                Word::Inside(found) => {
                    inside.extend(found.iter().map(|one| one.ticket));
                    continue;
                }
                Word::Silent => break,
            }
        }
        let now = shop.clock.now();
        let done = shop.db.transaction(async |conn| take_off(conn, id, &going, &inside, now).await).await?;
        shop.bus.wake_relay();
        if done {
            return Ok(());
        }
    }
    let mut conn = shop.db.conn().await?;
    store::put_off(&mut conn, id, shop.clock.now() + ASK_AGAIN).await
}

/// An entry of which fewer are to stay, and whose tickets would go; none where nobody waits.
async fn look(
    shop: &Shop,
    id: GuestEntryId,
    inside: &BTreeSet<Uuid>,
) -> Result<Option<(EntryRow, Vec<Uuid>)>, DbError> {
    let mut conn = shop.db.conn().await?;
    let Some(entry) = store::find(&mut conn, id).await?.filter(|entry| entry.asked_at.is_some()) else {
        return Ok(None);
    };
    let heads = heads(&mut conn, &entry).await?;
    let going = who_is_to_go(&heads, &entry, inside);
    Ok(Some((entry, going)))
}

/// The tickets of an entry that have a place.
async fn heads(conn: &mut Conn, entry: &EntryRow) -> Result<Vec<TicketRow>, DbError> {
    let mut heads = tickets::of_order(conn, entry.order()).await?;
    heads.retain(|ticket| !ticket.place_freed);
    heads.sort_by_key(|ticket| (ticket.order_line_id, ticket.ordinal));
    Ok(heads)
}

fn who_is_to_go(heads: &[TicketRow], entry: &EntryRow, inside: &BTreeSet<Uuid>) -> Vec<Uuid> {
    let heads: Vec<Head> = heads
        .iter()
        .map(|ticket| Head { ticket: ticket.id.into(), inside: inside.contains(&ticket.id) })
        .collect();
    who_goes(&heads, entry.wanted.unsigned_abs()).into_iter().map(Into::into).collect()
}

/// The door has made these codes bad: the tickets are cancelled, their places free. `false`: the tickets had changed meanwhile,
/// and others must go.
async fn take_off(
    conn: &mut Conn,
    id: GuestEntryId,
    going: &[Uuid],
    inside: &BTreeSet<Uuid>,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    let Some(found) = store::find(conn, id).await? else { return Ok(true) };
    let mut order = orders::store::lock(conn, found.order()).await?.ok_or(DbError::NotFound)?;
    let Some(entry) = store::lock(conn, id).await?.filter(|entry| entry.asked_at.is_some()) else {
        return Ok(true);
    };
    let (gone, stay): (Vec<TicketRow>, Vec<TicketRow>) =
        heads(conn, &entry).await?.into_iter().partition(|ticket| going.contains(&ticket.id));
    let (ids, lines): (Vec<Uuid>, Vec<Uuid>) =
        gone.iter().map(|ticket| (ticket.id, ticket.order_line_id)).unzip();
    let live = stay.iter().any(TicketRow::is_live);
    for mut ticket in gone {
        ticket.place_freed = true;
        let told = ticket.is_live();
        if told {
            "cancelled".clone_into(&mut ticket.state);
            ticket.revision += 1;
            ticket.changed_at = now;
        }
        tickets::set_state(conn, &ticket).await?;
        if told {
            bus::outbox::add(conn, &changed(&ticket, &order.reference), now).await?;
        }
    }
    // A night that was called off has told its guests already.
    if !ids.is_empty() && order.state == "paid" {
        tell(conn, &mut order, ids, live, now).await?;
    }
    inventory::store::take_back(conn, &lines).await?;
    let freed = i32::try_from(lines.len()).unwrap_or(i32::MAX);
    if let Some(key) = entry.promoter_key.as_deref().filter(|_| freed > 0) {
        store::take(conn, entry.event_id, key, -i64::from(freed)).await?;
    }
    let done = who_is_to_go(&stay, &entry, inside).is_empty();
    store::set_party(conn, id, entry.party - freed, done).await?;
    Ok(done)
}

/// What the desk and the guest hear: no money goes back whose return would tell them. An order without a good ticket is over.
async fn tell(
    conn: &mut Conn,
    order: &mut OrderRow,
    taken: Vec<Uuid>,
    live: bool,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let revision = if live {
        orders::store::next_revision(conn, order.key()).await?
    } else {
        let over = order.state().refund(now).map_err(orders::illegal)?;
        orders::store::step(conn, order, over).await?;
        order.revision
    };
    let sold = tickets::as_sold(conn, taken.clone()).await?;
    let message = OrderRefunded {
        order_id: order.id.to_string(),
        revision,
        reference: order.reference.clone(),
        event_id: order.event_id.to_string(),
        refund_id: Uuid::now_v7().to_string(),
        currency: order.currency.clone(),
        amount_minor: 0,
        ticket_ids: sold.iter().map(Uuid::to_string).collect(),
        reason: RefundReason::GuestList.into(),
        buyer: Some(Buyer {
            name: order.buyer_name.clone(),
            email: order.buyer_email.clone(),
            language: order.language.clone(),
        }),
        refunded_at: messages::millis(now),
        channel: channel_of(order).into(),
        due_at_venue_minor: 0,
        credit_minor: 0,
        credit_code: String::new(),
        credit_until: 0,
        lost: tickets::lost(conn, taken).await?,
        settled_how: SettledHow::Unspecified.into(),
        waitlist_url: String::new(),
        instead_url: String::new(),
    };
    bus::outbox::add(conn, &message, now).await?;
    Ok(())
}
