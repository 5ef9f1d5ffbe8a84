//! Until when a party comes, and under which name. Both stand on its tickets: the door hears of it, and the guest is mailed the
//! tickets as they are now.

use audit::Actor;
use chrono::{DateTime, Utc};
use db::Conn;
use domain::guest_list::{BadCutOff, check_cut_off};
use domain::ids::{GuestEntryId, OrderId};
use messages::purchase::v1::TicketChanged;
use serde_json::json;
use uuid::Uuid;
use web::Fault;

use super::still_leaving;
use super::store::{self, PartyRow};
use crate::my::again;
use crate::tickets::changed;
use crate::tickets::store as tickets;
use crate::{Shop, catalog, orders};

/// What of a party is to be otherwise.
#[derive(Debug, Default)]
pub(super) struct Wish {
    pub name: Option<String>,
    pub admit_until: Option<DateTime<Utc>>,
}

impl Wish {
    /// Whether a party is so already.
    fn is_met(&self, party: &[PartyRow]) -> bool {
        party.iter().all(|row| {
            self.name.as_ref().is_none_or(|name| *name == row.name)
                && self.admit_until.is_none_or(|until| until == row.admit_until)
        })
    }
}

/// Whether a party can still be changed so: while its night is on sale and not over, and until a time within it.
pub(super) async fn check(shop: &Shop, party: &[PartyRow], wish: &Wish) -> Result<(), Fault> {
    let Some(first) = party.first().filter(|_| !wish.is_met(party)) else { return Ok(()) };
    let (night, now) =
        (catalog::store::event(&mut *shop.db.conn().await?, first.event_id).await?, shop.clock.now());
    let night = night.ok_or_else(Fault::not_found)?;
    if night.status != "published" || night.ends_at <= now {
        return Err(Fault::conflict("not_on_sale").detail("The night is over, or not on sale any more."));
    }
    let changed = wish.admit_until.filter(|until| party.iter().any(|row| row.admit_until != *until));
    let Some(until) = changed else { return Ok(()) };
    check_cut_off(until, night.entry_from, night.ends_at, now).map_err(bad_cut_off)
}

/// The fault of a cut-off that is none.
pub(super) fn bad_cut_off(why: BadCutOff) -> Fault {
    let code = match why {
        BadCutOff::Past => "in_the_past",
        BadCutOff::OutsideTheNight => "outside_the_night",
    };
    Fault::invalid("invalid_time").field("admit_until", code)
}

/// Has all of a party so. 409 `still_leaving` while the door is asked about some of it: what is spoken for does not change.
pub(super) async fn set(shop: &Shop, id: GuestEntryId, wish: &Wish, actor: &Actor) -> Result<(), Fault> {
    let now = shop.clock.now();
    shop.db
        .transaction(async |conn| {
            store::lock_party(conn, id).await?;
            let party = store::party(conn, id).await?;
            let first = party.first().ok_or_else(Fault::not_found)?;
            if wish.is_met(&party) {
                return Ok(());
            }
            if party.iter().any(|row| row.asked_at.is_some()) {
                return Err(still_leaving("party"));
            }
            let name = wish.name.as_ref().unwrap_or(&first.name);
            let until = wish.admit_until.unwrap_or(first.admit_until);
            let orders: Vec<Uuid> = party.iter().map(|row| row.order_id).collect();
            let ids = store::set_terms(conn, &orders, name, until, now).await?;
            let rows = tickets::all(conn, ids).await?;
            let told: Vec<TicketChanged> =
                rows.iter().map(|(row, reference)| changed(row, reference)).collect();
            bus::outbox::add_all(conn, &told, now).await?;
            mail(shop, conn, &orders, now).await?;
            let detail = json!({
                "event": first.event_id, "entry": first.id,
                "before": {"name": first.name, "admit_until": first.admit_until},
                "after": {"name": name, "admit_until": until},
            });
            audit::record(conn, actor, "guest_list.changed", &first.reference, detail, now).await?;
            Ok::<_, Fault>(())
        })
        .await
}

/// The tickets once more, for who was mailed them: what stood there holds no longer.
async fn mail(shop: &Shop, conn: &mut Conn, orders: &[Uuid], now: DateTime<Utc>) -> Result<(), Fault> {
    for id in orders {
        let order = orders::store::find(conn, OrderId::from_uuid(*id)).await?;
        let Some(order) = order.filter(|order| order.state == "paid" && !order.buyer_email.is_empty()) else {
            continue;
        };
        if let Some(message) = again::message(shop, conn, &order, now).await? {
            bus::outbox::add(conn, &message, now).await?;
        }
    }
    Ok(())
}
