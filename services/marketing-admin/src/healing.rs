//! What makes the desk whole again after NATS lost something: it compares what it holds with what the owners said, asks for
//! the difference, and gives others the same chance with its own events. The work is done by `heal`.

use actix_web::web::{Data, Json, Path, Query};
use audit::Actor;
use bus::outbox::Resent;
use db::Db;
use domain::clock::SharedClock;
use heal::{Digest, DigestQuery, Operated, Projection, Projections, RemoteOwner, Reports, ResendBody};
use messages::purchase::v1::{OrderDisputed, OrderPaid, OrderRefunded, ReservationChanged, WaitlistChanged};
use messages::scanner::v1::{DoorChanged, TicketScanned};
use messages::subjects::CLUB;
use web::{Callers, Fault, RequestId, ServiceCaller, callers};

use crate::Desk;

/// Those who hold what this service has said, and the operator.
#[derive(Debug, Clone, Copy)]
pub struct Readers;
impl Callers for Readers {
    const NAMES: Option<&'static [&'static str]> = Some(&["purchase", "scanner", "magueyctl"]);
}

impl Operated for Desk {
    fn db(&self) -> &Db {
        &self.db
    }

    fn clock(&self) -> &SharedClock {
        &self.clock
    }
}

/// What the desk holds: orders, refunds, disputes and table reservations of purchase's, the mails to those in line, scans of the door's and how it
/// stands.
pub fn projections(db: &Db, purchase: &RemoteOwner, scanner: &RemoteOwner) -> Projections {
    let orders = "SELECT id::text AS aggregate, revision FROM orders";
    let refunds = "SELECT id::text AS aggregate, revision FROM order_refunds";
    let disputes = "SELECT id::text AS aggregate, revision FROM order_disputes";
    let tables = "SELECT id::text AS aggregate, revision FROM reservations";
    let line = "SELECT subject_id::text AS aggregate,
                       max(CASE template WHEN 'waitlist_offered' THEN 2 ELSE 1 END)::bigint AS revision
                FROM emails WHERE template IN ('waitlist_joined', 'waitlist_offered') GROUP BY subject_id";
    let scans = "SELECT id::text AS aggregate, CASE WHEN undone_at IS NULL THEN 1 ELSE 2 END::bigint AS revision FROM scans";
    let doors = "SELECT event_id::text AS aggregate, revision FROM door_states";
    Projections::new(
        db,
        [
            Projection::of::<OrderPaid>(orders, purchase),
            Projection::of::<OrderRefunded>(refunds, purchase),
            Projection::of::<OrderDisputed>(disputes, purchase),
            Projection::of::<ReservationChanged>(tables, purchase),
            Projection::of::<WaitlistChanged>(line, purchase),
            Projection::of::<TicketScanned>(scans, scanner),
            Projection::of::<DoorChanged>(doors, scanner),
        ],
    )
}

/// `GET /internal/v1/digest/{subject}`: `[{bucket, count, checksum}]`, or with `?buckets=` `[{aggregate, revision}]`.
pub async fn digest(
    desk: Data<Desk>,
    _: ServiceCaller<Readers>,
    subject: Path<String>,
    query: Query<DigestQuery>,
) -> Result<Json<Digest>, Fault> {
    heal::digest(&desk.db, heal::ours(CLUB, &subject)?, &query).await
}

/// `POST /internal/v1/resend/{subject}`.
pub async fn resend(
    desk: Data<Desk>,
    caller: ServiceCaller<Readers>,
    id: RequestId,
    subject: Path<String>,
    request: ResendBody,
) -> Result<Json<Resent>, Fault> {
    let actor = Actor::caller(&caller, &id);
    heal::resend(&desk.db, &actor, heal::ours(CLUB, &subject)?, &request, desk.clock.now()).await
}

/// `POST /internal/v1/reconcile`: compare the projections with their owners now.
pub async fn reconcile(
    desk: Data<Desk>,
    caller: ServiceCaller<callers::Operator>,
    request: RequestId,
) -> Result<Json<Reports>, Fault> {
    desk.projections.report(&Actor::caller(&caller, &request), desk.clock.now()).await
}
