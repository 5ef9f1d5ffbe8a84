//! All SQL on photographs.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::schema::{admissions, photos};

/// A row of `photos`.
#[derive(Debug, Insertable)]
#[diesel(table_name = photos)]
pub struct PhotoRow {
    /// The photograph.
    pub id: Uuid,
    /// What it is of: `holder`, `incident` or `ban`.
    pub subject: &'static str,
    /// The ticket whose holder it is of.
    pub ticket_id: Option<Uuid>,
    /// Whether who is on it agreed.
    pub consent: bool,
    /// The picture.
    pub jpeg: Vec<u8>,
    /// When it was taken in.
    pub taken_at: DateTime<Utc>,
    /// By whom.
    pub staff_id: Uuid,
}

/// Keeps a photograph.
pub async fn add(conn: &mut Conn, row: &PhotoRow) -> Result<(), DbError> {
    diesel::insert_into(photos::table).values(row).execute(conn).await?;
    Ok(())
}

/// The picture, if it has not been erased.
pub async fn jpeg(conn: &mut Conn, id: Uuid) -> Result<Option<Vec<u8>>, DbError> {
    Ok(photos::table.find(id).select(photos::jpeg).first(conn).await.optional()?)
}

/// Whether there is such a photograph of this subject.
pub async fn is_there(conn: &mut Conn, id: Uuid, subject: &str) -> Result<bool, DbError> {
    let found = photos::table.filter(photos::id.eq(id).and(photos::subject.eq(subject)));
    Ok(found.count().get_result::<i64>(conn).await? > 0)
}

/// Which of these photographs have not been erased.
pub async fn still_there(conn: &mut Conn, ids: &[Uuid]) -> Result<Vec<Uuid>, DbError> {
    Ok(photos::table.filter(photos::id.eq_any(ids)).select(photos::id).load(conn).await?)
}

/// The photographs of a ticket's holder, the latest first.
pub async fn of_ticket(conn: &mut Conn, ticket: Uuid) -> Result<Vec<(Uuid, DateTime<Utc>)>, DbError> {
    let found = photos::table.filter(photos::ticket_id.eq(ticket)).order(photos::id.desc());
    Ok(found.select((photos::id, photos::taken_at)).load(conn).await?)
}

/// Of these tickets those whose holder has been photographed.
pub async fn photographed(conn: &mut Conn, tickets: &[Uuid]) -> Result<Vec<Uuid>, DbError> {
    #[derive(QueryableByName)]
    struct Found {
        #[diesel(sql_type = SqlUuid)]
        ticket: Uuid,
    }
    let found: Vec<Found> =
        diesel::sql_query("SELECT DISTINCT ticket_id AS ticket FROM photos WHERE ticket_id = ANY($1)")
            .bind::<Array<SqlUuid>, _>(tickets)
            .load(conn)
            .await?;
    Ok(found.into_iter().map(|found| found.ticket).collect())
}

/// Who has a ticket, and the clock of its night where that is known.
#[derive(Debug, QueryableByName)]
pub struct Guest {
    /// Its holder's name.
    #[diesel(sql_type = Text)]
    pub holder_name: String,
    /// Its type.
    #[diesel(sql_type = Text)]
    pub type_name: String,
    /// Its night's time zone.
    #[diesel(sql_type = Nullable<Text>)]
    pub time_zone: Option<String>,
}

/// Who has this ticket; none if the door does not know it.
pub async fn guest(conn: &mut Conn, ticket: Uuid) -> Result<Option<Guest>, DbError> {
    Ok(diesel::sql_query(
        "SELECT a.holder_name, a.type_name, e.time_zone FROM admissions a LEFT JOIN events e ON e.id = a.event_id
          WHERE a.ticket_id = $1",
    )
    .bind::<SqlUuid, _>(ticket)
    .get_result(conn)
    .await
    .optional()?)
}

/// The night of a ticket; none if the door does not know it.
pub async fn night_of(conn: &mut Conn, ticket: Uuid) -> Result<Option<Uuid>, DbError> {
    Ok(admissions::table.find(ticket).select(admissions::event_id).first(conn).await.optional()?)
}

/// The nights that a photograph belongs to: its ticket's, and those of the incidents that name it. One of a ban has none.
pub async fn nights(conn: &mut Conn, photo: Uuid) -> Result<Vec<Uuid>, DbError> {
    #[derive(QueryableByName)]
    struct Night {
        #[diesel(sql_type = SqlUuid)]
        event_id: Uuid,
    }
    let found: Vec<Night> = diesel::sql_query(
        "SELECT a.event_id FROM photos p JOIN admissions a ON a.ticket_id = p.ticket_id WHERE p.id = $1
          UNION SELECT event_id FROM incidents WHERE photo = $1",
    )
    .bind::<SqlUuid, _>(photo)
    .load(conn)
    .await?;
    Ok(found.into_iter().map(|night| night.event_id).collect())
}

/// Whether the door knows a ticket.
pub async fn knows_ticket(conn: &mut Conn, ticket: Uuid) -> Result<bool, DbError> {
    let found = admissions::table.filter(admissions::ticket_id.eq(ticket));
    Ok(found.count().get_result::<i64>(conn).await? > 0)
}

/// Erases one photograph; `false` if there is none.
pub async fn erase_one(conn: &mut Conn, id: Uuid) -> Result<bool, DbError> {
    Ok(diesel::delete(photos::table.find(id)).execute(conn).await? > 0)
}

/// Erases photographs that were taken before an instant, at most so many.
pub async fn erase(conn: &mut Conn, before: DateTime<Utc>, most: i64) -> Result<usize, DbError> {
    let erased = diesel::sql_query(
        "DELETE FROM photos WHERE id IN (
           SELECT id FROM photos WHERE taken_at <= $1 ORDER BY taken_at LIMIT $2)",
    )
    .bind::<Timestamptz, _>(before)
    .bind::<BigInt, _>(most)
    .execute(conn)
    .await?;
    Ok(erased)
}
