//! `GET /live/stream?event=`: the live page's two parts as HTML, now and after each change (`event: figures`, `event:
//! conflicts`), for as long as the session lives. They come apart so that a note is not swept away while somebody writes it.

use std::sync::Arc;
use std::time::Duration;

use actix_web::Responder;
use actix_web::web::{Data, Query};
use domain::language::Language;
use futures::{Stream, StreamExt, stream};
use serde::Deserialize;
use tokio::sync::watch;
use web::session::Claims;
use web::sse::{self, Message};
use web::{EndedSessions, Fault, Locale, Staff, Standing, can};

use super::panel;
use super::snapshot::Snapshot;
use crate::door::store::event_named;
use crate::{Door, faults};

/// How often an open stream's session is looked at. Its expiry needs no looking.
const LOOK_EVERY: Duration = Duration::from_secs(30);

/// Which night is meant.
#[derive(Debug, Deserialize)]
pub struct Asked {
    /// Its id or slug; empty for tonight's.
    #[serde(default)]
    pub event: String,
}

/// Tells a page what changes on it.
pub async fn get(
    door: Data<Door>,
    staff: Staff<can::DoorSupervise>,
    locale: Locale,
    asked: Query<Asked>,
) -> Result<impl Responder, Fault> {
    let named = event_named(&mut *door.db.conn().await?, &asked.event).await?;
    let event = named.ok_or_else(faults::event_not_found)?.uuid();
    // Subscribed before the first reading: a change in between comes after it, and none is missed.
    let changes = door.live.subscribe(event).ok_or_else(Fault::unavailable)?;
    let first = door.live.read(&door.db, event, door.clock.now()).await?;
    let first = first.ok_or_else(faults::event_not_found)?;
    let mut told = Told::default();
    let messages = stream::once(async { first })
        .chain(changed(changes))
        .flat_map(move |newest| stream::iter(told.of(&newest, locale.0)));
    Ok(sse::stream(messages.boxed_local().take_until(Box::pin(over(door, staff.claims)))))
}

/// What a page was last told.
#[derive(Default)]
struct Told {
    figures: String,
    conflicts: String,
}

impl Told {
    /// The parts that read differently than before.
    fn of(&mut self, newest: &Snapshot, lang: Language) -> Vec<Message> {
        let written =
            panel::figures(newest, lang).and_then(|figures| Ok((figures, panel::conflicts(newest, lang)?)));
        let (figures, conflicts) = match written {
            Ok(written) => written,
            Err(error) => {
                tracing::error!(%error, "the live page's figures could not be written");
                return Vec::new();
            }
        };
        let mut messages = Vec::new();
        if figures != self.figures {
            messages.push(Message::text("figures", figures.clone()));
            self.figures = figures;
        }
        if conflicts != self.conflicts {
            messages.push(Message::text("conflicts", conflicts.clone()));
            self.conflicts = conflicts;
        }
        messages
    }
}

fn changed(changes: watch::Receiver<Option<Arc<Snapshot>>>) -> impl Stream<Item = Arc<Snapshot>> {
    let next = |mut changes: watch::Receiver<Option<Arc<Snapshot>>>| async move {
        changes.changed().await.ok()?;
        let newest = changes.borrow_and_update().clone();
        Some((newest, changes))
    };
    stream::unfold(changes, next).filter_map(async |newest| newest)
}

/// Waits until the session that opened the stream has expired or been ended. A database that is away for a moment ends
/// nothing; the expiry does not depend on it.
async fn over(door: Data<Door>, claims: Claims) {
    loop {
        let left = (claims.expires_at() - door.clock.now()).to_std().unwrap_or_default();
        #[expect(
            clippy::disallowed_methods,
            reason = "the pause between two looks at the session; the stream's end drops it"
        )]
        tokio::time::sleep(left.min(LOOK_EVERY)).await;
        if claims.expires_at() <= door.clock.now() {
            return;
        }
        match door.ended.standing(&claims).await {
            Ok(Standing::Live) => {}
            Ok(Standing::Ended | Standing::Revoked) => return,
            Err(error) => tracing::info!(%error, "could not ask whether a live page's session lives"),
        }
    }
}
