//! The company that delivers our email (Resend), and what its answers mean for an email of ours.

use std::time::Duration;

use resend_rs::types::{CreateAttachment, CreateEmailBaseOptions, ErrorKind, ErrorResponse};
use resend_rs::{ConfigBuilder, Error, Resend};
use settings::Secret;
use uuid::Uuid;

use crate::notifications::render::Rendered;

/// Without a word from the provider about how long, a 429 means this long.
const UNNAMED_RESET: Duration = Duration::from_secs(1);
/// A longer reset than this is looked at again in between: it may have been raised.
const LONGEST_RESET: Duration = Duration::from_secs(900);
/// Provider's words kept in the log.
const LONGEST_ERROR: usize = 300;

/// What the provider said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It has the email.
    Accepted {
        /// Its own id; none if it had accepted this email before.
        id: Option<String>,
    },
    /// Too many at once: nothing more for this long.
    Throttled {
        /// How long.
        wait: Duration,
    },
    /// Not now, or nobody knows: the same email with the same key again later.
    Later(String),
    /// Never: the address or the content is refused.
    Refused(String),
}

/// A client of the provider.
#[derive(Clone)]
pub struct Provider {
    http: reqwest::Client,
    base_url: reqwest::Url,
    key: Secret,
    from: String,
    contact: String,
}

impl std::fmt::Debug for Provider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Provider").field("base_url", &self.base_url.as_str()).finish_non_exhaustive()
    }
}

impl Provider {
    /// A client that sends as `from`; answers go to `contact`, if it is not empty.
    pub fn new(base_url: reqwest::Url, key: Secret, from: String, contact: String) -> Self {
        Self { http: web::client(), base_url, key, from, contact }
    }

    /// Where answers go; empty for nowhere else than the sender.
    pub fn contact(&self) -> &str {
        &self.contact
    }

    /// Hands over an email. `id` is the idempotency key: the provider takes it once, however often it is handed over.
    pub async fn send(&self, id: Uuid, recipient: &str, mail: Rendered) -> Answer {
        let mut email = CreateEmailBaseOptions::new(&self.from, [recipient], mail.subject)
            .with_html(&mail.html)
            .with_text(&mail.text);
        if !self.contact.is_empty() {
            email = email.with_reply(&self.contact);
        }
        for picture in mail.pictures {
            email = email.with_attachment(
                CreateAttachment::from_content(picture.png)
                    .with_filename(&picture.file_name)
                    .with_content_type("image/png")
                    .with_content_id(&picture.content_id),
            );
        }
        match self.client().emails.send(email.with_idempotency_key(&id.to_string())).await {
            Ok(accepted) => Answer::Accepted { id: Some(accepted.id.to_string()) },
            Err(error) => answer(error),
        }
    }

    /// A client per email, because the library's own limit of one in 1.1 seconds lives in it; ours is in `pace`.
    /// The connections are shared all the same.
    fn client(&self) -> Resend {
        let config =
            ConfigBuilder::new(self.key.expose()).base_url(self.base_url.clone()).client(self.http.clone());
        Resend::with_config(config.build())
    }
}

fn answer(error: Error) -> Answer {
    match error {
        Error::RateLimit { ratelimit_reset, .. } => {
            let wait = ratelimit_reset.map_or(UNNAMED_RESET, Duration::from_secs);
            Answer::Throttled { wait: wait.clamp(UNNAMED_RESET, LONGEST_RESET) }
        }
        Error::Resend(refusal) => judge(&refusal),
        // An unreadable answer: from a proxy, or cut off. Nobody knows whether the email was taken.
        Error::Parse { .. } => Answer::Later("the provider's answer could not be read".to_owned()),
        Error::Http(error) => Answer::Later(short(&error.without_url().to_string())),
        Error::Other(text) => Answer::Later(short(&text)),
    }
}

fn judge(refusal: &ErrorResponse) -> Answer {
    let text = short(&format!("{} {}: {}", refusal.status_code, refusal.name, refusal.message));
    match (refusal.kind(), refusal.status_code) {
        // The key was used with another text: an earlier try went through, and the event has been edited since.
        (ErrorKind::InvalidIdempotentRequest, _) => Answer::Accepted { id: None },
        // Our account's trouble, not the email's: it goes out once that is mended.
        (_, 401 | 403 | 404 | 405 | 408 | 409 | 429) => Answer::Later(text),
        (_, 400..=499) => Answer::Refused(text),
        _ => Answer::Later(text),
    }
}

/// The provider may repeat the address in its words; the log of attempts stands beside it anyway, but stays short.
fn short(text: &str) -> String {
    text.chars().take(LONGEST_ERROR).collect()
}

#[cfg(test)]
mod tests {
    use super::{Answer, answer, judge};
    use resend_rs::Error;
    use resend_rs::types::ErrorResponse;
    use std::time::Duration;

    fn refusal(status_code: u16, name: &str) -> ErrorResponse {
        ErrorResponse { status_code, name: name.to_owned(), message: "said so".to_owned() }
    }

    #[test]
    fn a_limit_waits_as_long_as_the_provider_says() {
        let limit = |reset| Error::RateLimit {
            ratelimit_limit: None,
            ratelimit_remaining: None,
            ratelimit_reset: reset,
        };
        assert_eq!(answer(limit(Some(7))), Answer::Throttled { wait: Duration::from_secs(7) });
        assert_eq!(answer(limit(None)), Answer::Throttled { wait: Duration::from_secs(1) });
    }

    #[test]
    fn only_the_email_itself_can_be_refused_for_good() {
        assert!(matches!(judge(&refusal(422, "validation_error")), Answer::Refused(_)));
        assert!(matches!(judge(&refusal(400, "invalid_parameter")), Answer::Refused(_)));
        for (status, name) in
            [(401, "missing_api_key"), (403, "suspended_api_key"), (500, "application_error")]
        {
            assert!(matches!(judge(&refusal(status, name)), Answer::Later(_)), "{name}");
        }
        let again = refusal(409, "concurrent_idempotent_requests");
        assert!(matches!(judge(&again), Answer::Later(_)));
    }

    #[test]
    fn a_key_used_with_an_older_text_means_it_was_sent() {
        let used = refusal(409, "invalid_idempotent_request");
        assert_eq!(judge(&used), Answer::Accepted { id: None });
    }
}
