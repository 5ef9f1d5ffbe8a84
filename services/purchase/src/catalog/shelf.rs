//! What the pages show, kept for half a second: a thousand views a second are two reads.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use db::{Db, DbError};
use tokio::sync::Mutex;
use uuid::Uuid;

use super::night::Night;
use super::store::{self, EventRow};
use crate::waitlist;

/// How old a page's figures may be. The hold engine never looks here.
const FRESH: Duration = Duration::from_millis(500);
/// Addresses remembered; unknown ones are not.
const MOST: usize = 500;

/// The nights as last read.
#[derive(Debug)]
pub struct Shelf {
    db: Db,
    coming: Mutex<Option<(Instant, Arc<Vec<Night>>)>>,
    nights: Mutex<HashMap<String, Slot>>,
}

type Slot = Arc<Mutex<Option<(Instant, Arc<Night>)>>>;

impl Shelf {
    /// An empty shelf in front of a database.
    pub fn new(db: Db) -> Self {
        Self { db, coming: Mutex::default(), nights: Mutex::default() }
    }

    /// Published nights that are not over. Whoever finds them stale reads for all who wait.
    pub async fn coming(&self, now: DateTime<Utc>) -> Result<Arc<Vec<Night>>, DbError> {
        let mut slot = self.coming.lock().await;
        if let Some((read, nights)) = slot.as_ref().filter(|(read, _)| read.elapsed() < FRESH) {
            let _ = read;
            return Ok(nights.clone());
        }
        let mut conn = self.db.conn().await?;
        let rows = store::coming(&mut conn, now).await?;
        let mut nights = with_types(&mut conn, rows, now).await?;
        nights.iter_mut().for_each(Night::hide_hidden);
        let nights = Arc::new(nights);
        *slot = Some((Instant::now(), nights.clone()));
        Ok(nights)
    }

    /// Which published night is at an address. An address stays its night's, so what was read once is good however old it is.
    pub(crate) async fn event_at(&self, slug: &str, now: DateTime<Utc>) -> Result<Option<Uuid>, DbError> {
        let known = self.nights.lock().await.get(slug).cloned();
        if let Some(place) = known
            && let Some((_, night)) = place.lock().await.as_ref()
        {
            return Ok(Some(night.id));
        }
        Ok(self.night(slug, now).await?.map(|night| night.id))
    }

    /// The published night at an address.
    pub async fn night(&self, slug: &str, now: DateTime<Utc>) -> Result<Option<Arc<Night>>, DbError> {
        let known = self.nights.lock().await.get(slug).cloned();
        let place = known.clone().unwrap_or_default();
        let mut slot = place.lock().await;
        if let Some((_, night)) = slot.as_ref().filter(|(read, _)| read.elapsed() < FRESH) {
            return Ok(Some(night.clone()));
        }
        let mut conn = self.db.conn().await?;
        let rows = store::published(&mut conn, slug).await?.into_iter().collect();
        let night = with_types(&mut conn, rows, now).await?.pop().map(Arc::new);
        *slot = night.clone().map(|night| (Instant::now(), night));
        drop(slot);
        if known.is_none() && night.is_some() {
            let mut nights = self.nights.lock().await;
            if nights.len() >= MOST {
                nights.clear();
            }
            nights.insert(slug.to_owned(), place);
        }
        Ok(night)
    }
}

/// A published night as it is at this moment, for what is written down of it.
pub(crate) async fn fresh(
    conn: &mut db::Conn,
    event: Uuid,
    now: DateTime<Utc>,
) -> Result<Option<Night>, DbError> {
    let row = store::event(conn, event).await?.filter(|row| row.status == "published");
    Ok(with_types(conn, row.into_iter().collect(), now).await?.pop())
}

async fn with_types(
    conn: &mut db::Conn,
    rows: Vec<EventRow>,
    now: DateTime<Utc>,
) -> Result<Vec<Night>, DbError> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut by_event: HashMap<Uuid, Vec<_>> = HashMap::new();
    for row in store::types(conn, &ids).await? {
        by_event.entry(row.event_id).or_default().push(row);
    }
    let mut left = store::left(conn, &ids).await?;
    // What those in line will get is not for sale.
    for (limit, kept) in waitlist::kept(conn, &ids, now).await? {
        left.entry(limit).and_modify(|left| *left -= kept);
    }
    let night = |row: EventRow| {
        let types = by_event.remove(&row.id).unwrap_or_default();
        Night::of(row, types, &left, now)
    };
    Ok(rows.into_iter().filter_map(night).collect())
}
