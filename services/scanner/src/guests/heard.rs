//! A ticket has lost its person: they asked to be forgotten.

use db::{Conn, DbError};

use super::store;
use crate::admissions::store::AdmissionRow;

/// The name by which bans knew the ticket, if this word of its owner takes name and address off it. To be asked before the word is
/// taken over.
pub async fn loses(conn: &mut Conn, row: &AdmissionRow) -> Result<Option<String>, DbError> {
    if !row.holder_name.is_empty() || !row.buyer_email_hash.is_empty() {
        return Ok(None);
    }
    store::known_as(conn, row.ticket_id).await
}

/// Notes that its guest is to be forgotten. The name is not kept: only which ban it fell under.
pub async fn note(conn: &mut Conn, row: &AdmissionRow, known_as: &str) -> Result<(), DbError> {
    store::note(conn, row, known_as).await
}
