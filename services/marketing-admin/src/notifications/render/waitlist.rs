//! What is written to who stands in line: that they do, and that places are held for them.

use askama::Template;
use chrono_tz::Tz;
use messages::purchase::v1::WaitlistChanged;
use ui::{format, text};

use super::{Frame, RenderError, Rendered, one_line};
use crate::events::store::Event;
use crate::notifications::store::Template as Kind;

#[derive(Template)]
#[template(path = "emails/waitlist_joined/mail.html")]
struct JoinedHtml<'a> {
    frame: &'a Frame,
    mail: &'a Mail,
}

#[derive(Template)]
#[template(path = "emails/waitlist_joined/mail.txt", escape = "none")]
struct JoinedText<'a> {
    frame: &'a Frame,
    mail: &'a Mail,
}

#[derive(Template)]
#[template(path = "emails/waitlist_offered/mail.html")]
struct OfferedHtml<'a> {
    frame: &'a Frame,
    mail: &'a Mail,
}

#[derive(Template)]
#[template(path = "emails/waitlist_offered/mail.txt", escape = "none")]
struct OfferedText<'a> {
    frame: &'a Frame,
    mail: &'a Mail,
}

struct Mail {
    name: String,
    line: String,
    until: String,
    page_url: String,
}

pub(super) fn mail(
    kind: Kind,
    message: &WaitlistChanged,
    frame: &Frame,
    event: &Event,
) -> Result<Rendered, RenderError> {
    let lang = frame.lang;
    let zone: Tz = event.row.time_zone.parse().unwrap_or(Tz::UTC);
    let offered = kind == Kind::WaitlistOffered;
    let key = if offered { "email-waitlist-offered" } else { "email-waitlist-joined" };
    let until = messages::instant(message.offered_until);
    let mail = Mail {
        name: message.guest.as_ref().map(|guest| guest.name.clone()).unwrap_or_default(),
        line: text(
            lang,
            &format!("{key}-line"),
            &[("count", &message.party), ("type", &message.ticket_type_name)],
        ),
        until: until.map(|until| format::date_time(lang, until, zone)).unwrap_or_default(),
        page_url: message.page_url.clone(),
    };
    let (html, plain) = if offered {
        (OfferedHtml { frame, mail: &mail }.render()?, OfferedText { frame, mail: &mail }.render()?)
    } else {
        (JoinedHtml { frame, mail: &mail }.render()?, JoinedText { frame, mail: &mail }.render()?)
    };
    Ok(Rendered {
        subject: one_line(&text(lang, &format!("{key}-subject"), &[("event", &frame.title)])),
        text: plain,
        html,
        pictures: Vec::new(),
    })
}
