//! What is written to who holds tickets of a night that has a new date.

use askama::Template;
use chrono_tz::Tz;
use domain::night::BusinessNight;
use messages::purchase::v1::NewDate;
use ui::{format, text};

use super::{Frame, RenderError, Rendered, one_line};
use crate::events::store::Event;

#[derive(Template)]
#[template(path = "emails/new_date/mail.html")]
struct NewDateHtml<'a> {
    frame: &'a Frame,
    mail: &'a Mail,
}

#[derive(Template)]
#[template(path = "emails/new_date/mail.txt", escape = "none")]
struct NewDateText<'a> {
    frame: &'a Frame,
    mail: &'a Mail,
}

struct Mail {
    name: String,
    line: String,
    note: String,
    /// What about the money, and whom it is to be asked of.
    money: Vec<String>,
    found: Vec<Card>,
}

struct Card {
    reference: String,
    tickets: String,
    url: String,
}

/// The new date is the night's own, as it is when the mail leaves.
pub(super) fn mail(
    name: &str,
    message: &NewDate,
    frame: &Frame,
    event: &Event,
) -> Result<Rendered, RenderError> {
    let lang = frame.lang;
    let zone: Tz = event.row.time_zone.parse().unwrap_or(Tz::UTC);
    let from = messages::instant(message.from_starts_at)
        .ok_or_else(|| RenderError::Payload(format!("time {}", message.from_starts_at)))?;
    // Inside a sentence, where a Spanish day has no capital.
    let from = format::date(lang, BusinessNight::of(from, zone).starts(zone), zone);
    let card = |found: &messages::purchase::v1::Found| Card {
        reference: frame.t1("email-reference", "reference", &found.reference),
        tickets: frame.t1("email-found-tickets", "count", found.tickets),
        url: found.url.clone(),
    };
    let mail = Mail {
        name: name.to_owned(),
        line: text(lang, "email-new-date-line", &[("event", &frame.title), ("from", &from)]),
        note: message.note.clone(),
        found: message.found.iter().map(card).collect(),
        money: money(frame, message),
    };
    Ok(Rendered {
        subject: one_line(&text(
            lang,
            "email-new-date-subject",
            &[("event", &frame.title), ("date", &frame.date)],
        )),
        text: NewDateText { frame, mail: &mail }.render()?,
        html: NewDateHtml { frame, mail: &mail }.render()?,
        pictures: Vec::new(),
    })
}

/// Money is for who has paid it. What somebody else bought is that one's to give back, and of what was free there is none.
fn money(frame: &Frame, message: &NewDate) -> Vec<String> {
    let mut said = Vec::new();
    if message.found.iter().any(|found| found.paid) {
        said.push(if frame.contact.is_empty() {
            frame.t("email-new-date-money")
        } else {
            frame.t1("email-new-date-money-to", "address", frame.contact.as_str())
        });
    }
    if message.found.iter().any(|found| found.given) {
        said.push(frame.t("email-new-date-given"));
    }
    if said.is_empty() {
        said.push(frame.t("email-new-date-free"));
    }
    said
}
