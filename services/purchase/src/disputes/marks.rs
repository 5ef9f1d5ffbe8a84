//! The person behind a dispute. Whose bank has taken a payment back is marked by address: the door sees it on every other ticket
//! of theirs for nights to come, the desk on every later order. It refuses nothing; a supervisor looks, and the owner takes the
//! mark off again.
//!
//! The mark is a row; tickets are brought to it in rounds ([`work`]), whatever way they came to that address: bought before or
//! after, at the venue, passed on by somebody.

use actix_web::web::{Data, Json, Path};
use audit::Actor;
use chrono::{DateTime, TimeDelta, Utc};
use db::{Conn, DbError};
use domain::ids::{OrderId, TicketId};
use domain::order::OrderReference;
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;
use web::{ApiJson, Fault, RequestId, ServiceCaller, callers};

use super::store::marks::{self, Due};
use crate::tickets::changed;
use crate::tickets::store as tickets;
use crate::{Shop, orders};

/// For so long it is kept whose mark was taken off: somebody may ask why the door says nothing any more.
pub(crate) const KEPT: TimeDelta = TimeDelta::days(30);

/// Why the mark goes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClearRequest {
    /// For the audit log: 1 to 500 characters.
    pub reason: String,
}

/// What it was for.
#[derive(Debug, Serialize)]
pub struct Cleared {
    /// The last dispute of that person.
    pub dispute: Uuid,
}

/// `POST /internal/v1/orders/{reference}/dispute-mark/clear`: takes the mark off an order's buyer; 404 if there is none.
pub async fn clear(
    caller: ServiceCaller<callers::Desk>,
    request: RequestId,
    shop: Data<Shop>,
    reference: Path<String>,
    body: ApiJson<ClearRequest>,
) -> Result<Json<Cleared>, Fault> {
    let actor = Actor::caller(&caller, &request).because(audit::reason(&body.reason)?);
    let reference: OrderReference = reference.parse().map_err(|_| Fault::not_found())?;
    let now = shop.clock.now();
    let dispute = shop
        .db
        .transaction(async |conn| {
            let order =
                orders::store::by_reference(conn, reference.as_str()).await?.ok_or_else(Fault::not_found)?;
            let dispute = marks::clear(conn, &order.buyer_email, now).await?.ok_or_else(Fault::not_found)?;
            // The address is the order's: the log keeps none of its own.
            let detail = json!({ "dispute": dispute });
            audit::record(conn, &actor, "dispute_mark.cleared", reference.as_str(), detail, now).await?;
            Ok::<_, Fault>(dispute)
        })
        .await?;
    shop.bells.marks.notify_one();
    Ok(Json(Cleared { dispute }))
}

/// Tells the door of tickets whose person was marked, or is no more; says of how many.
pub(crate) async fn work(shop: &Shop) -> Result<usize, DbError> {
    let now = shop.clock.now();
    let due = marks::due(&mut *shop.db.conn().await?, now).await?;
    let mut told = 0;
    for one in &due {
        told += usize::from(shop.db.transaction(async |conn| tell(conn, one, now).await).await?);
    }
    if told > 0 {
        shop.bus.wake_relay();
    }
    Ok(told)
}

/// One ticket, under its order's lock as everything that changes tickets; what has changed meanwhile is left to the next round.
async fn tell(conn: &mut Conn, due: &Due, now: DateTime<Utc>) -> Result<bool, DbError> {
    if orders::store::lock(conn, OrderId::from_uuid(due.order_id)).await?.is_none() {
        return Ok(false);
    }
    let Some((mut ticket, reference)) = tickets::lock(conn, TicketId::from_uuid(due.ticket_id)).await? else {
        return Ok(false);
    };
    if ticket.state != "valid" || ticket.disputed_before == due.marked {
        return Ok(false);
    }
    ticket.disputed_before = due.marked;
    ticket.revision += 1;
    ticket.changed_at = now;
    tickets::set_disputed_before(conn, &ticket).await?;
    bus::outbox::add(conn, &changed(&ticket, &reference), now).await?;
    Ok(true)
}
