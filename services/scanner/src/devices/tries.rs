//! How many wrong PINs a phone takes, whoever is named: marketing-admin makes each person wait after five, and this the phone, so
//! that nobody walks through the names with it. It is the enrolled phone that is locked, by who has it in hand: the same people sign in by PIN on
//! every other, and by password on this one.

use std::time::Duration;

use actix_web::http::StatusCode;
use uuid::Uuid;
use web::Fault;

use super::store::tries::{self, Rule};
use crate::{Door, faults};

/// Ten in ten minutes, and then ten minutes.
const RULE: Rule = Rule { most: 10, span: 600 };

/// Counts a try before it is looked at: many at once are many. 429 `pins_locked` while the phone takes none.
pub async fn count(door: &Door, device: Uuid) -> Result<(), Fault> {
    let (mut conn, now) = (door.db.conn().await?, door.clock.now());
    if tries::count(&mut conn, device, RULE, now).await? {
        return Ok(());
    }
    let until = tries::locked_until(&mut conn, device).await?;
    let wait = until.and_then(|until| (until - now).to_std().ok()).unwrap_or(Duration::from_secs(1));
    tracing::warn!(%device, "a phone takes no PINs for now");
    Err(faults::pins_locked(wait))
}

/// What came of it: only a PIN that was looked at and wrong stays counted.
pub async fn settle<T>(door: &Door, device: Uuid, opened: &Result<T, Fault>) -> Result<(), Fault> {
    let wrong = opened.as_ref().err().is_some_and(|fault| fault.status() == StatusCode::UNAUTHORIZED);
    if !wrong {
        tries::take_off(&mut *door.db.conn().await?, device).await?;
    }
    Ok(())
}
