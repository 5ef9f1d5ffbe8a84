//! What was wrong with what a guest sent, and how the page says it.

use std::borrow::Cow;
use std::collections::HashMap;

use actix_web::http::StatusCode;
use domain::language::Language;
use ui::{Argument, Told, try_text};
use web::{Fault, FieldProblem};

/// What was wrong with it.
#[derive(Debug, Clone)]
pub struct Trouble {
    pub(super) status: StatusCode,
    /// Said over the list.
    pub(super) notice: Option<Said>,
    pub(super) name: Option<&'static str>,
    pub(super) email: Option<&'static str>,
    pub(super) promo: Option<&'static str>,
    /// Answers, by their places.
    pub(super) answers: HashMap<String, String>,
}

/// The key of a text and its arguments.
#[derive(Debug, Clone)]
pub(super) struct Said {
    key: Cow<'static, str>,
    args: Vec<(&'static str, String)>,
}

impl Said {
    /// What the code says.
    fn by_code(code: &str) -> Self {
        Self { key: key_of(code).into(), args: Vec::new() }
    }

    /// The fault's own message, which knows numbers, or what its code says.
    fn of(fault: &Fault) -> Self {
        match fault.own_message() {
            Some((key, args)) => Self { key: key.into(), args: args.to_vec() },
            None => Self::by_code(fault.code()),
        }
    }
}

impl Trouble {
    /// Faults of fields, by their path in the JSON.
    pub fn of_fields(faults: impl Iterator<Item = (String, &'static str)>) -> Self {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        let (notice, answers) = (None, HashMap::new());
        let mut trouble = Self { status, notice, name: None, email: None, promo: None, answers };
        for (field, code) in faults {
            match field.as_str() {
                "buyer.name" => trouble.name = Some(code),
                "buyer.email" => trouble.email = Some(code),
                "promo" => trouble.promo = Some(code),
                _ => trouble.notice = Some(Said::by_code(code)),
            }
        }
        trouble
    }

    /// A refusal that the page can explain; `None` for faults that have a page of their own.
    pub fn of_fault(fault: &Fault) -> Option<Self> {
        let code = fault.code();
        let promo = code.starts_with("promo_").then_some(code);
        let about_tickets = matches!(
            code,
            "sold_out"
                | "not_on_sale"
                | "limit_exceeded"
                | "entry_required"
                | "companion_required"
                | "answer_required"
                | "invalid_answer"
                | "unknown_question"
                | "order_too_small"
                | "too_many_open"
                | "access_code_used"
                | "invalid_quantity"
                | "amount_not_accepted"
                | "amount_out_of_range"
                | "unknown_ticket_type"
        );
        let notice = about_tickets.then(|| Said::of(fault));
        (promo.is_some() || about_tickets).then_some(Self {
            status: fault.status(),
            notice,
            name: None,
            email: None,
            promo,
            answers: answer_faults(fault),
        })
    }
}

/// What is wrong with answers, by their places.
pub(crate) fn answer_faults(fault: &Fault) -> HashMap<String, String> {
    fault.fields().iter().filter_map(answer).collect()
}

/// The place of an answer that a fault names, and what is wrong with it.
fn answer(problem: &FieldProblem) -> Option<(String, String)> {
    let slot = problem.field.strip_prefix("answers[")?.strip_suffix(']')?;
    Some((slot.to_owned(), problem.code.clone()))
}

pub(super) fn key_of(code: &str) -> String {
    format!("shared-error-{}", code.replace('_', "-"))
}

/// What is said over the list.
pub(super) struct Notice {
    pub(super) title: String,
    pub(super) meaning: String,
    pub(super) next: String,
}

/// The words of it.
pub(super) fn notice(lang: Language, said: &Said) -> Notice {
    let told: Vec<(&'static str, Told<'_>)> =
        said.args.iter().map(|(name, value)| (*name, Told(value))).collect();
    let args: Vec<(&'static str, &dyn Argument)> =
        told.iter().map(|(name, value)| (*name, value as &dyn Argument)).collect();
    let part = |name: &str| try_text(lang, &format!("{}{name}", said.key), &args).unwrap_or_default();
    Notice { title: part(""), meaning: part(".meaning"), next: part(".next") }
}
