//! SQL that writes the read models, where each function gives whether anything changed; what is counted again from them, over
//! time and of nights, beside it.

mod door;
mod figures;
pub(super) mod nights;
mod orders;
pub mod recount;
mod refunds;
mod said;
mod scans;
pub(super) mod series;

use db::{Conn, DbError, Keep};
use diesel::sql_types::Text;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

pub use door::put_door;
pub use figures::{Sold, sold};
pub use orders::add_paid;
pub(crate) use orders::put_passed_on;
pub(crate) use refunds::add_disputed;
pub use refunds::add_refund;
pub use said::{DoorState, PaidOrder, Refund, Scan, SoldTicket};
pub use scans::add_scans;

/// Tells every replica that figures have changed.
pub const CHANNEL: &str = "marketing_admin_figures";

/// Lets one message of an order in at a time, until the transaction ends: the original and its resend, a payment and its
/// refund may arrive in the same moment, and none of them would see what the other is about to count.
pub(crate) async fn alone_with(conn: &mut Conn, order: Uuid) -> Result<(), DbError> {
    diesel::sql_query("SELECT pg_advisory_xact_lock(hashtextextended('order ' || $1, 0))")
        .bind::<Text, _>(order.to_string())
        .kept()
        .execute(conn)
        .await?;
    Ok(())
}
