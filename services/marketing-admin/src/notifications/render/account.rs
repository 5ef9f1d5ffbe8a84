//! What the mails about accounts say.

use askama::Template;
use ui::Argument;

use crate::notifications::account::Payload;
use crate::notifications::render::{Frame, RenderError, Rendered, one_line};

#[derive(Template)]
#[template(path = "emails/account/mail.html")]
struct AccountHtml<'a> {
    frame: &'a Frame,
    mail: &'a Words,
}

#[derive(Template)]
#[template(path = "emails/account/mail.txt", escape = "none")]
struct AccountText<'a> {
    frame: &'a Frame,
    mail: &'a Words,
}

struct Words {
    title: String,
    text: String,
    button: String,
    link: Option<String>,
    note: String,
}

/// A mail about an account.
pub(super) fn mail(payload: &[u8], frame: &Frame) -> Result<Rendered, RenderError> {
    let told: Payload = serde_json::from_slice(payload).map_err(|e| RenderError::Payload(e.to_string()))?;
    let facts: Vec<(&'static str, &dyn Argument)> = FACTS
        .iter()
        .filter_map(|name| told.facts.get(*name).map(|value| (*name, value as &dyn Argument)))
        .collect();
    let text = |part: &str| {
        let key = format!("account_mail-{}-{part}", told.kind);
        ui::try_text(frame.lang, &key, &facts)
    };
    let needed =
        |part: &str| text(part).ok_or_else(|| RenderError::Payload(format!("no {part} of {}", told.kind)));
    let words = Words {
        title: needed("title")?,
        text: needed("text")?,
        button: text("button").unwrap_or_default(),
        note: text("note").unwrap_or_default(),
        link: told.link.clone(),
    };
    Ok(Rendered {
        subject: one_line(&needed("subject")?),
        text: AccountText { frame, mail: &words }.render()?,
        html: AccountHtml { frame, mail: &words }.render()?,
        pictures: Vec::new(),
    })
}

/// The names that texts may use.
const FACTS: [&str; 13] = [
    "name", "email", "device", "address", "when", "club", "role", "provider", "phone", "code", "nights",
    "factor", "ending",
];
