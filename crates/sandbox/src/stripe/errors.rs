//! Refusals in Stripe's shape.

use serde_json::{Value, json};

/// A refusal: an HTTP status and Stripe's error object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiError {
    /// HTTP status.
    pub status: u16,
    kind: &'static str,
    code: Option<&'static str>,
    message: String,
    param: Option<String>,
    /// Whether the answer is kept for the idempotency key. Stripe keeps nothing it refused before it began.
    pub kept: bool,
}

impl ApiError {
    fn new(status: u16, kind: &'static str, code: Option<&'static str>, message: String) -> Self {
        Self { status, kind, code, message, param: None, kept: false }
    }

    fn about(mut self, param: &str) -> Self {
        self.param = Some(param.to_owned());
        self
    }

    /// A parameter that is not acceptable.
    pub fn parameter(param: &str, code: Option<&'static str>, message: impl Into<String>) -> Self {
        Self::new(400, "invalid_request_error", code, message.into()).about(param)
    }

    /// A parameter that should be there.
    pub fn missing(param: &str) -> Self {
        Self::parameter(param, Some("parameter_missing"), format!("Missing required param: {param}."))
    }

    /// A body or query that cannot be read.
    pub fn unreadable(message: String) -> Self {
        let unknown = message.split("unknown field `").nth(1).and_then(|rest| rest.split('`').next());
        match unknown {
            Some(field) => Self::parameter(
                field,
                Some("parameter_unknown"),
                format!("Received unknown parameter: {field}"),
            ),
            None => Self::new(400, "invalid_request_error", None, format!("Invalid request: {message}")),
        }
    }

    /// A request that is well-formed and comes at the wrong time.
    pub fn illegal(code: Option<&'static str>, message: String) -> Self {
        Self::new(400, "invalid_request_error", code, message).kept()
    }

    /// Refused after it began: the answer belongs to the idempotency key.
    pub fn kept(mut self) -> Self {
        self.kept = true;
        self
    }

    /// An object that does not exist.
    pub fn no_such(what: &str, param: &str, id: &str) -> Self {
        let error = Self::new(
            404,
            "invalid_request_error",
            Some("resource_missing"),
            format!("No such {what}: '{id}'"),
        );
        error.about(param)
    }

    /// A URL that Stripe does not have, or that this stand-in does not play.
    pub fn no_such_url(method: &str, path: &str) -> Self {
        let message = format!("Unrecognized request URL ({method}: {path}).");
        Self::new(404, "invalid_request_error", None, message)
    }

    /// No key, or not one for a sandbox.
    pub fn unauthorised(message: &str) -> Self {
        Self::new(401, "invalid_request_error", None, message.to_owned())
    }

    /// The same idempotency key with another question.
    pub fn other_question(key: &str) -> Self {
        let message = format!(
            "Keys for idempotent requests can only be used with the same parameters they were first used with. \
             Try using a key other than '{key}' if you meant to execute a different request."
        );
        Self::new(400, "idempotency_error", None, message)
    }

    /// The same idempotency key while its first request still runs.
    pub fn still_running(key: &str) -> Self {
        let message = format!(
            "There is currently another in-progress request using this Idempotent Key \
             (that probably means you submitted twice, and the other request is still going through): {key}. \
             Please try again later."
        );
        Self::new(409, "idempotency_error", Some("idempotency_key_in_use"), message)
    }

    /// What a scripted fault answers.
    pub fn scripted(status: u16) -> Self {
        let (kind, code, message) = match status {
            429 => (
                "invalid_request_error",
                Some("rate_limit"),
                "Request rate limit exceeded. Learn more about rate limits at https://stripe.com/docs/rate-limits.",
            ),
            402 => ("card_error", Some("card_declined"), "Your card was declined."),
            400..=499 => ("invalid_request_error", None, "The sandbox refuses this request, as scripted."),
            _ => ("api_error", None, "An unknown error occurred, as scripted in the sandbox."),
        };
        Self::new(status, kind, code, message.to_owned())
    }

    /// Stripe's JSON.
    pub fn body(&self) -> Value {
        let mut error = json!({"type": self.kind, "message": self.message});
        if let Some(code) = self.code {
            error["code"] = json!(code);
            error["doc_url"] =
                json!(format!("https://stripe.com/docs/error-codes/{}", code.replace('_', "-")));
        }
        if let Some(param) = &self.param {
            error["param"] = json!(param);
        }
        json!({ "error": error })
    }
}
