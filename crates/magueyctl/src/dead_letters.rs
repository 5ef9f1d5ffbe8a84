//! Messages that a service gave up on, read and retried in its own schema, so that this works while the service is down.

use anyhow::Context;
use bus::dead_letters;
use chrono::Utc;
use db::Owner;

use crate::database;

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

/// Has one letter, or all of a service, tried again by the consumer that gave up. Whether there was any.
pub async fn replay(owner: Owner, id: Option<i64>) -> anyhow::Result<bool> {
    let db = database::as_service(owner)?;
    let mut conn = db.conn().await.with_context(|| format!("could not connect as {owner}"))?;
    #[expect(clippy::disallowed_methods, reason = "a command runs at the time it runs at")]
    let now = Utc::now();
    let asked = match id {
        Some(id) => usize::from(dead_letters::replay(&mut conn, id, now).await?),
        None => dead_letters::replay_all(&mut conn, now).await?,
    };
    println!("{asked} will be tried again by {owner}");
    Ok(asked > 0)
}
