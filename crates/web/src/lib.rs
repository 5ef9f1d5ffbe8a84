#![doc = include_str!("../README.md")]

pub mod body;
pub mod boot;
mod caller;
pub mod can;
pub mod client;
pub mod csrf;
pub mod fault;
mod front;
pub mod headers;
mod html;
mod locale;
mod observe;
mod params;
pub mod redirect;
mod request_id;
mod root_span;
pub mod routes;
mod settings;
pub mod sse;
mod staff;
mod tokens;

pub use body::{ApiJson, PageForm, RawBody};
pub use boot::{App, Check, Context, Running};
pub use caller::{Callers, ServiceCaller, callers};
pub use client::client;
pub use csrf::CsrfForm;
pub use fault::{ErrorView, Fault, Problem};
pub use headers::SecurityHeaders;
pub use html::Html;
pub use locale::Locale;
pub use request_id::RequestId;
pub use routes::Routes;
pub use settings::{SigningSeed, WebSettings};
pub use staff::{EndedSessions, Staff, Standing};
pub use tokens::{TokenFault, service_token, session, signing_key};
