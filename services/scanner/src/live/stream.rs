//! `GET /live/stream?event=`: the live page's two parts as HTML, now and after each change (`event: figures`, `event:
//! conflicts`), for as long as the session lives. They come apart so that a note is not swept away while somebody writes it.

use actix_web::Responder;
use actix_web::web::{Data, Query};
use domain::language::Language;
use futures::{StreamExt, stream};
use serde::Deserialize;
use web::sse::{self, Message};
use web::{EndedSessions, Fault, Locale, Staff, Standing, can};

use super::panel;
use super::snapshot::Snapshot;
use crate::door::store::event_named;
use crate::{Door, faults};

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
    staff: Staff<can::Within<can::DoorSupervise>>,
    locale: Locale,
    asked: Query<Asked>,
) -> Result<impl Responder, Fault> {
    let named = event_named(&mut *door.db.conn().await?, &asked.event).await?;
    let event = named.ok_or_else(faults::event_not_found)?;
    staff.within(event)?;
    let event = event.uuid();
    // Subscribed before the first reading: a change in between comes after it, and none is missed.
    let changes = door.live.subscribe(event).ok_or_else(Fault::unavailable)?;
    let first = door.live.read(&door.db, event, door.clock.now()).await?;
    let first = first.ok_or_else(faults::event_not_found)?;
    let mut told = Told::default();
    let messages = stream::once(async { first })
        .chain(sse::changes(changes))
        .flat_map(move |newest| stream::iter(told.of(&newest, locale.0)));
    let over = sse::session_over(door.clock.clone(), staff.claims, async move |claims| {
        door.ended.standing(claims).await.map(|standing| standing == Standing::Live)
    });
    Ok(sse::stream(messages.boxed_local().take_until(Box::pin(over))))
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
