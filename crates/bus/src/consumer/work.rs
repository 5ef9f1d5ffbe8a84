//! Who handles messages.

use db::Conn;
use futures::future::BoxFuture;
use tracing::{Instrument, Span};

use super::{Delivery, HandleError, Outcome};

/// What handles a message: `async |conn, message, delivery| -> Result<Outcome, HandleError>`, or an `async fn` of that shape.
///
/// It runs inside the transaction that records the message as handled: its changes and that record commit together. It may
/// run more than once, so it has no effect outside the database.
pub trait Handler<C, M>:
    AsyncFn(C, M, Delivery) -> Result<Outcome, HandleError> + Fn(C, M, Delivery) -> <Self as Handler<C, M>>::Fut
{
    /// What it returns.
    type Fut: Future<Output = Result<Outcome, HandleError>>;
}

impl<F, C, M, Fut> Handler<C, M> for F
where
    F: AsyncFn(C, M, Delivery) -> Result<Outcome, HandleError> + Fn(C, M, Delivery) -> Fut,
    Fut: Future<Output = Result<Outcome, HandleError>>,
{
    type Fut = Fut;
}

/// What handles several messages at once, and says of each what it did, in their order:
/// `async |conn, messages| -> Result<Vec<Outcome>, HandleError>`. Otherwise like a [`Handler`].
pub trait BatchHandler<C, M>:
    AsyncFn(C, Vec<(M, Delivery)>) -> Result<Vec<Outcome>, HandleError>
    + Fn(C, Vec<(M, Delivery)>) -> <Self as BatchHandler<C, M>>::Fut
{
    /// What it returns.
    type Fut: Future<Output = Result<Vec<Outcome>, HandleError>>;
}

impl<F, C, M, Fut> BatchHandler<C, M> for F
where
    F: AsyncFn(C, Vec<(M, Delivery)>) -> Result<Vec<Outcome>, HandleError> + Fn(C, Vec<(M, Delivery)>) -> Fut,
    Fut: Future<Output = Result<Vec<Outcome>, HandleError>>,
{
    type Fut = Fut;
}

/// A connection as handlers borrow it. Shortens the bounds.
pub(super) type Borrowed<'r> = &'r mut Conn;

/// A message that was read, on its way to the handler.
pub(super) struct Received<M> {
    pub message: M,
    pub delivery: Delivery,
    pub span: Span,
}

/// Both kinds of handler as the consumer knows them.
pub(super) trait Takes<M>: Send + Sync {
    fn take<'a>(
        &'a self,
        conn: &'a mut Conn,
        messages: Vec<Received<M>>,
    ) -> BoxFuture<'a, Result<Vec<Outcome>, HandleError>>
    where
        M: 'a;
}

/// A [`Handler`]: one message after the other.
pub(super) struct Each<H>(pub H);

impl<M, H> Takes<M> for Each<H>
where
    M: Send,
    for<'r> H: Handler<Borrowed<'r>, M, Fut: Send> + Send + Sync,
{
    fn take<'a>(
        &'a self,
        conn: &'a mut Conn,
        messages: Vec<Received<M>>,
    ) -> BoxFuture<'a, Result<Vec<Outcome>, HandleError>>
    where
        M: 'a,
    {
        Box::pin(async move {
            let mut outcomes = Vec::with_capacity(messages.len());
            for Received { message, delivery, span } in messages {
                let outcome = self.0(&mut *conn, message, delivery).instrument(span).await?;
                outcomes.push(outcome);
            }
            Ok(outcomes)
        })
    }
}

/// A [`BatchHandler`]: all at once.
pub(super) struct Whole<H>(pub H);

impl<M, H> Takes<M> for Whole<H>
where
    M: Send,
    for<'r> H: BatchHandler<Borrowed<'r>, M, Fut: Send> + Send + Sync,
{
    fn take<'a>(
        &'a self,
        conn: &'a mut Conn,
        messages: Vec<Received<M>>,
    ) -> BoxFuture<'a, Result<Vec<Outcome>, HandleError>>
    where
        M: 'a,
    {
        // What is done for all belongs to the trace of each.
        let span = match messages.as_slice() {
            [one] => one.span.clone(),
            many => {
                let span = tracing::info_span!("messages", otel.kind = "consumer", count = many.len());
                for received in many {
                    span.follows_from(&received.span);
                }
                span
            }
        };
        let messages = messages.into_iter().map(|received| (received.message, received.delivery)).collect();
        Box::pin(async move { self.0(conn, messages).await }.instrument(span))
    }
}
