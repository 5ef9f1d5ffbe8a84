use db::Conn;

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

/// A connection as handlers borrow it. Shortens the bounds below.
pub(super) type Borrowed<'r> = &'r mut Conn;
