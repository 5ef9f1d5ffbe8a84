//! An accepted email.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::clock;
use crate::shelf::Kept;

/// A file that came with an email.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Attachment {
    /// As the reader sees it.
    pub filename: String,
    /// MIME type.
    pub content_type: String,
    /// What `cid:` in the HTML refers to.
    pub content_id: Option<String>,
    /// Base64.
    pub content: String,
    /// Bytes.
    pub size: usize,
}

/// An email as it was sent.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Mail {
    /// UUID.
    pub id: String,
    /// Sender.
    pub from: String,
    /// Recipients.
    pub to: Vec<String>,
    /// Recipients that everybody sees.
    pub cc: Vec<String>,
    /// Recipients that nobody sees.
    pub bcc: Vec<String>,
    /// Where answers go.
    pub reply_to: Vec<String>,
    /// Subject line.
    pub subject: String,
    /// For readers that show HTML.
    pub html: Option<String>,
    /// For all others.
    pub text: Option<String>,
    /// Extra headers.
    pub headers: Value,
    /// Resend's tags.
    pub tags: Value,
    /// Files.
    pub attachments: Vec<Attachment>,
    /// The key it was sent with.
    pub idempotency_key: Option<String>,
    /// Unix seconds.
    pub sent_at: i64,
}

impl Kept for Mail {
    fn id(&self) -> &str {
        &self.id
    }
}

impl Mail {
    /// Whether it went to this address, whatever name stands beside it.
    pub fn is_to(&self, wanted: &str) -> bool {
        let wanted = address(wanted);
        self.to.iter().chain(&self.cc).chain(&self.bcc).any(|to| address(to).eq_ignore_ascii_case(wanted))
    }

    /// As `GET /mailbox.json` shows it.
    pub fn in_mailbox(&self) -> Value {
        let mut shown = json!(self);
        shown["sent_at"] = json!(clock::rfc3339(self.sent_at));
        shown
    }

    /// As Resend's `GET /emails/{id}` shows it.
    pub fn at_resend(&self) -> Value {
        json!({
            "object": "email", "id": self.id, "to": self.to, "from": self.from,
            "created_at": clock::rfc3339(self.sent_at), "subject": self.subject, "html": self.html,
            "text": self.text, "bcc": self.bcc, "cc": self.cc, "reply_to": self.reply_to,
            "last_event": "delivered", "scheduled_at": null, "tags": self.tags,
        })
    }
}

/// The address in `Name <address>`.
pub fn address(recipient: &str) -> &str {
    match (recipient.rfind('<'), recipient.rfind('>')) {
        (Some(start), Some(end)) if start < end => recipient[start + 1..end].trim(),
        _ => recipient.trim(),
    }
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn an_address_is_found_beside_its_name() {
        assert_eq!(address("Ana <ana@example.org>"), "ana@example.org");
        assert_eq!(address(" ana@example.org "), "ana@example.org");
        assert_eq!(address("> broken <"), "> broken <");
    }
}
