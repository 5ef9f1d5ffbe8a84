//! The worker: lets offers lapse, and offers what is free to whose turn it is.
//!
//! One transaction per night: its lines are in one pair of hands, all its stock rows are locked, and what lapses, what is
//! offered, what it holds and what the mail is told are written together. Whatever dies when, a place is held for one party
//! or free, and the next round goes on.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use domain::event::SaleState;
use domain::waitlist::{Party, Turn, turns};
use messages::purchase::v1::WaitlistChanged;
use settings::crash;
use uuid::Uuid;

use super::store::{self, EntryRow};
use super::{CHANNEL, changed};
use crate::catalog::store::{EventRow, TypeRow};
use crate::{Shop, catalog, inventory};

/// What was done at a night's lines.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Done {
    offered: usize,
    lapsed: usize,
    closed: usize,
}

/// Rings the worker's bell whenever places came free or somebody joined, in whatever process.
pub async fn listen(shop: std::sync::Arc<Shop>, stop: tokio_util::sync::CancellationToken) {
    let mut listener = shop.db.listen(CHANNEL);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = listener.next() => {
                listener.drain();
                shop.line.notify_one();
            }
        }
    }
}

/// Works at the lines of all nights where there is something to do; says how much there was. A night that can't be worked at says
/// why, and waits by itself.
pub async fn work(shop: &Shop) -> Result<usize, DbError> {
    let mut conn = shop.db.conn().await?;
    let nights = store::due(&mut conn, shop.clock.now()).await?;
    drop(conn);
    let mut count = 0;
    for night in nights {
        let done = match serve(shop, night).await {
            Ok(done) => done,
            // The lines of other nights do not wait for it.
            Err(error) => {
                tracing::error!(%error, event = %night, "the lines of a night could not be worked at; the next round tries again");
                shop.metrics.line_failed();
                continue;
            }
        };
        shop.metrics.line_served(done.offered, done.lapsed, done.closed);
        if done.offered > 0 {
            shop.bus.wake_relay();
        }
        count += done.offered + done.lapsed + done.closed;
    }
    let mut conn = shop.db.conn().await?;
    let (waiting, open) = store::totals(&mut conn).await?;
    shop.metrics.line(waiting, open);
    Ok(count)
}

async fn serve(shop: &Shop, event: Uuid) -> Result<Done, DbError> {
    let now = shop.clock.now();
    shop.db
        .transaction(async |conn| {
            if !store::take_night(conn, event).await? {
                return Ok(Done::default());
            }
            // The stock rows first, as in every path that touches them.
            inventory::store::lock_night(conn, event).await?;
            let Some(night) = Night::read(conn, event).await? else { return Ok(Done::default()) };
            let lapsed = store::lapse(conn, event, night.is_off(now), now).await?;
            inventory::store::hold_for_line(conn, &moved(&lapsed, -1)).await?;
            let closed = store::close(conn, &night.closed(now), now).await?;
            let offered = offer(shop, conn, &night, now).await?;
            crash::point("W1");
            Ok::<_, DbError>(Done { offered, lapsed: lapsed.len(), closed })
        })
        .await
}

/// Offers what is free to whose turn it is; says to how many.
async fn offer(shop: &Shop, conn: &mut Conn, night: &Night, now: DateTime<Utc>) -> Result<usize, DbError> {
    let waiting = store::waiting(conn, night.event.id).await?;
    let mut line: Vec<(EntryRow, &TypeRow)> = waiting
        .into_iter()
        .filter_map(|row| night.types.get(&row.ticket_type_id).map(|kind| (row, kind)))
        .filter(|(_, kind)| night.is_open(kind, now))
        .collect();
    for (row, kind) in &mut line {
        row.stock_ids = std::iter::once(kind.id).chain(kind.shared_cap_id).collect();
        // The club may have made a group larger or smaller since.
        let group = i32::try_from(kind.terms().places.max(1)).unwrap_or(i32::MAX);
        row.places = row.party.saturating_mul(group);
    }
    let parties: Vec<Party> = line
        .iter()
        .map(|(row, _)| Party {
            limits: row.stock_ids.clone(),
            tickets: i64::from(row.places),
            short_since: row.short_since,
        })
        .collect();
    let left = catalog::store::left(conn, &[night.event.id]).await?;
    let turns = turns(&parties, left, now);
    let short = line.iter().zip(&turns).filter(|(_, turn)| **turn == Turn::Short);
    let short: Vec<Uuid> = short.map(|((row, _), _)| row.id).collect();
    store::note_short(conn, night.event.id, &short, now).await?;

    let next = line.into_iter().zip(turns).filter(|(_, turn)| *turn == Turn::Offer);
    let (mut offers, mut messages): (Vec<EntryRow>, Vec<WaitlistChanged>) = (Vec::new(), Vec::new());
    for ((mut row, kind), _) in next {
        "offered".clone_into(&mut row.state);
        row.offered_until = Some((now + shop.rules.offer).min(night.closes(kind)));
        messages.push(changed(&row, &kind.name, &shop.line_links, now));
        offers.push(row);
    }
    if offers.is_empty() {
        return Ok(0);
    }
    inventory::store::hold_for_line(conn, &moved(&offers, 1)).await?;
    store::offer(conn, &offers, now).await?;
    bus::outbox::add_all(conn, &messages, now).await?;
    Ok(offers.len())
}

/// The places of some offers, by the limits they are held in.
pub(super) fn moved(offers: &[EntryRow], sign: i64) -> BTreeMap<Uuid, i64> {
    let mut places: BTreeMap<Uuid, i64> = BTreeMap::new();
    for (limit, offer) in offers.iter().flat_map(|row| row.stock_ids.iter().map(move |id| (*id, row))) {
        *places.entry(limit).or_default() += sign * i64::from(offer.places);
    }
    places
}

/// A night, as far as its lines go.
struct Night {
    event: EventRow,
    types: HashMap<Uuid, TypeRow>,
}

impl Night {
    async fn read(conn: &mut Conn, id: Uuid) -> Result<Option<Self>, DbError> {
        let Some(event) = catalog::store::event(conn, id).await? else { return Ok(None) };
        let types = catalog::store::all_types(conn, id).await?;
        Ok(Some(Self { event, types: types.into_iter().map(|row| (row.id, row)).collect() }))
    }

    /// Whether it does not take place, or is over.
    fn is_off(&self, now: DateTime<Utc>) -> bool {
        matches!(self.event.status.as_str(), "cancelled" | "archived") || self.event.ends_at <= now
    }

    /// When the sale of a type ends.
    fn closes(&self, kind: &TypeRow) -> DateTime<Utc> {
        kind.sale_until.map_or(self.event.ends_at, |until| until.min(self.event.ends_at))
    }

    /// Whether places of a type can be offered now.
    fn is_open(&self, kind: &TypeRow, now: DateTime<Utc>) -> bool {
        self.event.status == "published"
            && !kind.withdrawn
            && SaleState::at(kind.sale_from, self.closes(kind), now) == SaleState::Open
    }

    /// The types of which nothing will be sold any more.
    fn closed(&self, now: DateTime<Utc>) -> Vec<Uuid> {
        let off = self.is_off(now);
        let over = |kind: &TypeRow| off || kind.withdrawn || self.closes(kind) <= now;
        let closed: HashSet<Uuid> =
            self.types.values().filter(|kind| over(kind)).map(|kind| kind.id).collect();
        closed.into_iter().collect()
    }
}
