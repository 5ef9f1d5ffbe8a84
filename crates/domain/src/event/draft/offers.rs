//! The checks of what a club asks of its guests beside a price: a price that they name, what goes with what, questions.

use super::{EventDraft, Faults, TicketTypeDraft};
use crate::event::companion::Companion;
use crate::event::guest_price::GuestPrice;
use crate::event::question::{Label, Question, QuestionKind};
use crate::money::Currency;

/// Purchases that one companion serves.
const MOST_SERVED: u32 = 100;
const MOST_OPTIONS: usize = 20;
const LONGEST_QUESTION: usize = 200;
const LONGEST_OPTION: usize = 80;

impl EventDraft<'_> {
    /// Guests of both languages can read it, choose from it, and meet it where something is sold.
    pub(super) fn check_question(&self, index: usize, question: &Question, faults: &mut Faults) {
        let path = |field: &str| format!("questions[{index}].{field}");
        faults.text(&path("label.en"), &question.label.en, 1, LONGEST_QUESTION);
        faults.text(&path("label.es"), &question.label.es, 1, LONGEST_QUESTION);
        let options = &question.options;
        let wanted = if question.kind == QuestionKind::Choice { 2..=MOST_OPTIONS } else { 0..=0 };
        faults.unless(&path("options"), wanted.contains(&options.len()), "options");
        for (place, option) in options.iter().enumerate() {
            for text in [&option.en, &option.es] {
                let fits = (1..=LONGEST_OPTION).contains(&text.chars().count()) && text.trim() == text;
                faults.unless(&path("options"), fits, "options");
            }
            let is = |other: &Label| {
                [&other.en, &other.es].iter().any(|text| **text == option.en || **text == option.es)
            };
            let again = options.iter().take(place).any(is);
            faults.unless(&path("options"), !again, "duplicate");
        }
        let sold = |name: &String| {
            let named = Question { ticket_types: vec![name.clone()], ..question.clone() };
            self.ticket_types.iter().any(|each| named.is_for(each.name))
        };
        faults.unless(&path("ticket_types"), question.ticket_types.iter().all(sold), "unknown");
    }
}

impl TicketTypeDraft<'_> {
    /// Another type of the night, and enough of it in one order for the fewest that may be bought.
    pub(super) fn check_companion(
        &self,
        path: &dyn Fn(&str) -> String,
        needs: &Companion,
        event: &EventDraft<'_>,
        faults: &mut Faults,
    ) {
        let another = |each: &&TicketTypeDraft<'_>| needs.is(each.name) && !needs.is(self.name);
        let companion = event.ticket_types.iter().find(another);
        faults.unless(&path("needs.name"), companion.is_some(), "unknown");
        let serves = (1..=MOST_SERVED).contains(&needs.serves);
        let most =
            companion.map_or(i64::MAX, |each| each.max_per_order.saturating_mul(i64::from(needs.serves)));
        faults.unless(&path("needs.serves"), serves && self.min_per_order <= most, "out_of_range");
    }

    /// Both ends can be charged, and what the club suggests lies between them. Two ways to a price are one too many.
    pub(super) fn check_guest_price(
        &self,
        path: &dyn Fn(&str) -> String,
        range: GuestPrice,
        currency: Currency,
        faults: &mut Faults,
    ) {
        let (least, most) = (path("guest_price.least_minor"), path("guest_price.most_minor"));
        faults.price(&least, range.least_minor, currency);
        faults.price(&most, range.most_minor, currency);
        faults.unless(&most, range.least_minor <= range.most_minor && range.most_minor > 0, "out_of_range");
        faults.unless(&path("price"), range.admits(self.price_minor), "out_of_range");
        faults.unless(&least, self.terms.tiers.is_empty(), "with_tiers");
    }
}
