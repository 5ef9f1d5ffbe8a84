//! What a scan must know of its gate, kept in memory for a moment: every scan of the night asks for the same few rows.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, Instant},
};

use chrono_tz::Tz;
use db::{Db, DbError};
use domain::{
    admission::{EntryWindow, Gate},
    event::EventStatus,
    ids::GateId,
};

use super::store;

/// How old a plan may be: a changed entry time or a cancelled night reaches the gates after this at the latest, and
/// [`store::revision`] waits for it.
const FRESH: Duration = Duration::from_secs(2);

/// A gate with what its event says about entry.
#[derive(Debug, Clone)]
pub struct GatePlan {
    /// The gate.
    pub gate: Gate,
    /// The event's name in addresses.
    pub slug: String,
    /// Where the event stands.
    pub status: EventStatus,
    /// When its doors admit.
    pub window: EntryWindow,
    /// The venue's zone, for the times in sentences.
    pub time_zone: Tz,
}

impl GatePlan {
    /// Whether `event`, an id or a slug as a request names it, is this gate's event.
    pub fn is_for(&self, event: &str) -> bool {
        self.slug == event || event.parse().is_ok_and(|id| self.gate.event == id)
    }
}

/// The gates in memory.
#[derive(Debug, Default)]
pub struct Board {
    plans: RwLock<HashMap<GateId, (Instant, Arc<GatePlan>)>>,
    /// One reads, the others wait for it.
    reading: tokio::sync::Mutex<()>,
}

impl Board {
    /// The plan of an open gate; `None` if there is no such gate. At most one statement.
    pub async fn gate(&self, db: &Db, id: GateId) -> Result<Option<Arc<GatePlan>>, DbError> {
        if let Some(plan) = self.fresh(id) {
            return Ok(Some(plan));
        }
        let _one = self.reading.lock().await;
        if let Some(plan) = self.fresh(id) {
            return Ok(Some(plan));
        }
        let Some(plan) = store::gate(&mut *db.conn().await?, id).await?.map(Arc::new) else {
            return Ok(None);
        };
        let mut plans = self.plans.write().unwrap_or_else(PoisonError::into_inner);
        plans.insert(id, (Instant::now(), plan.clone()));
        Ok(Some(plan))
    }

    fn fresh(&self, id: GateId) -> Option<Arc<GatePlan>> {
        let plans = self.plans.read().unwrap_or_else(PoisonError::into_inner);
        plans.get(&id).filter(|(read, _)| read.elapsed() < FRESH).map(|(_, plan)| plan.clone())
    }
}
