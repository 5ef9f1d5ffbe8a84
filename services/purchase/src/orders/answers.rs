//! What guests answered with their order, as people read it.

use domain::language::Language;
use internal_api::purchase::orders::Answered;
use ui::text;

/// What was asked, and of which ticket.
pub(crate) fn question_line(answer: &Answered) -> String {
    match (&answer.type_name, answer.number) {
        (Some(name), Some(number)) => format!("{name} {number} · {}", answer.label),
        _ => answer.label.clone(),
    }
}

/// The answer in words.
pub(crate) fn words(answer: &Answered, lang: Language) -> String {
    match answer.kind.as_str() {
        "yes_no" => text(lang, &format!("purchase-question-{}", answer.value), &[]),
        _ => answer.shown.clone(),
    }
}
