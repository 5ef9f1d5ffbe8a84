//! Plays a scripted fault around a call: before its effect, and between effect and answer.

use std::os::fd::AsFd;
use std::time::Duration;

use actix_web::dev::Extensions;
use actix_web::rt::net::TcpStream;
use actix_web::{HttpRequest, HttpResponse};

use super::faults::Action;
use crate::house::House;

/// How a call goes on.
#[derive(Debug)]
pub enum Turn {
    /// As usual.
    Go,
    /// The connection is gone.
    Cut,
    /// With this answer and without effect.
    Answer {
        /// HTTP status.
        status: u16,
        /// JSON text instead of the provider's.
        body: Option<String>,
        /// Seconds.
        retry_after: Option<u64>,
        /// Whether the provider remembers it.
        kept: bool,
    },
}

/// The connection under a request, so that a fault can cut it without a word.
struct Line(std::net::TcpStream);

/// Keeps a handle to each new connection.
pub fn remember_line(stream: &dyn std::any::Any, extensions: &mut Extensions) {
    let handle = stream.downcast_ref::<TcpStream>().and_then(|tcp| tcp.as_fd().try_clone_to_owned().ok());
    if let Some(handle) = handle {
        extensions.insert(Line(handle.into()));
    }
}

fn cut(request: &HttpRequest) -> Turn {
    if let Some(line) = request.conn_data::<Line>() {
        // Already gone is as good as cut.
        let _ = line.0.shutdown(std::net::Shutdown::Both);
    }
    Turn::Cut
}

/// What is returned on a connection that is cut: nobody reads it.
pub fn nothing() -> HttpResponse {
    HttpResponse::InternalServerError().force_close().finish()
}

/// Before the effect.
pub async fn before(house: &House, request: &HttpRequest, fault: Option<&Action>) -> Turn {
    match fault {
        Some(Action::Delay { ms }) => {
            wait(house, Some(*ms)).await;
            Turn::Go
        }
        Some(Action::Hang { ms }) => {
            wait(house, *ms).await;
            cut(request)
        }
        Some(Action::Status { status, body, retry_after, saved }) => Turn::Answer {
            status: *status,
            body: body.as_ref().map(|body| match body.as_str() {
                Some(plain) => plain.to_owned(),
                None => body.to_string(),
            }),
            retry_after: *retry_after,
            kept: *saved,
        },
        _ => Turn::Go,
    }
}

/// Between the effect and the answer.
pub async fn after(house: &House, request: &HttpRequest, fault: Option<&Action>) -> Turn {
    match fault {
        Some(Action::Lost { ms }) => {
            wait(house, Some(ms.unwrap_or(0))).await;
            cut(request)
        }
        Some(Action::SlowAnswer { ms }) => {
            wait(house, Some(*ms)).await;
            Turn::Go
        }
        _ => Turn::Go,
    }
}

/// Waits so many milliseconds, or for ever; never longer than the sandbox runs.
pub async fn wait(house: &House, ms: Option<u64>) {
    let time = async {
        match ms {
            Some(ms) => crate::pause(Duration::from_millis(ms)).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        () = house.stop.cancelled() => {}
        () = time => {}
    }
}

/// Adds `Retry-After`.
pub fn with_retry_after(mut answer: HttpResponse, seconds: Option<u64>) -> HttpResponse {
    if let Some(seconds) = seconds {
        let name = actix_web::http::header::RETRY_AFTER;
        answer.headers_mut().insert(name, seconds.into());
    }
    answer
}
