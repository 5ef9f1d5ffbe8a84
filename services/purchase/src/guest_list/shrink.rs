//! Fewer of a party are to come, or nobody. Who joined it last goes first; who is inside stays.

use std::collections::BTreeSet;

use audit::Actor;
use domain::ids::GuestEntryId;
use serde_json::json;
use uuid::Uuid;
use web::Fault;

use super::change::wanted;
use super::leave::{self, CLAIM};
use super::store::{self, PartyRow};
use crate::Shop;

/// Writes the wish down, asks the door, and goes on while it has guests inside of whom others could go instead.
pub(super) async fn shrink(shop: &Shop, id: GuestEntryId, stay: u32, actor: &Actor) -> Result<(), Fault> {
    let mut inside = BTreeSet::new();
    loop {
        let asked = ask(shop, id, stay, &inside, actor).await?;
        for share in &asked {
            // On record: whatever comes of this, the worker goes on with it.
            if let Err(error) = leave::settle(shop, share.entry.into()).await {
                tracing::warn!(%error, entry = %share.entry, "an entry of the guest list waits for its next turn");
            }
        }
        let party = store::party(&mut *shop.db.conn().await?, id).await?;
        // Whoever is left of these is inside.
        let found: Vec<Uuid> = party.iter().filter(|row| stays(row, &asked)).map(|row| row.id).collect();
        inside.extend(&found);
        if found.is_empty() || wanted(&party) <= stay {
            return Ok(());
        }
    }
}

/// A gift of a party of which the door is asked.
struct Share {
    entry: Uuid,
    /// How many of it were to stay before.
    wanted: i32,
    /// How many of it are to stay now.
    left: i32,
}

/// Whether more of a gift stay than were to, and the door has spoken.
fn stays(row: &PartyRow, asked: &[Share]) -> bool {
    let share = asked.iter().find(|share| share.entry == row.id);
    row.asked_at.is_none() && share.is_some_and(|share| row.party > share.left)
}

/// How many of each gift stay so that `stay` do in all: the last gift goes first. Those of which some go, or the door has yet to be
/// heard.
fn shares(party: &[PartyRow], stay: u32, inside: &BTreeSet<Uuid>) -> Vec<Share> {
    let mut over = i32::try_from(wanted(party).saturating_sub(stay)).unwrap_or(i32::MAX);
    let mut asked = Vec::new();
    for row in party.iter().rev().filter(|row| !inside.contains(&row.id)) {
        let left = row.wanted - over.min(row.wanted);
        over -= row.wanted - left;
        if left < row.wanted || row.asked_at.is_some() {
            asked.push(Share { entry: row.id, wanted: row.wanted, left });
        }
    }
    asked
}

/// Writes down how many of each gift of a party are to stay, so that `stay` do in all; says of which the door is to be asked, and
/// how many then stay. Of those in `inside` nobody can go.
async fn ask(
    shop: &Shop,
    id: GuestEntryId,
    stay: u32,
    inside: &BTreeSet<Uuid>,
    actor: &Actor,
) -> Result<Vec<Share>, Fault> {
    let now = shop.clock.now();
    shop.db
        .transaction(async |conn| {
            store::lock_party(conn, id).await?;
            let party = store::party(conn, id).await?;
            let (before, asked) = (wanted(&party), shares(&party, stay, inside));
            for share in &asked {
                if share.left < share.wanted {
                    store::ask(conn, share.entry.into(), share.left, now, now + CLAIM).await?;
                }
            }
            if let Some(first) = party.first().filter(|_| before > stay && inside.is_empty()) {
                let action = if stay == 0 { "guest_list.removed" } else { "guest_list.shrunk" };
                let detail =
                    json!({"event": first.event_id, "entry": first.id, "before": before, "after": stay});
                audit::record(conn, actor, action, &first.reference, detail, now).await?;
            }
            Ok::<_, Fault>(asked)
        })
        .await
}
