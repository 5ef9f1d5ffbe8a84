//! What all three services say.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use futures::future::join_all;
use heal::overdue::Overdue;
use tokio::sync::Mutex;

use crate::Desk;
use crate::services::Service;

/// An overview this old is good enough for the dashboard's line: many may look at once.
const FRESH: TimeDelta = TimeDelta::seconds(10);

/// What is overdue anywhere, as far as is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overview {
    /// When the services were asked.
    pub asked_at: DateTime<Utc>,
    /// What there is, by kind.
    pub found: Vec<(Service, Overdue)>,
    /// Who did not answer.
    pub away: Vec<Service>,
}

impl Overview {
    /// Asks all three at once; it takes as long as the slowest, and no longer than a person's patience.
    pub async fn ask(desk: &Desk) -> Self {
        let answers =
            join_all(Service::ALL.map(async |service| (service, service.overdue(desk).await))).await;
        let mut overview = Self { asked_at: desk.clock.now(), found: Vec::new(), away: Vec::new() };
        for (service, answer) in answers {
            match answer {
                Ok(found) => overview.found.extend(found.into_iter().map(|one| (service, one))),
                Err(_) => overview.away.push(service),
            }
        }
        overview.found.sort_by_key(|(service, one)| (one.kind, service.name()));
        overview
    }
}

/// The newest overview, shared by all open dashboards. One asks, the others wait for it.
#[derive(Debug, Default)]
pub struct Recent(Mutex<Option<Arc<Overview>>>);

impl Recent {
    /// One that is fresh enough.
    pub async fn get(&self, desk: &Desk) -> Arc<Overview> {
        let mut newest = self.0.lock().await;
        if let Some(known) = newest.as_ref().filter(|known| desk.clock.now() - known.asked_at < FRESH) {
            return known.clone();
        }
        let overview = Arc::new(Overview::ask(desk).await);
        *newest = Some(overview.clone());
        overview
    }
}
