//! A table: taken whole, alone, and by one party.

use chrono::{DateTime, Utc};
use domain::event::terms::TicketKind;
use uuid::Uuid;

use super::{Counter, EventOffer, Granted};
use crate::inventory::price::{Night, Part};
use crate::inventory::{HoldRequest, Refusal, TableWish};
use crate::reservations::on_sale::{Booked, MOST_UNPAID};
use crate::reservations::store::TableRow;

impl Counter {
    /// The table that a party wishes for, as one part with as many places as they are; or why not.
    pub(super) fn table(
        &self,
        request: &HoldRequest,
        wish: &TableWish,
        event_id: Uuid,
        event: &EventOffer,
        now: DateTime<Utc>,
    ) -> Result<(Vec<Part>, Booked), Refusal> {
        let unknown = || Refusal::UnknownTicketType { item: 0 };
        let [wanted] = request.items.as_slice() else { return Err(unknown()) };
        let plain = wanted.quantity == 1
            && wanted.amount_minor.is_none()
            && request.desk.is_none()
            && request.claim.is_none()
            && request.exchange.is_none();
        let table = self.tables.get(&wanted.ticket_type.uuid()).filter(|table| table.event_id == event_id);
        let table = table.filter(|_| plain).ok_or_else(unknown)?;
        // What the club keeps is withdrawn: that comes before it is looked for.
        if !table.open {
            return Err(Refusal::SaleClosed { item: 0 });
        }
        // Where a host has to say yes, nobody books at once; and a request is granted once.
        let granted = match request.approval() {
            Some(approval) => table.asked.contains(&approval.reservation()),
            None => !table.asks_first,
        };
        if !granted {
            return Err(Refusal::SaleClosed { item: 0 });
        }
        let offer = self.types.get(&wanted.ticket_type).filter(|offer| {
            let terms = &offer.priced.terms;
            offer.event_id == event_id
                && terms.kind == TicketKind::Table
                && (request.approval().is_some() || terms.is_open_to(request.access_code.as_deref()))
        });
        let offer = offer.ok_or_else(unknown)?;
        offer.admits(0, 1, 1, event, now)?;
        if table.taken {
            return Err(Refusal::SoldOut { item: 0, left: 0 });
        }
        let left = |limit: Uuid| self.left.get(&limit).copied().unwrap_or(0);
        let most = table.seats.min(left(wanted.ticket_type.uuid())).max(0);
        if i64::from(wish.party) > most {
            return Err(Refusal::LimitExceeded { item: 0, most: u32::try_from(most).unwrap_or(u32::MAX) });
        }
        if wish.arrives_at < event.entry_from || wish.arrives_at >= event.ends_at {
            return Err(Refusal::Arrival);
        }
        let preorder = table.preorder(wish).map_err(|at| Refusal::UnknownBottle { at })?;
        let night = Night { fee: event.fee, currency: event.currency, now };
        let mut parts = offer.priced.parts(1, left, night);
        for part in &mut parts {
            part.item.places = wish.party;
            // The deposit is what the club asks for, whoever brings the party.
            part.item.discounted = false;
        }
        let (id, label) = (wanted.ticket_type.uuid(), offer.priced.name.clone());
        // Whose hour has passed comes now: nobody is late for a table that was free until this moment.
        let arrives_at = wish.arrives_at.max(now);
        let booked = Booked {
            table: TableRow { id, label, seats: table.seats },
            wish: TableWish { arrives_at, ..wish.clone() },
            minimum_minor: table.minimum_minor,
            preorder,
        };
        Ok((parts, booked))
    }

    /// Whether one more table of the night may wait for its deposit at that address.
    pub(super) fn may_keep_waiting(&self, request: &HoldRequest, granted: &Granted) -> bool {
        let (Some(_), Some(client)) = (&granted.table, &request.client) else { return true };
        let unpaid = self.unpaid_tables.get(&(client.clone(), granted.event)).copied().unwrap_or(0);
        !granted.waits(request) || unpaid < MOST_UNPAID
    }

    /// Takes a granted table from everybody who comes after.
    pub(super) fn take_table(&mut self, request: &HoldRequest, granted: &Granted) {
        let Some(booked) = &granted.table else { return };
        if let Some(table) = self.tables.get_mut(&booked.table.id) {
            table.taken = true;
        }
        if let (true, Some(client)) = (granted.waits(request), &request.client) {
            *self.unpaid_tables.entry((client.clone(), granted.event)).or_default() += 1;
        }
    }
}
