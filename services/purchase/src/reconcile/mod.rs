//! What the other services ask when they doubt that they heard everything: a digest of what was said, and the order to say
//! some of it again. Internal listener, service tokens only.

use actix_web::web::{Data, Json, Path, Query};
use bus::digest::{self, Bucket, Entry, Source};
use bus::outbox::{self, Resent};
use db::{Conn, DbError};
use domain::ids::OrderId;
use messages::Subject;
use messages::purchase::v1::{OrderPaid, OrderRefunded, TicketChanged};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use web::{ApiJson, Callers, Fault, ServiceCaller};

use crate::{Shop, orders, tickets};

/// Those who hold what this service has said, and the operator.
#[derive(Debug, Clone, Copy)]
pub struct Readers;
impl Callers for Readers {
    const NAMES: Option<&'static [&'static str]> = Some(&["scanner", "marketing-admin", "magueyctl"]);
}

/// Which part of the digest.
#[derive(Debug, Default, Deserialize)]
pub struct DigestQuery {
    /// Buckets with commas between: their entries are listed instead.
    pub buckets: Option<String>,
}

/// What was said about a subject.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum DigestAnswer {
    /// Count and checksum per bucket.
    Buckets(Vec<Bucket>),
    /// Aggregates with their revisions.
    Entries(Vec<Entry>),
}

/// What to say again.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResendRequest {
    /// Aggregates; all of the subject where absent.
    #[serde(default)]
    pub ids: Option<Vec<String>>,
}

/// `GET /internal/v1/digest/{subject}`.
pub async fn digest(
    _: ServiceCaller<Readers>,
    shop: Data<Shop>,
    subject: Path<String>,
    query: Query<DigestQuery>,
) -> Result<Json<DigestAnswer>, Fault> {
    let source = Source::said(ours(&subject)?);
    let mut conn = shop.db.conn().await?;
    Ok(Json(match &query.buckets {
        None => DigestAnswer::Buckets(digest::buckets(&mut conn, &source).await?),
        Some(list) => {
            let buckets = list.split(',').map(str::parse).collect::<Result<Vec<i32>, _>>();
            let buckets =
                buckets.map_err(|_| Fault::invalid("invalid_value").field("buckets", "invalid_value"))?;
            DigestAnswer::Entries(digest::entries(&mut conn, &source, &buckets).await?)
        }
    }))
}

/// `POST /internal/v1/resend/{subject}`. What retention has cleared is said anew from what stands.
pub async fn resend(
    caller: ServiceCaller<Readers>,
    shop: Data<Shop>,
    subject: Path<String>,
    body: ApiJson<ResendRequest>,
) -> Result<Json<Resent>, Fault> {
    let (subject, now) = (ours(&subject)?, shop.clock.now());
    let resent = shop
        .db
        .transaction(async |conn| {
            let mut resent = outbox::resend(conn, subject, body.ids.as_deref(), now).await?;
            let anew = say_anew(&shop, conn, subject, &resent.cleared).await?;
            resent.sent += anew;
            if anew > 0 {
                resent.cleared.clear();
            }
            Ok::<_, DbError>(resent)
        })
        .await?;
    tracing::info!(subject, caller = caller.name, sent = resent.sent, "said again");
    Ok(Json(resent))
}

fn ours(subject: &str) -> Result<&'static str, Fault> {
    [OrderPaid::SUBJECT, OrderRefunded::SUBJECT, TicketChanged::SUBJECT]
        .into_iter()
        .find(|known| *known == subject)
        .ok_or_else(Fault::not_found)
}

/// The present state of tickets and paid orders whose messages were cleared. Refunds are facts of the past: they stay cleared.
async fn say_anew(shop: &Shop, conn: &mut Conn, subject: &str, ids: &[String]) -> Result<usize, DbError> {
    let ids: Vec<Uuid> = ids.iter().filter_map(|id| id.parse().ok()).collect();
    if ids.is_empty() {
        return Ok(0);
    }
    let now = shop.clock.now();
    if subject == TicketChanged::SUBJECT {
        let rows = tickets::store::all(conn, ids).await?;
        let messages: Vec<_> = rows.iter().map(|(row, reference)| tickets::changed(row, reference)).collect();
        return outbox::add_all(conn, &messages, now).await.map(|sent| sent.len());
    }
    if subject != OrderPaid::SUBJECT {
        return Ok(0);
    }
    let mut sent = 0;
    for id in ids.into_iter().map(OrderId::from_uuid) {
        let Some(order) = orders::store::find(conn, id).await?.filter(|order| order.paid_at.is_some()) else {
            continue;
        };
        let lines = orders::store::lines(conn, id).await?;
        let issued = tickets::store::of_order(conn, id).await?;
        outbox::add(conn, &tickets::paid_message(shop, &order, &lines, &issued), now).await?;
        sent += 1;
    }
    Ok(sent)
}
