//! The books: every movement of money twice, in integer minor units, append-only.
//!
//! | account | holds | debit (+) | credit (−) |
//! |---|---|---|---|
//! | `stripe_clearing` | what Stripe holds for us | captured | given back |
//! | `ticket_revenue` | what tickets earned | refunded | sold |
//! | `service_fees` | what the service fee earned | refunded | sold |
//! | `owed_to_guests` | money that became no order and goes back | given back | captured |
//!
//! A transaction is unique per source (a payment, a refund), so nothing is booked twice; a deferred constraint trigger
//! refuses one that does not sum to zero. Revenue of an order is what its lines say, so revenue = ledger = Stripe.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::ids::{LedgerTransactionId, OrderId};
use uuid::Uuid;

use crate::schema::{ledger_entries, ledger_transactions};

/// What moved the money.
#[derive(Debug, Clone, Copy)]
pub enum Source {
    /// A captured payment.
    Payment(Uuid),
    /// Money given back.
    Refund(Uuid),
    /// Money given back that the bank returned.
    Bounce(Uuid),
}

/// One side of a movement: account and amount, debit positive.
pub type Entry = (&'static str, i64);

/// A captured payment of an order: what its tickets and fees earned.
pub fn sale(tickets_minor: i64, fees_minor: i64) -> Vec<Entry> {
    let mut entries = vec![
        ("stripe_clearing", tickets_minor + fees_minor),
        ("ticket_revenue", -tickets_minor),
        ("service_fees", -fees_minor),
    ];
    entries.retain(|(_, amount)| *amount != 0);
    entries
}

/// A captured payment that became no order.
pub fn owed(amount_minor: i64) -> Vec<Entry> {
    vec![("stripe_clearing", amount_minor), ("owed_to_guests", -amount_minor)]
}

/// The reverse of any movement.
pub fn reversed(entries: Vec<Entry>) -> Vec<Entry> {
    entries.into_iter().map(|(account, amount)| (account, -amount)).collect()
}

impl Source {
    fn row(self) -> (&'static str, Uuid) {
        match self {
            Self::Payment(id) => ("payment", id),
            Self::Refund(id) => ("refund", id),
            Self::Bounce(id) => ("refund_bounced", id),
        }
    }
}

/// Whether a movement stands in the books.
pub async fn is_booked(conn: &mut Conn, source: Source) -> Result<bool, DbError> {
    let (name, id) = source.row();
    let booked = ledger_transactions::table
        .filter(ledger_transactions::source.eq(name))
        .filter(ledger_transactions::source_id.eq(id));
    Ok(diesel::select(diesel::dsl::exists(booked)).get_result(conn).await?)
}

/// Books a movement, in the transaction of what caused it.
pub async fn book(
    conn: &mut Conn,
    source: Source,
    order: OrderId,
    currency: &str,
    entries: &[Entry],
    at: DateTime<Utc>,
) -> Result<(), DbError> {
    let (name, source_id) = source.row();
    let id = LedgerTransactionId::generate().uuid();
    diesel::insert_into(ledger_transactions::table)
        .values((
            ledger_transactions::id.eq(id),
            ledger_transactions::source.eq(name),
            ledger_transactions::source_id.eq(source_id),
            ledger_transactions::order_id.eq(order.uuid()),
            ledger_transactions::booked_at.eq(at),
        ))
        .execute(conn)
        .await?;
    let rows: Vec<_> = (0..)
        .zip(entries)
        .map(|(position, (account, amount))| {
            (
                ledger_entries::transaction_id.eq(id),
                ledger_entries::position.eq(position),
                ledger_entries::account.eq(*account),
                ledger_entries::currency.eq(currency),
                ledger_entries::amount_minor.eq(*amount),
            )
        })
        .collect();
    diesel::insert_into(ledger_entries::table).values(rows).execute(conn).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{owed, reversed, sale};

    #[test]
    fn every_movement_sums_to_zero() {
        for entries in [sale(4000, 200), sale(4000, 0), owed(4200), reversed(owed(4200))] {
            assert_eq!(entries.iter().map(|(_, amount)| amount).sum::<i64>(), 0, "{entries:?}");
            assert!(entries.iter().all(|(_, amount)| *amount != 0), "{entries:?}");
        }
    }
}
