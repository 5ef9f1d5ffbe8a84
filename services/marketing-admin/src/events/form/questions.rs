//! The part of the form that says what guests are asked.

use domain::event::question::{Label, Question, QuestionKind};
use domain::ids::QuestionId;

use super::Form;
use super::reading::Reading;

/// Between the two languages of an option.
const BETWEEN: &str = " | ";

impl Form {
    pub(super) fn set_questions(&mut self, questions: &[Question]) {
        for (index, question) in questions.iter().enumerate() {
            let path = |field: &str| format!("questions[{index}].{field}");
            let options: Vec<String> = question.options.iter().map(written).collect();
            self.set(&path("id"), &question.id.to_string());
            self.set(&path("label.en"), &question.label.en);
            self.set(&path("label.es"), &question.label.es);
            self.set(&path("kind"), question.kind.code());
            self.set(&path("options"), &options.join("\n"));
            self.set(&path("ticket_types"), &question.ticket_types.join(", "));
            self.set_checked(&path("required"), question.required);
            self.set_checked(&path("per_ticket"), question.per_ticket);
        }
    }
}

/// One line for both languages, or for one where both say the same.
fn written(option: &Label) -> String {
    if option.en == option.es { option.en.clone() } else { format!("{}{BETWEEN}{}", option.en, option.es) }
}

/// `Vegan | Vegano`; without the second it is the same in both.
fn option(line: &str) -> Label {
    let (en, es) = line.split_once('|').unwrap_or((line, line));
    Label { en: en.trim().to_owned(), es: es.trim().to_owned() }
}

impl Reading<'_> {
    pub(super) fn questions(&mut self) -> Vec<Question> {
        let form = self.form;
        let mut questions = Vec::new();
        for row in form.filled("questions") {
            let path = |field: &str| form.path("questions", row, field);
            let text = |field: &str| form.value(path(field)).trim().to_owned();
            let kind = QuestionKind::from_code(&form.value_or(path("kind"), "text")).unwrap_or_else(|| {
                self.fault(&path("kind"), "invalid");
                QuestionKind::Text
            });
            let lines = form.value(path("options"));
            let lines = lines.lines().filter(|line| !line.trim().is_empty());
            let names = text("ticket_types");
            let names = names.split(',').map(str::trim).filter(|name| !name.is_empty());
            questions.push(Question {
                id: form.value(path("id")).parse().unwrap_or_else(|_| QuestionId::generate()),
                label: Label { en: text("label.en"), es: text("label.es") },
                // What stands there from a kind that was changed is nothing to choose from.
                options: if kind == QuestionKind::Choice { lines.map(option).collect() } else { Vec::new() },
                kind,
                required: form.checked(path("required")),
                per_ticket: form.checked(path("per_ticket")),
                ticket_types: names.map(str::to_owned).collect(),
            });
        }
        questions
    }
}

#[cfg(test)]
mod tests {
    use super::{option, written};

    #[test]
    fn an_option_is_a_line_in_both_languages_or_the_same_in_both() {
        for (line, en, es) in
            [("Vegan | Vegano", "Vegan", "Vegano"), (" Vegan|Vegano ", "Vegan", "Vegano"), ("XL", "XL", "XL")]
        {
            let read = option(line);
            assert_eq!((read.en.as_str(), read.es.as_str()), (en, es), "{line}");
            assert_eq!(option(&written(&read)), read, "it is shown as it is read");
        }
    }
}
