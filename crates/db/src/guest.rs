//! Reading as a guest: a role that sees the rows of one order alone, whatever a query asks for.

use diesel::sql_types::Text;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{Conn, DbError, Keep};

/// Whose rows a guest may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// Those of the order of this key.
    Order(Uuid),
}

/// For the rest of this transaction the connection's role is its guest's (`purchase_guest` for `purchase`), which sees these rows
/// and changes nothing. Call it in a transaction: outside of one it ends with its own statement. The migrations `row_security` say
/// which tables a guest sees at all.
pub async fn as_guest(conn: &mut Conn, seen: Seen) -> Result<(), DbError> {
    let Seen::Order(key) = seen;
    diesel::sql_query(
        "SELECT set_config('maguey.order_key', $1, true), set_config('role', current_user || '_guest', true)",
    )
    .bind::<Text, _>(key.to_string())
    .kept()
    .execute(conn)
    .await?;
    Ok(())
}
