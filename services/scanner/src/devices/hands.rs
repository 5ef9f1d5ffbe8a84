//! Who holds a phone. Signing in on it takes it out of whosever hands it was; signing out puts it down, and leaves it enrolled
//! for the next.

use chrono::{DateTime, Utc};
use uuid::Uuid;
use web::{Fault, session::Claims};

use super::{Device, store::hands as store};
use crate::{Door, config::SERVICE, faults, sessions::identity::Session};

/// Somebody has taken a phone.
#[derive(Debug, Clone)]
pub struct Taken {
    /// Their sign-in.
    pub session: Uuid,
    /// Who.
    pub staff: Uuid,
    /// Their name.
    pub name: String,
    /// Since when.
    pub from: DateTime<Utc>,
    /// When the sign-in dies by itself.
    pub expires: DateTime<Utc>,
}

impl Taken {
    /// As a session's token says.
    pub fn of(claims: &Claims, now: DateTime<Utc>) -> Self {
        Self {
            session: claims.sid.uuid(),
            staff: claims.sub.uuid(),
            name: claims.name.clone(),
            from: now,
            expires: claims.expires_at(),
        }
    }
}

/// What a session says that was opened just now, on this phone or on one that nobody enrolled.
pub async fn enter(door: &Door, phone: Option<&Device>, opened: &Session) -> Result<Claims, Fault> {
    let now = door.clock.now();
    let claims = door.session_keys.verify(&opened.token, SERVICE, now)?;
    if let Some(device) = phone {
        take(door, device.id, &Taken::of(&claims, now)).await?;
    }
    tracing::info!(staff = %claims.sub, device = phone.map(|device| device.id.to_string()), "signed in");
    Ok(claims)
}

/// Whoever asks on a phone holds it, also if they signed in before it was enrolled: what ends with the phone must be known.
pub async fn keep(door: &Door, device: &Device, claims: &Claims) -> Result<(), Fault> {
    let holds = store::holds(&mut *door.db.conn().await?, device.id, claims.sid.uuid()).await?;
    if holds { Ok(()) } else { take(door, device.id, &Taken::of(claims, door.clock.now())).await }
}

/// Writes down who holds the phone. 401 `token_revoked` if it was taken off meanwhile: then the session is used for nothing.
pub async fn take(door: &Door, device: Uuid, hand: &Taken) -> Result<(), Fault> {
    let taken =
        door.db.transaction(async |conn| store::take(conn, device, hand).await.map_err(Fault::from)).await?;
    if taken { Ok(()) } else { Err(faults::token_revoked()) }
}
