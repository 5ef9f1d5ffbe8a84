//! Messages that a service gave up on, read and retried in its own schema, so that this works while the service is down.

use anyhow::Context;
use bus::dead_letters;
use db::Owner;
use heal::letters::{self, Asked, Which};

use crate::{database, now, operator};

const SHOWN: i64 = 200;

/// Prints what is dead; whether nothing is.
pub async fn list(service: Option<Owner>) -> anyhow::Result<bool> {
    let mut none = true;
    for owner in Owner::ALL.into_iter().filter(|owner| service.is_none_or(|only| only == *owner)) {
        let db = database::as_service(owner)?;
        let mut conn = db.conn().await.with_context(|| format!("could not connect as {owner}"))?;
        for letter in dead_letters::list(&mut conn, SHOWN).await? {
            none = false;
            let waiting = if letter.replay_asked_at.is_some() { " (being tried again)" } else { "" };
            println!(
                "{owner} {} {} {} after {} tries: {}{waiting}",
                letter.id, letter.died_at, letter.subject, letter.attempts, letter.error
            );
        }
    }
    if none {
        println!("no dead letters");
    }
    Ok(none)
}

/// Has one letter, or all of a service, tried again by the consumer that gave up. Whether there was any. The service's
/// audit log keeps that it was this command, and why.
pub async fn replay(owner: Owner, id: Option<i64>, reason: &str) -> anyhow::Result<bool> {
    let db = database::as_service(owner)?;
    let which = id.map_or(Which::All, Which::One);
    let asked = letters::try_again(&db, &operator(reason), which, now()).await;
    let Asked { asked } = asked.with_context(|| format!("could not write as {owner}"))?;
    println!("{asked} will be tried again by {owner}");
    Ok(asked > 0)
}
