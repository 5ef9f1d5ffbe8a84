//! Parties: an entry, and those that joined it when it grew. Each is a gift of its own; together they are one line of the list.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::prelude::*;
use diesel::sql_types::{Array, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::ids::GuestEntryId;
use uuid::Uuid;

/// A gift of a party.
#[derive(Debug, Clone, QueryableByName)]
pub(crate) struct PartyRow {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    pub event_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    pub order_id: Uuid,
    #[diesel(sql_type = Text)]
    pub reference: String,
    #[diesel(sql_type = Text)]
    pub name: String,
    #[diesel(sql_type = Text)]
    pub email: String,
    #[diesel(sql_type = Text)]
    pub language: String,
    #[diesel(sql_type = SqlUuid)]
    pub ticket_type_id: Uuid,
    #[diesel(sql_type = Text)]
    pub promoter: String,
    #[diesel(sql_type = Text)]
    pub note: String,
    #[diesel(sql_type = Integer)]
    pub party: i32,
    #[diesel(sql_type = Integer)]
    pub wanted: i32,
    #[diesel(sql_type = Timestamptz)]
    pub admit_until: DateTime<Utc>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub asked_at: Option<DateTime<Utc>>,
}

/// The entries of the party that `$1` belongs to.
const WHICH: &str =
    "coalesce(g.party_of, g.id) = (SELECT coalesce(party_of, id) FROM guest_list WHERE id = $1)";

/// All gifts of a party, the first one first.
pub(crate) async fn party(conn: &mut Conn, id: GuestEntryId) -> Result<Vec<PartyRow>, DbError> {
    let query = format!(
        "SELECT g.id, g.event_id, g.order_id, o.reference, o.buyer_name AS name, o.buyer_email AS email, o.language,
                l.ticket_type_id, coalesce(a.promoter, '') AS promoter, g.note, g.party, g.wanted, g.admit_until, g.asked_at
           FROM guest_list g JOIN orders o ON o.id = g.order_id
           JOIN order_lines l ON l.order_id = o.id AND l.kind = 'ticket' AND l.position = 0
           LEFT JOIN guest_list_allotments a ON a.event_id = g.event_id AND a.promoter_key = g.promoter_key
          WHERE {WHICH} ORDER BY g.party_of IS NOT NULL, g.id"
    );
    Ok(diesel::sql_query(query).bind::<SqlUuid, _>(id.uuid()).load(conn).await?)
}

/// Locks a party's orders, and after them its entries, as everywhere.
pub(crate) async fn lock_party(conn: &mut Conn, id: GuestEntryId) -> Result<(), DbError> {
    for (of, key) in [("o", "o.id"), ("g", "g.id")] {
        let statement = format!(
            "SELECT {key} FROM guest_list g JOIN orders o ON o.id = g.order_id
              WHERE {WHICH} ORDER BY {key} FOR NO KEY UPDATE OF {of}"
        );
        diesel::sql_query(statement).bind::<SqlUuid, _>(id.uuid()).execute(conn).await?;
    }
    Ok(())
}

#[derive(QueryableByName)]
struct Changed {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// Has a party's entries, whose rows are locked, come until another time and under another name; says which tickets changed.
/// What was renamed or passed on keeps its name.
pub(crate) async fn set_terms(
    conn: &mut Conn,
    orders: &[Uuid],
    name: &str,
    until: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Vec<Uuid>, DbError> {
    diesel::sql_query("UPDATE guest_list SET admit_until = $2 WHERE order_id = ANY($1)")
        .bind::<Array<SqlUuid>, _>(orders)
        .bind::<Timestamptz, _>(until)
        .execute(conn)
        .await?;
    let changed: Vec<Changed> = diesel::sql_query(
        "WITH kept AS (
           SELECT t.id, CASE WHEN t.holder_name = o.buyer_name
                              AND NOT EXISTS (SELECT FROM ticket_transfers x WHERE x.to_ticket = t.id)
                             THEN $2 ELSE t.holder_name END AS name
             FROM tickets t JOIN orders o ON o.id = t.order_id WHERE o.id = ANY($1)
         )
         UPDATE tickets t SET admit_until = $3, holder_name = k.name, revision = t.revision + 1, changed_at = $4
           FROM kept k
          WHERE t.id = k.id AND (t.admit_until IS DISTINCT FROM $3 OR t.holder_name <> k.name)
         RETURNING t.id",
    )
    .bind::<Array<SqlUuid>, _>(orders)
    .bind::<Text, _>(name)
    .bind::<Timestamptz, _>(until)
    .bind::<Timestamptz, _>(now)
    .load(conn)
    .await?;
    diesel::sql_query("UPDATE orders SET buyer_name = $2 WHERE id = ANY($1)")
        .bind::<Array<SqlUuid>, _>(orders)
        .bind::<Text, _>(name)
        .execute(conn)
        .await?;
    Ok(changed.into_iter().map(|row| row.id).collect())
}
