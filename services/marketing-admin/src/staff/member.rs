//! A signed-in member of the staff, as the desk's handlers ask for one.

use std::ops::Deref;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use audit::Actor;
use chrono::TimeDelta;
use db::Db;
use domain::clock::SharedClock;
use futures::FutureExt;
use futures::future::{BoxFuture, LocalBoxFuture};
use web::can::Can;
use web::session::Claims;
use web::{EndedSessions, Fault, RequestId, Staff, Standing};

use crate::staff::session::store;

/// A session of the desk that nobody has used for so long is over (OWASP ASVS 5.0, 7.3.1). Two hours, not the half hour of an
/// office: on a night somebody leaves the desk for the floor and is back before the next rush, and a sign-in takes a second
/// factor. What can't be taken back asks for that factor afresh anyway, and after [`web::session::LIFETIME`] (12 hours, a night
/// and its morning: 7.3.2) every session is over. At the door that alone counts: a phone there may wait through a quiet hour with
/// its screen dark, and works without network.
pub const IDLE: TimeDelta = TimeDelta::hours(2);
/// How exactly it is noted: a write per request would be work for nothing.
const NOTED: TimeDelta = TimeDelta::minutes(1);

/// [`Staff`] with the permission `P`, and the request they act in.
#[derive(Debug)]
pub struct Member<P> {
    staff: Staff<P>,
    request: RequestId,
}

impl<P> Member<P> {
    /// The request they act in.
    pub fn request(&self) -> &RequestId {
        &self.request
    }

    /// Who acts, for the audit log.
    pub fn actor(&self) -> Actor {
        Actor::staff(&self.staff, &self.request)
    }
}

impl<P> Deref for Member<P> {
    type Target = Staff<P>;

    fn deref(&self) -> &Staff<P> {
        &self.staff
    }
}

impl<P: Can> FromRequest for Member<P> {
    type Error = Fault;
    type Future = LocalBoxFuture<'static, Result<Self, Fault>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let id = RequestId::of(request);
        Staff::<P>::from_request(request, payload)
            .map(|staff| staff.map(|staff| Self { staff, request: id }))
            .boxed_local()
    }
}

/// Asks the session's row at each request: signing out is final at once, on every replica.
#[derive(Debug)]
pub struct SessionRows {
    /// Where the rows are.
    pub db: Db,
    /// What time it is.
    pub clock: SharedClock,
}

impl EndedSessions for SessionRows {
    fn standing<'a>(&'a self, claims: &'a Claims) -> BoxFuture<'a, Result<Standing, Fault>> {
        async move {
            let mut conn = self.db.conn().await?;
            let (session, now) = (claims.sid.uuid(), self.clock.now());
            let Some(seen) = store::last_seen(&mut conn, session, IDLE, now).await? else {
                return Ok(Standing::Ended);
            };
            if now - seen >= NOTED {
                store::seen(&mut conn, session, now).await?;
            }
            Ok(Standing::Live)
        }
        .boxed()
    }
}
