//! Which of what was entered the event has already. Ids of ticket types, tiers, shared limits and questions name rows in the
//! service that sells. An id that comes from another night (its JSON, copied) would make both nights share a counter, and a new
//! one for what is there already would sell its places again. So of the ids of tiers and limits only the event's own are
//! kept, what comes without one is found by its name, and all the rest gets a new one. Pure.

use std::collections::HashMap;

use domain::event::question::Question;
use domain::event::terms::SharedCap;
use domain::ids::{QuestionId, SharedCapId, TierId};
use domain::tier::Tier;
use uuid::Uuid;

use crate::events::input::{EventInput, TicketTypeInput};
use crate::events::store::Event;

/// What an event has that is counted where tickets are sold.
#[derive(Debug, Default)]
pub(super) struct Counters {
    types: Vec<HeldType>,
    caps: Vec<SharedCap>,
    questions: Vec<Question>,
}

#[derive(Debug)]
struct HeldType {
    id: Uuid,
    name: String,
    tiers: Vec<Tier>,
}

impl Counters {
    /// What stands in the event's previous revision.
    pub(super) fn of(event: &Event) -> Self {
        let held = event.ticket_types.iter().map(|row| HeldType {
            id: row.id,
            name: row.name.clone(),
            tiers: row.terms().tiers,
        });
        let terms = event.row.terms();
        Self { types: held.collect(), caps: terms.shared_caps, questions: terms.questions }
    }

    /// Gives what was entered its ids.
    pub(super) fn settle(&self, input: &mut EventInput) {
        let caps = self.settle_caps(&mut input.terms.shared_caps);
        self.settle_questions(&mut input.terms.questions);
        self.settle_types(&mut input.ticket_types);
        for each in &mut input.ticket_types {
            if let Some(named) = &mut each.terms.shared_cap {
                *named = caps.get(named).copied().unwrap_or(*named);
            }
            let held = self.types.iter().find(|held| Some(held.id) == each.id);
            settle_tiers(&mut each.terms.tiers, held.map_or(&[][..], |held| held.tiers.as_slice()));
        }
    }

    /// Which id each id that was entered became. Limits that were entered with one id still have one: that is a fault.
    fn settle_caps(&self, entered: &mut [SharedCap]) -> HashMap<SharedCapId, SharedCapId> {
        let found = pair(
            entered,
            &self.caps,
            &[&|one, other| one.1.id == other.1.id, &|one, other| same(&one.1.name, &other.1.name)],
        );
        let mut became = HashMap::new();
        for (cap, found) in entered.iter_mut().zip(found) {
            let settled = || found.map_or_else(SharedCapId::generate, |place| self.caps[place].id);
            cap.id = *became.entry(cap.id).or_insert_with(settled);
        }
        became
    }

    /// A question without an id that is held is the one of its English text: answers on their way still find it.
    fn settle_questions(&self, entered: &mut [Question]) {
        let found = pair(
            entered,
            &self.questions,
            &[&|one, other| one.1.id == other.1.id, &|one, other| same(&one.1.label.en, &other.1.label.en)],
        );
        for (question, found) in entered.iter_mut().zip(found) {
            question.id = found.map_or_else(QuestionId::generate, |place| self.questions[place].id);
        }
    }

    /// A type without an id is the one of its name. An id that is not the event's stays as it is: the plan refuses it.
    fn settle_types(&self, entered: &mut [TicketTypeInput]) {
        let found = pair(
            entered,
            &self.types,
            &[&|one, other| one.1.id == Some(other.1.id), &|one, other| {
                one.1.id.is_none() && same(&one.1.name, &other.1.name)
            }],
        );
        for (each, found) in entered.iter_mut().zip(found) {
            each.id = each.id.or_else(|| found.map(|place| self.types[place].id));
        }
    }
}

/// A tier without an id that is held is the one of its name, or the one at its place and price: then it was renamed.
fn settle_tiers(entered: &mut [Tier], held: &[Tier]) {
    let found = pair(
        entered,
        held,
        &[
            &|one, other| one.1.id == other.1.id,
            &|one, other| same(&one.1.name, &other.1.name),
            &|one, other| (one.0, one.1.price_minor) == (other.0, other.1.price_minor),
        ],
    );
    for (tier, found) in entered.iter_mut().zip(found) {
        tier.id = found.map_or_else(TierId::generate, |place| held[place].id);
    }
}

/// Whether an entered thing at its place is a held one at its place.
type Is<'a, E, H> = &'a dyn Fn((usize, &E), (usize, &H)) -> bool;

/// For each thing entered, the place of the held one that it is: by the first rule for all, then by the next. None twice.
fn pair<E, H>(entered: &[E], held: &[H], rules: &[Is<'_, E, H>]) -> Vec<Option<usize>> {
    let mut found: Vec<Option<usize>> = vec![None; entered.len()];
    for rule in rules {
        for one in entered.iter().enumerate() {
            if found[one.0].is_none() {
                let mut free = held.iter().enumerate().filter(|other| !found.contains(&Some(other.0)));
                let place = free.find(|other| rule(one, *other)).map(|other| other.0);
                found[one.0] = place;
            }
        }
    }
    found
}

fn same(left: &str, right: &str) -> bool {
    left.trim().to_lowercase() == right.trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::{Tier, TierId, settle_tiers};

    fn tier(name: &str, price_minor: i64) -> Tier {
        Tier { id: TierId::generate(), name: name.into(), price_minor, places: Some(50), until: None }
    }

    /// Which of the held tiers each entered one became.
    fn settled(entered: &[Tier], held: &[Tier]) -> Vec<Option<usize>> {
        let mut entered = entered.to_vec();
        settle_tiers(&mut entered, held);
        entered.iter().map(|each| held.iter().position(|held| held.id == each.id)).collect()
    }

    #[test]
    fn a_tier_keeps_its_counter_by_id_by_name_or_as_the_renamed_one() {
        let held = [tier("Early bird", 1000), tier("Second wave", 1500)];
        assert_eq!(settled(&held, &held), [Some(0), Some(1)]);
        let nameless = [tier("second WAVE", 1600), tier("early bird", 1000)];
        assert_eq!(settled(&nameless, &held), [Some(1), Some(0)], "by name, wherever it stands");
        let renamed = [tier("First wave", 1000), tier("Second wave", 1500)];
        assert_eq!(settled(&renamed, &held), [Some(0), Some(1)]);
        let before = [tier("Crew", 500), tier("Early bird", 1000), tier("Second wave", 1500)];
        assert_eq!(settled(&before, &held), [None, Some(0), Some(1)], "a new one is new");
    }

    #[test]
    fn an_id_of_another_night_is_not_taken_over() {
        let foreign = tier("Early bird", 1000);
        let mut entered = [foreign.clone()];
        settle_tiers(&mut entered, &[]);
        assert_ne!(entered[0].id, foreign.id);
        let held = [tier("Early bird", 1000)];
        let twice = [held[0].clone(), Tier { name: "Late bird".into(), ..held[0].clone() }];
        assert_eq!(settled(&twice, &held), [Some(0), None], "one counter is of one tier");
    }
}
