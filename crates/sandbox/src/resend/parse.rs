//! Reads an email as clients send it: one recipient or many, attachments as numbers or as base64.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};

use super::errors::Refusal;
use super::mail::{Attachment, Mail, address};

/// Resend's limit for one email with everything in it.
const LARGEST: usize = 40 * 1024 * 1024;

#[derive(Debug, Deserialize)]
struct Asked {
    from: Option<String>,
    #[serde(default)]
    to: OneOrMany,
    #[serde(default)]
    cc: OneOrMany,
    #[serde(default)]
    bcc: OneOrMany,
    #[serde(default)]
    reply_to: OneOrMany,
    subject: Option<String>,
    html: Option<String>,
    text: Option<String>,
    headers: Option<Value>,
    tags: Option<Value>,
    #[serde(default)]
    attachments: Option<Vec<AskedAttachment>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    Many(Vec<String>),
    One(String),
    #[default]
    None,
}

impl OneOrMany {
    fn into_vec(self) -> Vec<String> {
        match self {
            Self::Many(many) => many,
            Self::One(one) => vec![one],
            Self::None => Vec::new(),
        }
    }
}

#[derive(Debug, Deserialize)]
struct AskedAttachment {
    filename: Option<String>,
    content_type: Option<String>,
    content_id: Option<String>,
    content: Option<Content>,
    path: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Content {
    Base64(String),
    Bytes(Vec<u8>),
}

/// Reads one email, without id and time yet.
pub fn mail(asked: Value) -> Result<Mail, Refusal> {
    let asked: Asked = serde_json::from_value(asked)
        .map_err(|fault| Refusal::invalid(format!("The request body could not be read: {fault}.")))?;
    let from = asked.from.ok_or_else(|| Refusal::missing("from"))?;
    check_address("from", &from)?;
    let to = asked.to.into_vec();
    if to.is_empty() {
        return Err(Refusal::missing("to"));
    }
    if to.len() > 50 {
        return Err(Refusal::invalid("The `to` field has too many recipients: the limit is 50."));
    }
    to.iter().try_for_each(|recipient| check_address("to", recipient))?;
    let subject = asked.subject.ok_or_else(|| Refusal::missing("subject"))?;
    if asked.html.is_none() && asked.text.is_none() {
        return Err(Refusal::new(422, "missing_required_field", "Missing `html` or `text` field."));
    }
    let attachments: Vec<Attachment> =
        asked.attachments.unwrap_or_default().into_iter().map(attachment).collect::<Result<_, _>>()?;
    if attachments.iter().map(|file| file.size).sum::<usize>() > LARGEST {
        return Err(Refusal::invalid("The email is larger than 40 MB."));
    }
    Ok(Mail {
        id: String::new(),
        from,
        to,
        cc: asked.cc.into_vec(),
        bcc: asked.bcc.into_vec(),
        reply_to: asked.reply_to.into_vec(),
        subject,
        html: asked.html,
        text: asked.text,
        headers: asked.headers.unwrap_or_else(|| json!({})),
        tags: asked.tags.unwrap_or_else(|| json!([])),
        attachments,
        idempotency_key: None,
        sent_at: 0,
    })
}

fn check_address(field: &str, recipient: &str) -> Result<(), Refusal> {
    let bare = address(recipient);
    let fine = bare.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty() && domain.contains('.') && !domain.contains('@') && !domain.ends_with('.')
    }) && !bare.chars().any(|c| c.is_whitespace() || c.is_control());
    if fine {
        return Ok(());
    }
    Err(Refusal::invalid(format!(
        "Invalid `{field}` field. The email address needs to follow the `email@example.com` \
         or `Name <email@example.com>` format."
    )))
}

fn attachment(asked: AskedAttachment) -> Result<Attachment, Refusal> {
    let bytes = match (asked.content, asked.path) {
        (Some(Content::Bytes(bytes)), _) => bytes,
        (Some(Content::Base64(text)), _) => STANDARD.decode(text.trim()).map_err(|_| {
            Refusal::new(422, "invalid_attachment", "The attachment `content` is not base64.")
        })?,
        (None, Some(_)) => {
            let message = "The sandbox fetches nothing: send the attachment's `content`, not a `path`.";
            return Err(Refusal::new(422, "invalid_attachment", message));
        }
        (None, None) => {
            let message = "Attachment must have either a `content` or `path`.";
            return Err(Refusal::new(422, "invalid_attachment", message));
        }
    };
    let filename = asked.filename.unwrap_or_else(|| "attachment".to_owned());
    let content_type = asked.content_type.unwrap_or_else(|| by_extension(&filename).to_owned());
    Ok(Attachment {
        filename,
        content_type,
        content_id: asked.content_id,
        content: STANDARD.encode(&bytes),
        size: bytes.len(),
    })
}

fn by_extension(filename: &str) -> &'static str {
    match filename.rsplit('.').next().map(str::to_ascii_lowercase).as_deref() {
        Some("pdf") => "application/pdf",
        Some("png") => "image/png",
        Some("jpg" | "jpeg") => "image/jpeg",
        Some("svg") => "image/svg+xml",
        Some("ics") => "text/calendar",
        Some("txt") => "text/plain",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(change: impl FnOnce(&mut Value)) -> Value {
        let mut mail = json!({"from": "Maguey <door@maguey.example>", "to": "ana@example.org",
                              "subject": "Hi", "text": "Hello"});
        change(&mut mail);
        mail
    }

    #[test]
    fn attachments_come_as_numbers_or_as_base64() {
        let mail = mail(asked(|mail| {
            mail["attachments"] = json!([
                {"filename": "a.png", "content": [104, 105], "content_id": "qr1"},
                {"filename": "b.pdf", "content": "aGk="}]);
        }))
        .expect("reads");
        assert_eq!(mail.attachments[0].content, mail.attachments[1].content);
        assert_eq!(mail.attachments[0].content_type, "image/png");
        assert_eq!(mail.attachments[1].size, 2);
    }

    #[test]
    fn what_resend_refuses_is_refused() {
        for (change, name) in [
            (json!({"to": "nobody"}), "validation_error"),
            (json!({"to": []}), "missing_required_field"),
            (json!({"text": null}), "missing_required_field"),
            (json!({"from": null}), "missing_required_field"),
            (json!({"attachments": [{"filename": "x"}]}), "invalid_attachment"),
            (json!({"subject": 7}), "validation_error"),
        ] {
            let changed = asked(|mail| {
                for (key, value) in change.as_object().expect("an object") {
                    mail[key] = value.clone();
                }
            });
            let refusal = mail(changed).expect_err("refused");
            assert_eq!(refusal.status, 422);
            assert!(refusal.body().contains(name), "{}", refusal.body());
        }
    }
}
