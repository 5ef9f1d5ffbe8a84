//! Giving a night on sale a new date: its tickets stay good, and the ticket site writes to everybody who holds some.

use audit::Actor;
use chrono::{DateTime, Utc};
use domain::event::EventStatus;
use domain::event::new_date::{BadDate, Times};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;
use web::Fault;

use crate::Desk;
use crate::events::change::{check_revision, conclude};
use crate::events::store::{self, Event, Locked, Which};

/// What guests are told at most.
const LONGEST_NOTE: usize = 500;

/// The new date.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDateInput {
    /// Chosen by the caller: the same id puts the night there once, and writes to everybody once.
    pub new_date_id: Uuid,
    /// The state of the event that the change was made from.
    pub revision: i64,
    /// When it begins now. Doors and sales move along.
    pub starts_at: DateTime<Utc>,
    /// When it ends now.
    pub ends_at: DateTime<Utc>,
    /// What guests are told beside the dates.
    #[serde(default)]
    pub note: String,
}

/// Puts the night on the new date. The same wish again: nothing changes, and that is fine.
pub async fn give_new_date(
    desk: &Desk,
    actor: &Actor,
    id: Uuid,
    input: &NewDateInput,
) -> Result<Event, Fault> {
    let now = desk.clock.now();
    let note = input.note.trim();
    if note.chars().count() > LONGEST_NOTE {
        return Err(Fault::invalid("validation_failed").field("note", "too_long"));
    }
    desk.db
        .transaction(async |conn| {
            let before = store::lock(conn, id).await?.ok_or_else(Fault::not_found)?;
            if store::has_new_date(conn, id, input.new_date_id).await? {
                return store::find(conn, Which::Id(id)).await?.ok_or_else(Fault::not_found);
            }
            check_revision(&before, Some(input.revision))?;
            let status = EventStatus::from_code(&before.status).ok_or_else(Fault::not_found)?;
            let times = times(&before);
            let dated = times.on_new_date(status, input.starts_at, input.ends_at, now).map_err(refused)?;
            let event = store::find(conn, Which::Id(id)).await?.ok_or_else(Fault::not_found)?;
            let mut terms = event.row.terms();
            let by = dated.starts_at - times.starts_at;
            let until = terms.refunds.self_service_until;
            terms.refunds.self_service_until = until.map(|until| (until + by).min(dated.starts_at));
            terms.exchange_until = terms.exchange_until.map(|until| (until + by).min(dated.starts_at));
            store::add_new_date(conn, input.new_date_id, id, (times.starts_at, dated.starts_at), note, now)
                .await?;
            store::put_times(conn, id, &dated, &terms, now).await?;
            store::move_sales(conn, id, by, dated.ends_at).await?;
            for ticket_type in &event.ticket_types {
                let terms = ticket_type.terms();
                let moved = terms.clone().moved(by, &dated);
                if moved != terms {
                    store::put_type_terms(conn, ticket_type.id, &moved).await?;
                }
            }
            let detail = json!({
                "from": times.starts_at, "to": dated.starts_at, "from_revision": before.revision,
                "new_date": input.new_date_id,
            });
            conclude(conn, actor, "event.new_date", id, detail, now).await
        })
        .await
}

const fn times(before: &Locked) -> Times {
    Times {
        starts_at: before.starts_at,
        ends_at: before.ends_at,
        entry_from: before.entry_from,
        entry_until: before.entry_until,
    }
}

fn refused(why: BadDate) -> Fault {
    let field = |name: &str, code: &str| Fault::invalid("validation_failed").field(name, code);
    match why {
        BadDate::NotOnSale | BadDate::Over => Fault::conflict("invalid_state").detail(why.to_string()),
        BadDate::Past => field("starts_at", "in_past"),
        BadDate::Range => field("ends_at", "invalid_time_range"),
        BadDate::Same => field("starts_at", "unchanged"),
    }
}
