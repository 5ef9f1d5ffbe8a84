//! Everything the sandbox remembers, in one value that can be saved and read back.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::apple::Push;
use crate::idempotency::Answers;
use crate::oidc::{Grant, Person};
use crate::resend::mail::Mail;
use crate::shelf::Shelf;
use crate::stripe::events::Event;
use crate::stripe::model::{Charge, Dispute, Movement, Payment, Payout, Refund, Session};
use crate::twilio::Sms;
use crate::webhooks::Attempt;

/// The state of all providers.
#[derive(Debug, Default, Clone, Serialize, Deserialize)]
#[serde(default)]
pub struct Books {
    /// Checkout Sessions.
    pub sessions: Shelf<Session>,
    /// Payment intents.
    pub payments: Shelf<Payment>,
    /// Charges, failed ones too.
    pub charges: Shelf<Charge>,
    /// Refunds.
    pub refunds: Shelf<Refund>,
    /// Payments that banks took back, or asked about.
    pub disputes: Shelf<Dispute>,
    /// Balance transactions: the money that moved.
    pub movements: Shelf<Movement>,
    /// Money on its way to the shop's bank.
    pub payouts: Shelf<Payout>,
    /// Events, each told once to the webhook endpoint.
    pub events: Shelf<Event>,
    /// Answers kept for repeated idempotency keys.
    pub answers: Answers,
    /// Accepted emails.
    pub mails: Shelf<Mail>,
    /// Notifications that Apple took for phones with its wallet.
    pub pushes: Vec<Push>,
    /// What guests saved in Google's wallet, by kind and id.
    pub wallet: BTreeMap<String, Value>,
    /// Codes that were given to who signs in through others, by code.
    pub grants: BTreeMap<String, Grant>,
    /// Whose token it is, by token.
    pub bearers: BTreeMap<String, Person>,
    /// Who answers at a provider without a page, by its code.
    pub people: BTreeMap<String, Person>,
    /// Accepted SMS.
    pub texts: Vec<Sms>,
    /// Webhook deliveries tried, oldest first, by event.
    pub attempts: BTreeMap<String, Vec<Attempt>>,
    /// When which open session runs out; rebuilt on reading.
    #[serde(skip)]
    pub deadlines: BTreeSet<(i64, String)>,
    /// Events raised since the last look: they go out when the lock is free.
    #[serde(skip)]
    pub outgoing: Vec<String>,
}

impl Books {
    /// Rebuilds what is not saved.
    pub fn reopened(mut self) -> Self {
        let open = self.sessions.iter().filter(|session| session.is_open());
        self.deadlines = open.map(|session| (session.expires_at, session.id.clone())).collect();
        self
    }
}
