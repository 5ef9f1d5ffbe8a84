//! What a fault looks like to a program and to a page.

use std::borrow::Cow;

use actix_web::http::StatusCode;
use domain::language::Language;
use serde::Serialize;
use utoipa::ToSchema;

/// An error as RFC 9457 `application/problem+json`.
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// Always `about:blank`: the meaning is in `code`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The status in words.
    pub title: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// A sentence for a developer; may change at any time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The stable code to program against.
    pub code: &'static str,
    /// Quote this to support: it leads to the logs.
    pub request_id: String,
    /// The fields that are wrong, if the fault is about fields.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldProblem>,
}

/// One field of the request and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldProblem {
    /// The field's path, such as `items[0].quantity`.
    pub field: String,
    /// What is wrong with it, as a stable code.
    pub code: String,
}

/// All that an error page may know. It holds no cause, so that no page can show one.
#[derive(Debug)]
pub struct ErrorView {
    /// The HTTP status.
    pub status: StatusCode,
    /// The stable code.
    pub code: &'static str,
    /// The translation to show: the fault's own key, or `shared-error-<code>`.
    pub message_key: Cow<'static, str>,
    /// Shown when there is no translation for `message_key`: `shared-error-<status>`.
    pub fallback_key: String,
    /// Arguments of the translation.
    pub args: Vec<(&'static str, String)>,
    /// The reference the reader may quote.
    pub request_id: String,
    /// The reader's language.
    pub language: Language,
    /// Path and query of the request; `/` where a link to it could lead to another site.
    pub path: String,
    /// Whether the same request can simply be made again: it asked for a page.
    pub repeatable: bool,
    /// Where to sign in, when that would help.
    pub sign_in: Option<String>,
    /// Seconds after which another try makes sense.
    pub retry_after: Option<u64>,
}
