//! What must not wait behind everything else: some connections of the pool are kept for it ([`DbSettings::reserved`]).
//!
//! On a busy night everything asks at once, and after an outage again all at once. Then a guest who looks at a page may be told to come
//! again, but a guest at the door must not be, and what Stripe says it says only for seconds. Who is urgent says so around the whole
//! of its work, for what it calls asks for its connections itself.
//!
//! [`DbSettings::reserved`]: crate::DbSettings::reserved

tokio::task_local! {
    static URGENT: ();
}

/// Does work that may use the connections kept for what is urgent. Tasks that it spawns may not.
pub fn urgently<F: Future>(work: F) -> impl Future<Output = F::Output> {
    URGENT.scope((), work)
}

/// Whether the work under way is urgent.
pub(crate) fn is() -> bool {
    URGENT.try_with(|_| ()).is_ok()
}
