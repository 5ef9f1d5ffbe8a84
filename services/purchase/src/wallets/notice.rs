//! The worker that finds passes which show what is no longer so.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use uuid::Uuid;

use super::face::{Face, next_version};
use super::store::{self, Looked, StaleRow};
use crate::catalog::store::EventRow;
use crate::tickets::rule::Rule;
use crate::tickets::store::TicketRow;
use crate::{Shop, catalog, tickets};

/// Passes in one transaction.
const ROUND: i64 = 100;

/// Looks at passes whose ticket or night has another revision, and has the wallets told where a guest would see it. Gives how many it
/// looked at.
pub(crate) async fn work(shop: &Shop) -> Result<usize, DbError> {
    if shop.wallets.apple.is_none() && shop.wallets.google.is_none() {
        return Ok(0);
    }
    let now = shop.clock.now();
    shop.db.transaction(async |conn| look(conn, now).await).await
}

async fn look(conn: &mut Conn, now: DateTime<Utc>) -> Result<usize, DbError> {
    let stale = store::stale(conn, ROUND).await?;
    if stale.is_empty() {
        return Ok(0);
    }
    let ids: Vec<Uuid> = stale.iter().map(|pass| pass.ticket_id).collect();
    let found = tickets::store::all(conn, ids).await?;
    let rows: HashMap<Uuid, TicketRow> = found.into_iter().map(|(row, _)| (row.id, row)).collect();
    let nights = nights_of(conn, &stale).await?;
    let kinds: HashSet<Uuid> = rows.values().map(|row| row.ticket_type_id).collect();
    let rules = catalog::store::rules(conn, kinds.into_iter().collect()).await?;
    let mut apple: Vec<Uuid> = Vec::new();
    for pass in &stale {
        let (Some(ticket), Some(night)) = (rows.get(&pass.ticket_id), nights.get(&pass.event_id)) else {
            continue;
        };
        let rule = rules.get(&ticket.ticket_type_id).copied().unwrap_or_default();
        let looked = looked(pass, (ticket, rule), night, now);
        store::note(conn, pass, &looked).await?;
        if looked.changed_at != pass.changed_at && pass.wallet == "apple" {
            apple.push(pass.ticket_id);
        }
    }
    store::wake_devices(conn, apple, now).await?;
    Ok(stale.len())
}

async fn nights_of(conn: &mut Conn, stale: &[StaleRow]) -> Result<HashMap<Uuid, EventRow>, DbError> {
    let ids: HashSet<Uuid> = stale.iter().map(|pass| pass.event_id).collect();
    let mut nights = HashMap::new();
    for id in ids {
        if let Some(night) = catalog::store::event(conn, id).await? {
            nights.insert(id, night);
        }
    }
    Ok(nights)
}

fn looked(
    pass: &StaleRow,
    (ticket, rule): (&TicketRow, Rule),
    night: &EventRow,
    now: DateTime<Utc>,
) -> Looked {
    let face = Face {
        state: &ticket.state,
        holder: &ticket.holder_name,
        type_name: &ticket.type_name,
        times: (rule.from, rule.until_of(ticket.admit_until)),
        // As of one that is handed out: where it is good no more, nothing moves.
        moves: rule.moves && ticket.state == "valid",
    };
    let face = face.hash(night);
    let changed = face != pass.face;
    Looked {
        ticket_revision: ticket.revision,
        event_revision: night.revision,
        changed_at: if changed { next_version(pass.changed_at, now) } else { pass.changed_at },
        face,
        // Phones are told one by one; Google once for all who saved the pass.
        due_at: if changed && pass.wallet == "google" { Some(now) } else { pass.due_at },
    }
}
