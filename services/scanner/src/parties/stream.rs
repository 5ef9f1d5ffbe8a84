//! `GET /parties/stream?event=`: the page's list as HTML, now and after each change (`event: parties`), for as long as the session lives.

use actix_web::Responder;
use actix_web::web::{Data, Query};
use domain::language::Language;
use futures::{StreamExt, stream};
use serde::Deserialize;
use web::sse::{self, Message};
use web::{EndedSessions, Fault, Locale, Staff, Standing};

use super::night::PartyList;
use super::{Hosts, panel, watch};
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
    staff: Staff<Hosts>,
    locale: Locale,
    asked: Query<Asked>,
) -> Result<impl Responder, Fault> {
    let named = event_named(&mut *door.db.conn().await?, &asked.event).await?;
    let event = named.ok_or_else(faults::event_not_found)?;
    staff.within(event)?;
    let event = event.uuid();
    // Subscribed before the first reading: a change in between comes after it, and none is missed.
    let changes = door.parties.subscribe(event).ok_or_else(Fault::unavailable)?;
    let first = watch::read(&door.db, event, door.clock.now()).await?;
    let first = first.ok_or_else(faults::event_not_found)?;
    let messages = stream::once(async { first })
        .chain(sse::changes(changes))
        .flat_map(move |newest| stream::iter(message(&newest, locale.0)));
    let over = sse::session_over(door.clock.clone(), staff.claims, async move |claims| {
        door.ended.standing(claims).await.map(|standing| standing == Standing::Live)
    });
    Ok(sse::stream(messages.boxed_local().take_until(Box::pin(over))))
}

fn message(newest: &PartyList, lang: Language) -> Option<Message> {
    match panel::list(newest, lang) {
        Ok(html) => Some(Message::text("parties", html)),
        Err(error) => {
            tracing::error!(%error, "the list of parties could not be written");
            None
        }
    }
}
