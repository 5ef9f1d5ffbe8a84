//! The part of a night's page that asks guests: once for the order, and for each ticket chosen. Without a script the places for
//! tickets come with the second look at the form, with what is missing marked.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::event::question::{Question, QuestionKind};
use domain::language::Language;
use domain::order::MOST_TICKETS;
use ui::text;

use super::event_page::Entered;
use super::night::{Night, Offer, OnSale};

/// Before an answer's place, in the form.
pub const ANSWER: &str = "x-";
/// Stands for a ticket's number until the script knows it.
const BLANK: &str = "__n__";

/// What the page asks.
pub(crate) struct Asking {
    /// Of the order.
    pub order: Vec<Field>,
    /// Of each ticket, type by type.
    pub kinds: Vec<OfKind>,
    pub script: String,
}

/// What is asked of each ticket of a type.
pub(crate) struct OfKind {
    pub id: String,
    /// Tickets that one purchase is.
    pub places: u32,
    pub tickets: Vec<OfTicket>,
    /// One more, for the script.
    pub blank: Vec<OfTicket>,
}

/// What is asked of one ticket.
pub(crate) struct OfTicket {
    pub title: String,
    pub fields: Vec<Field>,
}

/// A question with its place.
pub(crate) struct Field {
    pub name: String,
    pub label: String,
    /// The kind of input that takes the answer.
    pub input: &'static str,
    /// Value and text of what there is to choose from.
    pub options: Vec<(String, String)>,
    pub value: String,
    pub error: String,
    pub required: bool,
    /// The types that it is asked for; empty for all.
    pub types: String,
}

/// What was written, and what is wrong with it by its place.
struct Page<'a> {
    lang: Language,
    entered: &'a Entered,
    faults: &'a HashMap<String, String>,
}

/// What a night asks of those who buy what is open now. `faults`: stable codes by the answers' places.
pub(crate) fn of(
    night: &Night,
    lang: Language,
    entered: &Entered,
    faults: &HashMap<String, String>,
    now: DateTime<Utc>,
) -> Option<Asking> {
    let open: Vec<&OnSale> = night.types.iter().filter(|kind| kind.offer(now) == Offer::Open).collect();
    among(night, &open, &Page { lang, entered, faults })
}

/// What a night asks of who buys one type alone, whether it is open or not: of who claims an offer of its line.
pub(crate) fn of_type(
    night: &Night,
    kind: &OnSale,
    lang: Language,
    entered: &Entered,
    faults: &HashMap<String, String>,
) -> Option<Asking> {
    among(night, &[kind], &Page { lang, entered, faults })
}

fn among(night: &Night, open: &[&OnSale], page: &Page<'_>) -> Option<Asking> {
    let questions = &night.terms.questions;
    let of_order = questions.iter().filter(|question| !question.per_ticket);
    let order: Vec<Field> = of_order.filter_map(|question| page.of_order(question, open)).collect();
    // Whatever was written: no order has more tickets in all, and a page that asks about more is a page of any size.
    let mut room = MOST_TICKETS;
    let kinds: Vec<OfKind> =
        open.iter().filter_map(|kind| page.of_kind(questions, kind, &mut room)).collect();
    (!order.is_empty() || !kinds.is_empty()).then(|| Asking {
        order,
        kinds,
        script: crate::assets::url("questions.js"),
    })
}

impl Page<'_> {
    fn of_order(&self, question: &Question, open: &[&OnSale]) -> Option<Field> {
        let asked: Vec<String> =
            open.iter().filter(|kind| question.is_for(&kind.name)).map(|kind| kind.id.to_string()).collect();
        let for_all = asked.len() == open.len();
        let types = if for_all { String::new() } else { asked.join(" ") };
        // Who buys another type need not answer: whether it is needed, only the order can tell.
        let required = question.required && for_all;
        let field = Field { types, required, ..self.field(question, question.id.to_string()) };
        (!asked.is_empty()).then_some(field)
    }

    fn of_kind(&self, questions: &[Question], kind: &OnSale, room: &mut u32) -> Option<OfKind> {
        let asked: Vec<&Question> =
            questions.iter().filter(|question| question.per_ticket && question.is_for(&kind.name)).collect();
        if asked.is_empty() {
            return None;
        }
        let ticket = |number: &str| OfTicket {
            title: text(self.lang, "purchase-question-ticket", &[("name", &kind.name), ("number", &number)]),
            fields: asked
                .iter()
                .map(|question| self.field(question, format!("{}.{}.{number}", question.id, kind.id)))
                .collect(),
        };
        let id = kind.id.to_string();
        let places = kind.priced.terms.places;
        let chosen: u32 =
            self.entered.quantities.get(&id).and_then(|text| text.trim().parse().ok()).unwrap_or(0);
        let tickets = chosen.saturating_mul(places).min(*room);
        *room -= tickets;
        Some(OfKind {
            tickets: (1..=tickets).map(|number| ticket(&number.to_string())).collect(),
            blank: vec![ticket(BLANK)],
            id,
            places,
        })
    }

    fn field(&self, question: &Question, slot: String) -> Field {
        let option = |value: &str| {
            let said = text(self.lang, &format!("purchase-question-{value}"), &[]);
            (value.to_owned(), said)
        };
        let options = match question.kind {
            QuestionKind::Choice => question
                .options
                .iter()
                .map(|option| (option.en.clone(), option.of(self.lang).to_owned()))
                .collect(),
            QuestionKind::YesNo => vec![option("yes"), option("no")],
            QuestionKind::Text | QuestionKind::BirthDate => Vec::new(),
        };
        let error = self.faults.get(&slot).map(|code| match code.as_str() {
            "answer_required" => text(self.lang, "shared-error-required", &[]),
            _ => text(self.lang, "purchase-question-wrong", &[]),
        });
        Field {
            label: question.label.of(self.lang).to_owned(),
            input: if question.kind == QuestionKind::BirthDate { "date" } else { "text" },
            options,
            value: self.entered.answers.get(&slot).cloned().unwrap_or_default(),
            error: error.unwrap_or_default(),
            required: question.required,
            types: String::new(),
            name: format!("{ANSWER}{slot}"),
        }
    }
}
