//! A party becomes larger. Who comes beside it is a gift of its own, placed by the hold engine like any entry: so stock, the line,
//! the promoter's allotment and the books are what they are for everybody, and its mail brings the new codes alone.

use std::collections::BTreeMap;

use audit::Actor;
use domain::guest_list::Promoter;
use domain::ids::{GuestEntryId, TicketTypeId};
use domain::language::Language;
use domain::order::Channel;
use sha2::{Digest, Sha256};
use web::Fault;

use super::add::fits;
use super::store::PartyRow;
use super::terms::Wish;
use super::{GuestEntry, still_leaving};
use crate::Shop;
use crate::checkout::place;
use crate::inventory::{AtDesk, Buyer, EventName, HoldRequest, Wanted};

/// Brings `more` guests to a party, under the name and until the time that it is to have. 409 `still_leaving` while the door is
/// asked about some of it, `party_changed` where somebody else makes it another size at this moment.
pub(super) async fn grow(
    shop: &Shop,
    party: &[PartyRow],
    more: u32,
    wish: &Wish,
    actor: Actor,
) -> Result<(), Fault> {
    let first = party.first().ok_or_else(Fault::not_found)?;
    if party.iter().any(|row| row.asked_at.is_some()) {
        return Err(still_leaving("party"));
    }
    if party.iter().all(|row| row.party == 0) {
        return Err(Fault::conflict("invalid_state").detail("They were taken off the list. Add them anew."));
    }
    let until = wish.admit_until.unwrap_or(first.admit_until);
    fits(shop, first.event_id, first.ticket_type_id, until).await?;
    let hold = hold(first, party.len(), more, wish, actor)?;
    // On the heap: Stripe's answers make it large.
    match Box::pin(place::place(shop, hold)).await {
        Ok(placed) => {
            tracing::info!(
                order = placed.reference,
                party = first.reference,
                more,
                "more come on the guest list"
            );
            Ok(())
        }
        Err(fault) if fault.code() == "idempotency_key_reused" => {
            Err(Fault::conflict("party_changed").field("party", "party_changed"))
        }
        Err(fault) => Err(fault),
    }
}

/// The request for the hold engine. Its key says from how many gifts the party grows, so that of two who make it larger at the
/// same moment only one does, and a double click brings nobody twice.
fn hold(first: &PartyRow, gifts: usize, more: u32, wish: &Wish, actor: Actor) -> Result<HoldRequest, Fault> {
    let name = wish.name.clone().unwrap_or_else(|| first.name.clone());
    let admit_until = wish.admit_until.unwrap_or(first.admit_until);
    let asked = (first.id, first.ticket_type_id, &name, more, admit_until);
    let fingerprint = Sha256::digest(serde_json::to_vec(&asked).unwrap_or_default()).to_vec();
    Ok(HoldRequest {
        event: EventName::Id(first.event_id),
        items: vec![Wanted::of(TicketTypeId::from_uuid(first.ticket_type_id), more)],
        buyer: Buyer {
            name,
            email: first.email.clone(),
            language: first.language.parse::<Language>().unwrap_or_default(),
        },
        client: None,
        access_code: None,
        promo: None,
        answers: BTreeMap::new(),
        claim: None,
        exchange: None,
        table: None,
        fingerprint,
        desk: Some(AtDesk {
            channel: Channel::Comp,
            actor: actor.because(&first.note),
            guest: Some(GuestEntry {
                id: GuestEntryId::generate(),
                joins: Some(GuestEntryId::from_uuid(first.id)),
                promoter: Promoter::read(&first.promoter).map_err(Fault::internal)?,
                note: first.note.clone(),
                party: more,
                admit_until,
            }),
            house: None,
            sells_on: false,
        }),
        key: format!("party:{}:{gifts}", first.id),
        traceparent: None,
    })
}
