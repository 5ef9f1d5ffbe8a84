//! The tables of the `purchase` schema as diesel sees them, by rooms. Written by hand (the diesel CLI needs libpq) and held to
//! the migrated database by a test.

mod books;
mod catalog;
mod checkout;
mod holders;
mod lines;
mod money;
mod tables;

pub use self::books::*;
pub use self::catalog::*;
pub use self::checkout::*;
pub use self::holders::*;
pub use self::lines::*;
pub use self::money::*;
pub use self::tables::*;

diesel::joinable!(ticket_types -> events (event_id));
diesel::joinable!(promo_codes -> promos (promo_id));
diesel::joinable!(orders -> events (event_id));
diesel::joinable!(order_lines -> orders (order_id));
diesel::joinable!(attempts -> orders (order_id));
diesel::joinable!(tickets -> orders (order_id));
diesel::joinable!(reserved_tables -> reservations (reservation_id));
diesel::allow_tables_to_appear_in_same_query!(
    events,
    ticket_types,
    stock,
    promos,
    promo_codes,
    promo_redemptions,
    orders,
    order_lines,
    checkout_requests,
    attempts,
    payments,
    refunds,
    refund_tickets,
    disputes,
    cancellations,
    webhook_events,
    quarantine,
    tickets,
    ledger_transactions,
    ledger_entries,
    receipt_numbers,
    order_answers,
    reservations,
    reserved_tables,
    sale_reminders,
    presales,
    ticket_shares,
    ticket_transfers,
    waitlist,
    waitlist_nights,
);

#[cfg(test)]
mod tests {
    use db::Owner;
    use db::testing::TestDatabase;
    use db::testing::shape::{self, Shape};

    use super::*;

    /// All that is written here: a table in another file would not be counted.
    const WRITTEN: &str = concat!(
        include_str!("schema.rs"),
        include_str!("schema/books.rs"),
        include_str!("schema/catalog.rs"),
        include_str!("schema/checkout.rs"),
        include_str!("schema/holders.rs"),
        include_str!("schema/lines.rs"),
        include_str!("schema/money.rs"),
        include_str!("schema/tables.rs"),
    );

    #[tokio::test]
    async fn diesel_sees_the_tables_as_they_are() {
        let database = TestDatabase::create().await;
        let shapes = [
            Shape::of::<events::table>(),
            Shape::of::<ticket_types::table>(),
            Shape::of::<stock::table>(),
            Shape::of::<stock_clamps::table>(),
            Shape::of::<promos::table>(),
            Shape::of::<promo_codes::table>(),
            Shape::of::<promo_redemptions::table>(),
            Shape::of::<orders::table>(),
            Shape::of::<order_lines::table>(),
            Shape::of::<checkout_requests::table>(),
            Shape::of::<attempts::table>(),
            Shape::of::<payments::table>(),
            Shape::of::<refunds::table>(),
            Shape::of::<refund_tickets::table>(),
            Shape::of::<disputes::table>(),
            Shape::of::<dispute_marks::table>(),
            Shape::of::<cancellations::table>(),
            Shape::of::<stripe_movements::table>(),
            Shape::of::<reconciliations::table>(),
            Shape::of::<webhook_events::table>(),
            Shape::of::<quarantine::table>(),
            Shape::of::<ledger_transactions::table>(),
            Shape::of::<ledger_entries::table>(),
            Shape::of::<tickets::table>(),
            Shape::of::<receipt_series::table>(),
            Shape::of::<receipt_numbers::table>(),
            Shape::of::<ticket_transfers::table>(),
            Shape::of::<ticket_shares::table>(),
            Shape::of::<order_answers::table>(),
            Shape::of::<floor_plans::table>(),
            Shape::of::<reservations::table>(),
            Shape::of::<reservation_commands::table>(),
            Shape::of::<reserved_tables::table>(),
            Shape::of::<sale_reminders::table>(),
            Shape::of::<presales::table>(),
            Shape::of::<mail_wishes::table>(),
            Shape::of::<waitlist::table>(),
            Shape::of::<waitlist_nights::table>(),
            Shape::of::<waiting_rooms::table>(),
            Shape::of::<waiting_room_passes::table>(),
        ];
        let differences = shape::differences(&database, Owner::Purchase, WRITTEN, &shapes).await;
        assert_eq!(differences.expect("a comparison"), [""; 0]);
    }
}
