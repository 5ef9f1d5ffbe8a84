//! A night's own plan: copied from a template, changed, opened for booking. One transaction with its audit row and its message.

use audit::Actor;
use chrono::{DateTime, Utc};
use db::Conn;
use domain::event::EventStatus;
use domain::floor_plan::{Deposit, NightPlan, Offer, PlanFault, Why};
use domain::money::Currency;
use serde_json::json;
use uuid::Uuid;
use web::Fault;

use super::snapshot::snapshot;
use super::store::nights::{self as store, Kept};
use super::store::templates::Template;
use super::{Refused, pictures, sound};
use crate::Desk;
use crate::events::store::{self as events, Which};

/// What a night's plan is to become.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The plan, with what its tables cost.
    pub night: NightPlan,
    /// The event's zone to which its tables give entry.
    pub zone: Uuid,
    /// The template it was copied from, and at which version.
    pub template: Option<(Uuid, i32)>,
}

impl Wanted {
    /// A copy of a template: every table kept by the club until somebody says what it costs. What is no table's stays as it was.
    pub fn copy(template: &Template, before: Option<&Kept>, zone: Uuid) -> Self {
        let (plan, tables) = template.drawing.copy(Uuid::now_v7);
        let kept = |(_, table): &(Uuid, Uuid)| Offer {
            table: *table,
            minimum_minor: 0,
            deposit: Deposit::default(),
            includes: String::new(),
            photo: None,
            blocked: true,
        };
        let offers = tables.iter().map(kept).collect();
        let rest = before.map(|before| before.night.clone()).unwrap_or_default();
        Self {
            night: NightPlan { plan, offers, open: false, ..rest },
            zone: before.map_or(zone, |before| before.zone),
            template: Some((template.id, template.version)),
        }
    }

    /// As it is.
    pub fn of(kept: &Kept) -> Self {
        Self { night: kept.night.clone(), zone: kept.zone, template: kept.template }
    }
}

/// A night's plan, if it has one, and the first of the event's zones; 404 where there is no such night.
pub async fn before(desk: &Desk, event: Uuid) -> Result<(Option<Kept>, Option<Uuid>), Fault> {
    let mut conn = desk.db.conn().await?;
    let found = events::find(&mut conn, Which::Id(event)).await?.ok_or_else(Fault::not_found)?;
    let zone = found.zones.as_slice().first().map(|zone| zone.id);
    Ok((store::find(&mut conn, event).await?, zone))
}

/// A table that is to go is on a plan that was open once.
fn taken() -> Fault {
    Fault::conflict("tables_taken")
        .detail("Guests may have booked its tables: they stay on the plan. Keep one from sale instead.")
        .message("venue-taken", &[])
}

/// Writes a night's plan, if nobody else has changed it since the revision that the change was made from (0: there was none): else 409
/// `stale_revision`. Also 409 `invalid_state` for a night that does not take place, `tables_taken` where a table that was ever open is to
/// go. A plan that is as it was changes nothing.
pub async fn put(
    desk: &Desk,
    actor: &Actor,
    event: Uuid,
    made_from: i64,
    wanted: &Wanted,
) -> Result<Kept, Refused> {
    let (site, now) = (desk.links.marketing.as_str(), desk.clock.now());
    desk.db
        .transaction(async |conn| {
            let night = events::lock(conn, event).await?.ok_or_else(Fault::not_found)?;
            if !matches!(
                EventStatus::from_code(&night.status),
                Some(EventStatus::Draft | EventStatus::Published)
            ) {
                return Err(closed().into());
            }
            let before = store::find(conn, event).await?;
            let revision = before.as_ref().map_or(0, |before| before.revision);
            if revision != made_from {
                return Err(stale().into());
            }
            sound(faults(conn, event, wanted).await?)?;
            if let Some(before) = &before {
                if before.opened_at.is_some() && leaves(before, &wanted.night) {
                    return Err(taken().into());
                }
                if same(before, wanted) {
                    return Ok(before.clone());
                }
            }
            claim(conn, event, &wanted.night).await?;
            let opened_at = before.as_ref().and_then(|before| before.opened_at);
            let kept = Kept {
                event,
                revision: revision.saturating_add(1),
                template: wanted.template,
                night: wanted.night.clone(),
                zone: wanted.zone,
                opened_at: opened_at.or(wanted.night.open.then_some(now)),
                changed_at: now,
            };
            conclude(conn, actor, before.as_ref(), &kept, site, now).await?;
            Ok::<_, Refused>(kept)
        })
        .await
}

async fn conclude(
    conn: &mut Conn,
    actor: &Actor,
    before: Option<&Kept>,
    kept: &Kept,
    site: &str,
    now: DateTime<Utc>,
) -> Result<(), Refused> {
    store::put(conn, kept).await?;
    let detail = json!({
        "from_revision": before.map_or(0, |before| before.revision),
        "plan": kept.template.map(|(plan, version)| json!({"id": plan, "version": version})),
        "tables": kept.night.plan.tables.len(),
        "for_sale": kept.night.offers.iter().filter(|offer| !offer.blocked).count(),
        "open": kept.night.open,
    });
    let was_open = before.is_some_and(|before| before.night.open);
    let action = match (was_open, kept.night.open) {
        (false, true) => "tables.opened",
        (true, false) => "tables.closed",
        _ => "tables.changed",
    };
    audit::record(conn, actor, action, &kept.event.to_string(), detail, now).await?;
    bus::outbox::add(conn, &snapshot(kept, site), now).await?;
    Ok(())
}

async fn faults(conn: &mut Conn, event: Uuid, wanted: &Wanted) -> Result<Vec<PlanFault>, Refused> {
    let mut faults = wanted.night.check();
    faults.extend(pictures::unknown(conn, pictures::of_night(&wanted.night)).await?);
    let event = events::find(conn, Which::Id(event)).await?.ok_or_else(Fault::not_found)?;
    if event.zones.iter().all(|zone| zone.id != wanted.zone) {
        faults.push(PlanFault { path: "zone".to_owned(), why: Why::Unknown });
    }
    let currency: Currency = event.row.currency.parse().map_err(Fault::internal)?;
    for (index, offer) in wanted.night.offers.iter().enumerate() {
        let deposit = offer.deposit_minor();
        // Less than can be charged: it is that, or nothing.
        if deposit > 0 && deposit < currency.least_charge() {
            faults.push(PlanFault { path: format!("offers.{index}.deposit"), why: Why::OutOfRange });
        }
    }
    Ok(faults)
}

/// The keys of its tables become this night's; one that is another's can't.
async fn claim(conn: &mut Conn, event: Uuid, night: &NightPlan) -> Result<(), Refused> {
    let keys: Vec<Uuid> = night.plan.tables.iter().map(|table| table.id).collect();
    let others = store::claim(conn, event, &keys).await?;
    let taken = |(index, key): (usize, &Uuid)| {
        others.contains(key).then(|| PlanFault { path: format!("tables.{index}.id"), why: Why::Twice })
    };
    sound(keys.iter().enumerate().filter_map(taken).collect())
}

fn leaves(before: &Kept, night: &NightPlan) -> bool {
    before.night.plan.tables.iter().any(|table| night.plan.table(table.id).is_none())
}

fn same(before: &Kept, wanted: &Wanted) -> bool {
    before.night == wanted.night && before.zone == wanted.zone && before.template == wanted.template
}

fn stale() -> Fault {
    Fault::conflict("stale_revision")
        .detail("The night's plan has changed since; read it again.")
        .message("venue-stale", &[])
}

fn closed() -> Fault {
    Fault::conflict("invalid_state")
        .detail("A cancelled or archived night's plan stays as it is.")
        .message("venue-closed", &[])
}
