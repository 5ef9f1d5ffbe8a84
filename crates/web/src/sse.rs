//! Server-sent events: what a page shows without being reloaded.

mod session;

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use actix_web::{HttpRequest, HttpResponse, Responder, body::BoxBody, http::StatusCode, http::header};
use actix_web_lab::sse::{Data, Event, Sse};
use futures::{FutureExt, Stream, StreamExt, stream};
use serde::Serialize;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::{csrf, fault::Fault, front::Front};

pub use session::session_over;

/// Proxies cut a connection that says nothing for long.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// How long a browser waits before it connects again.
const RECONNECT: Duration = Duration::from_secs(2);

/// One event.
#[derive(Debug, Clone)]
pub struct Message(Data);

impl Message {
    /// An event with text, such as a fragment of HTML for htmx.
    pub fn text(name: &'static str, text: impl Into<String>) -> Self {
        Self(Data::new(text.into()).event(name))
    }

    /// An event with a value as JSON.
    pub fn json(name: &'static str, value: &impl Serialize) -> Result<Self, Fault> {
        Data::new_json(value).map(|data| Self(data.event(name))).map_err(Fault::internal)
    }

    /// The id that the browser sends back as `Last-Event-ID`.
    pub fn id(self, id: impl Into<String>) -> Self {
        Self(self.0.id(id.into()))
    }
}

/// Answers with a stream of events: a comment every 15 s keeps the line open, and the stream ends when the
/// service stops (the browser then connects again, elsewhere). Another site's page gets 403 `origin_rejected`.
pub fn stream<S>(messages: S) -> EventStream<S>
where
    S: Stream<Item = Message> + 'static,
{
    EventStream(messages)
}

/// See [`stream`].
#[derive(Debug)]
pub struct EventStream<S>(S);

impl<S: Stream<Item = Message> + 'static> Responder for EventStream<S> {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        let front = match Front::of(request) {
            Ok(front) => front,
            Err(fault) => return HttpResponse::from_error(fault),
        };
        if csrf::from_here(request.headers(), &front.origin) == Some(false) {
            return HttpResponse::from_error(Fault::new(StatusCode::FORBIDDEN, "origin_rejected"));
        }
        let end = Box::pin(ended(front.draining.clone()));
        let events = Until { events: Box::pin(self.0.map(|message| Event::Data(message.0))), end };
        let mut response = Sse::from_infallible_stream(events)
            .with_keep_alive(KEEP_ALIVE)
            .with_retry_duration(RECONNECT)
            .respond_to(request);
        // nginx and its like would hold the events back otherwise.
        let unbuffered = header::HeaderName::from_static("x-accel-buffering");
        response.headers_mut().insert(unbuffered, header::HeaderValue::from_static("no"));
        response
    }
}

/// What is told from now on. Subscribe before the first reading: a change in between then comes after it, and none is missed. Of
/// changes that come faster than the page takes them, it hears the last one.
pub fn changes<T>(told: watch::Receiver<Option<Arc<T>>>) -> impl Stream<Item = Arc<T>> {
    let next = |mut told: watch::Receiver<Option<Arc<T>>>| async move {
        told.changed().await.ok()?;
        let newest = told.borrow_and_update().clone();
        Some((newest, told))
    };
    stream::unfold(told, next).filter_map(async |newest| newest)
}

async fn ended(draining: CancellationToken) {
    draining.cancelled().await;
}

/// Passes events on until the service stops.
struct Until<S, E> {
    events: Pin<Box<S>>,
    end: Pin<Box<E>>,
}

impl<S: Stream, E: Future<Output = ()>> Stream for Until<S, E> {
    type Item = S::Item;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<S::Item>> {
        if self.end.poll_unpin(context).is_ready() {
            return Poll::Ready(None);
        }
        self.events.poll_next_unpin(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_is_slow_hears_the_last_change_and_the_end() {
        let (teller, told) = watch::channel(Some(Arc::new(0)));
        let mut heard = Box::pin(changes(told));
        for number in 1..=3 {
            teller.send_replace(Some(Arc::new(number)));
        }
        assert_eq!(heard.next().await.as_deref(), Some(&3));
        teller.send_replace(None);
        drop(teller);
        assert_eq!(heard.next().await, None);
    }
}
