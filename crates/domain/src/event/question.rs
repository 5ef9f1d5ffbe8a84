//! What a club asks its guests with an order: once, or for each ticket. A place for an answer is a [`Slot`]; which there are
//! follows from what is bought, and an order stands only with an answer in each that needs one.

use std::collections::{BTreeMap, BTreeSet};
use std::{fmt, str::FromStr};

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::ids::{QuestionId, TicketTypeId};
use crate::language::Language;

/// A text in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Label {
    /// English.
    pub en: String,
    /// Spanish.
    pub es: String,
}

impl Label {
    /// The text in a language.
    pub fn of(&self, language: Language) -> &str {
        match language {
            Language::En => &self.en,
            Language::Es => &self.es,
        }
    }
}

/// What kind of answer a question takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuestionKind {
    /// A line of text.
    #[default]
    Text,
    /// One of several.
    Choice,
    /// Yes or no.
    YesNo,
    /// A date of birth.
    BirthDate,
}

impl QuestionKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Text, Self::Choice, Self::YesNo, Self::BirthDate];

    /// Its name in SQL and JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Choice => "choice",
            Self::YesNo => "yes_no",
            Self::BirthDate => "birth_date",
        }
    }

    /// The kind with that name.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// A question of a night.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// Its key; a new one where it is left out.
    #[serde(default = "QuestionId::generate")]
    pub id: QuestionId,
    /// What guests read.
    pub label: Label,
    /// What it takes.
    #[serde(default)]
    pub kind: QuestionKind,
    /// What there is to choose from; the English text is the answer's value.
    #[serde(default)]
    pub options: Vec<Label>,
    /// Whether an order needs the answer.
    #[serde(default)]
    pub required: bool,
    /// Whether it is asked for each ticket, or once for the order.
    #[serde(default)]
    pub per_ticket: bool,
    /// Names of the ticket types that it is asked for; empty: all.
    #[serde(default)]
    pub ticket_types: Vec<String>,
}

/// Longest text that answers a question, in characters.
pub const LONGEST_ANSWER: usize = 500;

impl Question {
    /// Whether it is asked for a ticket type of this name.
    pub fn is_for(&self, name: &str) -> bool {
        let same = |one: &String| one.trim().to_lowercase() == name.trim().to_lowercase();
        self.ticket_types.is_empty() || self.ticket_types.iter().any(same)
    }

    /// The answer's value, and how its guest reads it; `None` where the text answers nothing that was asked.
    fn read(&self, text: &str, language: Language, today: NaiveDate) -> Option<(String, String)> {
        let text = text.trim();
        match self.kind {
            QuestionKind::Text => {
                let fits = text.chars().count() <= LONGEST_ANSWER && !text.chars().any(char::is_control);
                fits.then(|| (text.to_owned(), text.to_owned()))
            }
            QuestionKind::Choice => {
                let chosen = self.options.iter().find(|option| option.en == text || option.es == text)?;
                Some((chosen.en.clone(), chosen.of(language).to_owned()))
            }
            QuestionKind::YesNo => matches!(text, "yes" | "no").then(|| (text.to_owned(), text.to_owned())),
            QuestionKind::BirthDate => {
                let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
                let lived = date <= today && date.year() >= 1900;
                lived.then(|| (date.to_string(), date.to_string()))
            }
        }
    }
}

/// A place for an answer: of the order, or of one ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot {
    /// The question.
    pub question: QuestionId,
    /// The ticket's type and its number among those of the type in this order, from 1.
    pub ticket: Option<(TicketTypeId, u32)>,
}

/// The text names no place for an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a place for an answer")]
pub struct BadSlot;

impl fmt::Display for Slot {
    /// `QUESTION`, or `QUESTION.TYPE.NUMBER`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.question.fmt(f)?;
        self.ticket.map_or(Ok(()), |(kind, number)| write!(f, ".{kind}.{number}"))
    }
}

impl FromStr for Slot {
    type Err = BadSlot;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.split('.');
        let question = parts.next().and_then(|id| id.parse().ok()).ok_or(BadSlot)?;
        let Some(kind) = parts.next() else { return Ok(Self { question, ticket: None }) };
        let (kind, number) = (kind.parse().ok(), parts.next().and_then(|number| number.parse().ok()));
        match (kind, number, parts.next()) {
            (Some(kind), Some(number), None) => Ok(Self { question, ticket: Some((kind, number)) }),
            _ => Err(BadSlot),
        }
    }
}

/// Tickets of one type in an order.
#[derive(Debug, Clone, Copy)]
pub struct Bought<'a> {
    /// The type.
    pub ticket_type: TicketTypeId,
    /// Its name.
    pub name: &'a str,
    /// How many tickets, not purchases.
    pub tickets: u32,
}

/// An answer that is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Where it belongs.
    pub slot: Slot,
    /// What kind of answer it is.
    pub kind: QuestionKind,
    /// What was asked, as the guest read it.
    pub label: String,
    /// The answer, in the same words for every language.
    pub value: String,
    /// The answer as the guest read it.
    pub shown: String,
}

/// What is wrong with an answer, or with its absence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrongAnswer {
    /// The place, as it was named.
    pub slot: String,
    /// `unknown_question`, `invalid_answer` or `answer_required`.
    pub code: &'static str,
}

/// Every place for an answer that an order has: those of the order first, then ticket by ticket.
pub fn slots<'a>(questions: &'a [Question], bought: &[Bought<'_>]) -> Vec<(&'a Question, Slot)> {
    let asked = |question: &Question| bought.iter().any(|one| question.is_for(one.name));
    let of_order = questions.iter().filter(|question| !question.per_ticket && asked(question));
    let mut slots: Vec<_> =
        of_order.map(|question| (question, Slot { question: question.id, ticket: None })).collect();
    for one in bought {
        let each = |question: &&Question| question.per_ticket && question.is_for(one.name);
        for number in 1..=one.tickets {
            let ticket = Some((one.ticket_type, number));
            let asked = questions.iter().filter(each);
            slots.extend(asked.map(|question| (question, Slot { question: question.id, ticket })));
        }
    }
    slots
}

/// What was answered to what an order is asked, or all that is wrong. An empty text is no answer.
pub fn judge(
    questions: &[Question],
    bought: &[Bought<'_>],
    given: &BTreeMap<String, String>,
    language: Language,
    today: NaiveDate,
) -> Result<Vec<Answer>, Vec<WrongAnswer>> {
    let slots = slots(questions, bought);
    let (mut answers, mut wrong) = (Vec::new(), Vec::new());
    let named: BTreeSet<String> = slots.iter().map(|(_, slot)| slot.to_string()).collect();
    for (slot, text) in given {
        if !text.trim().is_empty() && !named.contains(slot) {
            wrong.push(WrongAnswer { slot: slot.clone(), code: "unknown_question" });
        }
    }
    for (question, slot) in slots {
        let named = slot.to_string();
        let text = given.get(&named).map(|text| text.trim()).filter(|text| !text.is_empty());
        match text.map(|text| question.read(text, language, today)) {
            None if question.required => wrong.push(WrongAnswer { slot: named, code: "answer_required" }),
            None => {}
            Some(None) => wrong.push(WrongAnswer { slot: named, code: "invalid_answer" }),
            Some(Some((value, shown))) => {
                let label = question.label.of(language).to_owned();
                answers.push(Answer { slot, kind: question.kind, label, value, shown });
            }
        }
    }
    if wrong.is_empty() { Ok(answers) } else { Err(wrong) }
}

#[cfg(test)]
mod tests;
