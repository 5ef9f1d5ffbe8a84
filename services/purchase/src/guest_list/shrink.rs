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
        for (entry, _) in &asked {
            // On record: whatever comes of this, the worker goes on with it.
            if let Err(error) = leave::settle(shop, (*entry).into()).await {
                tracing::warn!(%error, %entry, "an entry of the guest list waits for its next turn");
            }
        }
        let party = store::party(&mut *shop.db.conn().await?, id).await?;
        let more = |row: &PartyRow| {
            asked.iter().any(|(entry, left)| *entry == row.id && row.asked_at.is_none() && row.party > *left)
        };
        // Whoever is left of these is inside.
        let found: Vec<Uuid> = party.iter().filter(|row| more(row)).map(|row| row.id).collect();
        inside.extend(&found);
        if found.is_empty() || wanted(&party) <= stay {
            return Ok(());
        }
    }
}

/// Writes down how many of each gift of a party are to stay, so that `stay` do in all; says of which the door is to be asked, and
/// how many then stay. Of those in `inside` nobody can go.
async fn ask(
    shop: &Shop,
    id: GuestEntryId,
    stay: u32,
    inside: &BTreeSet<Uuid>,
    actor: &Actor,
) -> Result<Vec<(Uuid, i32)>, Fault> {
    let now = shop.clock.now();
    shop.db
        .transaction(async |conn| {
            store::lock_party(conn, id).await?;
            let party = store::party(conn, id).await?;
            let before = wanted(&party);
            let mut over = i32::try_from(before.saturating_sub(stay)).unwrap_or(i32::MAX);
            let mut asked = Vec::new();
            for row in party.iter().rev().filter(|row| !inside.contains(&row.id)) {
                let left = row.wanted - over.min(row.wanted);
                over -= row.wanted - left;
                if left < row.wanted {
                    store::ask(conn, row.id.into(), left, now, now + CLAIM).await?;
                }
                if left < row.wanted || row.asked_at.is_some() {
                    asked.push((row.id, left));
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
