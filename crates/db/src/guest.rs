//! Reading as a guest: a role that sees the rows of one order or of one account alone, whatever a query asks for.

use diesel::sql_types::Text;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{Conn, DbError, Keep};

/// Whose rows a guest may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen<'a> {
    /// Those of the order of this key.
    Order(Uuid),
    /// The order of this reference, and nothing that belongs to it: whoever asks has yet to show its key.
    Reference(&'a str),
    /// Those of this account.
    Account {
        /// Its key.
        key: Uuid,
        /// The address that its owner has proven, in lower case: what was bought or sent under it is theirs too.
        email: Option<&'a str>,
    },
}

/// For the rest of this transaction the connection's role is its guest's (`purchase_guest` for `purchase`), which sees these rows
/// and changes nothing. Call it once, in a transaction: outside of one it ends with its own statement. The migrations `row_security`
/// say which tables a guest sees at all.
pub async fn as_guest(conn: &mut Conn, seen: Seen<'_>) -> Result<(), DbError> {
    let (mut order, mut reference, mut account, mut address) = (String::new(), "", String::new(), "");
    match seen {
        Seen::Order(key) => order = key.to_string(),
        Seen::Reference(named) => reference = named,
        Seen::Account { key, email } => {
            account = key.to_string();
            address = email.unwrap_or_default();
        }
    }
    diesel::sql_query(
        "SELECT set_config('maguey.order_key', $1, true), set_config('maguey.order_reference', $2, true),
                set_config('maguey.account', $3, true), set_config('maguey.email', $4, true),
                set_config('role', current_user || '_guest', true)",
    )
    .bind::<Text, _>(order)
    .bind::<Text, _>(reference)
    .bind::<Text, _>(account)
    .bind::<Text, _>(address)
    .kept()
    .execute(conn)
    .await?;
    Ok(())
}
