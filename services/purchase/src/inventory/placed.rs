//! An order as the engine has just placed it.

use chrono::{DateTime, Utc};
use domain::event::question::Answer;
use domain::ids::{OrderId, OrderLineId};
use domain::order::{Channel, OrderReference, OrderState};
use domain::quote::{LineKind, Quote};

use super::{Buyer, Redeemed};
use crate::credits::Spent;
use crate::orders::store::{LineRow, OrderRow};
use crate::payments::PaymentRequest;
use crate::reservations::on_sale::Booked;
use crate::waitlist::OpenOffer;

/// An order as it was just written: pending, or paid if it costs nothing.
#[derive(Debug, Clone)]
pub struct PlacedOrder {
    /// Its key.
    pub id: OrderId,
    /// Its name among people.
    pub reference: OrderReference,
    /// The night.
    pub event_id: uuid::Uuid,
    /// Who buys.
    pub buyer: Buyer,
    /// What it costs.
    pub quote: Quote,
    /// Keys of the quote's lines, in their order.
    pub line_ids: Vec<OrderLineId>,
    /// For each ticket line of the quote, the limits it takes from.
    pub stock: Vec<Vec<uuid::Uuid>>,
    /// The promo that was used.
    pub redeemed: Option<Redeemed>,
    /// What it takes of a credit.
    pub spent: Option<Spent>,
    /// Whom it is credited to; may be empty.
    pub promoter: String,
    /// The offer of the line that it claimed.
    pub claimed: Option<OpenOffer>,
    /// What the guest answered.
    pub answers: Vec<Answer>,
    /// The table that it books.
    pub(crate) table: Option<Booked>,
    /// How it is paid.
    pub channel: Channel,
    /// The ticket of another order that it exchanges for its own.
    pub exchanges: Option<uuid::Uuid>,
    /// When it was placed.
    pub placed_at: DateTime<Utc>,
    /// How long the places are held.
    pub held_until: DateTime<Utc>,
    /// The try to pay that was stored with it; none where nothing is owed.
    pub attempt: Option<PaymentRequest>,
}

impl PlacedOrder {
    /// Whether nothing is owed for it, or it was paid at the venue: it is paid as soon as it stands.
    pub(super) fn is_free(&self) -> bool {
        self.attempt.is_none()
    }

    /// How many tickets it has.
    pub(super) fn tickets(&self) -> i64 {
        self.quote.lines.iter().map(|line| i64::from(line.places)).sum()
    }

    /// The rows it is stored as.
    pub(super) fn rows(&self) -> (OrderRow, Vec<LineRow>) {
        let paid = self.is_free().then_some(OrderState::Paid { at: self.placed_at });
        let state = paid.unwrap_or(OrderState::Pending { until: self.held_until });
        let order = OrderRow {
            id: self.id.uuid(),
            reference: self.reference.to_string(),
            event_id: self.event_id,
            state: state.name().to_owned(),
            revision: 1,
            buyer_name: self.buyer.name.clone(),
            buyer_email: self.buyer.email.clone(),
            language: self.buyer.language.code().to_owned(),
            currency: self.quote.currency.code().to_owned(),
            total_minor: self.quote.total.minor(),
            promo_id: self.redeemed.as_ref().map(|redeemed| redeemed.promo),
            promo_code: self.redeemed.as_ref().map(|redeemed| redeemed.code.to_string()),
            promoter: self.promoter.clone(),
            held_until: self.held_until,
            created_at: self.placed_at,
            paid_at: paid.map(|_| self.placed_at),
            expired_at: None,
            refunded_at: None,
            channel: self.channel.code().to_owned(),
            exchanges: self.exchanges,
        };
        let mut stock = self.stock.iter();
        let line = |(line, id): (&domain::quote::QuoteLine, &OrderLineId)| {
            let limits = (line.kind == LineKind::Ticket).then(|| stock.next().cloned()).flatten();
            LineRow::of(line, id.uuid(), limits.unwrap_or_default())
        };
        (order, self.quote.lines.iter().zip(&self.line_ids).map(line).collect())
    }
}
