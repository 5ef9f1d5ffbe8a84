//! SQL that reads the figures, and what they are called.

use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use db::{Conn, DbError};
use diesel::OptionalExtension;
use diesel::sql_types::{Array, BigInt, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::money::{Currency, Money};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::events::input::MoneySchema;
use crate::reports::store::series;

/// Nights that ended this long ago still stand on the dashboard.
const LOOK_BACK: TimeDelta = TimeDelta::days(3);

/// All that the dashboard shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Figures {
    /// Of the nights on sale and those that ended within the last three days.
    pub total: Total,
    /// Nights on sale and those just over, the next first.
    pub nights: Vec<Night>,
    /// Tickets sold per business night, from noon to noon on the club's clock: the last 14, this one included.
    pub sales: Vec<i64>,
    /// People admitted per quarter of an hour, the last six hours.
    pub arrivals: Vec<i64>,
    /// The club's clock: that of the night that is on or comes next.
    #[serde(skip)]
    #[schema(ignore)]
    pub zone: Tz,
}

/// The nights together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Total {
    /// Tickets sold and not returned.
    pub tickets_sold: i64,
    /// What was earned, per currency.
    #[schema(value_type = Vec<MoneySchema>)]
    pub revenue: Vec<Money>,
    /// People inside at this moment.
    pub inside: i64,
}

/// One night.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Night {
    pub id: Uuid,
    pub slug: String,
    pub title: String,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    #[serde(skip)]
    #[schema(ignore)]
    pub time_zone: String,
    /// Tickets sold and not returned.
    pub tickets_sold: i64,
    pub capacity: i64,
    #[schema(value_type = MoneySchema)]
    pub revenue: Money,
    /// What guests' banks have taken back of it; it is not part of the revenue.
    #[schema(value_type = MoneySchema)]
    pub disputed: Money,
    pub inside: i64,
    pub admitted: i64,
    pub refused: i64,
    pub ticket_types: Vec<TypeFigure>,
    /// How they were paid: only the ways that were used.
    pub channels: Vec<ChannelFigure>,
    /// How its door stands; null until the door has said so.
    pub door: Option<DoorFigure>,
}

/// How a night's door stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DoorFigure {
    /// How many may be inside; null where the night has no limit.
    pub limit: Option<i64>,
    /// Tickets that two phones let in, and that nobody has looked at.
    pub conflicts_open: i64,
    /// Phones that the door heard of in the last two minutes.
    pub devices_seen: i64,
    /// Phones that it heard of tonight, and that are silent since.
    pub devices_silent: i64,
    /// Scans that wait on phones to be sent.
    pub queue_length: i64,
    /// When this changed last.
    pub changed_at: DateTime<Utc>,
}

/// One ticket type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[expect(missing_docs, reason = "the names say it")]
pub struct TypeFigure {
    pub name: String,
    pub sold: i64,
    pub capacity: i64,
}

/// What was sold in one way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ChannelFigure {
    /// `online`, `cash_at_venue`, `card_at_venue`, `comp`.
    pub channel: String,
    /// Tickets sold and not returned.
    pub tickets: i64,
    /// What was earned.
    #[schema(value_type = MoneySchema)]
    pub revenue: Money,
}

/// Reads all of it.
pub async fn read(conn: &mut Conn, now: DateTime<Utc>) -> Result<Figures, DbError> {
    let rows = night_rows(conn, now - LOOK_BACK).await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let types = type_rows(conn, &ids).await?;
    let desk = desk_rows(conn, &ids).await?;
    let nights: Vec<Night> = rows.into_iter().map(|row| night(row, &types, &desk)).collect();
    let zone = zone(conn, &nights, now).await?;
    Ok(Figures {
        total: total(conn, now - LOOK_BACK).await?,
        nights,
        sales: series::sales(conn, now, zone).await?,
        arrivals: series::arrivals(conn, now).await?,
        zone,
    })
}

#[derive(diesel::QueryableByName)]
struct Clock {
    #[diesel(sql_type = Text)]
    time_zone: String,
}

/// The zone of the night that is on or comes next, or else of the oldest venue.
async fn zone(conn: &mut Conn, nights: &[Night], now: DateTime<Utc>) -> Result<Tz, DbError> {
    let night = nights.iter().find(|night| now < night.ends_at).or(nights.last());
    let name = match night {
        Some(night) => night.time_zone.clone(),
        None => {
            let oldest = "SELECT time_zone FROM venues ORDER BY created_at, id LIMIT 1";
            let found: Option<Clock> = diesel::sql_query(oldest).get_result(conn).await.optional()?;
            found.map(|venue| venue.time_zone).unwrap_or_default()
        }
    };
    Ok(name.parse().unwrap_or(Tz::UTC))
}

#[derive(diesel::QueryableByName)]
struct NightRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    slug: String,
    #[diesel(sql_type = Text)]
    title: String,
    #[diesel(sql_type = Timestamptz)]
    starts_at: DateTime<Utc>,
    #[diesel(sql_type = Timestamptz)]
    ends_at: DateTime<Utc>,
    #[diesel(sql_type = Text)]
    time_zone: String,
    #[diesel(sql_type = Text)]
    currency: String,
    #[diesel(sql_type = BigInt)]
    tickets_sold: i64,
    #[diesel(sql_type = BigInt)]
    revenue_minor: i64,
    #[diesel(sql_type = BigInt)]
    disputed_minor: i64,
    #[diesel(sql_type = BigInt)]
    inside: i64,
    #[diesel(sql_type = BigInt)]
    admitted: i64,
    #[diesel(sql_type = BigInt)]
    refused: i64,
    #[diesel(sql_type = Nullable<BigInt>)]
    limit_people: Option<i64>,
    #[diesel(sql_type = BigInt)]
    conflicts_open: i64,
    #[diesel(sql_type = BigInt)]
    devices_seen: i64,
    #[diesel(sql_type = BigInt)]
    devices_silent: i64,
    #[diesel(sql_type = BigInt)]
    queue_length: i64,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    door_changed_at: Option<DateTime<Utc>>,
}

async fn night_rows(conn: &mut Conn, ended_after: DateTime<Utc>) -> Result<Vec<NightRow>, DbError> {
    Ok(diesel::sql_query(
        "SELECT e.id, e.slug, e.title, e.starts_at, e.ends_at, venues.time_zone, e.currency,
                coalesce(f.tickets_sold - f.tickets_returned, 0) AS tickets_sold,
                coalesce(f.gross_minor - f.refunded_minor - f.disputed_minor, 0) AS revenue_minor,
                coalesce(f.disputed_minor, 0) AS disputed_minor,
                coalesce(f.inside, 0) AS inside, coalesce(f.admitted, 0) AS admitted, coalesce(f.refused, 0) AS refused,
                d.limit_people, coalesce(d.conflicts_open, 0) AS conflicts_open, coalesce(d.devices_seen, 0) AS devices_seen,
                coalesce(d.devices_silent, 0) AS devices_silent, coalesce(d.queue_length, 0) AS queue_length,
                d.changed_at AS door_changed_at
         FROM events e JOIN venues ON venues.id = e.venue_id LEFT JOIN event_figures f ON f.event_id = e.id
         LEFT JOIN door_states d ON d.event_id = e.id
         WHERE e.status IN ('published', 'cancelled') AND e.ends_at > $1
         ORDER BY e.starts_at, e.id LIMIT 100",
    )
    .bind::<Timestamptz, _>(ended_after)
    .load(conn)
    .await?)
}

#[derive(diesel::QueryableByName)]
struct TypeRow {
    #[diesel(sql_type = SqlUuid)]
    event_id: Uuid,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = BigInt)]
    sold: i64,
    #[diesel(sql_type = BigInt)]
    capacity: i64,
}

/// A withdrawn ticket type still counts where it was sold, and offers no places any more.
async fn type_rows(conn: &mut Conn, events: &[Uuid]) -> Result<Vec<TypeRow>, DbError> {
    Ok(diesel::sql_query(
        "SELECT t.event_id, t.name, coalesce(f.sold, 0) AS sold,
                CASE WHEN t.withdrawn_at IS NULL THEN t.capacity ELSE coalesce(f.sold, 0) END AS capacity
         FROM ticket_types t LEFT JOIN ticket_type_figures f ON f.event_id = t.event_id AND f.ticket_type_id = t.id
         WHERE t.event_id = ANY($1) AND (t.withdrawn_at IS NULL OR f.sold > 0)
         ORDER BY t.event_id, t.position, t.id",
    )
    .bind::<Array<SqlUuid>, _>(events)
    .load(conn)
    .await?)
}

#[derive(diesel::QueryableByName)]
struct Gone {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// The ticket types of some nights of which every place is sold, as far as we have heard. The ticket site has the last word.
pub async fn sold_out(conn: &mut Conn, events: &[Uuid]) -> Result<HashSet<Uuid>, DbError> {
    let rows: Vec<Gone> = diesel::sql_query(
        "SELECT t.id FROM ticket_types t
         JOIN ticket_type_figures f ON f.event_id = t.event_id AND f.ticket_type_id = t.id
         WHERE t.event_id = ANY($1) AND t.withdrawn_at IS NULL AND f.sold >= t.capacity",
    )
    .bind::<Array<SqlUuid>, _>(events)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

#[derive(diesel::QueryableByName)]
struct DeskRow {
    #[diesel(sql_type = SqlUuid)]
    event_id: Uuid,
    #[diesel(sql_type = Text)]
    channel: String,
    #[diesel(sql_type = BigInt)]
    tickets: i64,
    #[diesel(sql_type = BigInt)]
    revenue_minor: i64,
}

/// What staff sold at the venue and gave away: few orders beside those of the guests, which are all the rest.
async fn desk_rows(conn: &mut Conn, events: &[Uuid]) -> Result<Vec<DeskRow>, DbError> {
    Ok(diesel::sql_query(
        "SELECT o.event_id, o.channel, sum(t.tickets)::bigint AS tickets, sum(o.total_minor - r.refunded)::bigint AS revenue_minor
         FROM orders o
         CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE NOT returned) AS tickets FROM sold_tickets
                             WHERE order_id = o.id) t
         CROSS JOIN LATERAL (SELECT coalesce(sum(amount_minor), 0) AS refunded FROM order_refunds
                             WHERE order_id = o.id AND takes_revenue) r
         WHERE o.channel <> 'online' AND o.event_id = ANY($1) GROUP BY 1, 2 ORDER BY 1, 2",
    )
    .bind::<Array<SqlUuid>, _>(events)
    .load(conn)
    .await?)
}

/// The ways in which a night was paid, online first.
fn channels(row: &NightRow, desk: &[DeskRow], currency: Currency) -> Vec<ChannelFigure> {
    let figure = |channel: &str, tickets, minor| ChannelFigure {
        channel: channel.to_owned(),
        tickets,
        revenue: Money::new(minor, currency),
    };
    let of_desk: Vec<ChannelFigure> = desk
        .iter()
        .filter(|each| each.event_id == row.id)
        .map(|each| figure(&each.channel, each.tickets, each.revenue_minor))
        .collect();
    let tickets: i64 = of_desk.iter().map(|each| each.tickets).sum();
    let minor: i64 = of_desk.iter().map(|each| each.revenue.minor()).sum();
    let online = figure("online", row.tickets_sold - tickets, row.revenue_minor - minor);
    std::iter::once(online)
        .chain(of_desk)
        .filter(|each| each.tickets != 0 || !each.revenue.is_zero())
        .collect()
}

/// How the door stands, where it has said so.
fn door(row: &NightRow) -> Option<DoorFigure> {
    Some(DoorFigure {
        limit: row.limit_people,
        conflicts_open: row.conflicts_open,
        devices_seen: row.devices_seen,
        devices_silent: row.devices_silent,
        queue_length: row.queue_length,
        changed_at: row.door_changed_at?,
    })
}

fn night(row: NightRow, types: &[TypeRow], desk: &[DeskRow]) -> Night {
    let currency = row.currency.parse().unwrap_or(Currency::Eur);
    let channels = channels(&row, desk, currency);
    let ticket_types: Vec<TypeFigure> = types
        .iter()
        .filter(|each| each.event_id == row.id)
        .map(|each| TypeFigure { name: each.name.clone(), sold: each.sold, capacity: each.capacity })
        .collect();
    Night {
        door: door(&row),
        id: row.id,
        slug: row.slug,
        title: row.title,
        starts_at: row.starts_at,
        ends_at: row.ends_at,
        time_zone: row.time_zone,
        tickets_sold: row.tickets_sold,
        capacity: ticket_types.iter().map(|each| each.capacity).sum(),
        revenue: Money::new(row.revenue_minor, currency),
        disputed: Money::new(row.disputed_minor, currency),
        inside: row.inside,
        admitted: row.admitted,
        refused: row.refused,
        ticket_types,
        channels,
    }
}

#[derive(diesel::QueryableByName)]
struct TotalRow {
    #[diesel(sql_type = Text)]
    currency: String,
    #[diesel(sql_type = BigInt)]
    tickets_sold: i64,
    #[diesel(sql_type = BigInt)]
    revenue_minor: i64,
    #[diesel(sql_type = BigInt)]
    inside: i64,
}

/// Over the nights that are listed: whoever was inside a night long over has gone home.
async fn total(conn: &mut Conn, ended_after: DateTime<Utc>) -> Result<Total, DbError> {
    let rows: Vec<TotalRow> = diesel::sql_query(
        "SELECT e.currency, coalesce(sum(f.tickets_sold - f.tickets_returned), 0)::bigint AS tickets_sold,
                coalesce(sum(f.gross_minor - f.refunded_minor - f.disputed_minor), 0)::bigint AS revenue_minor,
                coalesce(sum(f.inside), 0)::bigint AS inside
         FROM event_figures f JOIN events e ON e.id = f.event_id
         WHERE e.ends_at > $1 AND e.status IN ('published', 'cancelled')
         GROUP BY e.currency ORDER BY 3 DESC",
    )
    .bind::<Timestamptz, _>(ended_after)
    .load(conn)
    .await?;
    let money = |row: &TotalRow| Some(Money::new(row.revenue_minor, row.currency.parse().ok()?));
    let revenue: Vec<Money> = rows.iter().filter_map(money).collect();
    Ok(Total {
        tickets_sold: rows.iter().map(|row| row.tickets_sold).sum(),
        inside: rows.iter().map(|row| row.inside).sum(),
        revenue: if revenue.is_empty() { vec![Money::zero(Currency::Eur)] } else { revenue },
    })
}
