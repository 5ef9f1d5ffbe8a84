//! Refusals in Resend's shape.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use serde_json::json;

/// A refusal: status, Resend's name for it, a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// HTTP status.
    pub status: u16,
    name: &'static str,
    message: String,
}

impl Refusal {
    /// A refusal with Resend's name.
    pub fn new(status: u16, name: &'static str, message: impl Into<String>) -> Self {
        Self { status, name, message: message.into() }
    }

    /// A field with an unusable value.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(422, "validation_error", message)
    }

    /// A field that should be there.
    pub fn missing(field: &str) -> Self {
        Self::new(422, "missing_required_field", format!("Missing `{field}` field."))
    }

    /// What a scripted fault answers.
    pub fn scripted(status: u16) -> Self {
        match status {
            429 => Self::new(
                429,
                "rate_limit_exceeded",
                "Too many requests. You can only make 5 requests per second.",
            ),
            422 => Self::invalid("The sandbox refuses this email, as scripted."),
            400..=499 => Self::new(status, "invalid_access", "The sandbox refuses this email, as scripted."),
            _ => Self::new(
                status,
                "internal_server_error",
                "Internal server error. As scripted in the sandbox.",
            ),
        }
    }

    /// Resend's JSON.
    pub fn body(&self) -> String {
        json!({"statusCode": self.status, "name": self.name, "message": self.message}).to_string()
    }

    /// The whole answer.
    pub fn answer(&self) -> HttpResponse {
        respond(self.status, self.body())
    }
}

/// An answer with the headers that Resend always sends.
pub fn respond(status: u16, body: String) -> HttpResponse {
    let left = if status == 429 { "0" } else { "4" };
    HttpResponse::build(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR))
        .content_type("application/json")
        .insert_header(("ratelimit-limit", "5"))
        .insert_header(("ratelimit-remaining", left))
        .insert_header(("ratelimit-reset", "1"))
        .body(body)
}
