//! Money: Stripe, what was captured, what goes back, and the books.
//!
//! The promise: a captured payment is either a paid order with exactly its tickets, or it goes back in full. It holds
//! because every step is written down before Stripe hears of it, and because one function, [`fulfil::settle`], turns what
//! Stripe says about a session into our state, whoever asks: the webhook's worker ([`inbox`]), the order page on the
//! guest's return, or the [`sweep`]. It is idempotent: by the session (a payment row is unique per session), by the
//! order's row lock, by the ticket's place in its line.
//!
//! - [`open`] makes a Checkout Session for a stored attempt. An unknown outcome is repeated with the same key.
//! - [`resume`] brings a guest who comes back to the same page, or to a new attempt if the last is dead.
//! - [`webhook`] checks the signature over the raw body, stores the event, answers. [`inbox`] works it off.
//! - [`sweep`] ends holds: Stripe is asked to expire the session, and only a session that is confirmed dead frees places.
//! - What cannot become tickets goes back: [`crate::refunds`].
//! - What a guest's bank takes back: [`crate::disputes`]. What Stripe keeps and pays out: [`crate::payouts`].
//! - What fits no order (money of an unknown order, a refund made at Stripe of more than was left) waits in the quarantine for a person
//!   ([`quarantine_list`]), who looks and says what was done ([`quarantine_resolve`]), or that the refund is money of ours that failed
//!   ([`quarantine_settle`]).
//! - [`ledger`] books every movement twice; PostgreSQL refuses a transaction that does not sum to zero.
//!
//! Types of the Stripe crates stay inside this room ([`stripe`]); the rest of the service knows [`Session`].
//! No transaction is open while Stripe is called.

mod charge;
mod event;
pub mod fulfil;
pub mod inbox;
pub mod ledger;
pub mod open;
pub mod quarantine_list;
pub mod quarantine_resolve;
pub mod quarantine_settle;
pub mod resume;
pub(crate) mod store;
pub mod stripe;
pub mod sweep;
pub mod webhook;

pub(crate) use charge::lines as charge_lines;
pub use charge::{ChargeLine, PaymentRequest};

use domain::ids::{AttemptId, OrderId};
use tokio::sync::Notify;

/// A Checkout Session as Stripe describes it now.
#[derive(Debug, Clone)]
pub struct Session {
    /// Stripe's id.
    pub id: String,
    /// Where it stands.
    pub state: SessionState,
    /// What it asks for.
    pub amount_minor: i64,
    /// In which currency (ISO 4217, upper case).
    pub currency: String,
    /// The payment behind it, once there is one.
    pub payment_intent: Option<String>,
    /// Our order, from its metadata.
    pub order: Option<OrderId>,
    /// Our attempt, from its metadata.
    pub attempt: Option<AttemptId>,
    /// Where the guest pays, while it is open.
    pub url: Option<String>,
    /// Why the last card was declined, as Stripe calls it; known only where Stripe was asked for this one session.
    pub declined: Option<String>,
}

/// Where a session stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionState {
    /// It can be paid.
    Open,
    /// It was completed and the money was captured.
    Paid,
    /// It was completed; the money is still on its way.
    Processing,
    /// It was completed and asked for no money, which no order of ours does.
    NothingOwed,
    /// It can never be paid any more.
    Dead,
}

/// Wakes the workers of this process, so that nothing waits for their next round.
#[derive(Debug, Default)]
pub struct Bells {
    /// A webhook event was stored.
    pub inbox: Notify,
    /// A refund was decided.
    pub refunds: Notify,
    /// An order needs looking after now: its night was called off.
    pub sweep: Notify,
    /// Rung by nobody: the worker looks by itself, and a night that is called off has time for that.
    pub cancellations: Notify,
    /// The books are to be compared with Stripe, see `reconcile_now`.
    pub reconciliation: Notify,
    /// Somebody asked for it: it is time, whenever the last look was.
    pub reconcile_now: std::sync::atomic::AtomicBool,
    /// What Stripe pays out is to be read, see `payouts_now`.
    pub payouts: Notify,
    /// Somebody asked for it: it is time, whenever the last look was.
    pub payouts_now: std::sync::atomic::AtomicBool,
    /// Somebody looks for their tickets.
    pub(crate) searches: Notify,
    /// Somebody was marked who disputed a payment, or is no more.
    pub(crate) marks: Notify,
    /// Rung by nobody: for work that is never urgent.
    pub(crate) never: Notify,
}
