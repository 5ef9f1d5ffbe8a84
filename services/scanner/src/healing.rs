//! What makes the door whole again after NATS lost something: it compares what it holds with what the owners said, asks for
//! the difference, and gives others the same chance with its own scans. The work is done by `heal`.

use actix_web::web::{Data, Json, Path, Query};
use audit::Actor;
use bus::outbox::Resent;
use db::Db;
use domain::clock::SharedClock;
use heal::{Digest, DigestQuery, Operated, Projection, Projections, RemoteOwner, Reports, ResendBody};
use messages::{
    marketing_admin::v1::EventChanged,
    purchase::v1::{ReservationChanged, TicketChanged},
    subjects::DOOR,
};
use web::{Callers, Fault, RequestId, ServiceCaller, callers};

use crate::Door;

/// Those who hold what this service has said, and the operator.
#[derive(Debug, Clone, Copy)]
pub struct Readers;
impl Callers for Readers {
    const NAMES: Option<&'static [&'static str]> = Some(&["marketing-admin", "purchase", "magueyctl"]);
}

impl Operated for Door {
    fn db(&self) -> &Db {
        &self.db
    }

    fn clock(&self) -> &SharedClock {
        &self.clock
    }
}

/// What the door holds: marketing-admin's events, purchase's tickets and reservations.
pub fn projections(db: &Db, marketing_admin: &RemoteOwner, purchase: &RemoteOwner) -> Projections {
    let events = "SELECT id::text AS aggregate, revision FROM events";
    let tickets = "SELECT ticket_id::text AS aggregate, revision FROM admissions";
    let parties = "SELECT reservation_id::text AS aggregate, revision FROM parties";
    Projections::new(
        db,
        [
            Projection::of::<EventChanged>(events, marketing_admin),
            Projection::of::<ReservationChanged>(parties, purchase),
            Projection::of::<TicketChanged>(tickets, purchase),
        ],
    )
}

/// `GET /internal/v1/digest/{subject}`: `[{bucket, count, checksum}]`, or with `?buckets=` `[{aggregate, revision}]`.
pub async fn digest(
    door: Data<Door>,
    _: ServiceCaller<Readers>,
    subject: Path<String>,
    query: Query<DigestQuery>,
) -> Result<Json<Digest>, Fault> {
    heal::digest(&door.db, heal::ours(DOOR, &subject)?, &query).await
}

/// `POST /internal/v1/resend/{subject}`.
pub async fn resend(
    door: Data<Door>,
    caller: ServiceCaller<Readers>,
    id: RequestId,
    subject: Path<String>,
    request: ResendBody,
) -> Result<Json<Resent>, Fault> {
    let actor = Actor::caller(&caller, &id);
    heal::resend(&door.db, &actor, heal::ours(DOOR, &subject)?, &request, door.clock.now()).await
}

/// `POST /internal/v1/reconcile`: compare the projections with their owners now.
pub async fn reconcile(
    door: Data<Door>,
    caller: ServiceCaller<callers::Operator>,
    request: RequestId,
) -> Result<Json<Reports>, Fault> {
    door.projections.report(&Actor::caller(&caller, &request), door.clock.now()).await
}
