//! A night as it is in one instant.

use chrono::{DateTime, NaiveDate, Utc};
use db::{Conn, Db, DbError};
use diesel::{OptionalExtension, QueryableByName, sql_query, sql_types};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

/// What a manifest says.
#[derive(Debug)]
pub struct Night {
    /// The event, and where the next delta begins.
    pub head: Head,
    /// Where this one begins; none for all tickets.
    pub after: Option<u64>,
    /// All its zones.
    pub zones: Vec<Zone>,
    /// Its open gates.
    pub gates: Vec<Gate>,
    /// Its ticket types.
    pub types: Vec<Type>,
    /// Tickets: all, or those that changed.
    pub tickets: Vec<Ticket>,
    /// Its parties with a table: always all of them.
    pub parties: Vec<Party>,
}

/// The event.
#[derive(Debug, QueryableByName)]
#[expect(missing_docs, reason = "the columns of `events` and `occupancy`")]
pub struct Head {
    #[diesel(sql_type = sql_types::Uuid)]
    pub id: Uuid,
    #[diesel(sql_type = sql_types::Text)]
    pub title: String,
    #[diesel(sql_type = sql_types::Text)]
    pub slug: String,
    #[diesel(sql_type = sql_types::Text)]
    pub status: String,
    #[diesel(sql_type = sql_types::Timestamptz)]
    pub starts_at: DateTime<Utc>,
    #[diesel(sql_type = sql_types::Timestamptz)]
    pub ends_at: DateTime<Utc>,
    #[diesel(sql_type = sql_types::Timestamptz)]
    pub entry_from: DateTime<Utc>,
    #[diesel(sql_type = sql_types::Timestamptz)]
    pub entry_until: DateTime<Utc>,
    #[diesel(sql_type = sql_types::Text)]
    pub time_zone: String,
    #[diesel(sql_type = sql_types::BigInt)]
    pub inside: i64,
    #[diesel(sql_type = sql_types::Nullable<sql_types::BigInt>)]
    pub limit_people: Option<i64>,
    /// `pg_snapshot_xmin`.
    #[diesel(sql_type = sql_types::Text)]
    pub cursor: String,
    /// `pg_snapshot_xmax`.
    #[diesel(sql_type = sql_types::Text)]
    pub newest: String,
}

/// A zone.
#[derive(Debug, QueryableByName)]
pub struct Zone {
    /// The zone.
    #[diesel(sql_type = sql_types::Uuid)]
    pub id: Uuid,
    /// Its name.
    #[diesel(sql_type = sql_types::Text)]
    pub name: String,
    /// People in it, where it has a limit.
    #[diesel(sql_type = sql_types::Nullable<sql_types::BigInt>)]
    pub inside: Option<i64>,
    /// How many may be; null: as many as come.
    #[diesel(sql_type = sql_types::Nullable<sql_types::BigInt>)]
    pub limit_people: Option<i64>,
}

/// A gate.
#[derive(Debug, QueryableByName)]
pub struct Gate {
    /// The gate.
    #[diesel(sql_type = sql_types::Uuid)]
    pub id: Uuid,
    /// The zone behind it.
    #[diesel(sql_type = sql_types::Uuid)]
    pub zone_id: Uuid,
    /// Its name.
    #[diesel(sql_type = sql_types::Text)]
    pub name: String,
}

/// A ticket type.
#[derive(Debug, QueryableByName)]
pub struct Type {
    /// The type.
    #[diesel(sql_type = sql_types::Uuid)]
    pub id: Uuid,
    /// Its name.
    #[diesel(sql_type = sql_types::Text)]
    pub name: String,
    /// Its zone.
    #[diesel(sql_type = sql_types::Uuid)]
    pub zone_id: Uuid,
    /// How often it lets in; null: as often as one likes.
    #[diesel(sql_type = sql_types::Nullable<sql_types::SmallInt>)]
    pub entries_allowed: Option<i16>,
    /// From when on it lets in; null: since the doors open.
    #[diesel(sql_type = sql_types::Nullable<sql_types::Timestamptz>)]
    pub admit_from: Option<DateTime<Utc>>,
    /// From when on it lets nobody in for the first time; null: as long as the doors are open.
    #[diesel(sql_type = sql_types::Nullable<sql_types::Timestamptz>)]
    pub admit_until: Option<DateTime<Utc>>,
    /// Whether its guest's identity document is looked at.
    #[diesel(sql_type = sql_types::Bool)]
    pub asks_id: bool,
    /// Whether its codes move.
    #[diesel(sql_type = sql_types::Bool)]
    pub rotating_code: bool,
}

/// A ticket with its stay in its own zone.
#[derive(Debug, QueryableByName)]
#[expect(missing_docs, reason = "the columns of `admissions`, and of the last of its entries")]
pub struct Ticket {
    #[diesel(sql_type = sql_types::Uuid)]
    pub ticket_id: Uuid,
    #[diesel(sql_type = sql_types::Text)]
    pub status: String,
    #[diesel(sql_type = sql_types::Bool)]
    pub banned: bool,
    #[diesel(sql_type = sql_types::Uuid)]
    pub ticket_type_id: Uuid,
    #[diesel(sql_type = sql_types::Uuid)]
    pub zone_id: Uuid,
    #[diesel(sql_type = sql_types::Text)]
    pub attention: String,
    #[diesel(sql_type = sql_types::Text)]
    pub holder_name: String,
    #[diesel(sql_type = sql_types::Text)]
    pub order_reference: String,
    #[diesel(sql_type = sql_types::Nullable<sql_types::Timestamptz>)]
    pub admit_until: Option<DateTime<Utc>>,
    #[diesel(sql_type = sql_types::Nullable<sql_types::Date>)]
    pub birth_date: Option<NaiveDate>,
    #[diesel(sql_type = sql_types::Nullable<sql_types::BigInt>)]
    pub entries: Option<i64>,
    #[diesel(sql_type = sql_types::Nullable<sql_types::Bool>)]
    pub inside: Option<bool>,
    #[diesel(sql_type = sql_types::Nullable<sql_types::Timestamptz>)]
    pub last_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = sql_types::Nullable<sql_types::Text>)]
    pub last_gate: Option<String>,
}

/// A party with a table.
#[derive(Debug, QueryableByName)]
#[expect(missing_docs, reason = "the columns of `parties`")]
pub struct Party {
    #[diesel(sql_type = sql_types::Text)]
    pub order_reference: String,
    #[diesel(sql_type = sql_types::Array<sql_types::Text>)]
    pub tables: Vec<String>,
    #[diesel(sql_type = sql_types::Text)]
    pub booker_name: String,
    #[diesel(sql_type = sql_types::Integer)]
    pub people: i32,
    #[diesel(sql_type = sql_types::Text)]
    pub host: String,
    #[diesel(sql_type = sql_types::Timestamptz)]
    pub arrives_at: DateTime<Utc>,
    /// People of it who are inside.
    #[diesel(sql_type = sql_types::BigInt)]
    pub inside: i64,
}

const HEAD: &str = "SELECT e.id, e.title, e.slug, e.status, e.starts_at, e.ends_at, e.entry_from, e.entry_until, e.time_zone,
            coalesce(o.inside, 0) AS inside, o.limit_people::bigint AS limit_people,
            pg_snapshot_xmin(pg_current_snapshot())::text AS cursor, pg_snapshot_xmax(pg_current_snapshot())::text AS newest
       FROM events e LEFT JOIN occupancy o ON o.event_id = e.id WHERE e.id = $1";

const ZONES: &str = "SELECT z.id, z.name, l.inside, l.limit_people::bigint AS limit_people
       FROM zones z LEFT JOIN zone_limits l ON l.zone_id = z.id WHERE z.event_id = $1 ORDER BY z.id";

/// A type that only its tickets tell of has not been told by the event yet: it lets in once until it is.
const TYPES: &str = "SELECT id, name, zone_id, entries_allowed, admit_from, admit_until, asks_id, rotating_code FROM ticket_types WHERE event_id = $1
      UNION ALL
     SELECT DISTINCT ON (ticket_type_id) ticket_type_id, type_name, zone_id, 1::smallint, null::timestamptz, null::timestamptz, false, false FROM admissions a
      WHERE event_id = $1 AND NOT EXISTS (SELECT FROM ticket_types t WHERE t.id = a.ticket_type_id AND t.event_id = $1)";

/// A few at most, and none on most nights.
const PARTIES: &str = "SELECT order_reference, tables, booker_name, people, host, arrives_at, party_inside(reservation_id) AS inside
       FROM parties WHERE event_id = $1 AND order_reference <> '' AND party_stands(state) ORDER BY order_reference";

/// One pass over the night's entries, one over its tickets.
const ALL: &str = "WITH stays AS MATERIALIZED (
         SELECT ticket_id, zone_id, count(*) AS entries, bool_or(left_at IS NULL) AS inside, max(admitted_at) AS last_at,
                (array_agg(gate_name ORDER BY admitted_at DESC))[1] AS last_gate
           FROM entries WHERE event_id = $1 AND is_primary AND annulled_at IS NULL GROUP BY ticket_id, zone_id)
     SELECT a.ticket_id, a.status, a.banned, a.ticket_type_id, a.zone_id,
            concat_ws(' · ', case when a.banned then nullif(a.ban_note, '') end, nullif(a.attention, '')) AS attention, a.holder_name, a.order_reference, a.admit_until, a.birth_date,
            s.entries, s.inside, s.last_at, s.last_gate
       FROM admissions a LEFT JOIN stays s ON s.ticket_id = a.ticket_id AND s.zone_id = a.zone_id
      WHERE a.event_id = $1 ORDER BY a.ticket_id";

/// Two looks into the indexes of what changed, then each of those tickets by itself.
const CHANGED: &str = "WITH changed AS MATERIALIZED (
         SELECT ticket_id FROM admissions WHERE event_id = $1 AND changed_xid >= $2::text::xid8
          UNION
         SELECT ticket_id FROM entries WHERE event_id = $1 AND changed_xid >= $2::text::xid8)
     SELECT a.ticket_id, a.status, a.banned, a.ticket_type_id, a.zone_id,
            concat_ws(' · ', case when a.banned then nullif(a.ban_note, '') end, nullif(a.attention, '')) AS attention, a.holder_name, a.order_reference, a.admit_until, a.birth_date,
            s.entries, s.inside, s.last_at, s.last_gate
       FROM changed JOIN admissions a ON a.ticket_id = changed.ticket_id AND a.event_id = $1
       LEFT JOIN LATERAL (
            SELECT nullif(count(*), 0) AS entries, bool_or(left_at IS NULL) AS inside, max(admitted_at) AS last_at,
                   (array_agg(gate_name ORDER BY admitted_at DESC))[1] AS last_gate
              FROM entries WHERE ticket_id = a.ticket_id AND zone_id = a.zone_id AND is_primary AND annulled_at IS NULL) s ON true
      ORDER BY a.ticket_id";

/// Reads a night, in one snapshot: `after` a cursor what may have changed since, or all of it.
///
/// Why no ticket can be missed. A row carries the number of the transaction that wrote it last (`changed_xid`), and the cursor is the
/// snapshot's *xmin*: every transaction below it had ended when the snapshot was taken, so what it wrote is in this list. What is
/// not in it was written by a transaction that was still running, or had not begun: its number is the cursor or above, however late
/// it commits, and the next delta asks for those. Some rows are told twice, which is harmless. A cursor made of times, or of the
/// highest number seen, would pass over a transaction that began before and committed after another one.
///
/// A cursor that is ahead of all transactions is of a database that has been put back since: everything is told.
pub async fn read(db: &Db, event: Uuid, after: Option<u64>) -> Result<Option<Night>, DbError> {
    db.transaction(async |conn| {
        sql_query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY").execute(conn).await?;
        let head: Option<Head> =
            sql_query(HEAD).bind::<sql_types::Uuid, _>(event).get_result(conn).await.optional()?;
        let Some(head) = head else { return Ok(None) };
        let after = after.filter(|after| head.newest.parse().is_ok_and(|newest: u64| *after <= newest));
        let zones = rows(conn, ZONES, event).await?;
        let gates = rows(
            conn,
            "SELECT id, zone_id, name FROM gates WHERE event_id = $1 AND active ORDER BY id",
            event,
        )
        .await?;
        let types = rows(conn, TYPES, event).await?;
        let tickets = match after {
            None => rows(conn, ALL, event).await?,
            Some(cursor) => {
                let query = sql_query(CHANGED).bind::<sql_types::Uuid, _>(event);
                query.bind::<sql_types::Text, _>(cursor.to_string()).load(conn).await?
            }
        };
        let parties = rows(conn, PARTIES, event).await?;
        Ok::<_, DbError>(Some(Night { head, after, zones, gates, types, tickets, parties }))
    })
    .await
}

async fn rows<T>(conn: &mut Conn, query: &str, event: Uuid) -> Result<Vec<T>, DbError>
where
    T: QueryableByName<diesel::pg::Pg> + Send + 'static,
{
    Ok(sql_query(query).bind::<sql_types::Uuid, _>(event).load(conn).await?)
}
