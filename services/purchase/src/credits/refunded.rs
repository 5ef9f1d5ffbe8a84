//! A refund has come to its end: its guest gets the credit, or what the order had spent is back on its own.

use chrono::{DateTime, TimeDelta, Utc};
use db::{Conn, DbError};
use domain::credit;
use uuid::Uuid;

use super::{Given, store};
use crate::refunds::store::RefundRow;

/// Moves what of a refund is credit, in the transaction that ends it. `Given`: a new one, with its code.
pub(crate) async fn credit(
    conn: &mut Conn,
    refund: &RefundRow,
    lasts: TimeDelta,
    now: DateTime<Utc>,
) -> Result<Option<Given>, DbError> {
    if refund.credit_minor == 0 {
        return Ok(None);
    }
    let expires_at = now + lasts;
    if !refund.as_credit {
        // It is good as long as a new one: its time ran while the club had the money for a night.
        store::put_back(conn, refund.order(), refund.credit_minor, expires_at).await?;
        return Ok(None);
    }
    let code = credit::code(*Uuid::new_v4().as_bytes());
    store::issue(conn, refund, &code, now, expires_at).await?;
    Ok(Some(Given { code: code.to_string(), expires_at }))
}
