//! A signed-in member of the staff, as the desk's handlers ask for one.

use std::ops::Deref;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest};
use db::Db;
use domain::clock::SharedClock;
use futures::FutureExt;
use futures::future::{BoxFuture, LocalBoxFuture};
use serde_json::json;
use web::can::{Anything, Can};
use web::session::Claims;
use web::{EndedSessions, Fault, RequestId, Staff, Standing};

use crate::Desk;
use crate::identity::store;
use crate::staff::{Actor, audit};

/// [`Staff`] with the permission `P`, whose refused attempts leave an audit row.
#[derive(Debug)]
pub struct Member<P> {
    staff: Staff<P>,
    request: RequestId,
}

impl<P> Member<P> {
    /// Who acts, for the audit log.
    pub fn actor(&self) -> Actor {
        Actor::person(self.staff.id.uuid(), self.staff.role.code(), &self.request)
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
        let request = request.clone();
        let staff = Staff::<P>::from_request(&request, payload);
        async move {
            let id = RequestId::of(&request);
            match staff.await {
                Ok(staff) => Ok(Self { staff, request: id }),
                Err(fault) if fault.status() == StatusCode::FORBIDDEN => {
                    note_denied::<P>(&request, &id).await?;
                    Err(fault)
                }
                Err(fault) => Err(fault),
            }
        }
        .boxed_local()
    }
}

/// Signed in, but without the permission: the log keeps who tried what.
async fn note_denied<P: Can>(request: &HttpRequest, id: &RequestId) -> Result<(), Fault> {
    let Some(desk) = request.app_data::<Data<Desk>>().cloned() else { return Ok(()) };
    let staff = Staff::<Anything>::extract(request).await?;
    let actor = Actor::person(staff.id.uuid(), staff.role.code(), id);
    let detail = json!({
        "method": request.method().as_str(),
        "permission": P::PERMISSION.map(|permission| permission.code()),
    });
    let mut conn = desk.db.conn().await?;
    audit::record(&mut conn, &actor, "access.denied", request.path(), detail, desk.clock.now()).await?;
    Ok(())
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
            let live = store::is_live(&mut conn, claims.sid.uuid(), self.clock.now()).await?;
            Ok(if live { Standing::Live } else { Standing::Ended })
        }
        .boxed()
    }
}
