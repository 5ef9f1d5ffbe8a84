//! What the club as a whole may spend: codes by SMS cost money, and whoever has them sent to numbers that earn by them has many networks.

use std::time::Duration;

use web::Fault;

use super::store::{self, Answer};
use super::{Limit, key};
use crate::Desk;

/// Counts one more SMS of the whole club, all replicas together; where the hour's are sent, gives how long until the next one.
pub async fn take(desk: &Desk) -> Result<Option<Duration>, Fault> {
    let key = key(Limit::PhoneCode, "club", "", "");
    let mut conn = desk.db.conn().await?;
    let answer = store::take(&mut conn, &key, desk.sms.allowance(), desk.clock.now()).await?;
    Ok(match answer {
        Answer::Go => None,
        Answer::Wait(wait) => Some(wait),
    })
}
