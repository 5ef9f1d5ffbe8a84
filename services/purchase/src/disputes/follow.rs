//! Reading a dispute from Stripe, and acting on it. An event only says which one to look at.

use db::DbError;

use super::{Taken, take};
use crate::payments::fulfil::Settled;
use crate::payments::stripe::Trouble;
use crate::{Shop, orders};

/// Stripe posted that a dispute has changed. The inner error: not now.
pub(crate) async fn hear(shop: &Shop, id: &str) -> Result<Result<&'static str, String>, DbError> {
    let seen = match shop.stripe.dispute(id).await {
        Ok(seen) => seen,
        // Signed by Stripe, but not a dispute of this account and mode.
        Err(Trouble::Refused { status: 404, .. }) => return Ok(Ok(Settled::Foreign.code())),
        Err(trouble) => return Ok(Err(trouble.to_string())),
    };
    if let Some(taken) = take(shop, &seen).await? {
        return Ok(Ok(taken.code()));
    }
    // The payment may be one of ours whose own news has not come: the sweep or the comparison brings it.
    let ours = match seen.order {
        Some(order) => orders::store::find(&mut *shop.db.conn().await?, order).await?.is_some(),
        None => false,
    };
    if ours {
        return Ok(Err("the payment that is disputed is not known yet".to_owned()));
    }
    Ok(Ok(Settled::Foreign.code()))
}

impl Taken {
    /// For metrics and for the event's row.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::News => "dispute_taken",
            Self::Known => "dispute_known",
        }
    }
}
