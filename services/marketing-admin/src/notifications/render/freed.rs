//! What is written to who waits for a table: one that takes the party has come free, and is held for nobody.

use askama::Template;
use messages::purchase::v1::TableFreed;
use ui::text;

use super::{Frame, RenderError, Rendered, one_line};

#[derive(Template)]
#[template(path = "emails/table_freed/mail.html")]
struct FreedHtml<'a> {
    frame: &'a Frame,
    mail: &'a Mail<'a>,
}

#[derive(Template)]
#[template(path = "emails/table_freed/mail.txt", escape = "none")]
struct FreedText<'a> {
    frame: &'a Frame,
    mail: &'a Mail<'a>,
}

struct Mail<'a> {
    name: &'a str,
    /// Which table, and for how many.
    line: String,
    /// Who else was told.
    honest: String,
    table_url: &'a str,
    leave_url: &'a str,
}

/// Of a table that came free.
pub(super) fn mail(name: &str, message: &TableFreed, frame: &Frame) -> Result<Rendered, RenderError> {
    let lang = frame.lang;
    let honest = match message.told {
        ..=1 => text(lang, "table-waitlist-mail-alone", &[]),
        told => text(lang, "table-waitlist-mail-told", &[("count", &told)]),
    };
    let mail = Mail {
        name,
        line: text(
            lang,
            "table-waitlist-mail-line",
            &[("party", &message.party), ("label", &message.label), ("seats", &message.seats)],
        ),
        honest,
        table_url: &message.table_url,
        leave_url: &message.leave_url,
    };
    Ok(Rendered {
        subject: one_line(&text(lang, "table-waitlist-mail-subject", &[("event", &frame.title)])),
        text: FreedText { frame, mail: &mail }.render()?,
        html: FreedHtml { frame, mail: &mail }.render()?,
        pictures: Vec::new(),
    })
}
