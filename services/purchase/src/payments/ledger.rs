//! The books: every movement of money twice, in integer minor units, append-only.
//!
//! | account | holds | debit (+) | credit (−) |
//! |---|---|---|---|
//! | `stripe_clearing` | what Stripe holds for us | captured | given back |
//! | `ticket_revenue` | what tickets earned | | sold |
//! | `refunds` | what of that went back | refunded | came back from the bank |
//! | `service_fees` | what the service fee earned | refunded | sold |
//! | `tax` | what is owed to the tax office | refunded | sold |
//! | `cash_at_venue`, `card_at_venue` | what staff took at the venue | sold | handed over, given back, paid where Stripe could not give back |
//! | `bank_transfer` | what the club paid by transfer, where Stripe could not give back | | paid |
//! | `disputes` | what guests' banks took back | taken | given back when won |
//! | `dispute_fees` | what Stripe takes for a dispute | taken | given back when won |
//! | `comps` | what was given away, at list price | given | |
//! | `revenue_comps` | the same, on the other side | | given |
//! | `credits` | what guests left with the club for another night | spent, lapsed | given instead of money |
//! | `lapsed_credits` | what of that the club kept once its time was over | | lapsed |
//! | `stripe_fees` | what Stripe keeps of payments, and takes besides | taken | given back |
//! | `bank` | what Stripe has paid out to the club's bank | paid out | a payout that failed |
//! | `foreign` | money at Stripe of no order of ours | gone | come |
//! | `owed_to_guests` | money that became no order and goes back | given back | captured |
//!
//! A gift moves no money: it is booked at the list price of its ticket types, once as what it cost the club (`comps`) and once
//! as what it would have earned (`revenue_comps`). Both sides sum to zero, and neither is part of what was earned. It stays
//! booked when its ticket is voided: the gift was made. A credit earns nothing when it is given and everything when it is spent;
//! what lapses is earned by no night, and stands on an account of its own.
//!
//! A transaction is unique per source (a payment, a refund, a movement of a dispute), so nothing is booked twice; a deferred constraint trigger
//! refuses one that does not sum to zero. Revenue of an order is what its lines say, so revenue = ledger = Stripe.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::ids::{LedgerTransactionId, OrderId};
use domain::quote::LineKind;
use domain::refund::{self, Parts};
use uuid::Uuid;

use crate::orders::store::LineRow;
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
    /// A refund that Stripe could not make, and that the club paid another way.
    RefundOtherwise(Uuid),
    /// An order that staff sold at the venue.
    VenueSale(Uuid),
    /// Money that moved at Stripe for a dispute.
    Dispute(Uuid),
    /// An order that the club gave away.
    Comp(Uuid),
    /// An order that a credit paid, all of it.
    CreditSale(Uuid),
    /// What was left of a credit whose time is over.
    CreditLapse(Uuid),
    /// Money that Stripe paid out to the bank.
    Payout(Uuid),
    /// A payout that the bank sent back.
    PayoutFailed(Uuid),
    /// What Stripe keeps, of a line of its balance.
    StripeFee(Uuid),
    /// A line of Stripe's balance that is of no order of ours.
    StripeForeign(Uuid),
    /// One that turned out to be of an order after all.
    StripeForeignKnown(Uuid),
}

/// One side of a movement: account and amount, debit positive.
pub type Entry = (&'static str, i64);

/// A captured payment that became an order: tickets less discounts, fees and taxes earned. A fee that the club bears moves
/// from the tickets to the fees; tax that a price includes is owed, not earned.
pub(crate) fn sale(lines: &[LineRow]) -> Vec<Entry> {
    sale_into("stripe_clearing", lines)
}

/// The same, with the money in an account of its own: what staff took at the venue.
pub(crate) fn sale_into(account: &'static str, lines: &[LineRow]) -> Vec<Entry> {
    let lines: Vec<_> = lines.iter().map(LineRow::quoted).collect();
    let paid = refund::paid(&lines);
    let credit: i64 =
        lines.iter().filter(|line| line.kind == LineKind::Credit).map(|line| -line.total_minor).sum();
    entries([
        (account, paid.total() - credit),
        ("credits", credit),
        ("ticket_revenue", -paid.tickets_minor),
        ("service_fees", -paid.fees_minor),
        ("tax", -paid.tax_minor),
    ])
}

/// Money of an order that goes back, by what it was paid for, out of the account that holds it. Nothing, where it cost nothing.
pub(crate) fn refund_from(account: &'static str, parts: Parts) -> Vec<Entry> {
    entries([
        (account, -parts.total()),
        ("refunds", parts.tickets_minor),
        ("service_fees", parts.fees_minor),
        ("tax", parts.tax_minor),
    ])
}

/// What moves nothing is not booked.
fn entries<const N: usize>(entries: [Entry; N]) -> Vec<Entry> {
    entries.into_iter().filter(|(_, amount)| *amount != 0).collect()
}

/// What Stripe moved for a dispute: what the bank took (negative) or gave back, and what Stripe takes for it (negative where
/// it gives that back). Nothing where nothing moved.
pub(crate) fn disputed(amount_minor: i64, fee_minor: i64) -> Vec<Entry> {
    entries([
        ("stripe_clearing", amount_minor - fee_minor),
        ("disputes", -amount_minor),
        ("dispute_fees", fee_minor),
    ])
}

/// What a gift is worth. Nothing for what is free for everybody.
pub(crate) fn given(worth_minor: i64) -> Vec<Entry> {
    entries([("comps", worth_minor), ("revenue_comps", -worth_minor)])
}

/// What guests did not spend of a credit is no longer owed to them.
pub(crate) fn lapsed(amount_minor: i64) -> Vec<Entry> {
    entries([("credits", amount_minor), ("lapsed_credits", -amount_minor)])
}

/// A captured payment that became no order.
pub fn owed(amount_minor: i64) -> Vec<Entry> {
    vec![("stripe_clearing", amount_minor), ("owed_to_guests", -amount_minor)]
}

/// Money that became no order and goes back, out of the account that it is paid from.
pub(crate) fn returned_from(account: &'static str, amount_minor: i64) -> Vec<Entry> {
    vec![(account, -amount_minor), ("owed_to_guests", amount_minor)]
}

/// What Stripe keeps, out of what it holds for us; negative where it gives that back.
pub(crate) fn kept_by_stripe(fee_minor: i64) -> Vec<Entry> {
    entries([("stripe_clearing", -fee_minor), ("stripe_fees", fee_minor)])
}

/// Money that came to Stripe, or went, of no order of ours.
pub(crate) fn of_others(net_minor: i64) -> Vec<Entry> {
    entries([("stripe_clearing", net_minor), ("foreign", -net_minor)])
}

/// What Stripe has paid out; negative where it collected.
pub(crate) fn paid_out(amount_minor: i64) -> Vec<Entry> {
    entries([("bank", amount_minor), ("stripe_clearing", -amount_minor)])
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
            Self::RefundOtherwise(id) => ("refund_otherwise", id),
            Self::VenueSale(id) => ("venue_sale", id),
            Self::Dispute(id) => ("dispute", id),
            Self::Comp(id) => ("comp", id),
            Self::CreditSale(id) => ("credit_sale", id),
            Self::CreditLapse(id) => ("credit_lapse", id),
            Self::Payout(id) => ("payout", id),
            Self::PayoutFailed(id) => ("payout_failed", id),
            Self::StripeFee(id) => ("stripe_fee", id),
            Self::StripeForeign(id) => ("stripe_foreign", id),
            Self::StripeForeignKnown(id) => ("stripe_foreign_known", id),
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
    write(conn, source, Some(order.uuid()), currency, entries, at).await
}

/// The same of what belongs to no one order. Nothing, where nothing moved or it is booked already.
pub(crate) async fn book_once(
    conn: &mut Conn,
    source: Source,
    currency: &str,
    entries: &[Entry],
    at: DateTime<Utc>,
) -> Result<(), DbError> {
    if entries.is_empty() || is_booked(conn, source).await? {
        return Ok(());
    }
    write(conn, source, None, currency, entries, at).await
}

async fn write(
    conn: &mut Conn,
    source: Source,
    order: Option<Uuid>,
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
            ledger_transactions::order_id.eq(order),
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
mod tests;
