//! The worker: has those who wait written to when a table comes free that takes their party.
//!
//! One transaction per table: the notes that it came free are done with, and the mails are asked for, together. So a table's freeing is
//! told once, whatever dies when. A table that somebody has again by then is told of to nobody.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use messages::purchase::v1::mail_asked::About;
use messages::purchase::v1::{Buyer, MailAsked, TableFreed};
use uuid::Uuid;

use super::link::TableLineLinks;
use super::store::{self, Freed, Waiting};
use crate::catalog::store::EventRow;
use crate::tables::floor::TableState;
use crate::tables::page::encoded;
use crate::tables::plan::{Plan, Table};
use crate::{Shop, catalog, tables};

/// Tells of every table that came free; says how many parties were written to. A table that can't be told of says why, and waits by
/// itself.
pub(crate) async fn work(shop: &Shop) -> Result<usize, DbError> {
    let freed = store::freed(&mut *shop.db.conn().await?).await?;
    let mut told = 0;
    for table in freed {
        match tell(shop, &table).await {
            Ok(parties) => told += parties,
            Err(error) => {
                tracing::error!(%error, table = %table.table_id, "who waits for a table could not be told; the next round tries again");
            }
        }
    }
    if told > 0 {
        shop.bus.wake_relay();
    }
    Ok(told)
}

async fn tell(shop: &Shop, freed: &Freed) -> Result<usize, DbError> {
    let now = shop.clock.now();
    shop.db
        .transaction(async |conn| {
            store::meet(conn, freed.event_id).await?;
            let Some(note) = store::take(conn, freed.table_id, now).await? else { return Ok(0) };
            let Some(free) = Free::look(conn, freed.event_id, now).await? else { return Ok(0) };
            let Some(table) = free.tables().find(|table| table.id == freed.table_id) else { return Ok(0) };
            let next = store::next(conn, freed, table.seats, now).await?;
            if next.is_empty() {
                return Ok(0);
            }
            let word = Word { event: &free.event, table, note, told: next.len(), now };
            let mails: Vec<MailAsked> =
                next.iter().map(|party| mail(&shop.table_line_links, &word, party)).collect();
            bus::outbox::add_all(conn, &mails, now).await?;
            store::told(conn, freed.table_id, &next, now).await?;
            Ok::<_, DbError>(next.len())
        })
        .await
}

/// The tables that can be had now, by the plan and the places as they stand.
pub(super) struct Free {
    pub event: EventRow,
    plan: Plan,
    states: HashMap<Uuid, TableState>,
}

impl Free {
    /// `None`: nothing of the night can be booked.
    pub(super) async fn look(
        conn: &mut Conn,
        event: Uuid,
        now: DateTime<Utc>,
    ) -> Result<Option<Self>, DbError> {
        let rows = tables::store::look(conn, event).await?;
        if !rows.as_slice().first().is_some_and(|row| row.open) {
            return Ok(None);
        }
        let Some(plan) = tables::store::plan(conn, event).await? else { return Ok(None) };
        let event = catalog::store::event(conn, event).await?;
        let Some(event) = event.filter(|event| event.ends_at > now) else { return Ok(None) };
        let states = rows.iter().map(|row| (row.id, TableState::of(row))).collect();
        Ok(Some(Self { event, plan, states }))
    }

    /// Which they are.
    pub(super) fn tables(&self) -> impl Iterator<Item = &Table> {
        let free = move |table: &&Table| self.states.get(&table.id) == Some(&TableState::Free);
        self.plan.tables.iter().filter(|table| table.for_sale).filter(free)
    }
}

/// What all who are told are told.
struct Word<'a> {
    event: &'a EventRow,
    table: &'a Table,
    /// That it came free: with the party's own, the mail's id.
    note: Uuid,
    told: usize,
    now: DateTime<Utc>,
}

fn mail(links: &TableLineLinks, word: &Word<'_>, party: &Waiting) -> MailAsked {
    let code = match party.access_code.as_str() {
        "" => String::new(),
        code => format!("&code={}", encoded(code)),
    };
    let (slug, table) = (&word.event.slug, word.table);
    MailAsked {
        mail_id: Uuid::new_v5(&word.note, party.id.as_bytes()).to_string(),
        recipient: Some(Buyer {
            name: party.name.clone(),
            email: party.email.clone(),
            language: party.language.clone(),
        }),
        about: Some(About::TableFreed(TableFreed {
            event_id: word.event.id.to_string(),
            table_id: table.id.to_string(),
            label: table.label.clone(),
            seats: table.seats,
            party: i64::from(party.party),
            told: i64::try_from(word.told).unwrap_or(i64::MAX),
            table_url: links.site(&format!("/e/{slug}/tables/{}?party={}{code}", table.id, party.party)),
            leave_url: links.site(&links.path(party.id)),
        })),
        asked_at: messages::millis(word.now),
    }
}
