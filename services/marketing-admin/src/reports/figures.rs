//! The figures as the dashboard shows them, and what they are called.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use db::{Conn, DbError};
use domain::money::{Currency, Money};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::events::input::MoneySchema;
use crate::reports::store::nights::{
    DeskRow, NightRow, TotalRow, TypeRow, desk_rows, night_rows, oldest_zone, total_rows, type_rows,
};
use crate::reports::store::series;

pub use crate::reports::store::nights::sold_out;

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
        total: total(&total_rows(conn, now - LOOK_BACK).await?),
        nights,
        sales: series::sales(conn, now, zone).await?,
        arrivals: series::arrivals(conn, now).await?,
        zone,
    })
}

/// The zone of the night that is on or comes next, or else of the oldest venue.
async fn zone(conn: &mut Conn, nights: &[Night], now: DateTime<Utc>) -> Result<Tz, DbError> {
    let night = nights.iter().find(|night| now < night.ends_at).or(nights.last());
    let name = match night {
        Some(night) => night.time_zone.clone(),
        None => oldest_zone(conn).await?.unwrap_or_default(),
    };
    Ok(name.parse().unwrap_or(Tz::UTC))
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

/// Over the nights that are listed: whoever was inside a night long over has gone home.
fn total(rows: &[TotalRow]) -> Total {
    let money = |row: &TotalRow| Some(Money::new(row.revenue_minor, row.currency.parse().ok()?));
    let revenue: Vec<Money> = rows.iter().filter_map(money).collect();
    Total {
        tickets_sold: rows.iter().map(|row| row.tickets_sold).sum(),
        inside: rows.iter().map(|row| row.inside).sum(),
        revenue: if revenue.is_empty() { vec![Money::zero(Currency::Eur)] } else { revenue },
    }
}
