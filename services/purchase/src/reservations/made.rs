//! New reservations: written with their orders, in the batch's own transaction.

use bus::outbox::Row;
use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use domain::reservation::ReservationState;
use serde_json::Value;
use uuid::Uuid;

use super::approve::{self, Approval};
use super::counted;
use super::message::changed;
use super::on_sale::Booked;
use super::store::{self, ReservationRow, TableRow};
use crate::orders::store::OrderRow;

/// A reservation that is about to be written, and its table.
#[derive(Debug)]
pub(crate) struct Made {
    pub(super) row: ReservationRow,
    pub(super) table: TableRow,
    /// The host's yes, where it was asked for before.
    pub(super) approval: Option<Approval>,
    /// Where its deposit is paid; empty where none is owed.
    pub(super) pay_at: String,
}

/// A reservation beside the order that pays for it.
#[derive(Debug)]
pub(crate) struct Booking<'a> {
    pub order: &'a OrderRow,
    pub made: &'a Made,
    /// The trace of whoever booked it.
    pub trace: Option<&'a str>,
}

impl Made {
    /// That of an order: it waits for the deposit, or is confirmed where none is owed.
    pub(crate) fn of(order: &OrderRow, booked: &Booked, deposit_minor: i64) -> Self {
        let Booked { table, wish, minimum_minor, preorder } = booked;
        let paid = order.paid_at.is_some();
        let state = if paid { ReservationState::Confirmed } else { ReservationState::Pending };
        let row = ReservationRow {
            id: Uuid::now_v7(),
            event_id: order.event_id,
            order_id: Some(order.id),
            state: state.code().to_owned(),
            revision: 1,
            party: i32::try_from(wish.party).unwrap_or(i32::MAX),
            booker_name: order.buyer_name.clone(),
            booker_email: order.buyer_email.clone(),
            language: order.language.clone(),
            arrives_at: wish.arrives_at,
            occasion: wish.occasion.clone(),
            wish: wish.wish.clone(),
            host: String::new(),
            promoter: order.promoter.clone(),
            preorder: serde_json::to_value(preorder).unwrap_or_else(|_| Value::Array(Vec::new())),
            currency: order.currency.clone(),
            minimum_minor: *minimum_minor,
            deposit_minor,
            spent_minor: 0,
            made_at: order.created_at,
            changed_at: order.created_at,
            checked_in_at: None,
            closed_at: None,
            asked: false,
        };
        Self { row, table: table.clone(), approval: wish.approval.clone(), pay_at: String::new() }
    }

    /// The same, with the address at which its deposit is paid.
    pub(crate) fn paid_at(self, address: &str) -> Self {
        Self { pay_at: address.to_owned(), ..self }
    }
}

/// Writes them with their tables, and tells the others: three statements, however many. The orders stand already. Wakes no relay: the caller
/// does, after the commit.
pub(crate) async fn insert(
    conn: &mut Conn,
    bookings: Vec<Booking<'_>>,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let (asked, bookings): (Vec<_>, Vec<_>) =
        bookings.into_iter().partition(|booking| booking.made.approval.is_some());
    for booking in &asked {
        approve::carry_out(conn, booking, now).await?;
    }
    if bookings.is_empty() {
        return Ok(());
    }
    let rows: Vec<_> =
        bookings.iter().map(|booking| (booking.made.row.clone(), booking.made.table.id)).collect();
    store::insert(conn, &rows).await?;
    let message = |booking: &Booking<'_>| {
        let Made { row, table, .. } = booking.made;
        let message = changed(row, Some(booking.order), vec![table.clone()], "made");
        Row { traceparent: booking.trace.map(str::to_owned), ..Row::of(&message, now) }
    };
    bus::outbox::add_rows_quietly(conn, bookings.iter().map(message).collect()).await?;
    for booking in &bookings {
        counted::change("made");
        tracing::info!(reservation = %booking.made.row.id, order = %booking.order.id, "reservation made");
    }
    Ok(())
}
