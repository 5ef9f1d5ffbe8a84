//! What makes the ticket office whole again after NATS lost something: it compares the events it sells with what
//! marketing-admin said, asks for the difference, and gives others the same chance with its orders and tickets. The work
//! is done by `heal`; what retention has cleared is said anew here, from what stands.

use actix_web::web::{Data, Json, Path, Query};
use audit::Actor;
use bus::outbox::{self, Resent};
use db::{Conn, Db, DbError};
use domain::clock::SharedClock;
use domain::ids::OrderId;
use heal::overdue::Watched;
use heal::{Digest, DigestQuery, Operated, Projection, Projections, RemoteOwner, Reports, ResendBody};
use messages::Subject;
use messages::marketing_admin::v1::{AccountChanged, EventChanged, FloorPlanChanged, PromoChanged};
use messages::purchase::v1::{OrderDisputed, OrderPaid, ReservationChanged, TicketChanged};
use messages::subjects::SALES;
use uuid::Uuid;
use web::{Callers, Fault, RequestId, ServiceCaller, callers};

use crate::{Shop, catalog, disputes, orders, overdue, reservations, tickets};

/// Those who hold what this service has said, and the operator.
#[derive(Debug, Clone, Copy)]
pub struct Readers;
impl Callers for Readers {
    const NAMES: Option<&'static [&'static str]> = Some(&["scanner", "marketing-admin", "magueyctl"]);
}

impl Operated for Shop {
    fn db(&self) -> &Db {
        &self.db
    }

    fn clock(&self) -> &SharedClock {
        &self.clock
    }

    fn watched(&self) -> &'static [Watched] {
        overdue::WATCHED
    }
}

/// What the ticket office holds: marketing-admin's events, floor plans, promos and accounts.
pub fn projections(db: &Db, marketing_admin: &RemoteOwner) -> Projections {
    let events = "SELECT id::text AS aggregate, revision FROM events";
    let plans = "SELECT event_id::text AS aggregate, revision FROM floor_plans";
    let promos = "SELECT id::text AS aggregate, revision FROM promos";
    let accounts = "SELECT id::text AS aggregate, revision FROM accounts";
    Projections::new(
        db,
        [
            Projection::of::<EventChanged>(events, marketing_admin),
            Projection::of::<FloorPlanChanged>(plans, marketing_admin),
            Projection::of::<PromoChanged>(promos, marketing_admin),
            Projection::of::<AccountChanged>(accounts, marketing_admin),
        ],
    )
}

/// `GET /internal/v1/digest/{subject}`: `[{bucket, count, checksum}]`, or with `?buckets=` `[{aggregate, revision}]`.
pub async fn digest(
    shop: Data<Shop>,
    _: ServiceCaller<Readers>,
    subject: Path<String>,
    query: Query<DigestQuery>,
) -> Result<Json<Digest>, Fault> {
    heal::digest(&shop.db, heal::ours(SALES, &subject)?, &query).await
}

/// `POST /internal/v1/resend/{subject}`. What retention has cleared is said anew from what stands.
pub async fn resend(
    shop: Data<Shop>,
    caller: ServiceCaller<Readers>,
    id: RequestId,
    subject: Path<String>,
    request: ResendBody,
) -> Result<Json<Resent>, Fault> {
    let (subject, now) = (heal::ours(SALES, &subject)?, shop.clock.now());
    let actor = Actor::caller(&caller, &id);
    let resent = shop
        .db
        .transaction(async |conn| {
            let mut resent = outbox::resend(conn, subject, request.ids.as_deref(), now).await?;
            let anew = say_anew(&shop, conn, subject, &resent.cleared).await?;
            resent.sent += anew;
            if anew > 0 {
                resent.cleared.clear();
            }
            heal::resend_recorded(conn, &actor, subject, &resent, now).await?;
            Ok::<_, DbError>(resent)
        })
        .await?;
    tracing::info!(subject, caller = caller.name, sent = resent.sent, "said again");
    Ok(Json(resent))
}

/// `POST /internal/v1/reconcile`: compare the projections with their owners now.
pub async fn reconcile(
    shop: Data<Shop>,
    caller: ServiceCaller<callers::Operator>,
    request: RequestId,
) -> Result<Json<Reports>, Fault> {
    shop.projections.report(&Actor::caller(&caller, &request), shop.clock.now()).await
}

/// The present state of tickets, disputes and paid orders whose messages were cleared. Refunds are facts of the past: they stay cleared.
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
    if subject == OrderDisputed::SUBJECT {
        let mut sent = 0;
        for row in disputes::store::all(conn, ids).await? {
            let order = orders::store::find(conn, row.order_id.into()).await?.ok_or(DbError::NotFound)?;
            outbox::add(conn, &disputes::told(&row, &order), now).await?;
            sent += 1;
        }
        return Ok(sent);
    }
    if subject == ReservationChanged::SUBJECT {
        return reservations::message::tell_anew(conn, ids, now).await;
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
        let issued = tickets::store::of_buyer(conn, id).await?;
        let kinds = issued.iter().map(|ticket| ticket.ticket_type_id).collect();
        let rules = catalog::store::rules(conn, kinds).await?;
        let table = reservations::store::deposits(conn, vec![order.id]).await?.remove(&order.id);
        outbox::add(conn, &shop.issuer.paid_message(&order, &lines, &issued, &rules, table), now).await?;
        sent += 1;
    }
    Ok(sent)
}
