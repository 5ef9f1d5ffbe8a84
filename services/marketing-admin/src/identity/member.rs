//! A signed-in member of the staff, as the desk's handlers ask for one.

use std::ops::Deref;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::AUTHORIZATION;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest};
use db::{Db, DbError};
use domain::clock::SharedClock;
use futures::FutureExt;
use futures::future::{BoxFuture, LocalBoxFuture};
use serde_json::{Value, json};
use web::can::Can;
use web::session::{self, Claims};
use web::{EndedSessions, Fault, RequestId, Staff, Standing};

use crate::identity::store;
use crate::staff::{Actor, audit};
use crate::{Desk, SERVICE};

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
                Err(fault) => {
                    // Nothing is awaited on the way out: whoever may not hears so before a body is looked at.
                    if fault.status() == StatusCode::FORBIDDEN {
                        note_denied::<P>(&request, &id);
                    }
                    Err(fault)
                }
            }
        }
        .boxed_local()
    }
}

/// Signed in, but without the permission: the log keeps who tried what. Written beside the request; a service that stops
/// waits for it.
fn note_denied<P: Can>(request: &HttpRequest, id: &RequestId) {
    let Some(desk) = request.app_data::<Data<Desk>>().cloned() else { return };
    let Some(claims) = claims(&desk, request) else { return };
    let actor = Actor::person(claims.sub.uuid(), claims.role.code(), id);
    let detail = json!({
        "method": request.method().as_str(),
        "permission": P::PERMISSION.map(|permission| permission.code()),
    });
    let path = request.path().to_owned();
    let context = desk.context.clone();
    context.spawn(async move {
        if let Err(error) = write_denied(&desk, &actor, &path, detail).await {
            tracing::error!(%error, staff = ?actor.staff, path, "a refused act could not be written into the audit log");
        }
    });
}

async fn write_denied(desk: &Desk, actor: &Actor, path: &str, detail: Value) -> Result<(), DbError> {
    let mut conn = desk.db.conn().await?;
    audit::record(&mut conn, actor, "access.denied", path, detail, desk.clock.now()).await
}

/// What the token says that [`Staff`] has just found genuine, without asking whether its session still lives.
fn claims(desk: &Desk, request: &HttpRequest) -> Option<Claims> {
    let header = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = match header {
        Some(text) => text.split_once(' ')?.1.trim().to_owned(),
        None => request.cookie(session::COOKIE)?.value().to_owned(),
    };
    desk.session_keys.verify(&token, SERVICE, desk.clock.now()).ok()
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
